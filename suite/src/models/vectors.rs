//! Vectors to search by nearness.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "vectors")]
pub struct Picture {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20, default = "")]
    pub name: String,
    pub look: Vector<3>,
    pub mood: Option<Vector<3>>,
}

/// With an index, which SQLite does without.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "vectors", index(fields(look), kind = "vector"))]
pub struct Indexed {
    #[field(primary_key)]
    pub id: i64,
    pub look: Vector<3>,
}

/// With indexes of two sorts, each with options of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "vectors", storage_type = "columnstore")]
#[model(index(
    fields[look],
    kind = "vector",
    index_type = "ivf_pqfs",
    metric_type = "dot_product",
    nlist = 16,
    nprobe = 4
))]
#[model(index(
    fields[place],
    kind = "vector",
    index_type = "hnsw_flat",
    neighbors = 8,
    ef_construction = 20
))]
pub struct Searched {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20)]
    pub name: String,
    pub look: Vector<3>,
    pub place: Vector<2>,
}
