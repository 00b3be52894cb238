use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
    views: i64,
}

#[derive(Row)]
struct Headline {
    title: String,
}

fn main() {
    let _ = Article::objects().only::<Headline>();
}
