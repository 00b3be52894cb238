//! Projects, configuration, help and `check`, as a black box.

mod support;

use support::{Crate, Done};

const PAGE: &str = "use orm::prelude::*;\n#[derive(Model)]\npub struct Page {\n    #[field(primary_key)]\n    pub id: Auto<i64>,\n}\n";

#[test]
fn help_lists_what_there_is() {
    let krate = Crate::empty();
    insta::assert_snapshot!("help", krate.expect(0, &["--help"]).out);
    insta::assert_snapshot!(
        "help_makemigrations",
        krate.expect(0, &["makemigrations", "--help"]).out
    );
    insta::assert_snapshot!("help_migrate", krate.expect(0, &["migrate", "--help"]).out);
}

#[test]
fn wrong_usage_is_2() {
    let krate = Crate::new(PAGE);
    krate.expect(2, &[]);
    let done = krate.expect(2, &["makemigration"]);
    assert!(done.err.contains("makemigrations"), "{}", done.err);
    krate.expect(2, &["migrate", "--nonsense"]);
    krate.expect(2, &["sqlmigrate", "blog"]);
    krate.expect(2, &["--format", "xml", "check"]);
    krate.expect(2, &["makemigrations", "--empty", "--merge", "blog"]);
}

#[test]
fn no_project_says_what_to_do() {
    let krate = Crate::empty();
    for command in [
        "init",
        "makemigrations",
        "migrate",
        "showmigrations",
        "check",
    ] {
        let done = krate.expect(2, &[command]);
        assert!(
            done.err.contains("no project") && done.err.contains("--project"),
            "{command}: {}",
            done.err
        );
    }
    let done = krate.expect(2, &["--project", ".", "check"]);
    assert!(
        done.err.contains("neither orm.toml nor Cargo.toml"),
        "{}",
        done.err
    );
    krate.expect(2, &["--project", "nowhere", "check"]);
}

#[test]
fn a_dependency_that_is_not_written_down_is_no_obstacle() {
    let krate = Crate::new(
        &PAGE
            .replace("prelude::*", "{Model as M, prelude::Auto}")
            .replace("(Model)", "(M)"),
    );
    krate.write("Cargo.toml", "[package]\nname = \"blog\"\n");
    let done = krate.expect(0, &["makemigrations", "--dry-run"]);
    assert!(done.out.contains("+ Create model Page"), "{}", done.out);
    krate.write("Cargo.toml", "").write("orm.toml", "");
    let done = krate.expect(2, &["makemigrations"]);
    assert!(done.err.contains("there are no models"), "{}", done.err);
}

#[test]
fn the_project_is_found_from_below_and_by_name() {
    let krate = Crate::new(PAGE);
    krate.write("src/deep/down/x", "");
    let out = krate
        .command(&["check"])
        .current_dir(krate.path("src/deep/down"))
        .output()
        .unwrap();
    assert!(out.status.success());
    let elsewhere = Crate::empty();
    let root = krate.root().to_str().unwrap();
    assert_eq!(
        elsewhere.expect(0, &["--project", root, "check"]).out,
        "no faults found\n"
    );
    elsewhere.expect(0, &["--project", root, "makemigrations"]);
    assert!(krate.exists("migrations/blog/0001_initial.toml"));
    elsewhere.expect(0, &["migrate", "--project", root]);
    assert!(krate.exists("db.sqlite3"));
}

#[test]
fn init_writes_what_holds_and_keeps_what_is_there() {
    let krate = Crate::new(PAGE);
    let before = krate.json(0, &["makemigrations", "--dry-run"]);
    assert!(
        krate
            .expect(0, &["init"])
            .out
            .starts_with("wrote orm.toml\n")
    );
    let text = krate.read("orm.toml");
    assert!(
        text.contains("[apps.blog]\nsource = \"src\"\nmigrations = \"migrations/blog\"\n"),
        "{text}"
    );
    assert_eq!(krate.json(0, &["makemigrations", "--dry-run"]), before);
    let done = krate.expect(2, &["init"]);
    assert!(
        done.err.contains("orm.toml is already there"),
        "{}",
        done.err
    );
    assert_eq!(krate.read("orm.toml"), text);
}

#[test]
fn faults_in_the_configuration_have_line_and_nearest_key() {
    let krate = Crate::new(PAGE);
    let check = |text: &str, expected: &[&str]| {
        krate.write("orm.toml", text);
        let done = krate.expect(2, &["check"]);
        for part in expected {
            assert!(done.err.contains(part), "{part}\n{}", done.err);
        }
    };
    check(
        "[database.default]\nurl = \"x\"\n",
        &[
            "orm.toml:1:2",
            "unknown key `database`",
            "did you mean `databases`?",
        ],
    );
    check(
        "[databases.default]\nurls = \"x\"\n",
        &["orm.toml:2:1", "unknown key `urls`", "did you mean `url`?"],
    );
    check(
        "[databases.default]\nurl = 3\n",
        &["orm.toml:2:7", "`url` must be a string, found integer"],
    );
    check(
        "[apps.blog]\nsource = \"src/gone\"\n",
        &["orm.toml:2:10", "cannot read"],
    );
    check(
        "[apps.blog]\nstorage_type = \"rowstor\"\n",
        &["orm.toml:2:16", "did you mean `rowstore`?"],
    );
    check("[apps.Blog-1]\n", &["orm.toml:1:7", "is no name of an app"]);
    check("[apps\n", &["orm.toml:1:", "does not parse"]);
    check(
        "apps = 3\ndatabases.x = 4\n",
        &[
            "`apps` must be a table of tables",
            "`databases.x` must be a table",
        ],
    );
}

#[test]
fn storage_types_come_from_configuration_and_environment() {
    let krate = Crate::new(&PAGE.replace("pub struct", "#[model(sort_key(id))]\npub struct"));
    let findings =
        |krate: &Crate| krate.run(&["--format", "json", "check", "--dialect", "singlestore"]);
    assert_eq!(findings(&krate).code, 0);
    krate.write("orm.toml", "[apps.blog]\nstorage_type = \"rowstore\"\n");
    let done = findings(&krate);
    assert!(done.code == 1 && done.out.contains("S008"), "{}", done.out);
    let sorted = krate.read("src/lib.rs");
    krate.write("src/lib.rs", PAGE);
    krate.expect(0, &["makemigrations"]);
    assert!(
        !krate
            .read("migrations/blog/0001_initial.toml")
            .contains("rowstore")
    );
    let sql = krate
        .expect(
            0,
            &["sqlmigrate", "blog", "0001", "--dialect", "singlestore"],
        )
        .out;
    assert!(sql.contains("CREATE ROWSTORE TABLE"), "{sql}");
    krate.write("src/lib.rs", &sorted);
    let run = |value: &str| {
        let mut command = krate.command(&["--format", "json", "check", "--dialect", "singlestore"]);
        Done::of(
            command
                .env("ORM_STORAGE_TYPE_BLOG", value)
                .output()
                .unwrap(),
        )
    };
    assert_eq!(run("columnstore").code, 0);
    let done = run("rowstor");
    assert!(
        done.code == 2 && done.err.contains("did you mean `rowstore`?"),
        "{}",
        done.err
    );
}

#[test]
fn colours_follow_flag_environment_and_terminal() {
    let krate = Crate::new(PAGE);
    assert!(!krate.expect(0, &["check"]).out.contains('\u{1b}'));
    assert!(
        krate
            .expect(0, &["--color", "always", "check"])
            .out
            .contains('\u{1b}')
    );
    assert!(
        !krate
            .expect(0, &["--color", "never", "check"])
            .out
            .contains('\u{1b}')
    );
    assert!(
        krate
            .expect(2, &["--color", "always", "makemigrations", "x"])
            .err
            .contains('\u{1b}')
    );
}

#[test]
fn failures_are_json_on_demand() {
    let krate = Crate::new(&PAGE.replace("primary_key", "primary_kay"));
    let done = krate.expect(2, &["--format", "json", "check"]);
    assert_eq!(done.out, "");
    let json: serde_json::Value = serde_json::from_str(&done.err).unwrap();
    assert_eq!(json["code"], 2);
    assert_eq!(json["errors"][0]["file"], "src/lib.rs");
    assert_eq!(json["errors"][0]["line"], 4);
    assert_eq!(json["errors"][0]["column"], 13);
}

#[test]
fn features_of_the_command_line_are_heard() {
    let krate = Crate::new(&format!(
        "#[cfg(feature = \"pages\")] mod pages {{ {PAGE} }}"
    ));
    krate.write("Cargo.toml", "[package]\nname = \"blog\"\n[dependencies]\norm = \"0.1\"\n[features]\ndefault = []\npages = []\n");
    assert_eq!(
        krate.expect(0, &["makemigrations", "--dry-run"]).out,
        "No changes detected\n"
    );
    assert!(
        krate
            .expect(0, &["makemigrations", "--dry-run", "--features", "pages"])
            .out
            .contains("Create model Page")
    );
    // One that no package has would hide the models behind it.
    let done = krate.expect(2, &["makemigrations", "--features", "page"]);
    assert!(done.err.contains("did you mean `pages`?"), "{}", done.err);
}

#[test]
fn a_large_project_is_read() {
    let krate = Crate::empty();
    let size = orm_cli::generate::Size {
        models: 60,
        fields: 8,
        files: 12,
    };
    orm_cli::generate::generate_crate(krate.root(), size).unwrap();
    let json = krate.json(0, &["makemigrations", "--dry-run"]);
    let operations = json["migrations"][0]["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 60);
    assert_eq!(operations[59]["fields"].as_array().unwrap().len(), 8);
}

#[test]
fn warnings_fail_where_that_is_asked_for() {
    // Unique beside the shard key: refused on SingleStore, and a warning where no database is one.
    let krate = Crate::new(
        "use orm::prelude::*;\n#[derive(Model)]\npub struct Author {\n#[field(primary_key)]\npub id: Auto<i64>,\n#[field(max_length = 20, unique)]\npub name: String,\n}\n",
    );
    let done = krate.expect(0, &["check"]);
    assert!(done.out.contains("0 errors, 1 warning"), "{}", done.out);
    krate.expect(0, &["check", "--fail-level", "error"]);
    let done = krate.expect(1, &["check", "--fail-level", "warning"]);
    assert!(done.out.contains("0 errors, 1 warning"), "{}", done.out);
}
