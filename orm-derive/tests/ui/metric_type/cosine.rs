use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(look), kind = "vector", metric_type = "cosine_similarity"))]
struct Picture {
    #[field(primary_key)]
    id: Auto<i64>,
    look: Vector<3>,
}

fn main() {}
