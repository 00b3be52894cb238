//! What a user reads when an attribute is wrong: one folder per attribute.
//!
//! Messages of the compiler itself stand in some of these files, so they hold on the pinned
//! toolchain. `TRYBUILD=overwrite` writes them anew.

#[test]
fn every_attribute_says_what_is_wrong() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
