//! DISTINCT with an OFFSET, where the database passes over no row if it takes what is selected for
//! constant: values, and columns of a table of which it reads one row by its key.

use std::borrow::Cow;

use super::visit::{last_alias, selects};
use super::{Aliases, Result, correlated};
use crate::ast::{Alias, Expr, From, Name, Order, Select, SelectItem, Statement};
use crate::dialect::Features;

/// Makes a derived table of the different rows, and passes over rows of that.
pub(super) fn apart<'s>(
    features: &Features,
    statement: Cow<'s, Statement>,
) -> Result<Cow<'s, Statement>> {
    if features.distinct_constants || !may_hold(&statement) {
        return Ok(statement);
    }
    let mut aliases = Aliases(last_alias(&statement));
    let mut changed = statement.into_owned();
    selects(&mut changed, &mut |select| {
        // One that asks its outer row stays: a derived table cannot.
        if is_asked(select) && !correlated(select) {
            wrap(select, aliases.next());
        }
        Ok(())
    })?;
    Ok(Cow::Owned(changed))
}

fn is_asked(select: &Select) -> bool {
    select.distinct && select.offset.is_some_and(|n| n > 0)
}

/// Whether a select of the statement may be one, so that few statements are copied.
fn may_hold(statement: &Statement) -> bool {
    match statement {
        Statement::Select(select) if is_asked(select) => true,
        Statement::Select(select) if select.from.is_none() => false,
        _ => {
            let mut found = false;
            // The walk is the one that changes; nothing refuses here.
            if super::lift::needed(statement) {
                let _ = selects(&mut statement.clone(), &mut |select| {
                    found |= is_asked(select);
                    Ok(())
                });
            }
            found
        }
    }
}

/// `SELECT d.d0 FROM (SELECT DISTINCT x AS d0 …) AS d ORDER BY d.d0 LIMIT … OFFSET …`
fn wrap(select: &mut Select, alias: Alias) {
    let column = |at: usize| Expr::column(alias, format!("d{at}"));
    let items = &select.columns;
    let place = |order: &Order| {
        let shown = |expr: &Expr| items.iter().position(|item| item.expr == *expr).map(column);
        // Where NULLs are put first or last, a term says whether a column is one.
        let expr = match &order.expr {
            Expr::IsNull(of) => {
                shown(&order.expr).or_else(|| Some(Expr::IsNull(Box::new(shown(of)?))))
            }
            expr => shown(expr),
        };
        Some(Order {
            expr: expr?,
            descending: order.descending,
        })
    };
    let order_by: Option<Vec<Order>> = select.order_by.iter().map(place).collect();
    // What DISTINCT is put in order by is among its columns, or the server says so.
    let Some(order_by) = order_by else { return };
    let mut inner = std::mem::replace(select, Select::empty());
    inner.order_by.clear();
    for (at, item) in inner.columns.iter_mut().enumerate() {
        let own = item.alias.replace(format!("d{at}").into());
        select.columns.push(SelectItem {
            alias: own.or_else(|| name_of(&item.expr)),
            expr: column(at),
        });
    }
    select.order_by = order_by;
    select.limit = inner.limit.take();
    select.offset = inner.offset.take();
    select.options = inner.options.take();
    select.from = Some(From::Subquery {
        select: Box::new(inner),
        alias,
    });
}

fn name_of(expr: &Expr) -> Option<Name> {
    match expr {
        Expr::Column { name, .. } => Some(name.clone()),
        _ => None,
    }
}
