//! Holds the source against `ARCHITECTURE.md`: its table of layers, its invariants about what is
//! absent, and the paths that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Driver crates, and the module below `orm::backend` that may name each.
const DRIVERS: [(&str, &str); 2] = [("rusqlite", "sqlite"), ("mysql_async", "mysql")];

/// What each module may import; `None` is everything.
type Layers = BTreeMap<String, Option<BTreeSet<String>>>;

/// Names that `lib.rs` re-exports, with the module they come from.
type Exports = BTreeMap<String, String>;

/// One source file as the checker sees it.
struct Source<'a> {
    /// Module path within the crate: `["backend", "sqlite"]`; empty for `lib.rs`.
    module: &'a [String],
    text: &'a str,
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let root = workspace();
    let layers = layers(&read(&root.join("ARCHITECTURE.md")));
    assert!(layers.len() >= 4, "the table was not found: {layers:?}");
    let src = root.join("orm/src");
    let exports = exports(&read(&src.join("lib.rs")));
    let files = sources(&src);
    assert!(files.len() > 10, "only {} files found", files.len());
    let mut faults = Vec::new();
    for (module, path) in files {
        let text = read(&path);
        let source = Source {
            module: &module,
            text: &text,
        };
        faults.extend(forbidden_imports(&source, &layers, &exports));
        faults.extend(forbidden_drivers(&source));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_has_no_cycle() {
    let layers = layers(&read(&workspace().join("ARCHITECTURE.md")));
    let mut done = BTreeSet::new();
    loop {
        let before = done.len();
        for (module, imports) in &layers {
            if imports.iter().flatten().all(|name| done.contains(name)) {
                done.insert(module);
            }
        }
        if done.len() == before {
            break;
        }
    }
    let stuck: Vec<_> = layers.keys().filter(|m| !done.contains(m)).collect();
    assert!(
        stuck.is_empty(),
        "in a cycle, or importing a module that has no row: {stuck:?}"
    );
}

#[test]
fn orm_schema_is_small_and_has_no_async() {
    let folder = workspace().join("orm-schema");
    let manifest = read(&folder.join("Cargo.toml"));
    let known = ["syn", "quote", "proc-macro2", "serde"];
    let dependencies: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .collect();
    for name in &dependencies {
        assert!(known.contains(name), "orm-schema depends on {name}");
    }
    assert!(dependencies.contains(&"syn"), "read {dependencies:?}");
    for (_, path) in sources(&folder.join("src")) {
        let stream = tokens(&read(&path));
        assert!(!names_ident(stream, "async"), "async in {}", path.display());
    }
}

/// The stand-in can prove `orm` wrong only while it shares nothing with it.
#[test]
fn gate_knows_nothing_of_orm_and_orm_nothing_of_gate() {
    let root = workspace();
    let ours = ["orm", "orm_schema", "orm_derive", "orm_cli", "suite"];
    let manifest = read(&root.join("gate/Cargo.toml"));
    for name in ours {
        let name = name.replace('_', "-");
        assert!(!depends_on(&manifest, &name), "gate depends on {name}");
    }
    let mut files = sources(&root.join("gate/src"));
    files.extend(sources(&root.join("gate/tests")));
    assert!(files.len() > 10, "only {} files found", files.len());
    for (_, path) in files {
        let text = read(&path);
        for name in ours {
            let found = names_ident(tokens(&text), name);
            assert!(!found, "{} names {name}", path.display());
        }
        for folder in ["../orm", "orm-schema", "../suite"] {
            let reached = code_lines(&text).any(|line| line.contains(folder));
            assert!(!reached, "{} reaches into {folder}", path.display());
        }
    }
    for folder in ["orm-schema", "orm-derive", "orm", "orm-cli"] {
        let manifest = read(&root.join(folder).join("Cargo.toml"));
        // Tests may run against it.
        let built = manifest.replace("dev-dependencies", "tests");
        assert!(!depends_on(&built, "gate"), "{folder} depends on gate");
    }
}

/// Whether a manifest names a package as a dependency of any kind, by its name or another.
fn depends_on(manifest: &str, package: &str) -> bool {
    let mut in_dependencies = false;
    manifest.lines().any(|line| {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
            return in_dependencies && line.trim_end_matches(']').ends_with(&format!(".{package}"));
        }
        let renamed = line.contains(&format!("package = \"{package}\""))
            || line.contains(&format!("../{package}\""));
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        in_dependencies && (name.trim_matches('"') == package || renamed)
    })
}

fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|l| !l.trim_start().starts_with("//"))
}

#[test]
fn dependencies_are_found_in_manifests() {
    let found = [
        "[dependencies]\norm.workspace = true",
        "[dev-dependencies]\norm = { path = \"../orm\" }",
        "[target.'cfg(unix)'.dependencies]\nx = { package = \"orm\", version = \"1\" }",
        "[dependencies.orm]\nversion = \"1\"",
        "[dependencies]\nx = { path = \"../orm\" }",
    ];
    for manifest in found {
        assert!(depends_on(manifest, "orm"), "{manifest}");
    }
    let others = "[package]\nname = \"orm\"\n[dependencies]\norm-schema = \"1\"\n[lib]\norm = 1";
    assert!(!depends_on(others, "orm"));
}

#[test]
fn paths_named_in_the_documents_exist() {
    let root = workspace();
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"] {
        let paths = named_paths(&read(&root.join(document)));
        assert!(!paths.is_empty(), "{document} names no path");
        let missing: Vec<_> = paths.iter().filter(|p| !root.join(p).exists()).collect();
        assert!(missing.is_empty(), "{document} names {missing:?}");
    }
}

// ---- the checker on made-up sources -------------------------------------------------------------

fn check(module: &str, text: &str) -> Vec<String> {
    let table = "| module | what | imports |\n| --- | --- | --- |\n\
        | `orm::value` | values | – |\n| `orm::ast` | trees | value |\n\
        | `orm::dialect` | words | value, ast |\n";
    let module: Vec<String> = module.split("::").map(str::to_owned).collect();
    let source = Source {
        module: &module,
        text,
    };
    let lib = "pub use dialect::{Sql, render::{Out as Text}}; pub use orm_schema as schema;";
    let mut faults = forbidden_imports(&source, &layers(table), &exports(lib));
    faults.extend(forbidden_drivers(&source));
    faults
}

#[test]
fn the_checker_sees_forbidden_imports() {
    let forbidden = [
        ("ast::expr", "use crate::dialect::Sql;"),
        ("ast", "use crate::{value::Value, dialect};"),
        ("ast", "fn f() -> crate::Sql { loop {} }"),
        ("ast", "fn f() { let _: crate::Text; }"),
        ("ast", "fn f() { vec![crate::dialect::new()]; }"),
        ("value::row", "use super::super::ast::Select;"),
        ("value::row", "mod m { use super::super::super::ast; }"),
        ("value", "use crate::*;"),
        ("unlisted", "struct S;"),
        ("dialect", "use rusqlite::Connection;"),
        ("backend::sqlite", "type C = mysql_async::Conn;"),
        ("backend::pool", "fn f() { say!(rusqlite::version()); }"),
    ];
    for (module, text) in forbidden {
        assert!(!check(module, text).is_empty(), "{module}: {text}");
    }
    assert_eq!(check("value", "use super::{ast, dialect};").len(), 2);
}

#[test]
fn the_checker_lets_allowed_imports_pass() {
    let allowed = [
        ("ast::expr", "use crate::value::Value; use crate::ast::Set;"),
        ("dialect", "use crate::{ast::Set, schema::Literal, value};"),
        ("dialect::render", "use super::Sql; use crate::Sql;"),
        (
            "value",
            "//! See crate::ast.\nconst T: &str = \"crate::ast\";",
        ),
        ("value::row", "use super::V; mod m { use super::super::V; }"),
        (
            "value",
            "#[cfg(test)] mod tests { use crate::dialect::Sql; }",
        ),
        ("value", "pub(super) fn f() { crate::hidden_macro!(1) }"),
        ("value", "macro_rules! m { () => { $crate::dialect::Sql } }"),
    ];
    for (module, text) in allowed {
        assert_eq!(check(module, text), [""; 0], "{module}: {text}");
    }
    let home = Source {
        module: &["backend", "sqlite", "worker"].map(str::to_owned),
        text: "use rusqlite::Connection;",
    };
    assert_eq!(forbidden_drivers(&home), [""; 0]);
}

#[test]
fn paths_are_found_in_markdown() {
    let text = "`orm/src/lib.rs`, `A.md`, `a::b`, `x / y`, [it](docs/a.md), [w](https://a.b/c)\n\
        ```\n`no/path`\n```";
    assert_eq!(named_paths(text), ["orm/src/lib.rs", "A.md", "docs/a.md"]);
}

// ---- the table and the documents ----------------------------------------------------------------

/// Reads the rows of the table whose first cells are modules of `orm`; the last cell is a list of
/// modules, `–` for none, `*` for all.
fn layers(architecture: &str) -> Layers {
    architecture
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim().trim_matches('|').split('|').map(str::trim);
            let module = cells.next()?.strip_prefix("`orm::")?.strip_suffix('`')?;
            let list = cells.next_back()?;
            let imports = (list != "*").then(|| {
                list.split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| name != "–")
                    .collect()
            });
            Some((module.to_owned(), imports))
        })
        .collect()
}

/// Paths that a Markdown text names: in backticks with a slash or as `….md`, and in links.
fn named_paths(markdown: &str) -> Vec<String> {
    let mut in_fence = false;
    let mut found = Vec::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_fence = !in_fence;
        }
        if in_fence {
            continue;
        }
        let code = line.split('`').skip(1).step_by(2);
        let links = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for name in code.chain(links) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
            let path_like = name.contains('/') || name.ends_with(".md");
            if path_like && name.chars().all(plain) {
                found.push(name.to_owned());
            }
        }
    }
    found
}

// ---- imports ------------------------------------------------------------------------------------

/// Says what a file imports against the table.
fn forbidden_imports(source: &Source<'_>, layers: &Layers, exports: &Exports) -> Vec<String> {
    let Some(module) = source.module.first() else {
        return Vec::new(); // lib.rs knows every module
    };
    let allowed = match layers.get(module) {
        Some(Some(allowed)) => allowed,
        Some(None) => return Vec::new(),
        None => {
            return vec![format!(
                "orm::{module} has no row in the table of ARCHITECTURE.md: say what it may import"
            )];
        }
    };
    let mut names = BTreeSet::new();
    root_names(tokens(source.text), source.module.len(), &mut names);
    names
        .into_iter()
        .filter_map(|name| {
            let target = exports.get(&name).unwrap_or(&name);
            if target == module || target == "schema" || allowed.contains(target) {
                return None;
            }
            let here = source.module.join("::");
            Some(format!(
                "orm::{here} names crate::{name}; by ARCHITECTURE.md {module} may import only {allowed:?}"
            ))
        })
        .collect()
}

/// Collects the first names after `crate::`, or after as many `super::` as lead from `depth`
/// modules down to the root. Code for tests is left out.
fn root_names(stream: TokenStream, depth: usize, names: &mut BTreeSet<String>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if is_test_module(&trees[at..]) {
            at += 5;
            continue;
        }
        match &trees[at] {
            TokenTree::Group(group) => {
                let is_module =
                    at >= 2 && is(&trees[at - 2], "mod") && group.delimiter() == Delimiter::Brace;
                root_names(group.stream(), depth + usize::from(is_module), names);
            }
            // `$crate` is written for other crates, where only public paths work.
            tree if is(tree, "crate") && (at == 0 || trees[at - 1].to_string() != "$") => {
                names.extend(names_after(&trees[at + 1..]));
            }
            tree if is(tree, "super") => {
                let climbs = trees[at..]
                    .chunks(3)
                    .take_while(|c| c.len() == 3 && is(&c[0], "super"))
                    .count();
                at += 3 * climbs.saturating_sub(1);
                if climbs == depth {
                    names.extend(names_after(&trees[at + 1..]));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The names in `:: name`, `:: { name …, name … }` and `:: *`.
fn names_after(trees: &[TokenTree]) -> Vec<String> {
    let [first, second, rest @ ..] = trees else {
        return Vec::new();
    };
    if first.to_string() != ":" || second.to_string() != ":" {
        return Vec::new();
    }
    match rest {
        // A macro has no module: `macro_export` puts it at the root.
        [TokenTree::Ident(_), bang, ..] if bang.to_string() == "!" => Vec::new(),
        [TokenTree::Group(group), ..] => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            inner
                .split(is_comma)
                .filter_map(|b| Some(b.first()?.to_string()))
                .collect()
        }
        [name, ..] => vec![name.to_string()],
        [] => Vec::new(),
    }
}

/// `#[cfg(test)] mod name { … }`
fn is_test_module(trees: &[TokenTree]) -> bool {
    matches!(trees, [hash, attribute, module, _, TokenTree::Group(_), ..]
        if hash.to_string() == "#"
            && attribute.to_string().replace(' ', "") == "[cfg(test)]"
            && is(module, "mod"))
}

/// Says which drivers a file names outside the module that owns each.
fn forbidden_drivers(source: &Source<'_>) -> Vec<String> {
    let below_backend = match source.module {
        [first, second, ..] if first == "backend" => second,
        _ => "",
    };
    DRIVERS
        .iter()
        .filter(|(driver, home)| *home != below_backend && names_ident(tokens(source.text), driver))
        .map(|(driver, home)| {
            let here = source.module.join("::");
            format!("orm::{here} names {driver}; only orm::backend::{home} may")
        })
        .collect()
}

/// Names that `lib.rs` re-exports, each with its module; a derive shares its trait's name.
fn exports(lib: &str) -> Exports {
    let trees: Vec<TokenTree> = tokens(lib).into_iter().collect();
    let mut found = Exports::new();
    for statement in trees.split(|t| t.to_string() == ";") {
        let Some(at) = statement.iter().position(|t| is(t, "use")) else {
            continue;
        };
        let path = &statement[at + 1..];
        if let Some(first) = path.first().filter(|f| !is(f, "orm_derive")) {
            let module = first.to_string().replace("orm_schema", "schema");
            add_leaves(path, &module, &mut found);
        }
    }
    found
}

/// The last name of each branch of a use tree: `a::{B, c::D, E as F}` gives B, D, F.
fn add_leaves(path: &[TokenTree], module: &str, found: &mut Exports) {
    for branch in path.split(is_comma) {
        match branch.last() {
            Some(TokenTree::Ident(name)) => {
                found.insert(name.to_string(), module.to_owned());
            }
            Some(TokenTree::Group(group)) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                add_leaves(&inner, module, found);
            }
            _ => {}
        }
    }
}

// ---- tokens and files ---------------------------------------------------------------------------

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("source that compiles")
}

fn is(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn is_comma(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(p) if p.as_char() == ',')
}

fn names_ident(stream: TokenStream, word: &str) -> bool {
    stream.into_iter().any(|tree| match &tree {
        TokenTree::Group(group) => names_ident(group.stream(), word),
        tree => is(tree, word),
    })
}

fn workspace() -> PathBuf {
    let orm = Path::new(env!("CARGO_MANIFEST_DIR"));
    orm.parent().expect("orm sits in the workspace").to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All Rust files under a folder, with their module paths; files for tests alone are left out.
fn sources(root: &Path) -> Vec<(Vec<String>, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            if path.file_stem().is_some_and(|stem| stem == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let relative = path.strip_prefix(root).expect("a path under the root");
                let module = relative
                    .with_extension("")
                    .iter()
                    .map(|part| part.to_string_lossy().into_owned())
                    .filter(|part| part != "mod" && part != "lib")
                    .collect();
                found.push((module, path));
            }
        }
    }
    found.sort();
    found
}
