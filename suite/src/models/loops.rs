//! Relations of a model to itself.

use orm::prelude::*;

/// Forgets the next one when that is deleted.
#[derive(Model, Debug, Clone)]
#[model(app = "loops")]
pub struct Link {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "set_null")]
    pub next: Option<ForeignKey<Link>>,
}

/// A set of the same model, whose pairs are a model with two ways to say which side is which.
#[derive(Model, Debug, Clone)]
#[model(app = "loops")]
pub struct Player {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub name: String,
    #[field(through = Bout, through_fields(winner, loser))]
    pub beat: ManyToMany<Player>,
    #[field(by = "beat")]
    pub lost_to: Reverse<Player>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "loops")]
pub struct Bout {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub loser: ForeignKey<Player>,
    pub winner: ForeignKey<Player>,
}

/// All tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Link::META, Player::META, Bout::META]).await
}
