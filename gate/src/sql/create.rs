//! CREATE TABLE, as SingleStore writes it, and as MariaDB shows it.

use super::{Cursor, Kind, Sql};
use crate::refusal::Refusal;

/// How a table keeps its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    Columnstore,
    Rowstore,
    Reference,
    RowstoreReference,
}

impl TableKind {
    pub(crate) fn is_rowstore(self) -> bool {
        matches!(self, Self::Rowstore | Self::RowstoreReference)
    }

    pub(crate) fn is_reference(self) -> bool {
        matches!(self, Self::Reference | Self::RowstoreReference)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct CreateTable {
    pub(crate) rowstore: bool,
    pub(crate) reference: bool,
    pub(crate) temporary: bool,
    pub(crate) global: bool,
    pub(crate) if_not_exists: bool,
    pub(crate) database: Option<String>,
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) keys: Vec<Key>,
    pub(crate) comment: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) collate: Option<String>,
    pub(crate) auto_increment: Option<String>,
    /// Words behind the columns that have no meaning here.
    pub(crate) options: Vec<(String, String)>,
    pub(crate) like: Option<(Option<String>, String)>,
    /// First token of the query of CREATE … AS SELECT.
    pub(crate) select: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The type as written, with UNSIGNED, without collation.
    pub(crate) ty: String,
    pub(crate) charset: Option<String>,
    pub(crate) collate: Option<String>,
    /// `NULL` and `NOT NULL`, if said.
    pub(crate) null: Option<bool>,
    pub(crate) default: Option<String>,
    pub(crate) on_update: Option<String>,
    pub(crate) auto_increment: bool,
    pub(crate) primary: bool,
    pub(crate) unique: bool,
    pub(crate) comment: Option<String>,
    pub(crate) computed: Option<Computed>,
    pub(crate) sparse: bool,
    pub(crate) series: bool,
    pub(crate) check: bool,
    pub(crate) references: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Computed {
    pub(crate) expr: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Primary,
    Unique,
    Plain,
    Fulltext,
    Vector,
    MultiValue,
    Spatial,
    Shard,
    Sort,
    ColumnGroup,
    Foreign,
    Check,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyPart {
    pub(crate) column: String,
    pub(crate) length: Option<String>,
    pub(crate) descending: bool,
    /// An expression in place of a column.
    pub(crate) expression: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) kind: KeyKind,
    pub(crate) name: Option<String>,
    pub(crate) parts: Vec<KeyPart>,
    /// `HASH`, `BTREE` or `CLUSTERED COLUMNSTORE`.
    pub(crate) using: Option<String>,
    pub(crate) unenforced: bool,
    pub(crate) metadata_only: bool,
    /// INDEX_OPTIONS, WITH (…), USING VERSION n: as written.
    pub(crate) options: String,
    pub(crate) comment: Option<String>,
}

impl Key {
    pub(crate) fn new(kind: KeyKind) -> Self {
        Self {
            kind,
            name: None,
            parts: Vec::new(),
            using: None,
            unenforced: false,
            metadata_only: false,
            options: String::new(),
            comment: None,
        }
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        self.parts.iter().map(|p| p.column.clone()).collect()
    }

    pub(crate) fn is_unique(&self) -> bool {
        matches!(self.kind, KeyKind::Primary | KeyKind::Unique)
    }

    /// Whether the key is an index that rows are looked up by.
    pub(crate) fn is_index(&self) -> bool {
        matches!(
            self.kind,
            KeyKind::Primary | KeyKind::Unique | KeyKind::Plain
        )
    }
}

impl CreateTable {
    /// Parses a statement that starts with CREATE. `strict` takes only what SingleStore takes.
    pub(crate) fn parse(sql: &Sql, strict: bool) -> Result<Self, Refusal> {
        let mut c = Cursor::new(sql, 0, sql.len());
        let mut table = Self::default();
        c.expect("CREATE")?;
        loop {
            if c.eat("ROWSTORE") {
                table.rowstore = true;
            } else if c.eat("REFERENCE") {
                table.reference = true;
            } else if c.eat("GLOBAL") {
                table.global = true;
            } else if c.eat("TEMPORARY") {
                table.temporary = true;
            } else {
                break;
            }
        }
        c.expect("TABLE")?;
        table.if_not_exists = c.eat("IF NOT EXISTS");
        (table.database, table.name) = c.table()?;
        if c.eat("LIKE") {
            table.like = Some(c.table()?);
            c.eat("WITH DEEP COPY");
            c.eat("WITH SHALLOW COPY");
            return if c.done() { Ok(table) } else { Err(c.error()) };
        }
        if c.is_symbol("(") && !sql.any_word(c.at + 1, &["SELECT", "WITH"]) {
            if sql.word(c.at + 1, "LIKE") {
                return Err(c.error());
            }
            let (from, to) = c.parens()?;
            for (from, to) in sql.list(from, to) {
                let mut item = Cursor::new(sql, from, to);
                table.item(&mut item, strict)?;
                if !item.done() {
                    return Err(item.error());
                }
            }
        }
        table.table_options(&mut c, strict)?;
        c.eat_any(&["IGNORE", "REPLACE"]);
        c.eat("AS");
        if !c.done() {
            if !c.is("SELECT") && !c.is("WITH") && !c.is_symbol("(") {
                return Err(c.error());
            }
            table.select = Some(c.at);
        } else if table.columns.is_empty() {
            return Err(c.error());
        }
        Ok(table)
    }

    /// Whether the table words ask for sparse compression.
    pub(crate) fn sparse(&self) -> bool {
        self.options
            .iter()
            .any(|(k, v)| k == "COMPRESSION" && v.eq_ignore_ascii_case("SPARSE"))
    }

    fn item(&mut self, c: &mut Cursor<'_>, strict: bool) -> Result<(), Refusal> {
        if let Some(key) = key(c, strict)? {
            self.keys.push(key);
        } else {
            let column = column(c, strict)?;
            self.columns.push(column);
        }
        Ok(())
    }

    fn table_options(&mut self, c: &mut Cursor<'_>, strict: bool) -> Result<(), Refusal> {
        const PLAIN: &[&str] = &[
            "AUTOSTATS_ENABLED",
            "AUTOSTATS_CARDINALITY_MODE",
            "AUTOSTATS_HISTOGRAM_MODE",
            "AUTOSTATS_SAMPLING",
            "BACKGROUND_MERGER",
            "COMPRESSION",
            "SQL_MODE",
            "ENGINE",
            "ROW_FORMAT",
        ];
        loop {
            c.eat_symbol(",");
            c.eat("DEFAULT");
            if c.eat("COMMENT") {
                c.eat_symbol("=");
                self.comment = Some(c.literal()?);
            } else if c.eat("CHARACTER SET") || c.eat("CHARSET") {
                c.eat_symbol("=");
                self.charset = Some(c.take().to_owned());
            } else if c.eat("COLLATE") {
                c.eat_symbol("=");
                self.collate = Some(c.take().to_owned());
            } else if c.eat("AUTO_INCREMENT") {
                c.eat_symbol("=");
                self.auto_increment = Some(c.take().to_owned());
            } else if let Some(word) = PLAIN.iter().find(|w| c.is(w)) {
                c.at += 1;
                c.eat_symbol("=");
                self.options.push(((*word).to_owned(), c.take().to_owned()));
            } else if !strict && c.kind() == Some(Kind::Word) && c.sql.symbol(c.at + 1, "=") {
                c.at += 3;
            } else {
                return Ok(());
            }
        }
    }
}

/// A key, constraint or group in the list of CREATE or after ADD; `None` where a column stands.
pub(crate) fn key(c: &mut Cursor<'_>, strict: bool) -> Result<Option<Key>, Refusal> {
    let start = *c;
    let mut name = None;
    if c.eat("CONSTRAINT")
        && !c.is("PRIMARY")
        && !c.is("UNIQUE")
        && !c.is("FOREIGN")
        && !c.is("CHECK")
    {
        name = Some(c.name()?);
    }
    let kind = if c.eat("PRIMARY KEY") {
        KeyKind::Primary
    } else if c.eat("UNIQUE") {
        c.eat_any(&["KEY", "INDEX"]);
        KeyKind::Unique
    } else if c.eat("SHARD KEY") {
        KeyKind::Shard
    } else if c.eat("SORT KEY") {
        KeyKind::Sort
    } else if c.is("FULLTEXT") {
        c.at += 1;
        return fulltext(c).map(Some);
    } else if c.eat("VECTOR INDEX") || c.eat("VECTOR KEY") {
        KeyKind::Vector
    } else if c.eat("MULTI VALUE INDEX") || c.eat("MULTI VALUE KEY") {
        KeyKind::MultiValue
    } else if c.is("SPATIAL INDEX") || c.is("SPATIAL KEY") {
        c.at += 2;
        KeyKind::Spatial
    } else if c.eat("COLUMN GROUP") {
        KeyKind::ColumnGroup
    } else if c.eat("FOREIGN KEY") {
        let mut key = Key::new(KeyKind::Foreign);
        key.name = name;
        c.at = c.end;
        return Ok(Some(key));
    } else if c.is("CHECK") && c.sql.symbol(c.at + 1, "(") {
        c.at = c.end;
        return Ok(Some(Key::new(KeyKind::Check)));
    } else if (c.is("KEY") || c.is("INDEX")) && is_key(c) {
        c.at += 1;
        KeyKind::Plain
    } else {
        if name.is_some() {
            return Err(c.error());
        }
        *c = start;
        return Ok(None);
    };
    let mut key = Key::new(kind);
    key.name = name;
    rest_of_key(c, &mut key, strict)?;
    Ok(Some(key))
}

/// KEY and INDEX could be names of columns, but for what follows.
fn is_key(c: &Cursor<'_>) -> bool {
    let next = c.at + 1;
    c.sql.symbol(next, "(")
        || c.sql.word(next, "USING")
        || (c.sql.name(next).is_some()
            && (c.sql.symbol(next + 1, "(") || c.sql.word(next + 1, "USING"))
            && !c.sql.any_word(
                next,
                &[
                    "VARCHAR",
                    "CHAR",
                    "INT",
                    "BIGINT",
                    "DECIMAL",
                    "DATETIME",
                    "TIME",
                    "TIMESTAMP",
                    "VARBINARY",
                    "BINARY",
                ],
            ))
}

fn fulltext(c: &mut Cursor<'_>) -> Result<Key, Refusal> {
    let mut key = Key::new(KeyKind::Fulltext);
    let version = |c: &mut Cursor<'_>, key: &mut Key| {
        if c.eat("USING VERSION") {
            key.options = format!("USING VERSION {}", c.take());
        }
    };
    version(c, &mut key);
    c.eat_any(&["KEY", "INDEX"]);
    if !c.is("USING") && c.sql.name(c.at).is_some() && !c.is_symbol("(") {
        key.name = Some(c.name()?);
    }
    version(c, &mut key);
    key.parts = parts(c)?;
    key_options(c, &mut key, true)?;
    Ok(key)
}

fn rest_of_key(c: &mut Cursor<'_>, key: &mut Key, strict: bool) -> Result<(), Refusal> {
    using(c, key)?;
    if !c.is_symbol("(") {
        let name = c.name()?;
        key.name.get_or_insert(name);
    }
    using(c, key)?;
    if key.kind == KeyKind::ColumnGroup {
        let (from, to) = c.parens()?;
        if to != from + 1 || !c.sql.symbol(from, "*") {
            return Err(c.error());
        }
        return Ok(());
    }
    key.parts = parts(c)?;
    key_options(c, key, strict)
}

fn using(c: &mut Cursor<'_>, key: &mut Key) -> Result<(), Refusal> {
    if c.eat("USING") {
        if c.eat("CLUSTERED COLUMNSTORE") {
            key.kind = KeyKind::Sort;
        } else if c.eat("HASH") {
            key.using = Some("HASH".to_owned());
        } else if c.eat("BTREE") {
            key.using = Some("BTREE".to_owned());
        } else {
            return Err(c.error());
        }
    }
    Ok(())
}

fn key_options(c: &mut Cursor<'_>, key: &mut Key, strict: bool) -> Result<(), Refusal> {
    loop {
        if c.is("USING") {
            using(c, key)?;
        } else if c.eat("UNENFORCED") {
            key.unenforced = true;
            c.eat_any(&["RELY", "NORELY"]);
        } else if c.eat("METADATA_ONLY") {
            key.metadata_only = true;
        } else if c.eat("INDEX_OPTIONS") {
            c.eat_symbol("=");
            key.options = format!("INDEX_OPTIONS {}", c.sql.at(c.at));
            c.literal()?;
        } else if c.eat("WITH") {
            let (from, to) = c.parens()?;
            key.options = format!("WITH ({})", c.sql.slice(from, to));
        } else if c.eat("COMMENT") {
            key.comment = Some(c.literal()?);
        } else if !strict && c.eat("KEY_BLOCK_SIZE") {
            c.eat_symbol("=");
            c.take();
        } else {
            return Ok(());
        }
    }
}

/// `(a, b DESC, c(10))`
fn parts(c: &mut Cursor<'_>) -> Result<Vec<KeyPart>, Refusal> {
    let (from, to) = c.parens()?;
    let mut out = Vec::new();
    for (from, to) in c.sql.list(from, to) {
        let mut item = Cursor::new(c.sql, from, to);
        if item.is_symbol("(")
            || (item.sql.symbol(from + 1, "(") && item.sql.kind(from + 2) != Some(Kind::Number))
        {
            out.push(KeyPart {
                column: c.sql.slice(from, to).to_owned(),
                length: None,
                descending: false,
                expression: true,
            });
            continue;
        }
        let column = item.name()?;
        let mut length = None;
        if item.is_symbol("(") {
            let (from, to) = item.parens()?;
            length = Some(item.sql.slice(from, to).to_owned());
        }
        let descending = item.eat("DESC");
        if !descending {
            item.eat("ASC");
        }
        if !item.done() {
            return Err(item.error());
        }
        out.push(KeyPart {
            column,
            length,
            descending,
            expression: false,
        });
    }
    Ok(out)
}

/// A column: name, type, attributes.
pub(crate) fn column(c: &mut Cursor<'_>, strict: bool) -> Result<Column, Refusal> {
    let mut column = Column {
        name: c.name()?,
        ..Column::default()
    };
    // SingleStore's form of a computed column has no type in front.
    if strict && c.is("AS") {
        computed(c, &mut column)?;
    } else {
        column.ty = data_type(c)?;
    }
    while !c.done() && attribute(c, &mut column, strict)? {}
    Ok(column)
}

fn computed(c: &mut Cursor<'_>, column: &mut Column) -> Result<(), Refusal> {
    c.expect("AS")?;
    let from = c.at;
    let end = c.sql.find(from, c.end, |i| c.sql.word(i, "PERSISTED"));
    let end = end.ok_or_else(|| c.error())?;
    column.computed = Some(Computed {
        expr: c.sql.slice(from, end).to_owned(),
    });
    c.at = end + 1;
    column.ty = if c.eat("AUTO") {
        "AUTO".to_owned()
    } else {
        data_type(c)?
    };
    Ok(())
}

/// A type with its length, precision or values, and UNSIGNED.
pub(crate) fn data_type(c: &mut Cursor<'_>) -> Result<String, Refusal> {
    if c.kind() != Some(Kind::Word) {
        return Err(c.error());
    }
    let from = c.at;
    if !c.eat("DOUBLE PRECISION") && !c.eat("CHARACTER VARYING") {
        c.at += 1;
    }
    let mut ty = c.sql.slice(from, c.at).to_owned();
    if c.is_symbol("(") {
        let (from, to) = c.parens()?;
        ty.push_str(&format!("({})", c.sql.slice(from, to)));
    }
    loop {
        if c.eat("UNSIGNED") {
            ty.push_str(" UNSIGNED");
        } else if !c.eat("SIGNED") && !c.eat("ZEROFILL") {
            return Ok(ty);
        }
    }
}

fn attribute(c: &mut Cursor<'_>, column: &mut Column, strict: bool) -> Result<bool, Refusal> {
    if c.eat("NOT NULL") {
        column.null = Some(false);
    } else if c.eat("NULL") {
        column.null = Some(true);
    } else if c.eat("DEFAULT") {
        column.default = Some(default(c, strict)?);
    } else if c.eat("ON UPDATE") {
        column.on_update = Some(default(c, strict)?);
    } else if c.eat("AUTO_INCREMENT") {
        column.auto_increment = true;
    } else if c.eat("PRIMARY KEY") {
        column.primary = true;
    } else if c.eat("UNIQUE") {
        c.eat("KEY");
        column.unique = true;
    } else if c.eat("COMMENT") {
        column.comment = Some(c.literal()?);
    } else if c.eat("COLLATE") {
        c.eat_symbol("=");
        column.collate = Some(c.take().to_owned());
    } else if c.eat("CHARACTER SET") || c.eat("CHARSET") {
        column.charset = Some(c.take().to_owned());
    } else if c.eat("SPARSE") {
        column.sparse = true;
    } else if c.eat("SERIES TIMESTAMP") {
        column.series = true;
    } else if c.is("OPTION") {
        c.at += 1;
        c.parens()?;
    } else if c.is("CHECK") {
        c.at += 1;
        c.parens()?;
        column.check = true;
    } else if c.is("REFERENCES") {
        c.at = c.end;
        column.references = true;
    } else if !strict && c.eat("GENERATED ALWAYS AS") {
        let (from, to) = c.parens()?;
        column.computed = Some(Computed {
            expr: c.sql.slice(from, to).to_owned(),
        });
        c.eat_any(&["STORED", "VIRTUAL", "PERSISTENT"]);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// A literal or a nullary function, as written. Parentheses are a syntax error on SingleStore.
fn default(c: &mut Cursor<'_>, strict: bool) -> Result<String, Refusal> {
    let from = c.at;
    if c.is_symbol("(") {
        if strict {
            return Err(c.error());
        }
        c.parens()?;
    } else {
        if c.is_symbol("-") || c.is_symbol("+") {
            c.at += 1;
        }
        if c.done() {
            return Err(c.error());
        }
        // `_utf8mb4'x'`
        if c.sql.at(c.at).starts_with('_') && c.sql.kind(c.at + 1) == Some(Kind::Text) {
            c.at += 1;
        }
        c.at += 1;
        if c.is_symbol("(") {
            c.parens()?;
        }
        if c.is_symbol(":>") {
            c.at += 1;
            data_type(c)?;
        }
    }
    Ok(c.sql.slice(from, c.at).to_owned())
}
