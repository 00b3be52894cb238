//! Statements that real servers take, and statements that they refuse, each with its source.

mod common;

use common::Live;
use gate::Options;
use mysql_async::Error;
use mysql_async::prelude::Queryable;

/// One statement of a file: `-- EXPECTED [source] §n: note`, then the statement up to a blank line.
/// `-- setup` marks what only prepares the next ones.
struct Case {
    line: usize,
    head: String,
    sql: String,
}

impl Case {
    fn is_setup(&self) -> bool {
        self.head.starts_with("setup")
    }
}

fn cases(text: &str) -> Vec<Case> {
    let mut out: Vec<Case> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(head) = line.strip_prefix("-- ") {
            out.push(Case {
                line: number + 1,
                head: head.to_owned(),
                sql: String::new(),
            });
        } else if let Some(case) = out.last_mut() {
            case.sql.push_str(line);
            case.sql.push('\n');
        }
    }
    for case in &mut out {
        case.sql = case.sql.trim().trim_end_matches(';').to_owned();
        assert!(!case.sql.is_empty(), "line {}: no statement", case.line);
        let sourced = case.is_setup() || (case.head.contains('[') && case.head.contains('§'));
        assert!(sourced, "line {}: no source in `{}`", case.line, case.head);
    }
    out
}

#[tokio::test]
async fn what_servers_accept() {
    let cases = cases(include_str!("accepted.sql"));
    let counted = cases.iter().filter(|c| !c.is_setup()).count();
    assert!(counted >= 150, "only {counted} statements");
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    let mut faults = Vec::new();
    for case in &cases {
        if let Err(error) = live.conn.query_drop(&case.sql).await {
            faults.push(format!(
                "accepted.sql:{}: {error}\n  {}",
                case.line, case.sql
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} refused:\n{}",
        faults.len(),
        faults.join("\n")
    );
    live.end().await;
}

#[tokio::test]
async fn what_servers_refuse() {
    let cases = cases(include_str!("refused.sql"));
    let counted = cases.iter().filter(|c| !c.is_setup()).count();
    assert!(counted >= 100, "only {counted} statements");
    let Some(mut live) = Live::start(Options::default()).await else {
        return;
    };
    let mut faults = Vec::new();
    for case in &cases {
        let result = live.conn.query_drop(&case.sql).await;
        let expected = case.head.split(' ').next().unwrap_or_default();
        let right = match (&result, expected) {
            (Ok(()), "setup") => true,
            (Err(Error::Server(_)), "any") => true,
            (Err(Error::Server(e)), code) => e.code.to_string() == code,
            _ => false,
        };
        if !right {
            faults.push(format!(
                "refused.sql:{}: {} gave {result:?}\n  {}",
                case.line, case.head, case.sql
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} wrong:\n{}",
        faults.len(),
        faults.join("\n")
    );
    live.end().await;
}
