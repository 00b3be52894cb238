//! Opening connections: which host, which product, which session settings.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, OptsBuilder};

use super::error::{classify, connecting};
use super::session::MysqlSession;
use super::tls::{dial, with_tls};
use crate::backend::session::{Connector, Session};
use crate::backend::url::{DbUrl, Options, Product, Protocol, Server};
use crate::backend::version;
use crate::backend::{BoxFuture, DbError, DbErrorKind};
use crate::dialect::{Dialect, MariaDb, MySql, SingleStore};

/// Prepared statements that a connection keeps.
const STATEMENTS_KEPT: usize = 256;

/// Opens connections to one server, or to the aggregators of one cluster.
#[derive(Debug)]
pub(crate) struct MysqlConnector {
    shared: Arc<Shared>,
    /// The host to try first: connections spread, and one that is dead is left behind.
    next: AtomicUsize,
}

/// What every session of a pool needs to know.
pub(super) struct Shared {
    hosts: Vec<Opts>,
    place: String,
    promised: Product,
    options: Options,
    product: OnceLock<Product>,
    version: OnceLock<String>,
    max_packet: OnceLock<usize>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl MysqlConnector {
    pub(crate) fn new(server: &Server, url: &DbUrl) -> Result<Self, DbError> {
        let hosts = server
            .hosts
            .iter()
            .map(|(host, port)| opts(server, host, *port, &url.options))
            .collect::<Result<_, _>>()?;
        let shared = Shared {
            hosts,
            place: url.to_string(),
            promised: server.product,
            options: url.options.clone(),
            product: OnceLock::new(),
            version: OnceLock::new(),
            max_packet: OnceLock::new(),
        };
        Ok(Self {
            shared: Arc::new(shared),
            next: AtomicUsize::new(0),
        })
    }
}

/// `found rows`: an UPDATE tells the rows it matched, also where nothing changed, as SQLite does.
fn opts(server: &Server, host: &str, port: u16, options: &Options) -> Result<Opts, DbError> {
    let password = Some(server.password.clone()).filter(|p| !p.is_empty());
    let mut builder = OptsBuilder::default()
        .ip_or_hostname(host)
        .tcp_port(port)
        .user(Some(server.user.clone()))
        .pass(password)
        .db_name(server.database.clone())
        .prefer_socket(false)
        .client_found_rows(true)
        .stmt_cache_size(STATEMENTS_KEPT);
    for (name, value) in attributes() {
        builder = builder.connect_attribute(name, value);
    }
    Ok(with_tls(builder, options)?.into())
}

/// What the server may tell of a connection, under the customary names: which program, of which
/// process, by which library.
fn attributes() -> [(&'static str, String); 5] {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(std::path::Path::file_stem);
    let program = program.map_or_else(|| "orm".into(), std::ffi::OsStr::to_string_lossy);
    [
        ("program_name", program.into_owned()),
        ("_connector_name", env!("CARGO_PKG_NAME").to_owned()),
        ("_connector_version", env!("CARGO_PKG_VERSION").to_owned()),
        ("_os", std::env::consts::OS.to_owned()),
        ("_pid", std::process::id().to_string()),
    ]
}

impl Connector for MysqlConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, DbError>> {
        Box::pin(async move {
            let conn = self.open().await?;
            let session = MysqlSession::set_up(conn, Arc::clone(&self.shared)).await?;
            Ok(Box::new(session) as Box<dyn Session>)
        })
    }
}

impl MysqlConnector {
    /// Tries each host in turn.
    async fn open(&self) -> Result<Conn, DbError> {
        let shared = &self.shared;
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let share = shared.options.connect_timeout() / shared.hosts.len().max(1) as u32;
        let mut failed = None;
        for at in 0..shared.hosts.len() {
            let opts = &shared.hosts[(first + at) % shared.hosts.len()];
            match tokio::time::timeout(share, dial(opts, shared.options.tls())).await {
                Ok(Ok(conn)) => return Ok(conn),
                Ok(Err(error)) => {
                    let error = connecting(error, &shared.place);
                    // Another host would refuse the same login.
                    if error.kind == DbErrorKind::Auth {
                        return Err(error);
                    }
                    failed = Some(error);
                }
                Err(_) => failed = Some(silent(&shared.place, share)),
            }
            tracing::warn!(target: "orm::pool", host = opts.ip_or_hostname(), port = opts.tcp_port(), "no connection");
        }
        Err(failed.unwrap_or_else(|| silent(&shared.place, share)))
    }
}

fn silent(place: &str, waited: Duration) -> DbError {
    DbError::new(
        DbErrorKind::Unreachable,
        format!(
            "no answer from {place} in {:.1} s: check host, port and firewall, or raise connect_timeout",
            waited.as_secs_f64()
        ),
    )
}

impl Shared {
    /// What the server is; asked once per pool.
    pub(super) async fn product(&self, conn: &mut Conn) -> Result<Product, DbError> {
        if let Some(product) = self.product.get() {
            return Ok(*product);
        }
        let product = self.detect(conn).await?;
        Ok(*self.product.get_or_init(|| product))
    }

    /// SingleStore calls itself MySQL 5.7; only this variable tells it.
    async fn detect(&self, conn: &mut Conn) -> Result<Product, DbError> {
        let fail = |e| connecting(e, &self.place);
        let row: Option<(String, usize)> = conn
            .query_first("SELECT @@version, @@max_allowed_packet")
            .await
            .map_err(fail)?;
        let (version, max_packet) = row.unwrap_or_default();
        if max_packet > 0 {
            let _ = self.max_packet.set(max_packet);
        }
        let product = match conn
            .query_first::<String, _>("SELECT @@memsql_version")
            .await
        {
            Ok(Some(memsql)) => {
                if self.promised != Product::Singlestore {
                    tracing::info!(target: "orm::pool", version = memsql, "{} is SingleStore", self.place);
                }
                self.note_version(Product::Singlestore, memsql)?;
                check_zone(conn, &self.place).await?;
                return Ok(Product::Singlestore);
            }
            Ok(None) | Err(Error::Server(_)) => match version.to_lowercase().contains("mariadb") {
                true => Product::Mariadb,
                false => Product::Mysql,
            },
            Err(error) => return Err(fail(error)),
        };
        if self.promised == Product::Singlestore {
            let message = format!(
                "{} is not SingleStore but {version}: write mysql:// or mariadb:// in the URL",
                self.place
            );
            return Err(DbError::new(DbErrorKind::Config, message));
        }
        self.note_version(product, version)?;
        Ok(product)
    }

    fn note_version(&self, product: Product, version: String) -> Result<(), DbError> {
        version::check(product, &version, &self.place)?;
        let _ = self.version.set(version);
        Ok(())
    }

    /// What the first connection was told.
    pub(super) fn version(&self) -> String {
        self.version.get().cloned().unwrap_or_default()
    }

    /// Refuses what the server would hang up on, often before its error can be read.
    pub(super) fn check_size(&self, bytes: usize, sql: &str) -> Result<(), DbError> {
        // Some room for the packet's head.
        match self.max_packet.get() {
            Some(max) if bytes + 1024 > *max => {
                let message = format!(
                    "the statement has {bytes} bytes with its parameters, the server takes {max} \
                     (max_allowed_packet): send it in parts, or raise that"
                );
                let kind = DbErrorKind::DataTooLong { column: None };
                Err(DbError::new(kind, message).with_statement(sql))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn protocol(&self, product: Product) -> Protocol {
        self.options.protocol.unwrap_or(match product {
            Product::Singlestore => Protocol::Text,
            Product::Mysql | Product::Mariadb => Protocol::Prepared,
        })
    }

    /// Ends a connection's statement and transaction, from a connection beside it.
    pub(super) async fn kill(&self, opts: Opts, id: u32) {
        let end = async {
            let mut side = dial(&opts, self.options.tls()).await?;
            side.query_drop(format!("KILL {id}")).await?;
            side.disconnect().await
        };
        if let Ok(Err(error)) = tokio::time::timeout(self.options.connect_timeout(), end).await {
            // It had ended by itself, or the server is gone.
            tracing::debug!(target: "orm::pool", error = classify(error, None).message, "kill failed");
        }
    }

    /// The statements that set up a session, also after a reset.
    ///
    /// The mode is set outright and not added to, so that literals are escaped right whatever the
    /// server's own mode is. READ COMMITTED, as Django has it and as SingleStore always is: what a
    /// duplicate key tells of can be read in the same transaction. GROUP_CONCAT is not cut. Texts that
    /// come of no column, as those of CASE and of digests, compare as the columns do that the ORM makes.
    pub(super) fn setup(&self, product: Product) -> Vec<String> {
        let collation = dialect(product).features().text_collation;
        let mut out = vec![format!("SET NAMES utf8mb4 COLLATE {collation}")];
        if product == Product::Singlestore {
            out.push("SET SESSION sql_mode = 'STRICT_ALL_TABLES'".to_owned());
            return out;
        }
        out.push("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned());
        let mut set = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_DATE,\
                       NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION', SESSION time_zone = '+00:00', \
                       SESSION group_concat_max_len = 1073741824"
            .to_owned();
        if let Some(wait) = self.options.busy_timeout {
            let seconds = wait.as_secs().max(1);
            set.push_str(&format!(", SESSION innodb_lock_wait_timeout = {seconds}"));
        }
        // MariaDB cuts a recursive query after so many iterations, without an error: the depth that the
        // query itself asks for is the bound. MySQL has another variable and an error.
        set.push_str(match product {
            Product::Mariadb => ", SESSION max_recursive_iterations = 4294967295",
            _ => ", SESSION cte_max_recursion_depth = 4294967295",
        });
        out.push(set);
        out
    }
}

/// `SET time_zone` does nothing on SingleStore: its own zone must be UTC, or every time is wrong.
async fn check_zone(conn: &mut Conn, place: &str) -> Result<(), DbError> {
    let zone: Option<String> = conn
        .query_first("SELECT @@system_time_zone")
        .await
        .map_err(|e| connecting(e, place))?;
    let zone = zone.unwrap_or_default();
    let utc = ["UTC", "GMT", "Etc/UTC", "Universal", "Zulu", "+00:00", "Z"];
    if utc.iter().any(|name| zone.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    Err(DbError::new(
        DbErrorKind::Config,
        format!(
            "{place} runs in the time zone `{zone}`: SingleStore converts no times, run its nodes in UTC"
        ),
    ))
}

pub(super) fn dialect(product: Product) -> &'static dyn Dialect {
    match product {
        Product::Mysql => &MySql,
        Product::Mariadb => &MariaDb,
        Product::Singlestore => &SingleStore,
    }
}
