use orm::prelude::*;

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(on_delete = "cascade")]
    title: String,
}

fn main() {}
