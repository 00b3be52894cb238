//! Migrations that run code: `orm-cli` calls the project's `manage` binary.
#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt as _;

use support::{Crate, Done};

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
}
";

/// A crate whose second migration runs code.
fn with_code() -> Crate {
    let krate = Crate::new(BLOG);
    krate.expect(0, &["makemigrations"]);
    krate.write(
        "migrations/blog/0002_fill.toml",
        "format = 1\ndepends_on = [\"blog.0001_initial\"]\n\n[[operations]]\nop = \"run_code\"\nname = \"fill\"\n",
    );
    krate
}

/// Runs it with a cargo that notes its arguments and ends with this code.
fn with_cargo(krate: &Crate, args: &[&str], code: i32) -> (Done, String) {
    let cargo = krate.path("cargo.sh");
    let noted = krate.path("noted");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{}'\nexit {code}\n",
        noted.display()
    );
    krate.write("cargo.sh", &script);
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = krate.command(args);
    let done = Done::of(command.env("CARGO", cargo).output().expect("it runs"));
    let noted = std::fs::read_to_string(noted).unwrap_or_default();
    (done, noted)
}

#[test]
fn the_manage_binary_goes_on_with_the_same_arguments() {
    for bin in ["src/bin/manage.rs", "src/bin/manage/main.rs"] {
        let krate = with_code();
        krate.write(bin, "fn main() {}");
        let manifest = krate.read("Cargo.toml");
        krate.write("Cargo.toml", &format!("{manifest}\n[features]\nx = []\n"));
        let args = ["migrate", "blog", "--features", "x", "--no-input"];
        let (done, noted) = with_cargo(&krate, &args, 3);
        assert_eq!(done.code, 3, "{}", done.err);
        let manifest = krate.root().canonicalize().unwrap().join("Cargo.toml");
        let expected = format!(
            "run\n--quiet\n--manifest-path\n{}\n--bin\nmanage\n--features\nx\n--\nmigrate\nblog\n--features\nx\n--no-input\n",
            manifest.display()
        );
        assert_eq!(noted, expected);
    }
}

#[test]
fn a_manage_binary_that_does_not_build_is_told_of() {
    let krate = with_code();
    krate.write("src/bin/manage.rs", "fn main() {}");
    let (done, _) = with_cargo(&krate, &["migrate"], 101);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("did not run to its end"), "{}", done.err);
}

#[test]
fn without_one_it_says_how_to_make_it_and_nothing_runs() {
    let krate = with_code();
    let (done, noted) = with_cargo(&krate, &["migrate"], 0);
    assert_eq!((done.code, noted.as_str()), (2, ""));
    assert!(done.err.contains("src/bin/manage.rs"), "{}", done.err);
    krate.expect(1, &["migrate", "--check"]);
}

#[test]
fn a_plan_without_code_needs_none() {
    let krate = with_code();
    krate.write("src/bin/manage.rs", "fn main() {}");
    let (done, noted) = with_cargo(&krate, &["migrate", "blog", "0001"], 9);
    assert_eq!((done.code, noted.as_str()), (0, ""), "{}", done.err);
}
