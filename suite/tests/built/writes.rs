//! Random updates and deletes, which are undone.

use orm::dialect::Dialect;
use orm::prelude::*;
use orm::query::Assignment;

use rust_decimal::Decimal;

use crate::cells::answer;
use crate::expressions::{F, Generator};
use crate::model::{Sale, Shop};
use crate::queries::{Made, made};

impl Generator<'_> {
    fn assignment(&mut self, f: &F, column: u32) -> Assignment<Sale> {
        let d = 2;
        match column {
            0 => f.n().set(self.int(f, d)),
            1 => f.m().set(self.int(f, d).coalesce(f.m())),
            2 => f.x().set(self.float(f, d)),
            // Of what does not fit, nothing is written.
            3 => {
                let (low, high) = (Decimal::from(-5000), Decimal::from(5000));
                f.price().set(self.decimal(f, d).least(high).greatest(low))
            }
            4 => f.s().set(self.text(f, d).left(20).trim_end()),
            5 => f.day().set(self.day(f, d)),
            6 => f.at().set(self.instant(f, d)),
            7 => f.flag().set(self.boolean(f, d)),
            8 => match self.below(4) {
                0 => f.doc().key("a").set(self.int(f, 1)),
                1 => f.doc().key("b").set(self.text(f, 1)),
                2 => f.doc().key("c").item(0).set(self.boolean(f, 1)),
                _ => f.doc().key("new.\"key").set(f.t()),
            },
            _ => match self.below(2) {
                0 => f.doc().key("a").remove(),
                _ => f.doc().key("c").item(1).remove(),
            },
        }
    }

    pub(crate) fn updated(&mut self) -> Made {
        let (one, other) = (self.below(10), self.below(10));
        let query = match self.one_in(3) {
            true => self.ordered(2),
            false => self.filtered(2),
        };
        let both = one.min(8) != other.min(8) && self.one_in(2);
        let query = query.update(|f| {
            let mut all = vec![self.assignment(f, one)];
            if both {
                all.push(self.assignment(f, other));
            }
            all
        });
        made(
            "updated",
            query,
            |q, d| q.to_sql(d),
            async |q, db| {
                let tx = db.begin().await?;
                let done = match q.clone().exec(&tx).await {
                    Ok(_) => Sale::objects().all(&tx).await,
                    Err(error) => Err(error),
                };
                tx.rollback().await?;
                Ok(answer(done?))
            },
        )
    }

    /// Rows of which some are there already.
    pub(crate) fn upserted(&mut self) -> Made {
        let rows: Vec<Shop> = (0..self.below(3) + 1)
            .map(|at| Shop {
                id: i64::from(at * 2 + self.below(2)) + 1,
                name: self.one_in(2).then(|| self.a_text().to_owned()),
                size: self.one_in(2).then(|| i64::from(self.below(9))),
                town: None,
                sales: Reverse::default(),
            })
            .collect();
        let ignore = self.one_in(3);
        let show = |_: &Vec<Shop>, d: &dyn Dialect| Shop::objects().to_sql(d);
        made("upserted", rows, show, async move |rows, db| {
            let tx = db.begin().await?;
            let rows = rows.clone();
            let done = match ignore {
                true => Shop::bulk_create_ignore_conflicts(&tx, rows)
                    .await
                    .map(drop),
                false => {
                    let written = Shop::bulk_create_update_conflicts(
                        &tx,
                        rows,
                        |s| s.id(),
                        |s| (s.name(), s.size()),
                    );
                    written.await.map(drop)
                }
            };
            let rows = match done {
                Ok(()) => Shop::objects().all(&tx).await,
                Err(error) => Err(error),
            };
            tx.rollback().await?;
            Ok(answer(rows?))
        })
    }

    pub(crate) fn deleted(&mut self) -> Made {
        let query = match self.one_in(3) {
            true => self.ordered(2),
            false => self.filtered(3),
        };
        made(
            "deleted",
            query,
            |q, d| q.to_sql(d),
            async |q, db| {
                let tx = db.begin().await?;
                let done = match q.delete(&tx).await {
                    Ok(_) => Sale::objects().all(&tx).await,
                    Err(error) => Err(error),
                };
                tx.rollback().await?;
                Ok(answer(done?))
            },
        )
    }
}
