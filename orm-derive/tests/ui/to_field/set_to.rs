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
    #[field(to_field = "code")]
    country: ForeignKey<Country, String>,
}

fn towns(town: &Town) {
    let _ = Town::filter(|t| t.country().eq(7));
    let _ = new!(Town { country: 7 });
    let _: &i64 = town.country.id();
}

fn main() {}
