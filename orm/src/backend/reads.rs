//! What a statement's text tells of what it does: whether it may run elsewhere, or twice.

use super::instrument::first_word;

/// Whether a statement only reads, so that it may go to a connection that does not write, and be
/// sent again when the first one was lost.
pub(crate) fn only_reads(sql: &str) -> bool {
    let word = first_word(sql);
    let is = |w: &str| word.eq_ignore_ascii_case(w);
    is("select") || is("values") || is("explain") || (is("with") && !writes(sql))
}

/// Whether a statement may lock rows: that has no meaning on a copy of the database. A text in it
/// that says so counts too.
pub(crate) fn may_lock(sql: &str) -> bool {
    let says = |what: &str| {
        sql.as_bytes()
            .windows(what.len())
            .any(|part| part.eq_ignore_ascii_case(what.as_bytes()))
    };
    says("for update") || says("for share") || says("in share mode")
}

/// Whether a statement that begins with WITH may write. A word of a text in it counts too: then it
/// only reads on the connection that writes.
fn writes(sql: &str) -> bool {
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| {
            ["insert", "update", "delete", "replace"]
                .iter()
                .any(|w| word.eq_ignore_ascii_case(w))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_told_from_writes() {
        for sql in [
            "SELECT 1",
            "(select 1) UNION (select 2)",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "VALUES (1)",
        ] {
            assert!(only_reads(sql), "{sql}");
        }
        for sql in [
            "INSERT INTO t VALUES (1) RETURNING id",
            "WITH a AS (SELECT 1) DELETE FROM t",
            "SHOW TABLES",
            "",
        ] {
            assert!(!only_reads(sql), "{sql}");
        }
    }

    #[test]
    fn locks_are_seen() {
        assert!(may_lock(
            "SELECT id FROM t ORDER BY id FOR UPDATE SKIP LOCKED"
        ));
        assert!(may_lock("select id from t lock in share mode"));
        assert!(!may_lock("SELECT updated FROM t"));
    }
}
