//! `orm.toml`: which databases there are, and which application lies where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orm_schema::{StorageType, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::report::{Diagnostic, Failure, Place};

/// What `orm.toml` says.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `[databases.*]`.
    pub databases: BTreeMap<String, DatabaseConfig>,
    /// `[apps.*]`.
    pub apps: BTreeMap<String, AppConfig>,
}

/// One `[databases.*]` table.
#[derive(Debug, Clone, Default)]
pub struct DatabaseConfig {
    /// The URL as written.
    pub url: Option<String>,
    /// The applications whose tables are here and nowhere else.
    pub apps: Vec<String>,
}

/// One `[apps.*]` table.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// File or folder with its models, absolute.
    pub source: Option<PathBuf>,
    /// Folder of its migrations, absolute.
    pub migrations: Option<PathBuf>,
    /// Storage type of models that name none.
    pub storage_type: Option<StorageType>,
    /// Where the table stands.
    pub place: Place,
}

/// The text of `orm.toml` while it is read.
struct Reader<'a> {
    file: &'a Path,
    root: &'a Path,
    source: Arc<str>,
    faults: Vec<Diagnostic>,
}

impl Config {
    /// Reads `orm.toml`; `root` is the folder that its paths are relative to.
    ///
    /// # Errors
    /// Every fault with its line: syntax, unknown keys (with the nearest known one), wrong types.
    pub fn read(file: &Path, root: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(file)
            .map_err(|e| Diagnostic::at(Place::file(file), format!("cannot read the file: {e}")))?;
        let source: Arc<str> = text.into();
        let table = DeTable::parse(&source).map_err(|e| {
            let place = Place::new(file, &source, e.span().unwrap_or(0..0));
            Failure::from(Diagnostic::at(
                place,
                format!("orm.toml does not parse: {}", e.message().trim()),
            ))
        })?;
        let mut reader = Reader {
            file,
            root,
            source: Arc::clone(&source),
            faults: Vec::new(),
        };
        let config = reader.config(table.get_ref());
        if reader.faults.is_empty() {
            Ok(config)
        } else {
            Err(reader.faults.into())
        }
    }
}

/// What a key of a table is read with.
type Entry<'i> = (Spanned<std::borrow::Cow<'i, str>>, Spanned<DeValue<'i>>);

impl Reader<'_> {
    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "databases" => {
                    for (name, value) in self.tables("databases", value) {
                        let database = self.database(&name, &value);
                        self.held_once(&config, &name, &database);
                        config
                            .databases
                            .insert(name.get_ref().to_string(), database);
                    }
                }
                "apps" => {
                    for (name, value) in self.tables("apps", value) {
                        if let Some(app) = self.app(&name, &value) {
                            config.apps.insert(name.get_ref().to_string(), app);
                        }
                    }
                }
                other => self.unknown(key.span(), other, &["databases", "apps"]),
            }
        }
        config
    }

    fn database(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> DatabaseConfig {
        let mut config = DatabaseConfig::default();
        let DeValue::Table(table) = value.get_ref() else {
            let text = format!(
                "`databases.{}` must be a table with the key `url`",
                name.get_ref()
            );
            self.fault(value.span(), text);
            return config;
        };
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "url" => config.url = self.text("url", value),
                "apps" => config.apps = self.texts("apps", value),
                // Programs read from them; commands talk to the database itself.
                "replicas" => drop(self.texts("replicas", value)),
                other => self.unknown(key.span(), other, &["url", "apps", "replicas"]),
            }
        }
        config
    }

    /// An application lies in one database.
    fn held_once(
        &mut self,
        config: &Config,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        database: &DatabaseConfig,
    ) {
        for (other, held) in &config.databases {
            for app in held.apps.iter().filter(|a| database.apps.contains(a)) {
                let name_of = name.get_ref();
                let text =
                    format!("the app `{app}` is given to two databases, `{other}` and `{name_of}`");
                self.fault(name.span(), text);
            }
        }
    }

    fn texts(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let Some(list) = value.get_ref().as_array() else {
            self.fault(value.span(), format!("`{key}` must be a list of strings"));
            return Vec::new();
        };
        list.iter().filter_map(|v| self.text(key, v)).collect()
    }

    fn app(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<AppConfig> {
        let app = name.get_ref();
        let plain = app.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && app
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !plain {
            self.fault(
                name.span(),
                format!("`{app}` is no name of an app: use lower-case letters, digits and `_`"),
            );
        }
        let DeValue::Table(table) = value.get_ref() else {
            self.fault(
                value.span(),
                format!(
                    "`apps.{app}` must be a table with `source`, `migrations` or `storage_type`"
                ),
            );
            return None;
        };
        let mut config = AppConfig {
            source: None,
            migrations: None,
            storage_type: None,
            place: Place::new(self.file, &self.source, name.span()),
        };
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "source" => config.source = self.source_path(value),
                "migrations" => {
                    config.migrations = self.text("migrations", value).map(|t| self.root.join(t));
                }
                "storage_type" => config.storage_type = self.storage_type(value),
                other => self.unknown(key.span(), other, &["source", "migrations", "storage_type"]),
            }
        }
        Some(config)
    }

    fn source_path(&mut self, value: &Spanned<DeValue<'_>>) -> Option<PathBuf> {
        let text = self.text("source", value)?;
        let path = self.root.join(&text);
        // `src/blog` also means `src/blog.rs`.
        let module = || {
            Some(
                path.with_extension("rs")
                    .canonicalize()
                    .ok()?
                    .with_extension(""),
            )
        };
        match path.canonicalize().or_else(|e| module().ok_or(e)) {
            Ok(path) => Some(path),
            Err(e) => {
                self.fault(
                    value.span(),
                    format!("`source`: cannot read {}: {e}", path.display()),
                );
                None
            }
        }
    }

    fn storage_type(&mut self, value: &Spanned<DeValue<'_>>) -> Option<StorageType> {
        let text = self.text("storage_type", value)?;
        let known = StorageType::from_name(&text);
        if known.is_none() {
            let names: Vec<_> = StorageType::NAMES.iter().map(|(n, _)| *n).collect();
            self.fault(value.span(), unknown_storage_type(&text, &names));
        }
        known
    }

    /// The tables below `[databases]` or `[apps]`.
    fn tables<'i>(&mut self, name: &str, value: &Spanned<DeValue<'i>>) -> Vec<Entry<'i>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.fault(value.span(), format!("`{name}` must be a table of tables"));
            return Vec::new();
        };
        table.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        let found = value.get_ref().type_str();
        self.fault(
            value.span(),
            format!("`{key}` must be a string, found {found}"),
        );
        None
    }

    fn unknown(&mut self, span: std::ops::Range<usize>, key: &str, known: &[&str]) {
        let list = known
            .iter()
            .map(|k| format!("`{k}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let mut fault = Diagnostic::at(
            Place::new(self.file, &self.source, span),
            format!("unknown key `{key}`, expected {list}"),
        );
        if let Some(near) = nearest(key, known.iter().copied()) {
            fault = fault.hint(format!("did you mean `{near}`?"));
        }
        self.faults.push(fault);
    }

    fn fault(&mut self, span: std::ops::Range<usize>, message: String) {
        self.faults.push(Diagnostic::at(
            Place::new(self.file, &self.source, span),
            message,
        ));
    }
}

/// The message for a storage type that does not exist.
pub(super) fn unknown_storage_type(text: &str, names: &[&str]) -> String {
    let list = names
        .iter()
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match nearest(text, names.iter().copied()) {
        Some(near) => {
            format!("unknown storage type `{text}`, did you mean `{near}`? (one of {list})")
        }
        None => format!("unknown storage type `{text}`, expected one of {list}"),
    }
}
