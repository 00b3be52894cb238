//! `makemigrations --empty`: a migration to be filled by hand.

use orm::migrate::{HEAD, Migration, head_text};

use super::{print, unknown_app};
use crate::args::MakeMigrations;
use crate::commands::Context;
use crate::graph;
use crate::project::Project;
use crate::report::{Diagnostic, Failure};
use crate::source;
use crate::store::{Store, write_all};

/// What an empty file says about itself.
const EXAMPLES: &str = "
# [[operations]]
# op = \"run_sql\"
# sql = { default = \"UPDATE …\" }
# reverse = { default = \"\" }

# [[operations]]
# op = \"run_code\"
# name = \"…\"
# reverse = \"\"
";

pub(super) fn run(
    context: &Context<'_>,
    args: &MakeMigrations,
    project: &Project,
) -> Result<u8, Failure> {
    if args.apps.is_empty() {
        return Err(
            Diagnostic::new("--empty needs the app that the migration is for")
                .hint("orm-cli makemigrations APP --empty --name NAME")
                .into(),
        );
    }
    // Folders are known without the source where they are there or configured.
    let known = project.known_apps();
    let apps = if args.apps.iter().all(|a| known.contains_key(a)) {
        known
    } else {
        source::read(project)?.apps
    };
    let store = Store::read(apps)?;
    if let Some(app) = args.apps.iter().find(|a| !store.apps.contains_key(*a)) {
        return Err(unknown_app(app, store.apps.keys().map(String::as_str)));
    }
    let newest = store.graph()?.newest().map_err(|e| graph::failure(&e))?;
    let date = chrono::Utc::now().format("%Y%m%d_%H%M").to_string();
    let mut migrations = Vec::new();
    for app in &args.apps {
        let before = newest.get(app);
        let number = before.and_then(|n| Migration::number(n)).unwrap_or(0) + 1;
        let name = args.name.clone().unwrap_or_else(|| format!("auto_{date}"));
        let mut migration = Migration::new(app, format!("{number:04}_{name}"));
        migration.depends_on = before
            .map(|b| (app.clone(), b.clone()))
            .into_iter()
            .collect();
        migrations.push(migration);
    }
    if !args.dry_run {
        let mut files = Vec::new();
        for migration in &migrations {
            if let Some(file) = store.file(&migration.app, &migration.name) {
                let head = (file.with_file_name(HEAD), head_text(&migration.name));
                files.insert(0, (file, migration.to_toml() + EXAMPLES));
                files.push(head);
            }
        }
        write_all(&files)?;
    }
    if context.output.json() {
        context.output.document(&print::document(&migrations, &[]));
    } else {
        print::listing(context.output, &store, &migrations, args.dry_run);
    }
    Ok(0)
}
