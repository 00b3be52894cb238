//! Operations from the tables of a file.

use std::collections::BTreeMap;

use orm_schema::{
    ConstraintDef, INDEX_NUMBERS, IndexDef, IndexKind, IndexOptions, ModelDef, OrderField, Storage,
    StorageType, VectorIndexType, VectorMetric, nearest,
};

use super::error::FormatError;
use super::field::{field, from_name, named_field};
use super::table::{Table, Value};
use crate::migrate::operation::{ModelOptions, Operation, SqlByDialect};

type Read<T> = Result<T, FormatError>;

/// Every `op`.
pub(crate) const OPS: [&str; 21] = [
    "create_model",
    "delete_model",
    "rename_model",
    "alter_model_table",
    "alter_model_table_comment",
    "alter_unique_together",
    "alter_primary_key",
    "alter_model_options",
    "alter_storage",
    "add_field",
    "remove_field",
    "alter_field",
    "rename_field",
    "add_index",
    "remove_index",
    "rename_index",
    "add_constraint",
    "remove_constraint",
    "run_sql",
    "run_code",
    "separate_database_and_state",
];

/// The dialects that `run_sql` may name.
const DIALECTS: [&str; 5] = ["default", "mariadb", "mysql", "singlestore", "sqlite"];

/// Reads one operation of application `app`.
pub(crate) fn operation(app: &str, value: Value<'_>) -> Read<Operation> {
    let mut table = value.table()?;
    table.named("the operation".to_owned());
    let op = table.need("op")?;
    let name = op.text()?;
    table.named(name.to_owned());
    let read = match name {
        "create_model" => Operation::CreateModel(model(app, &table)?),
        "delete_model" => Operation::DeleteModel(model(app, &table)?),
        "rename_model" => Operation::RenameModel {
            from: table.need_text("from")?,
            to: table.need_text("to")?,
        },
        "add_field" | "remove_field" | "alter_field" | "rename_field" => {
            field_op(name, app, &table)?
        }
        "add_index" | "remove_index" | "rename_index" | "add_constraint" | "remove_constraint" => {
            part_op(name, &table)?
        }
        "run_sql" => Operation::RunSql {
            sql: sql(table.need("sql")?)?,
            reverse: table.value("reverse").map(sql).transpose()?,
        },
        "run_code" => Operation::RunCode {
            name: code_name(&table)?,
            reverse: table.text("reverse")?,
        },
        "separate_database_and_state" => {
            let list = |key| -> Read<Vec<Operation>> {
                table
                    .items(key)?
                    .into_iter()
                    .map(|v| operation(app, v))
                    .collect()
            };
            Operation::SeparateDatabaseAndState {
                database: list("database")?,
                state: list("state")?,
            }
        }
        other => match options_op(other, &table)? {
            Some(read) => read,
            None => return Err(unknown(&op, "operation", other, &OPS)),
        },
    };
    table.finish()?;
    Ok(read)
}

fn field_op(op: &str, app: &str, table: &Table<'_>) -> Read<Operation> {
    let model = table.need_text("model")?;
    Ok(match op {
        "add_field" => Operation::AddField {
            model,
            field: named_field(app, table.need("field")?)?,
            preserve_default: table.flag("preserve_default", true)?,
        },
        "remove_field" => Operation::RemoveField {
            model,
            field: named_field(app, table.need("field")?)?,
        },
        "alter_field" => {
            let name = table.need_text("name")?;
            Operation::AlterField {
                model,
                from: field(app, &name, table.need("from")?)?,
                to: field(app, &name, table.need("to")?)?,
                preserve_default: table.flag("preserve_default", true)?,
            }
        }
        _ => Operation::RenameField {
            model,
            from: table.need_text("from")?,
            to: table.need_text("to")?,
        },
    })
}

fn part_op(op: &str, table: &Table<'_>) -> Read<Operation> {
    let model = table.need_text("model")?;
    Ok(match op {
        "add_index" => Operation::AddIndex {
            model,
            index: index(table.need("index")?)?,
        },
        "remove_index" => Operation::RemoveIndex {
            model,
            index: index(table.need("index")?)?,
        },
        "add_constraint" => Operation::AddConstraint {
            model,
            constraint: constraint(table.need("constraint")?)?,
        },
        "remove_constraint" => Operation::RemoveConstraint {
            model,
            constraint: constraint(table.need("constraint")?)?,
        },
        _ => Operation::RenameIndex {
            model,
            from: table.need_text("from")?,
            to: table.need_text("to")?,
        },
    })
}

/// Reads an operation that changes options of a model; `None` if `op` is not one.
fn options_op(op: &str, table: &Table<'_>) -> Read<Option<Operation>> {
    if !OPS[3..9].contains(&op) {
        return Ok(None);
    }
    let model = table.need_text("model")?;
    Ok(Some(match op {
        "alter_model_table" => Operation::AlterModelTable {
            model,
            from: table.need_text("from")?,
            to: table.need_text("to")?,
        },
        "alter_model_table_comment" => Operation::AlterModelTableComment {
            model,
            from: table.text("from")?,
            to: table.text("to")?,
        },
        "alter_unique_together" => Operation::AlterUniqueTogether {
            model,
            from: groups(table, "from")?,
            to: groups(table, "to")?,
        },
        "alter_primary_key" => Operation::AlterPrimaryKey {
            model,
            from: table.texts("from")?,
            to: table.texts("to")?,
        },
        "alter_model_options" => Operation::AlterModelOptions {
            model,
            from: options(table.value("from"))?,
            to: options(table.value("to"))?,
        },
        _ => Operation::AlterStorage {
            model,
            from: storage_table(table.value("from"))?,
            to: storage_table(table.value("to"))?,
        },
    }))
}

fn model(app: &str, table: &Table<'_>) -> Read<ModelDef> {
    let mut model = ModelDef::new(app, table.need_text("model")?);
    if let Some(name) = table.text("table")? {
        model.table = name;
    }
    let fields = table.items("fields")?;
    model.fields = fields
        .into_iter()
        .map(|v| named_field(app, v))
        .collect::<Read<_>>()?;
    model.primary_key = table.texts("primary_key")?;
    model.storage = storage(table)?;
    model.unique_together = groups(table, "unique_together")?;
    model.indexes = table
        .items("indexes")?
        .into_iter()
        .map(index)
        .collect::<Read<_>>()?;
    model.constraints = table
        .items("constraints")?
        .into_iter()
        .map(constraint)
        .collect::<Read<_>>()?;
    model.ordering = order(table.texts("ordering")?);
    model.comment = table.text("comment")?;
    model.managed = table.flag("managed", true)?;
    Ok(model)
}

fn storage(table: &Table<'_>) -> Read<Storage> {
    Ok(Storage {
        storage_type: table
            .value("storage_type")
            .map(|v| from_name(&v, "storage type", &StorageType::NAMES))
            .transpose()?,
        shard_key: table.value("shard_key").map(|v| v.texts()).transpose()?,
        sort_key: order(table.texts("sort_key")?),
    })
}

fn storage_table(value: Option<Value<'_>>) -> Read<Storage> {
    let Some(value) = value else {
        return Ok(Storage::default());
    };
    let table = value.table()?;
    let read = storage(&table)?;
    table.finish()?;
    Ok(read)
}

fn options(value: Option<Value<'_>>) -> Read<ModelOptions> {
    let Some(value) = value else {
        return Ok(ModelOptions::default());
    };
    let table = value.table()?;
    let read = ModelOptions {
        ordering: table
            .value("ordering")
            .map(|v| v.texts())
            .transpose()?
            .map(order),
        managed: table.value("managed").map(|v| v.bool()).transpose()?,
    };
    table.finish()?;
    Ok(read)
}

fn order(texts: Vec<String>) -> Vec<OrderField> {
    texts.iter().map(|t| OrderField::parse(t)).collect()
}

fn groups(table: &Table<'_>, key: &'static str) -> Read<Vec<Vec<String>>> {
    table.items(key)?.iter().map(Value::texts).collect()
}

fn index(value: Value<'_>) -> Read<IndexDef> {
    let table = value.table()?;
    let read = IndexDef {
        name: table.need_text("name")?,
        fields: table.need("fields")?.texts()?,
        kind: table
            .value("kind")
            .map(|v| from_name(&v, "kind of index", &IndexKind::NAMES))
            .transpose()?,
        options: index_options(&table)?,
    };
    if let Some(fault) = read.options.fault(read.kind) {
        let at = table.value(fault.option);
        return Err(at.unwrap_or(value).error(fault.message));
    }
    table.finish()?;
    Ok(read)
}

fn index_options(table: &Table<'_>) -> Read<IndexOptions> {
    let mut options = IndexOptions::NONE;
    options.version = table.value("version").map(|v| v.number()).transpose()?;
    options.index_type = table
        .value("index_type")
        .map(|v| from_name(&v, "type of vector index", &VectorIndexType::NAMES))
        .transpose()?;
    options.metric_type = table
        .value("metric_type")
        .map(|v| from_name(&v, "metric of vectors", &VectorMetric::NAMES))
        .transpose()?;
    for number in &INDEX_NUMBERS {
        if let Some(value) = table.value(number.name) {
            options.set_number(number.name, value.number()?);
        }
    }
    Ok(options)
}

fn constraint(value: Value<'_>) -> Read<ConstraintDef> {
    let table = value.table()?;
    let read = ConstraintDef {
        name: table.need_text("name")?,
        fields: table.need("fields")?.texts()?,
        unenforced: table.flag("unenforced", false)?,
    };
    table.finish()?;
    Ok(read)
}

fn sql(value: Value<'_>) -> Read<SqlByDialect> {
    let mut out = BTreeMap::new();
    for (dialect, text) in value.table()?.entries() {
        if !DIALECTS.contains(&dialect) {
            return Err(unknown(&text, "dialect", dialect, &DIALECTS));
        }
        out.insert(dialect.to_owned(), text.text()?.to_owned());
    }
    Ok(out)
}

/// An error about a word that is none of the known ones.
/// The name of code; an empty one stands in `reverse` only, where there is nothing to undo.
fn code_name(table: &Table<'_>) -> Read<String> {
    let name = table.need("name")?;
    match name.text()? {
        "" => Err(name.error("`name` is empty, but has to name the code that runs")),
        text => Ok(text.to_owned()),
    }
}

pub(crate) fn unknown(value: &Value<'_>, what: &str, word: &str, known: &[&str]) -> FormatError {
    let error = value.error(format!("unknown {what} `{word}`"));
    match nearest(word, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("known are {}", known.join(", "))),
    }
}
