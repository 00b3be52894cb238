use orm::prelude::*;

#[derive(Model)]
#[model(max_length = 3)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(nullable)]
    views: i64,
    #[field(shard_key)]
    a: i64,
    #[field(xyzzy)]
    b: i64,
}

fn main() {}
