//! The program: one line to start it, a signal to end it.

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::backend;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Starts it and reads its two lines.
async fn start(arguments: &[&str]) -> (Child, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gate"))
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut line = async || {
        let line = tokio::time::timeout(Duration::from_secs(60), lines.next_line());
        line.await
            .expect("in time")
            .expect("reads")
            .expect("a line")
    };
    let (url, control) = (line().await, line().await);
    (child, url, control)
}

async fn ends_on_sigterm(mut child: Child) {
    let id = child.id().expect("it runs").to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(killed.expect("kill runs").success());
    let status = tokio::time::timeout(Duration::from_secs(20), child.wait()).await;
    assert!(status.expect("in time").expect("ends").success());
}

async fn answers(url: &str) {
    let mut conn = Conn::from_url(url).await.expect("connects");
    let version: Option<String> = conn
        .query_first("SELECT @@memsql_version")
        .await
        .expect("answers");
    assert_eq!(version.as_deref(), Some("8.9.1"));
    conn.disconnect().await.expect("ends");
}

#[tokio::test]
async fn it_stands_in_front_of_a_server() {
    let Some(backend) = backend() else { return };
    let (child, url, control) = start(&["--backend", &backend, "--version", "8.9.1"]).await;
    assert!(control.starts_with("control 127.0.0.1:"), "{control}");
    answers(&url).await;
    ends_on_sigterm(child).await;
}

#[tokio::test]
async fn it_starts_a_server_of_its_own() {
    if backend().is_none() {
        return;
    }
    let (child, url, _) = start(&["--version", "8.9.1"]).await;
    let folder = std::env::temp_dir().join(format!("gate.{}", child.id().expect("it runs")));
    assert!(folder.exists());
    answers(&url).await;
    ends_on_sigterm(child).await;
    assert!(!folder.exists(), "the data stayed behind");
}

#[tokio::test]
async fn a_wrong_argument_is_said() {
    let output = Command::new(env!("CARGO_BIN_EXE_gate"))
        .arg("--nonsense")
        .output()
        .await
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("unknown argument `--nonsense`") && text.contains("--backend URL"),
        "{text}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_gate"))
        .args(["--backend", "mysql://root@127.0.0.1:1/"])
        .output()
        .await
        .expect("runs");
    assert_eq!(output.status.code(), Some(3));
}
