//! Which part of a SingleStore cluster answers, as far as is known: a child aggregator takes no write
//! to a reference table in a transaction, and no query is known to tell which one answers.
//!
//! Known it is from the URL, from `SHOW AGGREGATORS` where the URL names several hosts, and from such a
//! refusal. The latter two hold for a while and for the connections there were: being wrong, after
//! another aggregator has become the master, costs little.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::instrument::first_word;
use super::pool::lock;
use super::url::{DbUrl, Target};
use super::{DbError, DbErrorKind};

/// How long it is believed which part a host plays.
const KEPT: Duration = Duration::from_secs(30);

/// What the server says of such a write; its number is not known.
pub(super) const ON_CHILDREN: &str = "not permitted on child aggregators";

/// The ways out.
pub(super) const OUTSIDE: &str = "; write it outside the transaction, through `tx.independent()?` or \
    each time with `reference_writes=autocommit` in the URL, and it stays whatever becomes of that, or \
    connect to the master aggregator";

/// The part of a cluster that a URL of SingleStore leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregator {
    /// The master aggregator.
    Master,
    /// Child aggregators alone. A write to a reference table in a transaction is refused before it is
    /// sent.
    Child,
}

/// What becomes of a write to a reference table in a transaction, where the server is a child
/// aggregator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferenceWrites {
    /// It is refused. The default.
    #[default]
    Refused,
    /// It goes to a connection of its own, outside of the transaction, and **stays when that is rolled
    /// back**.
    Autocommit,
}

/// Where a connection leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'s> {
    pub(crate) host: &'s str,
    pub(crate) port: u16,
    /// When it was opened.
    pub(crate) since: Instant,
}

/// What is known of a database's cluster.
#[derive(Debug)]
pub(crate) struct Topology {
    told: Option<Aggregator>,
    writes: ReferenceWrites,
    /// Whether the URL names several hosts, so that the cluster can be asked which of them answers.
    several: bool,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    hosts: Vec<Host>,
    /// Tables whose writes were refused.
    tables: HashSet<String>,
}

#[derive(Debug)]
struct Host {
    host: String,
    port: u16,
    /// `None`: it was asked in vain.
    part: Option<Aggregator>,
    at: Instant,
}

/// What is known of the other side of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Known(Aggregator),
    Unknown,
    /// Nothing yet, and it can be asked.
    Ask,
}

impl Topology {
    pub(crate) fn of(url: &DbUrl) -> Self {
        let hosts = match &url.target {
            Target::Server(server) => server.hosts.len(),
            Target::Memory | Target::File(_) => 0,
        };
        Self {
            told: url.options.aggregator,
            writes: url.options.reference_writes.unwrap_or_default(),
            several: hosts > 1,
            noted: Mutex::default(),
        }
    }

    pub(crate) fn autocommits(&self) -> bool {
        self.writes == ReferenceWrites::Autocommit
    }

    /// Whether a statement writes a reference table, as far as is known; `reference` is what the
    /// program's models tell.
    pub(crate) fn writes_reference(&self, sql: &str, reference: bool) -> bool {
        if reference {
            return true;
        }
        let noted = lock(&self.noted);
        !noted.tables.is_empty() && written_table(sql).is_some_and(|t| noted.tables.contains(&t))
    }

    /// Whether a write to this table was refused.
    pub(crate) fn has_refused(&self, table: &str) -> bool {
        lock(&self.noted).tables.contains(table)
    }

    pub(crate) fn part(&self, place: Place<'_>) -> Part {
        if let Some(told) = self.told {
            return Part::Known(told);
        }
        let noted = lock(&self.noted);
        let known = noted.hosts.iter().find(|h| h.is(place));
        // A connection that was made since may lead to another server.
        match known.filter(|h| h.at > place.since && h.at.elapsed() < KEPT) {
            Some(Host {
                part: Some(part), ..
            }) => Part::Known(*part),
            Some(_) => Part::Unknown,
            None if self.several => Part::Ask,
            None => Part::Unknown,
        }
    }

    pub(crate) fn note(&self, place: Place<'_>, part: Option<Aggregator>) {
        let mut noted = lock(&self.noted);
        noted.hosts.retain(|h| !h.is(place));
        noted.hosts.push(Host {
            host: place.host.to_owned(),
            port: place.port,
            part,
            at: Instant::now(),
        });
    }

    /// Notes that a child aggregator refused a statement.
    pub(crate) fn note_refused(&self, place: Place<'_>, sql: &str) {
        self.note(place, Some(Aggregator::Child));
        if let Some(table) = written_table(sql) {
            lock(&self.noted).tables.insert(table);
        }
    }
}

impl Host {
    fn is(&self, place: Place<'_>) -> bool {
        self.port == place.port && self.host == place.host
    }
}

/// Whether an error says that a child aggregator takes no such write in a transaction.
pub(crate) fn is_refused(error: &DbError) -> bool {
    says_refused(&error.message)
}

pub(super) fn says_refused(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("reference table") && message.contains(ON_CHILDREN)
}

/// The same error, before the statement is sent.
pub(crate) fn refused(sql: &str) -> DbError {
    let message = format!(
        "Writing to a reference table in multi-statement transaction is {ON_CHILDREN}{OUTSIDE}"
    );
    DbError::new(DbErrorKind::Unsupported, message).with_statement(sql)
}

/// The table that a statement writes, without its database.
fn written_table(sql: &str) -> Option<String> {
    let word = first_word(sql);
    let is = |w: &str| word.eq_ignore_ascii_case(w);
    let before = match () {
        () if is("insert") || is("replace") => "into",
        () if is("update") => "update",
        () if is("delete") => "from",
        () if is("load") => "table",
        () => return None,
    };
    let at = sql.find(word)?;
    let mut rest = &sql[at..];
    loop {
        let (start, end) = next_word(rest)?;
        let found = rest[start..end].eq_ignore_ascii_case(before);
        rest = &rest[end..];
        if found {
            break;
        }
    }
    let (mut name, behind) = take_name(rest.trim_start())?;
    if let Some(behind) = behind.strip_prefix('.') {
        name = take_name(behind)?.0;
    }
    Some(name)
}

/// Where the next word stands that is in no quotes.
fn next_word(text: &str) -> Option<(usize, usize)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut quote = None;
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (quote, start) {
            (Some(open), _) if c == open => quote = None,
            (None, Some(from)) if !is_word(c) => return Some((from, at)),
            (None, None) if is_word(c) => start = Some(at),
            (None, None) if matches!(c, '`' | '\'' | '"') => quote = Some(c),
            _ => {}
        }
    }
    start.map(|from| (from, text.len()))
}

/// A name, quoted or not, and what stands behind it.
fn take_name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('`') else {
        let end = text
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, behind) = rest.split_once('`')?;
        name.push_str(part);
        match behind.strip_prefix('`') {
            Some(behind) => {
                name.push('`');
                rest = behind;
            }
            None => return Some((name, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology(url: &str) -> Topology {
        Topology::of(&DbUrl::parse(url).expect(url))
    }

    fn place(host: &str) -> Place<'_> {
        Place {
            host,
            port: 3306,
            since: Instant::now(),
        }
    }

    #[test]
    fn the_table_of_a_write_is_read_from_its_text() {
        for (sql, table) in [
            ("INSERT INTO `t` (`a`) VALUES ('into x')", "t"),
            ("INSERT IGNORE INTO db.t VALUES (1)", "t"),
            ("insert into `d`.`a``b` values (1)", "a`b"),
            ("REPLACE INTO t$1(a) VALUES (1)", "t$1"),
            ("UPDATE `t` AS t0 SET `from` = 1", "t"),
            ("DELETE `from` FROM `t` AS `from`", "t"),
            ("DELETE FROM t", "t"),
            ("LOAD DATA LOCAL INFILE 'table x' INTO TABLE `t` (a)", "t"),
        ] {
            assert_eq!(written_table(sql).as_deref(), Some(table), "{sql}");
        }
        for sql in ["SELECT 1 FROM t", "", "INSERT", "UPDATE `t", "BEGIN"] {
            assert_eq!(written_table(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_was_refused_is_known_to_the_connections_there_were() {
        let topology = topology("singlestore://h/d");
        let own = place("h");
        assert_eq!(topology.part(own), Part::Unknown);
        assert!(!topology.writes_reference("UPDATE t SET a = 1", false));
        topology.note_refused(own, "INSERT INTO t VALUES (1)");
        assert_eq!(topology.part(own), Part::Known(Aggregator::Child));
        assert!(topology.writes_reference("UPDATE t SET a = 1", false));
        assert!(!topology.writes_reference("UPDATE u SET a = 1", false));
        assert!(topology.writes_reference("UPDATE u SET a = 1", true));
        assert_eq!(topology.part(place("other")), Part::Unknown);
        // A connection that was made since.
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(topology.part(place("h")), Part::Unknown);
    }

    #[test]
    fn the_url_tells_and_several_hosts_can_be_asked() {
        let child = topology("singlestore://h/d?aggregator=child");
        assert_eq!(child.part(place("h")), Part::Known(Aggregator::Child));
        let several = topology("singlestore://h,i/d");
        let own = place("h");
        assert_eq!(several.part(own), Part::Ask);
        several.note(own, Some(Aggregator::Master));
        assert_eq!(several.part(own), Part::Known(Aggregator::Master));
        several.note(own, None);
        assert_eq!(several.part(own), Part::Unknown);
        assert!(!several.autocommits());
        let auto = topology("singlestore://h/d?reference_writes=autocommit");
        assert!(auto.autocommits());
    }

    #[test]
    fn the_early_error_is_known_as_the_late_one() {
        assert!(is_refused(&refused("INSERT INTO t VALUES (1)")));
        let other = "Feature 'reference table' is not supported";
        assert!(!is_refused(&DbError::new(DbErrorKind::Unsupported, other)));
    }
}
