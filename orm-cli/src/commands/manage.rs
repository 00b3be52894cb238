//! The project's own `manage` binary, built and run where a migration runs code.

use std::path::Path;
use std::process::Command;

use super::Context;
use crate::project::{Package, Project};
use crate::report::{Diagnostic, EXIT_USAGE, Failure};

/// The name of the binary.
const NAME: &str = "manage";

/// Runs this very command by the project's `manage` binary, if it has one; its exit code.
///
/// The command's arguments go on as they are. Cargo builds it, so the first time takes as long as
/// the project does.
pub(super) fn run(context: &Context<'_>, project: &Project) -> Result<Option<u8>, Failure> {
    let Some(package) = project.packages.iter().find(|p| has_manage(p)) else {
        return Ok(None);
    };
    context.output.note(format!(
        "note: the plan runs code, so the binary `{NAME}` of {} is built and goes on",
        package.name
    ));
    let global = &context.cli.global;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["run", "--quiet", "--manifest-path"])
        .arg(package.dir.join("Cargo.toml"))
        .args(["--bin", NAME]);
    if !global.features.is_empty() {
        cargo.arg("--features").arg(global.features.join(","));
    }
    if global.no_default_features {
        cargo.arg("--no-default-features");
    }
    cargo.arg("--").args(context.arguments);
    let status = cargo.status().map_err(|e| {
        Failure::usage(format!(
            "cannot run cargo to build the binary `{NAME}`: {e}"
        ))
    })?;
    // Cargo hands on the code of what it ran; its own failure to build is 101.
    match status.code() {
        Some(101) => Err(Failure::with_code(
            EXIT_USAGE,
            Diagnostic::new(format!(
                "the binary `{NAME}` of {} did not run to its end",
                package.name
            ))
            .hint("what cargo or the program says stands above"),
        )),
        Some(code) => Ok(Some(u8::try_from(code).unwrap_or(EXIT_USAGE))),
        None => Err(Failure::usage(format!("the binary `{NAME}` was killed"))),
    }
}

/// Named in the manifest, or where cargo looks for it by itself.
fn has_manage(package: &Package) -> bool {
    let named = |path: &Path| {
        let stem = path.file_stem().unwrap_or_default();
        let folder = path.parent().and_then(Path::file_name);
        stem == NAME || (stem == "main" && folder.is_some_and(|f| f == NAME))
    };
    let found = |place: &str| package.dir.join(place).is_file();
    package.bins.iter().any(|b| named(b))
        || found("src/bin/manage.rs")
        || found("src/bin/manage/main.rs")
        || (package.name == NAME && found("src/main.rs"))
}

/// How to make one.
pub(super) const HINT: &str = "give the project a binary `manage` (src/bin/manage.rs) that links the code: \
     `fn main() -> std::process::ExitCode { orm_cli::main(orm::embed_migrations!(\"migrations\")) }`; \
     orm-cli builds and calls it";
