use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 0)]
    a: String,
    #[field(max_length = "9")]
    b: String,
    #[field(max_length)]
    c: String,
    #[field(max_length = -1)]
    d: String,
}

fn main() {}
