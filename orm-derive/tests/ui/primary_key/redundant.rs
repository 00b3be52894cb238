use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key, unique)]
    id: i64,
}

fn main() {}
