// Models of the tables of a database, by `orm-cli inspectdb`. Read them before you use them; a
// catalog does not say:
// - what on_delete is meant to be, where the database itself only refuses (do_nothing here);
// - which defaults the program fills in, and the order of queries;
// - whether a BIGINT is a `Duration`, and a time a `NaiveDateTime` and not in UTC.
// Needs the features decimal of orm, and the crates of those types.

use orm::prelude::*;

/// Table `Album`.
#[derive(Model, Debug, Clone)]
#[model(table = "Album", index(name = "IFK_AlbumArtistId", fields(artist)))]
pub struct Album {
    #[field(primary_key, column = "AlbumId")]
    pub album_id: Auto<i32>,
    #[field(max_length = 160, column = "Title", collation = "utf8mb4_general_ci")]
    pub title: String,
    #[field(column = "ArtistId", on_delete = "do_nothing")]
    pub artist: ForeignKey<Artist>,
    #[field(by = "album")]
    pub track_set: Reverse<Track>,
}

/// Table `Artist`.
#[derive(Model, Debug, Clone)]
#[model(table = "Artist")]
pub struct Artist {
    #[field(primary_key, column = "ArtistId")]
    pub artist_id: Auto<i32>,
    #[field(max_length = 120, column = "Name", collation = "utf8mb4_general_ci")]
    pub name: Option<String>,
    #[field(by = "artist")]
    pub album_set: Reverse<Album>,
}

/// Table `Customer`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "Customer",
    index(name = "IFK_CustomerSupportRepId", fields(support_rep))
)]
pub struct Customer {
    #[field(primary_key, column = "CustomerId")]
    pub customer_id: Auto<i32>,
    #[field(
        max_length = 40,
        column = "FirstName",
        collation = "utf8mb4_general_ci"
    )]
    pub first_name: String,
    #[field(max_length = 20, column = "LastName", collation = "utf8mb4_general_ci")]
    pub last_name: String,
    #[field(max_length = 80, column = "Company", collation = "utf8mb4_general_ci")]
    pub company: Option<String>,
    #[field(max_length = 70, column = "Address", collation = "utf8mb4_general_ci")]
    pub address: Option<String>,
    #[field(max_length = 40, column = "City", collation = "utf8mb4_general_ci")]
    pub city: Option<String>,
    #[field(max_length = 40, column = "State", collation = "utf8mb4_general_ci")]
    pub state: Option<String>,
    #[field(max_length = 40, column = "Country", collation = "utf8mb4_general_ci")]
    pub country: Option<String>,
    #[field(
        max_length = 10,
        column = "PostalCode",
        collation = "utf8mb4_general_ci"
    )]
    pub postal_code: Option<String>,
    #[field(max_length = 24, column = "Phone", collation = "utf8mb4_general_ci")]
    pub phone: Option<String>,
    #[field(max_length = 24, column = "Fax", collation = "utf8mb4_general_ci")]
    pub fax: Option<String>,
    #[field(max_length = 60, column = "Email", collation = "utf8mb4_general_ci")]
    pub email: String,
    #[field(column = "SupportRepId", on_delete = "do_nothing")]
    pub support_rep: Option<ForeignKey<Employee>>,
    #[field(by = "customer")]
    pub invoice_set: Reverse<Invoice>,
}

/// Table `Employee`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "Employee",
    index(name = "IFK_EmployeeReportsTo", fields(reports_to))
)]
pub struct Employee {
    #[field(primary_key, column = "EmployeeId")]
    pub employee_id: Auto<i32>,
    #[field(max_length = 20, column = "LastName", collation = "utf8mb4_general_ci")]
    pub last_name: String,
    #[field(
        max_length = 20,
        column = "FirstName",
        collation = "utf8mb4_general_ci"
    )]
    pub first_name: String,
    #[field(max_length = 30, column = "Title", collation = "utf8mb4_general_ci")]
    pub title: Option<String>,
    #[field(column = "ReportsTo", on_delete = "do_nothing")]
    pub reports_to: Option<ForeignKey<Employee>>,
    #[field(type = "datetime", column = "BirthDate")]
    pub birth_date: Option<DateTime<Utc>>,
    #[field(type = "datetime", column = "HireDate")]
    pub hire_date: Option<DateTime<Utc>>,
    #[field(max_length = 70, column = "Address", collation = "utf8mb4_general_ci")]
    pub address: Option<String>,
    #[field(max_length = 40, column = "City", collation = "utf8mb4_general_ci")]
    pub city: Option<String>,
    #[field(max_length = 40, column = "State", collation = "utf8mb4_general_ci")]
    pub state: Option<String>,
    #[field(max_length = 40, column = "Country", collation = "utf8mb4_general_ci")]
    pub country: Option<String>,
    #[field(
        max_length = 10,
        column = "PostalCode",
        collation = "utf8mb4_general_ci"
    )]
    pub postal_code: Option<String>,
    #[field(max_length = 24, column = "Phone", collation = "utf8mb4_general_ci")]
    pub phone: Option<String>,
    #[field(max_length = 24, column = "Fax", collation = "utf8mb4_general_ci")]
    pub fax: Option<String>,
    #[field(max_length = 60, column = "Email", collation = "utf8mb4_general_ci")]
    pub email: Option<String>,
    #[field(by = "support_rep")]
    pub customer_set: Reverse<Customer>,
    #[field(by = "reports_to")]
    pub employee_set: Reverse<Employee>,
}

/// Table `Genre`.
#[derive(Model, Debug, Clone)]
#[model(table = "Genre")]
pub struct Genre {
    #[field(primary_key, column = "GenreId")]
    pub genre_id: Auto<i32>,
    #[field(max_length = 120, column = "Name", collation = "utf8mb4_general_ci")]
    pub name: Option<String>,
    #[field(by = "genre")]
    pub track_set: Reverse<Track>,
}

/// Table `Invoice`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "Invoice",
    index(name = "IFK_InvoiceCustomerId", fields(customer))
)]
pub struct Invoice {
    #[field(primary_key, column = "InvoiceId")]
    pub invoice_id: Auto<i32>,
    #[field(column = "CustomerId", on_delete = "do_nothing")]
    pub customer: ForeignKey<Customer>,
    #[field(type = "datetime", column = "InvoiceDate")]
    pub invoice_date: DateTime<Utc>,
    #[field(
        max_length = 70,
        column = "BillingAddress",
        collation = "utf8mb4_general_ci"
    )]
    pub billing_address: Option<String>,
    #[field(
        max_length = 40,
        column = "BillingCity",
        collation = "utf8mb4_general_ci"
    )]
    pub billing_city: Option<String>,
    #[field(
        max_length = 40,
        column = "BillingState",
        collation = "utf8mb4_general_ci"
    )]
    pub billing_state: Option<String>,
    #[field(
        max_length = 40,
        column = "BillingCountry",
        collation = "utf8mb4_general_ci"
    )]
    pub billing_country: Option<String>,
    #[field(
        max_length = 10,
        column = "BillingPostalCode",
        collation = "utf8mb4_general_ci"
    )]
    pub billing_postal_code: Option<String>,
    #[field(precision = 10, scale = 2, column = "Total")]
    pub total: rust_decimal::Decimal,
    #[field(by = "invoice")]
    pub invoice_line_set: Reverse<InvoiceLine>,
}

/// Table `InvoiceLine`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "InvoiceLine",
    index(name = "IFK_InvoiceLineInvoiceId", fields(invoice)),
    index(name = "IFK_InvoiceLineTrackId", fields(track))
)]
pub struct InvoiceLine {
    #[field(primary_key, column = "InvoiceLineId")]
    pub invoice_line_id: Auto<i32>,
    #[field(column = "InvoiceId", on_delete = "do_nothing")]
    pub invoice: ForeignKey<Invoice>,
    #[field(column = "TrackId", on_delete = "do_nothing")]
    pub track: ForeignKey<Track>,
    #[field(precision = 10, scale = 2, column = "UnitPrice")]
    pub unit_price: rust_decimal::Decimal,
    #[field(column = "Quantity")]
    pub quantity: i32,
}

/// Table `MediaType`.
#[derive(Model, Debug, Clone)]
#[model(table = "MediaType")]
pub struct MediaType {
    #[field(primary_key, column = "MediaTypeId")]
    pub media_type_id: Auto<i32>,
    #[field(max_length = 120, column = "Name", collation = "utf8mb4_general_ci")]
    pub name: Option<String>,
    #[field(by = "media_type")]
    pub track_set: Reverse<Track>,
}

/// Table `Playlist`.
#[derive(Model, Debug, Clone)]
#[model(table = "Playlist")]
pub struct Playlist {
    #[field(primary_key, column = "PlaylistId")]
    pub playlist_id: Auto<i32>,
    #[field(max_length = 120, column = "Name", collation = "utf8mb4_general_ci")]
    pub name: Option<String>,
    #[field(by = "playlist")]
    pub playlist_track_set: Reverse<PlaylistTrack>,
}

/// Table `PlaylistTrack`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "PlaylistTrack",
    primary_key(playlist, track),
    index(name = "IFK_PlaylistTrackPlaylistId", fields(playlist)),
    index(name = "IFK_PlaylistTrackTrackId", fields(track))
)]
pub struct PlaylistTrack {
    #[field(column = "PlaylistId", on_delete = "do_nothing")]
    pub playlist: ForeignKey<Playlist>,
    #[field(column = "TrackId", on_delete = "do_nothing")]
    pub track: ForeignKey<Track>,
}

/// Table `Track`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "Track",
    index(name = "IFK_TrackAlbumId", fields(album)),
    index(name = "IFK_TrackMediaTypeId", fields(media_type)),
    index(name = "IFK_TrackGenreId", fields(genre))
)]
pub struct Track {
    #[field(primary_key, column = "TrackId")]
    pub track_id: Auto<i32>,
    #[field(max_length = 200, column = "Name", collation = "utf8mb4_general_ci")]
    pub name: String,
    #[field(column = "AlbumId", on_delete = "do_nothing")]
    pub album: Option<ForeignKey<Album>>,
    #[field(column = "MediaTypeId", on_delete = "do_nothing")]
    pub media_type: ForeignKey<MediaType>,
    #[field(column = "GenreId", on_delete = "do_nothing")]
    pub genre: Option<ForeignKey<Genre>>,
    #[field(
        max_length = 220,
        column = "Composer",
        collation = "utf8mb4_general_ci"
    )]
    pub composer: Option<String>,
    #[field(column = "Milliseconds")]
    pub milliseconds: i32,
    #[field(column = "Bytes")]
    pub bytes: Option<i32>,
    #[field(precision = 10, scale = 2, column = "UnitPrice")]
    pub unit_price: rust_decimal::Decimal,
    #[field(by = "track")]
    pub invoice_line_set: Reverse<InvoiceLine>,
    #[field(by = "track")]
    pub playlist_track_set: Reverse<PlaylistTrack>,
}
