//! One table as SingleStore would know it, and its spelling for MariaDB.

use super::meta::{Notes, join, split};
use crate::refusal::Refusal;
use crate::sql::{
    Column, Computed, CreateTable, Key, KeyKind, KeyPart, Mode, Sql, TableKind, quote_name,
    quote_text,
};

/// A table: what the user declared, with what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct TableInfo {
    pub(crate) database: String,
    pub(crate) name: String,
    pub(crate) kind: TableKind,
    pub(crate) temporary: bool,
    /// Tells this table from an earlier one of the same name.
    pub(crate) uid: String,
    pub(crate) comment: String,
    pub(crate) columns: Vec<Column>,
    /// All keys but shard and sort key.
    pub(crate) keys: Vec<Key>,
    /// Columns that rows are distributed by; empty on keyless and on reference tables.
    pub(crate) shard: Vec<String>,
    pub(crate) shard_name: Option<String>,
    pub(crate) sort: Vec<KeyPart>,
    pub(crate) sort_name: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) collate: Option<String>,
}

impl TableInfo {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|c| c.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn primary(&self) -> Option<&Key> {
        self.keys.iter().find(|k| k.kind == KeyKind::Primary)
    }

    pub(crate) fn auto_increment(&self) -> Option<&Column> {
        self.columns.iter().find(|c| c.auto_increment)
    }

    pub(crate) fn is_sharded(&self) -> bool {
        !self.kind.is_reference()
    }

    pub(crate) fn is_shard_column(&self, name: &str) -> bool {
        self.shard.iter().any(|c| c.eq_ignore_ascii_case(name))
    }

    /// Column lists, in lower case, that no two rows share: enforced keys whose columns are NOT NULL.
    pub(crate) fn unique_sets(&self) -> Vec<Vec<String>> {
        let not_null = |name: &str| self.column(name).is_some_and(|c| c.null == Some(false));
        self.keys
            .iter()
            .filter(|k| k.is_unique() && !k.unenforced)
            .filter(|k| k.kind == KeyKind::Primary || k.parts.iter().all(|p| not_null(&p.column)))
            .map(|k| k.parts.iter().map(|p| p.column.to_lowercase()).collect())
            .collect()
    }

    /// Column lists, in lower case, that no two rows share where none is NULL: all enforced keys.
    pub(crate) fn unique_unless_null(&self) -> Vec<Vec<String>> {
        self.keys
            .iter()
            .filter(|k| k.is_unique() && !k.unenforced)
            .map(|k| k.parts.iter().map(|p| p.column.to_lowercase()).collect())
            .collect()
    }

    /// Reads MariaDB's SHOW CREATE TABLE.
    pub(crate) fn from_show(database: &str, text: &str, mode: Mode) -> Result<Self, Refusal> {
        let sql = Sql::new(text, mode);
        let mut table = CreateTable::parse(&sql, false)?;
        let notes = Notes::parse(table.comment.as_deref().unwrap_or_default());
        let mut keys = Vec::new();
        for mut key in table.keys {
            if matches!(key.kind, KeyKind::Foreign | KeyKind::Check) {
                continue;
            }
            restore_key(&mut key);
            keys.push(key);
        }
        for column in &mut table.columns {
            restore_column(column);
        }
        let kind = match notes.get("kind") {
            Some("rowstore") => TableKind::Rowstore,
            Some("reference") => TableKind::Reference,
            Some("rowstore reference") => TableKind::RowstoreReference,
            _ => TableKind::Columnstore,
        };
        let shard = match notes.get("shard") {
            Some(list) => split(list),
            // Not made through gate: what SingleStore would do.
            None if !kind.is_reference() => keys
                .iter()
                .find(|k: &&Key| k.kind == KeyKind::Primary)
                .map(Key::columns)
                .unwrap_or_default(),
            None => Vec::new(),
        };
        let sort = split(notes.get("sort").unwrap_or_default())
            .into_iter()
            .map(|text| {
                let (column, descending) = match text.strip_prefix('-') {
                    Some(column) => (column.to_owned(), true),
                    None => (text.strip_prefix('+').unwrap_or(&text).to_owned(), false),
                };
                KeyPart {
                    column,
                    length: None,
                    descending,
                    expression: false,
                }
            })
            .collect();
        Ok(Self {
            database: database.to_owned(),
            name: table.name,
            kind,
            temporary: table.temporary,
            uid: notes.get("uid").unwrap_or_default().to_owned(),
            comment: notes.comment.clone(),
            columns: table.columns,
            keys,
            shard,
            shard_name: notes.get("shardname").map(str::to_owned),
            sort,
            sort_name: notes.get("sortname").map(str::to_owned),
            charset: table.charset,
            collate: table.collate,
        })
    }

    /// The comment of the table with what gate keeps in it.
    pub(crate) fn table_comment(&self) -> String {
        let mut notes = Notes::new(Some(&self.comment));
        notes.set(
            "kind",
            match self.kind {
                TableKind::Columnstore => "columnstore",
                TableKind::Rowstore => "rowstore",
                TableKind::Reference => "reference",
                TableKind::RowstoreReference => "rowstore reference",
            },
        );
        notes.set("uid", &*self.uid);
        notes.set("shard", join(self.shard.iter().map(String::as_str)));
        if let Some(name) = &self.shard_name {
            notes.set("shardname", name);
        }
        let sort: Vec<String> = self
            .sort
            .iter()
            .map(|p| format!("{}{}", if p.descending { "-" } else { "+" }, p.column))
            .collect();
        notes.set("sort", join(sort.iter().map(String::as_str)));
        if let Some(name) = &self.sort_name {
            notes.set("sortname", name);
        }
        notes.text().unwrap_or_default()
    }

    /// CREATE TABLE for MariaDB; `exprs` rewrites the expressions of computed columns.
    pub(crate) fn backend_create(
        &self,
        if_not_exists: bool,
        default_collate: &str,
        exprs: &dyn Fn(&str) -> String,
    ) -> String {
        let mut lines: Vec<String> = self
            .columns
            .iter()
            .map(|c| backend_column(c, exprs))
            .collect();
        lines.extend(self.keys.iter().filter_map(|k| self.backend_key(k)));
        let mut out = String::from("CREATE ");
        if self.temporary {
            out.push_str("TEMPORARY ");
        }
        out.push_str("TABLE ");
        if if_not_exists {
            out.push_str("IF NOT EXISTS ");
        }
        if !self.database.is_empty() {
            out.push_str(&quote_name(&self.database));
            out.push('.');
        }
        out.push_str(&quote_name(&self.name));
        out.push_str(&format!("\n({})", lines.join(",\n ")));
        out.push_str(" ENGINE=InnoDB ROW_FORMAT=DYNAMIC");
        match (&self.charset, &self.collate) {
            (charset, Some(collate)) => {
                if let Some(charset) = charset {
                    out.push_str(&format!(" CHARACTER SET {charset}"));
                }
                out.push_str(&format!(" COLLATE {collate}"));
            }
            (Some(charset), None) => out.push_str(&format!(" CHARACTER SET {charset}")),
            (None, None) if !default_collate.is_empty() => {
                out.push_str(&format!(" COLLATE {default_collate}"));
            }
            (None, None) => {}
        }
        out.push_str(" COMMENT=");
        out.push_str(&quote_text(&self.table_comment()));
        out
    }

    /// A key in MariaDB's words; `None` for those that it cannot have.
    pub(crate) fn backend_key(&self, key: &Key) -> Option<String> {
        let mut notes = Notes::new(key.comment.as_deref());
        let words = match key.kind {
            KeyKind::Primary => "PRIMARY KEY",
            KeyKind::Unique if key.unenforced => {
                notes.set("is", "unenforced");
                "KEY"
            }
            KeyKind::Unique => "UNIQUE KEY",
            KeyKind::Plain => "KEY",
            KeyKind::Fulltext => "FULLTEXT KEY",
            KeyKind::Vector => {
                notes.set("is", "vector");
                "KEY"
            }
            KeyKind::MultiValue => {
                notes.set("is", "multivalue");
                "KEY"
            }
            _ => return None,
        };
        if let Some(using) = &key.using {
            notes.set("using", &**using);
        }
        if !key.options.is_empty() {
            notes.set("options", &*key.options);
        }
        let mut out = words.to_owned();
        if let Some(name) = key.name.as_ref().filter(|_| key.kind != KeyKind::Primary) {
            out.push(' ');
            out.push_str(&quote_name(name));
        }
        let parts: Vec<String> = key
            .parts
            .iter()
            .map(|part| {
                let mut text = quote_name(&part.column);
                if let Some(length) = self.prefix(key, part) {
                    text.push_str(&format!("({length})"));
                }
                text
            })
            .collect();
        out.push_str(&format!(" ({})", parts.join(", ")));
        if let Some(comment) = notes.text() {
            out.push_str(" COMMENT ");
            out.push_str(&quote_text(&comment));
        }
        Some(out)
    }

    /// The length of a prefix that MariaDB asks for, or that keeps within its limit of a key.
    fn prefix(&self, key: &Key, part: &KeyPart) -> Option<String> {
        if part.length.is_some() {
            return part.length.clone();
        }
        if key.kind == KeyKind::Fulltext {
            return None;
        }
        let column = self.column(&part.column)?;
        let enforced = key.is_unique() && !key.unenforced;
        let budget = (3072 / (4 * key.parts.len().max(1))).min(255);
        let too_long = is_long(&column.ty) && (!enforced || key.kind == KeyKind::Primary);
        let wide = !enforced && text_length(&column.ty).is_some_and(|n| n > budget);
        (too_long || wide).then(|| budget.to_string())
    }
}

/// The first word of a type in capitals.
pub(crate) fn type_head(ty: &str) -> String {
    let end = ty
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(ty.len());
    ty[..end].to_ascii_uppercase()
}

/// Whether values of a type may be longer than an index of MariaDB holds.
fn is_long(ty: &str) -> bool {
    let head = type_head(ty);
    head.ends_with("TEXT")
        || head.ends_with("BLOB")
        || matches!(
            &*head,
            "JSON" | "BSON" | "VECTOR" | "GEOGRAPHY" | "GEOGRAPHYPOINT"
        )
}

fn text_length(ty: &str) -> Option<usize> {
    if !matches!(&*type_head(ty), "VARCHAR" | "CHAR" | "VARBINARY") {
        return None;
    }
    ty.split(['(', ')']).nth(1)?.trim().parse().ok()
}

/// The type that MariaDB holds the values in.
fn backend_type(ty: &str) -> String {
    match &*type_head(ty) {
        "VECTOR" | "GEOGRAPHY" | "GEOGRAPHYPOINT" => "LONGTEXT".to_owned(),
        "BSON" => "LONGBLOB".to_owned(),
        "BIT" => "BIT(64)".to_owned(),
        _ => ty.to_owned(),
    }
}

fn is_kept_as_another(ty: &str) -> bool {
    matches!(
        &*type_head(ty),
        "VECTOR" | "GEOGRAPHY" | "GEOGRAPHYPOINT" | "BSON" | "BIT" | "JSON"
    )
}

/// A column in MariaDB's words.
pub(crate) fn backend_column(column: &Column, exprs: &dyn Fn(&str) -> String) -> String {
    let mut out = format!("{} {}", quote_name(&column.name), backend_type(&column.ty));
    let takes_collation = !is_kept_as_another(&column.ty);
    if takes_collation {
        if let Some(charset) = &column.charset {
            out.push_str(&format!(" CHARACTER SET {charset}"));
        }
        if let Some(collate) = &column.collate {
            out.push_str(&format!(" COLLATE {collate}"));
        }
    }
    let mut notes = Notes::new(column.comment.as_deref());
    if is_kept_as_another(&column.ty) {
        notes.set("type", &*column.ty);
    }
    if let Some(computed) = &column.computed {
        let expr = exprs(&computed.expr);
        out.push_str(&format!(" GENERATED ALWAYS AS ({expr}) STORED"));
        // MariaDB keeps its own text, and follows the names of columns in it.
        if expr != computed.expr {
            notes.set("expr", &*computed.expr);
        }
    } else {
        match column.null {
            Some(false) => out.push_str(" NOT NULL"),
            Some(true) => out.push_str(" NULL"),
            None => {}
        }
        if let Some(default) = &column.default {
            out.push_str(&format!(" DEFAULT {default}"));
        }
        if let Some(on_update) = &column.on_update {
            out.push_str(&format!(" ON UPDATE {on_update}"));
        }
        if column.auto_increment {
            out.push_str(" AUTO_INCREMENT");
        }
    }
    if let Some(comment) = notes.text() {
        out.push_str(" COMMENT ");
        out.push_str(&quote_text(&comment));
    }
    out
}

fn restore_column(column: &mut Column) {
    let notes = Notes::parse(column.comment.as_deref().unwrap_or_default());
    if let Some(ty) = notes.get("type") {
        column.ty = ty.to_owned();
    }
    if let Some(expr) = notes.get("expr") {
        column.computed = Some(Computed {
            expr: expr.to_owned(),
        });
    }
    column.comment = Some(notes.comment).filter(|c| !c.is_empty());
}

fn restore_key(key: &mut Key) {
    let notes = Notes::parse(key.comment.as_deref().unwrap_or_default());
    match notes.get("is") {
        Some("unenforced") => {
            key.kind = KeyKind::Unique;
            key.unenforced = true;
        }
        Some("vector") => key.kind = KeyKind::Vector,
        Some("multivalue") => key.kind = KeyKind::MultiValue,
        _ => {}
    }
    key.using = notes.get("using").map(str::to_owned);
    if let Some(options) = notes.get("options") {
        key.options = options.to_owned();
    }
    key.comment = Some(notes.comment).filter(|c| !c.is_empty());
}
