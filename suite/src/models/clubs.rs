//! Sets with a table of pairs of their own, sets of the same model, and one-to-one from both sides.

use orm::prelude::*;

use crate::backend::sync_ids;

#[derive(Model, Debug, Clone)]
#[model(app = "clubs")]
pub struct Member {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50)]
    pub name: String,
    #[field(on_delete = "set_null")]
    pub sponsor: Option<ForeignKey<Member>>,
    /// Both ways.
    pub friends: ManyToMany<Member>,
    #[field(by = "sponsor")]
    pub sponsored: Reverse<Member>,
    #[field(by = "members")]
    pub clubs: Reverse<Club>,
    #[field(by = "member")]
    pub badge: Reverse<Badge>,
    #[field(by = "helpers")]
    pub helps: Reverse<Club>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "clubs")]
pub struct Club {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50)]
    pub name: String,
    #[field(through = Membership)]
    pub members: ManyToMany<Member>,
    pub helpers: ManyToMany<Member>,
    #[field(by = "club")]
    pub memberships: Reverse<Membership>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "clubs")]
pub struct Membership {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub club: ForeignKey<Club>,
    #[field(on_delete = "protect")]
    pub member: ForeignKey<Member>,
    pub since: i32,
    #[field(max_length = 20, default = "plain")]
    pub rank: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "clubs", primary_key(member))]
pub struct Badge {
    pub member: OneToOne<Member>,
    #[field(max_length = 20)]
    pub number: String,
}

/// All tables; members Ann, Bob, Cid and Dee are 1 to 4, clubs Chess and Rowing 1 and 2.
///
/// # Errors
/// As any insert.
pub async fn fill(db: &Db) -> Result<()> {
    let all = [Member::META, Club::META, Membership::META, Badge::META];
    orm::create_tables(db, &all).await?;
    for (id, name) in [(1, "Ann"), (2, "Bob"), (3, "Cid"), (4, "Dee")] {
        Member::create(db, new!(Member { id, name })).await?;
    }
    for (id, name) in [(1, "Chess"), (2, "Rowing")] {
        Club::create(db, new!(Club { id, name })).await?;
    }
    sync_ids(db).await
}
