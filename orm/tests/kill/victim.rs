//! The process that is killed: this test program, told by its environment.

use std::process::{Command, ExitStatus, Stdio};

use orm::backend::Db;

use crate::counter::Counter;
use crate::proxy::{Fault, Mode, Proxy, Side};

/// Runs the test `child` of this program in a process of its own: on this database, with what befalls
/// it, a file for the statements that it sent, and what else it is told by its environment.
pub(crate) fn spawn(
    url: &str,
    fault: Option<Fault>,
    log: Option<&str>,
    told: &[(&str, &str)],
) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env("ORM_KILL_URL", url)
        .envs(told.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(fault) = fault {
        let text = format!("{} {:?} {:?}", fault.at, fault.side, fault.mode);
        command.env("ORM_KILL_FAULT", text);
    }
    if let Some(log) = log {
        command.env("ORM_KILL_LOG", log);
    }
    command.status().expect("a child process")
}

fn fault(text: &str) -> Fault {
    let mut words = text.split(' ');
    let at = words.next().and_then(|w| w.parse().ok()).expect("a number");
    let side = match words.next() {
        Some("Before") => Side::Before,
        _ => Side::After,
    };
    let mode = match words.next() {
        Some("Kill") => Mode::Kill,
        Some("Cut") => Mode::Cut,
        _ => Mode::Gone,
    };
    Fault { at, side, mode }
}

/// Does the work, if this process is told of a database, and ends the process.
#[expect(
    clippy::disallowed_methods,
    reason = "the process is made to end, whatever the test's frame around it would do"
)]
pub(crate) fn run(work: impl AsyncFnOnce(&Db) -> Result<(), String>) {
    let Ok(mut url) = std::env::var("ORM_KILL_URL") else {
        return;
    };
    let fault = std::env::var("ORM_KILL_FAULT").ok().map(|t| fault(&t));
    let log = std::env::var("ORM_KILL_LOG").ok();
    let mut proxy = None;
    if url.starts_with("sqlite") {
        Counter::install(fault, log.clone());
    } else {
        let (scheme, rest) = url.split_once("//").expect("a URL");
        let (user, rest) = rest.split_once('@').expect("a user");
        let (server, database) = rest.split_once('/').expect("a database");
        let (own, port) = Proxy::start(server, fault).expect("a port");
        url = format!("{scheme}//{user}@127.0.0.1:{port}/{database}");
        proxy = Some(own);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let result = runtime.block_on(async {
        let db = Db::connect(&url).await.map_err(|e| e.to_string())?;
        work(&db).await
    });
    if let (Some(proxy), Some(log)) = (proxy, log) {
        let lines: Vec<String> = proxy.log().iter().map(|t| t.replace('\n', " ")).collect();
        std::fs::write(log, lines.join("\n")).expect("the log is written");
    }
    // A run that was cut ends by itself, with an error.
    std::process::exit(match result {
        Ok(()) => 0,
        Err(_) => 7,
    });
}
