//! The migrations as a diagram.

use std::collections::BTreeMap;

use orm::migrate::Migration;

use super::{Arrow, Diagram, Node};
use crate::commands::{Context, counted, known_app};
use crate::report::Failure;

/// The migrations of these apps, or of all, in the order in which they run.
pub(super) fn diagram(context: &Context<'_>, apps: &[String]) -> Result<Diagram, Failure> {
    let project = context.place()?;
    let store = context.store(&project)?;
    for app in apps {
        known_app(&store, app)?;
    }
    let graph = store.graph()?;
    let wanted = |m: &&Migration| apps.is_empty() || apps.contains(&m.app);
    let mut diagram = Diagram::default();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let chosen: Vec<&Migration> = graph.migrations().iter().filter(wanted).collect();
    for migration in &chosen {
        let mut note = counted(migration.operations.len() as u64, "operation");
        if !migration.replaces.is_empty() {
            note = format!("{note}, stands for {}", migration.replaces.len());
        }
        places.insert(migration.key(), diagram.nodes.len());
        diagram
            .nodes
            .push(node(&migration.app, &migration.name, note));
    }
    for migration in &chosen {
        let from = places[&migration.key()];
        for (app, name) in &migration.depends_on {
            let next = diagram.nodes.len();
            let to = *places.entry((app.clone(), name.clone())).or_insert(next);
            if to == next {
                diagram.nodes.push(node(app, name, "elsewhere".to_owned()));
            }
            diagram.arrows.push(Arrow {
                from,
                row: None,
                to,
                label: String::new(),
                many: (false, false),
                optional: false,
            });
        }
    }
    Ok(diagram)
}

fn node(app: &str, name: &str, note: String) -> Node {
    Node {
        group: app.to_owned(),
        name: name.to_owned(),
        note,
        rows: Vec::new(),
    }
}
