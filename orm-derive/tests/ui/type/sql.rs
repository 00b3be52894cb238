use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(type = 3)]
    a: i64,
    #[field(type = "TEXT", max_length = 9)]
    b: String,
}

fn main() {}
