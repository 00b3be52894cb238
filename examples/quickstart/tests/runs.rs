//! The quickstart runs as it stands in the README, on each database, and again on one in use.

#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::process::Command;

use orm::backend::Db;
use orm::dialect::Sql;
use orm::prelude::Executor;

fn output(url: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    command.env_remove("DATABASE_URL");
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().expect("the quickstart starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    text
}

fn assert_answers(text: &str) {
    for line in [
        "No changes detected",
        "wrote 2 authors, 4 articles, 3 tags",
        "│ 07 Mar 2026 │ A kettle is a state machine   │ Bo Diddley │ Ann Arbor  │ tea       │    96 │",
        "│ Ann Arbor  │        2 │  2077 │ 1038.5 │",
        "Ann Arbor never wrote about tea",
        "│ Why I count my queries      │  1411 │",
        "A second tag \"tea\" is refused",
    ] {
        assert!(text.contains(line), "no line `{line}` in:\n{text}");
    }
}

#[test]
fn on_a_fresh_sqlite_file() {
    for _ in 0..2 {
        let text = output(None);
        assert!(
            text.contains("0001_initial"),
            "no migration was applied:\n{text}"
        );
        assert_answers(&text);
    }
}

#[test]
fn on_a_server_twice() {
    let Ok(server) = std::env::var("ORM_TEST_MARIADB_URL") else {
        let required = std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "ORM_TEST_MARIADB_URL is not set, and live tests are required"
        );
        eprintln!("skipped: ORM_TEST_MARIADB_URL is not set");
        return;
    };
    let database = format!("orm_quickstart_{}", std::process::id());
    let run = |text: String| {
        let server = server.clone();
        let work = async move {
            let db = Db::connect(&server).await?;
            db.execute(Sql {
                text: text.into(),
                ..Sql::default()
            })
            .await
        };
        tokio::runtime::Runtime::new()
            .expect("a runtime")
            .block_on(work)
            .expect("the server obeys")
    };
    run(format!("CREATE DATABASE {database}"));
    let url = format!("{}/{database}", server.trim_end_matches('/'));
    assert_answers(&output(Some(&url)));
    assert_answers(&output(Some(&url)));
    run(format!("DROP DATABASE {database}"));
}
