use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
#[model(shard_key(author_id))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    author: ForeignKey<Author>,
}

fn main() {}
