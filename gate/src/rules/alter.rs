//! ALTER TABLE, CREATE INDEX and DROP INDEX: facts §5.

use super::column::{check_column, foreign_key, settle_column};
use super::create::{Settings, check_keys};
use crate::catalog::{TableInfo, backend_column, type_head};
use crate::refusal::Refusal;
use crate::sql::{self, Column, Cursor, Key, KeyKind, Sql, TableKind, quote_name, quote_text};

/// An ALTER that SingleStore takes.
#[derive(Debug)]
pub(crate) struct Alteration {
    /// Specifications for MariaDB; none where there is nothing for it to do.
    pub(crate) specs: Vec<String>,
}

struct Work<'a> {
    info: TableInfo,
    settings: &'a Settings<'a>,
    exprs: &'a dyn Fn(&str) -> String,
    specs: Vec<String>,
    /// Whether shard or sort key name other columns now.
    notes_changed: bool,
}

/// Checks the specifications from token `at` on and rewrites them.
pub(crate) fn alter(
    sql: &Sql,
    at: usize,
    info: &TableInfo,
    settings: &Settings<'_>,
    exprs: &dyn Fn(&str) -> String,
) -> Result<Alteration, Refusal> {
    let mut end = sql.len();
    if end >= 2 && sql.word(end - 2, "TIMEOUT") {
        end -= 2;
    }
    let mut work = Work {
        info: info.clone(),
        settings,
        exprs,
        specs: Vec::new(),
        notes_changed: false,
    };
    if at >= end {
        return Err(Refusal::syntax(""));
    }
    for (from, to) in sql.list(at, end) {
        let mut c = Cursor::new(sql, from, to);
        work.spec(&mut c)?;
        if !c.done() {
            return Err(c.error());
        }
    }
    if work.notes_changed {
        let comment = quote_text(&work.info.table_comment());
        work.specs.push(format!("COMMENT={comment}"));
    }
    Ok(Alteration { specs: work.specs })
}

impl Work<'_> {
    fn spec(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        if c.eat("ADD") {
            return self.add(c);
        }
        if c.eat("DROP") {
            return self.drop(c);
        }
        if c.eat("MODIFY") {
            return self.modify(c);
        }
        if c.eat("CHANGE") {
            return self.change(c);
        }
        if c.eat("RENAME") {
            return self.rename(c);
        }
        self.option(c)
    }

    fn add(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        if c.is("SHARD KEY")
            || c.is("SORT KEY")
            || c.is("COLUMN GROUP") && self.info.kind.is_rowstore()
        {
            return Err(c.error());
        }
        if let Some(key) = sql::key(c, true)? {
            return self.add_key(key);
        }
        c.eat("COLUMN");
        if c.is("IF NOT EXISTS") {
            return Err(c.error());
        }
        if c.is_symbol("(") {
            let (from, to) = c.parens()?;
            for (from, to) in c.sql.list(from, to) {
                self.add_column(&mut Cursor::new(c.sql, from, to))?;
            }
            return Ok(());
        }
        self.add_column(c)
    }

    fn add_column(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        let column = sql::column(c, true)?;
        let name = column.name.clone();
        if column.auto_increment {
            return Err(Refusal::alter(&format!(
                "modifies column `{name}` by adding or dropping AUTO_INCREMENT"
            )));
        }
        if column.primary {
            return Err(Refusal::alter("changes index `PRIMARY`"));
        }
        let bare =
            column.null == Some(false) && column.default.is_none() && column.computed.is_none();
        if bare && !self.settings.options.add_not_null_without_default {
            return Err(Refusal::alter(&format!(
                "adds column `{name}` NOT NULL without a default"
            )));
        }
        let mut keys = Vec::new();
        let column = settle_column(&column, &mut keys);
        check_column(&column, self.info.kind, self.settings)?;
        let place = position(c)?;
        let text = backend_column(&column, self.exprs);
        self.info.columns.push(column);
        self.specs.push(format!("ADD COLUMN {text}{place}"));
        for key in keys {
            if !self.info.kind.is_rowstore() && self.info.is_sharded() {
                return Err(adds_unique(&name));
            }
            self.push_key(key)?;
        }
        Ok(())
    }

    fn add_key(&mut self, key: Key) -> Result<(), Refusal> {
        let rowstore = self.info.kind.is_rowstore();
        let name = key.name.clone().unwrap_or_else(|| {
            key.parts
                .first()
                .map(|p| p.column.clone())
                .unwrap_or_default()
        });
        match key.kind {
            KeyKind::Primary => {
                return Err(Refusal::new(
                    1706,
                    "A primary key cannot be added to a table after creation",
                ));
            }
            KeyKind::Foreign if self.settings.ignore_foreign_keys => return Ok(()),
            KeyKind::Foreign => return Err(foreign_key()),
            KeyKind::Check => return Err(Refusal::feature("Check constraints")),
            KeyKind::ColumnGroup => return Ok(()),
            KeyKind::Unique if !key.unenforced && !rowstore => return Err(adds_unique(&name)),
            KeyKind::Plain if !rowstore && key.parts.len() > 1 => {
                let taken = key.parts.iter().any(|p| self.indexed(&p.column));
                if taken {
                    return Err(Refusal::feature(
                        "Adding an INDEX with multiple columns on a columnstore table where any column in the new index is already in an index",
                    ));
                }
            }
            _ => {}
        }
        self.push_key(key)
    }

    fn push_key(&mut self, key: Key) -> Result<(), Refusal> {
        if let Some(text) = self.info.backend_key(&key) {
            self.specs.push(format!("ADD {text}"));
        }
        self.info.keys.push(key);
        check_keys(&self.info, self.settings)
    }

    fn indexed(&self, column: &str) -> bool {
        self.info
            .keys
            .iter()
            .filter(|k| k.is_index() && !k.unenforced)
            .any(|k| names(k, column))
    }

    fn drop(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        if c.eat("PRIMARY KEY") {
            if self.info.kind == TableKind::Rowstore
                && self.settings.options.drop_rowstore_primary_key
            {
                self.info.keys.retain(|k| k.kind != KeyKind::Primary);
                self.specs.push("DROP PRIMARY KEY".to_owned());
                return Ok(());
            }
            return Err(Refusal::distributed("DROP PRIMARY KEY"));
        }
        if c.is("FOREIGN KEY") || c.is("CONSTRAINT") || c.is("CHECK") {
            return Err(c.error());
        }
        if c.eat("COLUMN GROUP") {
            c.name()?;
            return Ok(());
        }
        if c.eat("INDEX") || c.eat("KEY") {
            let name = c.name()?;
            return self.drop_index(&name);
        }
        c.eat("COLUMN");
        if c.is("IF EXISTS") {
            return Err(c.error());
        }
        let name = c.name()?;
        self.drop_column(&name)
    }

    fn drop_index(&mut self, name: &str) -> Result<(), Refusal> {
        if name.eq_ignore_ascii_case("PRIMARY") {
            return Err(Refusal::distributed("DROP PRIMARY KEY"));
        }
        let shard = self.info.shard_name.as_deref().unwrap_or("__SHARDKEY");
        let sort = self.info.sort_name.as_deref().unwrap_or("__UNORDERED");
        let real = self.info.keys.iter().any(|k| is_named(k, name));
        if !real && (name.eq_ignore_ascii_case(shard) || name.eq_ignore_ascii_case(sort)) {
            return Err(Refusal::alter(&format!(
                "drops shard index `{name}` on sharded table"
            )));
        }
        self.info.keys.retain(|k| !is_named(k, name));
        self.specs.push(format!("DROP INDEX {}", quote_name(name)));
        Ok(())
    }

    fn drop_column(&mut self, name: &str) -> Result<(), Refusal> {
        if self.info.is_shard_column(name) {
            let index = self.info.shard_name.as_deref().unwrap_or("__SHARDKEY");
            return Err(Refusal::alter(&format!(
                "drops shard index `{index}` on sharded table"
            )));
        }
        let sorted = self
            .info
            .sort
            .iter()
            .any(|p| p.column.eq_ignore_ascii_case(name));
        if sorted || self.info.keys.iter().any(|k| names(k, name)) {
            return Err(Refusal::alter(&format!(
                "drops column `{name}` that is in an index"
            )));
        }
        if self.info.columns.iter().any(|c| uses(c, name)) {
            return Err(Refusal::alter(&format!(
                "drops column `{name}` that a computed column is computed from"
            )));
        }
        self.info
            .columns
            .retain(|c| !c.name.eq_ignore_ascii_case(name));
        self.specs.push(format!("DROP COLUMN {}", quote_name(name)));
        Ok(())
    }

    fn modify(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        if c.eat("INDEX") || c.eat("KEY") {
            c.name()?;
            c.expect("SET")?;
            c.parens()?;
            return Ok(());
        }
        c.eat("COLUMN");
        let mut column = sql::column(c, true)?;
        let place = position(c)?;
        let Some(old) = self.info.column(&column.name).cloned() else {
            let message = format!("Unknown column '{}' in '{}'", column.name, self.info.name);
            return Err(Refusal::new(1054, message));
        };
        self.check_modify(&old, &column)?;
        check_column(&column, self.info.kind, self.settings)?;
        let keyed = self.info.primary().is_some_and(|k| names(k, &column.name));
        if keyed {
            column.null = Some(false);
        }
        let text = backend_column(&column, self.exprs);
        self.specs.push(format!("MODIFY COLUMN {text}{place}"));
        if let Some(slot) = self
            .info
            .columns
            .iter_mut()
            .find(|c| c.name.eq_ignore_ascii_case(&old.name))
        {
            *slot = column;
        }
        Ok(())
    }

    fn check_modify(&self, old: &Column, new: &Column) -> Result<(), Refusal> {
        let name = &old.name;
        let kind = self.info.kind;
        if old.computed.is_some() || new.computed.is_some() {
            return Err(Refusal::alter(&format!(
                "modifies the computed-ness of column `{name}`"
            )));
        }
        if old.auto_increment != new.auto_increment {
            return Err(Refusal::alter(&format!(
                "modifies column `{name}` by adding or dropping AUTO_INCREMENT"
            )));
        }
        if new.primary {
            return Err(Refusal::alter("changes index `PRIMARY`"));
        }
        if new.unique {
            return Err(adds_unique(name));
        }
        let other = plain_type(&old.ty) != plain_type(&new.ty)
            || self.collation(old) != self.collation(new);
        if other && !kind.is_rowstore() {
            return Err(Refusal::alter(&format!(
                "modifies type of column `{name}` is not supported on a columnstore table"
            )));
        }
        let tightened = old.null != Some(false) && new.null == Some(false);
        match kind {
            TableKind::RowstoreReference => Ok(()),
            TableKind::Rowstore if tightened => Err(Refusal::new(
                1706,
                format!(
                    "Requested ALTER TABLE cannot be performed online because it modifies column `{name}` from NULL to NOT NULL"
                ),
            )),
            _ if tightened => Err(Refusal::alter(&format!(
                "modifies column `{name}` from NULL to NOT NULL is not supported on a columnstore table"
            ))),
            _ => Ok(()),
        }
    }

    /// The collation that a text column has; nothing for others.
    fn collation(&self, column: &Column) -> Option<String> {
        let head = type_head(&column.ty);
        let text =
            head.ends_with("TEXT") || head.ends_with("CHAR") || head == "ENUM" || head == "SET";
        let own = column.collate.clone().or_else(|| {
            let charset = column.charset.as_deref()?;
            Some(format!("{charset}_general_ci"))
        });
        let table = self.info.collate.clone();
        own.or(table).filter(|_| text).map(|c| c.to_lowercase())
    }

    fn change(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        c.eat("COLUMN");
        let old = c.name()?;
        let new = c.name()?;
        // A type after the new name is MySQL's form.
        if !c.done() {
            return Err(c.error());
        }
        let Some(at) = self
            .info
            .columns
            .iter()
            .position(|c| c.name.eq_ignore_ascii_case(&old))
        else {
            let message = format!("Unknown column '{old}' in '{}'", self.info.name);
            return Err(Refusal::new(1054, message));
        };
        if self.info.columns[at].auto_increment && self.info.kind.is_reference() {
            return Err(Refusal::new(
                1706,
                "CHANGE which changes the name of a REFERENCE table auto_increment column is not supported",
            ));
        }
        self.info.columns[at].name.clone_from(&new);
        for key in &mut self.info.keys {
            for part in &mut key.parts {
                if part.column.eq_ignore_ascii_case(&old) {
                    part.column.clone_from(&new);
                }
            }
        }
        for column in self
            .info
            .shard
            .iter_mut()
            .chain(self.info.sort.iter_mut().map(|p| &mut p.column))
        {
            if column.eq_ignore_ascii_case(&old) {
                column.clone_from(&new);
                self.notes_changed = true;
            }
        }
        self.specs.push(format!(
            "RENAME COLUMN {} TO {}",
            quote_name(&old),
            quote_name(&new)
        ));
        Ok(())
    }

    fn rename(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        if c.is("INDEX") || c.is("KEY") || c.is("COLUMN") {
            return Err(c.error());
        }
        c.eat_any(&["TO", "AS"]);
        let name = c.name()?;
        // Not across databases: the target stands without one.
        if !c.done() {
            return Err(c.error());
        }
        let target = if self.info.database.is_empty() {
            quote_name(&name)
        } else {
            format!("{}.{}", quote_name(&self.info.database), quote_name(&name))
        };
        self.specs.push(format!("RENAME TO {target}"));
        Ok(())
    }

    fn option(&mut self, c: &mut Cursor<'_>) -> Result<(), Refusal> {
        const QUIET: &[&str] = &[
            "AUTOSTATS_ENABLED",
            "AUTOSTATS_CARDINALITY_MODE",
            "AUTOSTATS_HISTOGRAM_MODE",
            "AUTOSTATS_SAMPLING",
            "COMPRESSION",
            "BACKGROUND_MERGER",
        ];
        if c.eat("AUTO_INCREMENT") {
            c.eat_symbol("=");
            let value = c.take().to_owned();
            if self.info.is_sharded() {
                return Err(Refusal::distributed(
                    "ALTER TABLE...AUTO_INCREMENT=X for sharded tables",
                ));
            }
            self.specs.push(format!("AUTO_INCREMENT={value}"));
            return Ok(());
        }
        if c.eat_any(QUIET) {
            c.eat_symbol("=");
            c.take();
            return Ok(());
        }
        let start = *c;
        c.eat("DEFAULT");
        let mut words = Vec::new();
        while c.is("CHARACTER SET") || c.is("CHARSET") || c.is("COLLATE") {
            let word = if c.eat("COLLATE") {
                "COLLATE"
            } else {
                c.at += if c.is("CHARSET") { 1 } else { 2 };
                "CHARACTER SET"
            };
            c.eat_symbol("=");
            words.push(format!("{word} {}", c.take()));
        }
        if words.is_empty() {
            return Err(start.error());
        }
        if !self.info.kind.is_rowstore() && !self.settings.is_9_1() {
            return Err(start.error());
        }
        self.specs.push(words.join(" "));
        Ok(())
    }
}

fn adds_unique(name: &str) -> Refusal {
    Refusal::alter(&format!("adds unique/primary/foreign index `{name}`"))
}

fn names(key: &Key, column: &str) -> bool {
    key.parts
        .iter()
        .any(|p| p.column.eq_ignore_ascii_case(column))
}

fn is_named(key: &Key, name: &str) -> bool {
    key.name
        .as_deref()
        .is_some_and(|n| n.eq_ignore_ascii_case(name))
}

/// Whether a computed column names another column.
fn uses(column: &Column, name: &str) -> bool {
    let Some(computed) = &column.computed else {
        return false;
    };
    let sql = Sql::new(computed.expr.as_str(), sql::Mode::default());
    (0..sql.len()).any(|i| sql.name(i).is_some_and(|n| n.eq_ignore_ascii_case(name)))
}

/// `FIRST` or `AFTER column`, as MariaDB writes it.
fn position(c: &mut Cursor<'_>) -> Result<String, Refusal> {
    if c.eat("FIRST") {
        Ok(" FIRST".to_owned())
    } else if c.eat("AFTER") {
        Ok(format!(" AFTER {}", quote_name(&c.name()?)))
    } else {
        Ok(String::new())
    }
}

/// A type with its synonyms and display widths made one.
fn plain_type(ty: &str) -> String {
    let head = type_head(ty);
    let upper = ty.to_ascii_uppercase();
    let unsigned = if upper.ends_with("UNSIGNED") {
        " UNSIGNED"
    } else {
        ""
    };
    let arguments: String = match (ty.find('('), ty.rfind(')')) {
        (Some(open), Some(close)) if open < close => ty[open + 1..close]
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect(),
        _ => String::new(),
    };
    match &*head {
        "BOOL" | "BOOLEAN" => "TINYINT".to_owned(),
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "BIGINT" => format!("{head}{unsigned}"),
        "INT" | "INTEGER" => format!("INT{unsigned}"),
        "DOUBLE" | "REAL" => "DOUBLE".to_owned(),
        "FLOAT" | "YEAR" | "BIT" => head,
        "DECIMAL" | "NUMERIC" | "DEC" | "FIXED" => {
            let arguments = match arguments.as_str() {
                "" => "10,0".to_owned(),
                one if !one.contains(',') => format!("{one},0"),
                _ => arguments,
            };
            format!("DECIMAL({arguments}){unsigned}")
        }
        "CHARACTER" if upper.contains("VARYING") => format!("VARCHAR({arguments})"),
        "CHARACTER" => format!("CHAR({arguments})"),
        "CHAR" | "BINARY" if arguments.is_empty() => format!("{head}(1)"),
        "VECTOR" if !arguments.contains(',') => format!("VECTOR({arguments},F32)"),
        "VECTOR" => format!("VECTOR({})", arguments.to_ascii_uppercase()),
        _ if arguments.is_empty() || arguments == "0" => head,
        _ => format!("{head}({arguments})"),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_type;

    #[test]
    fn synonyms_are_one_type() {
        for (a, b) in [
            ("BOOL", "tinyint(1)"),
            ("BIGINT", "bigint(20)"),
            ("INT UNSIGNED", "int(10) unsigned"),
            ("NUMERIC(10)", "decimal(10,0)"),
            ("DECIMAL(12, 2)", "decimal(12,2)"),
            ("DOUBLE PRECISION", "double"),
            ("VECTOR(3)", "vector(3, f32)"),
            ("DATETIME", "datetime(0)"),
        ] {
            assert_eq!(plain_type(a), plain_type(b), "{a} and {b}");
        }
        assert_ne!(plain_type("VARCHAR(10)"), plain_type("VARCHAR(20)"));
        assert_ne!(plain_type("INT"), plain_type("INT UNSIGNED"));
    }
}
