//! Models that share the fields of abstract bases.

use orm::prelude::*;

use self::base::{Stamps, Titled};

pub mod base {
    //! The bases, and the types that only they name.

    use orm::prelude::*;
    use uuid::Uuid;

    /// A key of every model's own.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(abstract)]
    pub struct Keyed {
        #[field(primary_key)]
        pub key: Uuid,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(abstract, ordering(-made_at), index(fields(made_at)))]
    pub struct Stamps {
        #[field(auto_now_add)]
        pub made_at: DateTime<Utc>,
        #[field(auto_now)]
        pub seen_at: Option<DateTime<Utc>>,
    }

    /// A base with a base.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(abstract, unique_together(title, volume))]
    pub struct Titled {
        #[field(flatten)]
        pub keyed: crate::models::bases::base::Keyed,
        #[field(max_length = 30, validate = orm::validators::not_blank)]
        pub title: String,
        #[field(default = 1)]
        pub volume: i32,
        #[field(on_delete = "set_null")]
        pub shelf: Option<ForeignKey<crate::models::bases::Shelf>>,
    }
}

#[derive(Model, Debug, Clone)]
#[model(app = "bases")]
pub struct Shelf {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub place: String,
    #[field(by = "shelf")]
    pub volumes: Reverse<Volume>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "bases", storage_type = "reference")]
pub struct Volume {
    #[field(flatten)]
    pub titled: Titled,
    pub pages: i32,
    #[field(flatten)]
    pub stamps: Stamps,
    #[field(by = "volume")]
    pub notes: Reverse<Note>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "bases", ordering(id))]
pub struct Note {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub volume: ForeignKey<Volume>,
    #[field(flatten)]
    pub stamps: base::Stamps,
    #[field(max_length = 30)]
    pub text: String,
}

/// The tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Shelf::META, Volume::META, Note::META]).await
}
