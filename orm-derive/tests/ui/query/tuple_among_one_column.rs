use orm::prelude::*;
#[allow(unused_imports)]
use orm::query::{outer, tuple};

#[derive(Model)]
struct Product {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
    price: i64,
    data: serde_json::Value,
}

fn main() {
    let keys = Product::objects().select(|p| p.price());
    let _ = Product::filter(|p| tuple((p.price(), p.title())).is_among(&keys));
}
