use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(body), kind = "fulltext", version = 3))]
struct Note {
    #[field(primary_key)]
    id: Auto<i64>,
    body: String,
}

fn main() {}
