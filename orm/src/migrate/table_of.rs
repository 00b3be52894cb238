//! From models to tables: what a database holds for a model of the state.
//!
//! Pure. What a database cannot have (comments, foreign keys, storage) is left out here, so that a
//! difference in it is no difference for that database.

use orm_schema::{
    ColumnDef, ColumnDefault, FieldDef, FieldType, ForeignKeyDef, IndexDef, IndexKind,
    IndexOptions, LOOKUP_INDEX, LOOKUP_VALUE, ModelDef, OnDelete, RelationDef, Storage, TableDef,
    TableIndexDef, TableStorage, Unique, UniqueDef, hashed_name, lookup_owner, lookup_table,
    many_to_many_columns, many_to_many_table,
};

use super::state::ProjectState;
use crate::dialect::Features;

/// A model that has no table, or not on this database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A relation leads to a model that is not there.
    #[error(
        "{place} refers to {target}, which does not exist; create it in an earlier migration and depend on that"
    )]
    NoTarget {
        /// The field, as `app.Model.field`.
        place: String,
        /// The model referred to.
        target: String,
    },
    /// A relation leads to a field that is not there.
    #[error("{place} refers to field `{to_field}` of {target}, which has no such field")]
    NoTargetField {
        /// The field, as `app.Model.field`.
        place: String,
        /// The model referred to.
        target: String,
        /// The field referred to.
        to_field: String,
    },
    /// A relation leads to a model whose key is not one field.
    #[error(
        "{place} refers to {target}, whose primary key has {parts} fields; a relation needs one: name a unique field of it by `to_field`"
    )]
    CompositeTarget {
        /// The field, as `app.Model.field`.
        place: String,
        /// The model referred to.
        target: String,
        /// Fields of its key.
        parts: usize,
    },
    /// Keys that are relations lead in a circle.
    #[error("the key types of {place} lead in a circle: each key is a relation to the next")]
    Circle {
        /// The field, as `app.Model.field`.
        place: String,
    },
    /// A key, index, constraint or storage option names a field that has no column.
    #[error("{what} of {model} names `{field}`, which is not a field with a column")]
    NoColumn {
        /// The model, as `app.Model`.
        model: String,
        /// What names it.
        what: String,
        /// The name.
        field: String,
    },
}

fn place(model: &ModelDef, field: &FieldDef) -> String {
    format!("{}.{}", model.id(), field.name)
}

/// A table with the fields that its columns stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedTable {
    /// The field that the table holds: a many-to-many field, or one with `unique = "lookup"`;
    /// `None` is the model's own table.
    pub field: Option<String>,
    /// Whether it is the side table of a lookup.
    pub lookup: bool,
    /// The table.
    pub table: TableDef,
    /// Field and column; in a many-to-many table the fields are called `from` and `to`, in a side
    /// table as the columns are.
    pub columns: Vec<(String, String)>,
}

/// The tables of a model: its own, one for each automatic many-to-many field, and on sharded servers
/// one for each lookup. None for a model that migrations do not manage.
///
/// # Errors
/// [`TableError`] if a relation leads nowhere or an option names a field without a column.
pub fn tables_of(
    state: &ProjectState,
    model: &ModelDef,
    features: &Features,
) -> Result<Vec<TableDef>, TableError> {
    let mapped = mapped_tables(state, model, features)?;
    Ok(mapped.into_iter().map(|m| m.table).collect())
}

/// Like [`tables_of`], with the fields that the columns stand for.
///
/// # Errors
/// As [`tables_of`].
pub fn mapped_tables(
    state: &ProjectState,
    model: &ModelDef,
    features: &Features,
) -> Result<Vec<MappedTable>, TableError> {
    mapper(state, model, features).tables()
}

/// Like [`mapped_tables`], with every relation as a foreign key: also those that the database does not
/// hold, and on databases without foreign keys.
///
/// # Errors
/// As [`tables_of`].
pub(crate) fn related_tables(
    state: &ProjectState,
    model: &ModelDef,
    features: &Features,
) -> Result<Vec<MappedTable>, TableError> {
    let mapper = Mapper {
        all_relations: true,
        ..mapper(state, model, features)
    };
    mapper.tables()
}

fn mapper<'a>(state: &'a ProjectState, model: &'a ModelDef, features: &'a Features) -> Mapper<'a> {
    Mapper {
        state,
        model,
        features,
        all_relations: false,
    }
}

/// The column that a relation refers to.
struct Target {
    table: String,
    column: String,
    ty: FieldType,
    collation: Option<String>,
}

/// Relations that are keys of keys are followed so far; longer is a circle.
const MAX_CHAIN: usize = 64;

struct Mapper<'a> {
    state: &'a ProjectState,
    model: &'a ModelDef,
    features: &'a Features,
    /// Whether relations are foreign keys also where the database holds none.
    all_relations: bool,
}

impl Mapper<'_> {
    fn tables(&self) -> Result<Vec<MappedTable>, TableError> {
        if !self.model.managed {
            return Ok(Vec::new());
        }
        let mut out = vec![self.own_table()?];
        for field in &self.model.fields {
            if let FieldType::ManyToMany(relation) = &field.ty
                && relation.through.is_none()
            {
                out.push(self.link_table(field, relation)?);
            }
        }
        for field in self.model.fields.iter().filter(|f| self.is_lookup(f)) {
            let side = self.side_table(&out[0].table, field);
            out.push(side);
        }
        Ok(out)
    }

    /// Whether a foreign key of the table stands for a relation.
    fn is_held(&self, relation: &RelationDef) -> bool {
        self.all_relations || (self.features.foreign_keys && relation.db_constraint)
    }

    fn own_table(&self) -> Result<MappedTable, TableError> {
        let model = self.model;
        let mut table = TableDef {
            name: model.table.clone(),
            columns: Vec::new(),
            primary_key: self.columns(&model.primary_key, || "the primary key".into())?,
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            storage: self.storage(&model.storage)?,
            comment: model.comment.clone().filter(|_| self.features.comments),
        };
        let mut names = Vec::new();
        for field in model.fields.iter().filter(|f| f.ty.has_column()) {
            names.push((field.name.clone(), field.column_name().into_owned()));
            let column = self.column(&mut table, field)?;
            table.columns.push(column);
        }
        self.uniques(&mut table)?;
        self.indexes(&mut table)?;
        Ok(MappedTable {
            field: None,
            lookup: false,
            table,
            columns: names,
        })
    }

    /// The field's column; its foreign key, if it is one, goes into the table.
    fn column(&self, table: &mut TableDef, field: &FieldDef) -> Result<ColumnDef, TableError> {
        let mut column = ColumnDef {
            name: field.column_name().into_owned(),
            ty: field.ty.clone(),
            null: field.null,
            auto_increment: field.auto,
            default: field.db_default.clone().map(ColumnDefault::Sql),
            collation: field.collation.clone(),
            comment: field.comment.clone().filter(|_| self.features.comments),
            computed: field.computed.clone(),
        };
        if let FieldType::ForeignKey(relation) | FieldType::OneToOne(relation) = &field.ty {
            let target = self.target(self.model, field, relation)?;
            if self.is_held(relation) {
                table.foreign_keys.push(foreign_key(
                    &table.name,
                    &column.name,
                    &target,
                    relation.on_delete,
                ));
            }
            column.ty = target.ty;
            column.collation = column.collation.or(target.collation);
        }
        Ok(column)
    }

    /// Unique keys, in the order of fields, groups, constraints; one over the columns of the primary
    /// key or of another is left out.
    fn uniques(&self, table: &mut TableDef) -> Result<(), TableError> {
        let model = self.model;
        let mut wanted: Vec<UniqueDef> = Vec::new();
        let auto_named = |columns: Vec<String>| UniqueDef {
            name: hashed_name(&model.table, &columns, "uniq"),
            columns,
            unenforced: false,
        };
        for field in model.fields.iter().filter(|f| f.ty.has_column()) {
            if self.is_lookup(field) {
                continue;
            }
            if field.unique != Unique::No || matches!(field.ty, FieldType::OneToOne(_)) {
                wanted.push(auto_named(vec![field.column_name().into_owned()]));
            }
        }
        for group in &model.unique_together {
            // Of two over the same fields it is always the same one, in whatever order they stand.
            let same = |other: &&Vec<String>| *other < group && same_columns(other, group);
            if model.unique_together.iter().any(|other| same(&other)) {
                continue;
            }
            wanted.push(auto_named(
                self.columns(group, || "unique_together".into())?,
            ));
        }
        for constraint in &model.constraints {
            let what = || format!("constraint `{}`", constraint.name);
            wanted.push(UniqueDef {
                name: constraint.name.clone(),
                columns: self.columns(&constraint.fields, what)?,
                unenforced: constraint.unenforced,
            });
        }
        for mut unique in wanted {
            unique.unenforced |= self.features.sharded && model.unenforced_unique;
            let taken = same_columns(&table.primary_key, &unique.columns)
                || table
                    .uniques
                    .iter()
                    .any(|u| same_columns(&u.columns, &unique.columns));
            // What has a name of its own is kept: it is dropped by that name later.
            let named = model.constraints.iter().any(|c| c.name == unique.name);
            if named || !taken {
                table.uniques.push(unique);
            }
        }
        Ok(())
    }

    /// Named indexes, then those of single fields and foreign keys that nothing else serves.
    fn indexes(&self, table: &mut TableDef) -> Result<(), TableError> {
        let model = self.model;
        for index in &model.indexes {
            if self.leaves_out(index.kind) {
                continue;
            }
            table.indexes.push(TableIndexDef {
                name: index.name.clone(),
                columns: self.columns(&index.fields, || format!("index `{}`", index.name))?,
                kind: index.kind,
                options: self.options(index),
            });
        }
        for field in model.fields.iter().filter(|f| f.ty.has_column()) {
            // A native unique key would serve searches by it.
            let wanted = field.index || field.ty.is_to_one() || field.auto || self.is_lookup(field);
            if !wanted {
                continue;
            }
            let column = [field.column_name().into_owned()];
            let name = hashed_name(&model.table, &column, "idx");
            add_index(table, name, column);
        }
        Ok(())
    }

    /// Models made for a server work on the local SQLite as they are. Where vectors are compared one by
    /// one, an index of them would change nothing but time; without full-text indexes the searches
    /// that need one are refused, and all else works.
    fn leaves_out(&self, kind: Option<IndexKind>) -> bool {
        match kind {
            Some(IndexKind::Vector) => {
                self.features.vector_functions && !self.features.vector_index
            }
            Some(IndexKind::Fulltext) => !self.features.fulltext_index,
            _ => false,
        }
    }

    /// SingleStore's own: elsewhere an index of the kind is made as it is there.
    fn options(&self, index: &IndexDef) -> IndexOptions {
        match self.features.index_options {
            true => index.options,
            false => IndexOptions::NONE,
        }
    }

    fn storage(&self, storage: &Storage) -> Result<TableStorage, TableError> {
        if !self.features.sharded {
            return Ok(TableStorage::default());
        }
        let shard_key = match &storage.shard_key {
            Some(fields) => Some(self.columns(fields, || "the shard key".into())?),
            None => None,
        };
        let mut sort_key = Vec::new();
        for part in &storage.sort_key {
            sort_key.push((
                self.column_of(&part.field, || "the sort key".into())?,
                part.descending,
            ));
        }
        Ok(TableStorage {
            storage_type: storage.storage_type,
            shard_key,
            sort_key,
        })
    }

    /// The table of an automatic many-to-many field: no id, the key is the pair.
    fn link_table(
        &self,
        field: &FieldDef,
        relation: &RelationDef,
    ) -> Result<MappedTable, TableError> {
        let model = self.model;
        let name = many_to_many_table(&model.table, &field.name);
        let own = RelationDef::new(model.id());
        let sides = [
            self.target(model, field, &own)?,
            self.target(model, field, relation)?,
        ];
        let target = self
            .state
            .model(&relation.to)
            .map_or(&relation.to.name, |m| &m.name);
        let (from, to) = many_to_many_columns(&model.name, target);
        let rowstore = model.storage.storage_type.filter(|s| s.is_rowstore());
        let mut table = TableDef {
            name,
            columns: Vec::new(),
            primary_key: vec![from.clone(), to.clone()],
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            storage: TableStorage::default(),
            comment: None,
        };
        if self.features.sharded {
            table.storage.storage_type = rowstore.map(|_| orm_schema::StorageType::Rowstore);
            table.storage.shard_key = Some(vec![from.clone()]);
        }
        for (column, target) in [&from, &to].into_iter().zip(sides) {
            if self.is_held(relation) {
                let key = foreign_key(&table.name, column, &target, OnDelete::Cascade);
                table.foreign_keys.push(key);
            }
            let mut def = ColumnDef::new(column, target.ty);
            def.collation = target.collation;
            table.columns.push(def);
        }
        let index_name = hashed_name(&table.name, &[&to], "idx");
        add_index(&mut table, index_name, [to.clone()]);
        let columns = vec![("from".to_owned(), from), ("to".to_owned(), to)];
        Ok(MappedTable {
            field: Some(field.name.clone()),
            lookup: false,
            table,
            columns,
        })
    }

    /// Whether the field is kept unique by a side table here.
    fn is_lookup(&self, field: &FieldDef) -> bool {
        self.features.sharded && self.model.has_lookup(&field.name)
    }

    /// The side table of a lookup; its layout is told in `orm_schema`'s `lookup.rs`.
    fn side_table(&self, own: &TableDef, field: &FieldDef) -> MappedTable {
        let column = field.column_name();
        let copied = |name: &str, of: &str| {
            let of = own.column(of).expect("columns of the model's own table");
            ColumnDef {
                collation: of.collation.clone(),
                ..ColumnDef::new(name, of.ty.clone())
            }
        };
        let mut columns = vec![copied(LOOKUP_VALUE, &column)];
        let parts = own.primary_key.len();
        for (at, part) in own.primary_key.iter().enumerate() {
            columns.push(copied(&lookup_owner(at, parts), part));
        }
        let owner: Vec<String> = columns[1..].iter().map(|c| c.name.clone()).collect();
        let name = lookup_table(&own.name, &column);
        let rowstore = self
            .model
            .storage
            .storage_type
            .filter(|s| s.is_rowstore())
            .map(|_| orm_schema::StorageType::Rowstore);
        let mut table = TableDef {
            columns,
            primary_key: vec![LOOKUP_VALUE.to_owned()],
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            storage: TableStorage {
                storage_type: rowstore,
                shard_key: Some(vec![LOOKUP_VALUE.to_owned()]),
                sort_key: Vec::new(),
            },
            comment: None,
            name,
        };
        if !owner.is_empty() {
            table.indexes.push(TableIndexDef {
                name: LOOKUP_INDEX.to_owned(),
                columns: owner,
                kind: None,
                options: IndexOptions::NONE,
            });
        }
        let columns = table.columns.iter();
        MappedTable {
            field: Some(field.name.clone()),
            lookup: true,
            columns: columns.map(|c| (c.name.clone(), c.name.clone())).collect(),
            table,
        }
    }

    /// Follows a relation to the column it refers to, through keys that are relations themselves.
    fn target(
        &self,
        owner: &ModelDef,
        field: &FieldDef,
        relation: &RelationDef,
    ) -> Result<Target, TableError> {
        let mut found = self.target_field(owner, field, relation)?;
        let (table, column) = (found.0.table.clone(), found.1.column_name().into_owned());
        let mut collation = found.1.collation.clone();
        for _ in 0..MAX_CHAIN {
            let (FieldType::ForeignKey(next) | FieldType::OneToOne(next)) = &found.1.ty else {
                return Ok(Target {
                    table,
                    column,
                    ty: found.1.ty.clone(),
                    collation,
                });
            };
            found = self.target_field(found.0, found.1, next)?;
            collation = collation.or_else(|| found.1.collation.clone());
        }
        Err(TableError::Circle {
            place: place(owner, field),
        })
    }

    fn target_field(
        &self,
        owner: &ModelDef,
        field: &FieldDef,
        relation: &RelationDef,
    ) -> Result<(&ModelDef, &FieldDef), TableError> {
        let place = || place(owner, field);
        let Some(target) = self.state.model(&relation.to) else {
            let (place, target) = (place(), relation.to.to_string());
            return Err(TableError::NoTarget { place, target });
        };
        let name = match (&relation.to_field, target.primary_key.as_slice()) {
            (Some(name), _) => name,
            (None, [name]) => name,
            (None, key) => {
                return Err(TableError::CompositeTarget {
                    place: place(),
                    target: target.id().to_string(),
                    parts: key.len(),
                });
            }
        };
        match target.field(name).filter(|f| f.ty.has_column()) {
            Some(to) => Ok((target, to)),
            None => Err(TableError::NoTargetField {
                place: place(),
                target: target.id().to_string(),
                to_field: name.clone(),
            }),
        }
    }

    fn columns(
        &self,
        fields: &[String],
        what: impl Fn() -> String + Copy,
    ) -> Result<Vec<String>, TableError> {
        fields.iter().map(|f| self.column_of(f, what)).collect()
    }

    fn column_of(&self, field: &str, what: impl Fn() -> String) -> Result<String, TableError> {
        match self.model.field(field).filter(|f| f.ty.has_column()) {
            Some(f) => Ok(f.column_name().into_owned()),
            None => Err(TableError::NoColumn {
                model: self.model.id().to_string(),
                what: what(),
                field: field.to_owned(),
            }),
        }
    }
}

fn foreign_key(table: &str, column: &str, target: &Target, on_delete: OnDelete) -> ForeignKeyDef {
    ForeignKeyDef {
        name: hashed_name(table, &[column], "fk"),
        columns: vec![column.to_owned()],
        ref_table: target.table.clone(),
        ref_columns: vec![target.column.clone()],
        on_delete,
    }
}

/// Adds the index of a single column, unless a key begins with it or an index is the same.
fn add_index(table: &mut TableDef, name: String, column: [String; 1]) {
    // A key of several columns serves its first one only where it is ordered; a hash key does not,
    // but a primary key's first column is what a many-to-many table is sharded by.
    let served = table.primary_key.first() == column.first()
        || table
            .uniques
            .iter()
            .any(|u| !u.unenforced && u.columns == column)
        || table.indexes.iter().any(|i| {
            use orm_schema::IndexKind::{Fulltext, Vector};
            i.columns == column && !matches!(i.kind, Some(Fulltext | Vector))
        });
    if !served {
        let [column] = column;
        table.indexes.push(TableIndexDef {
            name,
            columns: vec![column],
            kind: None,
            options: IndexOptions::NONE,
        });
    }
}

/// Whether two keys are over the same columns, whatever their order.
fn same_columns(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|c| b.contains(c))
}
