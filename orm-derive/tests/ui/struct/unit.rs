use orm::prelude::*;

#[derive(Model)]
struct Article;

fn main() {}
