//! How a table differs from what it should be.

use super::canon;
use super::difference::{Difference, Part};
use super::table::{Column, ForeignKey, Key, Storage, Table, same_name};
use crate::dialect::Features;

/// Every difference of a table that is from what it should be. The order of columns is none.
pub fn compare(expected: &Table, found: &Table, features: &Features) -> Vec<Difference> {
    let mut out = Comparison {
        features,
        out: Vec::new(),
    };
    out.columns(expected, found);
    out.primary_key(expected, found);
    out.keys(expected, found);
    out.foreign_keys(expected, found);
    out.checks(expected, found);
    out.storage(&expected.storage, &found.storage);
    if features.comments {
        out.option(Part::TableComment, None, &expected.comment, &found.comment);
    }
    out.out
}

struct Comparison<'a> {
    features: &'a Features,
    out: Vec<Difference>,
}

impl Comparison<'_> {
    fn push(
        &mut self,
        part: Part,
        name: Option<&str>,
        expected: Option<String>,
        found: Option<String>,
    ) {
        self.out.push(Difference::new(part, name, expected, found));
    }

    fn option(
        &mut self,
        part: Part,
        name: Option<&str>,
        expected: &Option<String>,
        found: &Option<String>,
    ) {
        if expected != found {
            self.push(part, name, quoted(expected), quoted(found));
        }
    }

    fn columns(&mut self, expected: &Table, found: &Table) {
        for column in &expected.columns {
            match found.column(&column.name) {
                Some(other) => self.column(column, other),
                None => {
                    let text = describe(column);
                    self.push(Part::Column, Some(&column.name), Some(text), None);
                }
            }
        }
        for column in &found.columns {
            if expected.column(&column.name).is_none() {
                let text = describe(column);
                self.push(Part::Column, Some(&column.name), None, Some(text));
            }
        }
    }

    fn column(&mut self, expected: &Column, found: &Column) {
        let name = Some(found.name.as_str());
        if expected.name != found.name {
            let (a, b) = (expected.name.clone(), found.name.clone());
            self.push(
                Part::Column,
                name,
                Some(format!("called `{a}`")),
                Some(format!("called `{b}`")),
            );
        }
        if !self.same_type(&expected.ty, &found.ty) {
            self.push(
                Part::Type,
                name,
                Some(expected.ty.clone()),
                Some(found.ty.clone()),
            );
        }
        // SQLite adds computed columns to a table only as virtual ones.
        let kind = |c: &Column| c.virtual_column && !self.features.transactional_ddl;
        let computed = |c: &Column| {
            let sql = c.computed.as_deref().map(canon::expression);
            sql.map(|sql| (sql, kind(c)))
        };
        if computed(expected) != computed(found) {
            let text = |c: &Column| {
                let word = if kind(c) { " VIRTUAL" } else { "" };
                c.computed.as_ref().map(|sql| format!("({sql}){word}"))
            };
            self.push(Part::Computed, name, text(expected), text(found));
        }
        // Of a computed column, nullability and default are the database's to say.
        if expected.computed.is_none() && found.computed.is_none() {
            self.plain(expected, found);
        }
        let known = expected.collation.is_some() && found.collation.is_some();
        if expected.collation != found.collation && (known || self.features.transactional_ddl) {
            let binary = |c: &Option<String>| Some(c.clone().unwrap_or_else(|| "binary".into()));
            self.push(
                Part::Collation,
                name,
                binary(&expected.collation),
                binary(&found.collation),
            );
        }
        if self.features.comments {
            self.option(Part::Comment, name, &expected.comment, &found.comment);
        }
    }

    /// SQLite keeps whole numbers of all types alike: what it reads off a type is the word INT in it.
    fn same_type(&self, a: &str, b: &str) -> bool {
        let whole = |ty: &str| ty.contains("int");
        a == b || self.features.transactional_ddl && whole(a) && whole(b)
    }

    fn plain(&mut self, expected: &Column, found: &Column) {
        let name = Some(found.name.as_str());
        let words = |c: &Column| Some(if c.null { "accepted" } else { "refused" }.to_owned());
        if expected.null != found.null {
            self.push(Part::Null, name, words(expected), words(found));
        }
        let auto = |c: &Column| c.auto_increment.then(|| "on".to_owned());
        if expected.auto_increment != found.auto_increment {
            self.push(Part::AutoIncrement, name, auto(expected), auto(found));
        }
        let one = |c: &Column| c.default.as_ref().map(|d| canon::default(&expected.ty, d));
        if one(expected) != one(found) {
            self.push(
                Part::Default,
                name,
                expected.default.clone(),
                found.default.clone(),
            );
        }
        let update = |c: &Column| c.on_update.as_deref().map(canon::expression);
        if update(expected) != update(found) {
            self.push(
                Part::OnUpdate,
                name,
                expected.on_update.clone(),
                found.on_update.clone(),
            );
        }
    }

    fn primary_key(&mut self, expected: &Table, found: &Table) {
        if !same_names(&expected.primary_key, &found.primary_key) {
            let text = |k: &[String]| (!k.is_empty()).then(|| listed(k));
            let (a, b) = (text(&expected.primary_key), text(&found.primary_key));
            self.push(Part::PrimaryKey, None, a, b);
        }
    }

    /// Keys fit by name; keys without a name, or of another name, by what they are over. A key that
    /// goes with a column that is told of already is not told of again. Where a key cannot be dropped, its name says
    /// nothing: nothing refers to it, and it stays when a field is renamed.
    fn keys(&mut self, expected: &Table, found: &Table) {
        let implied = |key: &Key, other: &Table| {
            key.parts
                .iter()
                .any(|p| p.is_column && other.column(&p.text).is_none())
        };
        let nameless = |key: &Key| key.inline && self.features.transactional_ddl;
        let mut left: Vec<&Key> = found
            .keys
            .iter()
            .filter(|k| !implied(k, expected))
            .collect();
        let mut open: Vec<&Key> = Vec::new();
        for key in expected.keys.iter().filter(|k| !implied(k, found)) {
            let by_name = |k: &&Key| is_called(k, key) && (!nameless(k) || same_key(key, k));
            match left.iter().position(by_name) {
                Some(at) => self.key(key, left.remove(at)),
                None => open.push(key),
            }
        }
        for key in open {
            let same = left.iter().position(|k| same_key(key, k));
            match same.or_else(|| left.iter().position(|k| is_called(k, key))) {
                Some(at) if same.is_none() => self.key(key, left.remove(at)),
                Some(at) => {
                    let other = left.remove(at);
                    let names = key.name.as_ref().zip(other.name.as_ref());
                    if let Some((a, b)) = names.filter(|_| !nameless(other)) {
                        let (a, b) = (format!("called `{a}`"), format!("called `{b}`"));
                        self.push(part_of(key), other.name.as_deref(), Some(a), Some(b));
                    }
                }
                None => self.push(part_of(key), key.name.as_deref(), Some(text_of(key)), None),
            }
        }
        for key in left {
            self.push(part_of(key), key.name.as_deref(), None, Some(text_of(key)));
        }
    }

    fn key(&mut self, expected: &Key, found: &Key) {
        if expected.unique != found.unique {
            self.push(
                part_of(expected),
                expected.name.as_deref(),
                Some(text_of(expected)),
                None,
            );
            self.push(
                part_of(found),
                found.name.as_deref(),
                None,
                Some(text_of(found)),
            );
        } else if !same_key(expected, found) {
            let (a, b) = (text_of(expected), text_of(found));
            self.push(
                part_of(expected),
                expected.name.as_deref(),
                Some(a),
                Some(b),
            );
        }
    }

    fn foreign_keys(&mut self, expected: &Table, found: &Table) {
        let implied =
            |key: &ForeignKey, other: &Table| key.columns.iter().any(|c| other.column(c).is_none());
        let left = found.foreign_keys.iter().filter(|k| !implied(k, expected));
        let mut left: Vec<&ForeignKey> = left.collect();
        for key in expected.foreign_keys.iter().filter(|k| !implied(k, found)) {
            let fits = |k: &&ForeignKey| same_names(&k.columns, &key.columns);
            let Some(at) = left.iter().position(fits) else {
                self.push(
                    Part::ForeignKey,
                    key.name.as_deref(),
                    Some(reference(key)),
                    None,
                );
                continue;
            };
            let other = left.remove(at);
            // Where a foreign key can be dropped, it is dropped by its name.
            let names = key.name.as_ref().zip(other.name.as_ref());
            let named = names.filter(|(a, b)| a != b && !self.features.transactional_ddl);
            if named.is_none() && reference(key).to_lowercase() == reference(other).to_lowercase() {
                continue;
            }
            let text = |key: &ForeignKey| match (&key.name, named) {
                (Some(name), Some(_)) => format!("`{name}` {}", reference(key)),
                _ => reference(key),
            };
            let (a, b) = (text(key), text(other));
            self.push(Part::ForeignKey, other.name.as_deref(), Some(a), Some(b));
        }
        for key in left {
            self.push(
                Part::ForeignKey,
                key.name.as_deref(),
                None,
                Some(reference(key)),
            );
        }
    }

    fn checks(&mut self, expected: &Table, found: &Table) {
        let mut left: Vec<String> = found.checks.iter().map(|c| canon::expression(c)).collect();
        for check in &expected.checks {
            let text = canon::expression(check);
            match left.iter().position(|c| *c == text) {
                Some(at) => drop(left.remove(at)),
                None => self.push(Part::Check, None, Some(format!("({check})")), None),
            }
        }
        for check in left {
            self.push(Part::Check, None, None, Some(format!("({check})")));
        }
    }

    fn storage(&mut self, expected: &Storage, found: &Storage) {
        if !self.features.sharded {
            return;
        }
        let kind = |s: &Storage| (s.rowstore, s.reference);
        if kind(expected) != kind(found) {
            self.push(
                Part::Storage,
                None,
                Some(storage_type(expected)),
                Some(storage_type(found)),
            );
        }
        let shard = |s: &Storage| s.shard_key.as_deref().map(listed);
        if shard(expected).map(|t| t.to_lowercase()) != shard(found).map(|t| t.to_lowercase()) {
            self.push(Part::ShardKey, None, shard(expected), shard(found));
        }
        let sort = |s: &Storage| {
            let parts = s
                .sort_key
                .iter()
                .map(|(c, down)| format!("{c}{}", if *down { " DESC" } else { "" }));
            let parts: Vec<String> = parts.collect();
            (!parts.is_empty()).then(|| listed(&parts))
        };
        if sort(expected) != sort(found) {
            self.push(Part::SortKey, None, sort(expected), sort(found));
        }
    }
}

fn quoted(text: &Option<String>) -> Option<String> {
    text.as_ref().map(|t| format!("{t:?}"))
}

fn listed(names: &[String]) -> String {
    format!("({})", names.join(", "))
}

fn same_names(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_name(a, b))
}

fn part_of(key: &Key) -> Part {
    if key.unique {
        Part::Unique
    } else {
        Part::Index
    }
}

fn text_of(key: &Key) -> String {
    let kind = match key.kind {
        super::KeyKind::Usual => String::new(),
        kind => format!(" {}", kind.as_str()),
    };
    let unenforced = if key.unenforced { " unenforced" } else { "" };
    let version = key.options.version.map(|v| format!(" version {v}"));
    let json = key.options.server_json().map(|json| format!(" {json}"));
    let options = version.unwrap_or_default() + &json.unwrap_or_default();
    format!("{}{kind}{options}{unenforced}", key.describe())
}

fn is_called(a: &Key, b: &Key) -> bool {
    a.name.is_some() && a.name == b.name
}

/// Whether a key is as expected but for its name.
fn same_key(a: &Key, b: &Key) -> bool {
    let condition = |k: &Key| k.condition.as_deref().map(canon::expression);
    let parts = |k: &Key| {
        let text = |p: &super::KeyPart| match p.is_column {
            true => p.text.to_lowercase(),
            false => canon::expression(&p.text),
        };
        let parts = k
            .parts
            .iter()
            .map(|p| (text(p), p.prefix.clone(), p.descending));
        parts.collect::<Vec<_>>()
    };
    (a.unique, a.unenforced, a.kind) == (b.unique, b.unenforced, b.kind)
        && a.options.is_met_by(&b.options)
        && parts(a) == parts(b)
        && condition(a) == condition(b)
}

fn reference(key: &ForeignKey) -> String {
    let mut out = format!(
        "{} to `{}` {}",
        listed(&key.columns),
        key.ref_table,
        listed(&key.ref_columns)
    );
    for (event, action) in [("delete", &key.on_delete), ("update", &key.on_update)] {
        if let Some(action) = action {
            out.push_str(&format!(" on {event} {action}"));
        }
    }
    if key.deferred {
        out.push_str(" deferred");
    }
    out
}

fn storage_type(storage: &Storage) -> String {
    let words = match (storage.rowstore, storage.reference) {
        (false, false) => "columnstore",
        (true, false) => "rowstore",
        (false, true) => "reference",
        (true, true) => "rowstore reference",
    };
    words.to_owned()
}

fn describe(column: &Column) -> String {
    let null = if column.null { "NULL" } else { "NOT NULL" };
    match &column.computed {
        Some(sql) => format!("{} AS ({sql})", column.ty),
        None => format!("{} {null}", column.ty),
    }
}
