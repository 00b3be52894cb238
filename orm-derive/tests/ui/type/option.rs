use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    a: Option<Option<i64>>,
    b: Option<Auto<i64>>,
}

fn main() {}
