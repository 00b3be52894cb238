use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(title), kind = "hsah"))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
}

fn main() {}
