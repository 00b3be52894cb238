//! Cases written as text, by topic: models before, models after, what is found.
//!
//! ```text
//! > blog.A: x int; y text null (index i x)     a model before
//! < blog.A: x int                              a model after
//! ? rename blog.A.y=z                          an answer: rename, default, drop, later; a hint: hint, made
//! = blog.0002_remove_a_y: Remove field y from A
//! ```
//!
//! `ORM_BLESS=1` writes what is found, to be read like code.

use std::fmt::Write as _;
use std::path::Path;

use orm_schema::{ConstraintDef, FieldDef, FieldType, ModelDef, ModelId, OrderField, StorageType};

use super::cases::{Case, case, id, index, model, names};
use crate::migrate::autodetect::{Answer, AnswerTable, Answers, DetectError, Question, detect};
use crate::migrate::{Operation, ProjectState};

const TOPICS: [&str; 7] = [
    "fields",
    "relations",
    "models",
    "options",
    "answers",
    "exchange",
    "indexes",
];

/// A model: `app.Name: field; field (option) (option)`.
fn parse_model(text: &str) -> ModelDef {
    let (name, rest) = text.split_once(':').expect("a colon after the name");
    let (fields, options) = match rest.find(" (") {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let fields: Vec<&str> = fields
        .split(';')
        .map(str::trim)
        .filter(|f| !f.is_empty())
        .collect();
    let mut m = model(name.trim(), &fields);
    for option in options.split('(').map(|o| o.trim().trim_end_matches(')')) {
        let words: Vec<&str> = option.split(' ').collect();
        let list = |at: usize| names(&words[at].split(',').collect::<Vec<_>>());
        let order = |at: usize| words[at].split(',').map(OrderField::parse).collect();
        match words[0] {
            "" => {}
            "together" => m.unique_together.push(list(1)),
            "index" => m
                .indexes
                .push(index(words[1], &words[2].split(',').collect::<Vec<_>>())),
            "unique" => m.constraints.push(ConstraintDef {
                name: words[1].to_owned(),
                fields: list(2),
                unenforced: words.get(3) == Some(&"unenforced"),
            }),
            "ordering" => m.ordering = order(1),
            "sort" => m.storage.sort_key = order(1),
            "shard" => m.storage.shard_key = Some(list(1)),
            "rowstore" => m.storage.storage_type = Some(StorageType::Rowstore),
            "reference" => m.storage.storage_type = Some(StorageType::Reference),
            "table" => m.table = words[1].to_owned(),
            "comment" => m.comment = Some(words[1].to_owned()),
            "key" => m.primary_key = list(1),
            "unmanaged" => m.managed = false,
            other => panic!("no option {other}"),
        }
    }
    m
}

/// The models as a case has them, so that what a random one finds can be written as one.
pub(super) fn written(from: &ProjectState, to: &ProjectState) -> String {
    let lines = |mark: char, state: &ProjectState| -> Vec<String> {
        let line = |m| format!("{mark} {}", written_model(m));
        state.models().map(line).collect()
    };
    [lines('>', from), lines('<', to)].concat().join("\n")
}

fn written_model(m: &ModelDef) -> String {
    let fields = m.fields.iter().filter(|f| f.name != "id" || !f.auto);
    let fields: Vec<String> = fields.map(written_field).collect();
    let mut out = format!("{}: {}", m.id(), fields.join("; "));
    let mut option = |words: &[&str]| write!(out, " ({})", words.join(" ")).expect("text");
    if m.primary_key != ["id"] {
        option(&["key", &m.primary_key.join(",")]);
    }
    for group in &m.unique_together {
        option(&["together", &group.join(",")]);
    }
    for i in &m.indexes {
        option(&["index", &i.name, &i.fields.join(",")]);
    }
    for c in &m.constraints {
        option(&["unique", &c.name, &c.fields.join(",")]);
    }
    if m.table != ModelDef::default_table(&m.app, &m.name) {
        option(&["table", &m.table]);
    }
    out
}

fn written_field(f: &FieldDef) -> String {
    let ty = match &f.ty {
        FieldType::ForeignKey(r) => format!("fk {}", r.to),
        FieldType::OneToOne(r) => format!("one {}", r.to),
        FieldType::ManyToMany(r) => format!("m2m {}", r.to),
        other => format!("{other:?}")
            .split([' ', '{'])
            .next()
            .unwrap_or_default()
            .to_lowercase(),
    };
    let mut out = format!("{} {ty}", f.name);
    let through = f.ty.relation().and_then(|r| r.through.as_ref());
    let through = through.map(|t| format!("through={t}"));
    let column = f.column.as_ref().map(|c| format!("column={c}"));
    let words = [
        f.null.then(|| "null".to_owned()),
        f.index.then(|| "index".to_owned()),
    ];
    for word in words.into_iter().chain([through, column]).flatten() {
        write!(out, " {word}").expect("text");
    }
    out
}

fn answer(case: &mut Case, text: &str) {
    let (kind, text) = text.split_once(' ').unwrap_or((text, ""));
    let pair = text.split_once('=');
    match (kind, pair) {
        ("drop", _) => case.answers.allow_drop = true,
        ("made", None) => {
            let (model, field) = text.rsplit_once('.').expect("app.Model.field");
            case.hints.made.insert((id(model), field.to_owned()));
        }
        ("rename", Some((old, new))) => match old.splitn(3, '.').collect::<Vec<_>>()[..] {
            [app, model, field] => {
                let key = (ModelId::new(app, model), new.to_owned());
                case.answers.renamed_fields.insert(key, field.to_owned());
            }
            [app, model] => {
                let key = ModelId::new(app, new);
                case.answers.renamed_models.insert(key, model.to_owned());
            }
            _ => panic!("no rename {text}"),
        },
        ("hint", Some((old, new))) => match old.splitn(3, '.').collect::<Vec<_>>()[..] {
            [app, model, field] => {
                let key = (ModelId::new(app, model), new.to_owned());
                case.hints.renamed_fields.insert(key, field.to_owned());
            }
            [app, model] => {
                let key = ModelId::new(app, new);
                case.hints.renamed_models.insert(key, model.to_owned());
            }
            _ => panic!("no hint {text}"),
        },
        ("default", Some((field, value))) => {
            let (model, field) = field.rsplit_once('.').expect("app.Model.field");
            let key = (id(model), field.to_owned());
            case.answers.defaults.insert(key, value.to_owned());
        }
        _ => panic!("no answer {text}"),
    }
}

/// A person who adds unique fields as NULL first, and else says what the table says.
struct Patient(AnswerTable);

impl Answers for Patient {
    fn ask(&mut self, question: &Question) -> Answer {
        match question.unique {
            true => Answer::Leave,
            false => self.0.ask(question),
        }
    }
}

/// The state that a patient person reaches, and what the next run finds from there.
fn in_steps(case: &Case) -> Vec<String> {
    let (from, to) = case.states();
    let mut state = from;
    let mut out = Vec::new();
    for run in 1..=3 {
        let mut answers = Patient(case.answers.clone());
        let changes = detect(&state, &to, &case.hints, &mut answers).expect("changes");
        for (app, operation) in changes.operations() {
            operation.state_forward(app, &mut state).expect("it fits");
            out.push(format!("run {run}: {operation:?}"));
        }
    }
    assert!(state.same(&to), "the steps lead elsewhere");
    let field = |text: String| {
        let shown = ["AddField", "AlterField"]
            .into_iter()
            .find(|o| text.contains(o));
        let null: Vec<&str> = text.matches("null: true").collect();
        format!(
            "{} {}{}",
            &text[..6],
            shown.unwrap_or(&text),
            " null".repeat(null.len())
        )
    };
    out.into_iter().map(field).collect()
}

fn found(case: &mut Case) -> Vec<String> {
    let (from, to) = case.states();
    match detect(&from, &to, &case.hints, &mut case.answers) {
        Err(DetectError::Refused(questions)) => {
            return questions
                .iter()
                .map(|q| format!("refused: {}", q.refusal()))
                .collect();
        }
        Err(other) => return vec![format!("error: {other}")],
        Ok(changes) => {
            let mut state = from;
            for (app, operation) in changes.operations() {
                operation.state_forward(app, &mut state).expect("it fits");
            }
            assert!(state.same(&to), "the operations lead elsewhere");
        }
    }
    let line = |m: crate::migrate::Migration| {
        let own = |k: &&(String, String)| k.0 != m.app;
        let needs: Vec<String> = m
            .depends_on
            .iter()
            .filter(own)
            .map(|(a, n)| format!("{a}.{n}"))
            .collect();
        let needs = match needs.join(" ") {
            none if none.is_empty() => none,
            some => format!(" <- {some}"),
        };
        let operations: Vec<String> = m.operations.iter().map(Operation::describe).collect();
        format!("{}.{}{needs}: {}", m.app, m.name, operations.join("; "))
    };
    let lines: Vec<String> = case.migrations().into_iter().map(line).collect();
    match lines.is_empty() {
        true => vec!["nothing".to_owned()],
        false => lines,
    }
}

fn parse_case(block: &str) -> Case {
    let (mut from, mut to) = (Vec::new(), Vec::new());
    let lines = || block.lines().filter(|l| !l.starts_with('='));
    for line in lines() {
        match line.split_at_checked(2) {
            Some(("> ", text)) => from.push(parse_model(text)),
            Some(("< ", text)) => to.push(parse_model(text)),
            // The same before and after.
            Some(("* ", text)) => {
                from.push(parse_model(text));
                to.push(parse_model(text));
            }
            Some(("# " | "? ", _)) => {}
            _ => panic!("not understood: {line}"),
        }
    }
    let mut case = case(&from, &to);
    case.answers.allow_drop = false;
    let given = lines().filter_map(|l| l.strip_prefix("? "));
    for line in given.filter(|l| !l.starts_with("later")) {
        answer(&mut case, line);
    }
    case
}

fn text_of(topic: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/migrate/autodetect/tests/cases");
    std::fs::read_to_string(folder.join(format!("{topic}.txt"))).expect("the topic has a file")
}

/// All cases, each with its text.
#[cfg(feature = "sqlite")]
pub(super) fn all() -> Vec<(String, Case)> {
    let texts = TOPICS.into_iter().map(text_of);
    let blocks = texts.flat_map(|t| t.split("\n\n").map(str::to_owned).collect::<Vec<_>>());
    let blocks = blocks.filter(|b| !b.trim().is_empty());
    blocks.map(|b| (b.clone(), parse_case(&b))).collect()
}

/// Runs the cases of a file; hands back its text as it should be, and how many there are.
fn run(text: &str) -> (String, usize) {
    let mut out = String::new();
    let mut count = 0;
    for block in text.split("\n\n").filter(|b| !b.trim().is_empty()) {
        let mut case = parse_case(block);
        let lines = || block.lines().filter(|l| !l.starts_with('='));
        if !out.is_empty() {
            out.push('\n');
        }
        lines().for_each(|l| writeln!(out, "{l}").expect("text"));
        let in_steps_asked = lines().any(|l| l.starts_with("? later"));
        let found = match in_steps_asked {
            true => in_steps(&case),
            false => found(&mut case),
        };
        for line in found {
            writeln!(out, "= {line}").expect("text");
        }
        count += 1;
    }
    (out, count)
}

#[test]
fn cases_by_topic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/migrate/autodetect/tests/cases");
    let mut all = 0;
    let mut wrong = Vec::new();
    for topic in TOPICS {
        let file = folder.join(format!("{topic}.txt"));
        let text = std::fs::read_to_string(&file).expect("the topic has a file");
        let (expected, count) = run(&text);
        all += count;
        if std::env::var_os("ORM_BLESS").is_some() {
            std::fs::write(&file, &expected).expect("the file can be written");
        } else if text != expected {
            let pairs = text.lines().zip(expected.lines());
            let first = pairs
                .filter(|(a, b)| a != b)
                .map(|(a, b)| format!("{a}\n  found {b}"))
                .next();
            wrong.push(format!("{topic}: {}", first.unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all >= 100, "only {all} cases");
}
