//! Which migrations of other applications a new one has to wait for.

use super::{Graph, Migration};
use crate::migrate::operation::Operation;

impl Graph {
    /// Makes new migrations that take something away, or rename it, wait for the newest migrations
    /// of the applications that build on theirs.
    ///
    /// Those may have referred to it once. Their old migrations run on an empty database too, and
    /// without this they might do so after it is gone.
    pub fn wait_for_users(&self, new: &mut [Migration]) {
        for migration in new {
            if !migration.operations.iter().any(takes_away) {
                continue;
            }
            let app = &migration.app;
            let builds_on = |m: &&Migration| m.depends_on.iter().any(|(a, _)| a == app);
            let mut apps: Vec<&str> = self
                .migrations()
                .iter()
                .filter(|m| m.app != *app)
                .filter(builds_on)
                .map(|m| m.app.as_str())
                .collect();
            apps.sort_unstable();
            apps.dedup();
            // A migration of this run comes after the newest that is there.
            apps.retain(|a| migration.depends_on.iter().all(|(d, _)| d != a));
            for user in apps {
                let leaves = self.leaves(user).into_iter().map(Migration::key);
                migration.depends_on.extend(leaves);
            }
        }
    }
}

fn takes_away(operation: &Operation) -> bool {
    match operation {
        Operation::DeleteModel(_)
        | Operation::RenameModel { .. }
        | Operation::RemoveField { .. }
        | Operation::RenameField { .. } => true,
        Operation::SeparateDatabaseAndState { state, .. } => state.iter().any(takes_away),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use orm_schema::ModelDef;

    use super::*;

    fn migration(app: &str, name: &str, depends_on: &[(&str, &str)]) -> Migration {
        let key = |(app, name): &(&str, &str)| ((*app).to_owned(), (*name).to_owned());
        Migration {
            depends_on: depends_on.iter().map(key).collect(),
            ..Migration::new(app, name)
        }
    }

    #[test]
    fn what_takes_away_waits_for_those_that_referred_to_it() {
        let graph = Graph::new(vec![
            migration("a", "0001", &[]),
            migration("b", "0001", &[("a", "0001")]),
            migration("b", "0002", &[("b", "0001")]),
            migration("c", "0001", &[]),
        ])
        .unwrap();
        let new = |operations: Vec<Operation>| {
            let mut new = [Migration {
                operations,
                ..migration("a", "0002", &[("a", "0001")])
            }];
            graph.wait_for_users(&mut new);
            let [new] = new;
            let rest = new.depends_on.into_iter().skip(1);
            rest.map(|(a, n)| format!("{a}.{n}")).collect::<Vec<_>>()
        };
        let model = ModelDef::new("a", "Ant");
        assert_eq!(new(vec![Operation::DeleteModel(model.clone())]), ["b.0002"]);
        let rename = Operation::RenameModel {
            from: "Ant".to_owned(),
            to: "Bee".to_owned(),
        };
        assert_eq!(new(vec![rename]), ["b.0002"]);
        assert!(new(vec![Operation::CreateModel(model)]).is_empty());
    }
}
