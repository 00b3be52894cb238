//! What a project of many models costs: `makemigrations`, and `cargo check`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use orm_cli::generate::{Size, change_one, generate_crate, generate_history};
use orm_cli::measure::{Measured, measure};

use crate::work::median;

const MODELS_IN_FILE: usize = 50;
const ROUNDS: usize = 3;

/// Which of two programs with the same tables.
#[derive(Clone, Copy)]
enum Kind {
    /// Structs with `#[derive(Model)]`.
    Derived,
    /// Structs with hand-written functions for rusqlite.
    Written,
}

/// Migrations of the long history.
const HISTORY: usize = 2_000;

/// Times of a run, and the most memory that one of them held.
#[derive(Default)]
struct Runs {
    times: Vec<Duration>,
    peak: u64,
}

impl Runs {
    /// Runs `makemigrations` once more.
    fn add(&mut self, cli: &Path, folder: &Path, args: &[&str]) -> Result<()> {
        let mut command = Command::new(cli);
        command
            .arg("--project")
            .arg(folder)
            .args(["--no-input", "makemigrations"])
            .args(args);
        let Measured { output, time, peak } = measure(&mut command)?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} failed: {told}");
        self.times.push(time);
        self.peak = self.peak.max(peak.unwrap_or(0));
        Ok(())
    }

    /// Prints the median beside what it must not exceed.
    fn print(self, what: &str, limit: f64) {
        println!(
            "    {what:<22} {:>8.3} s (to be below {limit} s), {} MB",
            median(self.times.into_iter()).as_secs_f64(),
            self.peak >> 20
        );
    }
}

/// Measures `makemigrations` on 1,000 models of 8 fields: the first run, one with no change and one
/// with one; then the replay of 2,000 migrations.
pub(crate) fn makemigrations() -> Result<()> {
    let workspace = workspace()?;
    run(Command::new(cargo())
        .args(["build", "--quiet", "--release", "-p", "orm-cli"])
        .current_dir(&workspace))?;
    let cli = target(&workspace).join("release/orm-cli");
    let (mut first, mut again, mut changed, mut replay) = (
        Runs::default(),
        Runs::default(),
        Runs::default(),
        Runs::default(),
    );
    let history = tempfile::tempdir()?;
    generate_history(history.path(), HISTORY)?;
    let size = Size::LARGE;
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        generate_crate(folder.path(), size)?;
        first.add(&cli, folder.path(), &[])?;
        ensure!(
            folder.path().join("migrations").exists(),
            "makemigrations wrote no migrations"
        );
        again.add(&cli, folder.path(), &["--check"])?;
        change_one(folder.path())?;
        changed.add(&cli, folder.path(), &[])?;
        replay.add(&cli, history.path(), &["--check"])?;
    }
    println!(
        "\nmakemigrations, {} models of {} fields in {} files (source to file; release build of orm-cli; memory to be below 300 MB)",
        size.models, size.fields, size.files
    );
    first.print("first run", 1.0);
    again.print("nothing changed", 0.5);
    changed.print("one field changed", 0.5);
    replay.print(&format!("{HISTORY} migrations"), 1.0);
    Ok(())
}

/// Measures `cargo check` of 100 models of 8 fields, beside the same tables written by hand; the
/// dependencies are compiled before.
pub(crate) fn compile() -> Result<()> {
    const MODELS: usize = 100;
    let workspace = workspace()?;
    let target = target(&workspace).join("benches-compile");
    let mut medians = Vec::new();
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
    let kinds = [Kind::Derived, Kind::Written];
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for ((folder, kind), times) in folders.iter().zip(kinds).zip(&mut times) {
            write_crate(folder.path(), MODELS, kind)?;
            fs::copy(
                workspace.join("Cargo.lock"),
                folder.path().join("Cargo.lock"),
            )?;
            let mut command = Command::new(cargo());
            command
                .args(["check", "--quiet"])
                .current_dir(folder.path());
            command
                .env("CARGO_TARGET_DIR", &target)
                .env("CARGO_INCREMENTAL", "0");
            let time = run(&mut command)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    for times in times {
        medians.push(median(times.into_iter()).as_secs_f64());
    }
    println!(
        "\ncargo check of {MODELS} models of 8 fields, dependencies compiled before, not incremental"
    );
    println!("    derive(Model)          {:>8.2} s", medians[0]);
    println!(
        "    written by hand        {:>8.2} s (struct, read, insert, update, get, delete for rusqlite)",
        medians[1]
    );
    Ok(())
}

/// Runs a command to its end; hands back the time it took.
fn run(command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    let output = command
        .output()
        .with_context(|| format!("{command:?} did not start"))?;
    let time = start.elapsed();
    ensure!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(time)
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn workspace() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here
        .parent()
        .context("benches sits in the workspace")?
        .to_owned())
}

fn target(workspace: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from)
}

fn write_crate(folder: &Path, models: usize, kind: Kind) -> Result<()> {
    let source = folder.join("src");
    fs::create_dir_all(&source)?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let orm = here
        .parent()
        .context("benches sits in the workspace")?
        .join("orm");
    let dependency = match kind {
        Kind::Derived => format!("orm = {{ path = {orm:?} }}"),
        Kind::Written => "rusqlite = { version = \"0.43\", features = [\"bundled\"] }".to_owned(),
    };
    let manifest = format!(
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\
         chrono = {{ version = \"0.4\", default-features = false, features = [\"clock\", \"std\"] }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut lib = String::new();
    for (file, first) in (0..models).step_by(MODELS_IN_FILE).enumerate() {
        writeln!(lib, "pub mod part{file};")?;
        let mut text = match kind {
            Kind::Derived => "use orm::prelude::*;\nuse chrono::{DateTime, Utc};\n".to_owned(),
            Kind::Written => {
                "use chrono::{DateTime, Utc};\nuse rusqlite::{Connection, Result, Row, params};\n"
                    .to_owned()
            }
        };
        for n in first..(first + MODELS_IN_FILE).min(models) {
            text.push_str(&match kind {
                Kind::Derived => derived(n, first),
                Kind::Written => written(n),
            });
        }
        fs::write(source.join(format!("part{file}.rs")), text)?;
    }
    fs::write(source.join("lib.rs"), lib)?;
    Ok(())
}

/// A model whose relation leads to the one before it in the file.
fn derived(n: usize, first: usize) -> String {
    let parent = n.checked_sub(1).filter(|p| *p >= first).map_or_else(
        || "pub parent: i64,".to_owned(),
        |p| format!("pub parent: ForeignKey<Item{p}>,"),
    );
    format!(
        "
#[derive(Model, Debug, Clone)]
pub struct Item{n} {{
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    pub body: Option<String>,
    #[field(default = 0)]
    pub views: i64,
    pub score: Option<f64>,
    pub published: bool,
    pub published_at: DateTime<Utc>,
    {parent}
}}
"
    )
}

/// The same table as a person without an ORM writes it.
fn written(n: usize) -> String {
    let columns = "title, body, views, score, published, published_at, parent_id";
    let values = "self.title, self.body, self.views, self.score, self.published, self.published_at.timestamp_micros(), self.parent_id";
    format!(
        "
#[derive(Debug, Clone)]
pub struct Item{n} {{
    pub id: i64,
    pub title: String,
    pub body: Option<String>,
    pub views: i64,
    pub score: Option<f64>,
    pub published: bool,
    pub published_at: DateTime<Utc>,
    pub parent_id: i64,
}}

impl Item{n} {{
    pub fn read(row: &Row<'_>) -> Result<Self> {{
        Ok(Self {{
            id: row.get(0)?, title: row.get(1)?, body: row.get(2)?, views: row.get(3)?, score: row.get(4)?,
            published: row.get(5)?,
            published_at: DateTime::from_timestamp_micros(row.get(6)?).ok_or(rusqlite::Error::InvalidQuery)?,
            parent_id: row.get(7)?,
        }})
    }}
    pub fn get(db: &Connection, id: i64) -> Result<Self> {{
        db.query_row(\"SELECT id, {columns} FROM item{n} WHERE id = ?\", [id], Self::read)
    }}
    pub fn all(db: &Connection) -> Result<Vec<Self>> {{
        db.prepare(\"SELECT id, {columns} FROM item{n} ORDER BY id\")?.query_map([], Self::read)?.collect()
    }}
    pub fn insert(&mut self, db: &Connection) -> Result<()> {{
        db.execute(\"INSERT INTO item{n} ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)\", params![{values}])?;
        self.id = db.last_insert_rowid();
        Ok(())
    }}
    pub fn update(&self, db: &Connection) -> Result<usize> {{
        db.execute(
            \"UPDATE item{n} SET title = ?, body = ?, views = ?, score = ?, published = ?, published_at = ?, parent_id = ? WHERE id = ?\",
            params![{values}, self.id],
        )
    }}
    pub fn delete(&self, db: &Connection) -> Result<usize> {{
        db.execute(\"DELETE FROM item{n} WHERE id = ?\", [self.id])
    }}
}}
"
    )
}
