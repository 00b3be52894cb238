use orm::prelude::*;

#[derive(Model)]
#[model(unique_together(a, title), unique_together(), unique_together(a, a))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
    a: i64,
}

fn main() {}
