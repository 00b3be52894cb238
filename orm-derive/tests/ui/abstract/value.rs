use orm::prelude::*;

#[derive(Model)]
#[model(abstract, table = "x")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
