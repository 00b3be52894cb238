//! Database URLs: what to connect to, and how. The password never leaves through `Debug` or a message.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::topology::{Aggregator, ReferenceWrites};
use super::{DbError, DbErrorKind};

/// The options a URL may carry, for messages and for the nearest name.
const OPTIONS: &[&str] = &[
    "pool_max",
    "pool_min",
    "acquire_timeout",
    "connect_timeout",
    "statement_timeout",
    "busy_timeout",
    "protocol",
    "tls",
    "tls_ca",
    "aggregator",
    "reference_writes",
];

const SCHEMES: &[&str] = &["sqlite", "mysql", "mariadb", "singlestore"];

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `sqlite::memory:`
    Memory,
    /// `sqlite:path`
    File(PathBuf),
    /// A server that speaks the MySQL protocol.
    Server(Server),
}

/// Which server the URL promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Mysql,
    Mariadb,
    Singlestore,
}

impl Product {
    fn scheme(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Singlestore => "singlestore",
        }
    }
}

/// A server, or several that stand for one (aggregators).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) product: Product,
    pub(crate) user: String,
    pub(crate) password: String,
    /// Host and port, in the order of the URL.
    pub(crate) hosts: Vec<(String, u16)>,
    pub(crate) database: Option<String>,
}

impl Server {
    /// `host:port[,host:port]/database`, for messages.
    pub(crate) fn place(&self) -> String {
        let hosts: Vec<_> = self.hosts.iter().map(|(h, p)| format!("{h}:{p}")).collect();
        format!(
            "{}/{}",
            hosts.join(","),
            self.database.as_deref().unwrap_or("")
        )
    }
}

/// Where a URL leads to, for programs that connect by themselves: a database's own client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// SQLite in memory, which nobody else can open.
    Memory,
    /// A file of SQLite.
    File(PathBuf),
    /// A server.
    Server(ServerAddress),
}

/// A server, and who connects to it. Its `Debug` leaves the password out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerAddress {
    /// `mysql`, `mariadb` or `singlestore`, as the URL says.
    pub product: &'static str,
    /// The first host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// The password, empty without one.
    pub password: String,
    /// The database.
    pub database: Option<String>,
    /// Whether the connection is encrypted.
    pub tls: Tls,
    /// The file of the authorities that may have signed the server's certificate.
    pub tls_ca: Option<PathBuf>,
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerAddress")
            .field("product", &self.product)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("database", &self.database)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl Address {
    /// Reads a database URL.
    ///
    /// ```
    /// use orm::backend::Address;
    /// let Address::Server(server) = Address::of("singlestore://ann:s%20cret@db1,db2:3307/shop")? else {
    ///     panic!("a server");
    /// };
    /// assert_eq!((server.host.as_str(), server.port), ("db1", 3306));
    /// assert_eq!(server.password, "s cret");
    /// # Ok::<(), orm::DbError>(())
    /// ```
    ///
    /// # Errors
    /// [`DbErrorKind::Config`], naming the part that is wrong.
    pub fn of(url: &str) -> Result<Self, DbError> {
        let url = DbUrl::parse(url)?;
        let server = match url.target {
            Target::Memory => return Ok(Self::Memory),
            Target::File(path) => return Ok(Self::File(path)),
            Target::Server(server) => server,
        };
        let product = server.product.scheme();
        let mut hosts = server.hosts.into_iter();
        let (host, port) = hosts
            .next()
            .unwrap_or_else(|| ("localhost".to_owned(), 3306));
        Ok(Self::Server(ServerAddress {
            product,
            host,
            port,
            user: server.user,
            password: server.password,
            database: server.database,
            tls: url.options.tls(),
            tls_ca: url.options.tls_ca,
        }))
    }
}

/// How statements with parameters travel to a server of the MySQL protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Parameters are written into the text, escaped by the dialect. The default on SingleStore.
    Text,
    /// Server-side prepared statements, kept per connection. The default on MySQL and MariaDB.
    Prepared,
}

/// Whether the connection to a server is encrypted. Needs the feature `tls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Never. The default.
    Disabled,
    /// Encrypted with a verified certificate, or no connection: signed by an authority that the
    /// system trusts, or by one in the file of `tls_ca`, and made out to the host of the URL.
    Required,
    /// Encrypted, without a check of the certificate; plain where the server has no TLS.
    Preferred,
}

/// What a URL or a builder can set. `None` is the backend's default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Options {
    pub(crate) pool_max: Option<usize>,
    pub(crate) pool_min: Option<usize>,
    pub(crate) acquire_timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) busy_timeout: Option<Duration>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) tls: Option<Tls>,
    pub(crate) tls_ca: Option<PathBuf>,
    pub(crate) aggregator: Option<Aggregator>,
    pub(crate) reference_writes: Option<ReferenceWrites>,
}

impl Options {
    /// What is set here, else what is set there.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            pool_max: self.pool_max.or(other.pool_max),
            pool_min: self.pool_min.or(other.pool_min),
            acquire_timeout: self.acquire_timeout.or(other.acquire_timeout),
            connect_timeout: self.connect_timeout.or(other.connect_timeout),
            statement_timeout: self.statement_timeout.or(other.statement_timeout),
            busy_timeout: self.busy_timeout.or(other.busy_timeout),
            protocol: self.protocol.or(other.protocol),
            tls: self.tls.or(other.tls),
            tls_ca: self.tls_ca.or(other.tls_ca),
            aggregator: self.aggregator.or(other.aggregator),
            reference_writes: self.reference_writes.or(other.reference_writes),
        }
    }

    /// How the connection is encrypted: a file of authorities asks for it.
    pub(crate) fn tls(&self) -> Tls {
        let asked = self.tls_ca.as_ref().map(|_| Tls::Required);
        self.tls.or(asked).unwrap_or(Tls::Disabled)
    }

    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.acquire_timeout.unwrap_or(Duration::from_secs(30))
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout.unwrap_or(Duration::from_secs(10))
    }
}

/// A parsed URL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DbUrl {
    pub(crate) target: Target,
    pub(crate) options: Options,
}

/// Without user and password.
impl fmt::Display for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Memory => f.write_str("sqlite::memory:"),
            Target::File(path) => write!(f, "sqlite:{}", path.display()),
            Target::Server(server) => {
                write!(f, "{}://{}", server.product.scheme(), server.place())
            }
        }
    }
}

impl fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DbUrl").field(&self.to_string()).finish()
    }
}

fn config(message: impl Into<String>) -> DbError {
    DbError::new(DbErrorKind::Config, message)
}

fn did_you_mean(word: &str, among: &[&str]) -> String {
    match orm_schema::nearest(word, among.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; known are {}", among.join(", ")),
    }
}

fn decode(part: &str, what: &str) -> Result<String, DbError> {
    percent_decode_str(part)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| {
            config(format!(
                "the database URL's {what} is not UTF-8 after %-decoding"
            ))
        })
}

impl DbUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`DbErrorKind::Config`], naming the part that is wrong.
    pub(crate) fn parse(url: &str) -> Result<Self, DbError> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(config(
                "the database URL has no scheme: write `sqlite:path.db`, `sqlite::memory:` or \
                 `mysql://user:password@host:3306/database`",
            ));
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let options = parse_options(query)?;
        let product = match scheme {
            "sqlite" => {
                let target = parse_sqlite(rest)?;
                return Ok(Self { target, options });
            }
            "mysql" => Product::Mysql,
            "mariadb" => Product::Mariadb,
            "singlestore" => Product::Singlestore,
            other => {
                let hint = did_you_mean(other, SCHEMES);
                return Err(config(format!(
                    "the database URL's scheme `{other}` is not known{hint}"
                )));
            }
        };
        let Some(rest) = rest.strip_prefix("//") else {
            return Err(config(format!(
                "the database URL needs `//` after `{scheme}:`"
            )));
        };
        let target = Target::Server(parse_server(product, rest)?);
        Ok(Self { target, options })
    }
}

fn parse_sqlite(rest: &str) -> Result<Target, DbError> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    match rest {
        "" => Err(config(
            "the database URL names no file: write `sqlite:path.db` or `sqlite::memory:`",
        )),
        ":memory:" => Ok(Target::Memory),
        path => Ok(Target::File(decode(path, "path")?.into())),
    }
}

fn parse_server(product: Product, rest: &str) -> Result<Server, DbError> {
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // The last `@`: an unescaped one in a password is a common slip, and a host has none.
    let (login, hosts) = authority.rsplit_once('@').unwrap_or(("root", authority));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let hosts = hosts
        .split(',')
        .map(parse_host)
        .collect::<Result<Vec<_>, _>>()?;
    if database.contains('/') {
        return Err(config(format!(
            "the database URL's path `/{database}` has more than one part"
        )));
    }
    Ok(Server {
        product,
        user: decode(user, "user")?,
        password: decode(password, "password")?,
        hosts,
        database: Some(decode(database, "database name")?).filter(|d| !d.is_empty()),
    })
}

fn parse_host(text: &str) -> Result<(String, u16), DbError> {
    let (host, port) = match text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        Some((v6, rest)) => (v6, rest.strip_prefix(':')),
        None => text
            .split_once(':')
            .map_or((text, None), |(h, p)| (h, Some(p))),
    };
    if host.is_empty() {
        return Err(config(
            "the database URL names no host: write `//user:password@host:3306/database`",
        ));
    }
    let port = match port {
        None => 3306,
        // The text is not shown: after a slip in the password it may be a part of it.
        Some(port) => port.parse().map_err(|_| {
            config("the database URL's port is not a number from 0 to 65535 (a `:`, `/`, `?` or `@` in user or password is written with %)")
        })?,
    };
    Ok((decode(host, "host")?, port))
}

fn parse_options(query: &str) -> Result<Options, DbError> {
    let mut options = Options::default();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        options.set(name, value)?;
    }
    Ok(options)
}

impl Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), DbError> {
        let wrong = |wanted: &str| {
            config(format!(
                "the database URL's option `{name}={value}` is wrong: {wanted}"
            ))
        };
        let count = |least: usize| match value.parse::<usize>() {
            Ok(n) if n >= least => Ok(Some(n)),
            _ => Err(wrong(&format!(
                "a whole number of at least {least} is wanted"
            ))),
        };
        let seconds = || match value.parse::<f64>() {
            Ok(s) if s > 0.0 && s <= 1e9 => Ok(Some(Duration::from_secs_f64(s))),
            _ => Err(wrong("a number of seconds above 0 is wanted")),
        };
        match name {
            "pool_max" => self.pool_max = count(1)?,
            "pool_min" => self.pool_min = count(0)?,
            "acquire_timeout" => self.acquire_timeout = seconds()?,
            "connect_timeout" => self.connect_timeout = seconds()?,
            "statement_timeout" => self.statement_timeout = seconds()?,
            "busy_timeout" => self.busy_timeout = seconds()?,
            "protocol" => {
                self.protocol = Some(match value {
                    "text" => Protocol::Text,
                    "prepared" => Protocol::Prepared,
                    _ => return Err(wrong("`text` or `prepared` is wanted")),
                });
            }
            "tls" => {
                self.tls = Some(match value {
                    "disabled" => Tls::Disabled,
                    "preferred" => Tls::Preferred,
                    "required" => Tls::Required,
                    _ => return Err(wrong("`required`, `preferred` or `disabled` is wanted")),
                });
            }
            "tls_ca" => {
                if value.is_empty() {
                    return Err(wrong(
                        "the path of a file with certificates (PEM) is wanted",
                    ));
                }
                self.tls_ca = Some(decode(value, "option `tls_ca`")?.into());
            }
            "aggregator" => {
                self.aggregator = Some(match value {
                    "master" => Aggregator::Master,
                    "child" => Aggregator::Child,
                    _ => return Err(wrong("`master` or `child` is wanted")),
                });
            }
            "reference_writes" => {
                self.reference_writes = Some(match value {
                    "refused" => ReferenceWrites::Refused,
                    "autocommit" => ReferenceWrites::Autocommit,
                    _ => return Err(wrong("`refused` or `autocommit` is wanted")),
                });
            }
            // A `?` in a password ends the URL's path early: what follows must not be shown.
            other if other.contains('@') => {
                return Err(config(
                    "a `?` in the database URL's user or password is written %3F",
                ));
            }
            other => {
                let hint = did_you_mean(other, OPTIONS);
                return Err(config(format!(
                    "the database URL's option `{other}` is not known{hint}"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        match DbUrl::parse(url).expect(url).target {
            Target::Server(server) => server,
            _ => panic!("{url} is no server"),
        }
    }

    #[track_caller]
    fn refused(url: &str, part: &str) {
        let error = DbUrl::parse(url).expect_err(url);
        assert_eq!(error.kind, DbErrorKind::Config);
        assert!(error.message.contains(part), "{}", error.message);
        assert!(!error.message.contains("s3cret"), "{}", error.message);
    }

    #[test]
    fn sqlite_paths() {
        let target = |url| DbUrl::parse(url).expect(url).target;
        assert!(target("sqlite::memory:") == Target::Memory);
        assert!(target("sqlite://:memory:") == Target::Memory);
        assert!(target("sqlite:a/b.db?pool_max=3") == Target::File("a/b.db".into()));
        assert!(target("sqlite:///a/b%20c.db") == Target::File("/a/b c.db".into()));
        assert!(target("sqlite:C:\\x.db") == Target::File("C:\\x.db".into()));
    }

    #[test]
    fn servers() {
        let s = server("singlestore://me:p%40ss@h1,h2:3307/shop?tls=required&pool_max=20");
        assert_eq!(s.product, Product::Singlestore);
        assert_eq!((s.user.as_str(), s.password.as_str()), ("me", "p@ss"));
        assert_eq!(s.hosts, [("h1".to_owned(), 3306), ("h2".to_owned(), 3307)]);
        assert_eq!(s.database.as_deref(), Some("shop"));
        let s = server("mysql://[::1]:3308");
        assert_eq!(s.hosts, [("::1".to_owned(), 3308)]);
        assert_eq!((s.user.as_str(), s.database), ("root", None));
    }

    #[test]
    fn options() {
        let o =
            DbUrl::parse("mysql://h/d?acquire_timeout=0.5&protocol=text&tls=preferred&pool_min=0")
                .expect("valid")
                .options;
        assert_eq!(o.acquire_timeout, Some(Duration::from_millis(500)));
        assert_eq!(o.protocol, Some(Protocol::Text));
        assert_eq!(o.tls, Some(Tls::Preferred));
        assert_eq!(o.pool_min, Some(0));
    }

    #[test]
    fn faults_name_the_part() {
        refused("db.sqlite3", "no scheme");
        refused("mysqll://root:s3cret@h/d", "did you mean `mysql`?");
        refused("mysql:h/d", "`//`");
        refused("mysql://root:s3cret@/d", "no host");
        refused("mysql://root:a:s3cret@h:x/d", "port");
        refused("mysql://root:s3cret/x@h/d", "port");
        refused("mysql://h/d/e", "more than one part");
        refused("sqlite:", "no file");
        refused(
            "mysql://root:s3cret@h/d?pool_mx=3",
            "did you mean `pool_max`?",
        );
        refused("mysql://root:a?s3cret@h/d", "%3F");
        refused("mysql://h/d?pool_max=0", "at least 1");
        refused("mysql://h/d?acquire_timeout=soon", "seconds");
        refused("mysql://h/d?tls=yes", "`required`");
        refused("mysql://h/d?protocol=x", "`text` or `prepared`");
        refused("singlestore://h/d?aggregator=leaf", "`master` or `child`");
        refused("singlestore://h/d?reference_writes=x", "`autocommit`");
    }

    #[test]
    fn password_is_never_shown() {
        let url = DbUrl::parse("mysql://root:s3cret@h/d").expect("valid");
        assert_eq!(url.to_string(), "mysql://h:3306/d");
        assert!(!format!("{url:?}").contains("s3cret"));
    }
}
