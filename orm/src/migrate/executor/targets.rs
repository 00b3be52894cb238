//! Which migrations a run applies or undoes, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::MigrateError;
use crate::migrate::{Direction, Graph, Migration};

/// What a run is to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All migrations.
    All,
    /// All migrations of an application, and what they depend on.
    App(String),
    /// This migration applied, and of its application nothing that builds on it. The name may be
    /// cut as long as it is clear.
    Migration(String, String),
    /// No migration of this application.
    Zero(String),
}

type Key = (String, String);

/// Migrations in an order in which each comes after what it depends on.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    pub(super) migrations: Vec<&'a Migration>,
    /// Per migration, what it depends on.
    dependencies: Vec<Vec<usize>>,
}

impl<'a> Order<'a> {
    /// Sorts migrations; those without an order between them stay as they are given.
    pub(super) fn new(given: &'a [Migration]) -> Result<Self, MigrateError> {
        let mut at: BTreeMap<Key, usize> = BTreeMap::new();
        for (i, migration) in given.iter().enumerate() {
            // What was squashed is found under its old names.
            for key in &migration.replaces {
                at.entry(key.clone()).or_insert(i);
            }
        }
        at.extend(given.iter().enumerate().map(|(i, m)| (m.key(), i)));
        let mut sorter = Sorter {
            given,
            at,
            state: vec![Mark::New; given.len()],
            out: Vec::new(),
        };
        for i in 0..given.len() {
            sorter.visit(i)?;
        }
        let place: BTreeMap<usize, usize> = sorter
            .out
            .iter()
            .enumerate()
            .map(|(p, i)| (*i, p))
            .collect();
        let dependencies = sorter.out.iter().map(|i| {
            let own = given[*i].depends_on.iter();
            own.filter_map(|key| sorter.at.get(key))
                .filter(|d| *d != i)
                .map(|d| place[d])
                .collect()
        });
        Ok(Self {
            dependencies: dependencies.collect(),
            migrations: sorter.out.iter().map(|i| &given[*i]).collect(),
        })
    }

    /// The migrations that count on a database where these are applied: a squashed one, or those
    /// that it stands for. A squashed one whose parts are all applied is then applied as well.
    pub(super) fn resolved(&self, applied: &mut BTreeSet<Key>) -> Result<Self, MigrateError> {
        if self.migrations.iter().all(|m| m.replaces.is_empty()) {
            return Ok(self.clone());
        }
        self.check_parts(applied)?;
        // The graph needs no operations.
        let bare = self.migrations.iter().map(|m| Migration {
            app: m.app.clone(),
            name: m.name.clone(),
            depends_on: m.depends_on.clone(),
            replaces: m.replaces.clone(),
            operations: Vec::new(),
        });
        let graph = Graph::with_applied(bare.collect(), applied)?;
        let place: BTreeMap<Key, usize> = graph
            .migrations()
            .iter()
            .enumerate()
            .map(|(at, m)| (m.key(), at))
            .collect();
        let original = |m: &Migration| self.migrations.iter().find(|o| o.key() == m.key()).copied();
        let resolved = Self {
            migrations: graph.migrations().iter().filter_map(original).collect(),
            dependencies: graph
                .migrations()
                .iter()
                .map(|m| {
                    m.depends_on
                        .iter()
                        .filter_map(|k| place.get(k).copied())
                        .collect()
                })
                .collect(),
        };
        for migration in &resolved.migrations {
            let replaces = &migration.replaces;
            if !replaces.is_empty() && replaces.iter().all(|key| applied.contains(key)) {
                applied.insert(migration.key());
            }
        }
        Ok(resolved)
    }

    /// A squashed migration of which a database has a part needs the files of the rest.
    fn check_parts(&self, applied: &BTreeSet<Key>) -> Result<(), MigrateError> {
        for migration in self
            .migrations
            .iter()
            .filter(|m| !applied.contains(&m.key()))
        {
            let (done, open): (Vec<&Key>, Vec<&Key>) = migration
                .replaces
                .iter()
                .partition(|key| applied.contains(key));
            let there = |key: &Key| self.migrations.iter().any(|m| m.key() == *key);
            if let (Some(_), Some(missing)) = (done.first(), open.iter().find(|k| !there(k))) {
                return Err(MigrateError::HalfSquashed {
                    migration: label(migration),
                    done: done.len(),
                    total: migration.replaces.len(),
                    missing: format!("{}.{}", missing.0, missing.1),
                });
            }
        }
        Ok(())
    }

    /// Whether every applied migration stands on applied ones.
    pub(super) fn check_history(&self, applied: &BTreeSet<Key>) -> Result<(), MigrateError> {
        for (at, migration) in self.migrations.iter().enumerate() {
            if !applied.contains(&migration.key()) {
                continue;
            }
            let missing = self.dependencies[at]
                .iter()
                .map(|d| self.migrations[*d])
                .find(|d| {
                    let replaced =
                        !d.replaces.is_empty() && d.replaces.iter().all(|r| applied.contains(r));
                    !applied.contains(&d.key()) && !replaced
                });
            if let Some(dependency) = missing {
                return Err(MigrateError::History {
                    migration: label(migration),
                    dependency: label(dependency),
                });
            }
        }
        Ok(())
    }

    /// What to do to reach the targets, in order.
    pub(super) fn plan(
        &self,
        targets: &[Target],
        applied: &BTreeSet<Key>,
    ) -> Result<Vec<(usize, Direction)>, MigrateError> {
        let mut applied = applied.clone();
        let mut plan = Vec::new();
        for target in targets {
            let (undo, apply) = self.wanted(target, &applied)?;
            for at in self.with_dependents(&undo).into_iter().rev() {
                if applied.remove(&self.migrations[at].key()) {
                    plan.push((at, Direction::Backwards));
                }
            }
            for at in self.with_dependencies(&apply) {
                if applied.insert(self.migrations[at].key()) {
                    plan.push((at, Direction::Forwards));
                }
            }
        }
        Ok(plan)
    }

    /// The migrations that a target asks to undo, and those it asks to apply.
    fn wanted(
        &self,
        target: &Target,
        applied: &BTreeSet<Key>,
    ) -> Result<(Vec<usize>, Vec<usize>), MigrateError> {
        Ok(match target {
            Target::All => (Vec::new(), (0..self.migrations.len()).collect()),
            Target::App(app) => (Vec::new(), self.of_app(app)?),
            Target::Zero(app) => (self.of_app(app)?, Vec::new()),
            Target::Migration(app, name) => {
                let at = self.find(app, name)?;
                if !applied.contains(&self.migrations[at].key()) {
                    return Ok((Vec::new(), vec![at]));
                }
                let builds_on = |i: &usize| {
                    self.migrations[*i].app == *app && self.dependencies[*i].contains(&at)
                };
                (
                    (0..self.migrations.len()).filter(builds_on).collect(),
                    Vec::new(),
                )
            }
        })
    }

    fn of_app(&self, app: &str) -> Result<Vec<usize>, MigrateError> {
        let own = |i: &usize| self.migrations[*i].app == app;
        let found: Vec<usize> = (0..self.migrations.len()).filter(own).collect();
        if found.is_empty() {
            let known = self.migrations.iter().map(|m| m.app.as_str());
            let near = orm_schema::nearest(app, known).map(str::to_owned);
            return Err(MigrateError::NoApp {
                app: app.to_owned(),
                near,
            });
        }
        Ok(found)
    }

    fn find(&self, app: &str, name: &str) -> Result<usize, MigrateError> {
        let own = self.of_app(app)?;
        if let Some(at) = own.iter().find(|i| self.migrations[**i].name == name) {
            return Ok(*at);
        }
        let begins = |i: &&usize| self.migrations[**i].name.starts_with(name);
        let found: Vec<usize> = own.iter().filter(begins).copied().collect();
        match found.as_slice() {
            [at] => Ok(*at),
            _ => Err(MigrateError::NoMigration {
                app: app.to_owned(),
                name: name.to_owned(),
                found: found
                    .iter()
                    .map(|i| self.migrations[*i].name.clone())
                    .collect(),
            }),
        }
    }

    fn with_dependencies(&self, wanted: &[usize]) -> BTreeSet<usize> {
        let mut out: BTreeSet<usize> = wanted.iter().copied().collect();
        let last = out.last().map_or(0, |l| l + 1);
        for at in (0..last).rev() {
            if out.contains(&at) {
                out.extend(&self.dependencies[at]);
            }
        }
        out
    }

    fn with_dependents(&self, wanted: &[usize]) -> BTreeSet<usize> {
        let mut out: BTreeSet<usize> = wanted.iter().copied().collect();
        for at in 0..self.migrations.len() {
            if !out.is_empty() && self.dependencies[at].iter().any(|d| out.contains(d)) {
                out.insert(at);
            }
        }
        out
    }
}

/// `app.name`.
pub(super) fn label(migration: &Migration) -> String {
    format!("{}.{}", migration.app, migration.name)
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

struct Sorter<'a> {
    given: &'a [Migration],
    at: BTreeMap<Key, usize>,
    state: Vec<Mark>,
    out: Vec<usize>,
}

impl Sorter<'_> {
    /// Depth first, with a stack of its own: histories are as deep as they are long.
    fn visit(&mut self, start: usize) -> Result<(), MigrateError> {
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 {
                if self.state[at] != Mark::New {
                    continue;
                }
                self.state[at] = Mark::Open;
            }
            let Some(key) = self.given[at].depends_on.get(next) else {
                self.state[at] = Mark::Done;
                self.out.push(at);
                continue;
            };
            stack.push((at, next + 1));
            let fault = |problem| MigrateError::Dependency {
                migration: label(&self.given[at]),
                dependency: format!("{}.{}", key.0, key.1),
                problem,
            };
            let Some(dependency) = self.at.get(key).copied() else {
                return Err(fault("which does not exist"));
            };
            // A squashed migration may depend on what it stands for.
            if dependency == at {
                continue;
            }
            match self.state[dependency] {
                Mark::New => stack.push((dependency, 0)),
                Mark::Open => return Err(fault("which in turn depends on it")),
                Mark::Done => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migration(key: &str, depends_on: &[&str]) -> Migration {
        let parts = |key: &str| {
            let (app, name) = key.split_once('.').expect("app.name");
            (app.to_owned(), name.to_owned())
        };
        let (app, name) = parts(key);
        Migration {
            depends_on: depends_on.iter().map(|k| parts(k)).collect(),
            ..Migration::new(app, name)
        }
    }

    fn project() -> Vec<Migration> {
        vec![
            migration("blog.0002_b", &["blog.0001_a", "auth.0001_a"]),
            migration("blog.0001_a", &[]),
            migration("auth.0001_a", &[]),
            migration("auth.0002_b", &["auth.0001_a"]),
            migration("blog.0003_c", &["blog.0002_b"]),
        ]
    }

    fn check(target: Target, applied: &[&str], expected: &[&str]) {
        let project = project();
        let order = Order::new(&project).unwrap();
        let applied = applied.iter().map(|k| {
            let (app, name) = k.split_once('.').unwrap();
            (app.to_owned(), name.to_owned())
        });
        let plan = order.plan(&[target], &applied.collect()).unwrap();
        let plan: Vec<String> = plan
            .into_iter()
            .map(|(at, direction)| {
                let sign = if direction == Direction::Forwards {
                    "+"
                } else {
                    "-"
                };
                format!("{sign}{}", label(order.migrations[at]))
            })
            .collect();
        assert_eq!(plan, expected);
    }

    #[test]
    fn plans_forwards_with_dependencies_first() {
        check(
            Target::All,
            &[],
            &[
                "+blog.0001_a",
                "+auth.0001_a",
                "+blog.0002_b",
                "+auth.0002_b",
                "+blog.0003_c",
            ],
        );
        check(
            Target::App("blog".into()),
            &["blog.0001_a"],
            &["+auth.0001_a", "+blog.0002_b", "+blog.0003_c"],
        );
        check(
            Target::Migration("blog".into(), "0002".into()),
            &[],
            &["+blog.0001_a", "+auth.0001_a", "+blog.0002_b"],
        );
    }

    #[test]
    fn plans_backwards_with_dependents_first() {
        let all = [
            "blog.0001_a",
            "auth.0001_a",
            "blog.0002_b",
            "auth.0002_b",
            "blog.0003_c",
        ];
        check(
            Target::Zero("auth".into()),
            &all,
            &[
                "-blog.0003_c",
                "-auth.0002_b",
                "-blog.0002_b",
                "-auth.0001_a",
            ],
        );
        check(
            Target::Migration("blog".into(), "0001_a".into()),
            &all,
            &["-blog.0003_c", "-blog.0002_b"],
        );
        check(Target::Migration("blog".into(), "0003_c".into()), &all, &[]);
    }

    #[test]
    fn refuses_what_leads_nowhere() {
        let order = |migrations: &[Migration]| Order::new(migrations).unwrap_err().to_string();
        assert_eq!(
            order(&[migration("a.1", &["a.0"])]),
            "a.1 depends on a.0, which does not exist"
        );
        assert_eq!(
            order(&[migration("a.1", &["b.1"]), migration("b.1", &["a.1"])]),
            "b.1 depends on a.1, which in turn depends on it"
        );
        let project = project();
        let plan = |target| {
            Order::new(&project)
                .unwrap()
                .plan(&[target], &BTreeSet::new())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            plan(Target::App("blig".into())),
            "there are no migrations of application `blig`; did you mean `blog`?"
        );
        assert_eq!(
            plan(Target::Migration("blog".into(), "000".into())),
            "3 migrations of `blog` begin with `000` (0001_a, 0002_b, 0003_c); give the whole name"
        );
    }

    #[test]
    fn sees_an_inconsistent_history() {
        let project = project();
        let applied = [("blog".to_owned(), "0002_b".to_owned())].into();
        let error = Order::new(&project)
            .unwrap()
            .check_history(&applied)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("blog.0002_b is applied, but blog.0001_a"),
            "{error}"
        );
    }
}
