//! Who refers to whom among the linked models, and which way of deleting is right for one.

use std::collections::HashMap;
use std::sync::OnceLock;

use orm_schema::OnDelete;

use crate::model::{ModelMeta, RelationKind, registered};

/// The columns by which rows of one model refer to rows of another.
#[derive(Debug)]
pub(in crate::query) struct Referrer {
    /// The model that refers.
    pub(in crate::query) meta: &'static ModelMeta,
    pub(in crate::query) field: &'static str,
    /// Numbers of its columns.
    pub(in crate::query) columns: Vec<usize>,
    /// Numbers of the columns referred to, in the other model.
    pub(in crate::query) referred: Vec<usize>,
    pub(super) on_delete: OnDelete,
    /// Whether a foreign key holds them, where the database has such.
    pub(in crate::query) held: bool,
}

/// A column of a many-to-many table that no model describes.
#[derive(Debug)]
pub(in crate::query) struct Pairs {
    pub(in crate::query) table: &'static str,
    pub(in crate::query) column: &'static str,
    /// As [`Referrer::held`].
    pub(in crate::query) held: bool,
}

/// What refers to one model.
#[derive(Debug, Default)]
pub(in crate::query) struct Referrers {
    pub(in crate::query) columns: Vec<Referrer>,
    pub(in crate::query) pairs: Vec<Pairs>,
}

impl Referrers {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.pairs.is_empty()
    }

    fn cascades(&self) -> impl Iterator<Item = &Referrer> {
        self.columns
            .iter()
            .filter(|r| r.on_delete == OnDelete::Cascade)
    }
}

pub(super) fn same(a: &ModelMeta, b: &ModelMeta) -> bool {
    a.app == b.app && a.name == b.name
}

type Id = (&'static str, &'static str);

fn id(meta: &'static ModelMeta) -> Id {
    (meta.app, meta.name)
}

/// What refers to a model; found once for all models of the program.
pub(in crate::query) fn referrers(to: &'static ModelMeta) -> &'static Referrers {
    static ALL: OnceLock<HashMap<Id, Referrers>> = OnceLock::new();
    static NONE: Referrers = Referrers {
        columns: Vec::new(),
        pairs: Vec::new(),
    };
    ALL.get_or_init(find).get(&id(to)).unwrap_or(&NONE)
}

fn find() -> HashMap<Id, Referrers> {
    let mut all: HashMap<Id, Referrers> = HashMap::new();
    // The order in which the linker lists the models is not stable.
    let mut models: Vec<&'static ModelMeta> = registered().collect();
    models.sort_by_key(|m| id(m));
    for meta in models {
        for relation in meta.relations {
            let target = (relation.target)();
            let held = relation.db_constraint && meta.extra.managed;
            match relation.kind {
                RelationKind::ToOne { on_delete, .. } | RelationKind::Columns { on_delete, .. } => {
                    let (columns, referred) = relation.ties().into_iter().unzip();
                    let referrer = Referrer {
                        meta,
                        field: relation.field,
                        columns,
                        referred,
                        on_delete,
                        held: held && matches!(relation.kind, RelationKind::ToOne { .. }),
                    };
                    all.entry(id(target)).or_default().columns.push(referrer);
                }
                // The rows of an own model go by that model's own relations.
                RelationKind::ManyToMany {
                    table,
                    from,
                    to,
                    through: None,
                    ..
                } => {
                    for (side, column) in [(meta, from), (target, to)] {
                        let pairs = &mut all.entry(id(side)).or_default().pairs;
                        pairs.push(Pairs {
                            table,
                            column,
                            held,
                        });
                    }
                }
                RelationKind::ManyToMany { .. } | RelationKind::Reverse { .. } => {}
            }
        }
    }
    all
}

/// How the rows of a model can be deleted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing depends on them: one statement.
    Plain,
    /// Part by part, each with what depends on it, in constant memory.
    Parts,
    /// All that goes is found first, since the order of deletes, or whether they are allowed at all,
    /// shows only in the whole.
    Collected,
}

/// The way that is right for a model.
///
/// Parts are deleted before the next ones are looked at. So nothing that goes may decide over what
/// else goes: no circle of cascades, and no model that both goes and stands in the way.
pub(super) fn way(root: &'static ModelMeta) -> Way {
    if referrers(root).is_empty() {
        return Way::Plain;
    }
    let mut going = Vec::new();
    if !descend(root, &mut Vec::new(), &mut going) {
        return Way::Collected;
    }
    let stays = |meta: &ModelMeta| !going.iter().any(|g| same(g, meta));
    let apart = going.iter().all(|meta| {
        referrers(meta).columns.iter().all(|r| match r.on_delete {
            OnDelete::Cascade | OnDelete::SetNull => true,
            // The default may be the key of a row that goes in a later part.
            OnDelete::SetDefault => stays(r.meta),
            OnDelete::Protect | OnDelete::Restrict | OnDelete::DoNothing => stays(r.meta),
        })
    });
    if apart { Way::Parts } else { Way::Collected }
}

/// The models whose rows may go with those of a model, that one among them.
pub(super) fn going(root: &'static ModelMeta) -> Vec<&'static ModelMeta> {
    let mut going = vec![root];
    let mut next = 0;
    while let Some(&meta) = going.get(next) {
        for referrer in referrers(meta).cascades() {
            if !going.iter().any(|g| same(g, referrer.meta)) {
                going.push(referrer.meta);
            }
        }
        next += 1;
    }
    going
}

/// Walks the cascades; false where they lead in a circle.
fn descend(
    meta: &'static ModelMeta,
    path: &mut Vec<&'static ModelMeta>,
    going: &mut Vec<&'static ModelMeta>,
) -> bool {
    if path.iter().any(|m| same(m, meta)) {
        return false;
    }
    if going.iter().any(|m| same(m, meta)) {
        return true;
    }
    path.push(meta);
    let open = referrers(meta)
        .cascades()
        .all(|r| descend(r.meta, path, going));
    path.pop();
    going.push(meta);
    open
}
