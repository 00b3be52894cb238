//! Hints of vector indexes behind a term of ORDER BY: taken out, as MariaDB compares each vector.

use crate::sql::{Edits, Sql, order_hint, order_terms};

pub(super) fn rewrite(sql: &Sql, edits: &mut Edits) {
    if !["SEARCH_OPTIONS", "USE INDEX", "USE KEY"]
        .iter()
        .any(|w| sql.text.contains(w))
    {
        return;
    }
    for i in 0..sql.len() {
        if !sql.words(i, "ORDER BY") {
            continue;
        }
        let end = (i..sql.len()).find(|end| sql.symbol(*end, ")") && sql.tokens[*end].pair < i);
        for (from, to) in order_terms(sql, i, end.unwrap_or(sql.len())).1 {
            if let Some((from, to)) = order_hint(sql, from, to) {
                edits.replace(sql.start(from)..sql.end(to - 1), "");
            }
        }
    }
}
