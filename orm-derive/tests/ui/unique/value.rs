use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(unique = "lokup")]
    a: i64,
    #[field(unique)]
    b: String,
}

fn main() {}
