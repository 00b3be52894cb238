use orm::prelude::*;

#[derive(Model)]
struct Article<T> {
    #[field(primary_key)]
    id: Auto<i64>,
    other: T,
}

fn main() {}
