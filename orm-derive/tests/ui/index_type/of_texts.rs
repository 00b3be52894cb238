use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(body), kind = "fulltext", index_type = "ivf_pq"))]
struct Note {
    #[field(primary_key)]
    id: Auto<i64>,
    body: String,
}

fn main() {}
