use orm::prelude::*;

#[derive(Model)]
#[model(unique(fields(nothing)), unique(id), unique)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
}

fn main() {}
