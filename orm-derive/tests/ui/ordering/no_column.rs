use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
#[model(ordering(tags))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    tags: ManyToMany<Author>,
}

fn main() {}
