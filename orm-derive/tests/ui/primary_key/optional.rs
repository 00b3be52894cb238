use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Option<i64>,
}

fn main() {}
