use orm::prelude::*;

struct Decimal;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    price: Decimal,
}

fn main() {}
