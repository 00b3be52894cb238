//! What goes wrong meanwhile.

use std::time::{Duration, Instant};

use gate::{Action, Control, Fault, Refusal, When};
use orm::prelude::*;

use super::chance::Chance;
use super::statement;

/// Arms faults at the statements of a stand-in; how many struck.
pub(crate) async fn gate(control: &Control, until: Instant, seed: u64) -> u64 {
    const PLACES: [&str; 7] = [
        "INSERT", "UPDATE", "DELETE", "SELECT", "COMMIT", "COMMIT", "lookup",
    ];
    const GAP: u64 = 60;
    let mut chance = Chance(seed);
    let before = control.fired();
    let mut seen = control.counts().statements;
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(5)).await;
        // One fault for so many statements, however fast the machine is: most transactions go well.
        let statements = control.counts().statements;
        if statements < seen + GAP {
            continue;
        }
        seen = statements;
        let (when, action) = match chance.below(40) {
            0..=9 => (When::Before, Action::Cut),
            10..=21 => (When::After, Action::Cut),
            22..=29 => (When::Before, refusal(1205, "Lock wait timeout exceeded")),
            30..=37 => (When::Before, refusal(1213, "Deadlock found")),
            38 => (When::Before, Action::MasterMoved { statements: 3 }),
            _ => {
                let down = Duration::from_millis(20);
                (When::After, Action::Kill { down })
            }
        };
        let mut fault = Fault::new(1 + chance.below(8), when, action);
        if let Some(place) = PLACES.get(chance.below(9) as usize) {
            fault = fault.matching(*place);
        }
        control.arm(fault);
    }
    control.disarm();
    control.fired() - before
}

fn refusal(code: u16, text: &str) -> Action {
    Action::Error(Refusal::new(code, text))
}

/// Ends connections of a database at random, from one that is not in it; how many.
pub(crate) async fn mariadb(server: &Db, name: &str, until: Instant, seed: u64) -> u64 {
    let mut chance = Chance(seed);
    let mut killed = 0;
    while Instant::now() < until {
        let sql = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
        let ids: Vec<(i64,)> = raw(&sql, ()).all(server).await.expect("processes");
        if !ids.is_empty() {
            let (id,) = ids[chance.below(ids.len() as u64) as usize];
            // It may be gone by now.
            let kill = statement(server, &format!("KILL CONNECTION {id}")).await;
            killed += u64::from(kill.is_ok());
        }
        tokio::time::sleep(Duration::from_millis(20 + chance.below(40))).await;
    }
    killed
}

/// Holds the one write lock of a file for longer than others wait for it; how often.
pub(crate) async fn sqlite(url: &str, until: Instant, seed: u64) -> u64 {
    let other = Db::connect(url).await.expect("opens");
    let mut chance = Chance(seed);
    let mut held = 0;
    while Instant::now() < until {
        // The others' turn may last as long.
        let Ok(tx) = other.begin().await else {
            continue;
        };
        if statement(&tx, "UPDATE torture_busy SET n = n + 1")
            .await
            .is_ok()
        {
            held += 1;
            tokio::time::sleep(Duration::from_millis(20 + chance.below(200))).await;
        }
        // Now and then without a COMMIT.
        if chance.below(2) == 0 {
            let _ = tx.commit().await;
        }
        tokio::time::sleep(Duration::from_millis(100 + chance.below(200))).await;
    }
    held
}
