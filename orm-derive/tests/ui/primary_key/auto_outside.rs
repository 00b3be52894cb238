use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    code: i64,
    number: Auto<i64>,
}

fn main() {}
