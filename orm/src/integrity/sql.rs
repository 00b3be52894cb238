//! The statements of the check.

use super::Result;
use super::plan::Checked;
use crate::ast::{
    AggregateFunc, Alias, BinaryOp, Expr, From, Join, JoinKind, Order, Select, SelectItem,
    Statement,
};
use crate::backend::Executor;
use crate::value::Value;

/// The table that is looked at.
pub(super) const HERE: Alias = Alias(0);
/// The table of the partners.
const THERE: Alias = Alias(1);

pub(super) fn column(table: Alias, name: &str) -> Expr {
    Expr::column(table, name.to_owned())
}

pub(super) fn item(name: &str) -> SelectItem {
    SelectItem {
        expr: column(HERE, name),
        alias: None,
    }
}

pub(super) fn ascending(names: &[String]) -> Vec<Order> {
    let term = |name: &String| Order {
        expr: column(HERE, name),
        descending: false,
    };
    names.iter().map(term).collect()
}

/// The rows of a statement.
pub(super) async fn rows(db: &dyn Executor, select: Select) -> Result<Vec<Vec<Value>>> {
    let width = select.columns.len().max(1);
    let sql = db.dialect().render(&select.into())?;
    let values = db.fetch(sql).await?.values;
    Ok(values.chunks(width).map(<[Value]>::to_vec).collect())
}

/// Runs a statement without rows.
pub(super) async fn execute(db: &dyn Executor, statement: &Statement) -> Result<u64> {
    let sql = db.dialect().render(statement)?;
    Ok(db.execute(sql).await?.rows_affected)
}

pub(super) async fn count(db: &dyn Executor, table: &str) -> Result<u64> {
    let select = Select {
        columns: vec![SelectItem {
            expr: count_all(),
            alias: Some("n".into()),
        }],
        ..Select::from_table(table.to_owned(), HERE)
    };
    let found = rows(db, select).await?;
    Ok(match found.first().and_then(|row| row.first()) {
        Some(Value::Int(n)) => u64::try_from(*n).unwrap_or(0),
        Some(Value::UInt(n)) => *n,
        _ => 0,
    })
}

pub(super) fn count_all() -> Expr {
    Expr::Aggregate {
        func: AggregateFunc::Count,
        arg: None,
        distinct: false,
        decimal: false,
    }
}

/// The rows behind one, in the order of these columns.
pub(super) fn behind(columns: &[String], values: &[Value]) -> Expr {
    crate::migrate::behind(|at| column(HERE, &columns[at]), values)
}

/// A part of a table: behind one key, up to another.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) from: Option<Vec<Value>>,
    pub(super) to: Option<Vec<Value>>,
}

impl Part {
    fn filter(&self, key: &[String]) -> Vec<Expr> {
        let from = self.from.as_ref().map(|from| behind(key, from));
        let to = self.to.as_ref().map(|to| {
            // The key is never NULL.
            Expr::Not(Box::new(behind(key, to)))
        });
        from.into_iter().chain(to).collect()
    }

    /// The part that follows this one.
    pub(super) async fn next(&self, db: &dyn Executor, of: &Checked, rows: u64) -> Result<Self> {
        let from = self.to.clone();
        let behind = from.as_ref().map(|from| behind(&of.key, from));
        let select = Select {
            columns: of.key.iter().map(|k| item(k)).collect(),
            filter: behind,
            order_by: ascending(&of.key),
            limit: Some(1),
            offset: Some(rows.max(1) - 1),
            ..Select::from_table(of.table.clone(), HERE)
        };
        let to = self::rows(db, select).await?.pop();
        Ok(Self { from, to })
    }
}

/// The rows of a part that have no partner: their key, then the columns that are compared.
pub(super) fn alone(of: &Checked, part: &Part, other: &str, equal: &[(String, String)]) -> Select {
    let mut filter = part.filter(&of.key);
    let here = equal.iter().map(|(here, _)| column(HERE, here));
    filter.extend(here.map(|c| Expr::IsNotNull(Box::new(c))));
    let first = equal.first().map_or("", |(_, there)| there);
    filter.push(Expr::IsNull(Box::new(column(THERE, first))));
    let on = equal
        .iter()
        .map(|(here, there)| Expr::binary(column(THERE, there), BinaryOp::Eq, column(HERE, here)));
    let mut columns: Vec<SelectItem> = of.key.iter().map(|k| item(k)).collect();
    columns.extend(equal.iter().map(|(here, _)| item(here)));
    // All that the rows show, since the other side may be kept unique by a side table alone.
    let mut shown = of.key.clone();
    for (here, _) in equal {
        if !shown.contains(here) {
            shown.push(here.clone());
        }
    }
    Select {
        columns,
        joins: vec![Join {
            kind: JoinKind::Left,
            source: From::Table {
                name: other.to_owned().into(),
                alias: THERE,
            },
            on: Expr::And(on.collect()),
        }],
        filter: Some(Expr::And(filter)),
        order_by: ascending(&shown),
        ..Select::from_table(of.table.clone(), HERE)
    }
}
