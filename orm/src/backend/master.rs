//! The master among the aggregators of a SingleStore cluster: tables are made and changed there.

use super::topology::Aggregator;
use super::url::{DbUrl, Options, Target};
use super::{Db, DbError, DbErrorKind, Executor};
use crate::dialect::Sql;
use crate::value::{RowSet, Value};

impl Db {
    /// The database by its master aggregator, for DDL: a child aggregator may refuse it. That is this
    /// handle itself unless the URL names several hosts, or says `aggregator=child`, and they are
    /// aggregators of a SingleStore.
    ///
    /// SQL: one `SHOW AGGREGATORS`; its answer names the master, to which new connections go, with
    /// the user and the options of this handle.
    ///
    /// # Errors
    /// [`DbErrorKind::Unreachable`] if the master cannot be reached under the name by which the
    /// cluster knows it; else as [`connect`](Self::connect).
    pub async fn master(&self) -> Result<Self, DbError> {
        let url = self.parsed_url();
        let Target::Server(server) = &url.target else {
            return Ok(self.clone());
        };
        let child = url.options.aggregator == Some(Aggregator::Child);
        if self.vendor() != "singlestore" || (server.hosts.len() < 2 && !child) {
            return Ok(self.clone());
        }
        let told = match self.fetch(show()).await {
            Ok(told) => told,
            // Without the right to ask, a master among the hosts may still be met by chance.
            Err(error) if !error.is_connection_lost() => {
                tracing::warn!(target: "orm::pool", error = error.message, "the aggregators are not told; DDL goes to any of them");
                return Ok(self.clone());
            }
            Err(error) => return Err(error),
        };
        let Some((host, port)) = master(&told) else {
            return Ok(self.clone());
        };
        let hosts = &server.hosts;
        // A node may call itself by an address that means another machine here.
        if is_loopback(&host) && !hosts.iter().any(|(h, _)| is_loopback(h)) {
            tracing::warn!(target: "orm::pool", "the master aggregator tells no address of its own; DDL goes to any aggregator");
            return Ok(self.clone());
        }
        let mut server = server.clone();
        server.hosts = vec![(host.clone(), port)];
        let url = DbUrl {
            target: Target::Server(server),
            options: Options {
                aggregator: Some(Aggregator::Master),
                ..url.options.clone()
            },
        };
        Self::open(url).await.map_err(|error| match error.kind {
            DbErrorKind::Unreachable => {
                let message = format!(
                    "the master aggregator calls itself {host}:{port} and cannot be reached there: {}; \
                     run this where it can, or name only the master in the URL",
                    error.message
                );
                DbError::new(DbErrorKind::Unreachable, message)
            }
            _ => error,
        })
    }
}

pub(super) fn show() -> Sql {
    Sql {
        text: "SHOW AGGREGATORS".into(),
        ..Sql::default()
    }
}

fn is_loopback(host: &str) -> bool {
    let ip = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

/// Host and port of the row that is marked as master. Numbers come as texts from some versions.
fn master(told: &RowSet) -> Option<(String, u16)> {
    let mut nodes = nodes(told)?;
    let master = nodes.find(|node| node.part == Aggregator::Master)?;
    Some((master.host, master.port?))
}

/// What the aggregator at this address is; `None` where it is not among them.
pub(super) fn role(told: &RowSet, host: &str, port: u16) -> Option<Aggregator> {
    let same =
        |other: &str| other.eq_ignore_ascii_case(host) || (is_loopback(other) && is_loopback(host));
    let mut nodes = nodes(told)?;
    let own = nodes.find(|node| node.port == Some(port) && same(&node.host))?;
    Some(own.part)
}

struct Node {
    host: String,
    port: Option<u16>,
    part: Aggregator,
}

fn nodes(told: &RowSet) -> Option<impl Iterator<Item = Node>> {
    let columns = told.columns.len();
    let at = |name: &str| {
        let mut names = told.columns.iter();
        names.position(|c| c.eq_ignore_ascii_case(name))
    };
    let (host, port, master) = (at("host")?, at("port")?, at("master_aggregator")?);
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Int(n) => Some(n.to_string()),
        Value::UInt(n) => Some(n.to_string()),
        _ => None,
    };
    let rows = told.values.chunks_exact(columns.max(1));
    Some(rows.filter_map(move |row| {
        let is_master = text(&row[master]).as_deref() == Some("1");
        Some(Node {
            host: text(&row[host])?,
            port: text(&row[port])?.parse().ok(),
            part: match is_master {
                true => Aggregator::Master,
                false => Aggregator::Child,
            },
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(columns: &[&str], values: Vec<Value>) -> RowSet {
        let mut set = RowSet::default();
        set.columns = columns.iter().map(|c| (*c).to_owned()).collect();
        set.values = values;
        set
    }

    #[test]
    fn the_master_is_found_by_its_mark() {
        let text = |t: &str| Value::Text(t.into());
        let columns = ["Host", "Port", "State", "Master_Aggregator"];
        let rows = vec![
            text("10.0.0.1"),
            Value::Int(3306),
            text("online"),
            Value::Int(0),
            text("10.0.0.2"),
            text("3307"),
            text("online"),
            text("1"),
        ];
        let found = master(&told(&columns, rows.clone()));
        assert_eq!(found, Some(("10.0.0.2".to_owned(), 3307)));
        let role = |host: &str, port| role(&told(&columns, rows.clone()), host, port);
        assert_eq!(role("10.0.0.1", 3306), Some(Aggregator::Child));
        assert_eq!(role("10.0.0.2", 3307), Some(Aggregator::Master));
        assert_eq!(role("10.0.0.2", 3306), None);
        assert_eq!(master(&told(&columns[..3], vec![])), None);
        assert_eq!(master(&told(&columns, vec![])), None);
        assert!(is_loopback("localhost") && is_loopback("::1") && !is_loopback("10.0.0.1"));
    }
}
