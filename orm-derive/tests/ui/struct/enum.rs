use orm::prelude::*;

#[derive(Model)]
enum Article {
    Draft,
}

fn main() {}
