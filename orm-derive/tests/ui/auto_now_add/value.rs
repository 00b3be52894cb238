use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(auto_now_add = true)]
    a: DateTime<Utc>,
    #[field(auto_now_add, default = "2024-01-01")]
    b: DateTime<Utc>,
}

fn main() {}
