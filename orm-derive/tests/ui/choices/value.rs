use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(choices = "a")]
    a: String,
    #[field(choices(1, "b"))]
    b: i64,
    #[field(choices(1, 2), default = 3)]
    c: i64,
}

fn main() {}
