use orm::prelude::*;

#[derive(Model)]
struct Article(i64);

fn main() {}
