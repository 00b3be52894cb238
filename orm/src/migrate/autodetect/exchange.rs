//! Names that change hands in one run: chains, where one takes the name that another leaves, and
//! circles, where one has to be put aside under a name that nothing has.
//!
//! The step aside stands in the migration as an operation of its own: so the state after each
//! operation is one that a database can be in, and killing, going on and going back need nothing
//! that other renames do not need.

/// One rename of a sequence that can run in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    /// Which of the pairs it belongs to.
    pub(super) item: usize,
    pub(super) from: String,
    pub(super) to: String,
    /// The moves before it that free its name or bring it there.
    pub(super) after: Vec<usize>,
}

/// Orders renames `(from, to)`, no two of which share a side, so that each name is free when it is
/// taken.
///
/// `same` says whether two names are one; `aside` makes a name that is free all the time.
pub(super) fn ordered(
    pairs: &[(String, String)],
    same: impl Fn(&str, &str) -> bool,
    mut aside: impl FnMut(&str) -> String,
) -> Vec<Move> {
    let mut left: Vec<(usize, String, String)> = pairs
        .iter()
        .enumerate()
        .map(|(item, (from, to))| (item, from.clone(), to.clone()))
        .collect();
    let mut out: Vec<Move> = Vec::new();
    while let Some(first) = left.first().cloned() {
        let taken = |item: usize, to: &str| {
            left.iter()
                .any(|(other, from, _)| *other != item && same(from, to))
        };
        let free = left.iter().position(|(item, _, to)| !taken(*item, to));
        let (item, from, to) = match free {
            Some(at) => left.remove(at),
            None => {
                let to = aside(&first.1);
                left[0].1.clone_from(&to);
                (first.0, first.1, to)
            }
        };
        let before = |m: &&(usize, &Move)| m.1.item == item || same(&m.1.from, &to);
        let after = out.iter().enumerate().collect::<Vec<_>>();
        let after = after.iter().filter(before).map(|(i, _)| *i).collect();
        out.push(Move {
            item,
            from,
            to,
            after,
        });
    }
    out
}

/// Whether any of the pairs takes a name that another leaves.
pub(super) fn contested(pairs: &[(String, String)], same: impl Fn(&str, &str) -> bool) -> bool {
    let leaves = |(i, to): (usize, &String)| {
        (pairs.iter().enumerate()).any(|(j, (from, _))| i != j && same(from, to))
    };
    pairs.iter().map(|(_, to)| to).enumerate().any(leaves)
}

/// The pairs that stand in circles, each circle by the places of its members.
pub(super) fn circles(
    pairs: &[(String, String)],
    same: impl Fn(&str, &str) -> bool,
) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    for start in 0..pairs.len() {
        if out.iter().flatten().any(|i| *i == start) {
            continue;
        }
        let mut circle = vec![start];
        let mut at = start;
        while let Some(next) = pairs.iter().position(|(from, _)| same(from, &pairs[at].1)) {
            if next == start {
                out.push(circle);
                break;
            }
            if circle.contains(&next) {
                break;
            }
            circle.push(next);
            at = next;
        }
    }
    out
}

/// A name that is not taken, made of one that is.
pub(super) fn aside(name: &str, suffix: &str, taken: impl Fn(&str) -> bool) -> String {
    let room = orm_schema::MAX_IDENTIFIER - suffix.len() - 3;
    let stem: String = name.chars().take(room).collect();
    let first = format!("{stem}{suffix}");
    if !taken(&first) {
        return first;
    }
    let numbered = (2u32..).map(|n| format!("{stem}{suffix}{n}"));
    numbered.into_iter().find(|n| !taken(n)).unwrap_or(first)
}

/// A rename that was given beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) old: String,
    pub(super) new: String,
    /// Whether an answer says so, and not a hint in the source, which stays there.
    pub(super) answer: bool,
}

/// Keeps what can be: no old name twice, and no name that is there already, unless what has it is
/// renamed too.
pub(super) fn possible(
    told: Vec<Told>,
    is_there: impl Fn(&str) -> bool,
    same: impl Fn(&str, &str) -> bool,
) -> Vec<Told> {
    let mut kept: Vec<Told> = Vec::new();
    for t in told {
        if !same(&t.old, &t.new) && kept.iter().all(|k| !same(&k.old, &t.old)) {
            kept.push(t);
        }
    }
    loop {
        let free = |t: &Told| !is_there(&t.new) || kept.iter().any(|k| same(&k.old, &t.new));
        let Some(at) = kept.iter().position(|t| !free(t)) else {
            return kept;
        };
        kept.remove(at);
    }
}

/// Keeps the circles that were meant.
///
/// A hint stays in the source when its migration is written, and a flag may be given twice: a
/// circle counts as done where all definitions are what they were. `exchanged` says whether the
/// new definition is the old one of the other name, `stayed` whether it is that of the same name.
pub(super) fn meant(
    told: Vec<Told>,
    same: impl Fn(&str, &str) -> bool,
    exchanged: impl Fn(&Told) -> bool,
    stayed: impl Fn(&Told) -> bool,
) -> Vec<Told> {
    let pairs: Vec<(String, String)> = told
        .iter()
        .map(|t| (t.old.clone(), t.new.clone()))
        .collect();
    let mut dropped: Vec<usize> = Vec::new();
    for circle in circles(&pairs, same) {
        let members = || circle.iter().map(|i| &told[*i]);
        let (exchanged, stayed) = (members().all(&exchanged), members().all(&stayed));
        let counts = if members().all(|t| t.answer) {
            exchanged || !stayed
        } else {
            exchanged && !stayed
        };
        if !counts {
            dropped.extend(circle);
        }
    }
    let kept = told.into_iter().enumerate();
    kept.filter(|(i, _)| !dropped.contains(i))
        .map(|(_, t)| t)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pair = |p: &str| p.split_once('>').map(|(a, b)| (a.to_owned(), b.to_owned()));
        text.split_whitespace().filter_map(pair).collect()
    }

    fn order(text: &str) -> String {
        let same = |a: &str, b: &str| a == b;
        let moves = ordered(&pairs(text), same, |n| format!("{n}_"));
        let one = |m: &Move| format!("{}>{}{:?}", m.from, m.to, m.after);
        moves.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_are_free_when_they_are_taken() {
        assert_eq!(order("a>b c>d"), "a>b[] c>d[]");
        assert_eq!(order("a>b b>c"), "b>c[] a>b[0]");
        assert_eq!(order("a>b b>a"), "a>a_[] b>a[0] a_>b[0, 1]");
        assert_eq!(order("a>b b>c c>a"), "a>a_[] c>a[0] b>c[1] a_>b[0, 2]");
        assert_eq!(
            order("a>b b>a x>y y>x"),
            "a>a_[] b>a[0] a_>b[0, 1] x>x_[] y>x[3] x_>y[3, 4]"
        );
    }

    #[test]
    fn circles_are_told_from_chains() {
        let same = |a: &str, b: &str| a == b;
        let found = |text: &str| circles(&pairs(text), same);
        assert_eq!(found("a>b b>c"), Vec::<Vec<usize>>::new());
        assert_eq!(found("x>a a>b b>a"), vec![vec![1, 2]]);
        assert_eq!(found("a>b b>c c>a y>z"), vec![vec![0, 1, 2]]);
        assert!(contested(&pairs("a>b b>c"), same) && !contested(&pairs("a>b c>d"), same));
    }

    #[test]
    fn a_name_aside_is_short_and_free() {
        assert_eq!(aside("title", "_aside", |_| false), "title_aside");
        assert_eq!(
            aside("title", "_aside", |n| n == "title_aside"),
            "title_aside2"
        );
        let long = aside(&"x".repeat(64), "_aside", |n| n.len() < 62);
        assert_eq!(long.len(), 62, "{long}");
    }
}
