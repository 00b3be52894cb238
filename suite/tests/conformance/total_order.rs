//! Every select that can hand out more than one row says its order, and the order is total.

use std::fmt::Debug;

use orm::model::{ModelMeta, registered};
use orm::prelude::*;
use suite::backend::{Backend, statement};
use suite::models::blog::{Article, Author, Category, Person, Profile, Tag, fill};
use suite::models::names::{Booking, Seat};
use suite::models::owners;

cases! { every_form_is_ordered, writes_are_ordered }

/// A statement's outermost level: what stands in brackets is left out.
fn outermost(sql: &str) -> String {
    let (mut out, mut depth, mut quote) = (String::new(), 0_u32, None);
    for c in sql.chars() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, '`' | '"') => continue,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == '(') {
            out.push(c);
        }
    }
    out
}

/// The part between a word and the next of the words that may follow it.
fn part<'a>(sql: &'a str, word: &str, ends: &[&str]) -> Option<&'a str> {
    let start = sql.find(word)? + word.len();
    let rest = &sql[start..];
    let end = ends
        .iter()
        .filter_map(|e| rest.find(e))
        .min()
        .unwrap_or(rest.len());
    Some(&rest[..end])
}

fn terms(list: &str) -> Vec<String> {
    let plain = |t: &str| {
        let t = t.trim();
        let t = t
            .strip_suffix(" DESC")
            .or_else(|| t.strip_suffix(" ASC"))
            .unwrap_or(t);
        t.split(" AS ").next().unwrap_or(t).trim().to_owned()
    };
    list.split(',').map(plain).collect()
}

fn has(order: &[String], column: &str) -> bool {
    order
        .iter()
        .any(|t| t == column || *t == format!("t0.{column}"))
}

/// Whether these columns tell the rows of a model apart.
fn tells_apart(meta: &ModelMeta, order: &[String]) -> bool {
    let named = |c: usize| has(order, meta.columns[c].column);
    let single = (0..meta.columns.len())
        .any(|c| meta.columns[c].unique && !meta.columns[c].null && named(c));
    let group = |g: &[usize]| g.iter().all(|&c| named(c) && !meta.columns[c].null);
    single || meta.key.iter().all(|&c| named(c)) || meta.uniques.iter().any(|g| group(g))
}

/// Why a statement's order is not total.
fn fault(sql: &str) -> Option<String> {
    if !sql.starts_with("SELECT") {
        return None;
    }
    let top = outermost(sql);
    const AFTER: &[&str] = &[" LIMIT", " OFFSET", " FOR UPDATE", " OPTION ("];
    let columns = part(&top, "SELECT ", &[" FROM "]).unwrap_or_default();
    let group = part(
        &top,
        " GROUP BY ",
        &[" HAVING ", " ORDER BY ", " LIMIT", " OFFSET"],
    );
    let from = part(
        &top,
        " FROM ",
        &[
            " WHERE ",
            " GROUP BY ",
            " ORDER BY ",
            " LIMIT",
            " OFFSET",
            " FOR UPDATE",
        ],
    );
    let aggregate = ["COUNT(", "SUM(", "AVG(", "MIN(", "MAX("]
        .iter()
        .any(|f| columns.contains(f));
    let from = from?;
    if aggregate && group.is_none() {
        return None;
    }
    let Some(order) = part(&top, " ORDER BY ", AFTER).map(terms) else {
        return Some("no ORDER BY".to_owned());
    };
    if [" UNION ", " INTERSECT ", " EXCEPT "]
        .iter()
        .any(|w| top.contains(w))
    {
        // Rows of several selects are told apart by all that they hold.
        let columns = part(&top, "SELECT ", &[" FROM "]).unwrap_or_default();
        let named = |c: &str| {
            let name = c.rsplit([' ', '.']).next().unwrap_or(c);
            order.iter().any(|t| t == name)
        };
        return (columns.split(", ").find(|c| !named(c)))
            .map(|c| format!("`{c}` of a set operation is not in the order"));
    }
    let wanted = match (group, columns.strip_prefix("DISTINCT ")) {
        (Some(keys), _) => terms(keys),
        (None, Some(columns)) => terms(columns),
        (None, None) => return rows_fault(from, &top, &order),
    };
    let selected = terms(columns.strip_prefix("DISTINCT ").unwrap_or(columns));
    // Computed columns are ordered by their place.
    let place = |w: &String| {
        selected
            .iter()
            .position(|s| s == w)
            .map(|i| (i + 1).to_string())
    };
    let named = |w: &String| order.contains(w) || place(w).is_some_and(|p| order.contains(&p));
    wanted
        .into_iter()
        .find(|w| !named(w))
        .map(|w| format!("`{w}` is not in the order"))
}

/// Why a select inside is not total: one that is cut, without an order to cut by.
fn inner_fault(sql: &str) -> Option<String> {
    let mut open: Vec<usize> = Vec::new();
    let mut quote = None;
    for (at, c) in sql.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '`' | '"') => quote = Some(c),
            (None, '(') => open.push(at + 1),
            (None, ')') => {
                let inside = outermost(&sql[open.pop()?..at]);
                let cut =
                    inside.contains(" LIMIT ") && !inside.contains(" LIMIT 18446744073709551615");
                if inside.starts_with("SELECT") && cut && !inside.contains(" ORDER BY ") {
                    return Some(format!("cut without an order: {inside}"));
                }
            }
            _ => {}
        }
    }
    None
}

fn rows_fault(from: &str, top: &str, order: &[String]) -> Option<String> {
    let table = from.split_whitespace().next().unwrap_or_default();
    // A table of pairs; one side is fixed by a condition.
    let pairs = [
        ("blog_article_tags", "article_id", "tag_id"),
        ("blog_person_follows", "from_person_id", "to_person_id"),
    ];
    for (name, owner, to) in pairs {
        if table == name {
            let fixed = top.contains(&format!("{owner} = "));
            return (!(fixed && has(order, to))).then(|| format!("pairs are ordered by {order:?}"));
        }
        // A row of the model stands once for each owner.
        if from.contains(&format!("JOIN {name}")) && !order.iter().any(|t| t.ends_with(owner)) {
            return Some(format!("`{owner}` is not in the order"));
        }
    }
    // The result of a query: its key is no model's, so the stand-in for SingleStore proves the order.
    if table == "()" {
        return order.is_empty().then(|| "no order".to_owned());
    }
    let Some(meta) = registered().find(|m| m.table == table) else {
        return Some(format!("no model has the table `{table}`"));
    };
    (!tells_apart(meta, order))
        .then(|| format!("{order:?} does not tell rows of {} apart", meta.name))
}

fn check(statements: &[String]) {
    let faults: Vec<String> = statements
        .iter()
        .filter_map(|s| Some(format!("{}: {s}", fault(s).or_else(|| inner_fault(s))?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_check_finds_what_is_not_total() {
    for (sql, good) in [
        (r#"SELECT "id" FROM "blog_tag" AS t0"#, false),
        (r#"SELECT "id" FROM "blog_tag" AS t0 ORDER BY "id""#, true),
        (
            r#"SELECT t0."id" FROM "blog_tag" AS t0 ORDER BY t0."name" DESC LIMIT 2"#,
            true,
        ),
        (
            r#"SELECT t0."id" FROM "blog_author" AS t0 ORDER BY t0."email""#,
            false,
        ),
        (
            r#"SELECT t0."id" FROM "blog_author" AS t0 ORDER BY t0."name", t0."id" LIMIT 2 OFFSET 1"#,
            true,
        ),
        (
            r#"SELECT t0."id" FROM "blog_article" AS t0 JOIN "blog_author" AS t1 ON (t1."id" = t0."author_id") ORDER BY t1."id""#,
            false,
        ),
        (
            r#"SELECT "id" FROM "blog_tag" WHERE "id" IN (SELECT "id" FROM "x" ORDER BY "id")"#,
            false,
        ),
        (
            r#"SELECT "hall" FROM "names_seat" AS t0 ORDER BY "hall""#,
            false,
        ),
        (
            r#"SELECT "hall" FROM "names_seat" AS t0 ORDER BY "hall", "number" DESC"#,
            true,
        ),
        (
            r#"SELECT "room" FROM "names_booking" AS t0 ORDER BY "hour", "room""#,
            true,
        ),
        (r#"SELECT COUNT(*) AS n FROM "blog_tag" AS t0"#, true),
        (
            r#"SELECT "name" AS k0, COUNT(*) AS a0 FROM "blog_tag" AS t0 GROUP BY "name""#,
            false,
        ),
        (
            r#"SELECT "name" AS k0, COUNT(*) AS a0 FROM "blog_tag" AS t0 GROUP BY "name" ORDER BY COUNT(*) DESC, "name""#,
            true,
        ),
        (
            r#"SELECT DISTINCT "views", "title" FROM "blog_article" AS t0 ORDER BY "views""#,
            false,
        ),
        (
            r#"SELECT DISTINCT "views", "title" FROM "blog_article" AS t0 ORDER BY "title", "views" DESC"#,
            true,
        ),
        (r#"SELECT EXISTS (SELECT 1 FROM "blog_tag") AS found"#, true),
        (r#"SELECT "id" FROM "no_model" AS t0 ORDER BY "id""#, false),
        (
            r#"SELECT t0."a" AS "c0", t0."b" AS "c1" FROM "x" AS t0 UNION SELECT t0."a" AS "c0", t0."b" AS "c1" FROM "y" AS t0 ORDER BY "c0""#,
            false,
        ),
        (
            r#"SELECT t0."a" AS "c0", t0."b" AS "c1" FROM "x" AS t0 UNION SELECT t0."a" AS "c0", t0."b" AS "c1" FROM "y" AS t0 ORDER BY "c0", "c1""#,
            true,
        ),
    ] {
        assert_eq!(fault(sql).is_none(), good, "{sql}: {:?}", fault(sql));
    }
}

#[test]
fn the_check_finds_what_is_cut_without_an_order() {
    for (sql, good) in [
        (
            r#"SELECT COUNT(*) AS n FROM "a" WHERE "id" IN (SELECT "id" FROM "a" LIMIT 2)"#,
            false,
        ),
        (
            r#"SELECT COUNT(*) AS n FROM "a" WHERE "id" IN (SELECT "id" FROM "a" ORDER BY "id" LIMIT 2)"#,
            true,
        ),
        (
            r#"UPDATE "a" SET "b" = ')' WHERE "id" IN (SELECT k FROM (SELECT "id" AS k FROM "a" LIMIT 1) AS t)"#,
            false,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE "id" IN (SELECT "id" FROM "b")"#,
            true,
        ),
    ] {
        assert_eq!(inner_fault(sql).is_none(), good, "{sql}");
    }
}

/// What the public types of queries offer, read from their source: each is walked here, or said
/// to hand out no rows.
#[test]
fn every_form_is_walked() {
    const NO_ROWS: &[(&str, &str)] = &[
        ("new", "makes a query set"),
        ("none", "asks no database"),
        ("unordered", "the one way out of the order"),
        ("to_sql", "sends nothing"),
        ("explain", "the rows are the database's words"),
        ("update", "a write, below"),
        ("delete", "a write, below"),
        ("expr", "no query"),
        ("exec", "SQL text without rows"),
        ("is_ordered", "asks no database"),
        ("option", "makes a hint"),
        ("interpreter_mode", "makes a hint"),
        ("resource_pool", "makes a hint"),
    ];
    let sources = [
        include_str!("../../../orm/src/query/queryset.rs"),
        include_str!("../../../orm/src/query/fetch.rs"),
        include_str!("../../../orm/src/query/table.rs"),
        include_str!("../../../orm/src/query/select.rs"),
        include_str!("../../../orm/src/query/group.rs"),
        include_str!("../../../orm/src/query/aggregate.rs"),
        include_str!("../../../orm/src/query/raw.rs"),
        include_str!("../../../orm/src/query/delete.rs"),
        include_str!("../../../orm/src/query/annotate.rs"),
        include_str!("../../../orm/src/query/combine.rs"),
        include_str!("../../../orm/src/query/distinct.rs"),
        include_str!("../../../orm/src/query/finders.rs"),
        include_str!("../../../orm/src/query/only.rs"),
        include_str!("../../../orm/src/query/page.rs"),
        include_str!("../../../orm/src/query/hint.rs"),
        include_str!("../../../orm/src/query/with.rs"),
        include_str!("../../../orm/src/query/rollup.rs"),
    ];
    let names = sources.iter().flat_map(|s| s.lines()).filter_map(|line| {
        let line = line.trim_start();
        let rest = line
            .strip_prefix("pub async fn ")
            .or_else(|| line.strip_prefix("pub fn "))?;
        rest.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
    });
    let names: std::collections::BTreeSet<&str> = names.collect();
    assert!(names.len() > 35, "{names:?}");
    let own = include_str!("total_order.rs");
    let walk = &own[own.rfind("async fn objects(").expect("the walk begins")..];
    let walk = &walk[..walk.rfind("async fn walk(").expect("the walk ends")];
    // Functions of values stand in the walk as arguments of these forms.
    let missing: Vec<&&str> = names
        .iter()
        .filter(|name| {
            let called = walk.contains(&format!(".{name}("))
                || walk.contains(&format!("{name}("))
                || walk.contains(&format!("{name}::<"));
            !called && !NO_ROWS.iter().any(|(n, _)| n == *name)
        })
        .collect();
    assert!(missing.is_empty(), "not walked: {missing:?}");
    let idle: Vec<&str> = (NO_ROWS.iter().map(|(n, _)| *n))
        .filter(|n| !names.contains(n))
        .collect();
    assert!(idle.is_empty(), "no longer there: {idle:?}");
}

/// Two columns by which the rows of articles tie.
#[derive(Row)]
#[row(model = Article)]
struct Flags {
    public: bool,
    author_id: i64,
}

/// What each form of query hands out, as text.
struct Seen(Vec<String>);

impl Seen {
    fn see(&mut self, what: impl Debug) {
        self.0.push(format!("{what:?}"));
    }
}

async fn objects(db: &impl Executor, seen: &mut Seen) -> Result<()> {
    let all = Article::objects;
    seen.see(all().all(db).await?);
    seen.see(
        all()
            .filter(|a| a.views().gt(0))
            .exclude(|a| a.public())
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .filter_some(Some(5), |a, v| a.views().gt(v))
            .all(db)
            .await?,
    );
    seen.see(all().filter_raw("views > {}", (1,)).all(db).await?);
    seen.see(all().get(db).await.is_err());
    seen.see(all().get_opt(db).await.is_err());
    seen.see(Article::get(db, 1).await?);
    seen.see(all().first(db).await?);
    seen.see(all().last(db).await?);
    seen.see(all().limit(2).offset(1).all(db).await?);
    seen.see(all().offset(1).all(db).await?);
    seen.see(all().reverse().all(db).await?);
    seen.see(all().order_by(|a| a.views()).all(db).await?);
    seen.see(all().order_by(|a| a.author().name().desc()).all(db).await?);
    seen.see(
        all()
            .order_by(|a| (a.title().length(), a.rating()))
            .all(db)
            .await?,
    );
    seen.see(all().order_by(|a| a.tags().count()).all(db).await?);
    seen.see(all().order_by(|_| Vec::new()).all(db).await?);
    let hinted = all().hint(orm::query::Hint::option("materialize_ctes", "OFF"));
    if db.dialect().features().query_options {
        seen.see(hinted.all(db).await?);
    } else {
        assert!(hinted.to_sql(db.dialect()).is_err());
    }
    seen.see(Author::objects().order_by(|a| a.email()).all(db).await?);
    seen.see(Tag::objects().order_by(|t| t.name()).all(db).await?);
    seen.see(Seat::objects().all(db).await?);
    seen.see(
        Seat::objects()
            .order_by(|s| s.guest())
            .limit(2)
            .all(db)
            .await?,
    );
    seen.see(
        Booking::objects()
            .order_by(|b| (b.hour(), b.room()))
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .with(|a| (a.author().country(), a.editor()))
            .all(db)
            .await?,
    );
    let tx = db.begin().await?;
    seen.see(all().for_update().all(&tx).await?);
    seen.see(
        all()
            .filter(|a| a.author().name().ne("?"))
            .for_update()
            .all(&tx)
            .await?,
    );
    for query in [all().for_update_nowait(), all().for_update_skip_locked()] {
        match db.dialect().features().row_locks {
            orm::dialect::RowLocks::SkipLocked => seen.see(query.all(&tx).await?),
            _ => assert!(query.to_sql(db.dialect()).is_err()),
        }
    }
    tx.rollback().await?;
    seen.see(Category::filter(|c| c.parent().is_null()).all(db).await?);
    short_forms(db, seen).await
}

async fn short_forms(db: &impl Executor, seen: &mut Seen) -> Result<()> {
    let all = Article::objects;
    seen.see(all().latest(db, |a| a.public()).await?);
    seen.see(all().earliest(db, |a| a.public()).await?);
    let first = Article::get(db, 1).await?;
    seen.see(all().contains(db, &first).await?);
    let found = all().in_bulk(db, [3, 1]).await?;
    seen.see((&found[&1], &found[&3]));
    let with_length = all()
        .order_by(|a| a.public())
        .annotate(|a| a.title().length());
    seen.see(with_length.all(db).await?);
    seen.see(with_length.first(db).await?);
    seen.see(with_length.get(db).await.is_err());
    let mut rows = with_length.stream(db).await?;
    while let Some(row) = rows.next().await? {
        seen.see(row);
    }
    drop(rows);
    let flags = all().only::<Flags>().all(db).await?;
    seen.see(
        flags
            .iter()
            .map(|f| (f.public, f.author_id))
            .collect::<Vec<_>>(),
    );
    let found = Tag::objects().in_bulk_by(db, |t| t.name(), ["db"]).await?;
    seen.see(&found["db"]);
    seen.see(
        all()
            .dates(|a| a.at(), orm::query::Unit::Month)
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .order_by(|a| a.rating().asc().nulls_last())
            .all(db)
            .await?,
    );
    let firsts = all().order_by(|a| a.views()).distinct_on(|a| a.public());
    seen.see(firsts.all(db).await?);
    seen.see(Seat::objects().distinct_on(|s| s.hall()).all(db).await?);
    for query in [all(), all().order_by(|a| a.rating().desc())] {
        let page = query.page_after(None, 2).all(db).await?;
        let next = query.page_after(page.next.as_deref(), 2).all(db).await?;
        seen.see(
            query
                .page_before(next.previous.as_deref(), 2)
                .all(db)
                .await?,
        );
        let here = query.cursor_of(&page.rows[0])?;
        seen.see(query.page_after(Some(&here), 2).all(db).await?);
        let pairs = query.select(|a| (a.public(), a.at()));
        seen.see(pairs.page_after(None, 2).all(db).await?);
        seen.see(pairs.page_before(None, 2).all(db).await?);
    }
    let few = || all().filter(|a| a.views().gt(5));
    let public = || all().filter(|a| a.public());
    for both in [
        few().union(&public()),
        few().union_all(&public()),
        few().union(&public()).limit(2).offset(1),
    ] {
        seen.see(both.all(db).await?);
    }
    let by = few().union_all(&public()).order_by(|a| a.public());
    seen.see(by.all(db).await?);
    seen.see(by.first(db).await?);
    seen.see(
        by.union(&few())
            .order_by(|a| a.title().length())
            .all(db)
            .await?,
    );
    seen.see((by.count(db).await?, by.exists(db).await?));
    let mut rows = by.stream(db).await?;
    while let Some(row) = rows.next().await? {
        seen.see(row);
    }
    drop(rows);
    let views = |q: QuerySet<Article>| q.select(|a| (a.public(), a.views()));
    let table = views(few()).union_all(&views(public())).as_table();
    seen.see(table.select(|(p, v)| (v, p)).all(db).await?);
    seen.see(views(few()).union(&views(public())).all(db).await?);
    seen.see(views(few()).union_all(&views(public())).all(db).await?);
    if db.dialect().features().intersect_except {
        seen.see(few().intersection(&public()).all(db).await?);
        seen.see(few().difference(&public()).all(db).await?);
        seen.see(views(few()).intersection(&views(public())).all(db).await?);
        seen.see(views(few()).difference(&views(public())).all(db).await?);
    }
    Ok(())
}

async fn tuples(db: &impl Executor, seen: &mut Seen) -> Result<()> {
    let all = Article::objects;
    seen.see(
        all()
            .select(|a| (a.title(), a.author().name()))
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .select(|a| a.public())
            .limit(2)
            .offset(1)
            .all(db)
            .await?,
    );
    seen.see(all().select(|a| a.public()).first(db).await?);
    seen.see(all().limit(1).select(|a| a.public()).get(db).await.is_err());
    seen.see(all().select(|a| a.public()).distinct().all(db).await?);
    seen.see(
        all()
            .order_by(|a| a.editor().name())
            .select(|a| (a.public(), a.editor().name()))
            .distinct()
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .select(|a| a.title().lower())
            .distinct()
            .limit(3)
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .group_by(|a| a.public())
            .aggregate(|_| count())
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .group_by(|a| (a.author().name(), a.public()))
            .select(|a, (name, _)| (a.views().sum(), name))
            .all(db)
            .await?,
    );
    let groups = || {
        all()
            .group_by(|a| (a.author().name(), a.public()))
            .aggregate(|a| (count(), a.views().sum()))
    };
    seen.see(groups().all(db).await?);
    seen.see(
        groups()
            .order_by(|a| a.views().sum().desc())
            .limit(2)
            .offset(1)
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .group_by(|a| a.at().year())
            .having(|a| a.id().count().gt(0))
            .aggregate(|_| count())
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .aggregate(|a| (count(), a.views().avg()))
            .get(db)
            .await?,
    );
    seen.see(
        all()
            .limit(3)
            .aggregate(|a| a.views().sum())
            .get(db)
            .await?,
    );
    seen.see(all().count(db).await?);
    seen.see(all().limit(3).count(db).await?);
    seen.see(all().exists(db).await?);
    seen.see(all().offset(3).exists(db).await?);
    let pairs = || all().select(|a| (a.public(), a.views())).distinct();
    seen.see(pairs().first(db).await?);
    seen.see(pairs().limit(2).offset(1).all(db).await?);
    seen.see(pairs().get(db).await.is_err());
    let mut rows = pairs().stream(db).await?;
    while let Some(row) = rows.next().await? {
        seen.see(row);
    }
    drop(rows);
    seen.see(all().reverse().select(|a| a.public()).all(db).await?);
    let tx = db.begin().await?;
    seen.see(all().for_update().select(|a| a.public()).all(&tx).await?);
    tx.rollback().await?;
    seen.see(
        all()
            .reverse()
            .group_by(|a| a.author_id())
            .aggregate(|a| {
                (
                    a.views().min(),
                    a.views().max(),
                    a.rating().count(),
                    a.rating().count_distinct(),
                )
            })
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .filter(|a| a.tags().exists())
            .limit(2)
            .offset(1)
            .aggregate(|a| (count(), a.rating().avg()))
            .get(db)
            .await?,
    );
    seen.see(
        all()
            .group_by(|a| a.author_id())
            .aggregate(|a| {
                (
                    a.title().join("-"),
                    a.title().join_by("-", a.views()),
                    a.views().sum().filter(a.public()).distinct(),
                )
            })
            .all(db)
            .await?,
    );
    seen.see(groups().first(db).await?);
    seen.see(groups().count(db).await?);
    let mut rows = groups().stream(db).await?;
    while let Some(row) = rows.next().await? {
        seen.see(row);
    }
    drop(rows);
    seen.see(pairs().last(db).await?);
    seen.see((pairs().count(db).await?, pairs().exists(db).await?));
    seen.see(pairs().get_opt(db).await.is_err());
    let joined = || all().left_join(Tag::objects(), |(a, t)| a.id().eq(t.id()));
    seen.see(
        joined()
            .select(|(a, t)| (a.title(), t.name()))
            .all(db)
            .await?,
    );
    seen.see(
        joined()
            .order_by(|(a, _)| a.public())
            .select(|(a, _)| a.views())
            .limit(2)
            .all(db)
            .await?,
    );
    let inner = all().join(Tag::objects(), |(a, t)| a.id().eq(t.id()));
    seen.see(
        inner
            .select(|(a, _)| a.title())
            .as_table()
            .select(|t| t.upper())
            .all(db)
            .await?,
    );
    seen.see(
        groups()
            .as_table()
            .select(|((n, _), (c, _))| (n, c))
            .all(db)
            .await?,
    );
    if db.dialect().features().rollup {
        let totals = || {
            all()
                .group_by(|a| (a.public(), a.author_id()))
                .aggregate(|_| count())
                .rollup()
        };
        seen.see(totals().select(|(_, n)| n).all(db).await?);
        let by_number = totals().order_by(|(_, n)| n).limit(3);
        seen.see(
            by_number
                .select(|((public, author), _)| (public, author))
                .all(db)
                .await?,
        );
    }
    let titles = || all().select(|a| (a.title(), a.views())).as_table();
    let named = titles().named("titles");
    seen.see(
        named
            .clone()
            .join(named, |((_, a), (_, b))| a.lte(b))
            .select(|((title, _), (other, _))| (title, other))
            .all(db)
            .await?,
    );
    // Several ways lead to a row, and rows of one depth tie.
    let grown = titles().recursive("grown", 2, |found| {
        found
            .join(Article::objects(), |((_, views), a)| a.views().gte(views))
            .select(|(_, a)| (a.title(), a.views()))
    });
    seen.see(grown.clone().select(|(title, _)| title).all(db).await?);
    seen.see(
        grown
            .order_by(|(_, views)| views)
            .limit(3)
            .select(|(title, _)| title)
            .all(db)
            .await?,
    );
    let reached = titles().recursive_distinct("reached", 2, |found| {
        found
            .join(Article::objects(), |((_, views), a)| a.views().gte(views))
            .select(|(_, a)| (a.title(), a.views()))
    });
    seen.see(
        reached
            .select(|(title, views)| (views, title))
            .all(db)
            .await?,
    );
    // The order of SQL text is its writer's.
    let text = "SELECT title FROM blog_article WHERE views > {} ORDER BY id";
    seen.see(raw::<(String,)>(text, (1,)).all(db).await?);
    Ok(())
}

async fn relations(db: &impl Executor, seen: &mut Seen) -> Result<()> {
    let all = Article::objects;
    seen.see(all().prefetch(|a| a.tags()).all(db).await?);
    seen.see(
        Author::objects()
            .prefetch(|a| (a.articles(), a.edited()))
            .all(db)
            .await?,
    );
    let nested = Author::objects().prefetch(|a| {
        a.articles().query(|q| {
            q.order_by(|x| x.public())
                .with(|x| x.editor())
                .prefetch(|x| x.tags())
        })
    });
    for author in nested.all(db).await? {
        seen.see(
            author
                .articles
                .get()?
                .iter()
                .map(|a| (a.id, a.tags.clone()))
                .collect::<Vec<_>>(),
        );
    }
    seen.see(Person::objects().prefetch(|p| p.follows()).all(db).await?);
    seen.see(
        all()
            .filter(|a| a.tags().any(|t| t.name().ne("db")))
            .all(db)
            .await?,
    );
    seen.see(
        all()
            .filter(|a| a.author().articles().count().gt(1))
            .all(db)
            .await?,
    );
    let article = Article::get(db, 4).await?;
    seen.see(article.tags.query().all(db).await?);
    seen.see(
        article
            .tags
            .query()
            .order_by(|t| t.name().length())
            .limit(2)
            .all(db)
            .await?,
    );
    seen.see(Author::get(db, 1).await?.articles.query().all(db).await?);
    seen.see(article.author.fetch(db).await?);
    seen.see(Profile::objects().with(|p| p.author()).all(db).await?);
    for profile in Profile::objects().all(db).await? {
        seen.see(profile.author.fetch(db).await?.name);
    }
    seen.see(
        article
            .tags
            .query()
            .select(|t| t.name().length())
            .distinct()
            .all(db)
            .await?,
    );
    let mut rows = all().with(|a| a.author()).stream(db).await?;
    while let Some(a) = rows.next().await? {
        seen.see((a.id, a.author.get()?.name.clone()));
    }
    drop(rows);
    let mut rows = all().select(|a| (a.public(), a.views())).stream(db).await?;
    while let Some(row) = rows.next().await? {
        seen.see(row);
    }
    Ok(())
}

async fn walk(db: &impl Executor) -> Result<Vec<String>> {
    let mut seen = Seen(Vec::new());
    objects(db, &mut seen).await?;
    tuples(db, &mut seen).await?;
    relations(db, &mut seen).await?;
    Ok(seen.0)
}

async fn rows(db: &Db) -> Result<()> {
    fill(db).await?;
    orm::create_tables(db, &[Seat::META, Booking::META]).await?;
    for (hall, number) in [(2, "b"), (1, "b"), (1, "a"), (2, "a")] {
        Seat::create(db, new!(Seat { hall, number })).await?;
        Booking::create(
            db,
            new!(Booking {
                room: hall as i32,
                hour: number.len() as i32 + (number == "a") as i32
            }),
        )
        .await?;
    }
    for (author, site) in [(2, "b"), (1, "b")] {
        Profile::create(db, new!(Profile { author, site })).await?;
    }
    let ann = Person::create(db, new!(Person { id: 1, name: "ann" })).await?;
    let bob = Person::create(db, new!(Person { id: 2, name: "bob" })).await?;
    ann.follows.add(db, [&ann, &bob]).await?;
    bob.follows.add(db, [&ann, &bob]).await?;
    Ok(())
}

async fn every_form_is_ordered(db: &Db) -> Result<()> {
    rows(db).await?;
    let recorder = db.record();
    let seen = walk(db).await?;
    let statements = recorder.statements();
    assert!(statements.len() > 60, "{}", statements.len());
    check(&statements);
    assert_eq!(walk(db).await?, seen, "the same again");
    Ok(())
}

/// What is not ordered is seen; one backend shows it, and a server is not sent such statements.
#[tokio::test]
async fn faults_are_found() {
    Backend::Sqlite
        .run(async |db| {
            rows(db).await?;
            let recorder = db.record();
            Article::objects().unordered().all(db).await?;
            let statements = recorder.statements();
            assert_eq!(fault(&statements[0]).as_deref(), Some("no ORDER BY"));
            Ok(())
        })
        .await;
}

/// SQLite hands out rows backwards where nothing says their order.
#[tokio::test]
async fn nothing_depends_on_an_order_that_is_not_said() {
    Backend::Sqlite
        .run(async |db| {
            rows(db).await?;
            let forwards = walk(db).await?;
            let pinned = db.acquire().await?;
            statement(&pinned, "PRAGMA reverse_unordered_selects = ON").await?;
            let ids = async |q: QuerySet<Tag>| q.unordered().select(|t| t.id()).all(&pinned).await;
            assert_eq!(ids(Tag::objects()).await?, [4, 3, 2, 1], "the pragma works");
            assert_eq!(walk(&pinned).await?, forwards);
            Ok(())
        })
        .await;
}

async fn writes_are_ordered(db: &Db) -> Result<()> {
    rows(db).await?;
    owners::fill(db).await?;
    for owner in [2, 3] {
        let pet = owners::Pet::create(db, new!(owners::Pet { owner })).await?;
        owners::Toy::create(db, new!(owners::Toy { pet: &pet })).await?;
        owners::Chip::create(
            db,
            new!(owners::Chip {
                owner,
                pet: Some(&pet)
            }),
        )
        .await?;
        owners::Note::create(db, new!(owners::Note { owner: Some(owner) })).await?;
    }
    let recorder = db.record();
    let mut article = Article::get(db, 1).await?;
    article.tags.set(db, [3, 4]).await?;
    article.save(db).await?;
    article.save_fields(db, |a| a.title()).await?;
    article.reload(db).await?;
    Article::objects()
        .limit(2)
        .update(|a| a.views().set(1))
        .exec(db)
        .await?;
    Article::filter(|a| a.author().name().eq("Ann"))
        .update(|a| a.views().set(2))
        .exec(db)
        .await?;
    Seat::objects().limit(1).delete(db).await?;
    owners::Owner::filter(|o| o.id().gt(1)).delete(db).await?;
    Author::filter(|a| a.name().eq("Bob")).delete(db).await?;
    Article::objects().offset(1).delete(db).await?;
    let statements = recorder.statements();
    assert!(
        statements
            .iter()
            .filter(|s| s.starts_with("SELECT"))
            .count()
            > 10,
        "{statements:#?}"
    );
    check(&statements);
    // A limit inside a write decides which rows: it needs the order as well.
    for sql in statements.iter().filter(|s| s.contains("LIMIT")) {
        assert!(sql.contains("ORDER BY"), "{sql}");
    }
    Ok(())
}
