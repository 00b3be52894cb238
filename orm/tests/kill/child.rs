//! What the process does that migrates and is killed.

use std::process::ExitStatus;

use orm::backend::{BoxFuture, Db};
use orm::migrate::{
    Code, CodeBatches, CodeError, CodeRegistry, DynRow, MigrateOptions, Migration, Migrator,
    Models, Target,
};

use crate::migrations::APP;
use crate::migrations::live::sql;
use crate::proxy::Fault;
use crate::victim;

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
    let way = if task.forwards { "on" } else { "back" };
    let told = [("ORM_KILL_CASE", task.case), ("ORM_KILL_WAY", way)];
    victim::spawn(task.url, task.fault, task.log, &told)
}

/// Does the task, if this process has one.
pub(crate) fn run() {
    victim::run(async |db| {
        let case = std::env::var("ORM_KILL_CASE").expect("a case");
        let target = match std::env::var("ORM_KILL_WAY").as_deref() {
            Ok("on") => Target::All,
            _ => Target::Migration(APP.to_owned(), "0001_initial".to_owned()),
        };
        migrate(db, &crate::migrations_of(&case), target).await
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
