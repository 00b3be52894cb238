use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    a: usize,
    b: Option<i128>,
    c: char,
}

fn main() {}
