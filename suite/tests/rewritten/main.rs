//! Random queries over random rows: as they are and in the form for SingleStore they give the same
//! rows in the same order, on SQLite, on MariaDB and on the stand-in for SingleStore, which takes
//! all that is sent to it.
//!
//! `ORM_TEST_REWRITTEN_QUERIES` is how many (2,000), `ORM_TEST_REWRITTEN_SEED` makes other ones. What
//! fails is made smaller before it is shown.
#![allow(missing_docs, reason = "models of a test")]

mod choices;
mod classes;
mod compare;
mod data;
mod expressions;
mod functions;
mod generate;
mod groups;
mod named;
mod subqueries;
mod windows;
mod writes;

use choices::{Choices, smaller};
use classes::{Class, Tally};
use compare::{Databases, ranked};

/// Queries that share their rows.
const ROUND: u64 = 100;
/// Tries to make a failure smaller.
const TRIES: usize = 1_500;

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Err(_) => default,
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "what a run has proved")]
async fn random_queries_give_the_same_rows_in_every_form() {
    let Some(databases) = Databases::open().await else {
        return;
    };
    let seed = number("ORM_TEST_REWRITTEN_SEED", 1);
    let queries = number("ORM_TEST_REWRITTEN_QUERIES", 2_000);
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for query in 0..queries {
        let round = query / ROUND;
        if query % ROUND == 0 {
            let rows = data::rows(seed.wrapping_mul(7919).wrapping_add(round));
            databases.fill(&rows).await;
        }
        let prepared = round % 2 == 1;
        let mut choices = Choices::random(seed.wrapping_mul(1_000_003).wrapping_add(query));
        let made = generate::made(&mut choices);
        match databases.compare(&made.statement, prepared).await {
            Ok(outcome) => tally.add(&made.classes, &outcome),
            Err(_) => {
                let small = smaller(choices.made(), TRIES, async |choices| {
                    let made = generate::made(&mut Choices::given(choices.to_vec()));
                    databases.compare(&made.statement, prepared).await.is_err()
                })
                .await;
                let made = generate::made(&mut Choices::given(small));
                let why = databases.compare(&made.statement, prepared).await;
                let why = why.expect_err("it failed before");
                failures.push(format!("query {query}: {why}"));
                if failures.len() >= 10 {
                    break;
                }
            }
        }
    }
    eprintln!("{:?}", tally.all);
    for (class, count) in &tally.classes {
        eprintln!("{class:?}: {count:?}");
    }
    for (n, reason) in ranked(&tally.reasons) {
        eprintln!("refused {n}: {reason}");
    }
    assert!(
        failures.is_empty(),
        "ORM_TEST_REWRITTEN_SEED={seed}\n{}",
        failures.join("\n\n")
    );
    databases.assert_careful();
    assert_telling(&tally, queries as usize);
}

/// Of 1,000 queries so many at least are said in another way and have rows, of each class.
const TELLING: [(Class, usize); 21] = [
    (Class::List, 100),
    (Class::Where, 10),
    (Class::Group, 10),
    (Class::Having, 2),
    (Class::Order, 15),
    (Class::Aggregate, 15),
    (Class::Window, 10),
    (Class::Derived, 8),
    (Class::TwoLevels, 8),
    (Class::Nested, 50),
    (Class::FirstRow, 50),
    (Class::MoreThanEqual, 60),
    (Class::Exists, 50),
    (Class::InSelect, 10),
    (Class::InLimit, 2),
    (Class::SetLimit, 6),
    (Class::Written, 15),
    (Class::OwnTable, 8),
    (Class::Named, 20),
    (Class::NamedTwice, 5),
    (Class::Recursive, 3),
];

/// Enough was compared for the run to mean something.
fn assert_telling(tally: &Tally, queries: usize) {
    for (class, of_thousand) in TELLING {
        let found = tally.classes.get(&class).map_or(0, |c| c.telling);
        let wanted = of_thousand * queries / 1_000;
        assert!(
            found >= wanted,
            "only {found} telling queries of {class:?}, {wanted} are wanted"
        );
    }
    let all = tally.all;
    assert!(
        all.telling * 5 >= queries * 2,
        "most answers are empty: {all:?}"
    );
    assert!(all.refused * 20 <= queries, "too many are refused: {all:?}");
}
