use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(look), kind = "vector", index_type = "hnsw_flat", ef_construction = "40"))]
struct Picture {
    #[field(primary_key)]
    id: Auto<i64>,
    look: Vector<3>,
}

fn main() {}
