//! A thousand models, each referring to the one before, compile with the compiler's default limits.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const MODELS: usize = 1000;

fn source() -> String {
    let mut out = String::from(
        "//! Chained models.\nuse orm::prelude::*;\n\n#[derive(Model, Debug, Clone)]\npub struct M0 {\n    #[field(primary_key)]\n    pub id: Auto<i64>,\n}\n",
    );
    for i in 1..MODELS {
        let before = i - 1;
        let _ = write!(
            out,
            "\n#[derive(Model, Debug, Clone)]\npub struct M{i} {{\n    #[field(primary_key)]\n    pub id: Auto<i64>,\n    pub before: ForeignKey<M{before}>,\n    pub other: Option<ForeignKey<M{before}>>,\n}}\n"
        );
    }
    let last = MODELS - 1;
    // What would make the compiler walk the chain: auto traits, deep paths, loading.
    let _ = write!(
        out,
        "\n/// Walks the chain.\npub fn walk() -> impl Send + Sync {{\n    M{last}::objects()\n        .filter(|m| m.before().before().before().other().before().id().gt(3))\n        .with(|m| (m.before().before(), m.other()))\n}}\n\n/// Needs the future to be `Send`.\npub fn spawned(db: Db) -> impl Future<Output = Result<Vec<M{last}>>> + Send {{\n    async move {{ M{last}::objects().with(|m| m.before()).all(&db).await }}\n}}\n"
    );
    out
}

#[test]
fn a_thousand_chained_models_compile_with_default_limits() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), Into::into);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = source();
    assert!(!source.contains("recursion_limit") && !source.contains("type_length_limit"));
    let manifest = format!(
        "[package]\nname = \"chained\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[dependencies]\norm = {{ path = {:?}, default-features = false }}\n\n[workspace]\n",
        workspace.join("orm")
    );
    std::fs::write(folder.path().join("Cargo.toml"), manifest).expect("writes");
    std::fs::write(folder.path().join("lib.rs"), source).expect("writes");
    std::fs::copy(
        workspace.join("Cargo.lock"),
        folder.path().join("Cargo.lock"),
    )
    .expect("copies");
    // A folder of its own below `target`: the workspace's build does not wait for this one.
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target.join("chained"))
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .expect("cargo starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}",
        errors.chars().take(4000).collect::<String>()
    );
}
