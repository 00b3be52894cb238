//! Questions about which tables a select reads.

use crate::ast::{Alias, CastTo, Expr, From, Func, Select};
use crate::value::Value;

/// Visits every expression of a select, not those of the selects inside it, and every select inside.
pub(super) fn visit<'a>(
    select: &'a Select,
    expr: &mut dyn FnMut(&'a Expr),
    inner: &mut dyn FnMut(&'a Select),
) {
    let sources = select
        .from
        .iter()
        .chain(select.joins.iter().map(|j| &j.source));
    for source in sources {
        match source {
            From::Subquery { .. } | From::Set { .. } => source.selects().for_each(&mut *inner),
            From::Raw { sql, .. } => sql.params.iter().for_each(|p| walk(p, expr, inner)),
            From::Table { .. } | From::With { .. } | From::Found { .. } => {}
        }
    }
    let roots = (select.columns.iter().map(|c| &c.expr))
        .chain(select.joins.iter().map(|j| &j.on))
        .chain(&select.filter)
        .chain(&select.group_by)
        .chain(&select.having)
        .chain(select.order_by.iter().map(|o| &o.expr));
    roots.for_each(|e| walk(e, expr, inner));
}

/// Visits an expression and its operands, and hands over the selects in it.
pub(super) fn walk<'a>(
    e: &'a Expr,
    expr: &mut dyn FnMut(&'a Expr),
    inner: &mut dyn FnMut(&'a Select),
) {
    expr(e);
    let mut go = |e: &'a Expr| walk(e, expr, inner);
    match e {
        Expr::Column { .. } | Expr::Named(_) | Expr::Value(_) => {}
        Expr::Binary { left, right, .. } => {
            go(left);
            go(right);
        }
        Expr::And(all) | Expr::Or(all) => all.iter().for_each(go),
        Expr::Func { args, .. } => args.iter().for_each(go),
        Expr::InRows { exprs, .. } => exprs.iter().for_each(go),
        Expr::Raw(raw) => raw.params.iter().for_each(go),
        Expr::Not(e) | Expr::IsNotTrue(e) | Expr::IsNull(e) | Expr::IsNotNull(e) => go(e),
        Expr::In { expr: e, .. } | Expr::Like { expr: e, .. } | Expr::Regex { expr: e, .. } => {
            go(e)
        }
        Expr::Json(json) => {
            go(&json.doc);
            json.other.iter().for_each(go);
        }
        Expr::Between { expr: e, low, high } => {
            go(e);
            go(low);
            go(high);
        }
        Expr::Cast { expr: e, .. } | Expr::Apart(e) | Expr::Outer(e) => go(e),
        Expr::Aggregate { arg, .. } => arg.iter().for_each(|e| go(e)),
        Expr::Window(window) => {
            window
                .args
                .iter()
                .chain(&window.partition_by)
                .for_each(&mut go);
            window.order_by.iter().for_each(|o| go(&o.expr));
        }
        Expr::GroupConcat {
            expr: e, order_by, ..
        } => {
            go(e);
            order_by.iter().for_each(|o| go(&o.expr));
        }
        Expr::Case { whens, otherwise } => {
            for (when, then) in whens {
                go(when);
                go(then);
            }
            otherwise.iter().for_each(|e| go(e));
        }
        Expr::InSelect { expr: e, select } => {
            go(e);
            inner(select);
        }
        Expr::RowInSelect { exprs, select } => {
            exprs.iter().for_each(go);
            inner(select);
        }
        Expr::Exists(select) | Expr::Scalar(select) => inner(select),
    }
}

/// Whether an expression, not a select inside it, calculates with decimals or compares with one.
pub(in crate::dialect) fn names_decimals(expr: &Expr) -> bool {
    let decimal = |value: &Value| matches!(value, Value::Decimal(_));
    let mut found = false;
    let mut look = |e: &Expr| {
        found |= match e {
            Expr::Value(value) => decimal(value),
            Expr::In { list, .. } => list.iter().any(decimal),
            Expr::InRows { rows, .. } => rows.iter().flatten().any(decimal),
            Expr::Aggregate { decimal, .. } => *decimal,
            Expr::Cast { to, .. } => matches!(to, CastTo::Decimal(_)),
            Expr::Func { func, .. } => is_exact(*func),
            _ => false,
        };
    };
    walk(expr, &mut look, &mut |_| ());
    found
}

/// Whether a function gives an exact decimal, which says by itself that it is one.
pub(super) fn is_exact(func: Func) -> bool {
    matches!(
        func,
        Func::Exact
            | Func::DecimalAdd
            | Func::DecimalSub
            | Func::DecimalMul
            | Func::DecimalRound
            | Func::DecimalCeil
            | Func::DecimalFloor
            | Func::DecimalAbs
    )
}

/// Whether the select, or one inside it, reads the table.
pub(super) fn reads(select: &Select, table: &str) -> bool {
    let here = (select
        .from
        .iter()
        .chain(select.joins.iter().map(|j| &j.source)))
    .any(|s| match s {
        From::Table { name, .. } => name == table,
        From::With { table: with, .. } => {
            let step = with.step.as_ref().map(|step| &step.select);
            std::iter::once(&with.select)
                .chain(step)
                .any(|s| reads(s, table))
        }
        _ => false,
    });
    let mut inside = false;
    visit(select, &mut |_| (), &mut |s| inside |= reads(s, table));
    here || inside
}

/// Whether the select reads columns of tables that it does not hold itself.
pub(in crate::dialect) fn correlated(select: &Select) -> bool {
    let mut used = Vec::new();
    let mut held = Vec::new();
    aliases(select, &mut used, &mut held);
    used.iter().any(|a| !held.contains(a))
}

/// Aliases are unique within a statement, so sets of them are enough.
fn aliases(select: &Select, used: &mut Vec<Alias>, held: &mut Vec<Alias>) {
    for source in select
        .from
        .iter()
        .chain(select.joins.iter().map(|j| &j.source))
    {
        held.push(source.alias());
    }
    let mut inner = Vec::new();
    visit(
        select,
        &mut |e| {
            if let Expr::Column { table, .. } = e {
                used.push(*table);
            }
        },
        &mut |s| inner.push(s),
    );
    for select in inner {
        aliases(select, used, held);
    }
}

/// Whether the select reads one table and holds no other select.
pub(crate) fn single_table(select: &Select) -> bool {
    let mut inside = false;
    visit(select, &mut |_| (), &mut |_| inside = true);
    select.joins.is_empty() && matches!(select.from, Some(From::Table { .. })) && !inside
}

/// Whether a select inside the expression reads the table.
pub(crate) fn reads_table(expr: &Expr, table: &str) -> bool {
    let mut found = false;
    walk(expr, &mut |_| (), &mut |s| found |= reads(s, table));
    found
}

/// Whether no select stands in the expression.
pub(crate) fn no_selects(expr: &Expr) -> bool {
    let mut inside = false;
    walk(expr, &mut |_| (), &mut |_| inside = true);
    !inside
}

/// Whether any column in the expression, also in the selects inside it, passes the test.
pub(in crate::dialect) fn any_column(
    expr: &Expr,
    test: &mut dyn FnMut(Alias, &str) -> bool,
) -> bool {
    let mut found = false;
    let mut selects = Vec::new();
    let mut check = |e: &Expr| {
        if let Expr::Column { table, name } = e {
            found |= test(*table, name);
        }
    };
    walk(expr, &mut check, &mut |s| selects.push(s));
    while let Some(select) = selects.pop() {
        let mut inner = Vec::new();
        visit(select, &mut check, &mut |s| inner.push(s));
        selects.extend(inner);
    }
    found
}
