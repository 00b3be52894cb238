//! Models that refer to each other in ways that an order of deletes must heed.

use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(app = "tangle")]
pub struct Root {
    #[field(primary_key)]
    pub id: Auto<i64>,
}

/// Named so that it is found before [`Branch`], which it also refers to.
#[derive(Model, Debug, Clone)]
#[model(app = "tangle")]
pub struct Apple {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub root: ForeignKey<Root>,
    #[field(on_delete = "cascade")]
    pub branch: ForeignKey<Branch>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tangle")]
pub struct Branch {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub root: ForeignKey<Root>,
}

/// Two models that refer to each other.
#[derive(Model, Debug, Clone)]
#[model(app = "tangle")]
pub struct Left {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub right: Option<ForeignKey<Right>>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tangle")]
pub struct Right {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub left: ForeignKey<Left>,
}

/// A set of objects of the same model, and of each other's sets.
#[derive(Model, Debug, Clone)]
#[model(app = "tangle")]
pub struct Knot {
    #[field(primary_key)]
    pub id: i64,
    #[field(symmetrical = false)]
    pub ties: ManyToMany<Knot>,
}

/// All tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    let all = [
        Root::META,
        Apple::META,
        Branch::META,
        Left::META,
        Right::META,
        Knot::META,
    ];
    orm::create_tables(db, &all).await
}
