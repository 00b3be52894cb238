//! The handle on a database.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::handle::Handle;
use super::instrument::{Meter, Recorder};
use super::pool::{Lease, Limits, Pool};
use super::reads::only_reads;
use super::session::Connector;
use super::stream::{LeaseHold, LeaseStream};
use super::topology::{Aggregator, ReferenceWrites, Topology};
use super::transaction::run;
use super::url::{DbUrl, Options, Protocol, Target, Tls};
use super::{
    BoxFuture, Connection, DbError, DbErrorKind, Executed, Executor, RowStream, Transaction,
};
use crate::dialect::{Dialect, Isolation, Sql};
use crate::value::RowSink;

/// A database: a pool of connections, cheap to clone.
///
/// A statement on a `Db` runs on any free connection, in a transaction of its own. URLs:
/// `sqlite:path.db`, `sqlite::memory:`, `mysql://user:password@host:3306/database`,
/// `mariadb://…`, `singlestore://user:password@host1,host2:3306/database?tls=required&pool_max=20`.
///
/// Options, after `?` and joined by `&`; times are in seconds:
///
/// | option | meaning | default |
/// | --- | --- | --- |
/// | `pool_max` | connections at most | 10 on servers; 5 on SQLite files (one of them writes) |
/// | `pool_min` | connections opened at once and kept | 1 |
/// | `acquire_timeout` | wait for a free connection | 30 |
/// | `connect_timeout` | wait for a new connection | 10 |
/// | `statement_timeout` | wait for a statement | none |
/// | `busy_timeout` | SQLite: wait for another process that writes; servers: lock wait (whole seconds) | 5; the server's |
/// | `protocol` | `text` or `prepared` | `prepared`; `text` on SingleStore |
/// | `tls` | `required`, `preferred`, `disabled`; needs the feature `tls` | `disabled` |
/// | `tls_ca` | file (PEM) of the authorities that may have signed the server's certificate; asks for `tls=required` | those of the system |
/// | `aggregator` | SingleStore: `master` or `child`, where the hosts are nothing else | what the cluster tells |
/// | `reference_writes` | SingleStore: writes to reference tables in a transaction through a child aggregator: `refused`, or `autocommit`, outside of the transaction | `refused` |
///
/// SQLite in memory is one connection that all statements share: a statement on the `Db` waits while
/// a transaction is open.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    url: DbUrl,
    dialect: &'static dyn Dialect,
    version: String,
    topology: Topology,
    meter: Arc<Meter>,
    pool: Arc<Pool>,
    /// SQLite files have connections of their own for reading: one process writes on one connection.
    readers: Option<Arc<Pool>>,
    /// What a layer above keeps with the database.
    kept: OnceLock<Box<dyn Any + Send + Sync>>,
}

/// Sets options in code; they win over those in the URL.
#[derive(Clone)]
#[must_use]
pub struct DbBuilder {
    url: String,
    options: Options,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(mut self, value: $ty) -> Self {
            self.options.$name = Some(value);
            self
        }
    )*};
}

impl DbBuilder {
    setters! {
        /// Connections at most.
        pool_max: usize;
        /// Connections that are opened at once and kept.
        pool_min: usize;
        /// How long to wait for a free connection.
        acquire_timeout: Duration;
        /// How long to wait for a new connection.
        connect_timeout: Duration;
        /// How long a statement may take.
        statement_timeout: Duration;
        /// How long to wait for a lock.
        busy_timeout: Duration;
        /// How parameters travel.
        protocol: Protocol;
        /// Whether the connection is encrypted.
        tls: Tls;
        /// Which aggregators of a SingleStore the hosts are, where the program knows it.
        aggregator: Aggregator;
        /// What becomes of a write to a reference table in a transaction through a child aggregator.
        reference_writes: ReferenceWrites;
    }

    /// The file (PEM) of the authorities that may have signed the server's certificate; asks for
    /// [`Tls::Required`].
    pub fn tls_ca(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.options.tls_ca = Some(file.into());
        self
    }

    /// Connects. See [`Db::connect`].
    ///
    /// # Errors
    /// As [`Db::connect`].
    pub async fn connect(self) -> Result<Db, DbError> {
        let mut url = DbUrl::parse(&self.url)?;
        url.options = self.options.or(url.options);
        Db::open(url).await
    }
}

/// Without the password: a URL that cannot be read is not shown at all.
impl fmt::Debug for DbBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbBuilder")
            .field("url", &DbUrl::parse(&self.url).ok())
            .field("options", &self.options)
            .finish()
    }
}

impl Db {
    /// Connects to the database a URL names: opens `pool_min` connections, at least one.
    ///
    /// # Errors
    /// [`DbErrorKind::Config`] for a wrong URL or option, [`DbErrorKind::Unreachable`] if there is no
    /// such host, folder or file right, [`DbErrorKind::Auth`] for a refused login,
    /// [`DbErrorKind::NoSuchObject`] for an unknown database, [`DbErrorKind::Unsupported`] for a server
    /// that is too old: SingleStore 8.5, MySQL 8.0.31 and MariaDB 10.6 are the oldest. Messages never
    /// hold the password.
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        Self::builder(url).connect().await
    }

    /// Starts from a URL, to set options in code.
    pub fn builder(url: &str) -> DbBuilder {
        DbBuilder {
            url: url.to_owned(),
            options: Options::default(),
        }
    }

    pub(super) async fn open(url: DbUrl) -> Result<Self, DbError> {
        let options = &url.options;
        let limits = |max: usize| Limits {
            max,
            min: options.pool_min.unwrap_or(1).clamp(1, max.max(1)),
            acquire_timeout: options.acquire_timeout(),
            connect_timeout: options.connect_timeout(),
        };
        let place = url.to_string();
        let (pool, readers) = match &url.target {
            Target::Memory | Target::File(_) => sqlite_pools(&url, limits, place)?,
            Target::Server(server) => {
                let connector = mysql_connector(server, &url)?;
                (
                    Pool::new(connector, limits(options.pool_max.unwrap_or(10)), place),
                    None,
                )
            }
        };
        pool.warm().await?;
        // The server says what it is: the first connection knows the dialect.
        let first = pool.acquire("Db::connect".to_owned()).await?;
        let Some((dialect, version)) = first.session().map(|s| (s.dialect(), s.version())) else {
            return Err(DbError::new(
                DbErrorKind::ConnectionLost,
                "the first connection broke at once",
            ));
        };
        drop(first);
        Ok(Self(Arc::new(Shared {
            topology: Topology::of(&url),
            url,
            dialect,
            version,
            meter: Arc::default(),
            pool,
            readers,
            kept: OnceLock::new(),
        })))
    }

    /// What a layer above keeps with this handle and its clones.
    pub(crate) fn kept(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.0.kept.get().map(|kept| &**kept)
    }

    /// The same, made where there is none yet.
    pub(crate) fn kept_or<T: Any + Send + Sync + Default>(&self) -> &(dyn Any + Send + Sync) {
        &**self.0.kept.get_or_init(|| Box::new(T::default()))
    }

    pub(super) fn topology(&self) -> &Topology {
        &self.0.topology
    }

    pub(super) fn parsed_url(&self) -> &DbUrl {
        &self.0.url
    }

    /// The URL without user and password.
    pub fn url(&self) -> String {
        self.0.url.to_string()
    }

    /// What the server is: `sqlite`, `mysql`, `mariadb` or `singlestore`, whatever the URL called it.
    ///
    /// Django: `connection.vendor` and `mysql_is_mariadb`.
    pub fn vendor(&self) -> &'static str {
        self.0.dialect.name()
    }

    /// The version that the server told the first connection, as it writes it: `10.11.6-MariaDB`; of
    /// SingleStore the engine's, not that of the MySQL that it plays.
    ///
    /// Django: the version that `connection.pg_version` and its likes hold.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The file of an embedded database.
    #[cfg(feature = "migrate")]
    pub(crate) fn file(&self) -> Option<&std::path::Path> {
        match &self.0.url.target {
            Target::File(path) => Some(path),
            _ => None,
        }
    }

    /// How many statements were sent through this handle and its clones and transactions;
    /// transaction control is not counted.
    pub fn statements(&self) -> u64 {
        self.0.meter.statements()
    }

    /// How many different statement texts were sent, up to 65,536.
    pub fn shapes(&self) -> usize {
        self.0.meter.shapes()
    }

    /// Records the texts of all statements from now on, of this handle, its clones and transactions,
    /// until the recorder is dropped.
    #[must_use]
    pub fn record(&self) -> Recorder {
        self.0.meter.record()
    }

    /// Begins a transaction on a connection of its own. SQL: one `BEGIN`.
    ///
    /// On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): transactions of one process
    /// queue, those of other processes wait for `busy_timeout`.
    ///
    /// # Errors
    /// [`DbErrorKind::PoolTimeout`] if no connection became free, else what connecting raises.
    ///
    /// Django: `atomic()`.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction, DbError>> + Send + 'static {
        self.begun(None, Location::caller())
    }

    /// Begins a transaction of an isolation level. SQL: `SET TRANSACTION ISOLATION LEVEL …` and
    /// `BEGIN`; only the latter where there is but one level: READ COMMITTED on SingleStore,
    /// SERIALIZABLE on SQLite.
    ///
    /// # Errors
    /// [`DbErrorKind::Unsupported`] for a level that the database does not have; else as
    /// [`begin`](Self::begin).
    ///
    /// Django: the option `isolation_level`.
    #[track_caller]
    pub fn begin_isolated(
        &self,
        isolation: Isolation,
    ) -> impl Future<Output = Result<Transaction, DbError>> + Send + 'static {
        self.begun(Some(isolation), Location::caller())
    }

    fn begun(
        &self,
        isolation: Option<Isolation>,
        place: &'static Location<'static>,
    ) -> impl Future<Output = Result<Transaction, DbError>> + Send + 'static {
        let label = format!("a transaction begun at {place}");
        let db = self.clone();
        async move {
            let handle = db.handle(label.clone(), false).await?;
            match Transaction::on(handle, None, isolation).await {
                // An idle connection that the server has closed: nothing was begun on it.
                Err(error) if error.is_connection_lost() => {
                    Transaction::on(db.handle(label, false).await?, None, isolation).await
                }
                result => result,
            }
        }
    }

    /// As [`atomic`](Self::atomic), and refused on a [`Transaction`]: when it returns, its work is
    /// committed. Functions that take `&impl Executor` test
    /// [`in_transaction`](super::Executor::in_transaction) instead.
    ///
    /// # Errors
    /// As [`atomic`](Self::atomic).
    ///
    /// Django: `atomic(durable=True)`.
    #[track_caller]
    pub fn durable<'f, F, Fut, T, E>(&self, f: F) -> impl Future<Output = Result<T, E>> + Send + 'f
    where
        F: Fn(Transaction) -> Fut + Send + 'f,
        Fut: Future<Output = Result<T, E>> + Send + 'f,
        T: Send + 'f,
        E: From<DbError> + Send + 'f,
    {
        self.atomic(f)
    }

    /// Runs `f` in a transaction: committed when it returns `Ok`, else rolled back, also when the
    /// future is dropped or panics.
    ///
    /// `f` gets a handle that is cheap to clone; statements in it go to that handle, not to the `Db`.
    ///
    /// # Errors
    /// What `f` returns, or what beginning or committing raises.
    ///
    /// Django: `atomic()`.
    #[track_caller]
    pub fn atomic<'f, F, Fut, T, E>(&self, f: F) -> impl Future<Output = Result<T, E>> + Send + 'f
    where
        F: Fn(Transaction) -> Fut + Send + 'f,
        Fut: Future<Output = Result<T, E>> + Send + 'f,
        T: Send + 'f,
        E: From<DbError> + Send + 'f,
    {
        let begin = self.begin();
        async move { run(begin.await?, f).await }
    }

    /// Takes a connection out of the pool for several statements: session variables, temporary
    /// tables, locks. It goes back when it is dropped.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Result<Connection, DbError>> + Send + 'static {
        let label = format!("a connection acquired at {}", Location::caller());
        let db = self.clone();
        async move { Ok(Connection::new(db.handle(label, true).await?)) }
    }

    async fn handle(&self, label: String, pinned: bool) -> Result<Arc<Handle>, DbError> {
        let lease = self.0.pool.acquire(label).await?;
        let options = &self.0.url.options;
        let timeouts = (options.statement_timeout, options.acquire_timeout());
        Ok(Handle::new(
            lease,
            self.0.dialect,
            Arc::clone(&self.0.meter),
            pinned,
            timeouts,
            Some(self.clone()),
        ))
    }

    /// A connection in place of one that a transaction lost before it was begun.
    pub(super) async fn lease_again(&self) -> Result<Lease, DbError> {
        self.0
            .pool
            .acquire("a transaction begun again".to_owned())
            .await
    }

    /// A connection for one statement.
    async fn lease(&self, pool: &Arc<Pool>, sql: &Sql) -> Result<Lease, DbError> {
        pool.acquire(label(&sql.text)).await
    }

    /// Reads, on a server once more when the connection was lost: no transaction hangs on it, and
    /// with several aggregators another one answers.
    async fn read_routed(
        &self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> Result<Box<dyn RowSink>, DbError> {
        let server = matches!(self.0.url.target, Target::Server(_));
        let again = (server && only_reads(&sql.text)).then(|| (sql.clone(), sink.fresh()));
        match (self.read_once(sql, sink).await, again) {
            (Err(error), Some((sql, sink))) if error.is_connection_lost() => {
                tracing::debug!(target: "orm::pool", error = error.message, "read again after a lost connection");
                self.read_once(sql, sink).await
            }
            (result, _) => result,
        }
    }

    async fn read_once(
        &self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> Result<Box<dyn RowSink>, DbError> {
        let pool = self.reader(&sql).unwrap_or(&self.0.pool);
        let mut lease = self.lease(pool, &sql).await?;
        let watch = self
            .0
            .meter
            .start(&sql.text, self.0.url.options.statement_timeout);
        let result = watch.run(lease.start()?.read(sql, sink)).await;
        release(lease, &result);
        result
    }

    /// The connections that may read, if there are such and the statement only reads.
    fn reader(&self, sql: &Sql) -> Option<&Arc<Pool>> {
        let readers = self.0.readers.as_ref()?;
        only_reads(&sql.text).then_some(readers)
    }
}

/// Gives a connection back after its one statement. One that a time-out cut off stays busy, so that
/// the pool ends the statement.
fn release<T>(mut lease: Lease, result: &Result<T, DbError>) {
    if !matches!(result, Err(e) if e.kind == DbErrorKind::Timeout) {
        lease.done();
    }
}

/// The beginning of a statement, to name it as holder of a connection.
fn label(sql: &str) -> String {
    const MAX: usize = 80;
    match sql.char_indices().nth(MAX) {
        Some((end, _)) => format!("`{}…`", &sql[..end]),
        None => format!("`{sql}`"),
    }
}

#[cfg(feature = "sqlite")]
type Pools = (Arc<Pool>, Option<Arc<Pool>>);

#[cfg(feature = "sqlite")]
fn sqlite_pools(
    url: &DbUrl,
    limits: impl Fn(usize) -> Limits,
    place: String,
) -> Result<Pools, DbError> {
    use super::sqlite::SqliteConnector;
    let busy = url.options.busy_timeout.unwrap_or(Duration::from_secs(5));
    let Target::File(path) = &url.target else {
        let connector = Box::new(SqliteConnector::memory(busy));
        // Closing the one connection would drop the database: it is opened first and kept.
        return Ok((Pool::new(connector, limits(1), place), None));
    };
    let max = url.options.pool_max.unwrap_or(5);
    let writer = Box::new(SqliteConnector::writer(path.clone(), busy));
    let writer = Pool::new(writer, limits(1), format!("{place} (for writing)"));
    let readers = (max > 1).then(|| {
        let reader = Box::new(SqliteConnector::reader(path.clone(), busy));
        Pool::new(reader, limits(max - 1), format!("{place} (for reading)"))
    });
    Ok((writer, readers))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite_pools(
    _: &DbUrl,
    _: impl Fn(usize) -> Limits,
    _: String,
) -> Result<(Arc<Pool>, Option<Arc<Pool>>), DbError> {
    Err(missing_feature("sqlite"))
}

#[cfg(feature = "mysql")]
fn mysql_connector(
    server: &super::url::Server,
    url: &DbUrl,
) -> Result<Box<dyn Connector>, DbError> {
    Ok(Box::new(super::mysql::MysqlConnector::new(server, url)?))
}

#[cfg(not(feature = "mysql"))]
fn mysql_connector(_: &super::url::Server, _: &DbUrl) -> Result<Box<dyn Connector>, DbError> {
    Err(missing_feature("mysql"))
}

#[cfg(not(all(feature = "sqlite", feature = "mysql")))]
fn missing_feature(name: &str) -> DbError {
    DbError::new(
        DbErrorKind::Config,
        format!("this database needs orm's cargo feature `{name}`, which is switched off"),
    )
}

impl Executor for Db {
    fn dialect(&self) -> &'static dyn Dialect {
        self.0.dialect
    }

    fn read<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>, DbError>> {
        Box::pin(self.read_routed(sql, sink))
    }

    fn execute<'a>(&'a self, sql: Sql) -> BoxFuture<'a, Result<Executed, DbError>> {
        Box::pin(async move {
            let mut lease = self.lease(&self.0.pool, &sql).await?;
            let watch = self
                .0
                .meter
                .start(&sql.text, self.0.url.options.statement_timeout);
            let result = watch.run(lease.start()?.execute(sql)).await;
            release(lease, &result);
            result
        })
    }

    fn stream<'a>(
        &'a self,
        sql: Sql,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowStream + 'a>, DbError>> {
        Box::pin(async move {
            let pool = self.reader(&sql).unwrap_or(&self.0.pool);
            let mut lease = self.lease(pool, &sql).await?;
            let watch = self
                .0
                .meter
                .start(&sql.text, self.0.url.options.statement_timeout);
            let session = lease.take()?;
            let stream: Box<dyn RowStream> = Box::new(LeaseStream::new(
                LeaseHold::Own(lease),
                session,
                sql,
                sink,
                watch,
            ));
            Ok(stream)
        })
    }

    fn database(&self) -> Option<&Db> {
        Some(self)
    }

    /// As [`Db::begin`]; on servers `BEGIN` waits for the first statement, to travel with it.
    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<Transaction, DbError>> {
        Box::pin(async {
            let label = "a transaction of an operation with several statements".to_owned();
            Transaction::later(self.handle(label, false).await?).await
        })
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("url", &self.0.url)
            .field("dialect", &self.0.dialect.name())
            .field("pool", &self.0.pool)
            .field("readers", &self.0.readers)
            .finish()
    }
}
