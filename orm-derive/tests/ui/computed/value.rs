use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(computed = 3)]
    a: i64,
    #[field(computed = "b", default = 1)]
    b: i64,
}

fn main() {}
