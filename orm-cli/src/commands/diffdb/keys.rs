//! What mends keys, indexes and foreign keys.

use orm::ast::Ddl;
use orm::introspect::{Difference, Key, Part};
use orm::migrate::Operation;
use orm_schema::{
    ConstraintDef, IndexDef, IndexKind, ModelDef, TableIndexDef, Unique, UniqueDef, hashed_name,
};

use super::mend::{Mend, Subject, Unmend};

/// Another primary key.
pub(super) fn primary_key(subject: &Subject<'_>) -> Mend {
    let table = &subject.mapped.table;
    let found = subject
        .found
        .map(|t| t.primary_key.clone())
        .unwrap_or_default();
    if subject.mapped.field.is_none()
        && let Some(from) = subject.fields_of(&found)
    {
        let operation = Operation::AlterPrimaryKey {
            model: subject.model.name.clone(),
            from: from.clone(),
            to: subject.model.primary_key.clone(),
        };
        return subject.operation(operation, move |m| m.primary_key.clone_from(&from));
    }
    subject.ddl(&[Ddl::AlterPrimaryKey {
        table: table.name.clone(),
        drop: !found.is_empty(),
        columns: table.primary_key.clone(),
    }])
}

/// A unique key or an index that is missing, one too many, or another.
pub(super) fn key(subject: &Subject<'_>, difference: &Difference) -> Mend {
    let unique = difference.part == Part::Unique;
    match (&difference.expected, &difference.found) {
        (Some(_), None) if unique => missing_unique(subject, difference),
        (Some(_), None) => missing_index(subject, difference),
        (None, Some(_)) => extra(subject, difference, unique),
        _ => replaced(subject, difference, unique),
    }
}

fn expected_unique<'a>(subject: &Subject<'a>, name: Option<&String>) -> Option<&'a UniqueDef> {
    let uniques = &subject.mapped.table.uniques;
    uniques.iter().find(|u| Some(&u.name) == name)
}

fn expected_index<'a>(subject: &Subject<'a>, name: Option<&String>) -> Option<&'a TableIndexDef> {
    let indexes = &subject.mapped.table.indexes;
    indexes.iter().find(|i| Some(&i.name) == name)
}

fn missing_unique(subject: &Subject<'_>, difference: &Difference) -> Mend {
    let Some(unique) = expected_unique(subject, difference.name.as_ref()) else {
        return Mend::default();
    };
    let model = subject.model;
    let constraint = model.constraints.iter().find(|c| c.name == unique.name);
    let group = model
        .unique_together
        .iter()
        .find(|g| columns_of(model, g) == unique.columns);
    let own = subject.mapped.field.is_none();
    if let Some(constraint) = constraint.filter(|_| own) {
        let constraint = constraint.clone();
        let operation = Operation::AddConstraint {
            model: model.name.clone(),
            constraint: constraint.clone(),
        };
        return subject.operation(operation, move |m| {
            m.constraints.retain(|c| *c != constraint);
        });
    }
    if let Some(group) = group.filter(|_| own) {
        let mut from = model.unique_together.clone();
        from.retain(|g| g != group);
        let operation = Operation::AlterUniqueTogether {
            model: model.name.clone(),
            from: from.clone(),
            to: model.unique_together.clone(),
        };
        return subject.operation(operation, move |m| m.unique_together.clone_from(&from));
    }
    if let [column] = unique.columns.as_slice()
        && let Some(field) = subject.field(column).filter(|f| f.unique == Unique::Yes)
    {
        let mut from = field.clone();
        from.unique = Unique::No;
        return subject.alter(from, field);
    }
    subject.ddl(&[Ddl::AddUnique {
        table: subject.mapped.table.name.clone(),
        unique: unique.clone(),
    }])
}

fn missing_index(subject: &Subject<'_>, difference: &Difference) -> Mend {
    let Some(index) = expected_index(subject, difference.name.as_ref()) else {
        return Mend::default();
    };
    let model = subject.model;
    let own = subject.mapped.field.is_none();
    let named = model.indexes.iter().find(|i| i.name == index.name);
    if let Some(named) = named.filter(|_| own) {
        let index = named.clone();
        let operation = Operation::AddIndex {
            model: model.name.clone(),
            index: index.clone(),
        };
        return subject.operation(operation, move |m| m.indexes.retain(|i| *i != index));
    }
    if let [column] = index.columns.as_slice()
        && let Some(field) = subject
            .field(column)
            .filter(|f| f.index && !f.ty.is_to_one())
    {
        let mut from = field.clone();
        from.index = false;
        return subject.alter(from, field);
    }
    subject.ddl(&[Ddl::CreateIndex {
        table: subject.mapped.table.name.clone(),
        index: index.clone(),
    }])
}

fn found_key<'a>(subject: &Subject<'a>, name: Option<&String>) -> Option<&'a Key> {
    let keys = &subject.found?.keys;
    keys.iter().find(|k| k.name.as_ref() == name)
}

fn extra(subject: &Subject<'_>, difference: &Difference, unique: bool) -> Mend {
    let name = difference.name.as_ref();
    let embedded = subject.dialect.features().transactional_ddl;
    let inline = found_key(subject, name).is_some_and(|k| k.inline);
    // On SQLite a unique index is dropped as an index; a key of the table goes only with it.
    if let (Some(name), true) = (name, unique && embedded && !inline) {
        return drop_key(subject, name, false);
    }
    match (removal(subject, name, unique), name) {
        (Some((operation, put)), _) => subject.operation(operation, move |model| put(model)),
        (None, Some(name)) => drop_key(subject, name, unique),
        (None, None) => Mend::note("it has no name to drop it by: rebuild the table"),
    }
}

/// The operation that removes a key as it is, and what puts it into the model.
fn removal(
    subject: &Subject<'_>,
    name: Option<&String>,
    unique: bool,
) -> Option<(Operation, Unmend)> {
    let key = found_key(subject, name)?;
    let columns = key.columns()?;
    let fields = subject.fields_of(&columns)?;
    let model = subject.model.name.clone();
    let table = &subject.mapped.table.name;
    let given = |suffix: &str| match name {
        Some(name) => name.clone(),
        None => hashed_name(table, &columns, suffix),
    };
    if unique {
        let constraint = ConstraintDef {
            name: given("uniq"),
            fields,
            unenforced: key.unenforced,
        };
        let put = constraint.clone();
        return Some((
            Operation::RemoveConstraint { model, constraint },
            Box::new(move |m| m.constraints.push(put.clone())),
        ));
    }
    let kind = IndexKind::from_name(key.kind.as_str());
    let index = IndexDef {
        name: given("idx"),
        fields,
        kind,
        options: key.options.fitting(kind).0,
    };
    let put = index.clone();
    Some((
        Operation::RemoveIndex { model, index },
        Box::new(move |m| m.indexes.push(put.clone())),
    ))
}

fn drop_key(subject: &Subject<'_>, name: &str, unique: bool) -> Mend {
    let (table, name) = (subject.mapped.table.name.clone(), name.to_owned());
    subject.ddl(&[if unique {
        Ddl::DropUnique { table, name }
    } else {
        Ddl::DropIndex { table, name }
    }])
}

/// A key of the same name or of the same columns: it goes, and the right one comes.
fn replaced(subject: &Subject<'_>, difference: &Difference, unique: bool) -> Mend {
    let Some(old) = &difference.name else {
        return Mend::default();
    };
    let columns = found_key(subject, Some(old)).and_then(Key::columns);
    let table = &subject.mapped.table;
    let fits = |name: &String, own: &Vec<String>| name == old || columns.as_ref() == Some(own);
    let unique_name = table.uniques.iter().find(|u| fits(&u.name, &u.columns));
    let index_name = table.indexes.iter().find(|i| fits(&i.name, &i.columns));
    let new = match unique {
        true => unique_name.map(|u| &u.name),
        false => index_name.map(|i| &i.name),
    };
    let Some(new) = new else {
        return Mend::default();
    };
    if !unique && new != old && subject.dialect.features().rename_index {
        return subject.ddl(&[Ddl::RenameIndex {
            table: table.name.clone(),
            from: old.clone(),
            to: new.clone(),
            rebuild: false,
        }]);
    }
    let missing = Difference {
        name: Some(new.clone()),
        found: None,
        ..difference.clone()
    };
    let add = key(subject, &missing);
    let gone = removal(subject, Some(old), unique);
    match (gone, add) {
        (
            Some((remove, put)),
            Mend {
                mut operations,
                unmend: Some(unmend),
                ..
            },
        ) => {
            operations.insert(0, remove);
            Mend {
                operations,
                unmend: Some(Box::new(move |model| {
                    unmend(model);
                    put(model);
                })),
                ..Mend::default()
            }
        }
        (_, add) => {
            let mut out = drop_key(subject, old, unique);
            out.sql.extend(add.sql);
            out.note = out.note.or(add.note);
            out
        }
    }
}

/// A foreign key that is missing, one too many, or another.
pub(super) fn foreign_key(subject: &Subject<'_>, difference: &Difference) -> Mend {
    let table = &subject.mapped.table;
    let found = subject
        .found
        .into_iter()
        .flat_map(|t| &t.foreign_keys)
        .find(|k| difference.found.is_some() && k.name == difference.name);
    let expected = table.foreign_keys.iter().find(|k| match found {
        Some(found) => k.columns == found.columns,
        None => difference.name.as_ref() == Some(&k.name),
    });
    let expected = expected.filter(|_| difference.expected.is_some());
    if !subject.dialect.features().alter_column {
        // Only a rebuild changes it: that of the field from a plain column to a relation.
        let column = expected.and_then(|k| k.columns.first());
        let field = column.and_then(|c| subject.field(c));
        return match (field, column.and_then(|c| table.column(c))) {
            (Some(field), Some(column)) => {
                let mut from = field.clone();
                from.ty = column.ty.clone();
                from.column = Some(column.name.clone());
                from.index = !subject.model.primary_key.contains(&field.name);
                subject.alter(from, field)
            }
            _ => Mend::note("a foreign key is part of the table: rebuild the table"),
        };
    }
    let mut statements = Vec::new();
    if let Some(name) = found.and_then(|k| k.name.clone()) {
        statements.push(Ddl::DropForeignKey {
            table: table.name.clone(),
            name,
        });
    }
    if let Some(key) = expected {
        statements.push(Ddl::AddForeignKey {
            table: table.name.clone(),
            foreign_key: key.clone(),
        });
    }
    subject.ddl(&statements)
}

fn columns_of(model: &ModelDef, fields: &[String]) -> Vec<String> {
    fields
        .iter()
        .filter_map(|f| Some(model.field(f)?.column_name().into_owned()))
        .collect()
}
