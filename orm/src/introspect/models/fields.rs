//! Fields from columns.

use orm_schema::{FieldDef, FieldType, ModelId, OnDelete, RelationDef, Unique, hashed_name};

use super::names::{field_name, free};
use super::{InspectedModel, Maker};
use crate::introspect::table::{Column, ForeignKey, Table, same_name};

/// Puts the fields of a table's columns into the model; hands out their names in the order of columns.
pub(super) fn fields(maker: &Maker<'_>, table: &Table, model: &mut InspectedModel) -> Vec<String> {
    let plain: Vec<String> = table.columns.iter().map(|c| field_name(&c.name)).collect();
    let mut out = Vec::new();
    for column in &table.columns {
        let relation = relation(maker, table, column, model);
        let mut name = field_name(&column.name);
        if relation.is_some()
            && let Some(short) = name.strip_suffix("_id")
            && !short.is_empty()
            && !plain.iter().any(|n| n == short)
        {
            name = short.to_owned();
        }
        let name = free(name, "_", |n| model.has_field(n));
        let field = Fields {
            maker,
            table,
            model,
        };
        let def = field.field(column, &name, relation);
        model.def.fields.push(def);
        out.push(name);
    }
    out
}

struct Fields<'a, 'b> {
    maker: &'a Maker<'b>,
    table: &'a Table,
    model: &'a mut InspectedModel,
}

impl Fields<'_, '_> {
    fn field(mut self, column: &Column, name: &str, relation: Option<FieldType>) -> FieldDef {
        let in_key = is_in_key(self.table, column);
        let numbered = self.numbered(column, name);
        let is_relation = relation.is_some();
        let ty = match (relation, numbered) {
            (Some(ty), _) | (None, Some(ty)) => ty,
            (None, None) => self.scalar(column, name),
        };
        let mut def = FieldDef::new(name, ty);
        def.auto = column.auto_increment && !is_relation;
        if def.auto && !in_key {
            def.auto = false;
            self.model.field_remark(
                name,
                "AUTO_INCREMENT outside of the primary key: models number key fields only, so the column is given by hand here",
            );
        }
        if def.column_name() != column.name {
            def.column = Some(column.name.clone());
        }
        def.null = column.null && !in_key;
        if column.null && in_key {
            self.model
                .field_remark(name, "the column accepts NULL, a key must not");
        }
        def.comment.clone_from(&column.comment);
        if let Some(sql) = &column.computed {
            def.computed = Some(sql.clone());
            if column.virtual_column {
                self.model
                    .field_remark(name, "computed when it is read; models store it");
            }
        } else if !def.auto {
            let text = column.default.as_deref();
            def.db_default = text.map(|d| self.maker.types.default(&def.ty, d));
        }
        if !is_relation && !def.auto {
            def.collation = self.collation(column, &def.ty);
        }
        if let Some(update) = &column.on_update {
            let text = format!("ON UPDATE {update}: models set it by `auto_now`, in the program");
            self.model.field_remark(name, text);
        }
        def
    }

    /// The collation, where the dialect would give another.
    fn collation(&self, column: &Column, ty: &FieldType) -> Option<String> {
        let features = self.maker.dialect.features();
        let own = column.collation.clone()?;
        if matches!(ty, FieldType::Decimal { .. }) || own == features.text_collation {
            return None;
        }
        (ty.is_text() || matches!(ty, FieldType::Sql(_))).then_some(own)
    }

    /// The type of a key that the database numbers.
    fn numbered(&mut self, column: &Column, name: &str) -> Option<FieldType> {
        if !column.auto_increment || !is_in_key(self.table, column) {
            return None;
        }
        // SQLite's row numbers have 64 bits, whatever the column is called.
        if self.maker.dialect.features().transactional_ddl {
            return Some(FieldType::BigInt { unsigned: false });
        }
        let ty = match column.ty.as_str() {
            "int" => return Some(FieldType::Int { unsigned: false }),
            "bigint" => return Some(FieldType::BigInt { unsigned: false }),
            "bigint unsigned" => return Some(FieldType::BigInt { unsigned: true }),
            "int unsigned" => FieldType::BigInt { unsigned: true },
            _ => FieldType::Int { unsigned: false },
        };
        let text = format!(
            "{}: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets the next larger one",
            column.ty.to_uppercase()
        );
        self.model.field_remark(name, text);
        Some(ty)
    }

    fn scalar(&mut self, column: &Column, name: &str) -> FieldType {
        let ty = self.maker.types.neutral(&column.ty);
        let unbounded = matches!(
            ty,
            FieldType::Text | FieldType::Binary { max_length: None } | FieldType::Json
        );
        if let Some(remark) = remark(&column.ty, &ty) {
            self.model.field_remark(name, remark);
        }
        // A text without a length cannot be a key of a model, but here it is one.
        if unbounded && is_keyed(self.table, column) {
            return FieldType::Sql(column.ty.clone());
        }
        ty
    }
}

fn is_in_key(table: &Table, column: &Column) -> bool {
    table.primary_key.iter().any(|c| same_name(c, &column.name))
}

fn is_keyed(table: &Table, column: &Column) -> bool {
    use crate::introspect::KeyKind::{Fulltext, Vector};
    let names = |p: &crate::introspect::KeyPart| same_name(&p.text, &column.name);
    is_in_key(table, column)
        || table
            .keys
            .iter()
            .any(|k| !matches!(k.kind, Fulltext | Vector) && k.parts.iter().any(names))
}

/// What a type does not tell.
fn remark(ty: &str, neutral: &FieldType) -> Option<&'static str> {
    Some(match (ty, neutral) {
        ("tinyint(1)", _) => {
            "TINYINT(1), taken for a truth value; if other numbers stand in it: type = \"tinyint\" and i8"
        }
        ("char(32)", _) => "CHAR(32) may hold UUIDs: if so, write `Uuid` without `type`",
        ("varchar(39)", _) => {
            "VARCHAR(39) may hold IP addresses: if so, write `IpAddr` without `max_length`"
        }
        ("blob" | "tinyblob" | "mediumblob", FieldType::Sql(_)) => {
            "bytes; if it holds text, write `String`"
        }
        _ => return None,
    })
}

/// The relation that a column is, by the table's foreign keys.
fn relation(
    maker: &Maker<'_>,
    table: &Table,
    column: &Column,
    model: &mut InspectedModel,
) -> Option<FieldType> {
    let key = table
        .foreign_keys
        .iter()
        .find(|k| k.columns.iter().any(|c| same_name(c, &column.name)))?;
    match to_one(maker, table, column, key) {
        Ok(ty) => Some(ty),
        Err(why) => {
            let name = field_name(&column.name);
            let (columns, target) = (key.columns.join(", "), &key.ref_table);
            let text = format!("FOREIGN KEY ({columns}) to `{target}` is left out: {why}");
            model.field_remark(&name, text);
            None
        }
    }
}

fn to_one(
    maker: &Maker<'_>,
    table: &Table,
    column: &Column,
    key: &ForeignKey,
) -> Result<FieldType, String> {
    let ([_], [ref_column]) = (key.columns.as_slice(), key.ref_columns.as_slice()) else {
        return Err("a relation has one column".to_owned());
    };
    let (Some(target), Some((app, name))) =
        (maker.table(&key.ref_table), maker.name_of(&key.ref_table))
    else {
        return Err("that table is not among those inspected".to_owned());
    };
    if target.primary_key.is_empty() {
        return Err("that table has no primary key, so it is no model".to_owned());
    }
    let Some(referred) = target.column(ref_column) else {
        return Err(format!("it has no column `{ref_column}`"));
    };
    let embedded = maker.dialect.features().transactional_ddl;
    if !same_type(&referred.ty, &column.ty, embedded) {
        return Err(format!(
            "the column is {}, the one it refers to is {}, and a relation has the type of its key",
            column.ty, referred.ty
        ));
    }
    let mut relation = RelationDef::new(ModelId::new(app, name));
    relation.on_delete = on_delete(key, column);
    if target.primary_key != [referred.name.as_str()] {
        if !is_unique(target, ref_column) {
            return Err(format!("`{ref_column}` is not unique there"));
        }
        relation.to_field = Some(field_name(ref_column));
    }
    let whole_key = table.primary_key == [column.name.as_str()];
    let own_unique = hashed_name(&table.name, &[&column.name], "uniq");
    let unique = table.keys.iter().any(|k| {
        let named = k.name.as_ref().is_none_or(|n| *n == own_unique);
        k.unique && named && k.columns().is_some_and(|c| c == [column.name.as_str()])
    });
    Ok(if whole_key || unique {
        FieldType::OneToOne(relation)
    } else {
        FieldType::ForeignKey(relation)
    })
}

/// Whether a column can refer to another; SQLite keeps whole numbers of all types alike.
fn same_type(a: &str, b: &str, embedded: bool) -> bool {
    a == b || embedded && a.contains("int") && b.contains("int")
}

/// What the database does itself, the model says; where it refuses, the model leaves it to that.
fn on_delete(key: &ForeignKey, column: &Column) -> OnDelete {
    match key.on_delete.as_deref() {
        Some("cascade") => OnDelete::Cascade,
        Some("set null") if column.null => OnDelete::SetNull,
        _ => OnDelete::DoNothing,
    }
}

fn is_unique(table: &Table, column: &str) -> bool {
    table.keys.iter().any(|k| {
        k.unique
            && k.columns()
                .is_some_and(|c| matches!(c.as_slice(), [one] if same_name(one, column)))
    })
}

/// Whether a field is unique by its own attribute.
pub(super) fn mark_unique(field: &mut FieldDef) {
    if !matches!(field.ty, FieldType::OneToOne(_)) {
        field.unique = Unique::Yes;
    }
}
