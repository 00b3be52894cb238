//! Writes crates with many models, and with many migrations: for measurements and tests.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// How large the crate is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Models in all.
    pub models: usize,
    /// Fields of each, its key and a relation among them.
    pub fields: usize,
    /// Files that they are spread over.
    pub files: usize,
}

impl Size {
    /// 1,000 models of 8 fields in 200 files.
    pub const LARGE: Self = Self {
        models: 1_000,
        fields: 8,
        files: 200,
    };
}

/// Writes a crate `generated` into an empty folder: `Cargo.toml`, `src/lib.rs` and one module for
/// each file. Every model refers to the one before it, across files too; every second file also
/// holds functions, as real source does.
///
/// # Errors
/// The folder cannot be written to.
pub fn generate_crate(dir: &Path, size: Size) -> io::Result<()> {
    let source = dir.join("src");
    std::fs::create_dir_all(&source)?;
    std::fs::write(
        dir.join("Cargo.toml"),
        "[package]\nname = \"generated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\norm = \"0.1\"\n",
    )?;
    let files = size.files.clamp(1, size.models.max(1));
    let each = size.models.div_ceil(files);
    let mut lib = String::from("//! Generated models.\n\n");
    for file in 0..files {
        let _ = writeln!(lib, "pub mod part{file};");
        let models = (file * each)..((file + 1) * each).min(size.models);
        std::fs::write(
            source.join(format!("part{file}.rs")),
            module(models, each, size.fields, file % 2 == 0),
        )?;
    }
    std::fs::write(source.join("lib.rs"), lib)
}

/// Gives one field of such a crate another type.
///
/// # Errors
/// The folder cannot be read or written, or holds no such crate.
pub fn change_one(dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(dir.join("src"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        if text.contains("Option<String>") {
            return std::fs::write(path, text.replacen("Option<String>", "Option<i32>", 1));
        }
    }
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        "no field to change",
    ))
}

/// Writes a crate `blog` of one model with so many migrations into an empty folder. Fields come and
/// go in them, so that the model stays one that a database can hold.
///
/// # Errors
/// The folder cannot be written to.
pub fn generate_history(dir: &Path, migrations: usize) -> io::Result<()> {
    let folder = dir.join("migrations/blog");
    std::fs::create_dir_all(&folder)?;
    std::fs::create_dir_all(dir.join("src"))?;
    std::fs::write(
        dir.join("Cargo.toml"),
        "[package]\nname = \"blog\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\norm = \"0.1\"\n",
    )?;
    let mut before: Option<String> = None;
    for number in 1..=migrations {
        let name = match number {
            1 => "0001_initial".to_owned(),
            _ => format!("{number:04}_article_f{number}"),
        };
        let mut text = "format = 1\n".to_owned();
        if let Some(before) = before.replace(name.clone()) {
            let _ = writeln!(text, "depends_on = [\"blog.{before}\"]");
        }
        text.push_str("\n[[operations]]\n");
        text.push_str(&operation(number));
        std::fs::write(folder.join(format!("{name}.toml")), text)?;
    }
    let field = match migrations % 2 {
        0 => format!("    pub f{migrations}: Option<i64>,\n"),
        _ => String::new(),
    };
    std::fs::write(
        dir.join("src/lib.rs"),
        format!(
            "//! Generated models.\n\nuse orm::prelude::*;\n\n/// An article.\n#[derive(Model)]\npub struct Article {{\n    #[field(primary_key)]\n    pub id: Auto<i64>,\n{field}}}\n"
        ),
    )
}

fn operation(number: usize) -> String {
    let (op, of) = match number {
        1 => {
            return "op = \"create_model\"\nmodel = \"Article\"\nfields = [{ name = \"id\", type = \"bigint\", auto = true }]\nprimary_key = [\"id\"]\n".to_owned();
        }
        n if n.is_multiple_of(2) => ("add_field", n),
        n => ("remove_field", n - 1),
    };
    format!(
        "op = \"{op}\"\nmodel = \"Article\"\nfield = {{ name = \"f{of}\", type = \"bigint\", null = true }}\n"
    )
}

fn module(models: std::ops::Range<usize>, each: usize, fields: usize, functions: bool) -> String {
    let mut text = String::from(
        "//! Generated models.\n\nuse chrono::{DateTime, Utc};\nuse orm::prelude::*;\n",
    );
    if models.start > 0 {
        let _ = writeln!(
            text,
            "use crate::part{}::Model{};",
            (models.start - 1) / each,
            models.start - 1
        );
    }
    for model in models {
        text.push_str(&declaration(model, fields));
        if functions {
            text.push_str(&methods(model));
        }
    }
    text
}

fn declaration(model: usize, fields: usize) -> String {
    let mut text = format!(
        "\n/// Model {model}.\n#[derive(Model, Debug, Clone)]\n#[model(ordering(-field1))]\npub struct Model{model} {{\n    #[field(primary_key)]\n    pub id: Auto<i64>,\n"
    );
    for field in 1..fields {
        let line = match field {
            2 if model > 0 => format!(
                "    #[field(on_delete = \"cascade\")]\n    pub before: ForeignKey<Model{}>,\n",
                model - 1
            ),
            _ => match field % 4 {
                0 => format!("    pub field{field}: DateTime<Utc>,\n"),
                1 => format!("    #[field(max_length = 200)]\n    pub field{field}: String,\n"),
                2 => format!("    #[field(default = 0)]\n    pub field{field}: i64,\n"),
                _ => format!("    /// A remark.\n    pub field{field}: Option<String>,\n"),
            },
        };
        text.push_str(&line);
    }
    text.push_str("}\n");
    text
}

fn methods(model: usize) -> String {
    format!(
        "\nimpl Model{model} {{\n    /// A sum.\n    pub fn sum(&self, values: &[i64]) -> i64 {{\n        let mut sum = 0;\n        for value in values.iter().filter(|v| **v > 0) {{\n            sum += value * 2;\n        }}\n        match sum {{\n            0 => 1,\n            n if n > 100 => n - 100,\n            n => n,\n        }}\n    }}\n}}\n"
    )
}
