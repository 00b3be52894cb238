use orm::prelude::*;

#[derive(Model)]
#[model(renamed_from = "Article")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(renamed_from = "id")]
    a: i64,
    #[field(renamed_from = "b")]
    b: i64,
}

fn main() {}
