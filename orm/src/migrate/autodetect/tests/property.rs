//! Random sets of models: there, back, and quiet.

use orm_schema::check::{Finding, check_models};
use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, ModelDef, ModelId, OrderField, RelationDef,
    StorageType,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::files::written;
use crate::migrate::autodetect::{Answer, Answers, Hints, Question, QuestionKind, detect};
use crate::migrate::canon::{self, same_name};
use crate::migrate::{Operation, ProjectState};

const APPS: [&str; 2] = ["a", "b"];
const MODELS: [&str; 3] = ["Ant", "Bee", "Cat"];
const FIELDS: [&str; 4] = ["f", "g", "h", "i"];

/// A field in numbers, so that any of them fits any set of models.
#[derive(Debug, Clone)]
struct RawField {
    kind: u8,
    target: usize,
    through: Option<usize>,
    column: Option<u8>,
    null: bool,
    index: bool,
}

#[derive(Debug, Clone)]
struct RawModel {
    fields: Vec<Option<RawField>>,
    key: u8,
    groups: Vec<(usize, usize)>,
    indexes: Vec<(u8, usize)>,
    constraints: Vec<(u8, usize)>,
    ordering: Option<usize>,
    sort: Option<usize>,
    storage_type: Option<bool>,
    table: Option<u8>,
    managed: bool,
}

fn raw_field() -> impl Strategy<Value = RawField> {
    (
        0..8u8,
        0..6usize,
        prop::option::weighted(0.3, 0..6usize),
        prop::option::weighted(0.25, 0..5u8),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(kind, target, through, column, null, index)| RawField {
            kind,
            target,
            through,
            column,
            null,
            index,
        })
}

fn raw_model() -> impl Strategy<Value = RawModel> {
    let fields = vec(prop::option::weighted(0.6, raw_field()), FIELDS.len());
    let parts = || vec((0..3u8, 0..4usize), 0..3);
    let indexes = vec((0..6u8, 0..4usize), 0..3);
    let options = (
        prop::option::weighted(0.2, 0..4usize),
        prop::option::weighted(0.2, 0..4usize),
        prop::option::weighted(0.2, any::<bool>()),
        prop::option::weighted(0.4, 0..7u8),
        prop::bool::weighted(0.9),
    );
    (
        fields,
        0..4u8,
        vec((0..4usize, 0..4usize), 0..3),
        indexes,
        parts(),
        options,
    )
        .prop_map(
            |(
                fields,
                key,
                groups,
                indexes,
                constraints,
                (ordering, sort, storage_type, table, managed),
            )| RawModel {
                fields,
                key,
                groups,
                indexes,
                constraints,
                ordering,
                sort,
                storage_type,
                table,
                managed,
            },
        )
}

pub(super) fn states() -> impl Strategy<Value = ProjectState> {
    vec(
        prop::option::weighted(0.7, raw_model()),
        APPS.len() * MODELS.len(),
    )
    .prop_map(|raw| build(&raw))
}

fn build(raw: &[Option<RawModel>]) -> ProjectState {
    let ids: Vec<ModelId> = raw
        .iter()
        .enumerate()
        .filter(|(_, r)| r.is_some())
        .map(|(i, _)| ModelId::new(APPS[i / MODELS.len()], MODELS[i % MODELS.len()]))
        .collect();
    let models = ids.iter().zip(raw.iter().flatten());
    let mut models: Vec<ModelDef> = models.map(|(id, raw)| model(id, raw, &ids)).collect();
    share_no_table(&mut models);
    // Keys that take their types from each other have none, so no database can hold them.
    let circle = |(_, f): &(ModelId, Finding)| f.id == "G008";
    while let Some((id, found)) = check_models(&models).into_iter().find(circle) {
        let fields = owner_of(&mut models, &id)
            .into_iter()
            .flat_map(|m| &mut m.fields);
        for field in fields.filter(|f| found.field.as_deref() == Some(&f.name)) {
            field.ty = FieldType::Int { unsigned: false };
        }
        owner_of(&mut models, &id)
            .into_iter()
            .for_each(|m| share_no_column(&mut m.fields));
    }
    models.into_iter().collect()
}

fn owner_of<'a>(models: &'a mut [ModelDef], id: &ModelId) -> Option<&'a mut ModelDef> {
    models.iter_mut().find(|m| m.id() == *id)
}

fn model(id: &ModelId, raw: &RawModel, ids: &[ModelId]) -> ModelDef {
    let mut m = ModelDef::new(&id.app, &id.name);
    m.fields.push(FieldDef {
        auto: true,
        ..FieldDef::new("id", FieldType::BigInt { unsigned: false })
    });
    for (name, raw) in FIELDS.iter().zip(&raw.fields) {
        m.fields.extend(raw.as_ref().map(|r| field(name, r, ids)));
    }
    share_no_column(&mut m.fields);
    let columns: Vec<String> = m
        .fields
        .iter()
        .filter(|f| f.ty.has_column())
        .map(|f| f.name.clone())
        .collect();
    let pick = |i: usize| columns[i % columns.len()].clone();
    // Keys that need each other over applications have no order at all.
    let orderly = |f: &&FieldDef| {
        f.ty.relation()
            .is_none_or(|r| r.to.app == id.app || r.to.app == APPS[0])
    };
    let fit = m
        .fields
        .iter()
        .filter(|f| f.ty.has_column())
        .filter(orderly);
    let keys: Vec<String> = fit.map(|f| f.name.clone()).collect();
    let key = |i: usize| keys[i % keys.len()].clone();
    m.primary_key = match raw.key {
        0 => vec![key(keys.len() - 1)],
        1 if keys.len() > 1 => vec![key(0), key(1)],
        _ => vec!["id".into()],
    };
    m.unique_together = raw
        .groups
        .iter()
        .map(|(a, b)| vec![pick(*a), pick(*b)])
        .collect();
    for (name, i) in &raw.indexes {
        // Three names, in two spellings.
        let name = match name {
            ..3 => format!("ix{name}"),
            _ => format!("IX{}", name - 3),
        };
        if m.indexes.iter().all(|x| !same_name(&x.name, &name)) {
            m.indexes.push(IndexDef {
                name,
                fields: vec![pick(*i)],
                kind: None,
                options: Default::default(),
            });
        }
    }
    for (name, i) in &raw.constraints {
        let name = format!("uq{name}");
        if m.constraints.iter().all(|x| x.name != name) {
            m.constraints.push(ConstraintDef {
                name,
                fields: vec![pick(*i)],
                unenforced: false,
            });
        }
    }
    m.ordering
        .extend(raw.ordering.map(|i| OrderField::parse(&pick(i))));
    m.storage
        .sort_key
        .extend(raw.sort.map(|i| OrderField::parse(&key(i))));
    m.storage.storage_type = raw.storage_type.map(|_| StorageType::Rowstore);
    m.storage.shard_key = raw.storage_type.filter(|own| *own).map(|_| vec![key(1)]);
    m.table = match raw.table {
        None => m.table,
        Some(own @ ..3) => format!("t{}_{}_{own}", id.app, id.name),
        Some(shared @ 3..6) => format!("s{shared}"),
        // What another model's table is called by itself.
        Some(_) => ModelDef::default_table(&id.app, after(&MODELS, &id.name)),
    };
    m.managed = raw.managed;
    m
}

fn field(name: &str, raw: &RawField, ids: &[ModelId]) -> FieldDef {
    let to = ids[raw.target % ids.len()].clone();
    let relation = RelationDef::new(to);
    let ty = match raw.kind {
        0 => FieldType::Text,
        1 => FieldType::Int { unsigned: false },
        2 => FieldType::Varchar { max_length: 9 },
        3 => FieldType::DateTime,
        4 | 5 => FieldType::ForeignKey(relation),
        6 => FieldType::OneToOne(relation),
        _ => {
            let through = raw.through.map(|t| ids[t % ids.len()].clone());
            FieldType::ManyToMany(RelationDef {
                through,
                ..relation
            })
        }
    };
    let mut field = FieldDef::new(name, ty);
    if field.ty.has_column() {
        field.null = raw.null;
        field.index = raw.index;
        field.column = raw.column.map(|c| match c {
            ..2 => format!("{name}{c}"),
            2..4 => format!("s{c}"),
            // What another field's column is called by itself.
            _ => after(&FIELDS, name).to_owned(),
        });
    }
    field
}

/// The name after this one, in a circle.
fn after(names: &[&'static str], name: &str) -> &'static str {
    let at = names.iter().position(|n| *n == name).unwrap_or(0);
    names[(at + 1) % names.len()]
}

/// Takes the columns that two fields share from those that spell them out.
fn share_no_column(fields: &mut [FieldDef]) {
    let column = |f: &FieldDef| f.ty.has_column().then(|| f.column_name().into_owned());
    loop {
        let shared = |f: &FieldDef| {
            let other = |o: &&FieldDef| o.name != f.name && column(o) == column(f);
            f.column.is_some() && fields.iter().any(|o| other(&o))
        };
        let Some(at) = fields.iter().position(shared) else {
            return;
        };
        fields[at].column = None;
    }
}

fn share_no_table(models: &mut [ModelDef]) {
    loop {
        let default = |m: &ModelDef| ModelDef::default_table(&m.app, &m.name);
        let shared = |m: &ModelDef| {
            let other = |o: &ModelDef| o.id() != m.id() && o.table == m.table;
            m.table != default(m) && models.iter().any(other)
        };
        let Some(at) = models.iter().position(shared) else {
            return;
        };
        models[at].table = default(&models[at]);
    }
}

/// The name that two tables have, or two columns or indexes of one model, which no database takes.
pub(super) fn clash(state: &ProjectState) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for model in state.models() {
        let id = model.id();
        let columns = model.fields.iter().filter(|f| f.ty.has_column());
        names.extend(columns.map(|f| format!("column {} of {id}", f.column_name())));
        let indexes = model.indexes.iter();
        names.extend(indexes.map(|i| format!("index {} of {id}", canon::index_name(&i.name))));
        if model.managed {
            names.push(format!("table {}", model.table));
        }
    }
    names.sort();
    let twice = names.windows(2).find(|w| w[0] == w[1]);
    twice.map(|w| w[0].clone())
}

/// Says yes, or no, to every rename, and has a value for everything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Agreeable {
    pub(super) renames: bool,
    /// Which renames are given beforehand.
    pub(super) told: Told,
}

/// Renames given beforehand, of the models of each application and of the fields of each model.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    Nothing,
    /// The first two exchange their names.
    Exchange,
    /// All exchange their names.
    Circle,
    /// Each takes the name of the next, and the last a name of its own.
    Chain,
}

pub(super) fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        2 => Just(Told::Nothing),
        1 => Just(Told::Exchange),
        1 => Just(Told::Circle),
        1 => Just(Told::Chain),
    ]
}

impl Told {
    fn old(self, names: &[&str], name: &str) -> Option<String> {
        let at = names.iter().position(|n| *n == name)?;
        let old = match self {
            Self::Nothing => return None,
            Self::Exchange => 1_usize.checked_sub(at)?,
            Self::Circle => (at + names.len() - 1) % names.len(),
            Self::Chain => at.checked_sub(1)?,
        };
        Some(names[old].to_owned())
    }
}

impl Answers for Agreeable {
    fn ask(&mut self, question: &Question) -> Answer {
        match question.kind {
            QuestionKind::RenameModel | QuestionKind::RenameField if !self.renames => Answer::No,
            QuestionKind::Default => Answer::Value(orm_schema::Literal::Int(1)),
            QuestionKind::NotNull => Answer::Leave,
            _ => Answer::Yes,
        }
    }

    fn given_rename(&mut self, model: &ModelId, field: Option<&str>) -> Option<String> {
        match field {
            Some(field) => self.told.old(&FIELDS, field),
            None => self.told.old(&MODELS, &model.name),
        }
    }
}

pub(super) fn run(
    operations: &[(String, Operation)],
    state: &ProjectState,
) -> Result<ProjectState, TestCaseError> {
    let fail = |problem: String| {
        let described: Vec<String> = operations
            .iter()
            .map(|(a, o)| format!("{a}: {}", o.describe()))
            .collect();
        TestCaseError::fail(format!("{problem}; {}", described.join("; ")))
    };
    let mut state = state.clone();
    for (app, operation) in operations {
        let done = operation.state_forward(app, &mut state);
        done.map_err(|e| fail(e.to_string()))?;
        if let Some(name) = clash(&state) {
            return Err(fail(format!(
                "two of {name} after {}",
                operation.describe()
            )));
        }
    }
    Ok(state)
}

/// The operations that lead back, if they do so by themselves: a table that is called by hand what
/// its model's new name makes stays when the model is renamed, and going back knows that only from
/// the state before, which the executor has.
pub(super) fn way_back(
    forwards: &[(String, Operation)],
    from: &ProjectState,
) -> Option<Vec<(String, Operation)>> {
    let mut state = from.clone();
    for (app, operation) in forwards {
        if let Operation::RenameModel { from, to } = operation {
            let model = state.model(&ModelId::new(app, from))?;
            if model.table == ModelDef::default_table(app, to) {
                return None;
            }
        }
        operation.state_forward(app, &mut state).ok()?;
    }
    let back = forwards.iter().rev();
    back.map(|(app, o)| Some((app.clone(), o.inverse().ok()?)))
        .collect()
}

/// `PROPTEST_CASES` asks for more, or fewer.
fn config() -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let mut config = ProptestConfig::default();
    config.cases = if set { config.cases } else { 400 };
    config.failure_persistence = None;
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_found_leads_there_and_back(
        from in states(),
        to in states(),
        renames in any::<bool>(),
        told in told(),
    ) {
        let mut answers = Agreeable { renames, told };
        let changes = match detect(&from, &to, &Hints::default(), &mut answers) {
            Ok(changes) => changes,
            Err(error) => {
                return Err(TestCaseError::fail(format!("{error}\n{}", written(&from, &to))));
            }
        };
        let forwards: Vec<(String, Operation)> =
            changes.operations().into_iter().map(|(a, o)| (a.to_owned(), o.clone())).collect();
        let there = run(&forwards, &from).map_err(|e| match e {
            TestCaseError::Fail(e) => TestCaseError::fail(format!("{e}\n{}", written(&from, &to))),
            other => other,
        })?;
        prop_assert!(there.same(&to));
        prop_assert!(there.check_relations().is_ok());
        if let Some(back) = way_back(&forwards, &from) {
            let back = run(&back, &there)?;
            prop_assert!(back.same(&from), "not back: {:?}", back.first_difference(&from));
        }
        answers.told = Told::Nothing;
        let again = detect(&there, &to, &Hints::default(), &mut answers).unwrap();
        prop_assert!(again.is_empty() && again.questions.is_empty());
    }
}
