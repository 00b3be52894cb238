// Models of the tables of a database, by `orm-cli inspectdb`. Read them before you use them; a
// catalog does not say:
// - what on_delete is meant to be, where the database itself only refuses (do_nothing here);
// - which defaults the program fills in, and the order of queries;
// - whether a BIGINT is a `Duration`, and a time a `NaiveDateTime` and not in UTC.
// Needs the features decimal of orm, and the crates of those types.
// Left out, because they are no tables: customer_list.

use orm::prelude::*;

/// Table `actor`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "actor",
    index(name = "idx_actor_last_name", fields(last_name))
)]
pub struct Actor {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub actor_id: Auto<i32>,
    #[field(max_length = 45, collation = "utf8mb4_general_ci")]
    pub first_name: String,
    #[field(max_length = 45, collation = "utf8mb4_general_ci")]
    pub last_name: String,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "actor")]
    pub film_actor_set: Reverse<FilmActor>,
}

// index `idx_location` (location) (spatial): not in the model, because indexes there are over
// whole columns; keep it by run_sql
/// Table `address`.
#[derive(Model, Debug, Clone)]
#[model(table = "address", index(name = "idx_fk_city_id", fields(city)))]
pub struct Address {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub address_id: Auto<i32>,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub address: String,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub address2: Option<String>,
    #[field(max_length = 20, collation = "utf8mb4_general_ci")]
    pub district: String,
    #[field(on_delete = "do_nothing")]
    pub city: ForeignKey<City>,
    #[field(max_length = 10, collation = "utf8mb4_general_ci")]
    pub postal_code: Option<String>,
    #[field(max_length = 20, collation = "utf8mb4_general_ci")]
    pub phone: String,
    #[field(type = "geometry")]
    pub location: Vec<u8>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "address")]
    pub customer_set: Reverse<Customer>,
    #[field(by = "address")]
    pub staff_set: Reverse<Staff>,
    #[field(by = "address")]
    pub store_set: Reverse<Store>,
}

/// Table `category`.
#[derive(Model, Debug, Clone)]
#[model(table = "category")]
pub struct Category {
    // TINYINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub category_id: Auto<i32>,
    #[field(max_length = 25, collation = "utf8mb4_general_ci")]
    pub name: String,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "category")]
    pub film_category_set: Reverse<FilmCategory>,
}

/// Table `city`.
#[derive(Model, Debug, Clone)]
#[model(table = "city", index(name = "idx_fk_country_id", fields(country)))]
pub struct City {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub city_id: Auto<i32>,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub city: String,
    #[field(on_delete = "do_nothing")]
    pub country: ForeignKey<Country>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "city")]
    pub address_set: Reverse<Address>,
}

/// Table `country`.
#[derive(Model, Debug, Clone)]
#[model(table = "country")]
pub struct Country {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub country_id: Auto<i32>,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub country: String,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "country")]
    pub city_set: Reverse<City>,
}

/// Table `customer`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "customer",
    index(name = "idx_fk_store_id", fields(store)),
    index(name = "idx_fk_address_id", fields(address)),
    index(name = "idx_last_name", fields(last_name))
)]
pub struct Customer {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub customer_id: Auto<i32>,
    #[field(on_delete = "do_nothing")]
    pub store: ForeignKey<Store>,
    #[field(max_length = 45, collation = "utf8mb4_general_ci")]
    pub first_name: String,
    #[field(max_length = 45, collation = "utf8mb4_general_ci")]
    pub last_name: String,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub email: Option<String>,
    #[field(on_delete = "do_nothing")]
    pub address: ForeignKey<Address>,
    // TINYINT(1), taken for a truth value; if other numbers stand in it: type = "tinyint" and
    // i8
    #[field(db_default = "1")]
    pub active: bool,
    #[field(type = "datetime")]
    pub create_date: DateTime<Utc>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: Option<DateTime<Utc>>,
    #[field(by = "customer")]
    pub payment_set: Reverse<Payment>,
    #[field(by = "customer")]
    pub rental_set: Reverse<Rental>,
}

/// Table `film`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "film",
    index(name = "idx_title", fields(title)),
    index(name = "idx_fk_language_id", fields(language)),
    index(name = "idx_fk_original_language_id", fields(original_language))
)]
pub struct Film {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub film_id: Auto<i32>,
    #[field(max_length = 128, collation = "utf8mb4_general_ci")]
    pub title: String,
    #[field(type = "text", collation = "utf8mb4_general_ci")]
    pub description: Option<String>,
    #[field(type = "year")]
    pub release_year: Option<i16>,
    #[field(on_delete = "do_nothing")]
    pub language: ForeignKey<Language>,
    #[field(on_delete = "do_nothing")]
    pub original_language: Option<ForeignKey<Language>>,
    #[field(type = "tinyint unsigned", db_default = "3")]
    pub rental_duration: u8,
    #[field(precision = 4, scale = 2, db_default = "4.99")]
    pub rental_rate: rust_decimal::Decimal,
    pub length: Option<u16>,
    #[field(precision = 5, scale = 2, db_default = "19.99")]
    pub replacement_cost: rust_decimal::Decimal,
    #[field(
        type = "enum('G','PG','PG-13','R','NC-17')",
        db_default = "'G'",
        collation = "utf8mb4_general_ci"
    )]
    pub rating: Option<String>,
    #[field(
        type = "set('Trailers','Commentaries','Deleted Scenes','Behind the Scenes')",
        collation = "utf8mb4_general_ci"
    )]
    pub special_features: Option<String>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "film")]
    pub film_actor_set: Reverse<FilmActor>,
    #[field(by = "film")]
    pub film_category_set: Reverse<FilmCategory>,
    #[field(by = "film")]
    pub inventory_set: Reverse<Inventory>,
}

/// Table `film_actor`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "film_actor",
    primary_key(actor, film),
    index(name = "idx_fk_film_id", fields(film))
)]
pub struct FilmActor {
    #[field(on_delete = "do_nothing")]
    pub actor: ForeignKey<Actor>,
    #[field(on_delete = "do_nothing")]
    pub film: ForeignKey<Film>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
}

/// Table `film_category`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "film_category",
    primary_key(film, category),
    index(name = "fk_film_category_category", fields(category))
)]
pub struct FilmCategory {
    #[field(on_delete = "do_nothing")]
    pub film: ForeignKey<Film>,
    #[field(on_delete = "do_nothing")]
    pub category: ForeignKey<Category>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
}

/// Table `film_text`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "film_text",
    index(
        name = "idx_title_description",
        fields(title, description),
        kind = "fulltext"
    )
)]
pub struct FilmText {
    #[field(primary_key)]
    pub film_id: u16,
    #[field(max_length = 255, collation = "utf8mb4_general_ci")]
    pub title: String,
    #[field(type = "text", collation = "utf8mb4_general_ci")]
    pub description: Option<String>,
}

/// Table `inventory`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "inventory",
    index(name = "idx_fk_film_id", fields[film]),
    index(name = "idx_store_id_film_id", fields[store, film])
)]
pub struct Inventory {
    // MEDIUMINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table
    // gets the next larger one
    #[field(primary_key)]
    pub inventory_id: Auto<i32>,
    #[field(on_delete = "do_nothing")]
    pub film: ForeignKey<Film>,
    #[field(on_delete = "do_nothing")]
    pub store: ForeignKey<Store>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "inventory")]
    pub rental_set: Reverse<Rental>,
}

/// Table `language`.
#[derive(Model, Debug, Clone)]
#[model(table = "language")]
pub struct Language {
    // TINYINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub language_id: Auto<i32>,
    #[field(type = "char(20)", collation = "utf8mb4_general_ci")]
    pub name: String,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "language")]
    pub film_language_set: Reverse<Film>,
    #[field(by = "original_language")]
    pub film_original_language_set: Reverse<Film>,
}

/// Table `payment`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "payment",
    index(name = "idx_fk_staff_id", fields(staff)),
    index(name = "idx_fk_customer_id", fields(customer)),
    index(name = "fk_payment_rental", fields(rental))
)]
pub struct Payment {
    // SMALLINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub payment_id: Auto<i32>,
    #[field(on_delete = "do_nothing")]
    pub customer: ForeignKey<Customer>,
    #[field(on_delete = "do_nothing")]
    pub staff: ForeignKey<Staff>,
    #[field(on_delete = "set_null")]
    pub rental: Option<ForeignKey<Rental>>,
    #[field(precision = 5, scale = 2)]
    pub amount: rust_decimal::Decimal,
    #[field(type = "datetime")]
    pub payment_date: DateTime<Utc>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: Option<DateTime<Utc>>,
}

/// Table `rental`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "rental",
    unique(name = "idx_rental", fields(rental_date, inventory, customer)),
    index(name = "idx_fk_inventory_id", fields(inventory)),
    index(name = "idx_fk_customer_id", fields(customer)),
    index(name = "idx_fk_staff_id", fields(staff))
)]
pub struct Rental {
    #[field(primary_key)]
    pub rental_id: Auto<i32>,
    #[field(type = "datetime")]
    pub rental_date: DateTime<Utc>,
    #[field(on_delete = "do_nothing")]
    pub inventory: ForeignKey<Inventory>,
    #[field(on_delete = "do_nothing")]
    pub customer: ForeignKey<Customer>,
    #[field(type = "datetime")]
    pub return_date: Option<DateTime<Utc>>,
    #[field(on_delete = "do_nothing")]
    pub staff: ForeignKey<Staff>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "rental")]
    pub payment_set: Reverse<Payment>,
}

/// Table `staff`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "staff",
    index(name = "idx_fk_store_id", fields(store)),
    index(name = "idx_fk_address_id", fields(address))
)]
pub struct Staff {
    // TINYINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub staff_id: Auto<i32>,
    #[field(max_length = 45, collation = "utf8mb4_general_ci")]
    pub first_name: String,
    #[field(max_length = 45, collation = "utf8mb4_general_ci")]
    pub last_name: String,
    #[field(on_delete = "do_nothing")]
    pub address: ForeignKey<Address>,
    // bytes; if it holds text, write `String`
    #[field(type = "blob")]
    pub picture: Option<Vec<u8>>,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub email: Option<String>,
    #[field(on_delete = "do_nothing")]
    pub store: ForeignKey<Store>,
    // TINYINT(1), taken for a truth value; if other numbers stand in it: type = "tinyint" and
    // i8
    #[field(db_default = "1")]
    pub active: bool,
    #[field(max_length = 16, collation = "utf8mb4_general_ci")]
    pub username: String,
    #[field(max_length = 40, collation = "utf8mb4_bin")]
    pub password: Option<String>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "staff")]
    pub payment_set: Reverse<Payment>,
    #[field(by = "staff")]
    pub rental_set: Reverse<Rental>,
    #[field(by = "manager_staff")]
    pub store_set: Reverse<Store>,
}

/// Table `store`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "store",
    unique(name = "idx_unique_manager", fields(manager_staff)),
    index(name = "idx_fk_address_id", fields(address))
)]
pub struct Store {
    // TINYINT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets
    // the next larger one
    #[field(primary_key)]
    pub store_id: Auto<i32>,
    #[field(on_delete = "do_nothing")]
    pub manager_staff: ForeignKey<Staff>,
    #[field(on_delete = "do_nothing")]
    pub address: ForeignKey<Address>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub last_update: DateTime<Utc>,
    #[field(by = "store")]
    pub customer_set: Reverse<Customer>,
    #[field(by = "store")]
    pub inventory_set: Reverse<Inventory>,
    #[field(by = "store")]
    pub staff_set: Reverse<Staff>,
}
