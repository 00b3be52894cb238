//! Every change on every storage type of SingleStore has a plan, or is refused before anything runs:
//! `docs/singlestore-plans.md`, written by this test under `ORM_BLESS=1`.

mod migrations;

use std::fmt::Write as _;
use std::path::Path;

use migrations::{APP, auto, default, indexed, int, lookup, model, null, text, unique, varchar};
use orm::dialect::SingleStore;
use orm::migrate::{
    Action, Direction, Grade, Migration, Operation, ProjectState, Step, plan_migration,
};
use orm::schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, IndexKind, ModelDef, OrderField, StorageType,
    Unique,
};

const KINDS: [StorageType; 4] = [
    StorageType::Columnstore,
    StorageType::Rowstore,
    StorageType::Reference,
    StorageType::RowstoreReference,
];

/// A model to change.
fn item(kind: StorageType) -> ModelDef {
    let mut item = model(
        "Item",
        vec![
            auto("id"),
            varchar("title", 100),
            null(varchar("note", 100)),
            indexed(varchar("code", 20)),
            int("n"),
        ],
    );
    item.storage.storage_type = Some(kind);
    item
}

type Change = (&'static str, fn(&mut ModelDef));

fn field<'m>(model: &'m mut ModelDef, name: &str) -> &'m mut FieldDef {
    let mut fields = model.fields.iter_mut();
    fields.find(|f| f.name == name).expect("a field")
}

fn index(name: &str, fields: &[&str], kind: Option<IndexKind>) -> IndexDef {
    IndexDef {
        name: name.into(),
        fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        kind,
        options: Default::default(),
    }
}

/// What changes, as the facts about ALTER TABLE list it; the way back is a change of its own.
const CHANGES: &[Change] = &[
    ("a column that may be NULL", |m| {
        m.fields.push(null(int("extra")));
    }),
    (
        "a column that is NOT NULL, with a value for old rows",
        |m| {
            m.fields
                .push(default(int("extra"), orm::schema::Literal::Int(0)));
        },
    ),
    ("a column that is NOT NULL, without", |m| {
        m.fields.push(int("extra"));
    }),
    ("a unique column", |m| {
        m.fields.push(unique(null(varchar("extra", 20))));
    }),
    ("a column with `unique = \"lookup\"`", |m| {
        m.fields.push(lookup(null(varchar("extra", 20))));
    }),
    ("`unique = \"lookup\"` of a column", |m| {
        field(m, "title").unique = Unique::Lookup;
    }),
    ("a computed column", |m| {
        let mut extra = int("extra");
        extra.computed = Some("n + 1".into());
        m.fields.push(extra);
    }),
    ("the type of a column", |m| {
        field(m, "title").ty = FieldType::Varchar { max_length: 200 };
    }),
    ("the type of an indexed column", |m| {
        field(m, "code").ty = FieldType::Varchar { max_length: 40 };
    }),
    ("the types of two columns", |m| {
        field(m, "title").ty = FieldType::Varchar { max_length: 200 };
        field(m, "n").ty = FieldType::BigInt { unsigned: false };
    }),
    ("NULL to NOT NULL", |m| {
        let note = field(m, "note");
        note.null = false;
        note.default = Some(text(""));
    }),
    ("the default of a column", |m| {
        field(m, "n").db_default = Some("7".into());
    }),
    ("the comment of a column", |m| {
        field(m, "n").comment = Some("how many".into());
    }),
    ("the collation of a column", |m| {
        field(m, "title").collation = Some("utf8mb4_general_ci".into());
    }),
    ("AUTO_INCREMENT of the key", |m| {
        field(m, "id").auto = false;
    }),
    ("the column's name", |m| {
        field(m, "n").column = Some("number".into());
    }),
    ("the name of the automatic column", |m| {
        field(m, "id").column = Some("number".into());
    }),
    ("an index", |m| m.indexes.push(index("by_n", &["n"], None))),
    ("an index of several columns, one of them indexed", |m| {
        m.indexes.push(index("by_both", &["code", "n"], None));
    }),
    ("a full-text index", |m| {
        let words = index("words", &["title"], Some(IndexKind::Fulltext));
        m.indexes.push(words);
    }),
    ("a unique key that contains the key", |m| {
        m.constraints.push(ConstraintDef {
            name: "both".into(),
            fields: vec!["id".into(), "n".into()],
            unenforced: false,
        });
    }),
    ("a unique key that is not enforced", |m| {
        m.constraints.push(ConstraintDef {
            name: "only_n".into(),
            fields: vec!["n".into()],
            unenforced: true,
        });
    }),
    ("the primary key", |m| {
        m.primary_key = vec!["id".into(), "n".into()];
    }),
    ("the shard key", |m| {
        m.primary_key = vec!["id".into(), "n".into()];
        m.storage.shard_key = Some(vec!["n".into()]);
    }),
    ("the sort key", |m| {
        m.storage.sort_key = vec![OrderField::parse("-n")];
    }),
    ("the table's name", |m| m.table = "items".into()),
    ("the table's comment", |m| m.comment = Some("things".into())),
];

/// The operations from one model to the other, as the autodetector finds them.
fn operations(from: &ModelDef, to: &ModelDef) -> Vec<Operation> {
    struct Yes;
    impl orm::migrate::Answers for Yes {
        fn ask(&mut self, question: &orm::migrate::Question) -> orm::migrate::Answer {
            match question.kind {
                orm::migrate::QuestionKind::NotNull => orm::migrate::Answer::Leave,
                orm::migrate::QuestionKind::Default => {
                    orm::migrate::Answer::Value(orm::schema::Literal::Int(0))
                }
                _ => orm::migrate::Answer::Yes,
            }
        }
    }
    let state = |m: &ModelDef| -> ProjectState { [m.clone()].into_iter().collect() };
    let hints = orm::migrate::Hints::default();
    let changes = orm::migrate::detect(&state(from), &state(to), &hints, &mut Yes);
    let changes = changes.expect("a way");
    let found = changes.operations().into_iter();
    found.map(|(_, o)| o.clone()).collect()
}

/// The plan in a few words.
fn cell(from: &ModelDef, to: &ModelDef) -> String {
    let migration = Migration {
        operations: operations(from, to),
        ..Migration::new(APP, "0002_change")
    };
    let before: ProjectState = [from.clone()].into_iter().collect();
    let plan = match plan_migration(&migration, &before, &SingleStore, Direction::Forwards) {
        Ok(plan) => plan,
        Err(error) => {
            let text = error.to_string();
            let rule = text
                .split("breaks ")
                .nth(1)
                .and_then(|t| t.split(':').next());
            return format!("refused: {}", rule.unwrap_or(&text));
        }
    };
    let steps: Vec<&Step> = plan.iter().flat_map(|p| &p.steps).collect();
    assert!(!steps.is_empty(), "{} is no change", from.name);
    let copies = steps.iter().any(|s| matches!(s.action, Action::Copy(_)));
    let fills = steps.iter().any(|s| matches!(s.action, Action::Fill(_)));
    let grade = steps
        .iter()
        .map(|s| s.grade)
        .max()
        .unwrap_or(Grade::Instant);
    let reason = steps.iter().find_map(|s| {
        let (_, reason) = s.comment.split_once(" (")?;
        reason.strip_suffix(')')
    });
    let way = match (copies, fills) {
        (true, _) => "second table",
        (_, true) => "second column",
        _ => "in place",
    };
    match reason {
        Some(reason) => format!("{way}, {grade}: {reason}"),
        None => format!("{way}, {grade}"),
    }
}

fn page() -> String {
    let mut out = String::from(
        "# How changes reach SingleStore\n\n\
         Which way each change of a model goes on each storage type, what it costs at most, and why it does not go by ALTER TABLE alone.\n\
         Written by the test `every_change_has_a_plan_on_every_storage_type` (`ORM_BLESS=1` writes it anew).\n\n\
         - *in place*: by ALTER TABLE.\n\
         - *second column*: a column is added, filled part by part, compared, and takes the name of the old one.\n\
         - *second table*: a table is created, the rows are copied part by part in the order of the key; the old table is renamed, what others wrote meanwhile is copied again, counts and checksums are compared, and the new one takes the name. The old one stays until `migrate --prune`.\n\
         - *refused*: the model as it would be breaks this rule of `orm-cli check`; `makemigrations` and `migrate` say so before anything runs.\n\n\
         Grades: *instant* does not grow with the table; *rewrite* reads or writes every row while others go on; *lock* also keeps writers out for its last part; *loses data*.\n\n\
         | change | columnstore | rowstore | reference | rowstore reference |\n| --- | --- | --- | --- | --- |\n",
    );
    for way in ["added or changed", "removed or changed back"] {
        for (name, change) in CHANGES {
            let _ = write!(out, "| {name}, {way} |");
            for kind in KINDS {
                let before = item(kind);
                let mut after = before.clone();
                change(&mut after);
                let text = match way {
                    "added or changed" => cell(&before, &after),
                    _ => cell(&after, &before),
                };
                let _ = write!(out, " {text} |");
            }
            out.push('\n');
        }
    }
    for from in KINDS {
        let _ = write!(out, "| the storage type, from {} |", from.as_str());
        for to in KINDS {
            let text = match from == to {
                true => "–".to_owned(),
                false => cell(&item(from), &item(to)),
            };
            let _ = write!(out, " {text} |");
        }
        out.push('\n');
    }
    out
}

#[test]
fn every_change_has_a_plan_on_every_storage_type() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/singlestore-plans.md");
    let page = page();
    if std::env::var_os("ORM_BLESS").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    for (is, was) in page.lines().zip(written.lines()) {
        assert_eq!(is, was, "review, then ORM_BLESS=1");
    }
    assert_eq!(page.len(), written.len(), "ORM_BLESS=1");
}

/// A computed column on a columnstore gets its new expression without a copy.
#[test]
fn a_computed_column_is_dropped_and_added_again() {
    let computed = |expression: &str| {
        let mut before = item(StorageType::Columnstore);
        let mut half = int("half");
        half.computed = Some(expression.into());
        before.fields.push(half);
        before
    };
    let text = cell(&computed("n DIV 2"), &computed("n DIV 3"));
    assert!(text.starts_with("in place"), "{text}");
}

/// ALTER TABLE drops and renames what no computed column reads; what one may read goes by a copy.
#[test]
fn columns_beside_a_computed_one_are_dropped_in_place() {
    let mut before = item(StorageType::Columnstore);
    let mut half = int("half");
    half.computed = Some("`N` DIV 2".into());
    before.fields.push(half);
    let without = |name: &str| {
        let mut after = before.clone();
        after.fields.retain(|f| f.name != name);
        after
    };
    let renamed = |name: &str| {
        let mut after = before.clone();
        field(&mut after, name).column = Some("other".into());
        after
    };
    for way in [without("note"), renamed("title"), without("half")] {
        let text = cell(&before, &way);
        assert!(text.starts_with("in place"), "{text}");
    }
    for way in [without("n"), renamed("n")] {
        let text = cell(&before, &way);
        assert!(
            text.starts_with("second table") && text.contains("computed from n,"),
            "{text}"
        );
    }
}
