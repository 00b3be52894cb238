//! `GROUP BY ROLLUP(a, b)`, as the page "CUBE and ROLLUP" of SingleStore's reference has it, in MariaDB's
//! words: `GROUP BY a, b WITH ROLLUP`.

use crate::sql::{Edits, Sql};

pub(super) fn rewrite(sql: &Sql, edits: &mut Edits) {
    for i in 0..sql.len() {
        if !sql.words(i, "GROUP BY ROLLUP") || !sql.symbol(i + 3, "(") {
            continue;
        }
        let close = sql.close(i + 3);
        // Beside further terms MariaDB has no such words, and says so.
        if close < sql.len() {
            edits.replace(sql.start(i + 2)..sql.end(i + 3), "");
            edits.replace(sql.start(close)..sql.end(close), " WITH ROLLUP");
        }
    }
}
