use orm::prelude::*;

#[derive(Model)]
#[model(table = articles)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
