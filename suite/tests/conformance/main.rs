//! Every case on every backend.
//!
//! A file is a theme. `cases!` makes the tests of a case; one that is not listed is dead code, which
//! the lints refuse.
#![allow(missing_docs, reason = "cases of tests")]

/// A test of each case on each backend.
macro_rules! cases {
    ($($case:ident),* $(,)?) => {$(
        mod $case {
            use suite::backend::Backend;

            #[tokio::test]
            async fn sqlite() {
                Backend::Sqlite.run(super::$case).await;
            }

            #[tokio::test]
            async fn mariadb_text() {
                Backend::MariadbText.run(super::$case).await;
            }

            #[tokio::test]
            async fn mariadb_prepared() {
                Backend::MariadbPrepared.run(super::$case).await;
            }
        }
    )*};
}

mod aggregates;
mod bounds;
mod connecting;
mod delete;
mod fields;
mod logic;
mod lookups;
mod many_to_many;
mod names;
mod ordering;
mod raw;
mod refusals;
mod relations;
mod stream;
mod texts;
mod total_order;
mod transactions;
mod writes;
