use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(index unique)]
    a: i64,
    #[field(default: 3)]
    b: i64,
    #[field(default =)]
    c: i64,
    #[field(unique, unique)]
    d: i64,
    #[field]
    e: i64,
    #[field = 3]
    f: i64,
}

fn main() {}
