//! Random updates and deletes.

use orm::ast::{Alias, BinaryOp, Delete, Expr, Func, Join, JoinKind, Update};
use orm::value::Value;

use crate::classes::Class;
use crate::data::{TABLES, Ty};
use crate::expressions::func;
use crate::generate::{Generator, Place, Scope};

impl Generator<'_> {
    /// The table that a statement writes, and what it may name.
    fn target(&mut self) -> (&'static str, Alias, Scope) {
        let table = self.choices.pick(&TABLES);
        self.written = Some(table);
        self.writes = true;
        // Deletes of rows that others refer to have the last number of all.
        let alias = match self.choices.one_in(3) {
            true => Alias(u16::MAX),
            false => self.alias(),
        };
        (table, alias, vec![Self::level(alias)])
    }

    /// Now and then a table that the written one refers to, as a relation is followed.
    fn joined(&mut self, scope: &mut Scope) -> Vec<Join> {
        if !self.choices.one_in(3) {
            return Vec::new();
        }
        self.classes.insert(Class::JoinedWrite);
        let table = self.choices.pick(&TABLES);
        let (source, level) = self.plain_table(table);
        let link = self.choices.pick(&["k", "m", "n"]);
        let own = scope[0]
            .columns
            .iter()
            .find(|(column, _)| matches!(column, Expr::Column { name, .. } if name == link));
        let own = own.expect("it is a column").0.clone();
        let kind = self.choices.pick(&[JoinKind::Left, JoinKind::Inner]);
        let on = Expr::binary(own, BinaryOp::Eq, level.columns[0].0.clone());
        scope[0].columns.extend(level.columns);
        vec![Join { kind, source, on }]
    }

    pub(crate) fn update(&mut self) -> Update {
        let (table, alias, mut scope) = self.target();
        let joins = self.joined(&mut scope);
        let columns = [("k", Ty::Int), ("m", Ty::Int), ("s", Ty::Text)];
        let (column, ty) = self.choices.pick(&columns);
        let value = match ty {
            Ty::Text => self.column(Ty::Text, &scope[0]),
            _ => self.expr(ty, &scope, Place::Written, 2),
        };
        let mut set = vec![(column.into(), value)];
        if self.choices.one_in(3) {
            let other = self.choices.pick(&["k", "m", "x"]);
            let ty = if other == "x" { Ty::Float } else { Ty::Int };
            if other != column {
                let value = self.expr(ty, &scope, Place::Written, 1);
                // `x` takes no NULL.
                let value = match ty {
                    Ty::Float => func(Func::Coalesce, vec![value, Expr::Value(Value::Double(0.5))]),
                    _ => value,
                };
                set.push((other.into(), value));
            }
        }
        Update {
            table: table.into(),
            alias,
            set,
            joins,
            filter: self.filter(&scope, Place::Written),
        }
    }

    pub(crate) fn delete(&mut self) -> Delete {
        let (table, alias, mut scope) = self.target();
        let joins = self.joined(&mut scope);
        Delete {
            table: table.into(),
            alias,
            joins,
            filter: Some(self.condition(&scope, Place::Written, 2)),
        }
    }
}
