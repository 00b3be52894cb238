use orm::prelude::*;

#[derive(Model)]
#[model(tabel = "articles")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_lenght = 80)]
    title: String,
    #[field(index = true)]
    views: i64,
    #[field(default = "x")]
    stars: i32,
    #[field(on_delete = "cascad")]
    author: ForeignKey<Author>,
}

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
