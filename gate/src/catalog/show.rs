//! SHOW CREATE TABLE in SingleStore's shape: one clause a line, indented by two spaces.

use super::info::{TableInfo, type_head};
use crate::sql::{Column, Key, KeyKind, KeyPart, TableKind, quote_name};

impl TableInfo {
    /// The text of SHOW CREATE TABLE.
    pub(crate) fn show_create(&self) -> String {
        let words = match self.kind {
            TableKind::Columnstore => "",
            TableKind::Rowstore => "ROWSTORE ",
            TableKind::Reference => "REFERENCE ",
            TableKind::RowstoreReference => "ROWSTORE REFERENCE ",
        };
        let temporary = if self.temporary { "TEMPORARY " } else { "" };
        let mut lines: Vec<String> = self.columns.iter().map(|c| self.shown_column(c)).collect();
        lines.extend(self.keys.iter().map(|k| self.shown_key(k)));
        let keyless = self.is_sharded() && self.shard.is_empty();
        if self.is_sharded() && !keyless {
            let name = self.shard_name.as_deref().unwrap_or("__SHARDKEY");
            let columns: Vec<String> = self.shard.iter().map(|c| quote_name(c)).collect();
            lines.push(format!(
                "SHARD KEY {} ({})",
                quote_name(name),
                columns.join(",")
            ));
        }
        if !self.kind.is_rowstore() {
            let name = self.sort_name.as_deref().unwrap_or("__UNORDERED");
            lines.push(format!(
                "SORT KEY {} ({})",
                quote_name(name),
                shown_parts(&self.sort)
            ));
        }
        let mut out = format!(
            "CREATE {words}{temporary}TABLE {} (\n  {}",
            quote_name(&self.name),
            lines.join(",\n  ")
        );
        if keyless {
            // As public dumps have it.
            out.push_str("\n  , SHARD KEY () ");
        }
        out.push_str(
            "\n) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE \
             AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES'",
        );
        if let Some(collate) = &self.collate {
            let charset = collate.split('_').next().unwrap_or("utf8mb4");
            out.push_str(&format!(" CHARACTER SET={charset} COLLATE={collate}"));
        }
        if !self.comment.is_empty() {
            out.push_str(&format!(" COMMENT={}", literal(&self.comment)));
        }
        out
    }

    fn shown_column(&self, column: &Column) -> String {
        let name = quote_name(&column.name);
        let ty = shown_type(&column.ty);
        if let Some(computed) = &column.computed {
            return format!("{name} AS {} PERSISTED {ty}", computed.expr);
        }
        let mut out = format!("{name} {ty}");
        let head = type_head(&column.ty);
        let text =
            head.ends_with("TEXT") || head.ends_with("CHAR") || head == "ENUM" || head == "SET";
        let collate = column
            .collate
            .as_ref()
            .or(self.collate.as_ref())
            .filter(|_| text);
        if let Some(collate) = collate {
            let charset = collate.split('_').next().unwrap_or("utf8mb4");
            out.push_str(&format!(" CHARACTER SET {charset} COLLATE {collate}"));
        }
        if column.null == Some(false) {
            out.push_str(" NOT NULL");
        } else if head == "TIMESTAMP" {
            out.push_str(" NULL");
        }
        match &column.default {
            Some(default) => out.push_str(&format!(" DEFAULT {}", shown_default(default))),
            None if column.null != Some(false) => out.push_str(" DEFAULT NULL"),
            None => {}
        }
        if let Some(on_update) = &column.on_update {
            out.push_str(&format!(" ON UPDATE {}", shown_default(on_update)));
        }
        if column.auto_increment {
            out.push_str(" AUTO_INCREMENT");
        }
        if let Some(comment) = &column.comment {
            out.push_str(&format!(" COMMENT {}", literal(comment)));
        }
        out
    }

    fn shown_key(&self, key: &Key) -> String {
        let words = match key.kind {
            KeyKind::Primary => "PRIMARY KEY".to_owned(),
            KeyKind::Unique => "UNIQUE KEY".to_owned(),
            KeyKind::Fulltext if key.options.is_empty() => {
                "FULLTEXT USING VERSION 1 KEY".to_owned()
            }
            KeyKind::Fulltext => format!("FULLTEXT {} KEY", key.options),
            KeyKind::Vector => "VECTOR INDEX".to_owned(),
            KeyKind::MultiValue => "MULTI VALUE INDEX".to_owned(),
            _ => "KEY".to_owned(),
        };
        let mut out = words;
        if let Some(name) = key.name.as_ref().filter(|_| key.kind != KeyKind::Primary) {
            out.push_str(&format!(" {}", quote_name(name)));
        }
        out.push_str(&format!(" ({})", shown_parts(&key.parts)));
        if matches!(key.kind, KeyKind::Unique | KeyKind::Plain) {
            let default = if self.kind.is_rowstore() {
                "BTREE"
            } else {
                "HASH"
            };
            let using = if self.kind.is_rowstore() {
                key.using.as_deref()
            } else {
                None
            };
            out.push_str(&format!(" USING {}", using.unwrap_or(default)));
        }
        if key.unenforced {
            out.push_str(" UNENFORCED NORELY");
        }
        if matches!(key.kind, KeyKind::Vector | KeyKind::MultiValue) && !key.options.is_empty() {
            out.push_str(&format!(" {}", key.options));
        }
        out
    }
}

fn shown_parts(parts: &[KeyPart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|p| {
            format!(
                "{}{}",
                quote_name(&p.column),
                if p.descending { " DESC" } else { "" }
            )
        })
        .collect();
    parts.join(",")
}

fn shown_type(ty: &str) -> String {
    match &*type_head(ty) {
        "JSON" => "JSON COLLATE utf8mb4_bin".to_owned(),
        "VECTOR" if !ty.contains(',') => {
            format!(
                "{}, F32)",
                ty.to_lowercase().trim_end_matches(')').trim_end()
            )
        }
        "ENUM" | "SET" | "VECTOR" => ty.to_owned(),
        _ => ty.to_lowercase(),
    }
}

fn shown_default(default: &str) -> String {
    if default
        .to_ascii_lowercase()
        .starts_with("current_timestamp")
    {
        default.to_ascii_uppercase().replace("()", "")
    } else {
        default.to_owned()
    }
}

/// A string literal as SHOW CREATE TABLE writes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
