//! The nearest vectors by a vector index.
//!
//! A server takes the index for `ORDER BY distance LIMIT k` with nothing else to order by, which is no
//! total order. So the index finds the rows in a derived table, and around it they are ordered by
//! their distance and their key. Source: SingleStore documentation, Vector Indexing.

use super::{Result, Writer, same};
use crate::ast::{Expr, Func, Name, Order, Select, SelectItem, VectorSearch};
use crate::dialect::RenderError;
use crate::value::Value;

/// The expression without what it says of the search.
pub(super) fn plain(expr: &Expr) -> &Expr {
    match expr {
        Expr::Func {
            func: Func::Nearest(_),
            args,
        } => args.first().unwrap_or(expr),
        expr => expr,
    }
}

fn search_of(order: &Order) -> Option<VectorSearch> {
    match &order.expr {
        // A named column is that of a derived table: its search is written.
        Expr::Func {
            func: Func::Nearest(search),
            args,
        } if !matches!(args.first(), Some(Expr::Named(_))) => Some(*search),
        _ => None,
    }
}

impl Writer<'_> {
    /// The search by an index that a select asks for. What no index can answer is refused on every
    /// database, so that a query that works on one works on all.
    pub(super) fn nearest_of(&self, select: &Select) -> Result<Option<VectorSearch>> {
        let mut found = select.order_by.iter().map(search_of);
        let first = found.next().flatten();
        if found.flatten().next().is_some() {
            return Err(self.no_search(
                "an order by `nearest` behind another order",
                "order by it first, or by the distance alone",
            ));
        }
        let Some(
            search @ VectorSearch::Index {
                descending,
                candidates,
                ..
            },
        ) = first
        else {
            return Ok(None);
        };
        let Some(limit) = select.limit else {
            return Err(self.no_search(
                "an order by `nearest` without a limit",
                "say how many rows with `.limit(…)`, or order by the distance alone",
            ));
        };
        if select
            .order_by
            .first()
            .is_some_and(|o| o.descending != descending)
        {
            return Err(self.no_search(
                "the last rows by `nearest`",
                "an index finds the nearest alone: order by the distance for the farthest",
            ));
        }
        if select.distinct || !select.group_by.is_empty() {
            return Err(self.no_search(
                "an order by `nearest` with DISTINCT or groups",
                "find the rows by a query of their own, and group those whose key is in it",
            ));
        }
        let wanted = limit.saturating_add(select.offset.unwrap_or(0));
        if candidates.is_some_and(|k| u64::from(k) < wanted) {
            return Err(self.no_search(
                "fewer candidates than rows",
                &format!("the limit and offset ask for {wanted} rows: let the index find as many with `.candidates({wanted})`"),
            ));
        }
        // Elsewhere each vector is compared.
        let indexed = self.d.features().vector_index;
        Ok(indexed.then_some(search))
    }

    fn no_search(&self, class: &'static str, hint: &str) -> RenderError {
        RenderError::UnsupportedQueryShape {
            dialect: self.d.dialect().name(),
            class,
            hint: hint.to_owned(),
        }
    }

    /// A select whose rows a vector index finds.
    pub(super) fn nearest(&mut self, select: &Select, search: VectorSearch) -> Result {
        if select.lock.is_some() {
            return Err(self.no_search(
                "FOR UPDATE with `nearest`",
                "find the keys first, then lock the rows by their keys",
            ));
        }
        let mut inner = select.clone();
        for (i, item) in inner.columns.iter_mut().enumerate() {
            item.expr = plain(&item.expr).clone();
            item.alias = Some(name(i));
        }
        let mut terms = Vec::with_capacity(select.order_by.len());
        for order in &select.order_by {
            let expr = plain(&order.expr);
            let known = same(inner.columns.iter().map(|c| &c.expr), expr);
            let at = known.unwrap_or_else(|| {
                inner.columns.push(SelectItem {
                    expr: expr.clone(),
                    alias: Some(name(inner.columns.len())),
                });
                inner.columns.len() - 1
            });
            terms.push((at, order.descending));
        }
        let (nearest, descending) = terms.first().copied().unwrap_or_default();
        inner.order_by = vec![Order {
            expr: Expr::Func {
                func: Func::Nearest(search),
                args: vec![Expr::Named(name(nearest))],
            },
            descending,
        }];
        inner.limit = select
            .limit
            .map(|n| n.saturating_add(select.offset.unwrap_or(0)));
        inner.offset = None;
        inner.options = None;
        let alias = self.wrap_alias();
        self.push("SELECT ");
        if select.columns.is_empty() {
            self.push("1 AS ");
            self.name("c0");
        }
        for (i, item) in select.columns.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.of_found(&alias, i);
            self.push(" AS ");
            self.label(item, i);
        }
        self.push(" FROM (");
        self.body(&inner)?;
        self.push(") AS ");
        self.push(&alias);
        self.push(" ORDER BY ");
        self.list(&terms, |w, (at, descending)| {
            w.of_found(&alias, *at);
            if *descending {
                w.push(" DESC");
            }
            Ok(())
        })?;
        self.limit(select.limit, select.offset);
        Ok(())
    }

    /// A column of what was found.
    fn of_found(&mut self, alias: &str, at: usize) {
        self.push(alias);
        self.push(".");
        self.name(&name(at));
    }

    /// The name that an item has in the result.
    fn label(&mut self, item: &SelectItem, at: usize) {
        match (&item.alias, &item.expr) {
            (Some(label), _) => self.name(label),
            (None, Expr::Column { name, .. } | Expr::Named(name)) => self.name(name),
            (None, _) => self.name(&format!("c{at}")),
        }
    }

    /// A term of an order with what it says of the search; the direction comes behind it.
    pub(super) fn nearest_term(
        &mut self,
        search: VectorSearch,
        args: &[Expr],
        columns: &[SelectItem],
    ) -> Result {
        let Some(expr) = args.first() else {
            return Ok(());
        };
        if !self.d.features().vector_index {
            return self.term(expr, columns);
        }
        self.expr(expr)?;
        let VectorSearch::Index {
            candidates,
            nprobe,
            ef,
            ..
        } = search
        else {
            self.push(" USE INDEX ()");
            return Ok(());
        };
        let options = [("k", candidates), ("nprobe", nprobe), ("ef", ef)];
        let given = options
            .iter()
            .filter_map(|(key, n)| Some(format!("\"{key}\":{}", (*n)?)));
        let given: Vec<String> = given.collect();
        if given.is_empty() {
            return Ok(());
        }
        self.push(" SEARCH_OPTIONS ");
        self.literal(&Value::Text(format!("{{{}}}", given.join(","))))
    }
}

fn name(at: usize) -> Name {
    format!("n{at}").into()
}
