use orm::prelude::*;

#[derive(Model)]
#[model(storage_type = "rowstore", sort_key(id))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
