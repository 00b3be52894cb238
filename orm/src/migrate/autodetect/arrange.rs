//! Names and numbers for what was found.

use std::collections::BTreeMap;

use super::changes::{Changes, DraftDependency};
use crate::migrate::migration::Migration;
use crate::migrate::operation::suggest_name;

/// What naming needs to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrangement<'a> {
    /// The newest migrations that are there, by application.
    pub newest: BTreeMap<String, String>,
    /// `--name`: the name of all, after the number.
    pub name: Option<&'a str>,
    /// Date and time as `YYYYMMDD_HHMM`, for operations that give no name.
    pub date: &'a str,
}

impl Changes {
    /// The migrations, named and numbered, in an order in which they can run.
    ///
    /// Django: `MigrationAutodetector.arrange_for_graph`.
    pub fn arrange(&self, with: &Arrangement<'_>) -> Vec<Migration> {
        let names: BTreeMap<&str, Vec<String>> = self
            .apps
            .iter()
            .map(|(app, drafts)| {
                let newest = with.newest.get(app);
                let mut number = newest.and_then(|n| Migration::number(n)).unwrap_or(0);
                let names = drafts.iter().map(|draft| {
                    number += 1;
                    let suggested = || suggest_name(&draft.operations, newest.is_none(), with.date);
                    format!(
                        "{number:04}_{}",
                        with.name.map_or_else(suggested, str::to_owned)
                    )
                });
                (app.as_str(), names.collect())
            })
            .collect();
        let order = self.order();
        order
            .into_iter()
            .map(|(app, index)| self.migration(app, index, &names, with))
            .collect()
    }

    fn migration(
        &self,
        app: &str,
        index: usize,
        names: &BTreeMap<&str, Vec<String>>,
        with: &Arrangement<'_>,
    ) -> Migration {
        let draft = &self.apps[app][index];
        let mut migration = Migration::new(app, &names[app][index]);
        let previous = match index {
            0 => with.newest.get(app).cloned(),
            i => Some(names[app][i - 1].clone()),
        };
        migration
            .depends_on
            .extend(previous.map(|name| (app.to_owned(), name)));
        for dependency in &draft.depends_on {
            let (app, name) = match dependency {
                DraftDependency::Newest { app } => (app, with.newest.get(app)),
                DraftDependency::Run { app, index } => {
                    (app, names.get(app.as_str()).and_then(|n| n.get(*index)))
                }
            };
            migration
                .depends_on
                .extend(name.map(|name| (app.clone(), name.clone())));
        }
        migration.operations.clone_from(&draft.operations);
        migration
    }
}
