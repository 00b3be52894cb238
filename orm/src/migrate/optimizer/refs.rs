//! What an operation touches and what it mentions.

use orm_schema::{FieldDef, ModelDef, ModelId};

use crate::migrate::canon;
use crate::migrate::operation::Operation;

/// What an operation touches.
#[derive(Default)]
pub(super) struct Refs {
    /// The model before and after it; `None` for what must not be crossed.
    own: Option<(ModelId, ModelId)>,
    /// Other models that it mentions, each with the field of it that it names.
    others: Vec<(ModelId, Option<String>)>,
    /// Whether it only adds a field, which those that mention the model do not notice.
    adds: bool,
    /// The fields and columns of its model that it touches or names; `None` is all of them.
    fields: Option<Vec<String>>,
    /// The names of tables that it gives and takes.
    tables: Vec<String>,
    /// The names of indexes that it takes.
    takes: Vec<String>,
    /// The names of indexes that it leaves; on SQLite another model can take them then.
    leaves: Vec<String>,
}

impl Refs {
    pub(super) fn of(app: &str, operation: &Operation) -> Self {
        let tables = match operation {
            Operation::CreateModel(m) | Operation::DeleteModel(m) => vec![m.table.clone()],
            Operation::RenameModel { from, to } => {
                [from, to].map(|m| ModelDef::default_table(app, m)).to_vec()
            }
            Operation::AlterModelTable { from, to, .. } => vec![from.clone(), to.clone()],
            _ => Vec::new(),
        };
        let (takes, leaves) = index_names(operation);
        Self {
            tables,
            takes,
            leaves,
            ..Self::without_names(app, operation)
        }
    }

    fn without_names(app: &str, operation: &Operation) -> Self {
        let id = |name: &str| canon::id(&ModelId::new(app, name));
        let one = |name: &str| Some((id(name), id(name)));
        let whole = |m: &ModelDef| Self {
            own: one(&m.name),
            others: m.fields.iter().flat_map(targets).collect(),
            adds: false,
            fields: None,
            ..Self::default()
        };
        let field = |model: &str, fields: &[&FieldDef]| Self {
            own: one(model),
            others: fields.iter().flat_map(|f| targets(f)).collect(),
            adds: matches!(operation, Operation::AddField { .. }),
            // An expression may name any column.
            fields: fields.iter().all(|f| f.computed.is_none()).then(|| {
                fields
                    .iter()
                    .flat_map(|f| [f.name.clone(), f.column_name().into_owned()])
                    .collect()
            }),
            ..Self::default()
        };
        let named = |model: &str, fields: Vec<String>| Self {
            own: one(model),
            others: Vec::new(),
            adds: false,
            fields: Some(fields),
            ..Self::default()
        };
        match operation {
            Operation::CreateModel(m) | Operation::DeleteModel(m) => whole(m),
            Operation::RenameModel { from, to } => Self {
                own: Some((id(from), id(to))),
                others: Vec::new(),
                adds: false,
                fields: None,
                ..Self::default()
            },
            Operation::AddField {
                model, field: f, ..
            }
            | Operation::RemoveField { model, field: f } => field(model, &[f]),
            Operation::AlterField {
                model, from, to, ..
            } => field(model, &[from, to]),
            Operation::AddIndex { model, index } | Operation::RemoveIndex { model, index } => {
                named(model, index.fields.clone())
            }
            Operation::AddConstraint { model, constraint }
            | Operation::RemoveConstraint { model, constraint } => {
                named(model, constraint.fields.clone())
            }
            Operation::AlterModelTableComment { model, .. } => named(model, Vec::new()),
            Operation::AlterUniqueTogether { model, from, to } => {
                named(model, from.iter().chain(to).flatten().cloned().collect())
            }
            Operation::RenameField { model, .. }
            | Operation::AlterModelTable { model, .. }
            | Operation::AlterPrimaryKey { model, .. }
            | Operation::AlterModelOptions { model, .. }
            | Operation::AlterStorage { model, .. }
            | Operation::RenameIndex { model, .. } => Self {
                own: one(model),
                others: Vec::new(),
                adds: false,
                fields: None,
                ..Self::default()
            },
            Operation::RunSql { .. }
            | Operation::RunCode { .. }
            | Operation::SeparateDatabaseAndState { .. } => Self {
                own: None,
                others: Vec::new(),
                adds: false,
                fields: None,
                ..Self::default()
            },
        }
    }

    /// Whether the other operation goes on with the model that this one leaves.
    pub(super) fn continues_as(&self, other: &Self) -> bool {
        match (&self.own, &other.own) {
            (Some((_, after)), Some((before, _))) => after == before,
            _ => false,
        }
    }

    /// Whether it needs the model of the other operation as that leaves it.
    fn notices(&self, other: &Self) -> bool {
        let Some((before, after)) = &other.own else {
            return true;
        };
        let names = |field: &Option<String>| match (field, &other.fields) {
            (Some(f), Some(fields)) => fields.contains(f),
            (Some(_), None) => true,
            (None, _) => false,
        };
        self.others
            .iter()
            .any(|(id, field)| (id == before || id == after) && (!other.adds || names(field)))
    }
}

/// Whether two operations can change places.
pub(super) fn commute(a: &Refs, b: &Refs) -> bool {
    let (Some(own_a), Some(own_b)) = (&a.own, &b.own) else {
        return false;
    };
    let [a0, a1] = [&own_a.0, &own_a.1];
    let [b0, b1] = [&own_b.0, &own_b.1];
    if a.notices(b) || b.notices(a) {
        return false;
    }
    // A table's name is taken when another model has left it.
    if a.tables.iter().any(|t| b.tables.contains(t)) {
        return false;
    }
    // So is that of an index, and it must not be taken twice on the way.
    let passes = |a: &Refs, b: &Refs| a.leaves.iter().any(|i| b.takes.contains(i));
    if passes(a, b) || passes(b, a) {
        return false;
    }
    if ![a0, a1].iter().any(|x| [b0, b1].contains(x)) {
        return true;
    }
    match (&a.fields, &b.fields) {
        (Some(x), Some(y)) => !x.iter().any(|f| y.contains(f)),
        _ => false,
    }
}

/// The names of indexes that an operation takes, and those that it leaves, in their one form.
fn index_names(operation: &Operation) -> (Vec<String>, Vec<String>) {
    let one = |name: &str| vec![canon::index_name(name)];
    let all = |m: &ModelDef| {
        let names = m.indexes.iter().map(|i| canon::index_name(&i.name));
        names.collect()
    };
    match operation {
        Operation::CreateModel(m) => (all(m), Vec::new()),
        Operation::DeleteModel(m) => (Vec::new(), all(m)),
        Operation::AddIndex { index, .. } => (one(&index.name), Vec::new()),
        Operation::RemoveIndex { index, .. } => (Vec::new(), one(&index.name)),
        Operation::RenameIndex { from, to, .. } => (one(to), one(from)),
        _ => (Vec::new(), Vec::new()),
    }
}

/// The models that a field's relation needs, with the field that it names there.
fn targets(field: &FieldDef) -> Vec<(ModelId, Option<String>)> {
    let Some(relation) = field.ty.relation() else {
        return Vec::new();
    };
    let mut out = vec![(canon::id(&relation.to), relation.to_field.clone())];
    out.extend(relation.through.as_ref().map(|t| (canon::id(t), None)));
    out
}
