use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(default_fn = "make")]
    a: i64,
    #[field(default = 1, default_fn = make)]
    b: i64,
}

fn main() {}
