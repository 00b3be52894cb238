use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
    name: String,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    views: i64,
}

fn main() {
    let both = Article::objects().union(&Article::objects());
    let _ = both.order_by(|a| (a.views(), a.name()));
    let _ = both.union(&Author::objects());
}
