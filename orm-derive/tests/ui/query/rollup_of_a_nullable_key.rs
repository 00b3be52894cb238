use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 100)]
    name: String,
}

#[derive(Model)]
struct Tag {
    #[field(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
    author: ForeignKey<Author>,
    editor: Option<ForeignKey<Author>>,
    tags: ManyToMany<Tag>,
    #[field(default = 0)]
    views: i64,
    rating: Option<f64>,
}

fn main() {
    let _ = Article::objects()
        .group_by(|a| (a.title(), a.editor().name()))
        .aggregate(|_| count())
        .rollup();
}
