//! What brings a table back to what the migrations say.
//!
//! A difference is the same as an operation from the model that the table would have to the model
//! that it should have. So the operation is made, and the schema editor plans its statements: copies
//! and rebuilds where a database can do no better. What no operation says (names of foreign keys,
//! indexes that come with a relation) is one statement on the schema.

use orm::ast::Ddl;
use orm::dialect::Dialect;
use orm::introspect::{Difference, InspectedModel, Part, Table};
use orm::migrate::{MappedTable, Migration, Operation, ProjectState, sql_for};
use orm_schema::{FieldDef, ModelDef};

use super::{columns, keys};

/// Makes a model what the table is, in one respect.
pub(super) type Unmend = Box<dyn Fn(&mut ModelDef)>;

/// How a difference is mended.
#[derive(Default)]
pub(super) struct Mend {
    /// The operations that describe it.
    pub(super) operations: Vec<Operation>,
    /// The statements that mend it; none where it has to be done by hand.
    pub(super) sql: Vec<String>,
    /// What else is to be known.
    pub(super) note: Option<String>,
    /// From the model to what the table is, where operations say the way back.
    pub(super) unmend: Option<Unmend>,
}

impl Mend {
    /// Only something to be known.
    pub(super) fn note(text: impl Into<String>) -> Self {
        Self {
            note: Some(text.into()),
            ..Self::default()
        }
    }

    /// Statements on the schema.
    pub(super) fn ddl(statements: &[Ddl], dialect: &dyn Dialect) -> Self {
        let mut out = Self::default();
        for ddl in statements {
            match dialect.render_ddl(ddl) {
                Ok(sql) => out.sql.push(sql),
                Err(e) => return Self::note(e.to_string()),
            }
        }
        out
    }
}

/// A table that differs, with all that is known of it.
pub(super) struct Subject<'a> {
    pub(super) state: &'a ProjectState,
    pub(super) model: &'a ModelDef,
    pub(super) mapped: &'a MappedTable,
    pub(super) found: Option<&'a Table>,
    pub(super) inspected: Option<&'a InspectedModel>,
    pub(super) dialect: &'static dyn Dialect,
}

impl<'a> Subject<'a> {
    /// The model's field of this column, if the table is the model's own.
    pub(super) fn field(&self, column: &str) -> Option<&'a FieldDef> {
        if self.mapped.field.is_some() {
            return None;
        }
        let has = |f: &&FieldDef| f.ty.has_column() && f.column_name().eq_ignore_ascii_case(column);
        self.model.fields.iter().find(has)
    }

    /// The field that the column as it is would be.
    pub(super) fn inspected_field(&self, column: &str) -> Option<FieldDef> {
        let fields = &self.inspected?.def.fields;
        let has = |f: &&FieldDef| f.ty.has_column() && f.column_name().eq_ignore_ascii_case(column);
        fields.iter().find(has).cloned()
    }

    /// The fields of these columns, if each has one.
    pub(super) fn fields_of(&self, columns: &[String]) -> Option<Vec<String>> {
        let name = |c: &String| self.field(c).map(|f| f.name.clone());
        columns.iter().map(name).collect()
    }

    /// An operation that starts from the model as the table is.
    pub(super) fn operation(
        &self,
        operation: Operation,
        unmend: impl Fn(&mut ModelDef) + 'static,
    ) -> Mend {
        Mend {
            operations: vec![operation],
            unmend: Some(Box::new(unmend)),
            ..Mend::default()
        }
    }

    /// The field is otherwise.
    pub(super) fn alter(&self, from: FieldDef, to: &FieldDef) -> Mend {
        let operation = Operation::AlterField {
            model: self.model.name.clone(),
            from: from.clone(),
            to: to.clone(),
            preserve_default: true,
        };
        self.operation(operation, move |model| {
            if let Some(field) = model.field_mut(&from.name) {
                field.clone_from(&from);
            }
        })
    }

    /// Statements on the schema.
    pub(super) fn ddl(&self, statements: &[Ddl]) -> Mend {
        Mend::ddl(statements, self.dialect)
    }
}

/// Plans the statements of the operations on a model, one after the other: each starts from the
/// table as those before it left it, so that a rebuild keeps what is still to be told of.
pub(super) fn plan(
    state: &ProjectState,
    model: &ModelDef,
    mends: &mut [Mend],
    dialect: &dyn Dialect,
) {
    for at in 0..mends.len() {
        if mends[at].unmend.is_none() {
            continue;
        }
        let mut before = model.clone();
        for unmend in mends[at..].iter().filter_map(|m| m.unmend.as_ref()) {
            unmend(&mut before);
        }
        let mut from = state.clone();
        from.insert(before);
        mends[at].planned(&model.app, &from, dialect);
    }
}

impl Mend {
    /// Fills in the statements of the operations.
    fn planned(&mut self, app: &str, before: &ProjectState, dialect: &dyn Dialect) {
        let mut migration = Migration::new(app, "mend");
        migration.operations.clone_from(&self.operations);
        match sql_for(&migration, before, dialect, false) {
            Ok(steps) => {
                // What `migrate` does beside statements (a look at copied rows, a table that is kept)
                // is told in words.
                let (sql, words): (Vec<_>, Vec<_>) =
                    steps.into_iter().partition(|(sql, _)| !sql.is_empty());
                self.sql = sql.into_iter().map(|(sql, _)| sql).collect();
                let words = words.into_iter().map(|(_, comment)| comment);
                let notes: Vec<String> = self.note.take().into_iter().chain(words).collect();
                self.note = (!notes.is_empty()).then(|| notes.join("; "));
            }
            Err(e) => self.note = Some(e.problem.to_string()),
        }
    }
}

/// What mends a difference.
pub(super) fn mend(subject: &Subject<'_>, difference: &Difference) -> Mend {
    if subject.mapped.lookup {
        return side_table(subject);
    }
    match difference.part {
        Part::Table => table(subject),
        Part::Column => columns::column(subject, difference),
        Part::Type
        | Part::Null
        | Part::AutoIncrement
        | Part::Default
        | Part::OnUpdate
        | Part::Collation
        | Part::Comment
        | Part::Computed => columns::attribute(subject, difference),
        Part::PrimaryKey => keys::primary_key(subject),
        Part::Unique | Part::Index => keys::key(subject, difference),
        Part::ForeignKey => keys::foreign_key(subject, difference),
        Part::Storage | Part::ShardKey | Part::SortKey => storage(subject),
        Part::TableComment => comment(subject),
        Part::Check => Mend::note("models have no checks; drop it, or keep it by run_sql"),
        _ => Mend::default(),
    }
}

/// A missing table. Its statements need nothing of other differences: there are none.
fn table(subject: &Subject<'_>) -> Mend {
    let model = subject.model;
    let mut before = subject.state.clone();
    before.remove(&model.id());
    let mut rest = model.clone();
    let operation = match &subject.mapped.field {
        None => {
            // Its tables of pairs and side tables are told of by themselves.
            rest.fields.retain(|f| f.ty.has_column());
            for field in &mut rest.fields {
                *field = without_lookup(subject, field);
            }
            Operation::CreateModel(rest)
        }
        Some(name) => {
            let Some(field) = model.field(name).cloned() else {
                return Mend::default();
            };
            rest.fields.retain(|f| f.name != *name);
            before.insert(rest);
            Operation::AddField {
                model: model.name.clone(),
                field,
                preserve_default: true,
            }
        }
    };
    let mut out = Mend {
        operations: vec![operation],
        ..Mend::default()
    };
    out.planned(&model.app, &before, subject.dialect);
    out
}

/// The field as it is while its side table is missing.
fn without_lookup(subject: &Subject<'_>, field: &FieldDef) -> FieldDef {
    let mut out = field.clone();
    if subject.dialect.features().sharded && subject.model.has_lookup(&field.name) {
        out.unique = orm_schema::Unique::No;
        out.index = true;
    }
    out
}

/// A side table that is missing, or is otherwise: it is made again of the table it belongs to.
fn side_table(subject: &Subject<'_>) -> Mend {
    let name = &subject.mapped.table.name;
    let field = subject.mapped.field.as_ref();
    let Some(to) = field.and_then(|f| subject.model.field(f)) else {
        return Mend::default();
    };
    if subject.found.is_some() {
        return Mend::note(format!(
            "drop `{name}` and run diffdb again: what a side table holds is made of {}",
            subject.model.table
        ));
    }
    let mut out = Mend {
        operations: vec![Operation::AlterField {
            model: subject.model.name.clone(),
            from: without_lookup(subject, to),
            to: to.clone(),
            preserve_default: true,
        }],
        ..Mend::default()
    };
    let mut before = subject.state.clone();
    let mut model = subject.model.clone();
    if let Some(field) = model.field_mut(&to.name) {
        *field = without_lookup(subject, to);
    }
    before.insert(model);
    out.planned(&subject.model.app, &before, subject.dialect);
    out
}

fn storage(subject: &Subject<'_>) -> Mend {
    let (Some(inspected), Some(found)) = (subject.inspected, subject.found) else {
        return Mend::default();
    };
    if subject.mapped.field.is_some() {
        return Mend::note("storage cannot be changed in place: make the table again");
    }
    let mut storage = inspected.def.storage.clone();
    // Its fields are named as the table's columns suggest; the model may name them otherwise.
    let shard = found.storage.shard_key.as_ref();
    let key = subject.mapped.table.primary_key.as_slice();
    storage.shard_key = match shard {
        Some(columns) if columns.as_slice() != key => subject.fields_of(columns),
        _ => None,
    };
    storage.sort_key.clear();
    for (column, descending) in &found.storage.sort_key {
        if let Some(field) = subject.field(column) {
            storage.sort_key.push(orm_schema::OrderField {
                field: field.name.clone(),
                descending: *descending,
            });
        }
    }
    let operation = Operation::AlterStorage {
        model: subject.model.name.clone(),
        from: storage.clone(),
        to: subject.model.storage.clone(),
    };
    subject.operation(operation, move |model| model.storage.clone_from(&storage))
}

fn comment(subject: &Subject<'_>) -> Mend {
    let from = subject.found.and_then(|t| t.comment.clone());
    if subject.mapped.field.is_some() {
        return subject.ddl(&[Ddl::TableComment {
            table: subject.mapped.table.name.clone(),
            comment: None,
        }]);
    }
    let operation = Operation::AlterModelTableComment {
        model: subject.model.name.clone(),
        from: from.clone(),
        to: subject.model.comment.clone(),
    };
    subject.operation(operation, move |model| model.comment.clone_from(&from))
}
