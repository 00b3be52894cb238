use orm::prelude::*;

#[derive(Model)]
#[model(primary_key(tenant, number))]
struct Order {
    tenant: i64,
    number: i64,
    #[field(max_length = 9)]
    title: String,
}

#[derive(Model)]
struct Memo {
    #[field(primary_key)]
    id: Auto<i64>,
    tenant: i64,
    number: i64,
    #[field(max_length = 9)]
    text: String,
    #[field(from_fields(tenant, text))]
    order: ForeignObject<Order>,
}

fn main() {}
