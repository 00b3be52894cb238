use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(by = "autor")]
    articles: Reverse<Article>,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    author: ForeignKey<Author>,
}

fn main() {}
