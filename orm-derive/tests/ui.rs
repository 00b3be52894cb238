//! What a user reads when an attribute, a query or `new!` is wrong: one folder per subject.
//!
//! Messages of the compiler itself stand in some of these files, so they hold on the pinned
//! toolchain. `TRYBUILD=overwrite` writes them anew.

#[test]
fn every_mistake_says_what_is_wrong() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
