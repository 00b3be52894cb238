use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(index = true)]
    a: i64,
    #[field(index)]
    b: String,
    #[field(index, unique)]
    c: i64,
}

fn main() {}
