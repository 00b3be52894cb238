//! The objects of each row as a query of their own: aggregates over them, and conditions on some.

use super::{Link, Pairs, ToMany, link};
use crate::ast::{Alias, BinaryOp, Expr, From, JoinKind, Select, SelectItem};
use crate::model::{Here, Model};
use crate::query::plan::{Extra, Plan, ROOT, key_order};
use crate::query::{Condition, Expression, PerGroup, Pred, QuerySet, Single, exists, scalar};

impl<R: 'static, M: Model> ToMany<R, M> {
    /// A value over the objects of each row: `a.articles().aggregate(|x| x.views().sum())`. Rows are
    /// not multiplied, however many such values stand side by side. Django: `annotate(Sum("articles__views"))`.
    ///
    /// SQL: a subquery, on SingleStore a joined table.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let authors = Author::objects()
    ///     .filter(|a| a.articles().aggregate(|x| x.views().max()).gt(5))
    ///     .annotate(|a| (a.articles().count(), a.articles().aggregate(|x| x.views().sum())))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!((authors[0].1, authors[1].1), ((2, Some(200)), (1, Some(7))));
    /// # Ok(()) }) }
    /// ```
    pub fn aggregate<S: Single<M, PerGroup>>(
        &self,
        value: impl FnOnce(&M::Fields<M, Here>) -> S,
    ) -> Expression<R, S::Type, S::Null> {
        scalar(self.owned().aggregate(value))
    }

    /// The objects of a row of the query around, as a query of their own.
    fn owned(&self) -> QuerySet<M> {
        let mut query = self.query.clone().unwrap_or_default();
        let plan = &mut query.plan;
        if plan.limit.is_some() || plan.offset.is_some() {
            plan.misuse = Some("a limit on the objects of each row: it counts for `prefetch`, not for conditions and aggregates".into());
        }
        let target = M::META.columns;
        let columns: Vec<Expr> = match link(self.owner.meta(), self.relation) {
            Link::Columns(columns) => {
                let own = columns
                    .iter()
                    .map(|&c| Expr::column(ROOT, target[c].column));
                own.collect()
            }
            Link::Pairs(pairs) => vec![plan.join_pairs(&pairs)],
        };
        for (inner, own) in columns.into_iter().zip(self.owner_key()) {
            let own = Expr::Outer(Box::new(own));
            plan.add_filter(Expr::binary(inner, BinaryOp::Eq, own));
        }
        query
    }

    /// One of the objects that the query matches meets the condition.
    pub(super) fn owned_meets<C: Condition<M>>(
        &self,
        condition: Option<impl FnOnce(&M::Fields<M, Here>) -> C>,
        change: impl FnOnce(Pred<M>) -> Pred<M>,
    ) -> Pred<R> {
        let owned = self.owned();
        exists(match condition {
            Some(condition) => owned.filter(|x| change(condition(x).into_pred())),
            None => owned,
        })
    }
}

impl Plan {
    /// Joins the table of pairs, each pair once; hands back its column with the owner's key.
    fn join_pairs(&mut self, pairs: &Pairs) -> Expr {
        let alias = Alias(self.next_alias);
        self.next_alias += 1;
        // An own table of pairs may hold a pair several times.
        let source = if pairs.through.is_some() {
            let inner = Alias(self.next_alias);
            self.next_alias += 1;
            let item = |name: &'static str| SelectItem {
                expr: Expr::column(inner, name),
                alias: Some(name.into()),
            };
            From::Subquery {
                select: Box::new(Select {
                    distinct: true,
                    columns: vec![item(pairs.from), item(pairs.to)],
                    ..Select::from_table(pairs.table, inner)
                }),
                alias,
            }
        } else {
            From::Table {
                name: pairs.table.into(),
                alias,
            }
        };
        let key = self.meta.single_key().map_or("", |k| k.column);
        if self.tie.is_none() {
            self.tie = Some(key_order(self.meta, ROOT).collect());
        }
        self.extra.push(Extra {
            kind: JoinKind::Inner,
            source,
            alias,
            on: Expr::binary(
                Expr::column(alias, pairs.to),
                BinaryOp::Eq,
                Expr::column(ROOT, key),
            ),
        });
        Expr::column(alias, pairs.from)
    }
}
