//! Large projects: the limits of time are wide, as this is a debug build on a shared machine; `benches`
//! prints the figures of a release build. The limit of memory is the one that is promised.

mod support;

use std::time::Duration;

use orm_cli::generate::{Size, change_one, generate_crate, generate_history};
use orm_cli::measure::measure;
use support::{Crate, Done};

/// About twenty times what a release build takes.
const LIMIT: Duration = Duration::from_secs(20);
/// Bytes of memory.
const MEMORY: u64 = 300 << 20;

/// Runs it within the limits.
#[track_caller]
fn within(krate: &Crate, what: &str, args: &[&str]) -> Done {
    let measured = measure(&mut krate.command(args)).expect("it runs");
    let (time, peak) = (measured.time, measured.peak);
    let done = Done::of(measured.output);
    assert_eq!(done.code, 0, "{what}: {}", done.err);
    assert!(time < LIMIT, "{what} took {time:?}");
    if cfg!(target_os = "linux") {
        let peak = peak.expect("Linux tells");
        assert!(peak < MEMORY, "{what} held {} MB", peak >> 20);
    }
    done
}

#[test]
fn a_thousand_models() {
    let krate = Crate::empty();
    generate_crate(krate.root(), Size::LARGE).unwrap();
    within(&krate, "the first run", &["makemigrations"]);
    change_one(krate.root()).unwrap();
    let done = within(
        &krate,
        "a run with one change",
        &["--format", "json", "makemigrations"],
    );
    let json: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    let migrations = json["migrations"].as_array().unwrap();
    assert_eq!(migrations.len(), 1, "{json}");
    let operations = migrations[0]["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 1, "{json}");
}

#[test]
fn two_thousand_migrations() {
    let krate = Crate::empty();
    generate_history(krate.root(), 2_000).unwrap();
    let done = within(&krate, "the replay", &["makemigrations", "--check"]);
    assert_eq!(done.out, "No changes detected\n");
}
