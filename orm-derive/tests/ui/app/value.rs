use orm::prelude::*;

#[derive(Model)]
#[model(app = "My Blog")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
