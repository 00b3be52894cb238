use orm::prelude::*;

#[derive(Model)]
#[model(storage_type = "columstore")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
