//! What mends a column.

use orm::ast::Ddl;
use orm::introspect::{Difference, Part};
use orm::migrate::Operation;
use orm_schema::{FieldDef, ModelDef};

use super::mend::{Mend, Subject};

/// A column that is missing, or one too many.
pub(super) fn column(subject: &Subject<'_>, difference: &Difference) -> Mend {
    let Some(name) = &difference.name else {
        return Mend::default();
    };
    match (&difference.expected, &difference.found) {
        (Some(_), None) => missing(subject, name),
        (None, Some(_)) => {
            let mut mend = extra(subject, name);
            mend.note.get_or_insert_with(|| {
                "its data goes with it; to keep it, give the model a field for it and migrate with --fake"
                    .to_owned()
            });
            mend
        }
        _ => renamed(subject, name),
    }
}

fn missing(subject: &Subject<'_>, column: &str) -> Mend {
    let Some(field) = subject.field(column) else {
        return match subject.mapped.table.column(column) {
            Some(def) => subject.ddl(&[Ddl::AddColumn {
                table: subject.mapped.table.name.clone(),
                column: def.clone(),
            }]),
            None => Mend::default(),
        };
    };
    let operation = Operation::AddField {
        model: subject.model.name.clone(),
        field: field.clone(),
        preserve_default: true,
    };
    let name = field.name.clone();
    let mut mend = subject.operation(operation, move |model| remove(model, &name));
    let filled = field.null
        || field.default.is_some()
        || field.db_default.is_some()
        || field.computed.is_some();
    if !filled {
        mend.note = Some("where the table has rows, they need a value for it first".to_owned());
    }
    mend
}

/// Takes a field out, and what names it.
fn remove(model: &mut ModelDef, name: &String) {
    model.fields.retain(|f| f.name != *name);
    model.unique_together.retain(|g| !g.contains(name));
    model.indexes.retain(|i| !i.fields.contains(name));
    model.constraints.retain(|c| !c.fields.contains(name));
}

fn extra(subject: &Subject<'_>, column: &str) -> Mend {
    let table = subject.mapped.table.name.clone();
    let inspected = subject.inspected_field(column).filter(|f| {
        subject.mapped.field.is_none()
            && !f.ty.is_to_one()
            && subject.model.field(&f.name).is_none()
    });
    let Some(field) = inspected else {
        return subject.ddl(&[Ddl::DropColumn {
            table,
            column: column.to_owned(),
        }]);
    };
    let operation = Operation::RemoveField {
        model: subject.model.name.clone(),
        field: field.clone(),
    };
    subject.operation(operation, move |model| model.fields.push(field.clone()))
}

/// A column whose name has another case.
fn renamed(subject: &Subject<'_>, from: &str) -> Mend {
    let table = &subject.mapped.table;
    let Some(column) = table
        .columns
        .iter()
        .find(|c| c.name.eq_ignore_ascii_case(from))
    else {
        return Mend::default();
    };
    let mut old = column.clone();
    old.name = from.to_owned();
    subject.ddl(&[Ddl::RenameColumn {
        table: table.name.clone(),
        from: from.to_owned(),
        to: column.name.clone(),
        column: old,
    }])
}

/// A column that is there, but otherwise.
pub(super) fn attribute(subject: &Subject<'_>, difference: &Difference) -> Mend {
    let Some(name) = &difference.name else {
        return Mend::default();
    };
    let found = subject.inspected_field(name);
    match (subject.field(name), found) {
        (Some(field), Some(found)) => match changed(field, &found, difference.part) {
            Some(from) => subject.alter(from, field),
            None => modify(subject, name),
        },
        _ => modify(subject, name),
    }
}

/// The field as it is, in the one respect; `None` where no operation says it.
fn changed(field: &FieldDef, found: &FieldDef, part: Part) -> Option<FieldDef> {
    let mut from = field.clone();
    let relation = field.ty.is_to_one();
    match part {
        Part::Type if !relation && !found.ty.is_to_one() => from.ty = found.ty.clone(),
        Part::Null => from.null = found.null,
        Part::Default => from.db_default.clone_from(&found.db_default),
        Part::Collation if !relation => from.collation.clone_from(&found.collation),
        Part::Comment => from.comment.clone_from(&found.comment),
        Part::Computed => {
            from.computed.clone_from(&found.computed);
            if from.computed.is_none() {
                from.null = found.null;
            }
        }
        Part::AutoIncrement => from.auto = found.auto,
        _ => return None,
    }
    (from != *field).then_some(from)
}

/// The whole definition again, where a column can be modified.
fn modify(subject: &Subject<'_>, name: &str) -> Mend {
    let table = &subject.mapped.table;
    let Some(column) = table
        .columns
        .iter()
        .find(|c| c.name.eq_ignore_ascii_case(name))
    else {
        return Mend::default();
    };
    if !subject.dialect.features().alter_column {
        return Mend::note("the column cannot be changed in place: rebuild the table");
    }
    subject.ddl(&[Ddl::ModifyColumn {
        table: table.name.clone(),
        column: column.clone(),
    }])
}
