use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
}

#[derive(Row)]
#[row(of = Article)]
struct Headline {
    title: String,
}

fn main() {}
