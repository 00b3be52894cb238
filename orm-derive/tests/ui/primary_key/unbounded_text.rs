use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    code: String,
}

fn main() {}
