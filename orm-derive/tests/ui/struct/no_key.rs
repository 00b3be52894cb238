use orm::prelude::*;

#[derive(Model)]
struct Article {
    title: String,
}

fn main() {}
