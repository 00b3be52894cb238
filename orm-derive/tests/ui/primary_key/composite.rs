use orm::prelude::*;

#[derive(Model)]
#[model(primary_key(a, c))]
struct Article {
    a: i64,
    b: i64,
}

fn main() {}
