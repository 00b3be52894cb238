//! `dbshell` and `completions` as a black box: a client that notes what it was given stands in for
//! the database's own.
#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt as _;

use support::{Crate, Done};

fn krate() -> Crate {
    let krate = Crate::new("");
    std::fs::create_dir(krate.path("bin")).expect("a folder");
    krate
}

/// A client of this name, which tells its arguments and the password in its environment.
fn client(krate: &Crate, name: &str) {
    let path = format!("bin/{name}");
    krate.write(
        &path,
        "#!/bin/sh\necho \"${0##*/}\"\nfor a in \"$@\"; do echo \"$a\"; done\necho \"password ${MYSQL_PWD-none}\"\nexit 7\n",
    );
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(krate.path(&path), mode).expect("a mode");
}

fn run(krate: &Crate, args: &[&str]) -> Done {
    let mut command = krate.command(args);
    command
        .env("PATH", krate.path("bin"))
        .env("MYSQL_PWD", "another");
    Done::of(command.output().expect("it runs"))
}

#[test]
fn the_client_gets_the_place_and_the_password_out_of_sight() {
    let krate = krate();
    client(&krate, "mysql");
    client(&krate, "mariadb");
    let url = "mariadb://ann:s%20cret@db1,db2:3307/shop";
    let done = run(&krate, &["dbshell", "--url", url, "--", "-e", "SELECT 1"]);
    assert_eq!(done.code, 7, "{}", done.err);
    assert_eq!(
        done.out,
        "mariadb\n--host=db1\n--port=3306\n--protocol=tcp\n--user=ann\n--database=shop\n-e\nSELECT 1\npassword s cret\n"
    );
    // SingleStore's own client is not there, so the nearest one is taken; without a password none is
    // handed on, whatever stood there before.
    let done = run(
        &krate,
        &[
            "dbshell",
            "--url",
            "singlestore://root@h:3306/shop?tls=required",
        ],
    );
    assert_eq!(
        done.out,
        "mysql\n--host=h\n--port=3306\n--protocol=tcp\n--user=root\n--ssl-mode=VERIFY_IDENTITY\n--database=shop\npassword none\n"
    );
    client(&krate, "singlestore");
    let done = run(&krate, &["dbshell", "--url", "singlestore://root@h/"]);
    assert!(
        done.out.starts_with("singlestore\n--host=h\n"),
        "{}",
        done.out
    );
}

#[test]
fn the_client_of_sqlite_gets_the_file() {
    let krate = krate();
    client(&krate, "sqlite3");
    let done = run(
        &krate,
        &["dbshell", "--url", "sqlite:-odd.db", "--", ".tables"],
    );
    assert!(
        done.out.starts_with("sqlite3\n./-odd.db\n.tables\n"),
        "{}",
        done.out
    );
    let done = run(&krate, &["dbshell"]);
    assert!(done.out.contains("/db.sqlite3\n"), "{}", done.out);
}

#[test]
fn a_client_that_is_missing_is_named() {
    let krate = krate();
    let done = run(&krate, &["dbshell", "--url", "singlestore://root@h/shop"]);
    assert_eq!(done.code, 2);
    assert!(
        done.err.contains(
            "no client is installed: looked for `singlestore`, `mysql`, `mariadb` in PATH"
        ),
        "{}",
        done.err
    );
    let done = run(&krate, &["dbshell", "--url", "sqlite::memory:"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("in memory"), "{}", done.err);
    assert_eq!(run(&krate, &["dbshell", "--url", "oracle:x"]).code, 2);
}

#[test]
fn completions_are_what_the_shells_can_read() {
    let krate = krate();
    for (shell, wanted) in [
        ("bash", "_orm__cli()"),
        ("zsh", "#compdef orm-cli"),
        ("fish", "complete -c orm-cli"),
    ] {
        let done = krate.expect(0, &["completions", shell]);
        assert!(done.out.contains(wanted), "{shell}: {}", done.out);
        assert!(done.out.contains("dumpdata"), "{shell}");
    }
    krate.expect(2, &["completions", "abacus"]);
    // A shell of this machine reads it without complaint.
    let done = krate.expect(0, &["completions", "bash"]);
    krate.write("completions.bash", &done.out);
    let script = krate.path("completions.bash");
    let read = std::process::Command::new("bash")
        .arg("-n")
        .arg(script)
        .output();
    let read = read.expect("there is a bash");
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
}
