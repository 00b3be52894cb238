//! Migrations that stand for others.

use std::collections::{BTreeMap, BTreeSet};

use super::{Migration, MigrationKey};

/// Takes out what is replaced, or what replaces, as the database demands.
///
/// A migration that replaces others is used when all or none of them are applied. One that is
/// itself replaced is seen to first.
pub(super) fn resolve(
    nodes: &mut BTreeMap<MigrationKey, Migration>,
    applied: &BTreeSet<MigrationKey>,
) {
    let mut left: Vec<MigrationKey> = nodes
        .iter()
        .filter(|(_, m)| !m.replaces.is_empty())
        .map(|(k, _)| k.clone())
        .collect();
    let mut applied = applied.clone();
    while !left.is_empty() {
        let replaced: BTreeSet<&MigrationKey> = left
            .iter()
            .filter_map(|k| nodes.get(k))
            .flat_map(|m| &m.replaces)
            .collect();
        let inner = left.iter().position(|k| {
            replaced.contains(k) && !nodes[k].replaces.iter().any(|r| left.contains(r))
        });
        let key = left.remove(inner.unwrap_or(0));
        let replaces = nodes[&key].replaces.clone();
        let count = replaces.iter().filter(|r| applied.contains(r)).count();
        if count == 0 || count == replaces.len() || applied.contains(&key) {
            if count == replaces.len() {
                applied.insert(key.clone());
            }
            use_replacement(nodes, &key, &replaces);
        } else {
            drop_replacement(nodes, &key, &replaces);
        }
    }
}

fn use_replacement(
    nodes: &mut BTreeMap<MigrationKey, Migration>,
    key: &MigrationKey,
    replaces: &[MigrationKey],
) {
    let mut outer: Vec<MigrationKey> = Vec::new();
    for replaced in replaces.iter().filter(|r| *r != key) {
        outer.extend(
            nodes
                .remove(replaced)
                .into_iter()
                .flat_map(|m| m.depends_on),
        );
    }
    // What the replaced ones needed from outside is still needed.
    if let Some(migration) = nodes.get_mut(key) {
        migration.depends_on.extend(outer);
        migration
            .depends_on
            .retain(|d| !replaces.contains(d) && d != key);
        dedup(&mut migration.depends_on);
    }
    for migration in nodes.values_mut().filter(|m| m.key() != *key) {
        for dependency in migration
            .depends_on
            .iter_mut()
            .filter(|d| replaces.contains(d))
        {
            dependency.clone_from(key);
        }
        dedup(&mut migration.depends_on);
    }
}

fn drop_replacement(
    nodes: &mut BTreeMap<MigrationKey, Migration>,
    key: &MigrationKey,
    replaces: &[MigrationKey],
) {
    nodes.remove(key);
    let there: Vec<MigrationKey> = replaces
        .iter()
        .filter(|r| nodes.contains_key(r))
        .cloned()
        .collect();
    for migration in nodes.values_mut() {
        if let Some(at) = migration.depends_on.iter().position(|d| d == key) {
            migration.depends_on.splice(at..=at, there.iter().cloned());
            dedup(&mut migration.depends_on);
        }
    }
}

fn dedup(keys: &mut Vec<MigrationKey>) {
    let mut seen = BTreeSet::new();
    keys.retain(|k| seen.insert(k.clone()));
}
