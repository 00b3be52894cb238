//! Which database a command talks to.

use std::path::Path;

use orm::routing::holds;
use orm_schema::nearest;

use super::Project;
use crate::report::{Diagnostic, Failure};

/// The URL when nothing names one.
const DEFAULT_URL: &str = "sqlite:db.sqlite3";

impl Project {
    /// The URL of a database: `--url`, else the one named, else `default`.
    ///
    /// Without configuration it is `DATABASE_URL`, else `sqlite:db.sqlite3`. A relative file of
    /// SQLite lies below the project's folder, so that the folder a command runs in does not matter.
    ///
    /// # Errors
    /// An unknown name, or `env:NAME` whose variable is not set.
    pub fn database_url(&self, name: Option<&str>, url: Option<&str>) -> Result<String, Failure> {
        if let Some(url) = url {
            return Ok(url.to_owned());
        }
        let wanted = name.unwrap_or("default");
        let configured = self.config.databases.get(wanted);
        if configured.is_none() && (wanted != "default" || !self.config.databases.is_empty()) {
            return Err(self.unknown_database(wanted));
        }
        let written = configured.and_then(|c| c.url.clone());
        let url = match written.as_deref().map(|u| (u, u.strip_prefix("env:"))) {
            Some((_, Some(variable))) => variable_value(variable, wanted)?,
            Some((literal, None)) => literal.to_owned(),
            None => std::env::var("DATABASE_URL").unwrap_or_else(|_| DEFAULT_URL.to_owned()),
        };
        Ok(below(&self.root, &url))
    }

    /// Where [`database_url`](Self::database_url) takes the URL from, for messages.
    pub fn database_url_origin(&self, name: Option<&str>, url: Option<&str>) -> String {
        if url.is_some() {
            return "`--url`".to_owned();
        }
        let wanted = name.unwrap_or("default");
        match (self.config.databases.get(wanted)).and_then(|c| c.url.clone()) {
            Some(written) => match written.strip_prefix("env:") {
                Some(variable) => format!("the environment variable {variable}"),
                None => format!("[databases.{wanted}] of orm.toml"),
            },
            None if std::env::var_os("DATABASE_URL").is_some() => {
                "the environment variable DATABASE_URL".to_owned()
            }
            None => "nowhere, it is the default".to_owned(),
        }
    }

    /// Whether the database that commands talk to holds an application's tables, by the lists `apps`
    /// of `orm.toml`. A `--url` is no named database: it holds all.
    ///
    /// # Errors
    /// The database that holds them instead.
    pub fn holds(&self, name: Option<&str>, url: Option<&str>, app: &str) -> Result<(), String> {
        if url.is_some() {
            return Ok(());
        }
        let wanted = name.unwrap_or("default");
        let lists = || {
            let all = self.config.databases.iter();
            all.map(|(name, c)| (name.as_str(), c.apps.as_slice()))
        };
        if holds(lists(), wanted, app) {
            return Ok(());
        }
        let (other, _) = lists()
            .find(|(name, _)| holds(lists(), name, app))
            .unwrap_or(("default", &[]));
        Err(other.to_owned())
    }

    /// Whether any configured database is SingleStore by its URL.
    pub fn has_singlestore(&self) -> bool {
        let mut names: Vec<Option<&str>> = self
            .config
            .databases
            .keys()
            .map(|k| Some(k.as_str()))
            .collect();
        names.push(None);
        names
            .into_iter()
            .filter_map(|n| self.database_url(n, None).ok())
            .any(|url| url.starts_with("singlestore:"))
    }

    fn unknown_database(&self, wanted: &str) -> Failure {
        let known: Vec<&str> = self.config.databases.keys().map(String::as_str).collect();
        let message = if known.is_empty() {
            format!("no database `{wanted}`: orm.toml configures none")
        } else {
            format!(
                "no database `{wanted}` in orm.toml, only {}",
                known.join(", ")
            )
        };
        let hint = match nearest(wanted, known) {
            Some(near) => format!("did you mean `--database {near}`?"),
            None => format!("add it: [databases.{wanted}] with url = \"…\", or give --url URL"),
        };
        Diagnostic::new(message).hint(hint).into()
    }
}

fn variable_value(variable: &str, database: &str) -> Result<String, Failure> {
    match std::env::var(variable) {
        Ok(url) if !url.is_empty() => Ok(url),
        _ => Err(Diagnostic::new(format!(
            "the database `{database}` takes its URL from the environment, but {variable} is not set"
        ))
        .hint(format!("set {variable}, or give --url URL (sqlite:db.sqlite3, mysql://user:password@host:3306/database, singlestore://…)"))
        .into()),
    }
}

/// Puts a relative file of SQLite below the project's folder.
fn below(root: &Path, url: &str) -> String {
    match url.strip_prefix("sqlite:") {
        Some(path) if !path.starts_with([':', '/']) && !path.is_empty() => {
            let (file, options) = path.split_once('?').map_or((path, ""), |(f, o)| (f, o));
            let separator = if options.is_empty() { "" } else { "?" };
            format!("sqlite:{}{separator}{options}", root.join(file).display())
        }
        _ => url.to_owned(),
    }
}
