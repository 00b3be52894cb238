//! Afterwards: what the tables say against the ledger.

use std::collections::{BTreeMap, BTreeSet};

use orm::integrity::{DataOptions, check_data};
use orm::migrate::ProjectState;
use orm::prelude::*;
use suite::models::torture::{ALL, House, Label, Owner, Permit, Room, Seat};

use super::ledger::{Known, Ledger, Owned, Unit};

/// All rows, and how many there are.
#[derive(Debug, Default)]
struct Found {
    units: BTreeMap<String, Unit>,
    /// How often labels that belong to no unit were counted.
    uses: BTreeMap<String, u64>,
    rows: usize,
}

/// Asserts that what was acknowledged is there, what failed is not, what is unknown is there as a
/// whole or not at all, and that the rows do not contradict each other.
///
/// Returns how many rows there are, and how many unknown transactions took effect.
pub(crate) async fn verify(db: &Db, ledger: &Ledger) -> (usize, usize) {
    let mut state = ProjectState::default();
    for meta in ALL {
        state.insert(meta.def());
    }
    let faults = check_data(db, &state, &DataOptions::default(), &mut |_| {})
        .await
        .expect("looks");
    assert!(faults.is_empty(), "the data check finds {faults:#?}");
    let mut found = read(db).await.expect("reads");
    let mut wrong = Vec::new();
    let mut counts = ledger.counts.clone();
    let mut kept = 0;
    for (name, known) in &ledger.units {
        let there = found.units.remove(name);
        match known {
            Known::Is(unit) if *unit != there => {
                wrong.push(format!("{name}: known is {unit:?}\n  there is {there:?}"));
            }
            Known::Is(_) => {}
            Known::Either { before, .. } if *before == there => {}
            Known::Either {
                after, counts: c, ..
            } if there.as_ref() == Some(after) => {
                kept += 1;
                for name in c {
                    *counts.entry(name.clone()).or_default() += 1;
                }
            }
            Known::Either { before, after, .. } => wrong.push(format!(
                "{name}: neither {before:?}\n  nor {after:?}\n  but {there:?}"
            )),
        }
    }
    wrong.extend(
        found
            .units
            .iter()
            .map(|(name, unit)| format!("{name}: nothing was acknowledged, but there is {unit:?}")),
    );
    for (name, n) in counts {
        let there = found.uses.remove(&name).unwrap_or_default();
        if there != n {
            wrong.push(format!("{name}: counted {n} times, but there is {there}"));
        }
    }
    for (name, &[sure, unknown]) in &ledger.hot {
        let there = found.uses.remove(name).unwrap_or_default();
        if !(sure..=sure + unknown).contains(&there) {
            let text = format!(
                "{name}: {sure} to {} times, but there is {there}",
                sure + unknown
            );
            wrong.push(text);
        }
    }
    wrong.extend(
        found
            .uses
            .keys()
            .map(|name| format!("label {name} is nobody's")),
    );
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (found.rows, kept)
}

async fn read(db: &Db) -> Result<Found> {
    let owners = Owner::objects().prefetch(|o| o.labels()).all(db).await?;
    let houses = House::objects().all(db).await?;
    let rooms = Room::objects().all(db).await?;
    let permits = Permit::objects().all(db).await?;
    let labels = Label::objects().all(db).await?;
    let seats = Seat::objects().all(db).await?;
    let mut found = Found {
        rows: owners.len()
            + houses.len()
            + rooms.len()
            + permits.len()
            + labels.len()
            + seats.len(),
        ..Found::default()
    };
    let mut codes = BTreeMap::new();
    let mut of_house: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for room in rooms {
        codes.insert(id(room.id), room.code.clone());
        of_house
            .entry(*room.house.id())
            .or_default()
            .insert(room.code);
    }
    let mut of_owner: BTreeMap<i64, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for house in houses {
        let rooms = of_house.remove(&id(house.id)).unwrap_or_default();
        let houses = of_owner.entry(*house.owner.id()).or_default();
        houses.insert(house.number, rooms);
    }
    let mut permitted: BTreeMap<i64, (String, i64)> = BTreeMap::new();
    for permit in permits {
        if let Some(owner) = &permit.owner {
            permitted.insert(*owner.id(), (permit.serial.clone(), permit.step));
        }
        let unit = Unit {
            step: permit.step,
            ..Unit::default()
        };
        found.units.insert(permit.serial, unit);
    }
    for owner in owners {
        let key = id(owner.id);
        let permit = permitted.remove(&key);
        assert_eq!(permit, Some((owner.unit.clone(), owner.step)), "{owner:?}");
        let labels = owner.labels.get()?.iter().map(|l| l.name.clone());
        let owned = Owned {
            labels: labels.collect(),
            houses: of_owner.remove(&key).unwrap_or_default(),
            tag: owner.tag,
            nick: owner.nick,
        };
        let unit = found.units.entry(owner.unit).or_default();
        assert_eq!(unit.owner.replace(owned), None, "two owners of a unit");
    }
    for label in labels {
        if label.name.starts_with("shared") || label.name.starts_with("hot") {
            found.uses.insert(label.name, label.uses.unsigned_abs());
        } else {
            found.units.entry(label.name).or_default().label = true;
        }
    }
    for seat in seats {
        let room = seat.room.map(|r| codes[r.id()].clone());
        let unit = seat.code.split('.').next().unwrap_or_default().to_owned();
        found
            .units
            .entry(unit)
            .or_default()
            .seats
            .insert(seat.code, room);
    }
    assert!(permitted.is_empty() && of_owner.is_empty() && of_house.is_empty());
    Ok(found)
}

fn id(id: Auto<i64>) -> i64 {
    id.get().expect("a row from the database has a key")
}
