//! `dbshell`: the database's own client.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use orm::backend::{Address, ServerAddress, Tls};
use serde_json::json;

use super::Context;
use crate::args;
use crate::report::{Diagnostic, Failure, chain};

pub(super) fn run(context: &Context<'_>, args: &args::DbShell) -> Result<u8, Failure> {
    let project = context.place()?;
    let global = &context.cli.global;
    let url = project.database_url(global.database.as_deref(), global.url.as_deref())?;
    let address = Address::of(&url).map_err(|e| Failure::usage(chain(&e)))?;
    let (mut command, names) = match &address {
        Address::File(path) => file(path),
        Address::Server(address) => server(address),
        _ => {
            let fault = Diagnostic::new("a database in memory is nobody else's to open");
            return Err(fault.hint("name a file: sqlite:db.sqlite3").into());
        }
    };
    command.args(&args.arguments);
    if context.output.json() {
        let text = |argument: &OsStr| argument.to_string_lossy().into_owned();
        let arguments: Vec<String> = command.get_args().map(text).collect();
        let program = text(command.get_program());
        let document = json!({ "program": program, "arguments": arguments });
        context.output.document(&document);
        return Ok(0);
    }
    start(command, &names)
}

/// The first of these programs that the machine has; else the first, which will not be found.
fn client(names: &[&'static str]) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = |name: &&&str| {
        let suffix = std::env::consts::EXE_SUFFIX;
        std::env::split_paths(&path).any(|dir| dir.join(format!("{name}{suffix}")).is_file())
    };
    Command::new(names.iter().find(there).unwrap_or(&names[0]))
}

fn file(path: &Path) -> (Command, Vec<&'static str>) {
    let names = vec!["sqlite3"];
    let mut command = client(&names);
    // What begins with a hyphen would be an option.
    match path.is_relative() {
        true => command.arg(Path::new(".").join(path)),
        false => command.arg(path),
    };
    (command, names)
}

fn server(address: &ServerAddress) -> (Command, Vec<&'static str>) {
    let names = match address.product {
        "mariadb" => vec!["mariadb", "mysql"],
        "singlestore" => vec!["singlestore", "mysql", "mariadb"],
        _ => vec!["mysql", "mariadb"],
    };
    let mut command = client(&names);
    let option = |name: &str, value: &str| OsString::from(format!("--{name}={value}"));
    command
        .arg(option("host", &address.host))
        .arg(option("port", &address.port.to_string()))
        .arg("--protocol=tcp")
        .arg(option("user", &address.user));
    if address.tls == Tls::Required {
        let mariadb = command.get_program() == "mariadb";
        command.arg(match mariadb {
            true => "--ssl-verify-server-cert",
            false => "--ssl-mode=VERIFY_IDENTITY",
        });
        if let Some(ca) = &address.tls_ca {
            let mut option = OsString::from("--ssl-ca=");
            option.push(ca);
            command.arg(option);
        }
    }
    // Arguments stand in everyone's list of processes, the environment does not.
    match address.password.as_str() {
        "" => command.env_remove("MYSQL_PWD"),
        password => command.env("MYSQL_PWD", password),
    };
    if let Some(database) = &address.database {
        command.arg(option("database", database));
    }
    (command, names)
}

fn missing(names: &[&str], error: &std::io::Error) -> Failure {
    let package = match names {
        ["sqlite3"] => "the package `sqlite3`",
        _ => "the package `mariadb-client` or `mysql-client`, or SingleStore's own",
    };
    let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    let fault = match error.kind() {
        std::io::ErrorKind::NotFound => Diagnostic::new(format!(
            "no client is installed: looked for {} in PATH",
            names.join(", ")
        ))
        .hint(format!(
            "install {package}; `orm-cli inspectdb` and `check --data` need none"
        )),
        _ => Diagnostic::new(format!("cannot start {}: {error}", names.join(", "))),
    };
    fault.into()
}

/// The client takes the place of this program, so that signals and the terminal are its own.
#[cfg(unix)]
fn start(mut command: Command, names: &[&str]) -> Result<u8, Failure> {
    use std::os::unix::process::CommandExt as _;
    Err(missing(names, &command.exec()))
}

#[cfg(not(unix))]
fn start(mut command: Command, names: &[&str]) -> Result<u8, Failure> {
    let status = command.status().map_err(|e| missing(names, &e))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1))
}
