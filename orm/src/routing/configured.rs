//! The databases of `orm.toml`.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{DatabasesBuilder, config};
use crate::backend::{Db, DbError};

/// The URL when nothing names one.
const DEFAULT_URL: &str = "sqlite:db.sqlite3";

impl DatabasesBuilder {
    /// Connects to the databases that an `orm.toml` names, the same that `orm-cli --database` talks
    /// to: `[databases.NAME]` with `url`, `replicas` and `apps`. A `url` of `env:NAME` stands in the
    /// environment; a relative file of SQLite lies beside `orm.toml`.
    ///
    /// # Errors
    /// [`DbErrorKind::Config`](crate::backend::DbErrorKind::Config) for a file that cannot be read or
    /// a value of the wrong type, with the key; else what connecting raises.
    pub async fn read(mut self, file: impl AsRef<Path>) -> Result<Self, DbError> {
        let file = file.as_ref();
        let text = std::fs::read_to_string(file)
            .map_err(|e| config(format!("cannot read {}: {e}", file.display())))?;
        let fault = |what: String| config(format!("{}: {what}", file.display()));
        let table = DeTable::parse(&text)
            .map_err(|e| fault(format!("does not parse: {}", e.message().trim())))?;
        let root = file.parent().unwrap_or(Path::new(""));
        let mut entries = table.get_ref().iter();
        let found = entries.find(|(key, _)| key.get_ref() == "databases");
        let databases = match found.map(|(_, value)| value.get_ref()) {
            None => return Err(fault("names no database: add [databases.default]".into())),
            Some(DeValue::Table(databases)) => databases,
            Some(_) => return Err(fault("`databases` must be a table of tables".into())),
        };
        for (name, value) in databases.iter() {
            let name = name.get_ref().as_ref();
            let part = Part::read(name, value.get_ref()).map_err(fault)?;
            let url = configured_url(root, name, part.url.as_deref())?;
            self = self.database(name, Db::connect(&url).await?);
            for replica in &part.replicas {
                let url = configured_url(root, name, Some(replica))?;
                self = self.replica(name, Db::connect(&url).await?);
            }
            self = self.apps(name, part.apps);
        }
        Ok(self)
    }
}

/// One `[databases.*]`.
#[derive(Default)]
struct Part {
    url: Option<String>,
    replicas: Vec<String>,
    apps: Vec<String>,
}

impl Part {
    fn read(name: &str, value: &DeValue<'_>) -> Result<Self, String> {
        let DeValue::Table(table) = value else {
            return Err(format!("`databases.{name}` must be a table"));
        };
        let mut part = Self::default();
        for (key, value) in table.iter() {
            let (key, value) = (key.get_ref().as_ref(), value.get_ref());
            let wrong = |what| format!("`databases.{name}.{key}` must be {what}");
            let text = |v: &DeValue<'_>| v.as_str().map(str::to_owned);
            let texts = || {
                let list = value.as_array()?;
                list.iter()
                    .map(|v| text(v.get_ref()))
                    .collect::<Option<Vec<_>>>()
            };
            let list = || texts().ok_or_else(|| wrong("a list of strings"));
            match key {
                "url" => part.url = Some(text(value).ok_or_else(|| wrong("a string"))?),
                "replicas" => part.replicas = list()?,
                "apps" => part.apps = list()?,
                _ => {
                    return Err(format!(
                        "unknown key `databases.{name}.{key}`, expected `url`, `replicas` or `apps`"
                    ));
                }
            }
        }
        Ok(part)
    }
}

/// The URL of a database by what stands in `orm.toml` of the folder `root`: a URL, or `env:NAME` for
/// one that stands in the environment; without one `DATABASE_URL`, else `sqlite:db.sqlite3`. A
/// relative file of SQLite lies below `root`.
///
/// # Errors
/// [`DbErrorKind::Config`](crate::backend::DbErrorKind::Config) for a variable that is not set.
pub fn configured_url(root: &Path, name: &str, written: Option<&str>) -> Result<String, DbError> {
    let url = match written.map(|u| (u, u.strip_prefix("env:"))) {
        Some((_, Some(variable))) => match std::env::var(variable) {
            Ok(url) if !url.is_empty() => url,
            _ => {
                return Err(config(format!(
                    "the database `{name}` takes its URL from the environment, but {variable} is not set"
                )));
            }
        },
        Some((literal, None)) => literal.to_owned(),
        None => std::env::var("DATABASE_URL").unwrap_or_else(|_| DEFAULT_URL.to_owned()),
    };
    Ok(below(root, &url))
}

/// Puts a relative file of SQLite below a folder.
fn below(root: &Path, url: &str) -> String {
    match url.strip_prefix("sqlite:") {
        Some(path) if !path.starts_with([':', '/']) && !path.is_empty() => {
            let (file, options) = path.split_once('?').unwrap_or((path, ""));
            let separator = if options.is_empty() { "" } else { "?" };
            format!("sqlite:{}{separator}{options}", root.join(file).display())
        }
        _ => url.to_owned(),
    }
}
