//! Models as Rust source.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use orm::dialect::Dialect;
use orm::introspect::{Found, InspectedModel};
use orm_schema::{
    FieldDef, FieldType, IndexOptions, ModelDef, OnDelete, OrderField, Unique, hashed_name,
};

use super::types::rust_type;

/// Words of Rust that a field can only have as `r#…`.
const KEYWORDS: [&str; 50] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield", "union", "raw",
];

/// The whole text.
pub(super) fn source(
    models: &[InspectedModel],
    found: &Found,
    app: &str,
    dialect: &dyn Dialect,
) -> String {
    let mut out = header(models, found, dialect);
    for model in models {
        let text = Printer {
            all: models,
            model,
            app,
            embedded: dialect.features().transactional_ddl,
        }
        .model();
        out.push('\n');
        match &model.unusable {
            None => out.push_str(&text),
            Some(why) => {
                comment(&mut out, "", &format!("`{}`: {why}.", model.def.table));
                for line in text.lines() {
                    out.push_str(if line.is_empty() { "//" } else { "// " });
                    out.push_str(line);
                    out.push('\n');
                }
            }
        }
    }
    out
}

fn header(models: &[InspectedModel], found: &Found, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    let mut say = |text: &str| comment(&mut out, "", text);
    say(
        "Models of the tables of a database, by `orm-cli inspectdb`. Read them before you use them; a catalog does not say:",
    );
    say(
        "- what on_delete is meant to be, where the database itself only refuses (do_nothing here);",
    );
    say("- which defaults the program fills in, and the order of queries;");
    say("- whether a BIGINT is a `Duration`, and a time a `NaiveDateTime` and not in UTC.");
    if !dialect.features().foreign_keys {
        say(
            "- relations: this database keeps no foreign keys, so columns of keys are plain here; make them `ForeignKey<…>`.",
        );
    }
    let features = needed_features(models, dialect.features().transactional_ddl);
    if !features.is_empty() {
        say(&format!(
            "Needs the features {} of orm, and the crates of those types.",
            features.join(", ")
        ));
    }
    for (table, error) in &found.unread {
        say(&format!("`{table}` is left out: {error}."));
    }
    if !found.others.is_empty() {
        say(&format!(
            "Left out, because they are no tables: {}.",
            found.others.join(", ")
        ));
    }
    out.push_str("\nuse orm::prelude::*;\n");
    out
}

fn needed_features(models: &[InspectedModel], embedded: bool) -> Vec<&'static str> {
    let fields = || models.iter().flat_map(|m| &m.def.fields);
    let uses = |word: &str| fields().any(|f| rust_type(f, embedded).contains(word));
    [
        ("decimal", "rust_decimal::"),
        ("json", "serde_json::"),
        ("uuid", "uuid::"),
    ]
    .into_iter()
    .filter(|(_, word)| uses(word))
    .map(|(feature, _)| feature)
    .collect()
}

/// Appends a comment, wrapped at a width that is read with ease.
fn comment(out: &mut String, indent: &str, text: &str) {
    const WIDTH: usize = 96;
    let mut line = format!("{indent}//");
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() + 1 > WIDTH && line.len() > indent.len() + 2
        {
            out.push_str(&line);
            out.push('\n');
            line = format!("{indent}//");
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}

/// A name as Rust takes it.
fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) && !matches!(name, "union" | "raw") {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

fn idents(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|n| ident(n)).collect();
    names.join(", ")
}

/// An index or a key: its fields, and what else is said of it.
type Object<'a> = (&'a [String], Vec<String>);

/// Indexes or constraints, the name first, then the fields.
fn objects(what: &str, all: Vec<Object<'_>>) -> Vec<String> {
    let brackets = says_twice(&all);
    let one = |(fields, mut parts): Object<'_>| {
        let at = parts
            .iter()
            .take_while(|p| p.starts_with("name = "))
            .count();
        parts.insert(at, listed("fields", fields, brackets));
        call(what, &parts, "    ")
    };
    all.into_iter().map(one).collect()
}

/// Whether anything stands in two of them, which clippy would take for a mistake
/// (`clippy::duplicated_attributes`) if the lists stood in parentheses.
fn says_twice(all: &[Object<'_>]) -> bool {
    let words = |(fields, parts): &Object<'_>| fields.iter().chain(parts).cloned().collect();
    let words: Vec<Vec<String>> = all.iter().map(words).collect();
    let mut seen = BTreeSet::new();
    !words.into_iter().flatten().all(|word| seen.insert(word))
}

fn listed(name: &str, fields: &[String], brackets: bool) -> String {
    match brackets {
        true => format!("{name}[{}]", idents(fields)),
        false => format!("{name}({})", idents(fields)),
    }
}

struct Printer<'a> {
    /// All models, since a relation may have the type of another model's field.
    all: &'a [InspectedModel],
    model: &'a InspectedModel,
    app: &'a str,
    embedded: bool,
}

impl Printer<'_> {
    fn def(&self) -> &ModelDef {
        &self.model.def
    }

    fn model(&self) -> String {
        let mut out = String::new();
        for remark in &self.model.remarks {
            comment(&mut out, "", remark);
        }
        writeln!(out, "/// Table `{}`.", self.def().table.replace('\n', " ")).expect("a string");
        out.push_str("#[derive(Model, Debug, Clone)]\n");
        out.push_str(&attribute("model", &self.model_items(), ""));
        writeln!(out, "pub struct {} {{", self.def().name).expect("a string");
        for field in &self.def().fields {
            self.field(field, &mut out);
        }
        for side in &self.model.reverse {
            writeln!(
                out,
                "    #[field(by = {:?})]\n    pub {}: Reverse<{}>,",
                side.by,
                ident(&side.field),
                side.model
            )
            .expect("a string");
        }
        out.push_str("}\n");
        out
    }

    fn model_items(&self) -> Vec<String> {
        let def = self.def();
        let mut items = Vec::new();
        if def.app != self.app {
            items.push(format!("app = {:?}", def.app));
        }
        if def.table != ModelDef::default_table(&def.app, &def.name) {
            items.push(format!("table = {:?}", def.table));
        }
        if let Some(storage_type) = def.storage.storage_type {
            items.push(format!("storage_type = {:?}", storage_type.as_str()));
        }
        if def.primary_key.len() > 1 {
            items.push(format!("primary_key({})", idents(&def.primary_key)));
        }
        if let Some(key) = &def.storage.shard_key {
            items.push(format!("shard_key({})", idents(key)));
        }
        if !def.storage.sort_key.is_empty() {
            let parts: Vec<String> = def.storage.sort_key.iter().map(ordered).collect();
            items.push(format!("sort_key({})", parts.join(", ")));
        }
        let groups = def.unique_together.iter();
        let groups: Vec<Object> = groups.map(|g| (&g[..], Vec::new())).collect();
        let brackets = says_twice(&groups);
        for (fields, _) in groups {
            items.push(listed("unique_together", fields, brackets));
        }
        let uniques = def.constraints.iter().map(|constraint| {
            let unenforced = constraint.unenforced.then(|| "unenforced".to_owned());
            let name = self.own_name(&constraint.name, &constraint.fields, "uniq");
            (
                &constraint.fields[..],
                name.into_iter().chain(unenforced).collect(),
            )
        });
        items.extend(objects("unique", uniques.collect()));
        let indexes = def.indexes.iter().map(|index| {
            let name = self.own_name(&index.name, &index.fields, "idx");
            let kind = index.kind.map(|k| format!("kind = {:?}", k.as_str()));
            let parts = name.into_iter().chain(kind);
            let options = index_options(&index.options);
            (&index.fields[..], parts.chain(options).collect())
        });
        items.extend(objects("index", indexes.collect()));
        if let Some(text) = &def.comment {
            items.push(format!("comment = {text:?}"));
        }
        items
    }

    /// The name of an index or constraint, unless it is the one that the fields give.
    fn own_name(&self, name: &str, fields: &[String], suffix: &str) -> Option<String> {
        let columns: Vec<String> = fields
            .iter()
            .filter_map(|f| Some(self.def().field(f)?.column_name().into_owned()))
            .collect();
        let own = hashed_name(&self.def().table, &columns, suffix) == name;
        (!own).then(|| format!("name = {name:?}"))
    }

    fn field(&self, field: &FieldDef, out: &mut String) {
        for remark in self
            .model
            .field_remarks
            .get(&field.name)
            .into_iter()
            .flatten()
        {
            comment(out, "    ", remark);
        }
        out.push_str(&attribute("field", &self.field_items(field), "    "));
        let ty = self.rust_type(field);
        let ty = if field.null {
            format!("Option<{ty}>")
        } else {
            ty
        };
        writeln!(out, "    pub {}: {ty},", ident(&field.name)).expect("a string");
    }

    fn rust_type(&self, field: &FieldDef) -> String {
        let ty = rust_type(field, self.embedded);
        let Some(relation) = field.ty.relation().filter(|r| r.to_field.is_some()) else {
            return ty;
        };
        match self.held(field) {
            Some(held) => {
                let held = rust_type(held, self.embedded);
                ty.replace('>', &format!(", {held}>"))
            }
            // Cannot be: what is inspected names only what was inspected.
            None => format!("{ty} /* of the type of `{}` */", relation.to.name),
        }
    }

    /// The field whose type a relation holds: the one referred to, through relations.
    fn held(&self, field: &FieldDef) -> Option<&FieldDef> {
        let relation = field.ty.relation()?;
        let target = &self.all.iter().find(|m| m.def.id() == relation.to)?.def;
        let name = relation.to_field.as_ref().or(target.primary_key.first())?;
        let referred = target.field(name)?;
        match referred.ty.is_to_one() {
            true => self.held(referred),
            false => Some(referred),
        }
    }

    fn field_items(&self, field: &FieldDef) -> Vec<String> {
        let mut items = Vec::new();
        if self.def().primary_key == [field.name.as_str()] {
            items.push("primary_key".to_owned());
        }
        match &field.ty {
            FieldType::Varchar { max_length } => items.push(format!("max_length = {max_length}")),
            FieldType::Binary {
                max_length: Some(n),
            } => items.push(format!("max_length = {n}")),
            FieldType::Decimal { precision, scale } => {
                items.push(format!("precision = {precision}, scale = {scale}"));
            }
            FieldType::Sql(text) => items.push(format!("type = {text:?}")),
            FieldType::Geography => items.push("type = \"geography\"".to_owned()),
            _ => {}
        }
        if let Some(column) = &field.column {
            items.push(format!("column = {column:?}"));
        }
        match field.unique {
            Unique::Yes => items.push("unique".to_owned()),
            Unique::Lookup => items.push("unique = \"lookup\"".to_owned()),
            Unique::No => {}
        }
        if field.index {
            items.push("index".to_owned());
        }
        self.relation_items(field, &mut items);
        for (name, value) in [
            ("db_default", &field.db_default),
            ("computed", &field.computed),
            ("collation", &field.collation),
            ("comment", &field.comment),
        ] {
            if let Some(text) = value {
                items.push(format!("{name} = {text:?}"));
            }
        }
        items
    }

    fn relation_items(&self, field: &FieldDef, items: &mut Vec<String>) {
        let Some(relation) = field.ty.relation() else {
            return;
        };
        if matches!(field.ty, FieldType::ManyToMany(_)) {
            // Whether a pair counts both ways is not in the table.
            if relation.to == self.def().id() {
                items.push("symmetrical = false".to_owned());
            }
            return;
        }
        if let Some(to) = &relation.to_field {
            items.push(format!("to_field = {to:?}"));
        }
        if !relation.db_constraint {
            items.push("db_constraint = false".to_owned());
        }
        if relation.on_delete != OnDelete::Cascade {
            items.push(format!("on_delete = {:?}", relation.on_delete.as_str()));
        }
    }
}

fn ordered(part: &OrderField) -> String {
    let sign = if part.descending { "-" } else { "" };
    format!("{sign}{}", ident(&part.field))
}

/// `#[name(items)]`; nothing without items.
fn attribute(name: &str, items: &[String], indent: &str) -> String {
    match items {
        [] => String::new(),
        items => format!("{indent}#[{}]\n", call(name, items, indent)),
    }
}

/// `name(items)` as rustfmt lays it out.
fn call(name: &str, items: &[String], indent: &str) -> String {
    const WIDTH: usize = 70;
    let line = items.join(", ");
    if line.chars().count() <= WIDTH && !line.contains('\n') {
        return format!("{name}({line})");
    }
    let lines = items.join(&format!(",\n{indent}    "));
    format!("{name}(\n{indent}    {lines}\n{indent})")
}

fn index_options(options: &IndexOptions) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(options.version.map(|v| format!("version = {v}")));
    let index_type = options.index_type.map(|t| t.as_str());
    parts.extend(index_type.map(|t| format!("index_type = {t:?}")));
    let metric_type = options.metric_type.map(|m| m.as_str());
    parts.extend(metric_type.map(|m| format!("metric_type = {m:?}")));
    parts.extend(
        options
            .given()
            .map(|(n, value)| format!("{} = {value}", n.name)),
    );
    parts
}
