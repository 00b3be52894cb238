use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(collation = "utf8mb4_bin")]
    a: i64,
}

fn main() {}
