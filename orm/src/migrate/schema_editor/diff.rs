//! The difference of a table before and after an operation, with names followed through renames.

use std::collections::BTreeMap;

use orm_schema::{ColumnDef, ForeignKeyDef, Literal, TableDef, TableIndexDef, UniqueDef};

use crate::migrate::table_of::MappedTable;

/// Old and new names of tables and columns, across all tables that an operation touches.
#[derive(Debug, Default)]
pub(super) struct Renames {
    tables: BTreeMap<String, String>,
    columns: BTreeMap<(String, String), String>,
}

impl Renames {
    /// Notes the renames of one table. `field` leads from an old field name to the new one.
    pub(super) fn note(
        &mut self,
        old: &MappedTable,
        new: &MappedTable,
        field: impl Fn(&str) -> String,
    ) {
        if old.table.name != new.table.name {
            self.tables
                .insert(old.table.name.clone(), new.table.name.clone());
        }
        for (name, column) in &old.columns {
            let name = field(name);
            let now = new.columns.iter().find(|(n, _)| *n == name);
            if let Some((_, to)) = now
                && to != column
            {
                self.columns
                    .insert((old.table.name.clone(), column.clone()), to.clone());
            }
        }
    }

    fn table(&self, old: &str) -> String {
        self.tables
            .get(old)
            .cloned()
            .unwrap_or_else(|| old.to_owned())
    }

    fn column(&self, table: &str, column: &str) -> String {
        let key = (table.to_owned(), column.to_owned());
        self.columns
            .get(&key)
            .cloned()
            .unwrap_or_else(|| column.to_owned())
    }

    fn columns_of(&self, table: &str, columns: &[String]) -> Vec<String> {
        columns.iter().map(|c| self.column(table, c)).collect()
    }

    /// The old table with all names as they are after the renames.
    fn carried(&self, old: &TableDef) -> TableDef {
        let mut out = old.clone();
        out.name = self.table(&old.name);
        for column in &mut out.columns {
            column.name = self.column(&old.name, &column.name);
        }
        out.primary_key = self.columns_of(&old.name, &old.primary_key);
        for unique in &mut out.uniques {
            unique.columns = self.columns_of(&old.name, &unique.columns);
        }
        for index in &mut out.indexes {
            index.columns = self.columns_of(&old.name, &index.columns);
        }
        for key in &mut out.foreign_keys {
            key.columns = self.columns_of(&old.name, &key.columns);
            key.ref_columns = self.columns_of(&key.ref_table, &key.ref_columns);
            key.ref_table = self.table(&key.ref_table);
        }
        if let Some(shard) = &mut out.storage.shard_key {
            *shard = self.columns_of(&old.name, shard);
        }
        for (column, _) in &mut out.storage.sort_key {
            *column = self.column(&old.name, column);
        }
        out
    }
}

/// Keys of one kind that come, go or only change their name.
#[derive(Debug)]
pub(super) struct Keys<T> {
    pub(super) add: Vec<T>,
    pub(super) drop: Vec<T>,
    /// The key with its old name, and the new name.
    pub(super) rename: Vec<(T, String)>,
}

impl<T> Keys<T> {
    pub(super) fn changed(&self) -> bool {
        !self.add.is_empty() || !self.drop.is_empty()
    }
}

/// A key that has a name, and something else that makes it what it is.
pub(super) trait Named: Clone + PartialEq {
    fn name(&self) -> &str;
    fn with_name(&self, name: &str) -> Self;
}

macro_rules! named {
    ($($ty:ty),*) => {$(
        impl Named for $ty {
            fn name(&self) -> &str {
                &self.name
            }
            fn with_name(&self, name: &str) -> Self {
                Self { name: name.to_owned(), ..self.clone() }
            }
        }
    )*};
}
named!(UniqueDef, TableIndexDef, ForeignKeyDef);

fn keys<T: Named>(old: &[T], new: &[T]) -> Keys<T> {
    let mut drop: Vec<T> = old.iter().filter(|k| !new.contains(k)).cloned().collect();
    let mut add = Vec::new();
    let mut rename = Vec::new();
    for key in new.iter().filter(|k| !old.contains(k)) {
        match drop.iter().position(|k| k.with_name(key.name()) == *key) {
            Some(at) => rename.push((drop.remove(at), key.name().to_owned())),
            None => add.push(key.clone()),
        }
    }
    Keys { add, drop, rename }
}

/// What differs between two columns of one name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnDelta {
    pub(super) old: ColumnDef,
    pub(super) new: ColumnDef,
}

impl ColumnDelta {
    /// The type, or how text compares.
    pub(super) fn ty(&self) -> bool {
        self.old.ty != self.new.ty || self.collation()
    }

    pub(super) fn collation(&self) -> bool {
        self.old.collation != self.new.collation
    }

    /// NULL is no longer accepted.
    pub(super) fn tightened(&self) -> bool {
        self.old.null && !self.new.null
    }

    pub(super) fn auto(&self) -> bool {
        self.old.auto_increment != self.new.auto_increment
    }

    pub(super) fn computed(&self) -> bool {
        self.old.computed != self.new.computed
    }

    /// Only what the database notes down: default, comment.
    pub(super) fn only_notes(&self) -> bool {
        !self.ty() && self.old.null == self.new.null && !self.auto() && !self.computed()
    }
}

/// The difference of one table.
#[derive(Debug)]
pub(super) struct TableDiff {
    /// The table as it is.
    pub(super) original: TableDef,
    /// The table as it is, under its new names.
    pub(super) carried: TableDef,
    /// The table as it shall be.
    pub(super) new: TableDef,
    /// Columns as they are, and their new name.
    pub(super) renamed: Vec<(ColumnDef, String)>,
    pub(super) added: Vec<ColumnDef>,
    pub(super) dropped: Vec<String>,
    pub(super) modified: Vec<ColumnDelta>,
    pub(super) uniques: Keys<UniqueDef>,
    pub(super) indexes: Keys<TableIndexDef>,
    pub(super) foreign_keys: Keys<ForeignKeyDef>,
    /// Values for rows that have none, by column.
    pub(super) fills: BTreeMap<String, Literal>,
}

impl TableDiff {
    pub(super) fn new(
        old: &TableDef,
        new: &TableDef,
        renames: &Renames,
        fills: BTreeMap<String, Literal>,
    ) -> Self {
        let mut carried = renames.carried(old);
        // What happens on delete is the ORM's affair and stands in no table.
        for key in &mut carried.foreign_keys {
            if let Some(now) = new.foreign_keys.iter().find(|k| k.columns == key.columns) {
                key.on_delete = now.on_delete;
            }
        }
        let renamed = (old.columns.iter().zip(&carried.columns))
            .filter(|(a, b)| a.name != b.name)
            .map(|(a, b)| (a.clone(), b.name.clone()))
            .collect();
        let added = new
            .columns
            .iter()
            .filter(|c| carried.column(&c.name).is_none());
        let dropped = carried
            .columns
            .iter()
            .filter(|c| new.column(&c.name).is_none());
        let modified = new.columns.iter().filter_map(|c| {
            let old = carried.column(&c.name)?;
            (old != c).then(|| ColumnDelta {
                old: old.clone(),
                new: c.clone(),
            })
        });
        Self {
            renamed,
            added: added.cloned().collect(),
            dropped: dropped.map(|c| c.name.clone()).collect(),
            modified: modified.collect(),
            uniques: keys(&carried.uniques, &new.uniques),
            indexes: keys(&carried.indexes, &new.indexes),
            foreign_keys: keys(&carried.foreign_keys, &new.foreign_keys),
            original: old.clone(),
            carried,
            new: new.clone(),
            fills,
        }
    }

    pub(super) fn renamed_table(&self) -> bool {
        self.original.name != self.new.name
    }

    pub(super) fn primary_key(&self) -> bool {
        self.carried.primary_key != self.new.primary_key
    }

    pub(super) fn storage(&self) -> bool {
        self.carried.storage != self.new.storage
    }

    pub(super) fn comment(&self) -> bool {
        self.carried.comment != self.new.comment
    }

    /// The old name of a column that stays.
    pub(super) fn old_name<'a>(&'a self, column: &'a str) -> &'a str {
        let renamed = self.renamed.iter().find(|(_, to)| to == column);
        renamed.map_or(column, |(from, _)| &from.name)
    }
}
