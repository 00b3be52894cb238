use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(by = "author")]
    articles: Reverse<Article>,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    author: ForeignKey<Author>,
    views: i64,
}

fn main() {
    let _ = Author::objects().annotate(|a| a.articles().aggregate(|x| x.views()));
}
