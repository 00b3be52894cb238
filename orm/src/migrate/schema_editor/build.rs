//! The steps that every way of changing a table shares, each with its comment and grade.

use orm_schema::{ColumnDef, ForeignKeyDef, TableDef};

use super::{Grade, Step};
use crate::ast::Ddl;

pub(super) fn drop_one_off_default(table: &str, column: &ColumnDef) -> Step {
    Step::instant(
        Ddl::ModifyColumn {
            table: table.to_owned(),
            column: column.clone(),
        },
        format!(
            "the default of {table}.{} was for the rows that were there",
            column.name
        ),
    )
}

pub(super) fn fill_nulls(table: &str, column: &ColumnDef, value: &orm_schema::Literal) -> Step {
    Step::graded(
        Ddl::FillNulls {
            table: table.to_owned(),
            column: column.clone(),
            value: value.clone(),
        },
        format!("fill {table}.{} where it is NULL", column.name),
        Grade::Rewrite,
    )
}

pub(super) fn modify(table: &str, column: ColumnDef, grade: Grade) -> Step {
    let comment = format!("alter column {} of {table}", column.name);
    Step::graded(
        Ddl::ModifyColumn {
            table: table.to_owned(),
            column,
        },
        comment,
        grade,
    )
}

pub(super) fn plain_add_column(table: &str, column: &ColumnDef) -> Step {
    let grade = if column.computed.is_some() {
        Grade::Lock
    } else {
        Grade::Instant
    };
    Step::graded(
        Ddl::AddColumn {
            table: table.to_owned(),
            column: column.clone(),
        },
        format!("add column {} to {table}", column.name),
        grade,
    )
}

pub(super) fn create_table(table: &TableDef) -> Step {
    Step::instant(
        Ddl::CreateTable {
            table: table.clone(),
            if_not_exists: false,
        },
        format!("create table {}", table.name),
    )
}

pub(super) fn drop_table(name: &str) -> Step {
    Step::graded(
        Ddl::DropTable {
            name: name.to_owned(),
            if_exists: false,
        },
        format!("drop table {name} with its rows"),
        Grade::LosesData,
    )
}

pub(super) fn rename_table(from: &str, to: &str) -> Step {
    Step::instant(
        Ddl::RenameTable {
            from: from.to_owned(),
            to: to.to_owned(),
        },
        format!("rename table {from} to {to}"),
    )
}

pub(super) fn rename_column(table: &str, column: &ColumnDef, to: &str) -> Step {
    Step::instant(
        Ddl::RenameColumn {
            table: table.to_owned(),
            from: column.name.clone(),
            to: to.to_owned(),
            column: column.clone(),
        },
        format!("rename column {} of {table} to {to}", column.name),
    )
}

pub(super) fn drop_column(table: &str, column: &str) -> Step {
    Step::graded(
        Ddl::DropColumn {
            table: table.to_owned(),
            column: column.to_owned(),
        },
        format!("drop column {column} of {table} with its values"),
        Grade::LosesData,
    )
}

pub(super) fn create_index(table: &str, index: &orm_schema::TableIndexDef, grade: Grade) -> Step {
    Step::graded(
        Ddl::CreateIndex {
            table: table.to_owned(),
            index: index.clone(),
        },
        format!("index {} of {table}", index.columns.join(", ")),
        grade,
    )
}

pub(super) fn drop_index(table: &str, name: &str) -> Step {
    Step::instant(
        Ddl::DropIndex {
            table: table.to_owned(),
            name: name.to_owned(),
        },
        format!("drop index {name} of {table}"),
    )
}

pub(super) fn drop_unique(table: &str, name: &str) -> Step {
    Step::instant(
        Ddl::DropUnique {
            table: table.to_owned(),
            name: name.to_owned(),
        },
        format!("drop unique key {name} of {table}"),
    )
}

pub(super) fn rename_index(table: &str, from: &str, to: &str) -> Step {
    Step::instant(
        Ddl::RenameIndex {
            table: table.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            rebuild: false,
        },
        format!("rename index {from} of {table}"),
    )
}

pub(super) fn drop_foreign_key(table: &str, key: &ForeignKeyDef) -> Step {
    Step::instant(
        Ddl::DropForeignKey {
            table: table.to_owned(),
            name: key.name.clone(),
        },
        format!("drop foreign key {} of {table}", key.name),
    )
}

pub(super) fn add_foreign_key(table: &str, key: ForeignKeyDef) -> Step {
    let comment = format!(
        "{table}.{} refers to {}",
        key.columns.join(", "),
        key.ref_table
    );
    Step::graded(
        Ddl::AddForeignKey {
            table: table.to_owned(),
            foreign_key: key,
        },
        comment,
        Grade::Lock,
    )
}
