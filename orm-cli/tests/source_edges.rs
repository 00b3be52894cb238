//! The reader of source at its edges: one crate each, and what is found in it or said of it.

mod support;

use orm_cli::project::Project;
use orm_cli::source;
use support::Crate;

/// Files as `name` and text; `lib` alone is `src/lib.rs`.
type Files<'a> = &'a [(&'a str, &'a str)];

const KEY: &str = "#[field(primary_key)] id: i64";

/// Writes the files, `@` in them for a model's key field and `Model!` for the derive.
fn krate(files: Files<'_>) -> Crate {
    let krate = Crate::new("");
    krate.write(
        "Cargo.toml",
        "[package]\nname = \"blog\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\norm = \"0.1\"\nserde_json = \"1\"\nuuid = \"1\"\nchrono = \"0.4\"\nrust_decimal = \"1\"\nother = \"1\"\n",
    );
    for (name, text) in files {
        let name = if *name == "lib" { "src/lib.rs" } else { name };
        let text = text
            .replace("Model!", "#[derive(orm::Model)]")
            .replace('@', KEY);
        krate.write(name, &text);
    }
    krate
}

/// `app.Model(field:type …)` of every model, or `file:line message` of every fault.
fn read(krate: &Crate) -> Vec<String> {
    let root = krate.root().canonicalize().unwrap();
    let project = Project::find(Some(krate.root())).unwrap_or_else(|f| panic!("{f:?}"));
    match source::read(&project) {
        Ok(found) => found
            .models
            .iter()
            .map(|m| {
                let field = |f: &orm_schema::FieldDef| {
                    let to = f.ty.relation().map(|r| format!("->{}", r.to));
                    let null = if f.null { "?" } else { "" };
                    let auto = f.name == "id";
                    let ty = format!("{}{}{null}", f.ty.name(), to.unwrap_or_default());
                    (!auto).then(|| format!("{}:{ty}", f.name))
                };
                let fields: Vec<_> = m.def.fields.iter().filter_map(field).collect();
                format!("{}({})", m.def.id(), fields.join(" "))
            })
            .collect(),
        Err(failure) => failure
            .diagnostics
            .iter()
            .map(|d| match &d.place {
                Some(p) => {
                    let file = p.file.strip_prefix(&root).unwrap_or(&p.file);
                    format!("{}:{} {}", file.display(), p.line(), d.message)
                }
                None => d.message.clone(),
            })
            .collect(),
    }
}

/// Cases as name, files, and what is found; a fault is given by how it begins.
fn check(cases: &[(&str, Files<'_>, &[&str])]) {
    let mut wrong = Vec::new();
    for (name, files, expected) in cases {
        let found = read(&krate(files));
        let fits = found.len() == expected.len()
            && found.iter().zip(*expected).all(|(f, e)| f.starts_with(e));
        if !fits {
            wrong.push(format!(
                "{name}:\n  found    {found:#?}\n  expected {expected:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn relations_under_another_name() {
    check(&[
        (
            "by use",
            &[(
                "lib",
                "use orm::ForeignKey as Fk;\nModel! struct A { @, b: Fk<A> }",
            )],
            &["src/lib.rs:2 `Fk` is `ForeignKey` under another name"],
        ),
        (
            "by an alias",
            &[(
                "lib",
                "use orm::prelude::*; type To<T> = OneToOne<T>;\nModel! struct A { @, b: To<A> }",
            )],
            &["src/lib.rs:2 `To` is `OneToOne` under another name"],
        ),
    ]);
}

#[test]
fn modules() {
    check(&[
        (
            "a file and a folder",
            &[
                ("lib", "mod a;"),
                ("src/a.rs", "mod b; Model! struct A { @ }"),
                ("src/a/b.rs", "Model! struct B { @ }"),
            ],
            &["blog.A()", "blog.B()"],
        ),
        (
            "mod.rs",
            &[
                ("lib", "mod a;"),
                ("src/a/mod.rs", "mod b;"),
                ("src/a/b.rs", "Model! struct B { @ }"),
            ],
            &["blog.B()"],
        ),
        (
            "both files of one module",
            &[("lib", "\nmod a;"), ("src/a.rs", ""), ("src/a/mod.rs", "")],
            &["src/lib.rs:2 two files for the module `a`"],
        ),
        (
            "a path attribute",
            &[
                ("lib", "#[path = \"odd/x.rs\"] mod a;"),
                ("src/odd/x.rs", "Model! struct A { @ }"),
            ],
            &["blog.A()"],
        ),
        (
            "a path attribute that leads nowhere",
            &[("lib", "#[path = \"gone.rs\"] mod a;")],
            &["src/lib.rs:1 no file for the module `a`"],
        ),
        (
            "a path attribute under cfg_attr",
            &[
                ("lib", "#[cfg_attr(not(test), path = \"x.rs\")] mod a;"),
                ("src/x.rs", "Model! struct A { @ }"),
            ],
            &["blog.A()"],
        ),
        (
            "a path above the source",
            &[
                ("lib", "#[path = \"../shared/a.rs\"] mod a;"),
                ("shared/a.rs", "Model! struct A { @ }"),
            ],
            &["blog.A()"],
        ),
        (
            "inline modules, nested",
            &[("lib", "mod a { pub mod b { Model! struct C { @ } } }")],
            &["blog.C()"],
        ),
        (
            "a file below an inline module",
            &[
                ("lib", "mod a { mod b; }"),
                ("src/a/b.rs", "Model! struct B { @ }"),
            ],
            &["blog.B()"],
        ),
        (
            "a module that contains itself",
            &[("lib", "mod a;"), ("src/a.rs", "#[path = \"a.rs\"] mod b;")],
            &["src/a.rs:1 the module `b` contains itself"],
        ),
        (
            "a raw name",
            &[
                ("lib", "mod r#type;"),
                ("src/type.rs", "Model! struct A { @ }"),
            ],
            &["blog.A()"],
        ),
        (
            "an included file",
            &[
                ("lib", "include!(\"more.rs\");"),
                ("src/more.rs", "Model! struct A { @ }"),
            ],
            &["blog.A()"],
        ),
        (
            "a file that no module names",
            &[("lib", ""), ("src/alone.rs", "Model! struct A { @ }")],
            &[],
        ),
        (
            "a binary crate",
            &[
                ("lib", ""),
                ("src/main.rs", "Model! struct A { @ } fn main() {}"),
            ],
            &["blog.A()"],
        ),
        (
            "binaries that cargo finds by itself",
            &[
                ("lib", ""),
                ("src/bin/tool.rs", "Model! struct A { @ } fn main() {}"),
                ("src/bin/more/main.rs", "mod models; fn main() {}"),
                ("src/bin/more/models.rs", "Model! struct B { @ }"),
                ("src/bin/more/unread.rs", "Model! struct C { @ }"),
            ],
            &["blog.A()", "blog.B()"],
        ),
        (
            "a byte order mark",
            &[("lib", "\u{feff}Model! struct A { @ }")],
            &["blog.A()"],
        ),
    ]);
}

#[test]
fn names() {
    const AUTHOR: &str = "pub mod people { Model! pub struct Author { @ } }";
    let with = |rest: &str| format!("{AUTHOR}\n{rest}");
    let found: &[&str] = &["blog.Author()", "blog.Post(by:foreign_key->blog.Author)"];
    let post = |uses: &str, ty: &str| {
        with(&format!(
            "{uses}\nModel! struct Post {{ @, by: orm::ForeignKey<{ty}> }}"
        ))
    };
    let lists = [
        ("an import", post("use people::Author;", "Author")),
        (
            "a renamed import",
            post("use people::Author as Writer;", "Writer"),
        ),
        ("a glob", post("use people::*;", "Author")),
        ("a group", post("use {people::{self, Author as A}};", "A")),
        (
            "self in a group",
            post("use people::{self as p};", "p::Author"),
        ),
        ("a path from the crate", post("", "crate::people::Author")),
        ("a path from self", post("", "self::people::Author")),
        (
            "a re-export",
            post(
                "mod f { pub use crate::people::Author as W; } use f::W;",
                "W",
            ),
        ),
        (
            "a re-export of a re-export",
            post(
                "mod f { pub use super::g::*; } mod g { pub use crate::people::*; }",
                "f::Author",
            ),
        ),
        (
            "globs in a circle",
            post(
                "mod f { pub use super::g::*; } mod g { pub use super::f::*; pub use crate::people::Author; } use f::*;",
                "Author",
            ),
        ),
        ("an alias", post("type Writer = people::Author;", "Writer")),
        (
            "an alias of an alias",
            post("type A = B; type B = people::Author;", "A"),
        ),
        (
            "extern crate self",
            post("extern crate self as blog;", "blog::people::Author"),
        ),
        (
            "the crate by its own name from a binary's view",
            post("use crate as me;", "me::people::Author"),
        ),
    ];
    for (name, text) in &lists {
        check(&[(name, &[("lib", text)], found)]);
    }
    check(&[
        (
            "super",
            &[(
                "lib",
                "Model! struct A { @ } mod m { Model! struct B { @, a: orm::ForeignKey<super::A> } }",
            )],
            &["blog.A()", "blog.B(a:foreign_key->blog.A)"],
        ),
        (
            "too much super",
            &[(
                "lib",
                "\nModel! struct B { @,\n a: orm::ForeignKey<super::A> }",
            )],
            &["src/lib.rs:3 cannot find the model `super::A`"],
        ),
        (
            "a derive under another name",
            &[("lib", "use orm::Model as M; #[derive(M)] struct A { @ }")],
            &["blog.A()"],
        ),
        (
            "orm under another name",
            &[(
                "lib",
                "extern crate orm as db; #[derive(db::Model)] struct A { @ }",
            )],
            &["blog.A()"],
        ),
        (
            "a relation to an enum",
            &[(
                "lib",
                "enum E { A }\nModel! struct B { @,\n a: orm::ForeignKey<E> }",
            )],
            &["src/lib.rs:3 `E` is not a model"],
        ),
        (
            "a relation to a model that is wrong itself",
            &[(
                "lib",
                "Model! struct A { @,\n #[field(max_length = \"ten\")] t: String }\nModel! struct B { @,\n a: orm::ForeignKey<A> }",
            )],
            &["src/lib.rs:2 `max_length` takes a whole number"],
        ),
        (
            "a base that is wrong itself",
            &[(
                "lib",
                "Model! #[model(abstract)] struct A {\n #[field(max_length = \"ten\")] t: String }\nModel! struct B { @,\n #[field(flatten)] a: A }",
            )],
            &[
                "src/lib.rs:2 `max_length` takes a whole number",
                "src/lib.rs:4 cannot read the base `A`: mend its own errors first",
            ],
        ),
        (
            "a relation to a foreign crate",
            &[(
                "lib",
                "Model! struct B { @,\n a: orm::ForeignKey<other::A> }",
            )],
            &["src/lib.rs:2 cannot read the model `other::A`"],
        ),
        (
            "the raw name of a field",
            &[("lib", "Model! struct A { @, r#type: i32 }")],
            &["blog.A(type:int)"],
        ),
    ]);
}

#[test]
fn types() {
    let one = |uses: &str, field: &str| format!("{uses}\nModel! struct A {{ @,\n {field} }}");
    let found = [
        ("use serde_json::Value as Json;", "v: Json", "v:json"),
        ("use serde_json as sj;", "v: Option<sj::Value>", "v:json?"),
        (
            "use serde_json::{Value as V, Map};",
            "v: Option<V>",
            "v:json?",
        ),
        ("use orm::Json as Stored;", "v: Stored<Vec<i64>>", "v:json"),
        ("use uuid::Uuid as Id;", "v: Id", "v:uuid"),
        ("use chrono::NaiveDate as Day;", "v: Day", "v:date"),
        (
            "use chrono::{DateTime as Stamp, Utc};",
            "v: Stamp<Utc>",
            "v:datetime",
        ),
        ("use std::net::IpAddr as Address;", "v: Address", "v:ip"),
        (
            "use std::time::Duration as Span;",
            "v: Option<Span>",
            "v:duration?",
        ),
        ("use std::string::String as Text;", "v: Text", "v:text"),
        (
            "use std::string::String as Text;",
            "#[field(max_length = 9)] v: Text",
            "v:varchar",
        ),
        (
            "mod t { pub use serde_json::Value as Json; } use t::*;",
            "v: Json",
            "v:json",
        ),
        (
            "mod t { pub type Json = serde_json::Value; }",
            "v: t::Json",
            "v:json",
        ),
        ("type Id = uuid::Uuid;", "v: Id", "v:uuid"),
        (
            "type Maybe = Option<Name>; type Name = String;",
            "v: Maybe",
            "v:text?",
        ),
        (
            "#[derive(orm::DbType)] enum E { A, B }",
            "v: E",
            "v:varchar",
        ),
        (
            "#[derive(orm::DbType)] struct N(i32);",
            "v: Option<N>",
            "v:int?",
        ),
        (
            "#[derive(orm::DbType)] struct N(M); #[derive(orm::DbType)] struct M(u64);",
            "v: N",
            "v:bigint unsigned",
        ),
        ("", "v: Vec<u8>", "v:binary"),
        ("", "v: std::option::Option<bool>", "v:bool?"),
    ];
    for (uses, field, expected) in found {
        let text = one(uses, field);
        let expected = format!("blog.A({expected})");
        check(&[(field, &[("lib", &text)], &[&expected])]);
    }
    let refused = [
        ("type A1 = B1; type B1 = A1;", "v: A1", "leads in a circle"),
        (
            "struct Plain;",
            "v: Plain",
            "`Plain` cannot be stored: add `#[derive(DbType)]`",
        ),
        (
            "type G<T> = Option<T>;",
            "v: G<i32>",
            "its parameters are the compiler's to know",
        ),
        (
            "use other::Money;",
            "v: Money",
            "the crate `other` is not part of this workspace",
        ),
        ("", "v: (i32, i32)", "one field for each"),
        ("", "v: Vec<String>", "a column holds one value"),
        ("", "v: Missing", "cannot find the type `Missing`"),
        ("mod m {}", "v: m", "`m` is a module, not a type"),
        (
            "use chrono::{DateTime, Local};",
            "v: DateTime<Local>",
            "Utc",
        ),
        ("", "v: <i32 as Into<i64>>::Out", ""),
    ];
    for (uses, field, expected) in refused {
        let found = read(&krate(&[("lib", &one(uses, field))]));
        assert_eq!(found.len(), 1, "{field}: {found:#?}");
        assert!(
            found[0].starts_with("src/lib.rs:3 ") && found[0].contains(expected),
            "{field}: {found:#?}"
        );
    }
}

#[test]
fn conditions() {
    let lib =
        |attribute: &str| format!("Model! struct A {{ @ }}\n{attribute} Model! struct B {{ @ }}");
    let cases = [
        ("#[cfg(test)]", false),
        ("#[cfg(not(test))]", true),
        ("#[cfg(feature = \"none\")]", false),
        ("#[cfg(not(feature = \"none\"))]", true),
        ("#[cfg(all())]", true),
        ("#[cfg(any())]", false),
        ("#[cfg(doc)]", false),
        ("#[cfg(debug_assertions)]", true),
        ("#[cfg(all(unix, windows))]", false),
        ("#[cfg(any(unix, windows))]", true),
        ("#[cfg_attr(test, cfg(test))]", true),
        ("#[cfg_attr(not(test), cfg(test))]", false),
    ];
    for (attribute, there) in cases {
        let expected: &[&str] = if there {
            &["blog.A()", "blog.B()"]
        } else {
            &["blog.A()"]
        };
        check(&[(attribute, &[("lib", &lib(attribute))], expected)]);
    }
    check(&[
        (
            "a file that turns itself off",
            &[
                ("lib", "mod a;"),
                ("src/a.rs", "#![cfg(test)]\nModel! struct A { @ }"),
            ],
            &[],
        ),
        (
            "one of two models of one name",
            &[(
                "lib",
                "#[cfg(unix)] Model! struct A { @, x: i32 } #[cfg(not(unix))] Model! struct A { @, y: i32 }",
            )],
            &[if cfg!(unix) {
                "blog.A(x:int)"
            } else {
                "blog.A(y:int)"
            }],
        ),
        (
            "a name that a build script may set",
            &[
                ("build.rs", "fn main() {}"),
                ("lib", "\n#[cfg(odd)] Model! struct A { @ }"),
            ],
            &["src/lib.rs:2 cannot tell whether `cfg(odd)` holds"],
        ),
    ]);
}

#[test]
fn code_that_does_not_compile() {
    check(&[
        (
            "a broken body",
            &[("lib", "fn f() { let = ; x..y => } Model! struct A { @ }")],
            &["blog.A()"],
        ),
        (
            "unknown names and types elsewhere",
            &[(
                "lib",
                "struct X { y: Nowhere } impl Gone for X {} Model! struct A { @ }",
            )],
            &["blog.A()"],
        ),
        (
            "a method on what is not there",
            &[(
                "lib",
                "Model! struct A { @ } impl A { fn f(&self) -> Gone { self.gone } }",
            )],
            &["blog.A()"],
        ),
        (
            "an unclosed brace",
            &[("lib", "mod a;"), ("src/a.rs", "Model! struct A { @")],
            &["src/a.rs:1 syntax error: a `{` is not closed"],
        ),
        (
            "a field without a type",
            &[("lib", "\nModel! struct A { @,\n x: , }")],
            &["src/lib.rs:3 syntax error"],
        ),
        (
            "a module without a file",
            &[("lib", "mod a;")],
            &["src/lib.rs:1 no file for the module `a`"],
        ),
        (
            "an attribute that there is not, and a typing error",
            &[(
                "lib",
                "Model! struct A { @,\n #[field(max_lenght = 3)] x: String }",
            )],
            &["src/lib.rs:2 "],
        ),
        (
            "models that a macro makes are not seen",
            &[(
                "lib",
                "macro_rules! m { () => { Model! struct B { @ } } } m!(); Model! struct A { @ }",
            )],
            &["blog.A()"],
        ),
        (
            "faults of several files at once",
            &[
                ("lib", "mod a; mod b;"),
                ("src/a.rs", "Model! struct A { @, x: X }"),
                ("src/b.rs", "Model! struct B { @, y: Y }"),
            ],
            &[
                "src/a.rs:1 cannot find the type `X`",
                "src/b.rs:1 cannot find the type `Y`",
            ],
        ),
    ]);
}

#[test]
fn crates_and_applications() {
    let member = |name: &str, dependencies: &str| {
        format!("[package]\nname = \"{name}\"\n[dependencies]\norm = \"0.1\"\n{dependencies}")
    };
    const WORKSPACE: &str = "[workspace]\nmembers = [\"a\", \"b\"]\n";
    let (a, b) = (member("a", ""), member("b", "a = { path = \"../a\" }\n"));
    let renamed = member("b", "first = { package = \"a\", path = \"../a\" }\n");
    check(&[
        (
            "stored types of another member",
            &[
                ("Cargo.toml", WORKSPACE),
                ("a/Cargo.toml", &a),
                (
                    "a/src/lib.rs",
                    "#[derive(orm::DbType)] pub struct Email(String); pub type Short = Email;",
                ),
                ("b/Cargo.toml", &b),
                (
                    "b/src/lib.rs",
                    "use a::{Email, Short as S}; Model! struct B { @, x: Email, y: S }",
                ),
            ],
            &["b.B(x:text y:text)"],
        ),
        (
            "a member under another name",
            &[
                ("Cargo.toml", WORKSPACE),
                ("a/Cargo.toml", &a),
                ("a/src/lib.rs", "Model! pub struct A { @ }"),
                ("b/Cargo.toml", &renamed),
                (
                    "b/src/lib.rs",
                    "Model! struct B { @, a: orm::ForeignKey<first::A> }",
                ),
            ],
            &["a.A()", "b.B(a:foreign_key->a.A)"],
        ),
        (
            "a member that is no dependency",
            &[
                ("Cargo.toml", WORKSPACE),
                ("a/Cargo.toml", &a),
                ("a/src/lib.rs", "Model! pub struct A { @ }"),
                ("b/Cargo.toml", &member("b", "")),
                (
                    "b/src/lib.rs",
                    "Model! struct B { @,\n a: orm::ForeignKey<a::A> }",
                ),
            ],
            &["b/src/lib.rs:2 cannot find the model `a::A`"],
        ),
        (
            "several applications in one crate",
            &[
                (
                    "orm.toml",
                    "[apps.news]\nsource = \"src/news\"\n[apps.shop]\nsource = \"src/shop.rs\"\n",
                ),
                ("lib", "mod news; mod shop; Model! struct Own { @ }"),
                ("src/news/mod.rs", "Model! pub struct Post { @ }"),
                (
                    "src/shop.rs",
                    "Model! struct Item { @, p: orm::ForeignKey<crate::news::Post> }",
                ),
            ],
            &[
                "blog.Own()",
                "news.Post()",
                "shop.Item(p:foreign_key->news.Post)",
            ],
        ),
        (
            "one application over two crates",
            &[
                ("Cargo.toml", WORKSPACE),
                (
                    "orm.toml",
                    "[apps.both]\nmigrations = \"migrations/both\"\n",
                ),
                ("a/Cargo.toml", &a),
                (
                    "a/src/lib.rs",
                    "#[derive(orm::Model)] #[model(app = \"both\")] pub struct A { @ }",
                ),
                ("b/Cargo.toml", &b),
                (
                    "b/src/lib.rs",
                    "#[derive(orm::Model)] #[model(app = \"both\")] struct B { @, a: orm::ForeignKey<a::A> }",
                ),
            ],
            &["both.A()", "both.B(a:foreign_key->both.A)"],
        ),
        (
            "two models of one name in one application",
            &[(
                "lib",
                "mod a { Model! struct A { @ } }\nmod b { Model! struct A { @ } }",
            )],
            &["src/lib.rs:2 two models are named blog.A"],
        ),
        (
            "a base of another member",
            &[
                ("Cargo.toml", WORKSPACE),
                ("a/Cargo.toml", &a),
                (
                    "a/src/lib.rs",
                    "#[derive(orm::Model)] #[model(abstract)] pub struct Base { pub note: String }",
                ),
                ("b/Cargo.toml", &b),
                (
                    "b/src/lib.rs",
                    "Model! struct B { @, #[field(flatten)] base: a::Base }",
                ),
            ],
            &["b.B(note:text)"],
        ),
        (
            "a dependency by path, outside of the workspace's members",
            &[
                (
                    "Cargo.toml",
                    "[package]\nname = \"blog\"\n[dependencies]\norm = \"0.1\"\nlent = { path = \"lent\" }\n",
                ),
                (
                    "lib",
                    "Model! struct A { @, u: orm::ForeignKey<lent::User> }",
                ),
                ("lent/Cargo.toml", &member("lent", "")),
                ("lent/src/lib.rs", "Model! pub struct User { @ }"),
                ("lent/migrations/lent/0001_initial.toml", "format = 1\n"),
            ],
            &["blog.A(u:foreign_key->lent.User)", "lent.User()"],
        ),
    ]);
}
