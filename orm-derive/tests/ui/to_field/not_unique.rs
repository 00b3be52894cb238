use orm::prelude::*;

#[derive(Model)]
struct Country {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 2, unique)]
    code: String,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model)]
struct Town {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(to_field = "name")]
    country: ForeignKey<Country, String>,
}

fn main() {}
