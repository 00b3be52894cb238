//! Several migrations as one that stands for them.

use std::collections::BTreeSet;

use super::graph::{Graph, GraphError, MigrationKey};
use super::migration::Migration;
use super::operation::Operation;
use super::optimizer::optimize;

/// A run of migrations made one.
#[derive(Debug, Clone, PartialEq)]
pub struct Squashed {
    /// The migration that stands for them.
    pub migration: Migration,
    /// Their names, in order.
    pub parts: Vec<String>,
    /// How many operations they have together.
    pub before: usize,
    /// Names of code that they run; it stays needed as long as the squashed migration is.
    pub code: Vec<String>,
}

/// Migrations that cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SquashError {
    /// A name that there is not, or that fits several.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The first one is not before the last one.
    #[error("{app}.{start} does not come before {app}.{end}; name the older one first")]
    Order {
        /// The application.
        app: String,
        /// The first.
        start: String,
        /// The last.
        end: String,
    },
    /// There is only one, and nothing to join.
    #[error("{0} is one migration alone; `optimizemigration` makes its operations fewer")]
    One(String),
    /// A migration between them is of another application.
    #[error(
        "{between} stands between them: it needs one of these migrations and another one needs it; \
         squash up to the one before it, and from the one after it"
    )]
    Between {
        /// That migration, as `app.name`.
        between: String,
    },
    /// The models after it would be others; a fault of this library.
    #[error(
        "the squashed migration would not make the same models ({0}); squash with --no-optimize, and report this"
    )]
    Differs(String),
}

/// Joins the migrations of an application from `start` (else its first one) to `end`; names may be
/// cut as long as they are clear. `name` takes the place of the end's name in that of the result.
///
/// # Errors
/// [`SquashError`]; nothing is written here.
///
/// Django: `squashmigrations`.
pub fn squash(
    graph: &Graph,
    app: &str,
    start: Option<&str>,
    end: &str,
    name: Option<&str>,
    optimized: bool,
) -> Result<Squashed, SquashError> {
    let end = graph.find(app, end)?;
    let all = graph.forwards_plan(app, &end.name)?;
    let mut parts: Vec<&Migration> = all.into_iter().filter(|m| m.app == app).collect();
    if let Some(start) = start {
        let start = graph.find(app, start)?;
        if !parts.iter().any(|m| m.name == start.name) {
            return Err(SquashError::Order {
                app: app.to_owned(),
                start: start.name.clone(),
                end: end.name.clone(),
            });
        }
        let after = graph.backwards_plan(app, &start.name)?;
        parts.retain(|m| after.iter().any(|a| a.key() == m.key()));
    }
    if parts.len() < 2 {
        return Err(SquashError::One(format!("{app}.{}", end.name)));
    }
    let migration = joined(app, &parts, start.is_some(), name, optimized);
    check(graph, &migration)?;
    let operations = parts.iter().flat_map(|m| &m.operations);
    let mut code = Vec::new();
    operations.clone().for_each(|o| collect_code(o, &mut code));
    Ok(Squashed {
        migration,
        parts: parts.iter().map(|m| m.name.clone()).collect(),
        before: operations.count(),
        code,
    })
}

fn joined(
    app: &str,
    parts: &[&Migration],
    from_start: bool,
    name: Option<&str>,
    optimized: bool,
) -> Migration {
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let head = if from_start { &first.name } else { "0001" };
    let name = match name {
        Some(name) => format!("{}_{name}", head.split('_').next().unwrap_or(head)),
        None => format!("{head}_squashed_{}", last.name),
    };
    let keys: BTreeSet<MigrationKey> = parts.iter().map(|m| m.key()).collect();
    let mut migration = Migration::new(app, name);
    for part in parts {
        for key in &part.depends_on {
            if !keys.contains(key) && !migration.depends_on.contains(key) {
                migration.depends_on.push(key.clone());
            }
        }
        migration.operations.extend(part.operations.iter().cloned());
    }
    migration.replaces = parts.iter().map(|m| m.key()).collect();
    if optimized {
        migration.operations = optimize(app, migration.operations);
    }
    migration
}

/// The whole project must still make a graph, and lead to the same models.
fn check(graph: &Graph, squashed: &Migration) -> Result<(), SquashError> {
    let mut all = graph.migrations().to_vec();
    if all.iter().any(|m| m.key() == squashed.key()) {
        let name = format!("{}.{}", squashed.app, squashed.name);
        return Err(GraphError::Twice(name).into());
    }
    all.push(squashed.clone());
    let after = match Graph::new(all) {
        Ok(graph) => graph,
        Err(GraphError::Circle(circle)) => {
            let own = format!("{}.{}", squashed.app, squashed.name);
            let between = circle.iter().find(|c| **c != own).cloned();
            let between = between.unwrap_or_default();
            return Err(SquashError::Between { between });
        }
        Err(other) => return Err(other.into()),
    };
    let differs = |text: String| SquashError::Differs(text);
    let old = graph.state().map_err(|e| differs(e.to_string()))?;
    let new = after.state().map_err(|e| differs(e.to_string()))?;
    match old.first_difference(&new) {
        Some(model) => Err(differs(model.to_string())),
        None => Ok(()),
    }
}

fn collect_code(operation: &Operation, names: &mut Vec<String>) {
    match operation {
        Operation::RunCode { name, reverse } => {
            let both = [Some(name), reverse.as_ref()].into_iter().flatten();
            for name in both.filter(|n| !n.is_empty()) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        Operation::SeparateDatabaseAndState { database, .. } => {
            database.iter().for_each(|o| collect_code(o, names));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use orm_schema::{FieldDef, FieldType, ModelDef};

    use super::*;

    fn create(name: &str) -> Operation {
        let mut model = ModelDef::new("blog", name);
        model.fields.push(FieldDef::new("id", FieldType::Text));
        model.primary_key = vec!["id".to_owned()];
        Operation::CreateModel(model)
    }

    fn add(model: &str, field: &str) -> Operation {
        Operation::AddField {
            model: model.to_owned(),
            field: FieldDef::new(field, FieldType::Text),
            preserve_default: true,
        }
    }

    fn migration(key: &str, depends_on: &[&str], operations: Vec<Operation>) -> Migration {
        let split = |k: &str| {
            let (app, name) = k.split_once('.').unwrap();
            (app.to_owned(), name.to_owned())
        };
        let (app, name) = split(key);
        Migration {
            depends_on: depends_on.iter().map(|k| split(k)).collect(),
            operations,
            ..Migration::new(app, name)
        }
    }

    fn blog() -> Vec<Migration> {
        vec![
            migration("blog.0001_initial", &[], vec![create("A")]),
            migration("blog.0002_a_x", &["blog.0001_initial"], vec![add("A", "x")]),
            migration("blog.0003_a_y", &["blog.0002_a_x"], vec![add("A", "y")]),
        ]
    }

    #[test]
    fn migrations_become_one() {
        let graph = Graph::new(blog()).unwrap();
        let all = squash(&graph, "blog", None, "0003", None, true).unwrap();
        assert_eq!(all.migration.name, "0001_squashed_0003_a_y");
        assert_eq!(all.parts, ["0001_initial", "0002_a_x", "0003_a_y"]);
        assert_eq!((all.before, all.migration.operations.len()), (3, 1));
        let plain = squash(&graph, "blog", None, "0003", Some("start"), false).unwrap();
        assert_eq!(plain.migration.name, "0001_start");
        assert_eq!(plain.migration.operations.len(), 3);
        let rest = squash(&graph, "blog", Some("0002"), "0003", None, true).unwrap();
        assert_eq!(rest.migration.name, "0002_a_x_squashed_0003_a_y");
        assert_eq!(
            rest.migration.depends_on,
            [("blog".into(), "0001_initial".into())]
        );

        // What is squashed can be squashed again.
        let mut files = blog();
        files.push(rest.migration);
        let graph = Graph::new(files).unwrap();
        let again = squash(&graph, "blog", None, "0002", None, true).unwrap();
        assert_eq!(again.parts, ["0001_initial", "0002_a_x_squashed_0003_a_y"]);
    }

    #[test]
    fn what_cannot_be_joined_is_told() {
        let mut files = blog();
        files.push(migration(
            "shop.0001_initial",
            &["blog.0001_initial"],
            vec![],
        ));
        files[1]
            .depends_on
            .push(("shop".into(), "0001_initial".into()));
        let graph = Graph::new(files).unwrap();
        let error = |start, end| {
            squash(&graph, "blog", start, end, None, true)
                .unwrap_err()
                .to_string()
        };
        assert!(error(None, "0003").starts_with("shop.0001_initial stands between them"));
        assert!(error(Some("0003"), "0002").contains("does not come before"));
        assert!(error(None, "0001").contains("one migration alone"));
        assert!(error(None, "0009").contains("there is no migration blog.0009"));
        assert!(squash(&graph, "blog", Some("0002"), "0003", None, true).is_ok());
    }
}
