use orm::prelude::*;

struct Title(String);

#[derive(Row)]
struct Headline {
    title: Title,
    views: i64,
}

fn main() {}
