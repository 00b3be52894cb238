use orm::prelude::*;

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
    title: String,
    author: ForeignKey<Author>,
    editor: Option<ForeignKey<Author>>,
    views: i64,
}

#[derive(Row)]
struct Headline {
    title: String,
    views: i64,
}

fn main() {
    let _ = Article::objects().select(|a| HeadlineColumns { title: a.title() });
}
