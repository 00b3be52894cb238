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
