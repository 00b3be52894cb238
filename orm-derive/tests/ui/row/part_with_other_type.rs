use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
    views: Option<i64>,
}

#[derive(Row)]
#[row(model = Article)]
struct Headline {
    title: String,
    views: i64,
}

fn main() {
    let _ = Article::objects().only::<Headline>();
}
