//! Writing and loading rows holds one part of them in memory, however many there are. The only test
//! of this file, so that the process is its own.
#![allow(missing_docs, reason = "a test")]

use std::io::{BufReader, Read, Write};

use orm::fixtures::{self, DumpOptions, LoadOptions};
use orm::prelude::*;

/// Rows of the round that shows what a part takes, and of the one that must not take more: 4 and 40 MB.
const FEW: usize = 500;
const MANY: usize = 5_000;
/// Bytes of the text that each row has.
const TEXT: usize = 8_000;
/// What the second round may take beyond the first, in MB.
const GROWTH: usize = 10;

/// Makes records as they are asked for.
struct Records {
    next: usize,
    rows: usize,
    part: Vec<u8>,
    /// The record of a number and a text.
    record: fn(usize, &str) -> String,
}

impl Records {
    fn new(rows: usize, record: fn(usize, &str) -> String) -> BufReader<Self> {
        BufReader::new(Self {
            next: 0,
            rows,
            part: Vec::new(),
            record,
        })
    }
}

impl Read for Records {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.part.is_empty() && self.next < self.rows {
            self.next += 1;
            self.part = (self.record)(self.next, &"x".repeat(TEXT)).into_bytes();
        }
        let taken = self.part.len().min(out.len());
        out[..taken].copy_from_slice(&self.part[..taken]);
        self.part.drain(..taken);
        Ok(taken)
    }
}

/// Counts what is written.
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[derive(Model, Debug, Clone)]
#[model(app = "notes")]
struct Note {
    #[field(primary_key)]
    id: Auto<i64>,
    text: String,
}

/// Each refers to the next one, which is not there yet when it is read.
#[derive(Model, Debug, Clone)]
#[model(app = "notes", natural_key(name))]
struct Step {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 20, unique)]
    name: String,
    next: Option<ForeignKey<Step>>,
    text: String,
}

/// The most memory that the process had so far, in MB; `None` where nothing tells.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kilobytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// Loads and writes so many rows of each model, in a database of their own.
async fn round(rows: usize) -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("notes.db").display());
    let db = Db::connect(&url).await?;
    orm::create_tables(&db, &[Note::META, Step::META]).await?;
    let state = [Note::META.def(), Step::META.def()].into_iter().collect();
    let mut input = Records::new(rows, |n, text| {
        format!(
            "{{\"model\": \"notes.Note\", \"pk\": {n}, \"fields\": {{\"text\": \"{text}\"}}}}\n"
        )
    });
    let loaded = fixtures::load(&db, &state, &LoadOptions::default(), &mut input).await;
    assert_eq!(loaded.expect("loads").inserted, rows as u64);
    for lines in [true, false] {
        let mut options = DumpOptions::default();
        options.lines = lines;
        let mut count = Count(0);
        fixtures::dump(&db, &state, &options, &mut count)
            .await
            .expect("is written");
        assert!(count.0 > rows * TEXT, "{}", count.0);
    }
    let mut input = Records::new(rows, |n, text| {
        format!(
            "{{\"model\": \"notes.Step\", \"fields\": {{\"name\": \"{n}\", \"next\": [\"{}\"], \"text\": \"{text}\"}}}}\n",
            n + 1
        )
    });
    let end = format!(
        "{{\"model\": \"notes.Step\", \"fields\": {{\"name\": \"{}\", \"next\": null, \"text\": \"\"}}}}\n",
        rows + 1
    );
    let mut input = (&mut input).chain(end.as_bytes());
    let loaded = fixtures::load(&db, &state, &LoadOptions::default(), &mut input).await;
    assert_eq!(loaded.expect("loads").inserted, rows as u64 + 1);
    let ends = Step::objects().filter(|s| s.next().is_null());
    assert_eq!(ends.count(&db).await?, 1);
    let mut options = DumpOptions::default();
    options.only = vec!["notes.Step".to_owned()];
    options.natural_foreign = true;
    options.natural_primary = true;
    let mut count = Count(0);
    fixtures::dump(&db, &state, &options, &mut count)
        .await
        .expect("is written");
    assert!(count.0 > rows * TEXT, "{}", count.0);
    Ok(())
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn memory_does_not_grow_with_the_rows() -> Result<()> {
    if peak().is_none() {
        eprintln!("SKIPPED: no /proc/self/status here");
        return Ok(());
    }
    round(FEW).await?;
    let few = peak().unwrap_or(0);
    round(MANY).await?;
    let grown = peak().unwrap_or(0) - few;
    assert!(
        grown < GROWTH,
        "{grown} MB beyond the {few} MB of {FEW} rows"
    );
    Ok(())
}
