use orm::prelude::*;

#[derive(Model)]
#[model(shard_key(-id))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
