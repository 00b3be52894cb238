//! Which application a model belongs to: by its attribute, by `orm.toml`, or by its package.
//!
//! The table's name contains it, so the program must know it as the command line does. Reading
//! `orm.toml` is the one thing here that looks beyond the tokens; the code that is emitted names the
//! file, so that cargo builds anew when it changes.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use orm_schema::parse::ParsedModel;
use toml::de::{DeTable, DeValue};

/// The application of a model.
pub(crate) struct App {
    pub(crate) name: String,
    /// The `orm.toml` that was read.
    pub(crate) config: Option<PathBuf>,
}

/// The applications of one `orm.toml`: name, and where its models are.
#[derive(Clone)]
struct Config {
    file: PathBuf,
    apps: Vec<(String, Option<PathBuf>)>,
}

/// The configuration of the package being compiled; read once for all its models.
static CONFIG: Mutex<Option<(PathBuf, Option<Config>)>> = Mutex::new(None);

/// The application: `#[model(app = "…")]`, else the one of `orm.toml` whose `source` holds the file,
/// else the package.
pub(crate) fn of(model: &ParsedModel) -> App {
    if let Some(app) = &model.app {
        return App {
            name: app.value.clone(),
            config: None,
        };
    }
    let package = orm_schema::default_app(&std::env::var("CARGO_PKG_NAME").unwrap_or_default());
    let Some(config) = config() else {
        return App {
            name: package,
            config: None,
        };
    };
    let file = model.ident.span().unwrap().local_file();
    let name =
        file.and_then(|f| app_of_file(&config, &f))
            .or_else(|| match config.apps.as_slice() {
                [(name, None)] => Some(name.clone()),
                _ => None,
            });
    App {
        name: name.unwrap_or(package),
        config: Some(config.file),
    }
}

fn config() -> Option<Config> {
    let dir = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    let mut known = CONFIG.lock().ok()?;
    if known.as_ref().is_none_or(|(d, _)| *d != dir) {
        let config = find(&dir).and_then(|file| read(&file));
        *known = Some((dir, config));
    }
    known.as_ref().and_then(|(_, config)| config.clone())
}

/// The package's own `orm.toml`, else that of the workspace around it.
fn find(dir: &Path) -> Option<PathBuf> {
    let own = dir.join("orm.toml");
    if own.is_file() {
        return Some(own);
    }
    dir.ancestors()
        .skip(1)
        .find(|d| {
            std::fs::read_to_string(d.join("Cargo.toml")).is_ok_and(|t| t.contains("[workspace"))
        })
        .map(|d| d.join("orm.toml"))
        .filter(|f| f.is_file())
}

/// Reads the applications; a file that does not parse is the command line's to report.
fn read(file: &Path) -> Option<Config> {
    let text = std::fs::read_to_string(file).ok()?;
    let table = DeTable::parse(&text).ok()?;
    let root = file.parent()?;
    let apps = match table.get_ref().get("apps").map(|a| a.get_ref()) {
        Some(DeValue::Table(apps)) => apps
            .iter()
            .map(|(name, app)| {
                let source = app
                    .get_ref()
                    .get("source")
                    .and_then(|s| s.get_ref().as_str());
                (name.get_ref().to_string(), source.map(|s| root.join(s)))
            })
            .collect(),
        _ => Vec::new(),
    };
    Some(Config {
        file: file.to_owned(),
        apps,
    })
}

/// The innermost `source` that holds the file; `src/blog` also means `src/blog.rs`.
fn app_of_file(config: &Config, file: &Path) -> Option<String> {
    let file = file.canonicalize().ok()?;
    let holds = |source: &Path| {
        let module = source.with_extension("rs").canonicalize();
        let folder = source.canonicalize();
        folder.is_ok_and(|s| file.starts_with(s)) || module.is_ok_and(|m| m == file)
    };
    config
        .apps
        .iter()
        .filter_map(|(name, source)| Some((source.as_deref()?, name)))
        .filter(|(source, _)| holds(source))
        .max_by_key(|(source, _)| source.components().count())
        .map(|(_, name)| name.clone())
}
