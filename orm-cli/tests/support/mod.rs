//! A temporary crate to run commands in.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_debug_implementations,
    reason = "each test binary uses its own part"
)]

mod database;

pub use database::{Server, held};

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Articles and their authors.
pub const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
}

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    pub author: ForeignKey<Author>,
}
";

/// A crate in a temporary folder, or in one that is kept.
pub struct Crate {
    dir: Folder,
}

enum Folder {
    Temporary(tempfile::TempDir),
    Kept(PathBuf),
}

/// What a command did.
pub struct Done {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Crate {
    /// A crate `blog` with this library.
    pub fn new(lib: &str) -> Self {
        let this = Self::empty();
        this.write(
            "Cargo.toml",
            "[package]\nname = \"blog\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\norm = \"0.1\"\n",
        );
        this.write("src/lib.rs", lib);
        this
    }

    /// An empty folder.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        Self {
            dir: Folder::Temporary(dir),
        }
    }

    /// An empty folder at this place, where cargo finds again what it built for the last run.
    pub fn kept(dir: PathBuf) -> Self {
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("folders can be made");
        Self {
            dir: Folder::Kept(dir),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub fn root(&self) -> &Path {
        match &self.dir {
            Folder::Temporary(dir) => dir.path(),
            Folder::Kept(dir) => dir,
        }
    }

    pub fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
        self
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The command, not yet run, in the crate's folder and with a clean environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orm-cli"));
        command
            .args(args)
            .current_dir(self.root())
            .env_remove("DATABASE_URL")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("NO_COLOR")
            .stdin(std::process::Stdio::null());
        command
    }

    /// Runs `orm-cli` in the crate's folder.
    pub fn run(&self, args: &[&str]) -> Done {
        Done::of(self.command(args).output().expect("the binary runs"))
    }

    /// Runs it and expects this exit code.
    #[track_caller]
    pub fn expect(&self, code: i32, args: &[&str]) -> Done {
        let done = self.run(args);
        assert_eq!(done.code, code, "{args:?}\n{}\n{}", done.out, done.err);
        done
    }

    /// Runs it, expects this exit code and reads the JSON it wrote.
    #[track_caller]
    pub fn json(&self, code: i32, args: &[&str]) -> serde_json::Value {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let done = self.expect(code, &all);
        serde_json::from_str(&done.out)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", done.out, done.err))
    }
}

impl Done {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
