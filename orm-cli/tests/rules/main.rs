//! The rule book against the stand-in for SingleStore: each rule fires at its earliest point, and the
//! server refuses what it is about.

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod general;

use std::collections::BTreeSet;

use cases::{CASES, Case};
use gate::{Gate, Options};
use orm::ast::Ddl;
use orm::dialect::{self, Dialect, Sql};
use orm::migrate::{Graph, ProjectState, load_folders, mapped_tables};
use orm::{Db, DbError, Executor as _};
use orm_schema::check::RULES;
use orm_schema::{StorageType, TableDef};
use support::{Crate, Done, Server};

impl Case {
    fn krate(&self) -> Crate {
        Crate::new(&format!("use orm::prelude::*;\n\n{}\n", self.source))
    }

    /// The line of `src/lib.rs` that is marked.
    fn line(&self) -> u64 {
        let before = self.source.split("// here").next().expect("a part");
        assert!(before.len() < self.source.len(), "{}: no mark", self.id);
        before.lines().count() as u64 + 2
    }

    /// The first struct, as the derive sees it.
    fn input(&self) -> syn::DeriveInput {
        let file: syn::File = syn::parse_str(self.source).expect("Rust");
        let mut structs = file.items.into_iter().filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.into()),
            _ => None,
        });
        structs.next().expect("a struct")
    }

    fn storage_type(&self) -> StorageType {
        let (_, rest) = self.source.split_once("storage_type = \"").expect("said");
        let (name, _) = rest.split_once('"').expect("a literal");
        StorageType::from_name(name).expect("a storage type")
    }

    /// The same models on the same lines, whose storage type stands elsewhere.
    fn without_storage_type(&self) -> String {
        let said = format!("storage_type = \"{}\"", self.storage_type().as_str());
        let source = self
            .source
            .replace(&format!("#[model({said})]"), "//")
            .replace(&format!("{said}, "), "");
        assert!(!source.contains(&said), "{source}");
        format!("use orm::prelude::*;\n\n{source}\n")
    }

    /// A crate whose first migration has the fault; SingleStore is not asked for.
    fn migrated(&self) -> Crate {
        let krate = self.krate();
        match self.file {
            None => {
                krate.expect(0, &["makemigrations"]);
            }
            Some(file) => {
                krate.write("src/lib.rs", "");
                krate.write("migrations/blog/0001_initial.toml", file);
                krate.write("migrations/blog/HEAD", "0001_initial\n");
            }
        }
        krate
    }
}

#[test]
fn every_rule_has_a_case() {
    let cases: BTreeSet<&str> = CASES.iter().map(|c| c.id).collect();
    let rules: BTreeSet<&str> = RULES
        .iter()
        .map(|r| r.id)
        .filter(|id| id.starts_with('S'))
        .collect();
    assert_eq!(cases, rules);
}

#[test]
fn the_derive_refuses_at_the_field() {
    for case in CASES {
        let parsed = orm_schema::parse::parse_model(&case.input());
        if case.file.is_some() {
            assert!(parsed.is_err(), "{}: the grammar takes it", case.id);
            continue;
        }
        let parsed = parsed.unwrap_or_else(|e| panic!("{}: {e}", case.id));
        let error = parsed
            .check_storage()
            .expect_err(&format!("{} is not caught by the derive", case.id));
        let messages: Vec<String> = error.into_iter().map(|e| e.to_string()).collect();
        let id = format!("({})", case.id);
        assert!(
            messages.iter().any(|m| m.contains(&id)),
            "{}: {messages:?}",
            case.id
        );
    }
}

/// The ids, files and lines of what `check` finds.
fn found(done: &serde_json::Value) -> Vec<(String, String, u64)> {
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    done["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| {
            assert_eq!(f["level"], "error");
            assert!(!text(&f["hint"]).is_empty());
            (
                text(&f["id"]),
                text(&f["file"]),
                f["line"].as_u64().unwrap_or(0),
            )
        })
        .collect()
}

#[test]
fn check_says_file_and_line() {
    for case in CASES.iter().filter(|c| c.file.is_none()) {
        let krate = case.krate();
        let args = ["check", "--dialect", "singlestore"];
        let wanted = (case.id.to_owned(), "src/lib.rs".to_owned(), case.line());
        let all = found(&krate.json(1, &args));
        assert!(all.contains(&wanted), "{}: {all:?}", case.id);
        assert!(all.iter().all(|f| f.0 == case.id), "{}: {all:?}", case.id);

        // The same where the application names the storage type.
        krate.write("src/lib.rs", &case.without_storage_type());
        let mut command = krate.command(&["--format", "json"]);
        command.args(args);
        command.env("ORM_STORAGE_TYPE_BLOG", case.storage_type().as_str());
        let done = Done::of(command.output().expect("it runs"));
        let json = serde_json::from_str(&done.out)
            .unwrap_or_else(|e| panic!("{}: {e}: {}{}", case.id, done.out, done.err));
        assert_eq!(found(&json), all, "{}", case.id);
    }
}

#[test]
fn makemigrations_refuses_and_writes_nothing() {
    for case in CASES {
        let krate = case.krate();
        let url = "singlestore://root@127.0.0.1:1/none";
        let done = krate.run(&["--url", url, "makemigrations"]);
        assert_ne!(done.code, 0, "{}: {}", case.id, done.out);
        let place = format!("src/lib.rs:{}", case.line());
        assert!(
            (done.err.contains(case.id) || case.file.is_some()) && done.err.contains(&place),
            "{}: {}",
            case.id,
            done.err
        );
        assert!(!krate.exists("migrations"), "{}", case.id);
    }
}

/// Files outlive the source that they were made from, and people write them by hand.
#[test]
fn sqlmigrate_refuses_what_a_file_holds() {
    for case in CASES {
        let krate = case.migrated();
        let args = ["sqlmigrate", "blog", "0001", "--dialect", "singlestore"];
        let done = krate.run(&args);
        assert_ne!(done.code, 0, "{}: {}", case.id, done.out);
        assert!(done.err.contains(case.id), "{}: {}", case.id, done.err);
    }
}

/// The tables of the first migration of a case, with all rules switched off.
fn tables(case: &Case) -> Vec<TableDef> {
    let krate = case.migrated();
    let migrations = load_folders(&krate.path("migrations")).expect("they parse");
    let graph = Graph::new(migrations).expect("they fit");
    let mut state = ProjectState::default();
    for migration in graph.migrations() {
        migration.state_forward(&mut state).expect("it applies");
    }
    let to = singlestore();
    let mut out = Vec::new();
    for model in state.models() {
        let mut model = model.clone();
        if !case.sql.is_empty() {
            // The renderer refuses it too: what the case replaces brings it back.
            model.storage.storage_type = None;
        }
        let mapped = mapped_tables(&state, &model, to.features()).expect("tables");
        out.extend(mapped.into_iter().map(|m| m.table));
    }
    out
}

fn singlestore() -> &'static dyn Dialect {
    dialect::by_name("singlestore").expect("it exists")
}

/// What a statement is refused with.
async fn refusal(db: &Db, text: String) -> Option<DbError> {
    let sql = Sql {
        text: text.into(),
        ..Sql::default()
    };
    db.execute(sql).await.err()
}

#[test]
fn gate_refuses_what_each_rule_refuses() {
    let Some(server) = Server::start("rules") else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(walk(server.url()));
}

async fn walk(server: &str) {
    let mut options = Options::default();
    // Whether a columnstore takes BTREE nobody has reported: the rule is for a server that does not.
    options.btree_on_columnstore = false;
    let gate = Gate::start(server, options).await.expect("starts");
    let db = Db::connect(&gate.url().replacen("mysql:", "singlestore:", 1))
        .await
        .expect("connects");
    let mut taken = Vec::new();
    for case in CASES {
        let mut refused = None;
        let mut sent = Vec::new();
        for table in tables(case) {
            let name = table.name.clone();
            let ddl = Ddl::CreateTable {
                table,
                if_not_exists: false,
            };
            let mut sql = singlestore().render_ddl(&ddl).expect("renders");
            for (from, to) in case.sql {
                assert!(sql.contains(from), "{}: no {from} in {sql}", case.id);
                sql = sql.replace(from, to);
            }
            sent.push(sql.clone());
            let result = refusal(&db, sql).await;
            refused = refused.or(result);
            if let Some(then) = case.then.filter(|t| t.contains(&name)) {
                assert!(refused.is_none(), "{}: {refused:?}", case.id);
                refused = refusal(&db, then.to_owned()).await;
            }
            refusal(&db, format!("DROP TABLE IF EXISTS `{name}`")).await;
        }
        match refused {
            None => taken.push(format!("{}: {}", case.id, sent.join("\n"))),
            // A broken connection is no answer.
            Some(error) => assert!(error.code.is_some(), "{}: {error}", case.id),
        }
    }
    assert!(taken.is_empty(), "gate takes:\n{}", taken.join("\n\n"));
}
