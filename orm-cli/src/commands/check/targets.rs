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
}

impl Targets {
    /// A dialect alone.
    pub(crate) fn dialect(name: &str) -> Self {
        Self {
            singlestore: name == "singlestore",
            sqlite: name == "sqlite",
            mysql: matches!(name, "mysql" | "mariadb"),
        }
    }

    /// The database that the flags name, and all that are configured.
    pub(crate) fn of(context: &Context<'_>, project: &Project) -> Self {
        let global = &context.cli.global;
        let urls = project.database_urls(global.database.as_deref(), global.url.as_deref());
        let schemes = urls.iter().filter_map(|u| u.split(':').next());
        schemes
            .map(Self::dialect)
            .fold(Self::default(), |a, b| Self {
                singlestore: a.singlestore || b.singlestore,
                sqlite: a.sqlite || b.sqlite,
                mysql: a.mysql || b.mysql,
            })
    }
}
