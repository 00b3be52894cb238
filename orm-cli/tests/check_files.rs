//! `check` reads the migration files: it says what `migrate` would say, before anything runs.

mod support;

use support::Crate;

const TWO_APPS: &str = "pub mod auth;
pub mod blog;
";

const AUTH: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(app = \"auth\")]
pub struct User {
    #[field(primary_key)]
    pub id: Auto<i64>,
}
";

const BLOG: &str = "use orm::prelude::*;

#[derive(Model)]
#[model(app = \"blog\")]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub author: ForeignKey<crate::auth::User>,
    // more
}
";

const FIRST: &str = "migrations/blog/0001_initial.toml";
const SECOND: &str = "migrations/blog/0002_article_views.toml";

/// `blog` has two migrations, of which the first depends on that of `auth`.
fn krate() -> Crate {
    let krate = Crate::new(TWO_APPS);
    krate.write("src/auth.rs", AUTH).write("src/blog.rs", BLOG);
    krate.expect(0, &["makemigrations"]);
    let views = BLOG.replace("// more", "pub views: Option<i64>,");
    krate.write("src/blog.rs", &views);
    krate.expect(0, &["makemigrations"]);
    krate.expect(0, &["check"]);
    krate
}

/// The faults as `check` tells them under `--format json`.
fn faults(krate: &Crate, command: &str) -> Vec<serde_json::Value> {
    let done = krate.expect(2, &["--format", "json", command]);
    assert_eq!(done.out, "", "one that fails writes nothing there");
    let line = done.err.lines().last().expect("a line");
    let document: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(document["code"], 2);
    document["errors"].as_array().expect("a list").clone()
}

/// `check` finds one fault, at this place, and `migrate` says the same and touches no database.
#[track_caller]
fn one(krate: &Crate, place: Option<(&str, usize)>, says: &[&str]) {
    let found = faults(krate, "check");
    assert_eq!(found.len(), 1, "{found:?}");
    let fault = &found[0];
    let at = fault["file"].as_str().map(|file| {
        let line = fault["line"].as_u64().expect("a line");
        (file, usize::try_from(line).expect("fits"))
    });
    assert_eq!(at, place, "{fault}");
    let text = format!("{} {}", fault["message"], fault["hint"]);
    for word in says {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!(faults(krate, "migrate"), found);
    assert_eq!(
        krate.expect(2, &["check"]).err,
        krate.expect(2, &["migrate"]).err
    );
    assert!(!krate.exists("db.sqlite3"), "nothing ran");
}

/// The line of a file that starts so.
fn line(krate: &Crate, file: &str, start: &str) -> usize {
    let text = krate.read(file);
    let at = text.lines().position(|l| l.starts_with(start));
    at.unwrap_or_else(|| panic!("no {start} in {text}")) + 1
}

fn edit(krate: &Crate, file: &str, was: &str, is: &str) {
    let text = krate.read(file);
    assert!(text.contains(was), "no {was} in {text}");
    krate.write(file, &text.replace(was, is));
}

#[test]
fn files_that_are_no_migrations() {
    let krate = krate();
    let good = krate.read(SECOND);
    edit(&krate, SECOND, "add_field", "add_feild");
    let at = line(&krate, SECOND, "op = ");
    one(&krate, Some((SECOND, at)), &["add_feild", "add_field"]);
    krate.write(SECOND, &good.replace("format = 1", "format = 2"));
    one(&krate, Some((SECOND, 1)), &["format 2"]);
    krate.write(SECOND, "<<<<<<< ours\nformat = 1\n");
    one(&krate, Some((SECOND, 1)), &["a conflict that git left"]);
}

/// Cut anywhere, a file is refused, or it is one that says less, and then the models differ from it.
#[test]
fn files_that_are_cut_in_half() {
    let krate = krate();
    let good = krate.read(SECOND);
    let mut refused = 0;
    for end in (0..good.len()).step_by(7) {
        krate.write(SECOND, good.get(..end).expect("ASCII"));
        let done = krate.run(&["check"]);
        match done.code {
            2 => {
                refused += 1;
                assert!(
                    done.err.contains("0002_article_views"),
                    "{end}: {}",
                    done.err
                );
                assert_eq!(krate.expect(2, &["migrate"]).err, done.err, "{end}");
            }
            0 => {
                krate.expect(1, &["makemigrations", "--check"]);
            }
            other => panic!("{end}: {other}: {}", done.err),
        }
    }
    assert!(refused > 10, "{refused}");
    krate.write(SECOND, "");
    one(&krate, Some((SECOND, 1)), &["format"]);
}

#[test]
fn all_files_are_told_at_once_and_the_source_with_them() {
    let krate = krate();
    edit(&krate, FIRST, "create_model", "create_modle");
    edit(&krate, SECOND, "add_field", "add_feild");
    let files = |found: &[serde_json::Value]| -> Vec<String> {
        let file = |f: &serde_json::Value| f["file"].as_str().unwrap_or_default().to_owned();
        found.iter().map(file).collect()
    };
    assert_eq!(files(&faults(&krate, "check")), [FIRST, SECOND]);
    edit(
        &krate,
        "src/blog.rs",
        "crate::auth::User",
        "crate::auth::Usr",
    );
    assert_eq!(
        files(&faults(&krate, "check")),
        ["src/blog.rs", FIRST, SECOND]
    );
    // What the models break is told beside it.
    let shared = BLOG.replace("app = \"blog\"", "app = \"blog\", table = \"auth_user\"");
    krate.write("src/blog.rs", &shared);
    let found = faults(&krate, "check");
    assert_eq!(files(&found), ["src/blog.rs", FIRST, SECOND]);
    assert!(
        found[0]["message"]
            .as_str()
            .is_some_and(|m| m.starts_with("G002: "))
    );
}

#[test]
fn numbers_that_two_files_have() {
    let krate = krate();
    let other = krate.read(SECOND).replace("views", "likes");
    krate.write("migrations/blog/0002_article_likes.toml", &other);
    let says = [
        "0002_article_likes",
        "0002_article_views",
        "--merge",
        "rebase",
    ];
    one(&krate, None, &says);
    // Both apps at once.
    let user = "format = 1\ndepends_on = [\"auth.0001_initial\"]\n";
    krate.write("migrations/auth/0002_a.toml", user);
    krate.write("migrations/auth/0002_b.toml", user);
    let found = faults(&krate, "check");
    assert_eq!(found.len(), 2, "{found:?}");
    // The same number twice is none where one builds on the other.
    for file in ["auth/0002_a", "auth/0002_b"] {
        std::fs::remove_file(krate.path(&format!("migrations/{file}.toml"))).expect("it is there");
    }
    let last = other.replace("blog.0001_initial", "blog.0002_article_views");
    krate.write("migrations/blog/0002_article_likes.toml", &last);
    krate.expect(0, &["check"]);
}

#[test]
fn dependencies_that_are_not_there() {
    let krate = krate();
    let at = line(&krate, SECOND, "depends_on");
    edit(&krate, SECOND, "blog.0001_initial", "blog.0001_intial");
    one(
        &krate,
        Some((SECOND, at)),
        &["blog.0001_intial", "did you mean blog.0001_initial?"],
    );
    edit(&krate, SECOND, "blog.0001_intial", "blgo.0001_initial");
    let says = [
        "blgo.0001_initial",
        "there are no migrations of `blgo`; did you mean `blog`?",
    ];
    one(&krate, Some((SECOND, at)), &says);
    edit(&krate, SECOND, "blgo.0001_initial", "payments.0001_initial");
    let says = ["there are no migrations of `payments`, only of auth, blog"];
    one(&krate, Some((SECOND, at)), &says);
    // A file that was lost, with `HEAD` or without.
    std::fs::remove_file(krate.path(SECOND)).expect("it is there");
    one(
        &krate,
        Some(("migrations/blog/HEAD", 1)),
        &["0002_article_views.toml is not there"],
    );
    std::fs::remove_file(krate.path("migrations/auth/0001_initial.toml")).expect("it is there");
    std::fs::remove_file(krate.path("migrations/auth/HEAD")).expect("it is there");
    std::fs::remove_file(krate.path("migrations/blog/HEAD")).expect("it is there");
    let at = line(&krate, FIRST, "depends_on");
    one(
        &krate,
        Some((FIRST, at)),
        &["auth.0001_initial", "only of blog"],
    );
}

#[test]
fn dependencies_in_a_circle() {
    let krate = krate();
    let auth = "migrations/auth/0001_initial.toml";
    edit(
        &krate,
        auth,
        "format = 1\n",
        "format = 1\ndepends_on = [\"blog.0002_article_views\"]\n",
    );
    let says = [
        "in a circle",
        "auth.0001_initial -> blog.0002_article_views -> blog.0001_initial",
    ];
    one(&krate, Some((auth, 2)), &says);
    // Of one on itself.
    edit(&krate, auth, "blog.0002_article_views", "auth.0001_initial");
    one(
        &krate,
        Some((auth, 2)),
        &["auth.0001_initial -> auth.0001_initial"],
    );
}

#[test]
fn operations_that_do_not_fit() {
    let krate = krate();
    let good = krate.read(SECOND);
    let at = line(&krate, SECOND, "[[operations]]");
    for (was, is, says) in [
        ("\"Article\"", "\"Artcle\"", "did you mean"),
        (
            "name = \"views\"",
            "name = \"author\"",
            "has a field author already",
        ),
    ] {
        edit(&krate, SECOND, was, is);
        let found = faults(&krate, "check");
        assert_eq!(found.len(), 1, "{found:?}");
        let fault = &found[0];
        assert_eq!(
            (&fault["file"], &fault["line"]),
            (&SECOND.into(), &at.into())
        );
        let text = format!("{} {}", fault["message"], fault["hint"]);
        assert!(
            text.contains("blog.0002_article_views") && text.contains(says),
            "{text}"
        );
        krate.expect(2, &["migrate"]);
        krate.write(SECOND, &good);
    }
    // A second operation is the one that is marked.
    let twice = format!(
        "{good}\n[[operations]]\nop = \"delete_model\"\nmodel = \"Comment\"\ntable = \"blog_comment\"\nfields = []\n"
    );
    krate.write(SECOND, &twice);
    let lines: Vec<&str> = twice.lines().collect();
    let last = lines.iter().rposition(|l| *l == "[[operations]]");
    let last = last.expect("two") + 1;
    let found = faults(&krate, "check");
    assert_eq!(found[0]["line"], last, "{found:?}");
}

#[test]
fn a_list_of_apps_that_names_none() {
    let krate = krate();
    krate.write(
        "orm.toml",
        "[databases.default]\nurl = \"sqlite:db.sqlite3\"\napps = [\"blog\", \"auht\"]\n",
    );
    one(
        &krate,
        None,
        &["`auht`, which is no app here", "did you mean `auth`?"],
    );
    krate.expect(0, &["check", "--url", "sqlite:db.sqlite3"]);
}
