use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(default = "a")]
    a: i64,
    #[field(default = 70000)]
    b: i16,
    #[field(default = 1)]
    c: bool,
    #[field(default = "abc", max_length = 2)]
    d: String,
    #[field(default = "yesterday")]
    e: DateTime<Utc>,
}

fn main() {}
