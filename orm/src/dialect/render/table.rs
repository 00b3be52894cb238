//! CREATE TABLE, and the pieces of it that ALTER TABLE shares.

use orm_schema::{ColumnDef, ColumnDefault, ForeignKeyDef, TableDef, TableIndexDef, UniqueDef};

use super::{Result, Writer};
use crate::dialect::value::literal_value;
use crate::value::Value;

/// How an index of some kind is written.
pub(in crate::dialect) enum KeyKind {
    /// `KEY name (columns) suffix`, with this word for KEY.
    Key(&'static str, &'static str),
    /// There is none; the way out.
    Missing(&'static str),
}

impl<'s> Writer<'s> {
    pub(super) fn create_table(&mut self, table: &TableDef, if_not_exists: bool) -> Result {
        let d = self.d;
        self.push("CREATE ");
        self.push(d.create_table_words(table)?);
        self.push(if if_not_exists {
            " IF NOT EXISTS "
        } else {
            " "
        });
        self.name(&table.name);
        self.push(" (");
        let mut first = true;
        let mut line = |w: &mut Self| {
            w.push(if std::mem::take(&mut first) {
                "\n  "
            } else {
                ",\n  "
            });
        };
        let mut key_done = table.primary_key.is_empty();
        for column in &table.columns {
            line(self);
            if column.auto_increment && d.inline_auto_key() {
                self.auto_key(table, column)?;
                key_done = true;
            } else {
                self.column_def(column, false)?;
            }
        }
        if !key_done {
            line(self);
            self.push("PRIMARY KEY (");
            self.names(&table.primary_key);
            self.push(")");
        }
        for unique in &table.uniques {
            line(self);
            self.unique_key(unique);
        }
        if d.features().inline_indexes {
            for index in &table.indexes {
                line(self);
                self.index_key(index)?;
            }
        }
        for clause in d.storage_clauses(table)? {
            line(self);
            self.push(&clause);
        }
        for key in &table.foreign_keys {
            line(self);
            self.foreign_key(key)?;
        }
        self.push("\n)");
        self.push(d.table_options());
        if let (Some(comment), true) = (&table.comment, d.features().comments) {
            self.push(" COMMENT = ");
            self.literal(&Value::Text(comment.clone()))?;
        }
        Ok(())
    }

    /// SQLite numbers rows only through `INTEGER PRIMARY KEY`, at the column itself.
    fn auto_key(&mut self, table: &TableDef, column: &ColumnDef) -> Result {
        if table.primary_key != [column.name.as_str()] {
            return Err(self.refuse(
                format!(
                    "automatic numbers in `{}`, which is not the whole primary key",
                    column.name
                ),
                "make the automatic column the only column of the primary key",
            ));
        }
        self.name(&column.name);
        self.push(" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT");
        Ok(())
    }

    /// A column's definition; `altering` in ADD and MODIFY COLUMN.
    pub(super) fn column_def(&mut self, column: &ColumnDef, altering: bool) -> Result {
        let d = self.d;
        self.name(&column.name);
        self.push(" ");
        let mut ty = d.column_type(&column.ty)?.into_owned();
        if let Some(collation) = d.collation(column) {
            ty.push_str(" COLLATE ");
            ty.push_str(&collation);
        }
        if let Some(sql) = &column.computed {
            self.push(&d.computed(column, &ty, sql, altering));
        } else {
            self.push(&ty);
            self.push(if column.null { " NULL" } else { " NOT NULL" });
            if column.auto_increment {
                if d.inline_auto_key() {
                    return Err(
                        self.refuse("adding automatic numbers to a table", "rebuild the table")
                    );
                }
                self.push(" AUTO_INCREMENT");
            }
            self.column_default(column)?;
        }
        if let (Some(comment), true) = (&column.comment, d.features().comments) {
            self.push(" COMMENT ");
            self.literal(&Value::Text(comment.clone()))?;
        }
        Ok(())
    }

    fn column_default(&mut self, column: &ColumnDef) -> Result {
        match &column.default {
            None => {}
            Some(ColumnDefault::Sql(sql)) => {
                self.push(" DEFAULT ");
                self.push(&self.d.default_sql(column, sql));
            }
            Some(ColumnDefault::Literal(literal)) => {
                self.push(" DEFAULT ");
                let value = literal_value(self.d.dialect(), &column.ty, literal)?;
                let mut text = String::new();
                self.d.write_literal(&mut text, &value)?;
                if self.d.default_in_parentheses(&column.ty) || text.starts_with("CAST") {
                    text = format!("({text})");
                }
                self.push(&text);
            }
        }
        Ok(())
    }

    /// A literal in a statement on the schema, which takes no parameters.
    pub(in crate::dialect) fn literal(&mut self, value: &Value) -> Result {
        let d = self.d;
        d.write_literal(&mut self.out, value)
    }

    pub(super) fn unique_key(&mut self, unique: &UniqueDef) {
        if self.d.features().inline_indexes {
            self.push("UNIQUE KEY ");
            self.name(&unique.name);
            self.push(" (");
        } else {
            self.push("CONSTRAINT ");
            self.name(&unique.name);
            self.push(" UNIQUE (");
        }
        self.names(&unique.columns);
        self.push(")");
        if unique.unenforced && self.d.features().sharded {
            self.push(" UNENFORCED");
        }
    }

    /// `KEY name (columns)`, as CREATE TABLE and ALTER TABLE ADD take it.
    pub(super) fn index_key(&mut self, index: &TableIndexDef) -> Result {
        let (word, suffix) = self.index_words(index)?;
        match index.options.version {
            Some(version) => {
                self.push("FULLTEXT USING VERSION ");
                self.number(version);
            }
            None => self.push(word),
        }
        self.push(" ");
        self.name(&index.name);
        self.push(" (");
        self.names(&index.columns);
        self.push(")");
        self.push(suffix);
        if let Some(json) = index.options.server_json() {
            self.push(" INDEX_OPTIONS ");
            self.literal(&Value::Text(json))?;
        }
        Ok(())
    }

    pub(super) fn index_words(
        &self,
        index: &TableIndexDef,
    ) -> Result<(&'static str, &'static str)> {
        if !index.options.is_empty() && !self.d.features().index_options {
            return Err(self.refuse(
                format!("options of the index `{}`", index.name),
                "SingleStore alone has them: leave them out",
            ));
        }
        match self.d.index_kind(index.kind) {
            KeyKind::Key(word, suffix) => Ok((word, suffix)),
            KeyKind::Missing(hint) => {
                let kind = index.kind.map_or("", |k| k.as_str());
                Err(self.refuse(format!("the {kind} index `{}`", index.name), hint))
            }
        }
    }

    /// A foreign key, without action: the ORM itself runs `on_delete`, in one way on every backend,
    /// and the constraint only guards what it leaves behind.
    pub(super) fn foreign_key(&mut self, key: &ForeignKeyDef) -> Result {
        if !self.d.features().foreign_keys {
            return Err(self.refuse(
                format!("the foreign key `{}`", key.name),
                "leave it out: the ORM runs on_delete itself, and `check --data` finds orphans",
            ));
        }
        self.push("CONSTRAINT ");
        self.name(&key.name);
        self.push(" FOREIGN KEY (");
        self.names(&key.columns);
        self.push(") REFERENCES ");
        self.name(&key.ref_table);
        self.push(" (");
        self.names(&key.ref_columns);
        self.push(")");
        self.push(self.d.foreign_key_suffix());
        Ok(())
    }
}
