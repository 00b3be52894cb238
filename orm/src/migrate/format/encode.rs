//! Operations as trees: what equals its default is left out, nothing else.

use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, Literal, ModelDef, ModelId, OnDelete, Storage,
    Unique,
};

use super::node::Node;
use crate::migrate::operation::{ModelOptions, Operation, SqlByDialect};

/// The pairs of a table that is being built.
struct Pairs(Vec<(String, Node)>);

impl Pairs {
    fn of_operation(op: &str) -> Self {
        Self(vec![("op".to_owned(), Node::text(op))])
    }

    fn put(&mut self, key: &str, value: Node) -> &mut Self {
        self.0.push((key.to_owned(), value));
        self
    }

    fn put_text(&mut self, key: &str, text: &str) -> &mut Self {
        self.put(key, Node::text(text))
    }

    fn put_some(&mut self, key: &str, value: Option<Node>) -> &mut Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    fn put_some_text(&mut self, key: &str, text: Option<&str>) -> &mut Self {
        self.put_some(key, text.map(Node::text))
    }

    fn put_list(&mut self, key: &str, items: Vec<Node>) -> &mut Self {
        if items.is_empty() {
            self
        } else {
            self.put(key, Node::List(items))
        }
    }

    fn put_true(&mut self, key: &str, value: bool) -> &mut Self {
        if value {
            self.put(key, Node::Bool(true))
        } else {
            self
        }
    }

    fn put_false(&mut self, key: &str, value: bool) -> &mut Self {
        if value {
            self
        } else {
            self.put(key, Node::Bool(false))
        }
    }

    fn node(&mut self) -> Node {
        Node::Table(std::mem::take(&mut self.0))
    }
}

impl Operation {
    /// The `op` of migration files.
    pub fn op(&self) -> &'static str {
        match self {
            Self::CreateModel(_) => "create_model",
            Self::DeleteModel(_) => "delete_model",
            Self::RenameModel { .. } => "rename_model",
            Self::AlterModelTable { .. } => "alter_model_table",
            Self::AlterModelTableComment { .. } => "alter_model_table_comment",
            Self::AlterUniqueTogether { .. } => "alter_unique_together",
            Self::AlterPrimaryKey { .. } => "alter_primary_key",
            Self::AlterModelOptions { .. } => "alter_model_options",
            Self::AlterStorage { .. } => "alter_storage",
            Self::AddField { .. } => "add_field",
            Self::RemoveField { .. } => "remove_field",
            Self::AlterField { .. } => "alter_field",
            Self::RenameField { .. } => "rename_field",
            Self::AddIndex { .. } => "add_index",
            Self::RemoveIndex { .. } => "remove_index",
            Self::RenameIndex { .. } => "rename_index",
            Self::AddConstraint { .. } => "add_constraint",
            Self::RemoveConstraint { .. } => "remove_constraint",
            Self::RunSql { .. } => "run_sql",
            Self::RunCode { .. } => "run_code",
            Self::SeparateDatabaseAndState { .. } => "separate_database_and_state",
        }
    }

    /// The operation as the table that migration files hold, for other forms of text.
    pub fn to_node(&self) -> Node {
        let mut out = Pairs::of_operation(self.op());
        match self {
            Self::CreateModel(m) | Self::DeleteModel(m) => model(m, &mut out),
            Self::RenameModel { from, to } => {
                out.put_text("from", from).put_text("to", to);
            }
            Self::AddField {
                model,
                field: f,
                preserve_default,
            } => {
                out.put_text("model", model).put("field", named_field(f));
                out.put_false("preserve_default", *preserve_default);
            }
            Self::RemoveField { model, field: f } => {
                out.put_text("model", model).put("field", named_field(f));
            }
            Self::AlterField {
                model,
                from,
                to,
                preserve_default,
            } => {
                out.put_text("model", model).put_text("name", &from.name);
                out.put("from", field(from)).put("to", field(to));
                out.put_false("preserve_default", *preserve_default);
            }
            Self::RenameField { model, from, to } | Self::RenameIndex { model, from, to } => {
                out.put_text("model", model)
                    .put_text("from", from)
                    .put_text("to", to);
            }
            Self::AddIndex { model, index: i } | Self::RemoveIndex { model, index: i } => {
                out.put_text("model", model).put("index", index(i));
            }
            Self::AddConstraint {
                model,
                constraint: c,
            }
            | Self::RemoveConstraint {
                model,
                constraint: c,
            } => {
                out.put_text("model", model)
                    .put("constraint", constraint(c));
            }
            Self::RunSql { sql: text, reverse } => {
                out.put("sql", sql(text))
                    .put_some("reverse", reverse.as_ref().map(sql));
            }
            Self::RunCode { name, reverse } => {
                out.put_text("name", name)
                    .put_some_text("reverse", reverse.as_deref());
            }
            Self::SeparateDatabaseAndState { database, state } => {
                out.put_list("database", database.iter().map(Self::to_node).collect());
                out.put_list("state", state.iter().map(Self::to_node).collect());
            }
            _ => self.options_to_node(&mut out),
        }
        out.node()
    }

    fn options_to_node(&self, out: &mut Pairs) {
        match self {
            Self::AlterModelTable { model, from, to } => {
                out.put_text("model", model)
                    .put_text("from", from)
                    .put_text("to", to);
            }
            Self::AlterModelTableComment { model, from, to } => {
                out.put_text("model", model);
                out.put_some_text("from", from.as_deref())
                    .put_some_text("to", to.as_deref());
            }
            Self::AlterUniqueTogether { model, from, to } => {
                out.put_text("model", model)
                    .put("from", groups(from))
                    .put("to", groups(to));
            }
            Self::AlterPrimaryKey { model, from, to } => {
                out.put_text("model", model)
                    .put("from", Node::texts(from))
                    .put("to", Node::texts(to));
            }
            Self::AlterModelOptions { model, from, to } => {
                out.put_text("model", model)
                    .put("from", options(from))
                    .put("to", options(to));
            }
            Self::AlterStorage { model, from, to } => {
                let table = |s| {
                    let mut pairs = Pairs(Vec::new());
                    storage(s, &mut pairs);
                    pairs.node()
                };
                out.put_text("model", model)
                    .put("from", table(from))
                    .put("to", table(to));
            }
            _ => {}
        }
    }
}

fn model(m: &ModelDef, out: &mut Pairs) {
    out.put_text("model", &m.name);
    if m.table != ModelDef::default_table(&m.app, &m.name) {
        out.put_text("table", &m.table);
    }
    out.put_list("fields", m.fields.iter().map(named_field).collect());
    out.put_list(
        "primary_key",
        m.primary_key.iter().map(Node::text).collect(),
    );
    storage(&m.storage, out);
    out.put_list(
        "unique_together",
        m.unique_together.iter().map(Node::texts).collect(),
    );
    out.put_list("indexes", m.indexes.iter().map(index).collect());
    out.put_list(
        "constraints",
        m.constraints.iter().map(constraint).collect(),
    );
    out.put_list(
        "ordering",
        m.ordering
            .iter()
            .map(|o| Node::text(o.to_string()))
            .collect(),
    );
    out.put_some_text("comment", m.comment.as_deref());
    out.put_false("managed", m.managed);
}

fn storage(s: &Storage, out: &mut Pairs) {
    out.put_some_text("storage_type", s.storage_type.map(|t| t.as_str()));
    out.put_some("shard_key", s.shard_key.as_ref().map(Node::texts));
    out.put_list(
        "sort_key",
        s.sort_key
            .iter()
            .map(|o| Node::text(o.to_string()))
            .collect(),
    );
}

fn options(o: &ModelOptions) -> Node {
    let mut out = Pairs(Vec::new());
    out.put_some("ordering", o.ordering.as_ref().map(Node::texts));
    out.put_some("managed", o.managed.map(Node::Bool));
    out.node()
}

fn groups(groups: &[Vec<String>]) -> Node {
    Node::List(groups.iter().map(Node::texts).collect())
}

fn named_field(f: &FieldDef) -> Node {
    let mut pairs = vec![("name".to_owned(), Node::text(&f.name))];
    if let Node::Table(rest) = field(f) {
        pairs.extend(rest);
    }
    Node::Table(pairs)
}

/// A field without its name.
fn field(f: &FieldDef) -> Node {
    let mut out = Pairs(Vec::new());
    out.put_some_text("column", f.column.as_deref());
    out.put_text("type", &f.ty.name());
    out.put_true("null", f.null);
    parameters(&f.ty, &mut out);
    out.put_true("auto", f.auto);
    out.put_some("default", f.default.as_ref().map(literal));
    out.put_some_text("db_default", f.db_default.as_deref());
    match f.unique {
        Unique::No => {}
        Unique::Yes => drop(out.put("unique", Node::Bool(true))),
        Unique::Lookup => drop(out.put_text("unique", "lookup")),
    }
    out.put_true("index", f.index);
    out.put_some_text("collation", f.collation.as_deref());
    out.put_some_text("comment", f.comment.as_deref());
    out.put_some_text("computed", f.computed.as_deref());
    if let Some(relation) = f.ty.relation() {
        out.put_text("to", &relation.to.to_string());
        out.put_some_text("to_field", relation.to_field.as_deref());
        if relation.on_delete != OnDelete::Cascade {
            out.put_text("on_delete", relation.on_delete.as_str());
        }
        if !relation.db_constraint {
            let _ = out.put("db_constraint", Node::Bool(false));
        }
        out.put_some_text(
            "through",
            relation.through.as_ref().map(ModelId::to_string).as_deref(),
        );
    }
    out.node()
}

fn parameters(ty: &FieldType, out: &mut Pairs) {
    let int = |n: u32| Node::Int(n.into());
    match ty {
        FieldType::Char { max_length } | FieldType::Varchar { max_length } => {
            out.put("max_length", int(*max_length));
        }
        FieldType::Binary { max_length } => {
            out.put_some("max_length", max_length.map(int));
        }
        FieldType::Decimal { precision, scale } => {
            out.put("precision", int((*precision).into()))
                .put("scale", int((*scale).into()));
        }
        FieldType::Vector { dim } => {
            out.put("dim", int(*dim));
        }
        _ => {}
    }
}

fn literal(l: &Literal) -> Node {
    match l {
        Literal::Bool(b) => Node::Bool(*b),
        Literal::Int(i) => Node::Int(*i),
        Literal::Float(f) => Node::Float(*f),
        Literal::Text(t) => Node::text(t),
    }
}

fn index(i: &IndexDef) -> Node {
    let mut out = Pairs(Vec::new());
    out.put_text("name", &i.name)
        .put("fields", Node::texts(&i.fields));
    out.put_some_text("kind", i.kind.map(|k| k.as_str()));
    let options = &i.options;
    out.put_some("version", options.version.map(|v| Node::Int(v.into())))
        .put_some_text("index_type", options.index_type.map(|t| t.as_str()))
        .put_some_text("metric_type", options.metric_type.map(|m| m.as_str()));
    for (number, value) in options.given() {
        out.put(number.name, Node::Int(value.into()));
    }
    out.node()
}

fn constraint(c: &ConstraintDef) -> Node {
    let mut out = Pairs(Vec::new());
    out.put_text("name", &c.name)
        .put("fields", Node::texts(&c.fields));
    out.put_true("unenforced", c.unenforced);
    out.node()
}

fn sql(sql: &SqlByDialect) -> Node {
    Node::Table(
        sql.iter()
            .map(|(dialect, text)| (dialect.clone(), Node::text(text)))
            .collect(),
    )
}
