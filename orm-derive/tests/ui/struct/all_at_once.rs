use orm::prelude::*;

#[derive(Model)]
#[model(tabel = "articles", ordering(-titel))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_lenght = 80)]
    title: String,
    #[field(index = true)]
    views: i64,
}

fn main() {}
