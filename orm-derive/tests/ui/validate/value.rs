use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(validate = "check")]
    a: i64,
}

fn main() {}
