//! The side tables of lookups that come, change their name, and go.
//!
//! A side table holds nothing that its own table does not say, so it is never altered: if anything
//! but its name changes, it is made and filled again.

use orm_schema::{FieldDef, TableDef};

use super::build::{create_table, rename_table};
use super::sharded::copy::own_key;
use super::tables::renamed_to;
use super::{Action, Grade, LookupFill, Requirement, Step};
use crate::ast::Ddl;
use crate::migrate::table_of::MappedTable;

/// A model's own table before and after, with what the operation says of its fields.
pub(super) struct Owners<'a> {
    pub(super) old: Option<MappedTable>,
    pub(super) new: Option<MappedTable>,
    pub(super) renamed: Option<(&'a str, &'a str)>,
    /// The field whose default fills rows that have no value.
    pub(super) filled: Option<&'a FieldDef>,
}

/// What happens to side tables.
#[derive(Default)]
pub(super) struct Lookups {
    renamed: Vec<(String, String)>,
    dropped: Vec<Dropped>,
    created: Vec<Created>,
}

struct Dropped {
    name: String,
    of: String,
}

struct Created {
    table: TableDef,
    /// `None` where the own table is new as well.
    fill: Option<LookupFill>,
    requires: Option<Requirement>,
}

/// The tables, and apart from them the side tables.
pub(super) fn apart(tables: Vec<MappedTable>) -> (Vec<MappedTable>, Vec<MappedTable>) {
    tables.into_iter().partition(|t| !t.lookup)
}

impl Lookups {
    /// Compares the side tables of one model before and after.
    pub(super) fn add(
        &mut self,
        own: &Owners<'_>,
        old: Vec<MappedTable>,
        mut new: Vec<MappedTable>,
    ) {
        let was = own.old.as_ref().map(|t| t.table.name.clone());
        for side in old {
            let field = side.field.as_deref().map(|f| renamed_to(own.renamed, f));
            let now = new.iter().position(|n| n.field.as_deref() == field);
            let now = now.map(|at| new.remove(at));
            match now {
                Some(now) if alike(&side.table, &now.table) => {
                    if side.table.name != now.table.name {
                        self.renamed.push((side.table.name, now.table.name));
                    }
                    continue;
                }
                Some(now) => self.created.push(created(own, now)),
                None => {}
            }
            self.dropped.push(Dropped {
                name: side.table.name,
                of: was.clone().unwrap_or_default(),
            });
        }
        self.created
            .extend(new.into_iter().map(|n| created(own, n)));
    }

    /// The steps, which come after those of the tables that the side tables belong to.
    pub(super) fn steps(&self) -> Vec<Step> {
        let renamed = self.renamed.iter().map(|(from, to)| rename_table(from, to));
        let mut out: Vec<Step> = renamed.collect();
        for Dropped { name, of } in &self.dropped {
            let ddl = Ddl::DropTable {
                name: name.clone(),
                if_exists: false,
            };
            let comment = format!("drop the side table {name}; its values are those of {of}");
            out.push(Step::instant(ddl, comment));
        }
        for created in &self.created {
            let create = create_table(&created.table);
            let comment = match &created.fill {
                Some(fill) => format!(
                    "{} keeps {}.{} unique",
                    create.comment, fill.from, fill.column
                ),
                None => create.comment.clone(),
            };
            out.push(Step { comment, ..create }.requiring(created.requires.clone()));
            if let Some(fill) = &created.fill {
                let comment = format!(
                    "note the values of {}.{} in {}",
                    fill.from, fill.column, fill.to
                );
                out.push(Step::of(
                    Action::Lookup(fill.clone()),
                    comment,
                    Grade::Rewrite,
                ));
            }
        }
        out
    }
}

/// Whether nothing but the name differs.
fn alike(old: &TableDef, new: &TableDef) -> bool {
    TableDef {
        name: new.name.clone(),
        ..old.clone()
    } == *new
}

fn created(own: &Owners<'_>, side: MappedTable) -> Created {
    let field = side.field.as_deref().unwrap_or_default();
    let both = own.old.as_ref().zip(own.new.as_ref());
    let column = |of: &MappedTable, field: &str| {
        let found = of.columns.iter().find(|(f, _)| f == field);
        found.map(|(_, column)| column.clone())
    };
    let fill = both.and_then(|(_, now)| {
        let owner = side.table.columns.iter().skip(1).map(|c| c.name.clone());
        Some(LookupFill {
            from: now.table.name.clone(),
            column: column(now, field)?,
            to: side.table.name.clone(),
            owner: now.table.primary_key.iter().cloned().zip(owner).collect(),
            key: own_key(&now.table),
        })
    });
    let requires = both.and_then(|(was, now)| {
        let table = was.table.name.clone();
        let before = match own.renamed {
            Some((from, to)) if to == field => from,
            _ => field,
        };
        match column(was, before) {
            Some(column) => Some(Requirement::NoDuplicates { table, column }),
            None => {
                let filled = own.filled.filter(|f| f.name == field)?;
                filled.default.as_ref()?;
                let column = column(now, field)?;
                Some(Requirement::OneRow { table, column })
            }
        }
    });
    Created {
        table: side.table,
        fill,
        requires,
    }
}
