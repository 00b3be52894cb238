//! What mends keys, indexes and foreign keys.

use orm::ast::Ddl;
use orm::introspect::{Difference, Key, Part};
use orm::migrate::Operation;
use orm_schema::{ConstraintDef, IndexDef, IndexKind, ModelDef, TableIndexDef, Unique, UniqueDef};

use super::mend::{Mend, Subject};

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
    let Some(name) = &difference.name else {
        return Mend::note("it has no name to drop it by: rebuild the table");
    };
    let key = found_key(subject, Some(name));
    let fields = key
        .and_then(Key::columns)
        .and_then(|columns| subject.fields_of(&columns));
    let model = subject.model.name.clone();
    match fields {
        Some(fields) if unique => {
            let constraint = ConstraintDef {
                name: name.clone(),
                fields,
                unenforced: key.is_some_and(|k| k.unenforced),
            };
            // On SQLite a key that stands in an index of its own goes by that index.
            if subject.dialect.features().transactional_ddl {
                return drop_key(subject, name, false);
            }
            let operation = Operation::RemoveConstraint {
                model,
                constraint: constraint.clone(),
            };
            subject.operation(operation, move |m| m.constraints.push(constraint.clone()))
        }
        Some(fields) => {
            let kind = key.and_then(kind_of);
            let index = IndexDef {
                name: name.clone(),
                fields,
                kind,
            };
            let operation = Operation::RemoveIndex {
                model,
                index: index.clone(),
            };
            subject.operation(operation, move |m| m.indexes.push(index.clone()))
        }
        None => drop_key(subject, name, unique),
    }
}

fn kind_of(key: &Key) -> Option<IndexKind> {
    IndexKind::from_name(key.kind.as_str())
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
    let table = subject.mapped.table.name.clone();
    let Some(old) = difference.name.clone() else {
        return Mend::default();
    };
    let columns = found_key(subject, Some(&old)).and_then(Key::columns);
    let fits = |name: &String, own: &Vec<String>| *name == old || columns.as_ref() == Some(own);
    let tables = &subject.mapped.table;
    if unique {
        let Some(new) = tables.uniques.iter().find(|u| fits(&u.name, &u.columns)) else {
            return Mend::default();
        };
        return subject.ddl(&[
            Ddl::DropUnique {
                table: table.clone(),
                name: old,
            },
            Ddl::AddUnique {
                table,
                unique: new.clone(),
            },
        ]);
    }
    let Some(new) = tables.indexes.iter().find(|i| fits(&i.name, &i.columns)) else {
        return Mend::default();
    };
    let renamed = new.name != old && subject.dialect.features().rename_index;
    if renamed {
        return subject.ddl(&[Ddl::RenameIndex {
            table,
            from: old,
            to: new.name.clone(),
            rebuild: false,
        }]);
    }
    subject.ddl(&[
        Ddl::DropIndex {
            table: table.clone(),
            name: old,
        },
        Ddl::CreateIndex {
            table,
            index: new.clone(),
        },
    ])
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
