use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(db_default = 3)]
    a: i64,
    #[field(db_default = "")]
    b: i64,
}

fn main() {}
