use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(column = 3)]
    a: i64,
    #[field(column = "")]
    b: i64,
    #[field(column = "a`b")]
    c: i64,
}

fn main() {}
