use orm::prelude::*;

#[derive(Model)]
#[field(index)]
struct Article {
    #[field(primary_key)]
    #[model(table = "x")]
    id: Auto<i64>,
}

fn main() {}
