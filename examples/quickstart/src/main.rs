//! From structs to rows: the models of a small blog become migrations, tables, rows and answers.
//!
//! `cargo run -p quickstart` works on a fresh SQLite file;
//! `DATABASE_URL=mysql://user:password@host:3306/database` takes a server instead.

#![expect(clippy::print_stdout, reason = "an example that shows what it does")]

mod models;
mod table;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use orm::backend::Db;
use orm::prelude::*;

use models::{Article, Author, Tag};
use table::table;

fn main() -> Result<()> {
    let url = database()?;
    title("1. Structs to migrations: orm-cli makemigrations");
    command(&["makemigrations"], &url)?;
    title("2. Migrations to tables: orm-cli migrate");
    command(&["migrate"], &url)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let db = Db::connect(&url).await?;
        title("3. Objects to rows");
        write(&db).await?;
        read(&db).await?;
        aggregate(&db).await?;
        change(&db).await?;
        println!(
            "\n{} statements of {} shapes went to {}",
            db.statements(),
            db.shapes(),
            db.url()
        );
        Ok(())
    })
}

/// `DATABASE_URL`, or a fresh SQLite file beside this example.
fn database() -> Result<String> {
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return Ok(url);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("blog.sqlite3");
    for end in ["", "-wal", "-shm"] {
        match std::fs::remove_file(format!("{}{end}", file.display())) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    Ok(format!("sqlite:{}", file.display()))
}

/// Runs a command as `orm-cli` does; a project's own `manage` binary does the same.
fn command(words: &[&str], url: &str) -> Result<()> {
    let options = [
        "orm-cli",
        "--project",
        env!("CARGO_MANIFEST_DIR"),
        "--url",
        url,
    ];
    let code = orm_cli::run(options.iter().chain(words));
    ensure!(
        code == ExitCode::SUCCESS,
        "orm-cli {} failed",
        words.join(" ")
    );
    Ok(())
}

async fn write(db: &Db) -> Result<()> {
    // On a server, what an earlier run wrote goes first; articles go with their authors.
    Author::objects().delete(db).await?;
    Tag::objects().delete(db).await?;

    let ann = Author::create(db, new!(Author { name: "Ann Arbor" })).await?;
    let bo = Author::create(db, new!(Author { name: "Bo Diddley" })).await?;
    let mut tags = Vec::new();
    for name in ["rust", "sql", "tea"] {
        tags.push(Tag::create(db, new!(Tag { name })).await?);
    }
    let articles = [
        (
            "Borrowing, explained to a cat",
            &ann,
            Some(&bo),
            1204,
            "2026-03-01T08:00:00Z",
            &tags[..1],
        ),
        (
            "Joins without tears",
            &ann,
            None,
            873,
            "2026-03-05T09:30:00Z",
            &tags[..2],
        ),
        (
            "A kettle is a state machine",
            &bo,
            Some(&ann),
            96,
            "2026-03-07T16:00:00Z",
            &tags[2..],
        ),
        (
            "Why I count my queries",
            &bo,
            None,
            411,
            "2026-03-09T07:15:00Z",
            &tags[1..],
        ),
    ];
    // All or nothing: the article and its tags.
    let tx = db.begin().await?;
    for (title, author, editor, views, at, tags) in articles {
        let published_at: DateTime<Utc> = at.parse()?;
        let article = Article::create(
            &tx,
            new!(Article {
                title,
                author,
                editor,
                views,
                published_at
            }),
        )
        .await?;
        article.tags.add(&tx, tags).await?;
    }
    tx.commit().await?;
    println!(
        "wrote {} authors, {} articles, {} tags",
        Author::objects().count(db).await?,
        Article::objects().count(db).await?,
        Tag::objects().count(db).await?
    );
    Ok(())
}

async fn read(db: &Db) -> Result<()> {
    title("4. Rows to objects: filter over a relation, join two authors, prefetch tags");
    let query = Article::objects()
        .filter(|a| a.author().name().icontains("ann") | a.views().lt(100))
        .with(|a| (a.author(), a.editor()))
        .prefetch(|a| a.tags());
    println!("{}\n", query.to_sql(db.dialect())?.text);
    let mut rows = Vec::new();
    for article in query.all(db).await? {
        let editor = match &article.editor {
            Some(editor) => editor.get()?.name.clone(),
            None => "nobody".to_owned(),
        };
        let tags: Vec<&str> = article
            .tags
            .get()?
            .iter()
            .map(|t| t.name.as_str())
            .collect();
        rows.push([
            article.published_at.format("%d %b %Y").to_string(),
            article.title.clone(),
            article.author.get()?.name.clone(),
            editor,
            tags.join(", "),
            article.views.to_string(),
        ]);
    }
    print!(
        "{}",
        table(
            ["published", "title", "author", "edited by", "tags", "views"],
            &rows
        )
    );
    Ok(())
}

async fn aggregate(db: &Db) -> Result<()> {
    title("5. Groups: how each author is read");
    let groups: Vec<(String, i64, Option<i64>, Option<f64>)> = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| a.id().count().gt(1))
        .aggregate(|a| (count(), a.views().sum(), a.views().avg()))
        .all(db)
        .await?;
    let rows: Vec<_> = groups
        .into_iter()
        .map(|(name, articles, sum, mean)| {
            let mean = mean.unwrap_or_default();
            [
                name,
                articles.to_string(),
                sum.unwrap_or_default().to_string(),
                format!("{mean:.1}"),
            ]
        })
        .collect();
    print!("{}", table(["author", "articles", "views", "mean"], &rows));

    let untagged =
        Author::objects().filter(|a| a.articles().none(|x| x.tags().any(|t| t.name().eq("tea"))));
    for author in untagged.all(db).await? {
        println!("  {} never wrote about tea", author.name);
    }
    Ok(())
}

async fn change(db: &Db) -> Result<()> {
    title("6. Changes, computed by the database");
    let changed = Article::objects()
        .filter(|a| a.author().name().eq("Bo Diddley"))
        .update(|a| a.views().set(a.views() + 1000))
        .exec(db)
        .await?;
    println!("{changed} articles of Bo are more popular now");

    let ann = Author::objects()
        .filter(|a| a.name().startswith("Ann"))
        .get(db)
        .await?;
    ann.delete(db).await?;
    let left: Vec<(String, i64)> = Article::objects()
        .select(|a| (a.title(), a.views()))
        .all(db)
        .await?;
    println!("Ann left, and her articles with her:");
    let rows: Vec<_> = left
        .into_iter()
        .map(|(title, views)| [title, views.to_string()])
        .collect();
    print!("{}", table(["title", "views"], &rows));

    match Tag::create(db, new!(Tag { name: "tea" })).await {
        Err(e) if e.is_unique_violation() => println!("A second tag \"tea\" is refused: {e}"),
        Err(e) => return Err(e.into()),
        Ok(_) => anyhow::bail!("a second tag of the same name was written"),
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n== {text}");
}
