//! Random named tables. Their columns are those of the tables in the database, and no two of their rows
//! have one `id`, so that they stand wherever such a table does.

use std::sync::Arc;

use orm::ast::{
    AggregateFunc, BinaryOp, CastTo, Expr, From, Join, JoinKind, Select, SelectItem, Step, Wide,
    WithTable,
};
use orm::value::Value;

use crate::classes::Class;
use crate::data::{COLUMNS, TABLES, Ty};
use crate::generate::{Generator, Level, Place};

/// Named tables of one statement at most.
const TABLES_AT_MOST: usize = 3;

impl Generator<'_> {
    /// A named table as a source, and its columns: one of those that there are, or another.
    pub(crate) fn named_table(&mut self) -> (From, Level) {
        let known = self.named.len();
        let new = known < TABLES_AT_MOST && self.within < 2;
        let table = match known > 0 && (!new || self.choices.one_in(2)) {
            true => {
                let at = self.choices.below(known as u32) as usize;
                self.classes.insert(Class::NamedTwice);
                Arc::clone(&self.named[at])
            }
            false if new => self.new_table(),
            // A table within a table within a table.
            false => return self.table_of_the_database(),
        };
        self.classes.insert(Class::Named);
        let alias = self.alias();
        (From::With { table, alias }, Self::level(alias))
    }

    fn table_of_the_database(&mut self) -> (From, Level) {
        let table = self.choices.pick(&TABLES);
        self.plain_table(table)
    }

    fn new_table(&mut self) -> Arc<WithTable> {
        // A named table numbers its own tables, and is no part of what is written.
        let (next, written) = (std::mem::replace(&mut self.next, 0), self.written.take());
        self.within += 1;
        // Where a statement writes, not every database has a place for recursive ones.
        let table = match !self.writes && self.choices.one_in(3) {
            true => self.recursive(),
            false => self.selected(),
        };
        self.within -= 1;
        (self.next, self.written) = (next, written);
        self.named.push(Arc::clone(&table));
        table
    }

    fn name(&self) -> String {
        format!("w{}_{}", self.named.len(), self.within)
    }

    /// Rows of one table, with a computed column.
    fn selected(&mut self) -> Arc<WithTable> {
        let (from, level) = self.table();
        let scope = vec![level];
        let computed = self.expr(Ty::Int, &scope, Place::List, 2);
        let filter = self.filter(&scope, Place::Where);
        let item = |(expr, name): (Expr, &str)| SelectItem {
            expr,
            alias: Some(name.to_owned().into()),
        };
        let columns = scope[0].columns.iter().zip(COLUMNS);
        let columns = columns.map(|((column, _), (name, _))| match name {
            "m" => item((computed.clone(), name)),
            _ => item((column.clone(), name)),
        });
        let mut select = Select {
            columns: columns.collect(),
            from: Some(from),
            filter,
            ..Select::empty()
        };
        if self.choices.one_in(4) {
            select.order_by = Self::keys(&scope[0]);
            select.limit = Some(u64::from(self.choices.below(6)) + 2);
        }
        Arc::new(WithTable {
            name: self.name().into(),
            select,
            step: None,
        })
    }

    /// What is found from some rows in steps, and of it one row of each `id`, with the least depth
    /// as `n`.
    fn recursive(&mut self) -> Arc<WithTable> {
        self.classes.insert(Class::Recursive);
        let grown = Arc::new(self.grown());
        self.named.push(Arc::clone(&grown));
        let alias = self.alias();
        let column = |name: &'static str| Expr::column(alias, name);
        let columns = COLUMNS.iter().map(|(name, _)| SelectItem {
            expr: match *name {
                "id" => column("id"),
                name => Expr::Aggregate {
                    func: AggregateFunc::Min,
                    arg: Some(Box::new(column(name))),
                    distinct: false,
                    decimal: false,
                },
            },
            alias: Some((*name).into()),
        });
        let select = Select {
            columns: columns.collect(),
            from: Some(From::With {
                table: grown,
                alias,
            }),
            group_by: vec![column("id")],
            ..Select::empty()
        };
        self.named.pop();
        Arc::new(WithTable {
            name: format!("{}_least", self.name()).into(),
            select,
            step: None,
        })
    }

    fn grown(&mut self) -> WithTable {
        let depth = 1 + self.choices.below(3);
        let (from, level) = self.table_of_the_database();
        let scope = vec![level];
        let first = Select {
            columns: columns_of(&scope[0], wide(Expr::Value(Value::Int(0)))),
            from: Some(from),
            filter: self.filter(&scope, Place::Where),
            ..Select::empty()
        };
        self.next = 0;
        let name = format!("{}_grown", self.name());
        let found = self.alias();
        let (source, level) = self.table_of_the_database();
        let link = self.choices.pick(&["k", "m", "n"]);
        let next = Expr::column(source.alias(), link);
        let depth_found = || Expr::column(found, "n");
        let mut all = vec![Expr::binary(
            depth_found(),
            BinaryOp::Lt,
            Expr::Value(Value::Int(depth.into())),
        )];
        if self.choices.one_in(3) {
            let mut inside = level.clone();
            if self.choices.one_in(2) {
                inside.columns.extend(Self::level(found).columns);
            }
            all.push(self.condition(&vec![inside], Place::Where, 1));
        }
        let deeper = Expr::binary(depth_found(), BinaryOp::Add, Expr::Value(Value::Int(1)));
        let select = Select {
            columns: columns_of(&level, deeper),
            joins: vec![Join {
                kind: JoinKind::Inner,
                on: Expr::binary(next, BinaryOp::Eq, Expr::column(found, "id")),
                source,
            }],
            from: Some(From::Found {
                name: name.clone().into(),
                alias: found,
            }),
            filter: Some(Expr::And(all)),
            ..Select::empty()
        };
        WithTable {
            name: name.into(),
            select: first,
            step: Some(Step {
                select,
                distinct: self.choices.one_in(2),
                max_depth: depth,
            }),
        }
    }
}

fn wide(expr: Expr) -> Expr {
    Expr::Cast {
        expr: Box::new(expr),
        to: CastTo::Wide(Wide::Int),
    }
}

/// The columns of a table, with the depth in the place of `n`.
fn columns_of(level: &Level, depth: Expr) -> Vec<SelectItem> {
    let columns = level.columns.iter().zip(COLUMNS);
    columns
        .map(|((column, _), (name, _))| SelectItem {
            expr: match name {
                "n" => depth.clone(),
                _ => column.clone(),
            },
            alias: Some(name.into()),
        })
        .collect()
}
