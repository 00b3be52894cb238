//! Which database a command talks to.

use orm::routing::{configured_url, holds};
use orm_schema::nearest;

use super::Project;
use crate::report::{Diagnostic, Failure};

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
        let written = configured.and_then(|c| c.url.as_deref());
        configured_url(&self.root, wanted, written).map_err(|e| {
            let fault = Diagnostic::new(e.message).hint("set it, or give --url URL (sqlite:db.sqlite3, mysql://user:password@host:3306/database, singlestore://…)");
            fault.into()
        })
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

    /// The database that holds an application's tables instead of the one that commands talk to, by
    /// the lists `apps` of `orm.toml`. A `--url` is no named database: it holds all.
    pub fn elsewhere(&self, name: Option<&str>, url: Option<&str>, app: &str) -> Option<&str> {
        if url.is_some() || holds(self.held(), name.unwrap_or("default"), app) {
            return None;
        }
        self.holder(app)
    }

    /// What is wrong with the lists `apps` of `orm.toml`: an application that there is not, or one
    /// that no database holds.
    pub fn check_held<'a>(&self, apps: impl Iterator<Item = &'a str> + Clone) -> Option<Failure> {
        for (database, listed) in self.held() {
            if let Some(unknown) = listed.iter().find(|l| !apps.clone().any(|a| a == *l)) {
                let message = format!(
                    "`apps` of [databases.{database}] in orm.toml names `{unknown}`, which is no app here"
                );
                let hint = match nearest(unknown, apps.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", apps.collect::<Vec<_>>().join(", ")),
                };
                return Some(Diagnostic::new(message).hint(hint).into());
            }
        }
        if self.held().all(|(_, listed)| listed.is_empty()) {
            return None;
        }
        let nowhere = apps.into_iter().find(|app| self.holder(app).is_none())?;
        let message = format!(
            "no database of orm.toml holds the tables of {nowhere}: each has a list `apps`, and none names it"
        );
        Some(Diagnostic::new(message).hint("name it in one of the lists, or leave the list of one database out: that one holds the rest").into())
    }

    fn held(&self) -> impl Iterator<Item = (&str, &[String])> {
        let all = self.config.databases.iter();
        all.map(|(name, c)| (name.as_str(), c.apps.as_slice()))
    }

    /// The database that holds the tables of an application, by the lists `apps`.
    pub fn holder(&self, app: &str) -> Option<&str> {
        let mut names = self.held().map(|(name, _)| name);
        names.find(|name| holds(self.held(), name, app))
    }

    /// The URLs of all databases that are known, each once: those of `orm.toml`, or `DATABASE_URL` where
    /// it configures none, and the one of `--url`. Where there is none of these, the default is one only
    /// if it is asked for or its file is there.
    pub fn database_urls(&self, name: Option<&str>, url: Option<&str>) -> Vec<String> {
        let there = |url: &String| {
            let file = url.strip_prefix("sqlite:");
            file.is_some_and(|f| std::path::Path::new(f).exists())
        };
        let asked = |default: &String| name.is_some() || there(default);
        let set = std::env::var_os("DATABASE_URL").is_some();
        let default = match self.config.databases.is_empty() {
            true => self.database_url(None, None).ok(),
            false => None,
        };
        let default = default.filter(|default| set || (url.is_none() && asked(default)));
        let names = self.config.databases.keys();
        let configured = names.filter_map(|n| self.database_url(Some(n), None).ok());
        let mut urls: Vec<String> = Vec::new();
        for url in configured.chain(default).chain(url.map(str::to_owned)) {
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls
    }

    /// The databases among which `apps` in `orm.toml` divides the applications; none where it does not.
    pub fn divided(&self) -> Vec<&str> {
        let listed = self.held().any(|(_, apps)| !apps.is_empty());
        let names = self.held().map(|(name, _)| name);
        names.filter(|_| listed).collect()
    }

    /// Whether a database holds the tables of an application, by the lists `apps`.
    pub fn is_held(&self, database: &str, app: &str) -> bool {
        holds(self.held(), database, app)
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Project;
    use crate::project::config::DatabaseConfig;

    #[test]
    fn each_database_is_named_once() {
        let mut project = Project::bare(PathBuf::from("/p"));
        for (name, url) in [
            ("default", "mysql://h/d"),
            ("other", "sqlite:o.db"),
            ("same", "mysql://h/d"),
        ] {
            let config = DatabaseConfig {
                url: Some(url.to_owned()),
                apps: Vec::new(),
            };
            project.config.databases.insert(name.to_owned(), config);
        }
        let all = ["mysql://h/d", "sqlite:/p/o.db"];
        assert_eq!(project.database_urls(None, None), all);
        assert_eq!(project.database_urls(Some("default"), None), all);
        assert_eq!(project.database_urls(None, Some("mysql://h/d")), all);
        let given = project.database_urls(None, Some("singlestore://h/d"));
        assert_eq!(given, [all[0], all[1], "singlestore://h/d"]);
    }
}
