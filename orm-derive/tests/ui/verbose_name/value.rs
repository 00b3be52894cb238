use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(verbose_name = Title)]
    a: i64,
}

fn main() {}
