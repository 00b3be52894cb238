use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(symmetrical = 1)]
    b: ManyToMany<Article>,
}

fn main() {}
