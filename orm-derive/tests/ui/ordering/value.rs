use orm::prelude::*;

#[derive(Model)]
#[model(ordering(-titel, "id"))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
}

fn main() {}
