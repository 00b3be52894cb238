//! Fields from the tables of a file.

use orm_schema::{FieldDef, FieldType, Literal, ModelId, OnDelete, RelationDef, Unique};
use toml::de::DeValue;

use super::decode::unknown;
use super::error::FormatError;
use super::table::{Table, Value};

type Read<T> = Result<T, FormatError>;

/// Every neutral type; `sql:<text>` comes beside.
const TYPES: [&str; 26] = [
    "bool",
    "smallint",
    "smallint unsigned",
    "int",
    "int unsigned",
    "bigint",
    "bigint unsigned",
    "float",
    "double",
    "decimal",
    "char",
    "varchar",
    "text",
    "binary",
    "date",
    "time",
    "datetime",
    "duration",
    "json",
    "uuid",
    "ip",
    "vector",
    "geography",
    "foreign_key",
    "one_to_one",
    "many_to_many",
];

/// Keys that only some types have.
const PARAMETERS: [&str; 9] = [
    "max_length",
    "precision",
    "scale",
    "dim",
    "to",
    "to_field",
    "on_delete",
    "db_constraint",
    "through",
];

/// Reads a field with its name.
pub(crate) fn named_field(app: &str, value: Value<'_>) -> Read<FieldDef> {
    let mut table = value.table()?;
    let name = table.need_text("name")?;
    table.named(format!("field {name}"));
    fill(app, name, table)
}

/// Reads a field whose name stands elsewhere.
pub(crate) fn field(app: &str, name: &str, value: Value<'_>) -> Read<FieldDef> {
    fill(app, name.to_owned(), value.table()?)
}

fn fill(app: &str, name: String, table: Table<'_>) -> Read<FieldDef> {
    let column = table.text("column")?;
    let field = FieldDef {
        column,
        null: table.flag("null", false)?,
        auto: table.flag("auto", false)?,
        default: table.value("default").map(|v| literal(&v)).transpose()?,
        db_default: table.text("db_default")?,
        unique: table
            .value("unique")
            .map_or(Ok(Unique::No), |v| unique(&v))?,
        index: table.flag("index", false)?,
        collation: table.text("collation")?,
        comment: table.text("comment")?,
        computed: table.text("computed")?,
        ..FieldDef::new(name, ty(app, &table)?)
    };
    table.finish()?;
    Ok(field)
}

fn unique(value: &Value<'_>) -> Read<Unique> {
    match value.get().as_str() {
        Some("lookup") => Ok(Unique::Lookup),
        Some(word) => Err(unknown(value, "kind of unique", word, &["lookup", "true"])),
        None => Ok(if value.bool()? {
            Unique::Yes
        } else {
            Unique::No
        }),
    }
}

fn literal(value: &Value<'_>) -> Read<Literal> {
    Ok(match value.get() {
        DeValue::Boolean(b) => Literal::Bool(*b),
        DeValue::Integer(_) => Literal::Int(value.int()?),
        DeValue::Float(f) => Literal::Float(
            f.as_str()
                .parse()
                .map_err(|_| value.error("`default` is not a number"))?,
        ),
        DeValue::String(s) => Literal::Text(s.clone().into_owned()),
        _ => {
            return Err(value
                .error("`default` has to be true, false, a number or text")
                .hint("dates and times are written as text"));
        }
    })
}

fn ty(app: &str, table: &Table<'_>) -> Read<FieldType> {
    let value = table.need("type")?;
    let name = value.text()?;
    if !TYPES.contains(&name) && !name.starts_with("sql:") {
        return Err(unknown(&value, "type", name, &TYPES));
    }
    let keys: &[&'static str] = match name {
        "char" | "varchar" | "binary" => &PARAMETERS[..1],
        "decimal" => &PARAMETERS[1..3],
        "vector" => &PARAMETERS[3..4],
        "foreign_key" | "one_to_one" | "many_to_many" => &PARAMETERS[4..],
        _ => &[],
    };
    for key in PARAMETERS.iter().filter(|k| !keys.contains(k)) {
        if let Some(value) = table.value(key) {
            return Err(value
                .error(format!(
                    "`{key}` says nothing about a field of type `{name}`"
                ))
                .hint("take it out, or change the type"));
        }
    }
    parametrised(app, name, table)
}

fn parametrised(app: &str, name: &str, table: &Table<'_>) -> Read<FieldType> {
    let unsigned = name.ends_with(" unsigned");
    Ok(match name {
        "bool" => FieldType::Bool,
        "smallint" | "smallint unsigned" => FieldType::SmallInt { unsigned },
        "int" | "int unsigned" => FieldType::Int { unsigned },
        "bigint" | "bigint unsigned" => FieldType::BigInt { unsigned },
        "float" => FieldType::Float,
        "double" => FieldType::Double,
        "decimal" => FieldType::Decimal {
            precision: table.need("precision")?.number()?,
            scale: table.need("scale")?.number()?,
        },
        "char" => FieldType::Char {
            max_length: table.need("max_length")?.number()?,
        },
        "varchar" => FieldType::Varchar {
            max_length: table.need("max_length")?.number()?,
        },
        "text" => FieldType::Text,
        "binary" => FieldType::Binary {
            max_length: table.value("max_length").map(|v| v.number()).transpose()?,
        },
        "date" => FieldType::Date,
        "time" => FieldType::Time,
        "datetime" => FieldType::DateTime,
        "duration" => FieldType::Duration,
        "json" => FieldType::Json,
        "uuid" => FieldType::Uuid,
        "ip" => FieldType::Ip,
        "vector" => FieldType::Vector {
            dim: table.need("dim")?.number()?,
        },
        "geography" => FieldType::Geography,
        "foreign_key" => FieldType::ForeignKey(relation(app, table)?),
        "one_to_one" => FieldType::OneToOne(relation(app, table)?),
        "many_to_many" => FieldType::ManyToMany(relation(app, table)?),
        other => FieldType::Sql(other.strip_prefix("sql:").unwrap_or(other).to_owned()),
    })
}

fn relation(app: &str, table: &Table<'_>) -> Read<RelationDef> {
    Ok(RelationDef {
        to: model_id(app, &table.need("to")?)?,
        to_field: table.text("to_field")?,
        on_delete: table
            .value("on_delete")
            .map_or(Ok(OnDelete::Cascade), |v| {
                from_name(&v, "`on_delete`", &OnDelete::NAMES)
            })?,
        db_constraint: table
            .value("db_constraint")
            .map_or(Ok(true), |v| v.bool())?,
        through: table
            .value("through")
            .map(|v| model_id(app, &v))
            .transpose()?,
    })
}

fn model_id(app: &str, value: &Value<'_>) -> Read<ModelId> {
    let text = value.text()?;
    match text.split_once('.') {
        Some((app, name)) if !app.is_empty() && !name.is_empty() && !name.contains('.') => {
            Ok(ModelId::new(app, name))
        }
        _ => Err(value
            .error(format!("`{text}` does not name a model"))
            .hint(format!(
                "write `app.Model`, such as `{app}.{}`",
                text.trim_matches('.')
            ))),
    }
}

/// Reads one of a list of names.
pub(crate) fn from_name<T: Copy>(value: &Value<'_>, what: &str, names: &[(&str, T)]) -> Read<T> {
    let text = value.text()?;
    names
        .iter()
        .find(|(n, _)| *n == text)
        .map(|(_, v)| *v)
        .ok_or_else(|| {
            let known: Vec<&str> = names.iter().map(|(n, _)| *n).collect();
            unknown(value, what, text, &known)
        })
}
