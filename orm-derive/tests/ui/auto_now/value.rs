use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(auto_now)]
    a: i64,
    #[field(auto_now, auto_now_add)]
    b: DateTime<Utc>,
}

fn main() {}
