use orm::prelude::*;

#[derive(Model)]
#[model(abstract)]
struct Stamps {
    #[field(auto_now)]
    at: DateTime<Utc>,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(flatten)]
    stamps: Stamps,
    at: i64,
}

fn main() {}
