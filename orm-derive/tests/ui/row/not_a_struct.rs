use orm::prelude::*;

#[derive(Row)]
enum Headline {
    Long(String),
}

#[derive(Row)]
struct Pair(String, i64);

#[derive(Row)]
struct Nothing {}

#[derive(Row)]
struct Wide<T> {
    title: T,
}

fn main() {}
