use orm::prelude::*;
#[allow(unused_imports)]
use orm::query::tuple;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 100)]
    name: String,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
    author: ForeignKey<Author>,
    views: i64,
    rating: f64,
}

fn main() {
    let _ = Article::filter(|a| tuple((a.views(), a.title())).eq((1, 2)));
}
