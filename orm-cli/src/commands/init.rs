//! `init`: writes `orm.toml` with what already holds, ready to be changed.

use super::Context;
use crate::project::Project;
use crate::report::{Diagnostic, Failure};
use crate::store::write_new;

pub(super) fn run(context: &Context<'_>) -> Result<u8, Failure> {
    let project = context.project()?;
    let file = project.root.join("orm.toml");
    if file.exists() {
        return Err(
            Diagnostic::new(format!("{} is already there", crate::report::shown(&file)))
                .hint("change it by hand; it is left as it is")
                .into(),
        );
    }
    write_new(&[(file.clone(), text(&project))])?;
    let shown = crate::report::shown(&file);
    if context.output.json() {
        context
            .output
            .document(&serde_json::json!({ "written": [shown] }));
    } else {
        context.output.say(format!("wrote {shown}"));
        context.output.say("next: derive Model on a struct, then run `orm-cli makemigrations` and `orm-cli migrate`");
    }
    Ok(0)
}

fn text(project: &Project) -> String {
    let mut text = String::from(
        "# Without a url: DATABASE_URL of the environment, else sqlite:db.sqlite3.\n\
         [databases.default]\n\
         # url = \"singlestore://user:password@host:3306/database\"   # or \"env:NAME\" of a variable\n",
    );
    let packages = project
        .packages
        .iter()
        .filter(|p| p.dir.starts_with(&project.root));
    for package in packages {
        let app = project.default_app_of(package);
        let dir = project.migrations_of(&app, Some(package));
        let below = |path: &std::path::Path| {
            let path = path.strip_prefix(&project.root).unwrap_or(path);
            path.display().to_string().replace('\\', "/")
        };
        text.push_str(&format!(
            "\n[apps.{app}]\nsource = \"{}\"\nmigrations = \"{}\"\n# storage_type = \"columnstore\"   # SingleStore: for models that name none\n",
            below(&package.dir.join("src")),
            below(&dir),
        ));
    }
    text
}
