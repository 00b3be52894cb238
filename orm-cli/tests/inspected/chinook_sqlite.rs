// Models of the tables of a database, by `orm-cli inspectdb`. Read them before you use them; a
// catalog does not say:
// - what on_delete is meant to be, where the database itself only refuses (do_nothing here);
// - which defaults the program fills in, and the order of queries;
// - whether a BIGINT is a `Duration`, and a time a `NaiveDateTime` and not in UTC.

use orm::prelude::*;

/// Table `Album`.
#[derive(Model, Debug, Clone)]
#[model(table = "Album", index(name = "IFK_AlbumArtistId", fields(artist)))]
pub struct Album {
    #[field(primary_key, column = "AlbumId")]
    pub album_id: Auto<i64>,
    #[field(type = "nvarchar(160)", column = "Title")]
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
    pub artist_id: Auto<i64>,
    #[field(type = "nvarchar(120)", column = "Name")]
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
    pub customer_id: Auto<i64>,
    #[field(type = "nvarchar(40)", column = "FirstName")]
    pub first_name: String,
    #[field(type = "nvarchar(20)", column = "LastName")]
    pub last_name: String,
    #[field(type = "nvarchar(80)", column = "Company")]
    pub company: Option<String>,
    #[field(type = "nvarchar(70)", column = "Address")]
    pub address: Option<String>,
    #[field(type = "nvarchar(40)", column = "City")]
    pub city: Option<String>,
    #[field(type = "nvarchar(40)", column = "State")]
    pub state: Option<String>,
    #[field(type = "nvarchar(40)", column = "Country")]
    pub country: Option<String>,
    #[field(type = "nvarchar(10)", column = "PostalCode")]
    pub postal_code: Option<String>,
    #[field(type = "nvarchar(24)", column = "Phone")]
    pub phone: Option<String>,
    #[field(type = "nvarchar(24)", column = "Fax")]
    pub fax: Option<String>,
    #[field(type = "nvarchar(60)", column = "Email")]
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
    pub employee_id: Auto<i64>,
    #[field(type = "nvarchar(20)", column = "LastName")]
    pub last_name: String,
    #[field(type = "nvarchar(20)", column = "FirstName")]
    pub first_name: String,
    #[field(type = "nvarchar(30)", column = "Title")]
    pub title: Option<String>,
    #[field(column = "ReportsTo", on_delete = "do_nothing")]
    pub reports_to: Option<ForeignKey<Employee>>,
    #[field(type = "datetime", column = "BirthDate")]
    pub birth_date: Option<DateTime<Utc>>,
    #[field(type = "datetime", column = "HireDate")]
    pub hire_date: Option<DateTime<Utc>>,
    #[field(type = "nvarchar(70)", column = "Address")]
    pub address: Option<String>,
    #[field(type = "nvarchar(40)", column = "City")]
    pub city: Option<String>,
    #[field(type = "nvarchar(40)", column = "State")]
    pub state: Option<String>,
    #[field(type = "nvarchar(40)", column = "Country")]
    pub country: Option<String>,
    #[field(type = "nvarchar(10)", column = "PostalCode")]
    pub postal_code: Option<String>,
    #[field(type = "nvarchar(24)", column = "Phone")]
    pub phone: Option<String>,
    #[field(type = "nvarchar(24)", column = "Fax")]
    pub fax: Option<String>,
    #[field(type = "nvarchar(60)", column = "Email")]
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
    pub genre_id: Auto<i64>,
    #[field(type = "nvarchar(120)", column = "Name")]
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
    pub invoice_id: Auto<i64>,
    #[field(column = "CustomerId", on_delete = "do_nothing")]
    pub customer: ForeignKey<Customer>,
    #[field(type = "datetime", column = "InvoiceDate")]
    pub invoice_date: DateTime<Utc>,
    #[field(type = "nvarchar(70)", column = "BillingAddress")]
    pub billing_address: Option<String>,
    #[field(type = "nvarchar(40)", column = "BillingCity")]
    pub billing_city: Option<String>,
    #[field(type = "nvarchar(40)", column = "BillingState")]
    pub billing_state: Option<String>,
    #[field(type = "nvarchar(40)", column = "BillingCountry")]
    pub billing_country: Option<String>,
    #[field(type = "nvarchar(10)", column = "BillingPostalCode")]
    pub billing_postal_code: Option<String>,
    #[field(type = "numeric(10,2)", column = "Total")]
    pub total: f64,
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
    pub invoice_line_id: Auto<i64>,
    #[field(column = "InvoiceId", on_delete = "do_nothing")]
    pub invoice: ForeignKey<Invoice>,
    #[field(column = "TrackId", on_delete = "do_nothing")]
    pub track: ForeignKey<Track>,
    #[field(type = "numeric(10,2)", column = "UnitPrice")]
    pub unit_price: f64,
    #[field(column = "Quantity")]
    pub quantity: i32,
}

/// Table `MediaType`.
#[derive(Model, Debug, Clone)]
#[model(table = "MediaType")]
pub struct MediaType {
    #[field(primary_key, column = "MediaTypeId")]
    pub media_type_id: Auto<i64>,
    #[field(type = "nvarchar(120)", column = "Name")]
    pub name: Option<String>,
    #[field(by = "media_type")]
    pub track_set: Reverse<Track>,
}

/// Table `Playlist`.
#[derive(Model, Debug, Clone)]
#[model(table = "Playlist")]
pub struct Playlist {
    #[field(primary_key, column = "PlaylistId")]
    pub playlist_id: Auto<i64>,
    #[field(type = "nvarchar(120)", column = "Name")]
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
    index(name = "IFK_TrackGenreId", fields(genre)),
    index(name = "IFK_TrackMediaTypeId", fields(media_type))
)]
pub struct Track {
    #[field(primary_key, column = "TrackId")]
    pub track_id: Auto<i64>,
    #[field(type = "nvarchar(200)", column = "Name")]
    pub name: String,
    #[field(column = "AlbumId", on_delete = "do_nothing")]
    pub album: Option<ForeignKey<Album>>,
    #[field(column = "MediaTypeId", on_delete = "do_nothing")]
    pub media_type: ForeignKey<MediaType>,
    #[field(column = "GenreId", on_delete = "do_nothing")]
    pub genre: Option<ForeignKey<Genre>>,
    #[field(type = "nvarchar(220)", column = "Composer")]
    pub composer: Option<String>,
    #[field(column = "Milliseconds")]
    pub milliseconds: i32,
    #[field(column = "Bytes")]
    pub bytes: Option<i32>,
    #[field(type = "numeric(10,2)", column = "UnitPrice")]
    pub unit_price: f64,
    #[field(by = "track")]
    pub invoice_line_set: Reverse<InvoiceLine>,
    #[field(by = "track")]
    pub playlist_track_set: Reverse<PlaylistTrack>,
}
