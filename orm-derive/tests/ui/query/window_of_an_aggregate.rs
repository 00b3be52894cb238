use orm::prelude::*;
#[allow(unused_imports)]
use orm::query::{row_number, window};

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
}

fn main() {
    let _ = Article::objects().select(|a| a.views().sum().lag(1).over(window()));
}
