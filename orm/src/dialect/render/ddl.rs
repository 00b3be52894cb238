//! Statements on the schema. Each is one SQL statement, written without parameters.

use orm_schema::{ColumnDef, Literal, TableIndexDef, UniqueDef};

use super::{Result, Spelling, Writer};
use crate::ast::{CopySource, Ddl};
use crate::dialect::value::literal_value;
use crate::value::Value;

/// Renders a statement on the schema.
pub(in crate::dialect) fn render(d: &dyn Spelling, ddl: &Ddl) -> Result<String> {
    let mut w = Writer::new(d);
    w.ddl(ddl)?;
    Ok(w.out)
}

impl Writer<'_> {
    fn ddl(&mut self, ddl: &Ddl) -> Result {
        match ddl {
            Ddl::CreateTable {
                table,
                if_not_exists,
            } => self.create_table(table, *if_not_exists)?,
            Ddl::DropTable { name, if_exists } => {
                self.push("DROP TABLE ");
                self.push(if *if_exists { "IF EXISTS " } else { "" });
                self.name(name);
            }
            Ddl::RenameTable { from, to } => self.alter_name(from, " RENAME TO ", to),
            Ddl::AddColumn { table, column } => {
                self.alter(table, " ADD COLUMN ");
                self.column_def(column, true)?;
            }
            Ddl::AddAutoColumn {
                table,
                column,
                index,
            } => {
                self.needs_alter(&format!("adding the automatic column `{}`", column.name))?;
                self.alter(table, " ADD COLUMN ");
                self.column_def(column, true)?;
                self.push(", ADD ");
                self.index_key(index)?;
            }
            Ddl::DropColumn { table, column } => self.alter_name(table, " DROP COLUMN ", column),
            Ddl::RenameColumn {
                table, from, to, ..
            } => self.rename_column(table, from, to),
            Ddl::ModifyColumn { table, column } => self.modify_column(table, column)?,
            Ddl::CreateIndex { table, index } => self.create_index(table, index)?,
            Ddl::DropIndex { table, name } | Ddl::DropUnique { table, name } => {
                self.drop_index(table, name);
            }
            Ddl::RenameIndex {
                table,
                from,
                to,
                rebuild,
            } => self.rename_index(table, from, to, *rebuild)?,
            Ddl::AddUnique { table, unique } => self.add_unique(table, unique),
            Ddl::AddForeignKey { table, foreign_key } => {
                self.needs_alter(&format!("adding the foreign key `{}`", foreign_key.name))?;
                self.alter(table, " ADD ");
                self.foreign_key(foreign_key)?;
            }
            Ddl::DropForeignKey { table, name } => self.drop_foreign_key(table, name)?,
            Ddl::AlterPrimaryKey {
                table,
                drop,
                columns,
            } => self.alter_primary_key(table, *drop, columns)?,
            Ddl::TableComment { table, comment } => {
                self.table_comment(table, comment.as_deref())?
            }
            Ddl::CopyRows { from, to, columns } => self.copy_rows(from, to, columns)?,
            Ddl::FillNulls {
                table,
                column,
                value,
            } => self.fill_nulls(table, column, value)?,
            Ddl::Raw(sql) => self.push(sql),
        }
        Ok(())
    }

    /// `ALTER TABLE table words name`.
    fn alter_name(&mut self, table: &str, words: &str, name: &str) {
        self.alter(table, words);
        self.name(name);
    }

    fn drop_foreign_key(&mut self, table: &str, name: &str) -> Result {
        let what = format!("dropping the foreign key `{name}`");
        if !self.d.features().foreign_keys {
            return Err(self.refuse(what, "there are no foreign keys to drop"));
        }
        self.needs_alter(&what)?;
        self.alter_name(table, " DROP FOREIGN KEY ", name);
        Ok(())
    }

    fn alter(&mut self, table: &str, words: &str) {
        self.push("ALTER TABLE ");
        self.name(table);
        self.push(words);
    }

    /// Refuses where ALTER TABLE cannot change what is there.
    fn needs_alter(&self, what: &str) -> Result {
        if self.d.features().alter_column {
            Ok(())
        } else {
            Err(self.refuse(what, "rebuild the table: create, copy, drop, rename"))
        }
    }

    fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let change = !self.d.features().rename_column;
        self.alter(
            table,
            if change {
                " CHANGE "
            } else {
                " RENAME COLUMN "
            },
        );
        self.name(from);
        self.push(if change { " " } else { " TO " });
        self.name(to);
    }

    fn modify_column(&mut self, table: &str, column: &ColumnDef) -> Result {
        self.needs_alter(&format!("changing the column `{}`", column.name))?;
        self.alter(table, " MODIFY COLUMN ");
        self.column_def(column, true)
    }

    fn create_index(&mut self, table: &str, index: &TableIndexDef) -> Result {
        if self.d.features().inline_indexes {
            self.alter(table, " ADD ");
            return self.index_key(index);
        }
        let (_, suffix) = self.index_words(index)?;
        self.push("CREATE INDEX ");
        self.name(&index.name);
        self.push(" ON ");
        self.name(table);
        self.push(" (");
        self.names(&index.columns);
        self.push(")");
        self.push(suffix);
        Ok(())
    }

    fn drop_index(&mut self, table: &str, name: &str) {
        if self.d.features().inline_indexes {
            self.alter(table, " DROP INDEX ");
        } else {
            self.push("DROP INDEX ");
        }
        self.name(name);
    }

    fn rename_index(&mut self, table: &str, from: &str, to: &str, rebuild: bool) -> Result {
        if !self.d.features().rename_index {
            return Err(self.refuse(
                format!("renaming the index `{from}`"),
                "drop it and create it under the new name",
            ));
        }
        self.alter(table, " RENAME INDEX ");
        self.name(from);
        self.push(" TO ");
        self.name(to);
        if rebuild {
            self.push(", FORCE");
        }
        Ok(())
    }

    fn add_unique(&mut self, table: &str, unique: &UniqueDef) {
        if self.d.features().inline_indexes {
            self.alter(table, " ADD ");
            self.unique_key(unique);
            return;
        }
        self.push("CREATE UNIQUE INDEX ");
        self.name(&unique.name);
        self.push(" ON ");
        self.name(table);
        self.push(" (");
        self.names(&unique.columns);
        self.push(")");
    }

    fn alter_primary_key(&mut self, table: &str, drop: bool, columns: &[String]) -> Result {
        if !self.d.features().alter_primary_key || (!drop && columns.is_empty()) {
            return Err(self.refuse(
                format!("changing the primary key of `{table}`"),
                "rebuild the table: create, copy, drop, rename",
            ));
        }
        self.alter(table, " ");
        if drop {
            self.push("DROP PRIMARY KEY");
        }
        if !columns.is_empty() {
            self.push(if drop { ", " } else { "" });
            self.push("ADD PRIMARY KEY (");
            self.names(columns);
            self.push(")");
        }
        Ok(())
    }

    fn table_comment(&mut self, table: &str, comment: Option<&str>) -> Result {
        if !self.d.features().alter_table_comment {
            return Err(self.refuse(
                format!("changing the comment of the table `{table}`"),
                "a table's comment is set when the table is created, if at all",
            ));
        }
        self.alter(table, " COMMENT = ");
        self.literal(&Value::Text(comment.unwrap_or_default().to_owned()))
    }

    pub(super) fn copy_rows(
        &mut self,
        from: &str,
        to: &str,
        columns: &[(String, CopySource)],
    ) -> Result {
        self.push("INSERT INTO ");
        self.name(to);
        self.push(" (");
        self.list(columns, |w, (column, _)| {
            w.name(column);
            Ok(())
        })?;
        self.push(") SELECT ");
        self.list(columns, |w, (_, source)| w.copy_source(source))?;
        self.push(" FROM ");
        self.name(from);
        Ok(())
    }

    pub(super) fn copy_source(&mut self, source: &CopySource) -> Result {
        match source {
            CopySource::Column(column) => self.name(column),
            CopySource::ColumnOr(column, value) => {
                self.push("COALESCE(");
                self.name(column);
                self.push(", ");
                self.literal(value)?;
                self.push(")");
            }
            CopySource::Value(value) => self.literal(value)?,
            CopySource::RowNumber => self.push("ROW_NUMBER() OVER ()"),
        }
        Ok(())
    }

    fn fill_nulls(&mut self, table: &str, column: &ColumnDef, value: &Literal) -> Result {
        let value = literal_value(self.d.dialect(), &column.ty, value)?;
        self.push("UPDATE ");
        self.name(table);
        self.push(" SET ");
        self.name(&column.name);
        self.push(" = ");
        self.literal(&value)?;
        self.push(" WHERE ");
        self.name(&column.name);
        self.push(" IS NULL");
        Ok(())
    }
}
