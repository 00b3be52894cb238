//! The reader of source, asked as a library.

mod support;

use orm_cli::project::Project;
use orm_cli::report::Failure;
use orm_cli::source::{self, SourceModels};
use support::Crate;

fn read(krate: &Crate) -> Result<SourceModels, Failure> {
    source::read(&Project::find(Some(krate.root()))?)
}

/// `app.Model(field:type, …)` of every model.
#[track_caller]
fn models(krate: &Crate) -> Vec<String> {
    let found = read(krate).unwrap_or_else(|f| panic!("{}", report(&f)));
    let field = |f: &orm_schema::FieldDef| {
        let to =
            f.ty.relation()
                .map(|r| format!("->{}", r.to))
                .unwrap_or_default();
        format!(
            "{}:{}{to}{}",
            f.name,
            f.ty.name(),
            if f.null { "?" } else { "" }
        )
    };
    let model = |m: &source::SourceModel| {
        let fields: Vec<_> = m.def.fields.iter().map(field).collect();
        format!("{}({})", m.def.id(), fields.join(" "))
    };
    found.models.iter().map(model).collect()
}

/// `file:line message` of every fault.
#[track_caller]
fn faults(krate: &Crate) -> Vec<String> {
    let root = krate.root().canonicalize().unwrap();
    let failure = read(krate).expect_err("the source has faults");
    assert_eq!(failure.code, 2);
    let one = |d: &orm_cli::report::Diagnostic| match &d.place {
        Some(p) => {
            let file = p
                .file
                .strip_prefix(&root)
                .unwrap_or(&p.file)
                .display()
                .to_string();
            format!("{file}:{} {}", p.line(), d.message)
        }
        None => d.message.clone(),
    };
    failure.diagnostics.iter().map(one).collect()
}

fn report(failure: &Failure) -> String {
    failure
        .diagnostics
        .iter()
        .map(|d| d.render(false))
        .collect()
}

const KEY: &str = "#[field(primary_key)] pub id: Auto<i64>,";

#[test]
fn models_are_found_through_modules() {
    let krate = Crate::new(
        "mod flat; mod nested; mod inline { pub mod deep; } #[path = \"odd/place.rs\"] mod elsewhere;",
    );
    let model = |name: &str| {
        format!("use orm::prelude::*;\n#[derive(Model)] pub struct {name} {{ {KEY} }}")
    };
    krate
        .write("src/flat.rs", &format!("{}\nmod below;", model("Flat")))
        .write("src/flat/below.rs", &model("Below"))
        .write(
            "src/nested/mod.rs",
            &format!("{}\nmod inner;", model("Nested")),
        )
        .write("src/nested/inner.rs", &model("Inner"))
        .write("src/inline/deep.rs", &model("Deep"))
        .write(
            "src/odd/place.rs",
            &format!("{}\nmod beside;", model("Odd")),
        )
        .write("src/odd/beside.rs", &model("Beside"))
        .write("src/unreached.rs", &model("Unreached"));
    let names: Vec<_> = models(&krate)
        .iter()
        .map(|m| m.split('(').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "blog.Below",
            "blog.Beside",
            "blog.Deep",
            "blog.Flat",
            "blog.Inner",
            "blog.Nested",
            "blog.Odd"
        ]
    );
}

#[test]
fn relations_follow_use() {
    let krate = Crate::new(
        "pub mod people { use orm::Model; use orm::prelude::*;
            #[derive(Model)] pub struct Author { #[field(primary_key)] pub id: Auto<i64>, pub boss: Option<ForeignKey<Self>> } }
         pub mod facade { pub use crate::people::Author as Writer; pub use super::tags::*; }
         mod tags { use orm as db; #[derive(Debug, db::Model)] pub struct Tag { #[field(primary_key)] pub id: db::Auto<i64> } }
         mod posts {
            use orm::{Model as M, prelude::{Auto, ForeignKey, ManyToMany}};
            use super::{facade::{self, Writer}, people};
            use crate::facade::*;
            type Penned = Writer;
            #[derive(M, Debug)]
            struct Post {
                #[field(primary_key)] id: Auto<i64>,
                a: ForeignKey<Writer>, b: ForeignKey<people::Author>, c: ForeignKey<facade::Writer>,
                d: ForeignKey<crate::people::Author>, e: ForeignKey<super::people::Author>, f: ForeignKey<Penned>,
                tags: ManyToMany<Tag>, own: Option<ForeignKey<self::Post>>,
            }
         }",
    );
    assert_eq!(
        models(&krate),
        [
            "blog.Author(id:bigint boss:foreign_key->blog.Author?)",
            "blog.Post(id:bigint a:foreign_key->blog.Author b:foreign_key->blog.Author c:foreign_key->blog.Author \
             d:foreign_key->blog.Author e:foreign_key->blog.Author f:foreign_key->blog.Author \
             tags:many_to_many->blog.Tag own:foreign_key->blog.Post?)",
            "blog.Tag(id:bigint)",
        ]
    );
}

#[test]
fn derives_of_others_are_left_alone() {
    let krate = Crate::new(
        "mod a { use other::Model; #[derive(Model)] struct NotOurs { x: Strange } }
         mod b { #[derive(other::Model)] struct NotOurs; }
         mod c { use orm::prelude::*; #[derive(Debug)] struct Model { } #[derive(Clone, Model)] struct Ours { #[field(primary_key)] id: i64 } }",
    );
    krate.write(
        "Cargo.toml",
        "[package]\nname = \"blog\"\n[dependencies]\norm = \"0.1\"\nother = \"1\"\n",
    );
    assert_eq!(models(&krate), ["blog.Ours(id:bigint)"]);
    krate.write(
        "src/lib.rs",
        "use other::*;\n#[derive(Model)]\nstruct Whose { #[field(primary_key)] id: i64 }",
    );
    assert_eq!(
        faults(&krate),
        [
            "src/lib.rs:2 cannot tell whether `Model` is `orm::Model` or comes from `other::*`: write `orm::Model`"
        ]
    );
}

#[test]
fn cfg_decides_what_is_read() {
    let krate = Crate::new(
        "use orm::prelude::*;
         #[cfg(test)] mod missing;
         #[cfg(feature = \"shop\")] mod shop { use orm::prelude::*; #[derive(Model)] struct Order { #[field(primary_key)] id: i64 } }
         #[cfg_attr(feature = \"base\", derive(Model))] struct Page { #[field(primary_key)] id: i64, #[cfg(feature = \"shop\")] price: i64 }
         #[cfg(not(feature = \"base\"))] compile_error!(\"x\");",
    );
    let manifest = |default: &str| {
        format!(
            "[package]\nname = \"blog\"\n[dependencies]\norm = \"0.1\"\n[features]\ndefault = [{default}]\nall = [\"base\", \"shop\"]\nbase = []\nshop = []\n"
        )
    };
    krate.write("Cargo.toml", &manifest("\"base\""));
    assert_eq!(models(&krate), ["blog.Page(id:bigint)"]);
    krate.write("Cargo.toml", &manifest("\"all\""));
    assert_eq!(
        models(&krate),
        ["blog.Order(id:bigint)", "blog.Page(id:bigint price:bigint)"]
    );
}

#[test]
fn aliases_and_bases_are_followed() {
    let krate = Crate::new(
        "use orm::prelude::*;
         mod types { pub type Name = String; pub type Maybe = Option<super::types::Name>; pub type Count = u32; }
         mod people { use orm::prelude::*; #[derive(Model)] pub struct Author { #[field(primary_key)] pub id: i64 } }
         mod base {
            use super::people::Author; use orm::prelude::*;
            #[derive(Model)] #[model(abstract)] pub struct Owned { pub owner: ForeignKey<Author>, pub note: super::types::Maybe }
         }
         #[derive(Model)] struct Post {
            #[field(primary_key)] id: i64,
            #[field(max_length = 20)] title: types::Name,
            #[field(flatten)] owned: base::Owned,
            n: types::Count,
         }",
    );
    assert_eq!(
        models(&krate),
        [
            "blog.Author(id:bigint)",
            "blog.Post(id:bigint title:varchar owner:foreign_key->blog.Author note:text? n:int unsigned)"
        ]
    );
}

#[test]
fn stored_types_are_found_by_name() {
    let krate = Crate::new(
        "use orm::prelude::*; mod kinds; use kinds::{Email as Mail, *};
         #[derive(Model)] struct Post {
            #[field(primary_key)] id: i64, status: Status, level: Option<Level>, mail: Mail, wrapped: kinds::Wrapped, n: crate::kinds::Short,
         }",
    );
    krate.write(
        "src/kinds.rs",
        "use orm::prelude::*;
         #[derive(DbType)] pub enum Status { Draft, OnHold, #[cfg(test)] VeryLongNameIndeed }
         #[derive(DbType)] #[db(repr = \"int\")] pub enum Level { Low = 1, High = 2 }
         #[derive(DbType)] #[db(max_length = 30)] pub struct Email(String);
         #[derive(orm::DbType)] pub struct Wrapped(Email);
         pub type Short = Level;",
    );
    let found = read(&krate).unwrap_or_else(|f| panic!("{}", report(&f)));
    let types: Vec<_> = found.models[0]
        .def
        .fields
        .iter()
        .map(|f| (f.ty.clone(), f.null))
        .collect();
    use orm_schema::FieldType::{BigInt, Int, Varchar};
    let int = Int { unsigned: false };
    assert_eq!(
        types,
        [
            (BigInt { unsigned: false }, false),
            (Varchar { max_length: 7 }, false),
            (int.clone(), true),
            (Varchar { max_length: 30 }, false),
            (Varchar { max_length: 30 }, false),
            (int, false),
        ]
    );
    krate.write("src/kinds.rs", "pub struct Status; pub type Level = Vec<i64>; #[derive(orm::DbType)] pub struct Email(Email2); pub struct Wrapped(u8); pub struct Short<T>(T);");
    let faults = faults(&krate);
    assert_eq!(faults.len(), 5, "{faults:#?}");
    assert!(
        faults[0].contains("`Status` cannot be stored: add `#[derive(DbType)]`"),
        "{faults:#?}"
    );
    assert!(faults[1].contains("Vec<i64>"), "{faults:#?}");
    assert!(
        faults[2].contains("cannot find the type `Email2`"),
        "{faults:#?}"
    );
}

#[test]
fn what_cannot_be_resolved_is_refused_with_its_place() {
    let krate = Crate::new(
        "use orm::prelude::*;\nmod gone;\nmod people { use orm::prelude::*; #[derive(Model)] pub struct Author { #[field(primary_key)] id: i64 } pub struct Plain; }",
    );
    let root = krate.root().canonicalize().unwrap();
    assert_eq!(
        faults(&krate),
        [format!(
            "src/lib.rs:2 no file for the module `gone`: neither {0}/src/gone.rs nor {0}/src/gone/mod.rs exists",
            root.display()
        )]
    );
    krate.write(
        "src/gone.rs",
        "use orm::prelude::*;\n#[derive(Model)]\nstruct Post {\n #[field(primary_key)] id: i64,\n a: ForeignKey<Author>,\n b: ForeignKey<Autor>,\n c: ForeignKey<crate::people::Plain>,\n d: ForeignKey<other::User>,\n e: Wild,\n}\n",
    );
    krate.write(
        "Cargo.toml",
        "[package]\nname = \"blog\"\n[dependencies]\norm = \"0.1\"\nother = \"1\"\n",
    );
    assert_eq!(
        faults(&krate),
        [
            "src/gone.rs:5 cannot find the model `Author` here; there is one: `use crate::people::Author;`",
            "src/gone.rs:6 cannot find the model `Autor` here; did you mean `Author`?",
            "src/gone.rs:7 `crate::people::Plain` is not a model: it does not derive `Model`",
            "src/gone.rs:8 cannot read the model `other::User`: the crate `other` is not part of this workspace, so its source is not at hand",
            "src/gone.rs:9 cannot find the type `Wild` here",
        ]
    );
}

#[test]
fn syntax_errors_have_their_place() {
    let krate = Crate::new("mod a;\nmod b;\n");
    krate.write("src/a.rs", "fn f() {\n  (\n}\n");
    krate.write("src/b.rs", "\n#[derive(Debug)]\nstruct B { x: , }\n");
    let faults = faults(&krate);
    assert_eq!(faults.len(), 2);
    assert_eq!(faults[0], "src/a.rs:3 syntax error: a `(` is not closed");
    assert!(
        faults[1].starts_with("src/b.rs:3 syntax error: expected one of"),
        "{}",
        faults[1]
    );
}

#[test]
fn broken_bodies_are_no_obstacle() {
    let krate = Crate::new(
        "#!/usr/bin/env run\nuse orm::prelude::*; fn f() { let x = = ; nonsense(( )) }\n#[derive(Model)] struct A { #[field(primary_key)] id: i64 }\nimpl A { fn g() -> { } }",
    );
    assert_eq!(models(&krate), ["blog.A(id:bigint)"]);
}

#[test]
fn a_workspace_is_one_app_for_each_crate() {
    let krate = Crate::empty();
    krate
        .write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\norm = \"0.1\"\naccounts = { path = \"crates/accounts\" }\n")
        .write("crates/accounts/Cargo.toml", "[package]\nname = \"accounts\"\n[dependencies]\norm.workspace = true\n")
        .write("crates/accounts/src/lib.rs", "use orm::Model; #[derive(Model)] pub struct User { #[field(primary_key)] id: i64 }")
        .write("crates/shop-front/Cargo.toml", "[package]\nname = \"shop-front\"\n[dependencies]\norm.workspace = true\naccounts.workspace = true\n")
        .write("crates/shop-front/src/main.rs", "use orm::{ForeignKey, Model}; #[derive(Model)] struct Order { #[field(primary_key)] id: i64, by: ForeignKey<accounts::User> }")
        .write("crates/tool/Cargo.toml", "[package]\nname = \"tool\"\n")
        .write("crates/tool/src/main.rs", "mod not_there; fn main() {}");
    assert_eq!(
        models(&krate),
        [
            "accounts.User(id:bigint)",
            "shop_front.Order(id:bigint by:foreign_key->accounts.User)"
        ]
    );
    let found = read(&krate).unwrap();
    let root = krate.root().canonicalize().unwrap();
    assert_eq!(
        found.apps["accounts"],
        root.join("crates/accounts/migrations/accounts")
    );
    assert_eq!(
        found.apps["shop_front"],
        root.join("crates/shop-front/migrations/shop_front")
    );
}

#[test]
fn apps_follow_attribute_then_configuration_then_package() {
    let krate = Crate::new("mod blog; mod shop; mod other;");
    let model = |name: &str, app: &str| {
        format!("use orm::prelude::*; #[derive(Model)] {app} struct {name} {{ {KEY} }}")
    };
    krate
        .write("src/blog.rs", &model("Post", ""))
        .write("src/shop/mod.rs", &format!("{} mod inner;", model("Order", "")))
        .write("src/shop/inner.rs", &model("Item", "#[model(app = \"stock\")]"))
        .write("src/other.rs", &model("Other", ""))
        .write("orm.toml", "[apps.news]\nsource = \"src/blog.rs\"\n[apps.shop]\nsource = \"src/shop\"\nmigrations = \"db/shop\"\n");
    let names: Vec<_> = models(&krate)
        .iter()
        .map(|m| m.split('(').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        ["blog.Other", "news.Post", "shop.Order", "stock.Item"]
    );
    let found = read(&krate).unwrap();
    let root = krate.root().canonicalize().unwrap();
    assert_eq!(found.apps["shop"], root.join("db/shop"));
    assert_eq!(found.apps["stock"], root.join("migrations/stock"));
}

#[test]
fn two_models_of_one_name_are_refused() {
    let krate = Crate::new(
        "mod a { use orm::Model; #[derive(Model)] struct Post { #[field(primary_key)] id: i64 } }\nmod b { use orm::Model; #[derive(Model)] struct POST { #[field(primary_key)] id: i64 } }",
    );
    assert!(
        faults(&krate)[0].contains("two models are named blog."),
        "{:?}",
        faults(&krate)
    );
}
