//! Random queries of groups, windows and derived tables.

use orm::prelude::*;
use orm::query::{
    Bound, OrderBy, Window, count, cume_dist, dense_rank, ntile, percent_rank, rank, row_number,
    window,
};
use rust_decimal::Decimal;

use crate::cells::answer;
use crate::expressions::{F, Generator};
use crate::model::Sale;
use crate::queries::{Made, made};

impl Generator<'_> {
    pub(crate) fn grouped(&mut self) -> Made {
        let query = self.filtered(2);
        let d = self.below(2) + 1;
        macro_rules! shown {
            ($groups:expr) => {
                made(
                    "grouped",
                    $groups,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            };
        }
        macro_rules! of {
            ($($key:ident)*) => {{
                let groups = query.group_by(|f| ($(self.$key(f, d),)*));
                let having = self.below(6);
                let value = self.a_decimal();
                let groups = match having {
                    0 => groups.having(|f| self.decimal(f, 1).min().gt(value)),
                    1 => groups.having(|f| f.cost().max().gt(self.decimal(f, 1).min())),
                    2 => groups.having(|f| self.decimal(f, d).sum().lte(value)),
                    3 => groups.having(|f| self.text(f, 1).max().ne("b")),
                    _ => groups,
                };
                let groups = match self.below(6) {
                    0 => groups.order_by(|f| self.decimal(f, 1).min().desc()),
                    1 => groups.order_by(|f| self.decimal(f, d).sum().asc()),
                    2 => groups.order_by(|f| self.text(f, 1).min().desc()),
                    3 => groups.order_by(|f| self.decimal(f, 1).avg().round(2).asc()),
                    _ => groups,
                };
                let groups = match self.below(4) {
                    0 => groups.limit(3).offset(1),
                    _ => groups,
                };
                match self.below(3) {
                    0 => {
                        let groups = groups.aggregate(|f| {
                            (
                                count(),
                                self.decimal(f, 2).sum(),
                                self.decimal(f, 2).min(),
                                self.decimal(f, 1).max().filter(self.condition(f, 1)),
                            )
                        });
                        shown!(groups)
                    }
                    1 => {
                        let groups = groups.aggregate(|f| {
                            (
                                self.text(f, 2).max(),
                                self.joined(f),
                                self.day(f, 2).min(),
                                count().filter(self.condition(f, 2)),
                            )
                        });
                        shown!(groups)
                    }
                    _ => {
                        let groups = groups.aggregate(|f| {
                            (
                                self.decimal(f, 2).count_distinct(),
                                self.int(f, 2).sum() + self.int(f, 1).max(),
                                self.decimal(f, 1).max() - self.decimal(f, 1).min(),
                                self.decimal(f, 1).sum().coalesce(value),
                            )
                        });
                        shown!(groups)
                    }
                }
            }};
        }
        match self.below(7) {
            0 => of!(int),
            1 => of!(decimal),
            2 => of!(text boolean),
            3 => of!(day),
            4 => of!(decimal text),
            5 => of!(instant),
            _ => of!(boolean int),
        }
    }

    /// Aggregates over all rows.
    pub(crate) fn whole(&mut self) -> Made {
        let query = self.filtered(2);
        match self.below(4) {
            0 => {
                let query = query.aggregate(|f| {
                    (
                        self.decimal(f, 2).sum(),
                        self.decimal(f, 2).min(),
                        self.decimal(f, 2).max().filter(self.condition(f, 1)),
                        self.decimal(f, 1).avg().round(2),
                        self.decimal(f, 2).count_distinct(),
                    )
                });
                made(
                    "whole",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(vec![q.get(db).await?])),
                )
            }
            1 => {
                let query = query.aggregate(|f| {
                    (
                        self.text(f, 2).min().filter(self.condition(f, 1)),
                        self.text(f, 2).count_distinct(),
                        self.day(f, 2).max(),
                        self.instant(f, 2).min(),
                        self.int(f, 2).sum().filter(self.condition(f, 1)),
                        self.joined(f),
                    )
                });
                made(
                    "whole",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(vec![q.get(db).await?])),
                )
            }
            2 => {
                let query = query.aggregate(|f| {
                    (
                        self.float(f, 1).std_dev_sample(),
                        self.int(f, 1).variance(),
                        self.int(f, 2).avg(),
                        self.int(f, 1).all_bits(),
                        self.int(f, 1).odd_bits(),
                        self.decimal(f, 1).std_dev(),
                    )
                });
                made(
                    "whole",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(vec![q.get(db).await?])),
                )
            }
            _ => {
                let query = query.aggregate(|f| {
                    (
                        self.decimal(f, 2).sum().distinct(),
                        self.text(f, 1).join("|").distinct(),
                        self.int(f, 1).sum().distinct(),
                        self.boolean(f, 1).max(),
                    )
                });
                made(
                    "whole",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(vec![q.get(db).await?])),
                )
            }
        }
    }

    /// Texts one after the other, in an order.
    pub(crate) fn joined(
        &mut self,
        f: &F,
    ) -> orm::query::Expression<Sale, String, orm::model::Maybe, orm::query::PerGroup> {
        let text = self.text(f, 1);
        let order: OrderBy<Sale> = match self.below(6) {
            0 => self.int(f, 1).desc(),
            1 => self.decimal(f, 1).asc(),
            2 => self.decimal(f, 1).desc(),
            3 => self.day(f, 1).asc(),
            4 => self.text(f, 1).desc(),
            _ => self.float(f, 1).asc(),
        };
        let joined = text.join_by("-", order);
        match self.one_in(3) {
            true => joined.filter(self.condition(f, 1)),
            false => joined,
        }
    }

    fn frame(&mut self, f: &F) -> Window<Sale> {
        let mut over = window();
        over = match self.below(5) {
            0 => over.partition_by(self.decimal(f, 1)),
            1 => over.partition_by((self.boolean(f, 1), self.text(f, 1))),
            2 => over.partition_by(self.int(f, 1)),
            _ => over,
        };
        over = match self.below(5) {
            0 => over.order_by((self.decimal(f, 2).desc(), f.id())),
            1 => over.order_by((self.text(f, 2).asc(), f.id().desc())),
            2 => over.order_by((self.day(f, 1).asc(), f.id())),
            _ => over.order_by((self.int(f, 1).asc(), f.id())),
        };
        over
    }

    fn rows_of(&mut self, over: Window<Sale>) -> Window<Sale> {
        let ends = [
            (Bound::Preceding(1), Bound::Current),
            (Bound::Unbounded, Bound::Unbounded),
            (Bound::Current, Bound::Unbounded),
            (Bound::Preceding(2), Bound::Preceding(1)),
            (Bound::Following(1), Bound::Following(2)),
            (Bound::Preceding(1), Bound::Following(1)),
        ];
        match self.one_in(2) {
            true => {
                let (from, to) = self.choices.pick(&ends);
                over.rows(from, to)
            }
            false => over,
        }
    }

    pub(crate) fn windowed(&mut self) -> Made {
        let query = self.ordered(2);
        match self.below(3) {
            0 => {
                let query = query.select(|f| {
                    let (a, b) = (self.frame(f), self.frame(f));
                    let framed = self.rows_of(b.clone());
                    (
                        f.id(),
                        row_number().over(a.clone()),
                        rank().over(b.clone()),
                        dense_rank().over(a.clone()),
                        percent_rank().over(b.clone()),
                        cume_dist().over(a),
                        ntile(self.below(3) + 1).over(b),
                        self.int(f, 1).sum().over(framed),
                    )
                });
                made(
                    "windowed",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
            1 => {
                let query = query.select(|f| {
                    let a = self.frame(f);
                    let framed = self.rows_of(a.clone());
                    (
                        f.id(),
                        self.decimal(f, 1).lag(1).over(a.clone()),
                        self.text(f, 1).lead(self.below(2) + 1).over(a),
                        self.decimal(f, 1).first_value().over(framed.clone()),
                        self.day(f, 1).last_value().over(framed.clone()),
                        self.int(f, 1).nth_value(2).over(framed.clone()),
                        self.decimal(f, 1).min().over(framed.clone()),
                        self.text(f, 1).max().over(framed),
                    )
                });
                made(
                    "windowed",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
            // The best of each part, by a condition on the derived table.
            _ => {
                let query = query
                    .select(|f| {
                        let over = self.frame(f);
                        let value = self.decimal(f, 1).max().over(over.clone());
                        (f.id(), self.decimal(f, 1), row_number().over(over), value)
                    })
                    .as_table()
                    .filter(|(_, _, number, _)| number.lte(2_i64))
                    .order_by(|(_, _, _, value)| value.desc())
                    .select(|(id, own, number, value)| (id, own, number, value));
                made(
                    "windowed table",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
        }
    }

    /// A query on the result of another.
    pub(crate) fn derived(&mut self) -> Made {
        let query = self.ordered(2);
        let table = query
            .select(|f| (f.id(), self.decimal(f, 2), self.text(f, 2), self.int(f, 2)))
            .as_table();
        let value: Decimal = self.a_decimal();
        let table = match self.below(4) {
            0 => table.filter(|(_, price, _, _)| price.gt(value)),
            1 => table.exclude(|(_, price, _, _)| price.lte(value)),
            2 => table.filter(|(_, price, _, _)| price.coalesce(value).eq(value)),
            _ => table,
        };
        match self.below(4) {
            0 => {
                let query = table
                    .order_by(|(_, price, text, _)| (price.desc(), text.asc()))
                    .select(|(id, price, text, n)| (id, price, text, n));
                made(
                    "derived",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
            1 => {
                let query =
                    table
                        .group_by(|(_, price, _, _)| price)
                        .aggregate(|(id, price, text, _)| {
                            (id.count(), price.max(), text.min(), price.sum())
                        });
                made(
                    "derived groups",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
            2 => {
                let query = table
                    .named("chosen")
                    .select(|(id, price, text, n)| (id, price.round(1), text.upper(), n));
                made(
                    "named",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
            _ => {
                let query = Sale::objects()
                    .left_join(table.named("chosen"), |(s, (id, ..))| id.eq(s.n()))
                    .select(|(s, (id, price, text, _))| (s.id(), id, price, text));
                made(
                    "joined",
                    query,
                    |q, d| q.to_sql(d),
                    async |q, db| Ok(answer(q.all(db).await?)),
                )
            }
        }
    }
}
