//! Random sets of models: there, back, and quiet.

use orm_schema::check::{Finding, check_models};
use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, ModelDef, ModelId, OrderField, RelationDef,
    StorageType,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::migrate::autodetect::{Answer, Answers, Hints, Question, QuestionKind, detect};
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
        prop::option::weighted(0.1, 0..2u8),
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
    let options = (
        prop::option::weighted(0.2, 0..4usize),
        prop::option::weighted(0.2, 0..4usize),
        prop::option::weighted(0.2, any::<bool>()),
        prop::option::weighted(0.2, 0..3u8),
        prop::bool::weighted(0.9),
    );
    (
        fields,
        0..4u8,
        vec((0..4usize, 0..4usize), 0..3),
        parts(),
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
    // Keys that take their types from each other have none, so no database can hold them.
    let circle = |(_, f): &(ModelId, Finding)| f.id == "G008";
    while let Some((id, found)) = check_models(&models).into_iter().find(circle) {
        let owner = models.iter_mut().find(|m| m.id() == id);
        let fields = owner.into_iter().flat_map(|m| &mut m.fields);
        for field in fields.filter(|f| found.field.as_deref() == Some(&f.name)) {
            field.ty = FieldType::Int { unsigned: false };
        }
    }
    models.into_iter().collect()
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
        let name = format!("ix{name}");
        if m.indexes.iter().all(|x| x.name != name) {
            m.indexes.push(IndexDef {
                name,
                fields: vec![pick(*i)],
                kind: None,
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
    if let Some(table) = raw.table {
        m.table = format!("t{}_{}_{table}", id.app, id.name);
    }
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
        field.column = raw.column.map(|c| format!("{name}{c}"));
    }
    field
}

/// Says yes, or no, to every rename, and has a value for everything.
pub(super) struct Agreeable {
    pub(super) renames: bool,
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
}

fn run(operations: &[(String, Operation)], state: &ProjectState) -> ProjectState {
    let mut state = state.clone();
    for (app, operation) in operations {
        operation.state_forward(app, &mut state).unwrap();
    }
    state
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
    fn what_is_found_leads_there_and_back(from in states(), to in states(), renames in any::<bool>()) {
        let mut answers = Agreeable { renames };
        let changes = match detect(&from, &to, &Hints::default(), &mut answers) {
            Ok(changes) => changes,
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let forwards: Vec<(String, Operation)> =
            changes.operations().into_iter().map(|(a, o)| (a.to_owned(), o.clone())).collect();
        let there = run(&forwards, &from);
        prop_assert!(there.same(&to));
        prop_assert!(there.check_relations().is_ok());
        let backwards: Vec<(String, Operation)> =
            forwards.iter().rev().map(|(a, o)| (a.clone(), o.inverse().unwrap())).collect();
        prop_assert!(run(&backwards, &there).same(&from));
        let again = detect(&there, &to, &Hints::default(), &mut answers).unwrap();
        prop_assert!(again.is_empty() && again.questions.is_empty());
    }
}
