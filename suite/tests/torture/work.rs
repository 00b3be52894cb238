//! One step of a unit: what it will be afterwards, and the writes that make it so.

use std::collections::{BTreeMap, BTreeSet};

use orm::prelude::*;
use suite::models::torture::{House, Label, Owner, Permit, Room, Seat};

use super::chance::Chance;
use super::ledger::{Owned, Unit};

/// Labels that all tasks count.
const SHARED: u64 = 6;
/// Nicks that all tasks want.
const NICKS: u64 = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An owner with houses, rooms, seats and labels.
    Create,
    /// Another tag, and perhaps a nick that another owner may have.
    Alter,
    /// Houses and rooms in bulk, seats by upsert.
    Build,
    /// Deletes houses by set: rooms go, seats forget them.
    Raze,
    /// Adds, removes and sets labels; counts a shared one.
    Pairs,
    /// Deletes the owner, by object or by set.
    Drop,
    /// The permit and the label by bulk upsert; the label may go.
    Upsert,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Create,
        Self::Alter,
        Self::Build,
        Self::Raze,
        Self::Pairs,
        Self::Drop,
        Self::Upsert,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Alter => "alter",
            Self::Build => "build",
            Self::Raze => "raze",
            Self::Pairs => "pairs",
            Self::Drop => "drop",
            Self::Upsert => "upsert",
        }
    }
}

/// What a transaction is to do.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) before: Option<Unit>,
    pub(crate) after: Unit,
    /// Shared labels that it counts, in any order: so there are deadlocks.
    pub(crate) counts: Vec<String>,
    /// Which of two ways to the same rows.
    by_set: bool,
}

impl Plan {
    /// Plans a step; a kind that the unit is not ready for becomes one that it is.
    pub(crate) fn new(name: &str, before: Option<Unit>, chance: &mut Chance) -> Self {
        let mut after = before.clone().unwrap_or_default();
        after.step += 1;
        let kind = match &after.owner {
            None => Kind::Create,
            Some(owned) if owned.houses.len() > 6 => Kind::Raze,
            Some(_) => Kind::ALL[1 + chance.below(6) as usize],
        };
        let mut counts = Vec::new();
        for _ in 0..chance.below(3) {
            let label = format!("shared{}", chance.below(SHARED));
            if !counts.contains(&label) {
                counts.push(label);
            }
        }
        let step = after.step;
        let fresh = |what: &str, n: u64| format!("{name}.{step}.{what}{n}");
        let tag = format!("{name}.{step}");
        match (kind, &mut after.owner) {
            (Kind::Create, owner) => {
                let houses = (0..1 + chance.below(3)).map(|n| {
                    let rooms = (0..chance.below(3)).map(|r| fresh("h", n) + &format!("r{r}"));
                    (fresh("h", n), rooms.collect())
                });
                let owned = Owned {
                    tag,
                    nick: None,
                    labels: [name.to_owned()].into(),
                    houses: houses.collect(),
                };
                after.label = true;
                seat(&mut after.seats, &owned);
                *owner = Some(owned);
            }
            (Kind::Alter, Some(owned)) => {
                owned.tag = tag;
                owned.nick = match chance.below(3) {
                    0 => None,
                    1 => owned.nick.take(),
                    _ => Some(format!("nick{}", chance.below(NICKS))),
                };
            }
            (Kind::Build, Some(owned)) => {
                for n in 0..1 + chance.below(3) {
                    let rooms = (0..1 + chance.below(3)).map(|r| fresh("h", n) + &format!("r{r}"));
                    owned.houses.insert(fresh("h", n), rooms.collect());
                }
                seat(&mut after.seats, owned);
            }
            (Kind::Raze, Some(owned)) => {
                let mut gone = BTreeSet::new();
                owned.houses.retain(|_, rooms| {
                    let stays = chance.below(2) == 0;
                    if !stays {
                        gone.append(rooms);
                    }
                    stays
                });
                forget(&mut after.seats, &gone);
            }
            (Kind::Pairs, Some(owned)) => {
                owned.labels = counts.iter().cloned().collect();
                if after.label && chance.below(2) == 0 {
                    owned.labels.insert(name.to_owned());
                }
            }
            (Kind::Drop, owner) => {
                let gone = owner.take().unwrap_or_default();
                forget(
                    &mut after.seats,
                    &gone.houses.into_values().flatten().collect(),
                );
            }
            (Kind::Upsert, Some(owned)) => {
                after.label = !after.label;
                if !after.label {
                    owned.labels.remove(name);
                }
            }
            (_, None) => unreachable!("only a create has no owner"),
        }
        Self {
            kind,
            name: name.to_owned(),
            before,
            after,
            counts,
            by_set: chance.below(2) == 0,
        }
    }

    /// Whether it may be refused because another unit has what it wants.
    pub(crate) fn claims(&self) -> bool {
        let nick = |unit: &Unit| unit.owner.as_ref().and_then(|o| o.nick.clone());
        let wanted = nick(&self.after);
        wanted.is_some() && wanted != self.before.as_ref().and_then(nick)
    }

    /// The writes. The owner and the permit take the step by statements of their own, so a
    /// transaction that is kept in part shows.
    pub(crate) async fn perform(&self, tx: &Transaction) -> Result<()> {
        let owner = match self.before.as_ref().and_then(|u| u.owner.as_ref()) {
            Some(owned) => Some(Owner::filter(|o| o.tag().eq(&owned.tag)).get(tx).await?),
            None => None,
        };
        let owner = self.owner(tx, owner).await?;
        self.permit(tx, owner.as_ref()).await?;
        if let Some(owner) = &owner {
            self.houses(tx, key(owner.id)).await?;
        }
        self.seats(tx).await?;
        self.label(tx).await?;
        for name in &self.counts {
            count(tx, name).await?;
        }
        if let Some(owner) = &owner {
            self.pairs(tx, owner).await?;
        }
        Ok(())
    }

    async fn owner(&self, tx: &Transaction, owner: Option<Owner>) -> Result<Option<Owner>> {
        let (step, name) = (self.after.step, &self.name);
        match (owner, &self.after.owner) {
            (None, Some(owned)) => {
                let new = new!(Owner {
                    unit: name,
                    tag: &owned.tag,
                    step: step
                });
                Owner::create(tx, new).await.map(Some)
            }
            (Some(owner), None) if self.by_set => {
                Owner::filter(|o| o.unit().eq(name)).delete(tx).await?;
                let _ = owner;
                Ok(None)
            }
            (Some(owner), None) => {
                owner.delete(tx).await?;
                Ok(None)
            }
            (Some(mut owner), Some(owned)) => {
                if self.by_set {
                    Owner::filter(|o| o.unit().eq(name))
                        .update(|o| {
                            (
                                o.tag().set(&owned.tag),
                                o.nick().set(owned.nick.clone()),
                                o.step().set(o.step() + 1),
                            )
                        })
                        .exec(tx)
                        .await?;
                } else {
                    owner.tag.clone_from(&owned.tag);
                    owner.nick.clone_from(&owned.nick);
                    owner.step = step;
                    owner.save(tx).await?;
                }
                Ok(Some(owner))
            }
            (None, None) => Ok(None),
        }
    }

    async fn permit(&self, tx: &Transaction, owner: Option<&Owner>) -> Result<()> {
        let (step, serial) = (self.after.step, &self.name);
        let id = owner.map(|o| key(o.id));
        match (self.kind, id) {
            (Kind::Upsert, _) => {
                let new = new!(Permit {
                    serial: serial,
                    step: step
                });
                Permit::bulk_create_update_conflicts(tx, [new], |p| p.serial(), |p| p.step()).await
            }
            (_, Some(id)) => {
                let new = new!(Permit {
                    serial: serial,
                    step: step,
                    owner: Some(id)
                });
                Permit::update_or_create(tx, new, |p| p.serial())
                    .await
                    .map(drop)
            }
            (_, None) => Permit::filter(|p| p.serial().eq(serial))
                .update(|p| p.step().set(p.step() + 1))
                .exec(tx)
                .await
                .map(drop),
        }
    }

    async fn houses(&self, tx: &Transaction, owner: i64) -> Result<()> {
        let houses = |unit: &Unit| {
            let owned = unit.owner.clone().unwrap_or_default();
            owned.houses
        };
        let old = self.before.as_ref().map(houses).unwrap_or_default();
        let new = houses(&self.after);
        let gone: Vec<&String> = old.keys().filter(|h| !new.contains_key(*h)).collect();
        if !gone.is_empty() {
            House::filter(|h| h.owner().eq(owner) & h.number().is_in(gone))
                .delete(tx)
                .await?;
        }
        let built: Vec<&String> = new.keys().filter(|h| !old.contains_key(*h)).collect();
        if built.is_empty() {
            return Ok(());
        }
        let row = |number: &&String| {
            new!(House {
                owner: owner,
                number: *number
            })
        };
        House::bulk_create(tx, built.iter().map(row)).await?;
        for house in House::filter(|h| h.number().is_in(built)).all(tx).await? {
            let id = key(house.id);
            let rooms = new[&house.number].iter().map(|code| {
                new!(Room {
                    house: id,
                    code: code
                })
            });
            Room::bulk_create(tx, rooms).await?;
        }
        Ok(())
    }

    /// Seats that get a room; those that lose one do so by themselves.
    async fn seats(&self, tx: &Transaction) -> Result<()> {
        for (code, room) in &self.after.seats {
            let before = self.before.as_ref().and_then(|u| u.seats.get(code));
            let Some(room) = room else { continue };
            if before == Some(&Some(room.clone())) {
                continue;
            }
            let room = Room::filter(|r| r.code().eq(room)).get(tx).await?;
            let new = new!(Seat {
                code: code,
                room: Some(key(room.id))
            });
            Seat::update_or_create(tx, new, |s| s.code()).await?;
        }
        Ok(())
    }

    async fn label(&self, tx: &Transaction) -> Result<()> {
        let name = &self.name;
        let before = self.before.as_ref().is_some_and(|u| u.label);
        if self.kind == Kind::Upsert && self.after.label {
            // The second is in the way of the first.
            let new = [new!(Label { name: name }), new!(Label { name: name })];
            Label::bulk_create_ignore_conflicts(tx, new).await?;
        } else if self.after.label && !before {
            Label::get_or_create(tx, new!(Label { name: name }), |l| l.name()).await?;
        } else if before && !self.after.label {
            Label::filter(|l| l.name().eq(name)).delete(tx).await?;
        }
        Ok(())
    }

    async fn pairs(&self, tx: &Transaction, owner: &Owner) -> Result<()> {
        let labels = |unit: &Unit| unit.owner.clone().unwrap_or_default().labels;
        let old = self.before.as_ref().map(labels).unwrap_or_default();
        let new = labels(&self.after);
        if old == new {
            return Ok(());
        }
        let ids = async |names: &BTreeSet<String>| -> Result<Vec<i64>> {
            let all = Label::filter(|l| l.name().is_in(names)).all(tx).await?;
            Ok(all.iter().map(|l| key(l.id)).collect())
        };
        if new.is_empty() {
            owner.labels.clear(tx).await
        } else if self.by_set {
            owner.labels.set(tx, ids(&new).await?).await
        } else {
            let gone = ids(&old.difference(&new).cloned().collect()).await?;
            owner.labels.remove(tx, gone).await?;
            owner.labels.add(tx, ids(&new).await?).await
        }
    }
}

/// Counts a label, which may be new.
pub(crate) async fn count(db: &impl Executor, name: &str) -> Result<()> {
    let new = new!(Label {
        name: name,
        uses: 1
    });
    Label::update_or_create_with(db, new, |l| l.name(), |l| l.uses().set(l.uses() + 1))
        .await
        .map(drop)
}

fn key(id: Auto<i64>) -> i64 {
    id.get().expect("a row from the database has a key")
}

/// One more seat, in a room without one.
fn seat(seats: &mut BTreeMap<String, Option<String>>, owned: &Owned) {
    let taken: BTreeSet<String> = seats.values().flatten().cloned().collect();
    let free = owned
        .houses
        .values()
        .flatten()
        .find(|r| !taken.contains(*r));
    if let Some(room) = free {
        seats.insert(format!("{room}s"), Some(room.clone()));
    }
}

fn forget(seats: &mut BTreeMap<String, Option<String>>, rooms: &BTreeSet<String>) {
    for room in seats.values_mut() {
        room.take_if(|r| rooms.contains(r));
    }
}
