//! Side tables of lookups, filled part by part.

use std::time::Instant;

use super::{Mover, Next, Stop, range};
use crate::ast::KeyRange;
use crate::migrate::LookupFill;
use crate::migrate::executor::prepare::SHOWN;
use crate::migrate::parts::Part;
use crate::migrate::probe;

impl Mover<'_> {
    /// Notes every value of a table in its side table. Rows that others write meanwhile, by programs
    /// that know the lookup or not, are looked for at the end.
    pub(in crate::migrate::executor) async fn lookup(&self, fill: &LookupFill) -> Result<(), Stop> {
        let parts = self.parts.read().await?;
        let mut tally = self.tally(&fill.from, &parts).await?;
        let mut pace = super::Pace::new(self.part_rows);
        let mut next = Next::behind(&parts, &fill.key);
        if let Some(open) = parts.last().filter(|p| !p.done) {
            self.note_part(fill, open, true).await?;
        }
        while let Some(range) = self.next(&fill.from, &mut next, &pace).await? {
            let begun = Instant::now();
            let part = Part {
                number: next.number,
                after: range.after,
                upto: range.upto,
                rows: 0,
                sum: String::new(),
                done: false,
            };
            let rows = self.note_part(fill, &part, false).await?;
            next.follow(&part);
            pace.took(begun.elapsed());
            tally.add(rows, self);
        }
        if probe::unnoted(self.db, fill).await? == 0 {
            return Ok(());
        }
        // Rows that came behind the parts; what is left then is taken by another row.
        self.execute(&fill.statement(KeyRange::default())).await?;
        let left = probe::unnoted(self.db, fill).await?;
        if left == 0 {
            return Ok(());
        }
        let values = probe::duplicates(self.db, &fill.from, &fill.column, SHOWN + 1).await?;
        if values.is_empty() {
            return Err(Stop::Unequal(format!(
                "{left} rows of {} are not noted in {}, although no two have the same {}; if others write to it all the time, run migrate when they do less",
                fill.from, fill.to, fill.column
            )));
        }
        // Whoever mends the rows may keep others than those noted now.
        self.delete(&fill.to, KeyRange::default()).await?;
        self.parts.clear().await?;
        Err(Stop::Duplicates {
            table: fill.from.clone(),
            column: fill.column.clone(),
            values,
        })
    }

    async fn note_part(&self, fill: &LookupFill, part: &Part, again: bool) -> Result<u64, Stop> {
        self.lock.check().await.map_err(Stop::LockLost)?;
        self.parts.started(part, again).await?;
        let statement = fill.statement(range(&fill.key, part));
        let rows = self.execute(&statement).await?;
        let moved = Part {
            rows,
            ..part.clone()
        };
        self.parts.done(&moved).await?;
        Ok(rows)
    }
}
