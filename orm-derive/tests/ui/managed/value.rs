use orm::prelude::*;

#[derive(Model)]
#[model(managed = "no")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
