//! Random queries written with the builder's own methods, over random rows: SQLite, MariaDB and the
//! stand-in for SingleStore give the same rows in the same order, and what must hold on any database
//! does: a row meets a condition or its complement, pages are the whole, the count is that of the rows.
//!
//! `rewritten` beside this makes the statements that servers refuse; here types are many and each
//! expression is what a program would write.
//!
//! `ORM_TEST_BUILT_QUERIES` is how many (1,000), `ORM_TEST_BUILT_SEED` makes other ones. What fails is
//! made smaller before it is shown.
#![allow(missing_docs, reason = "models of a test")]

mod cells;
#[path = "../rewritten/choices.rs"]
mod choices;
mod compare;
mod conditions;
mod expressions;
mod groups;
mod model;
mod queries;
mod writes;

use std::collections::BTreeMap;

use choices::{Choices, smaller};
use compare::{Databases, Outcome};

/// Queries that share their rows.
const ROUND: u64 = 50;
/// Tries to make a failure smaller.
const TRIES: usize = 1_000;
/// Failures that are shown.
const SHOWN: usize = 10;

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
async fn random_queries_of_the_builder_give_the_same_rows() {
    let Some(databases) = Databases::open().await else {
        return;
    };
    let seed = number("ORM_TEST_BUILT_SEED", 1);
    let queries = number("ORM_TEST_BUILT_QUERIES", 1_000);
    let mut tally: BTreeMap<&'static str, [usize; 3]> = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for query in 0..queries {
        let round = query / ROUND;
        if query % ROUND == 0 {
            let rows = model::rows(seed.wrapping_mul(7919).wrapping_add(round));
            databases.fill(&rows).await;
        }
        let prepared = round % 2 == 1;
        let mut choices = Choices::random(seed.wrapping_mul(1_000_003).wrapping_add(query));
        let made = queries::query(&mut choices);
        match databases.compare(&made, prepared).await {
            Ok(outcome) => {
                let [seen, telling, refused] = tally.entry(made.kind).or_default();
                *seen += 1;
                *telling += usize::from(outcome == Outcome::Rows);
                if let Outcome::Refused(why) = outcome {
                    *refused += 1;
                    *reasons.entry(why).or_default() += 1;
                }
            }
            Err(_) => {
                let small = smaller(choices.made(), TRIES, async |choices| {
                    let made = queries::query(&mut Choices::given(choices.to_vec()));
                    databases.compare(&made, prepared).await.is_err()
                })
                .await;
                let made = queries::query(&mut Choices::given(small));
                let why = databases.compare(&made, prepared).await;
                let why = why.expect_err("it failed before");
                failures.push(format!("query {query}: {}: {why}", made.kind));
                if failures.len() >= SHOWN {
                    break;
                }
            }
        }
    }
    for (kind, [seen, telling, refused]) in &tally {
        eprintln!("{kind}: {seen}, with rows {telling}, refused {refused}");
    }
    for (why, times) in reasons {
        eprintln!("refused {times}: {why}");
    }
    assert!(
        failures.is_empty(),
        "ORM_TEST_BUILT_SEED={seed}\n{}",
        failures.join("\n\n")
    );
    for (kind, [seen, telling, refused]) in tally {
        // Of few queries, chance may leave none.
        let few = seen < 20;
        assert!(few || telling * 5 >= seen, "{kind}: most answers are empty");
        assert!(few || refused * 2 <= seen, "{kind}: too many are refused");
    }
}
