//! The process that migrates and is killed: this test program, told by its environment.

use std::process::{Command, ExitStatus};

use orm::backend::{BoxFuture, Db};
use orm::migrate::{
    Code, CodeBatches, CodeError, CodeRegistry, DynRow, MigrateOptions, Migration, Migrator,
    Models, Target,
};

use crate::counter::Counter;
use crate::migrations::APP;
use crate::migrations::live::sql;
use crate::proxy::{Fault, Mode, Proxy, Side};

/// What a child is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) url: &'a str,
    pub(crate) case: &'a str,
    pub(crate) forwards: bool,
    pub(crate) fault: Option<Fault>,
    /// The file for the statements that it sent.
    pub(crate) log: Option<&'a str>,
}

/// Runs a task in a process of its own.
pub(crate) fn spawn(task: Task<'_>) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env("ORM_KILL_URL", task.url)
        .env("ORM_KILL_CASE", task.case)
        .env("ORM_KILL_WAY", if task.forwards { "on" } else { "back" })
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    if let Some(fault) = task.fault {
        let text = format!("{} {:?} {:?}", fault.at, fault.side, fault.mode);
        command.env("ORM_KILL_FAULT", text);
    }
    if let Some(log) = task.log {
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

/// Does the task, if this process has one.
#[expect(
    clippy::disallowed_methods,
    reason = "the process is made to end, whatever the test's frame around it would do"
)]
pub(crate) fn run() {
    let Ok(url) = std::env::var("ORM_KILL_URL") else {
        return;
    };
    let case = std::env::var("ORM_KILL_CASE").expect("a case");
    let fault = std::env::var("ORM_KILL_FAULT").ok().map(|t| fault(&t));
    let log = std::env::var("ORM_KILL_LOG").ok();
    let target = match std::env::var("ORM_KILL_WAY").as_deref() {
        Ok("on") => Target::All,
        _ => Target::Migration(APP.to_owned(), "0001_initial".to_owned()),
    };
    let migrations = crate::migrations_of(&case);
    let mut url = url;
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
        migrate(&db, &migrations, target).await
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

pub(crate) async fn migrate(
    db: &Db,
    migrations: &[Migration],
    target: Target,
) -> Result<(), String> {
    let options = MigrateOptions {
        code: &Once,
        // Every row is a part of its own.
        part_rows: Some(1),
        ..MigrateOptions::default()
    };
    let migrator = Migrator::new(db, migrations, options).map_err(|e| e.to_string())?;
    let done = migrator.run(&[target]).await;
    done.map(drop).map_err(|e| e.to_string())
}

/// Code that must run once, and for each row once.
pub(crate) struct Once;

fn once<'a>(models: &'a Models<'a>) -> BoxFuture<'a, Result<(), CodeError>> {
    Box::pin(async move {
        let db = models.db();
        db.execute(sql("UPDATE shop_book SET pages = pages + 1"))
            .await?;
        db.execute(sql(
            "UPDATE shop_stock SET place = CONCAT(place, '!') WHERE id = 1",
        ))
        .await?;
        Ok(())
    })
}

async fn pages(models: &Models<'_>, rows: Vec<DynRow>, more: i32) -> Result<(), CodeError> {
    for mut row in rows {
        let pages: i32 = row.get("pages")?;
        row.set("pages", pages + more)?;
        models.save(&mut row).await?;
    }
    Ok(())
}

impl CodeRegistry for Once {
    fn get(&self, name: &str) -> Option<Code> {
        let each = |code| {
            Some(Code::Batches(CodeBatches {
                app: "shop",
                model: "Book",
                rows: 1,
                code,
            }))
        };
        match name {
            "once" => Some(Code::Once(once)),
            "more_pages" => each(|models, rows| Box::pin(pages(models, rows, 7))),
            "less_pages" => each(|models, rows| Box::pin(pages(models, rows, -7))),
            _ => None,
        }
    }

    fn names(&self) -> Vec<String> {
        ["less_pages", "more_pages", "once"]
            .map(str::to_owned)
            .to_vec()
    }
}
