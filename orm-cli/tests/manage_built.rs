//! A migration that runs code, from the command line to the rows: `orm-cli migrate` has cargo build
//! the project's `manage`, which goes on. Nothing is stood in for; `manage.rs` has what needs no
//! build.
#![cfg(unix)]

mod support;

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::{Crate, Done, Server};

const ROWS: usize = 1_000;

/// A batch takes a while, so that a run can be killed between two.
const DESK: &str = r#"//! A project with a data migration.

use orm::migrate::{DynRow, EmbeddedMigrations, Models};
use orm::prelude::*;

pub const MIGRATIONS: EmbeddedMigrations<'static> = orm::embed_migrations!("migrations");

#[derive(Model, Debug, Clone)]
pub struct Note {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 40)]
    pub text: String,
    #[field(default = 0)]
    pub times: i64,
}

#[orm::data_migration("count", each = "desk.Note", batch = 50)]
async fn count(models: &Models<'_>, notes: Vec<DynRow>) -> Result<()> {
    step(models, notes, 1).await
}

#[orm::data_migration("uncount", each = "desk.Note", batch = 50)]
async fn uncount(models: &Models<'_>, notes: Vec<DynRow>) -> Result<()> {
    step(models, notes, -1).await
}

async fn step(models: &Models<'_>, notes: Vec<DynRow>, by: i64) -> Result<()> {
    std::thread::sleep(std::time::Duration::from_millis(40));
    for mut note in notes {
        let times: i64 = note.get("times")?;
        note.set("times", times + by)?;
        models.save(&mut note).await?;
    }
    Ok(())
}
"#;

const MANAGE: &str =
    "fn main() -> std::process::ExitCode {\n    orm_cli::main(desk::MIGRATIONS)\n}\n";

const SECOND: &str = "format = 1\ndepends_on = [\"desk.0001_initial\"]\n\n[[operations]]\nop = \"run_code\"\nname = \"count\"\nreverse = \"uncount\"\n";

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

/// A folder of its own below `target`: the workspace's build does not wait for this one.
fn target() -> PathBuf {
    let all = std::env::var_os("CARGO_TARGET_DIR");
    all.map_or_else(|| workspace().join("target"), PathBuf::from)
        .join("managed")
}

/// The project, with its first migration.
fn desk() -> Crate {
    let krate = Crate::kept(target().join("desk"));
    let path = |name: &str| workspace().join(name).display().to_string();
    let manifest = format!(
        "[package]\nname = \"desk\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         orm = {{ path = {:?}, default-features = false, features = [\"sqlite\", \"mysql\", \"migrate\"] }}\n\
         orm-cli = {{ path = {:?} }}\n\n[profile.dev]\ndebug = 0\n\n[workspace]\n",
        path("orm"),
        path("orm-cli"),
    );
    krate.write("Cargo.toml", &manifest);
    std::fs::copy(workspace().join("Cargo.lock"), krate.path("Cargo.lock")).expect("copies");
    krate.write("src/lib.rs", DESK);
    krate.write("src/bin/manage.rs", MANAGE);
    Done::of(command(&krate, &["makemigrations"]).output().expect("runs")).expect(0);
    krate
}

/// `orm-cli`, whose cargo is the real one, and asks no registry.
fn command(krate: &Crate, args: &[&str]) -> Command {
    let mut command = krate.command(args);
    command
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_INCREMENTAL", "0");
    command
}

#[track_caller]
fn run(krate: &Crate, code: i32, args: &[&str]) -> Done {
    Done::of(command(krate, args).output().expect("it runs")).expect(code)
}

trait Expect {
    fn expect(self, code: i32) -> Self;
}

impl Expect for Done {
    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }
}

fn inserts() -> String {
    let rows: Vec<String> = (1..=ROWS).map(|n| format!("({n}, 'a note', 0)")).collect();
    format!(
        "INSERT INTO desk_note (id, text, times) VALUES {}",
        rows.join(", ")
    )
}

/// How many rows were counted so often.
fn counted(times: i64) -> String {
    format!("SELECT CAST(COUNT(*) AS CHAR) AS n FROM desk_note WHERE times = {times}")
}

/// A run in a group of its own, ended with the test: `orm-cli`, cargo and `manage`.
struct Group(Child);

impl Group {
    fn start(krate: &Crate, args: &[&str]) -> Self {
        let mut command = command(krate, args);
        command
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(command.spawn().expect("it starts"))
    }

    fn kill(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-9", "--", &group]).status();
        let _ = self.0.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Kills a run when so many batches are noted; a run that ends before fails the test.
fn killed_at(krate: &Crate, args: &[&str], noted: impl Fn() -> bool) {
    let mut run = Group::start(krate, args);
    let begun = Instant::now();
    while !noted() {
        assert!(
            run.0.try_wait().expect("a child").is_none(),
            "it was through before the kill"
        );
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "nothing is noted"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    run.kill();
}

/// One test: all of it shares what cargo builds.
#[test]
fn orm_cli_builds_manage_and_goes_on_by_it() {
    let krate = desk();
    // What runs no code needs no build.
    run(&krate, 0, &["migrate"]);
    krate.sqlite(&inserts());
    krate.write("migrations/desk/0002_count.toml", SECOND);
    krate.write("migrations/desk/HEAD", "0002_count\n");

    // It does not compile.
    krate.write(
        "src/bin/manage.rs",
        &MANAGE.replace("desk::MIGRATIONS", "desk::MIGRATION"),
    );
    let done = run(&krate, 2, &["migrate"]);
    let told = |text: &str| assert!(done.err.contains(text), "{}", done.err);
    told("is built and goes on");
    told("cannot find value `MIGRATION` in crate `desk`");
    told("did not run to its end");
    assert_eq!(krate.sqlite_one(&counted(0)), ROWS.to_string());

    // It compiles, and holds no such code.
    krate.write("src/bin/manage.rs", MANAGE);
    krate.write("src/lib.rs", &DESK.replace("(\"count\"", "(\"recount\""));
    let done = run(&krate, 2, &["migrate"]);
    assert!(done.err.contains("`count`"), "{}", done.err);
    assert_eq!(krate.sqlite_one(&counted(0)), ROWS.to_string());

    // It runs, there and back, with the arguments that were given.
    krate.write("src/lib.rs", DESK);
    let done = run(&krate, 0, &["migrate"]);
    assert!(done.out.contains("1,000 rows of desk.Note"), "{}", done.out);
    assert_eq!(krate.sqlite_one(&counted(1)), ROWS.to_string());
    let done = run(&krate, 0, &["--format", "json", "migrate"]);
    assert!(done.out.starts_with('{'), "{}", done.out);
    run(&krate, 0, &["migrate", "desk", "0001"]);
    assert_eq!(krate.sqlite_one(&counted(0)), ROWS.to_string());

    // A migration is one transaction there: what is killed left nothing.
    let begun = Instant::now();
    killed_at(&krate, &["migrate"], || {
        begun.elapsed() > Duration::from_millis(500)
    });
    assert_eq!(krate.sqlite_one(&counted(0)), ROWS.to_string());
    run(&krate, 0, &["migrate"]);
    assert_eq!(krate.sqlite_one(&counted(1)), ROWS.to_string());

    if let Some(server) = Server::start("built") {
        between_batches(&krate, &server);
    }
    if let Some(server) = Server::singlestore("built") {
        between_batches(&krate, &server);
    }
}

/// Killed between batches, twice; the next run goes on behind what is noted.
fn between_batches(krate: &Crate, server: &Server) {
    let with = |args: &[&'static str]| [&["--url", server.url()], args].concat();
    run(krate, 0, &with(&["migrate", "desk", "0001"]));
    server.run(&inserts());
    let batches = || {
        let noted = server.one("SELECT CAST(COUNT(*) AS CHAR) AS n FROM orm_migration_parts");
        noted.parse::<usize>().expect("a number")
    };
    for most in [2, 6] {
        killed_at(krate, &with(&["migrate"]), || batches() > most);
        // What is noted is what was done: the first note is of no batch.
        let done = 50 * (batches() - 1);
        assert!(done >= 50 * most && done < ROWS, "{done}");
        assert_eq!(server.one(&counted(1)), done.to_string());
        assert_eq!(server.one(&counted(0)), (ROWS - done).to_string());
    }
    run(krate, 0, &with(&["migrate"]));
    assert_eq!(server.one(&counted(1)), ROWS.to_string());
}
