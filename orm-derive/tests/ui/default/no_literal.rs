use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(default = LIMIT)]
    a: i64,
    #[field(default = 'x')]
    b: String,
    #[field(default)]
    c: i64,
}

fn main() {}
