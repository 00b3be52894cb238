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
struct Club {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(through = Member)]
    countries: ManyToMany<Country>,
}

#[derive(Model)]
struct Member {
    #[field(primary_key)]
    id: Auto<i64>,
    club: ForeignKey<Club>,
    #[field(to_field = "code")]
    country: ForeignKey<Country, String>,
}

fn main() {}
