// Models of the tables of a database, by `orm-cli inspectdb`. Read them before you use them; a
// catalog does not say:
// - what on_delete is meant to be, where the database itself only refuses (do_nothing here);
// - which defaults the program fills in, and the order of queries;
// - whether a BIGINT is a `Duration`, and a time a `NaiveDateTime` and not in UTC.
// Left out, because they are no tables: totals.

use orm::prelude::*;

/// Table `customer`.
#[derive(Model, Debug, Clone)]
#[model(table = "customer")]
pub struct Customer {
    #[field(primary_key, column = "CustomerId")]
    pub customer_id: Auto<i64>,
    #[field(column = "two words", db_default = "'x'")]
    pub two_words: String,
    #[field(max_length = 10, unique)]
    pub r#type: Option<String>,
    #[field(type = "int", column = "self")]
    pub self_: Option<i64>,
    #[field(type = "real", column = "1st")]
    pub n1st: Option<f64>,
    #[field(type = "text", unique)]
    pub email: Option<String>,
    #[field(type = "char(4)", collation = "nocase")]
    pub code: Option<String>,
    #[field(type = "datetime")]
    pub born: Option<DateTime<Utc>>,
    #[field(type = "numeric(10,2)")]
    pub total: Option<f64>,
    // computed when it is read; models store it
    #[field(computed = "total * 2")]
    pub double_total: Option<Vec<u8>>,
    pub untyped: Option<Vec<u8>>,
    #[field(by = "sent_to")]
    pub detail_set: Reverse<Detail>,
    #[field(by = "customer")]
    pub order_customer_set: Reverse<Order>,
    #[field(by = "referrer")]
    pub order_referrer_set: Reverse<Order>,
}

/// Table `detail`.
#[derive(Model, Debug, Clone)]
#[model(table = "detail")]
pub struct Detail {
    #[field(primary_key, on_delete = "do_nothing")]
    pub order: OneToOne<Order>,
    pub note: Option<String>,
    #[field(column = "sent_to", to_field = "email", on_delete = "set_null")]
    pub sent_to: Option<ForeignKey<Customer, String>>,
}

/// Table `line`.
#[derive(Model, Debug, Clone)]
#[model(table = "line", primary_key(order, number))]
pub struct Line {
    #[field(on_delete = "do_nothing")]
    pub order: ForeignKey<Order>,
    pub number: i32,
    #[field(column = "text_")]
    pub text: Option<String>,
}

// `log`: the table has no primary key and nothing that says which row is which, so it cannot be
// a model; read it by orm::raw, or add a key.
// /// Table `log`.
// #[derive(Model, Debug, Clone)]
// #[model(table = "log")]
// pub struct Log {
//     pub line: Option<String>,
//     pub level: Option<i32>,
// }

/// Table `model`.
#[derive(Model, Debug, Clone)]
#[model(table = "model")]
pub struct ModelRow {
    #[field(primary_key)]
    pub id: Auto<i64>,
}

// index `part` (referrer) WHERE referrer IS NOT NULL: not in the model, because indexes there
// are over whole columns; keep it by run_sql
// CHECK (id > 0): models have no checks; keep it by run_sql
/// Table `order`.
#[derive(Model, Debug, Clone)]
#[model(table = "order", index(name = "order_customer", fields(customer)))]
pub struct Order {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub customer: ForeignKey<Customer>,
    #[field(column = "referrer", on_delete = "set_null")]
    pub referrer: Option<ForeignKey<Customer>>,
    #[field(type = "char(4)")]
    pub customer_code: Option<String>,
    #[field(by = "order")]
    pub detail_set: Reverse<Detail>,
    #[field(by = "order")]
    pub line_set: Reverse<Line>,
}
