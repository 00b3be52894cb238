use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(primary_key)]
    code: i64,
}

fn main() {}
