//! Random queries, each with how it is run.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use orm::dialect::{Dialect, Sql};
use orm::prelude::*;
use orm::query::{OrderBy, QuerySet};

use crate::cells::{Answer, Cell, answer, same};
use crate::choices::Choices;
use crate::expressions::{F, Generator};
use crate::model::{Sale, Shop};

/// What runs a query on a database.
pub(crate) type Run =
    Box<dyn for<'a> Fn(&'a Db) -> Pin<Box<dyn Future<Output = Result<Answer>> + 'a>>>;

/// What spells it.
pub(crate) type Spelled = Box<dyn Fn(&dyn Dialect) -> Result<Sql>>;

pub(crate) struct Made {
    /// The kind of query.
    pub(crate) kind: &'static str,
    pub(crate) run: Run,
    /// The SQL that is looked at when it fails.
    pub(crate) sql: Spelled,
}

/// A query as it is run, and as SQL.
pub(crate) fn made<Q: 'static>(
    kind: &'static str,
    query: Q,
    sql: impl Fn(&Q, &dyn Dialect) -> Result<Sql> + 'static,
    run: impl AsyncFn(&Q, &Db) -> Result<Answer> + 'static,
) -> Made {
    let query = Rc::new(query);
    let (shown, both) = (Rc::clone(&query), Rc::new((query, run)));
    Made {
        kind,
        run: Box::new(move |db| {
            let both = Rc::clone(&both);
            Box::pin(async move { (both.1)(&both.0, db).await })
        }),
        sql: Box::new(move |dialect| sql(&shown, dialect)),
    }
}

/// Something that must hold on every database does not.
pub(crate) fn broken(what: impl Into<String>) -> Error {
    Error::Usage(what.into())
}

pub(crate) fn query(choices: &mut Choices) -> Made {
    let mut generator = Generator { choices };
    match generator.below(23) {
        0..=4 => generator.rows(),
        5 => generator.distinct(),
        6 => generator.objects(),
        7 => generator.annotated(),
        8 => generator.combined(),
        9 => generator.pages(),
        10 => generator.complement(),
        11 => generator.firsts(),
        12 => generator.prefetched(),
        13 => generator.locked(),
        14..=16 => generator.grouped(),
        17 => generator.whole(),
        18 => generator.windowed(),
        19 => generator.derived(),
        20 => generator.updated(),
        21 => generator.upserted(),
        _ => generator.deleted(),
    }
}

impl Generator<'_> {
    /// A term of an order, of any type.
    fn term(&mut self, f: &F, d: u32) -> OrderBy<Sale> {
        macro_rules! way {
            ($expr:expr) => {{
                let expr = $expr;
                match self.one_in(2) {
                    true => expr.desc(),
                    false => expr.asc(),
                }
            }};
        }
        match self.below(8) {
            0 => way!(self.int(f, d)),
            1 | 2 => way!(self.decimal(f, d)),
            3 => way!(self.text(f, d)),
            4 => way!(self.day(f, d)),
            5 => way!(self.instant(f, d)),
            6 => way!(self.boolean(f, d)),
            _ => way!(self.float(f, d)),
        }
    }

    /// Sales in an order, now and then a part of them.
    pub(crate) fn ordered(&mut self, d: u32) -> QuerySet<Sale> {
        let terms = self.below(3);
        let query = self.filtered(d).order_by(|f| {
            let terms: Vec<OrderBy<Sale>> = (0..terms).map(|_| self.term(f, d.min(2))).collect();
            terms
        });
        match self.below(4) {
            0 => query.limit(u64::from(self.below(5)) + 1),
            1 => query.limit(4).offset(u64::from(self.below(3))),
            _ => query,
        }
    }

    /// One expression of each type.
    fn rows(&mut self) -> Made {
        let query = self.ordered(3).select(|f| {
            (
                f.id(),
                self.int(f, 3),
                self.rough(f, 2),
                self.decimal(f, 3),
                self.text(f, 3),
                self.day(f, 2),
                self.instant(f, 2),
                self.boolean(f, 2),
            )
        });
        made(
            "rows",
            query,
            |q, d| q.to_sql(d),
            async |q, db| Ok(answer(q.all(db).await?)),
        )
    }

    fn distinct(&mut self) -> Made {
        let query = self.filtered(2);
        let bounds = (self.one_in(2), u64::from(self.below(2)));
        let limited = move |n: u64| (n + 2, bounds.1);
        macro_rules! of {
            ($($expr:ident)*) => {{
                let mut query = query.select(|f| ($(self.$expr(f, 2),)*)).distinct();
                if bounds.0 {
                    let (limit, offset) = limited(1);
                    query = query.limit(limit).offset(offset);
                }
                made("distinct", query, |q, d| q.to_sql(d), async |q, db| {
                    Ok(answer(q.all(db).await?))
                })
            }};
        }
        match self.below(5) {
            0 => of!(int),
            1 => of!(decimal boolean),
            2 => of!(text day),
            3 => of!(decimal text),
            _ => of!(instant int),
        }
    }

    fn objects(&mut self) -> Made {
        let query = (self.ordered(3), self.ordered_whole(2));
        made(
            "objects",
            query,
            |q, d| q.0.to_sql(d),
            async |(q, whole), db| {
                let all = q.all(db).await?;
                if q.count(db).await? != all.len() as u64 {
                    return Err(broken("the count is another"));
                }
                if q.exists(db).await? == all.is_empty() {
                    return Err(broken("whether there are rows is another answer"));
                }
                let first = q.first(db).await?.map(|sale| sale.id);
                if first != all.first().map(|sale| sale.id) {
                    return Err(broken("the first is another"));
                }
                let last = whole.last(db).await?.map(|sale| sale.id);
                if last != whole.all(db).await?.last().map(|sale| sale.id) {
                    return Err(broken("the last is another"));
                }
                let (mut streamed, mut rows) = (Vec::new(), q.stream(db).await?);
                while let Some(sale) = rows.next().await? {
                    streamed.push(sale);
                }
                let (all, streamed) = (answer(all), answer(streamed));
                match same(&all, &streamed) {
                    true => Ok(all),
                    false => Err(broken("the stream has other rows")),
                }
            },
        )
    }

    fn annotated(&mut self) -> Made {
        let query = self.ordered(2).annotate(|f| self.decimal(f, 3));
        made(
            "annotated",
            query,
            |q, d| q.to_sql(d),
            async |q, db| {
                let rows = q.all(db).await?.into_iter();
                Ok(answer(rows.map(|(sale, value)| (sale.id, value)).collect()))
            },
        )
    }

    fn combined(&mut self) -> Made {
        let (one, other) = (self.ordered(2), self.ordered(2));
        let op = self.below(4);
        let limit = self.one_in(3);
        macro_rules! of {
            ($($expr:ident)*) => {{
                let one = one.select(|f| ($(self.$expr(f, 2),)*));
                let other = other.select(|f| ($(self.$expr(f, 2),)*));
                let mut query = match op {
                    0 => one.union(&other),
                    1 => one.union_all(&other),
                    2 => one.intersection(&other),
                    _ => one.difference(&other),
                };
                if limit {
                    query = query.limit(3).offset(1);
                }
                made("combined", query, |q, d| q.to_sql(d), async |q, db| {
                    Ok(answer(q.all(db).await?))
                })
            }};
        }
        match self.below(4) {
            0 => of!(int text),
            1 => of!(decimal boolean),
            2 => of!(decimal day),
            _ => of!(text instant),
        }
    }

    /// Pages one after the other are the whole.
    fn pages(&mut self) -> Made {
        let query = self.ordered_whole(2);
        let size = u64::from(self.below(3)) + 1;
        made(
            "pages",
            query,
            |q, d| q.to_sql(d),
            async move |q, db| {
                let all = answer(q.all(db).await?);
                let (mut seen, mut cursor) = (Vec::new(), None::<String>);
                loop {
                    let page = q.page_after(cursor.as_deref(), size).all(db).await?;
                    seen.extend(answer(page.rows));
                    cursor = page.next;
                    if cursor.is_none() || seen.len() > all.len() {
                        break;
                    }
                }
                if !same(&seen, &all) {
                    return Err(broken("the pages are not the whole"));
                }
                let (mut seen, mut cursor) = (Vec::new(), None::<String>);
                loop {
                    let page = q.page_before(cursor.as_deref(), size).all(db).await?;
                    seen.splice(0..0, answer(page.rows));
                    cursor = page.previous;
                    if cursor.is_none() || seen.len() > all.len() {
                        break;
                    }
                }
                match same(&seen, &all) {
                    true => Ok(all),
                    false => Err(broken("the pages backwards are not the whole")),
                }
            },
        )
    }

    /// A row meets a condition or its complement, never both.
    fn complement(&mut self) -> Made {
        // The condition is made twice, by the same choices.
        let before = self.choices.clone();
        let some = Sale::objects().filter(|f| self.condition(f, 3));
        let after = std::mem::replace(self.choices, before);
        let others = Sale::objects().exclude(|f| self.condition(f, 3));
        *self.choices = after;
        made(
            "complement",
            (some, others),
            |q, d| q.1.to_sql(d),
            async |(some, others), db| {
                let mut ids = some.clone().select(|f| f.id()).all(db).await?;
                ids.extend(others.clone().select(|f| f.id()).all(db).await?);
                let found = answer(ids.clone());
                ids.sort_unstable();
                let all = Sale::objects().select(|f| f.id()).all(db).await?;
                match ids == all {
                    true => Ok(found),
                    false => Err(broken(
                        "not each row meets either the condition or its complement",
                    )),
                }
            },
        )
    }

    fn firsts(&mut self) -> Made {
        let query = self.ordered_whole(2);
        let query = match self.below(3) {
            0 => query.distinct_on(|f| self.decimal(f, 1)),
            1 => query.distinct_on(|f| (f.shop().name(), self.boolean(f, 1))),
            _ => query.distinct_on(|f| self.int(f, 1)),
        };
        made(
            "firsts",
            query,
            |q, d| q.to_sql(d),
            async |q, db| Ok(answer(q.all(db).await?)),
        )
    }

    /// Shops with some of their sales, and the sales with their tags.
    fn prefetched(&mut self) -> Made {
        let sales = self.ordered_part();
        let query = Shop::objects().prefetch(|s| s.sales().query(|_| sales.prefetch(|x| x.tags())));
        made(
            "prefetched",
            query,
            |q, d| q.to_sql(d),
            async |q, db| {
                let mut rows = Answer::new();
                for shop in q.all(db).await? {
                    let mut row = vec![Cell::Exact(shop.id.to_string())];
                    for sale in shop.sales.get()? {
                        row.push(Cell::Exact(sale.id.to_string()));
                        let tags = sale.tags.get()?.iter();
                        row.extend(tags.map(|tag| Cell::Exact(tag.word.clone())));
                    }
                    rows.push(row);
                }
                Ok(rows)
            },
        )
    }

    /// Sales in an order, all of them.
    fn ordered_whole(&mut self, d: u32) -> QuerySet<Sale> {
        let terms = self.below(3);
        self.filtered(d).order_by(|f| {
            let terms: Vec<OrderBy<Sale>> = (0..terms).map(|_| self.term(f, 1)).collect();
            terms
        })
    }

    fn ordered_part(&mut self) -> QuerySet<Sale> {
        let query = self.ordered_whole(2);
        match self.below(3) {
            0 => query,
            1 => query.limit(2),
            _ => query.limit(1).offset(1),
        }
    }

    /// Rows that are locked are those that would be read.
    fn locked(&mut self) -> Made {
        let query = self.ordered(2);
        made(
            "locked",
            query,
            |q, d| q.to_sql(d),
            async |q, db| {
                let all = answer(q.all(db).await?);
                let tx = db.begin().await?;
                let locked = q.clone().for_update().all(&tx).await;
                tx.rollback().await?;
                match same(&all, &answer(locked?)) {
                    true => Ok(all),
                    false => Err(broken("other rows are locked")),
                }
            },
        )
    }
}
