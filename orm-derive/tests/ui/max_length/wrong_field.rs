use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 9)]
    a: i64,
}

fn main() {}
