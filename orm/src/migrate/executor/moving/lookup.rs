//! Side tables of lookups, filled part by part.

use super::{Mover, Stop};
use crate::ast::KeyRange;
use crate::migrate::LookupFill;
use crate::migrate::executor::prepare::SHOWN;
use crate::migrate::probe;

impl Mover<'_> {
    /// Notes every value of a table in its side table. Rows that others write meanwhile, by programs
    /// that know the lookup or not, are looked for at the end.
    pub(in crate::migrate::executor) async fn lookup(&self, fill: &LookupFill) -> Result<(), Stop> {
        let statement = |range| fill.statement(range);
        self.each_part(&fill.from, &fill.key, statement).await?;
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
}
