use orm::prelude::*;

#[derive(Model)]
#[model(storage_type = "columnstore")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(unique)]
    code: i64,
}

fn main() {}
