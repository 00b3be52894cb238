use orm::prelude::*;

struct Decimal;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(precision = 70, scale = 2)]
    a: Decimal,
    #[field(precision = 4, scale = 5)]
    b: Decimal,
}

fn main() {}
