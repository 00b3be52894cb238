//! The databases whose rules are errors.

use crate::commands::Context;
use crate::project::Project;

/// Which kinds of database the project is for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Targets {
    pub(crate) singlestore: bool,
    pub(crate) sqlite: bool,
    /// MySQL or MariaDB.
    pub(crate) mysql: bool,
    /// Whether a dialect is given, which counts whatever the databases are.
    pub(crate) by_dialect: bool,
    /// Whether a URL is given, which holds all applications whatever `orm.toml` says.
    pub(crate) whole: bool,
}

impl Targets {
    /// A dialect alone.
    pub(crate) fn dialect(name: &str) -> Self {
        Self {
            by_dialect: true,
            ..Self::named(name)
        }
    }

    fn named(dialect: &str) -> Self {
        Self {
            singlestore: dialect == "singlestore",
            sqlite: dialect == "sqlite",
            mysql: matches!(dialect, "mysql" | "mariadb"),
            ..Self::default()
        }
    }

    /// The database that the flags name, and all that are configured.
    pub(crate) fn of(context: &Context<'_>, project: &Project) -> Self {
        let global = &context.cli.global;
        let urls = project.database_urls(global.database.as_deref(), global.url.as_deref());
        let none = Self {
            whole: global.url.is_some(),
            ..Self::default()
        };
        let schemes = urls.iter().filter_map(|u| u.split(':').next());
        schemes.map(Self::named).fold(none, |a, b| Self {
            singlestore: a.singlestore || b.singlestore,
            sqlite: a.sqlite || b.sqlite,
            mysql: a.mysql || b.mysql,
            ..a
        })
    }
}
