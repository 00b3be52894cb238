use orm::prelude::*;

#[derive(Model)]
struct Product {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
    price: i64,
    data: Json<Vec<i64>>,
}

fn main() {
    let _ = Product::objects().update(|p| p.data().key("a").as_int().set(1));
}
