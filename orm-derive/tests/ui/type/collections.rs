use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    a: Vec<String>,
    b: [u8; 16],
    c: (i64, i64),
}

fn main() {}
