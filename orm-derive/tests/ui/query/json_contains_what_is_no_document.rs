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
    let _ = Product::filter(|p| p.data().contains(Product::objects()));
}
