//! What a user reads when an attribute, a query or `new!` is wrong: one folder per subject.
//!
//! Messages of the compiler itself stand in some of these files, so they hold on the pinned
//! toolchain. `TRYBUILD=overwrite` writes them anew.

#[test]
fn every_mistake_says_what_is_wrong() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}

/// The attributes are those of `docs/attributes.md`, which a test of the parser holds to the code.
#[test]
fn every_attribute_has_a_mistake() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/attributes.md")).expect("the page");
    let names = page.lines().filter_map(|line| {
        let cell = line.strip_prefix("| `")?;
        Some(&cell[..cell.find(|c: char| !c.is_alphanumeric() && c != '_')?])
    });
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 40, "{names:?}");
    let missing: Vec<&str> = names
        .into_iter()
        .filter(|name| {
            let folder = root.join("tests/ui").join(name);
            !std::fs::read_dir(folder).is_ok_and(|files| {
                files
                    .flatten()
                    .any(|f| f.path().extension().is_some_and(|e| e == "rs"))
            })
        })
        .collect();
    assert!(missing.is_empty(), "no mistake in tests/ui for {missing:?}");
}
