//! Every case on every backend.
//!
//! A file is a theme. `cases!` makes the tests of a case; one that is not listed is dead code, which
//! the lints refuse.
#![allow(missing_docs, reason = "cases of tests")]

/// A test of each case on each backend; `case if flag` for one that needs a feature.
macro_rules! cases {
    ($($case:ident $(if $flag:ident)?),* $(,)?) => {$(
        mod $case {
            use suite::backend::Backend;

            async fn on(backend: Backend) {
                let feature = concat!($(stringify!($flag))?);
                let has = |_features: &orm::dialect::Features| true $(&& _features.$flag)?;
                backend.run_if(feature, has, super::$case).await;
            }

            #[tokio::test]
            async fn sqlite() {
                on(Backend::Sqlite).await;
            }

            #[tokio::test]
            async fn mariadb_text() {
                on(Backend::MariadbText).await;
            }

            #[tokio::test]
            async fn mariadb_prepared() {
                on(Backend::MariadbPrepared).await;
            }

            #[tokio::test]
            async fn singlestore_text() {
                on(Backend::SingleStoreText).await;
            }

            #[tokio::test]
            async fn singlestore_prepared() {
                on(Backend::SingleStorePrepared).await;
            }
        }
    )*};
}

#[path = "../shared/storage.rs"]
mod storage;

mod aggregates;
mod bases;
mod bits;
mod bounds;
mod bulk_load;
mod combined;
mod connecting;
mod ctes;
mod db_constraint;
mod decimals;
mod delete;
mod expressions;
mod fields;
mod fixtures;
mod foreign_objects;
mod full_text;
mod integrity;
mod json;
mod json_edits;
mod logic;
mod lookup_updates;
mod lookups;
mod maintenance;
mod managers;
mod many_to_many;
mod names;
mod natural_keys;
mod ordering;
mod own_rows;
mod owned;
mod pages;
mod raw;
mod referred_values;
mod refusals;
mod relations;
mod room;
mod rows;
mod sets;
mod signals;
mod stream;
mod subqueries;
mod terminals;
mod text_fields;
mod texts;
mod to_field;
mod total_order;
mod totals;
mod transactions;
mod tuples;
mod unique_lookup;
mod update_joins;
mod upserts;
mod validation;
mod vectors;
mod writes;
