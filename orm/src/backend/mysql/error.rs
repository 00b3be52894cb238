//! Errors of servers that speak the MySQL protocol, by number, then by text, then by SQLSTATE.
//!
//! The numbers are MySQL's; SingleStore's and MariaDB's own stand beside them.

use mysql_async::{DriverError, Error, ServerError};

use crate::backend::topology::{ON_CHILDREN, OUTSIDE, says_refused};
use crate::backend::{DbError, DbErrorKind, RetryCause};

/// Classifies an error of a statement.
pub(super) fn classify(error: Error, sql: Option<&str>) -> DbError {
    let out = match error {
        Error::Server(error) => server(error),
        Error::Io(_) | Error::Driver(DriverError::ConnectionClosed) => DbError::new(
            DbErrorKind::ConnectionLost,
            format!("the connection to the server was lost: {error}; whether the statement took effect is not known"),
        )
        .with_source(error),
        Error::Driver(DriverError::PacketTooLarge) => DbError::new(
            DbErrorKind::DataTooLong { column: None },
            "the statement is larger than the server's max_allowed_packet: send it in parts or raise that",
        )
        .with_source(error),
        other => DbError::new(DbErrorKind::Other, other.to_string()).with_source(other),
    };
    match sql {
        Some(sql) => out.with_statement(sql),
        None => out,
    }
}

/// An error while connecting: names the place, never the password.
pub(super) fn connecting(error: Error, place: &str) -> DbError {
    if let Some(failed) = super::tls::failed(&error, place) {
        return failed.with_source(error);
    }
    let mut out = classify(error, None);
    let (kind, way_out) = match out.kind {
        DbErrorKind::Auth => (DbErrorKind::Auth, "check user and password in the URL"),
        DbErrorKind::NoSuchObject => (DbErrorKind::NoSuchObject, "create the database first"),
        DbErrorKind::Resource => (
            DbErrorKind::Resource,
            "the server has too many connections: lower pool_max or raise its limit",
        ),
        _ => (
            DbErrorKind::Unreachable,
            "check host and port, and that the server runs",
        ),
    };
    // Told before the kind changes, by which `text` knows what to leave out.
    let why = text(&out);
    out.kind = kind;
    out.message = format!("cannot connect to {place}: {why}: {way_out}");
    out
}

/// The cause without the sentence about a statement, of which there is none yet.
fn text(error: &DbError) -> String {
    match (&error.kind, std::error::Error::source(error)) {
        (DbErrorKind::ConnectionLost, Some(source)) => {
            // The driver's own layers each say once more that it was input or output.
            let mut cause = source;
            while let Some(next) = cause.source() {
                cause = next;
            }
            cause.to_string()
        }
        _ => error.message.clone(),
    }
}

fn server(error: ServerError) -> DbError {
    let mut message = inner(&error.message).to_owned();
    let kind = kind(error.code, &error.state, &message);
    if says_refused(&message) {
        message.push_str(OUTSIDE);
    }
    DbError::new(kind, message)
        .with_code(error.code.into())
        .with_source(Error::Server(error))
}

/// SingleStore wraps what a leaf says: `Leaf Error (host:port): …`.
fn inner(message: &str) -> &str {
    let strip = || {
        message
            .strip_prefix("Leaf Error (")?
            .split_once("): ")
            .map(|(_, rest)| rest)
    };
    strip().unwrap_or(message)
}

fn kind(code: u16, state: &str, message: &str) -> DbErrorKind {
    use DbErrorKind as K;
    match code {
        1062 | 1586 | 1022 | 1859 => unique(message),
        1048 | 1364 | 1263 | 1566 => K::NotNull {
            table: None,
            column: first_quoted(message),
        },
        1216 | 1217 | 1451 | 1452 | 1761 | 1762 => K::ForeignKey {
            constraint: after(message, "CONSTRAINT "),
        },
        3819 => K::Check {
            constraint: first_quoted(message),
        },
        4025 => K::Check {
            constraint: after(message, "CONSTRAINT "),
        },
        1406 => K::DataTooLong {
            column: column(message),
        },
        1153 | 1301 => K::DataTooLong { column: None },
        1264 | 1265 | 1292 | 1366 | 1367 | 1411 | 1425 | 1426 | 1441 | 1690 | 1365 | 3140
        | 4038 => K::Data {
            column: column(message),
        },
        1205 | 1206 | 1207 | 3572 => K::Retryable(RetryCause::LockTimeout),
        1213 | 1614 | 3058 => K::Retryable(RetryCause::Deadlock),
        1735 | 1777 => K::Retryable(RetryCause::Failover),
        1317 => K::Cancelled,
        1969 | 3024 => K::Timeout,
        1044 | 1045 | 1251 | 1698 | 2628 | 4151 => K::Auth,
        1053
        | 1077
        | 1078
        | 1079
        | 1080
        | 1152
        | 1158..=1161
        | 1184
        | 1927
        | 2002
        | 2003
        | 2006
        | 2013
        | 2055
        | 3169
        | 4031 => K::ConnectionLost,
        1008 | 1049 | 1051 | 1054 | 1091 | 1109 | 1146 | 1176 | 1305 | 1360 | 1449 | 4092 => {
            K::NoSuchObject
        }
        1007 | 1050 | 1060 | 1061 | 1304 | 1359 | 1826 => K::Exists,
        1064 | 1149 => K::Syntax,
        1142 | 1143 | 1227 | 1290 | 1370 | 1410 | 1792 | 1836 => K::ReadOnly,
        1193 | 1196 | 1235 | 1286 | 1289 | 1295 | 1706 | 1707 | 1744 | 1749 | 1895 | 1896
        | 2752 => K::Unsupported,
        1021 | 1037 | 1038 | 1040 | 1041 | 1114 | 1203 | 1226 | 1461 | 1712 | 1720 | 1858
        | 2373 | 2374 => K::Resource,
        1179 | 1192 | 1568 => K::TransactionState,
        _ => by_text(message).unwrap_or_else(|| by_state(state)),
    }
}

fn by_text(message: &str) -> Option<DbErrorKind> {
    let lower = message.to_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    if any(&[
        "has no master instance",
        "unable to connect to leaf",
        "re-running the query",
        "leaf error",
    ]) {
        Some(DbErrorKind::Retryable(RetryCause::Failover))
    } else if any(&[
        "is not supported by singlestore",
        "is not supported by memsql",
        "singlestore does not support",
        "alter table which ",
        "requested alter table cannot",
        ON_CHILDREN,
    ]) {
        Some(DbErrorKind::Unsupported)
    } else if any(&["too many queries are queued", "memory used by"]) {
        Some(DbErrorKind::Resource)
    } else if any(&["server has gone away", "lost connection"]) {
        Some(DbErrorKind::ConnectionLost)
    } else {
        None
    }
}

fn by_state(state: &str) -> DbErrorKind {
    match state.get(..2) {
        Some("08") => DbErrorKind::ConnectionLost,
        Some("0A") => DbErrorKind::Unsupported,
        Some("22") => DbErrorKind::Data { column: None },
        Some("28") => DbErrorKind::Auth,
        Some("40") => DbErrorKind::Retryable(RetryCause::Deadlock),
        _ if state == "70100" => DbErrorKind::Cancelled,
        _ => DbErrorKind::Other,
    }
}

/// `… for key 'name'` or, from MySQL 8.0.19, `'table.name'`. The value before may hold any text.
fn unique(message: &str) -> DbErrorKind {
    let key = message
        .rsplit_once(" for key ")
        .map(|(_, key)| key.trim().trim_matches(['\'', '`', '"']));
    let (table, constraint) = match key.map(|k| k.split_once('.').ok_or(k)) {
        Some(Ok((table, key))) => (Some(table), Some(key)),
        Some(Err(key)) => (None, Some(key)),
        None => (None, None),
    };
    DbErrorKind::UniqueViolation {
        constraint: constraint.map(str::to_owned),
        table: table.map(str::to_owned),
        columns: Vec::new(),
    }
}

fn first_quoted(message: &str) -> Option<String> {
    let mut parts = message.split(['\'', '`']);
    parts
        .nth(1)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// The quoted name after a word.
fn after(message: &str, word: &str) -> Option<String> {
    first_quoted(message.split_once(word)?.1)
}

/// `… for column 'a' at row 1`, or `` for column `db`.`t`.`a` at row 1 ``.
fn column(message: &str) -> Option<String> {
    let rest = message.rsplit_once(" column ")?.1;
    let name = rest.split(" at row ").next()?;
    let last = name.rsplit('.').next()?.trim_matches(['\'', '`', ' ']);
    (!last.is_empty()).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_names_its_key() {
        let parts = |message| match kind(1062, "23000", message) {
            DbErrorKind::UniqueViolation {
                constraint, table, ..
            } => (table, constraint),
            other => panic!("{other:?}"),
        };
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(
            parts("Duplicate entry 'a' for key 'blog_title_uniq'"),
            (None, some("blog_title_uniq"))
        );
        assert_eq!(
            parts("Duplicate entry 'a-b' for key 't.PRIMARY'"),
            (some("t"), some("PRIMARY"))
        );
        assert_eq!(
            parts("Duplicate entry 'x' for key 'y'z' for key 'k'"),
            (None, some("k"))
        );
        assert_eq!(
            parts(inner(
                "Leaf Error (127.0.0.1:3307): Duplicate entry '1' for key 'PRIMARY'"
            )),
            (None, some("PRIMARY"))
        );
    }

    #[test]
    fn names_are_read_from_texts() {
        let column = |name: &str| Some(name.to_owned());
        for (code, text, wanted) in [
            (
                1048,
                "Column 'a' cannot be null",
                DbErrorKind::NotNull {
                    table: None,
                    column: column("a"),
                },
            ),
            (
                1364,
                "Field 'b' doesn't have a default value",
                DbErrorKind::NotNull {
                    table: None,
                    column: column("b"),
                },
            ),
            (
                1406,
                "Data too long for column 'a' at row 1",
                DbErrorKind::DataTooLong {
                    column: column("a"),
                },
            ),
            (
                1264,
                "Out of range value for column 'n' at row 3",
                DbErrorKind::Data {
                    column: column("n"),
                },
            ),
            (
                1366,
                "Incorrect integer value: 'x' for column `d`.`t`.`n` at row 1",
                DbErrorKind::Data {
                    column: column("n"),
                },
            ),
            (
                1690,
                "BIGINT UNSIGNED value is out of range",
                DbErrorKind::Data { column: None },
            ),
            (
                1452,
                "Cannot add or update a child row: a foreign key constraint fails (`d`.`c`, CONSTRAINT `c_fk` FOREIGN KEY (`p`) REFERENCES `p` (`id`))",
                DbErrorKind::ForeignKey {
                    constraint: column("c_fk"),
                },
            ),
            (
                4025,
                "CONSTRAINT `small` failed for `d`.`t`",
                DbErrorKind::Check {
                    constraint: column("small"),
                },
            ),
            (
                3819,
                "Check constraint 'small' is violated.",
                DbErrorKind::Check {
                    constraint: column("small"),
                },
            ),
        ] {
            assert_eq!(kind(code, "HY000", text), wanted, "{text}");
        }
    }

    #[test]
    fn texts_and_states_decide_where_numbers_do_not() {
        let other = |state, text| kind(9999, state, text);
        assert_eq!(
            other("HY000", "Partition db:0 has no master instance."),
            DbErrorKind::Retryable(RetryCause::Failover)
        );
        assert_eq!(
            other(
                "HY000",
                "Feature 'x' is not supported by SingleStore Distributed"
            ),
            DbErrorKind::Unsupported
        );
        assert_eq!(
            other(
                "HY000",
                "Writing to a reference table in multi-statement transaction is not permitted on child aggregators"
            ),
            DbErrorKind::Unsupported
        );
        assert_eq!(other("08S01", "?"), DbErrorKind::ConnectionLost);
        assert_eq!(other("22003", "?"), DbErrorKind::Data { column: None });
        assert_eq!(other("70100", "?"), DbErrorKind::Cancelled);
        assert_eq!(other("HY000", "?"), DbErrorKind::Other);
    }
}
