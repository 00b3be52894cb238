//! Named tables, used more than once in a statement, and recursive ones.

use orm::dialect::WithWrites;
use orm::prelude::*;
use orm::query::{Column, Derived, Query, concat, count, exists, outer, random, scalar, value};
use rust_decimal::Decimal;
use suite::models::kinds::Kinds;

cases! {
    two_uses, two_uses_with_values, united, in_subqueries, named_in_named, filtered_first, null_paths,
    one_with_limits, updates_and_deletes, writes_below, values_from_below, wrong_names,
    tree_below, tree_above, tree_within_bounds, tree_beside, empty_first, cycle_until_depth,
    cycle_ends, ways_that_meet, wide_columns, every_type, structs, named_again, decimals_and_dates, numbers,
    groups_first, streams_and_pages,
    steps_with_subqueries, in_transactions, wrong_steps, deep_on_every_backend,
}

/// A tree, and what a row of it weighs.
#[derive(Model, Debug, Clone)]
#[model(app = "trees")]
pub struct Folder {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = "set_null")]
    pub parent: Option<ForeignKey<Self>>,
    #[field(max_length = 5)]
    pub name: String,
    #[field(default = 0)]
    pub size: i32,
}

/// A way from one row to another.
#[derive(Model, Debug, Clone)]
#[model(app = "trees")]
pub struct Way {
    #[field(primary_key)]
    pub id: i64,
    pub start: i64,
    pub end: i64,
    #[field(precision = 12, scale = 2)]
    pub price: Decimal,
}

/// ```text
/// 1 root ─┬─ 2 usr ─┬─ 4 bin
///         │         └─ 5 share ── 7 doc
///         └─ 3 var ─── 6 log
/// 8 other
/// ```
async fn fill(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Folder::META, Way::META]).await?;
    for (id, parent, name, size) in [
        (1, None, "root", 1),
        (2, Some(1), "usr", 20),
        (3, Some(1), "var", 30),
        (4, Some(2), "bin", 400),
        (5, Some(2), "share", 500),
        (6, Some(3), "log", 600),
        (7, Some(5), "doc", 7000),
        (8, None, "other", 8),
    ] {
        Folder::create(
            db,
            new!(Folder {
                id,
                parent,
                name,
                size
            }),
        )
        .await?;
    }
    Ok(())
}

/// 1 → 2 → 3 → 1, and 3 → 4; two ways from 1 to 2.
async fn circle(db: &Db) -> Result<()> {
    fill(db).await?;
    for (id, start, end, price) in [
        (1, 1, 2, 100),
        (2, 2, 3, 250),
        (3, 3, 1, 1),
        (4, 3, 4, 5),
        (5, 1, 2, 7),
    ] {
        let price = Decimal::new(price, 2);
        Way::create(
            db,
            new!(Way {
                id,
                start,
                end,
                price
            }),
        )
        .await?;
    }
    Ok(())
}

async fn two_uses(db: &Db) -> Result<()> {
    fill(db).await?;
    let children = Folder::objects()
        .group_by(|f| f.parent_id())
        .aggregate(|f| (count(), f.size().sum()))
        .as_table()
        .named("children");
    let pairs = children
        .clone()
        .join(children, |((_, (n, _)), (_, (m, _)))| n.lt(m))
        .select(|((a, (n, _)), (b, (m, _)))| (a, n, b, m));
    assert_eq!(
        pairs.all(db).await?,
        [
            (Some(3), 1, None, 2),
            (Some(3), 1, Some(1), 2),
            (Some(3), 1, Some(2), 2),
            (Some(5), 1, None, 2),
            (Some(5), 1, Some(1), 2),
            (Some(5), 1, Some(2), 2),
        ]
    );
    let text = pairs.to_sql(db.dialect())?.text.to_string();
    assert_eq!(text.matches("COUNT(*)").count(), 1, "{text}");
    assert!(text.starts_with("WITH "), "{text}");
    Ok(())
}

/// Values stand in the order of the text, wherever the table is used.
async fn two_uses_with_values(db: &Db) -> Result<()> {
    fill(db).await?;
    let large = Folder::objects()
        .filter(|f| f.size().gt(25) & f.name().ne("log"))
        .select(|f| (f.id(), f.parent_id(), f.size() * 2))
        .as_table()
        .named("large");
    let found = Folder::objects()
        .filter(|f| f.id().gt(4))
        .join(large.clone(), |(f, (_, parent, _))| {
            f.parent_id().eq(parent)
        })
        .filter(|(f, (id, ..))| f.id().ne(7) & id.lt(100))
        .filter(|(f, _)| {
            !f.id().is_among(
                &large
                    .clone()
                    .filter(|(id, ..)| id.eq(5))
                    .select(|(id, ..)| id),
            )
        })
        .select(|(f, (id, _, twice))| (f.id(), id, twice))
        .all(db)
        .await?;
    assert_eq!(found, [(6, 6, 1200)][..0]);
    let found = Folder::objects()
        .filter(|f| f.id().lt(7))
        .join(large.clone(), |(f, (id, ..))| f.parent_id().eq(id))
        .select(|(f, (id, _, twice))| (f.id(), id, twice))
        .all(db)
        .await?;
    assert_eq!(found, [(6, 3, 60)]);
    Ok(())
}

async fn united(db: &Db) -> Result<()> {
    fill(db).await?;
    let leaves = Folder::objects()
        .filter(|f| !exists(Folder::objects().filter(|x| x.parent_id().eq(outer(f.id())))))
        .select(|f| (f.id(), f.name()))
        .as_table()
        .named("leaves");
    let small = leaves
        .clone()
        .filter(|(id, _)| id.lt(7))
        .select(|(id, name)| (id, name));
    let all = leaves
        .filter(|(id, _)| id.gt(5))
        .select(|(id, name)| (id, name));
    let name = |s: &str| s.to_owned();
    assert_eq!(
        small.union(&all).all(db).await?,
        [
            (4, name("bin")),
            (6, name("log")),
            (7, name("doc")),
            (8, name("other"))
        ]
    );
    assert_eq!(
        small.union_all(&all).offset(1).limit(2).all(db).await?,
        [(6, name("log")), (6, name("log"))]
    );
    assert_eq!(small.intersection(&all).all(db).await?, [(6, name("log"))]);
    assert_eq!(small.difference(&all).all(db).await?, [(4, name("bin"))]);
    Ok(())
}

async fn in_subqueries(db: &Db) -> Result<()> {
    fill(db).await?;
    let parents = Folder::objects()
        .filter(|f| f.parent_id().is_not_null())
        .select(|f| f.parent_id())
        .distinct()
        .as_table()
        .named("parents");
    let ids = |query: QuerySet<Folder>| async move { query.select(|f| f.id()).all(db).await };
    let among = Folder::objects().filter(|f| f.id().is_among(&parents.clone().select(|id| id)));
    assert_eq!(ids(among.clone()).await?, [1, 2, 3, 5]);
    assert_eq!(among.count(db).await?, 4);
    assert!(among.exists(db).await?);
    let not = Folder::objects()
        .filter(|f| !f.id().is_among(&parents.clone().select(|id| id)))
        .filter(|f| exists(parents.clone().filter(|id| id.eq(outer(f.parent_id())))));
    assert_eq!(ids(not).await?, [4, 6, 7]);
    let cut = parents
        .clone()
        .order_by(|id| id.desc())
        .limit(2)
        .select(|id| id);
    assert_eq!(
        ids(Folder::objects().filter(|f| f.id().is_among(&cut))).await?,
        [3, 5]
    );
    assert_eq!(parents.count(db).await?, 4);
    assert_eq!(
        parents.aggregate(|id| (id.sum(), count())).get(db).await?,
        (Some(11), 4)
    );
    Ok(())
}

/// A table that uses another stands behind it.
async fn named_in_named(db: &Db) -> Result<()> {
    fill(db).await?;
    let inner = Folder::objects()
        .filter(|f| f.size().gt(10))
        .select(|f| (f.id(), f.size()))
        .as_table()
        .named("heavy");
    let outer = inner
        .clone()
        .filter(|(_, size)| size.lt(1000))
        .select(|(id, size)| (id, size + 1))
        .as_table()
        .named("middle");
    let query = outer
        .join(inner, |((id, _), (other, _))| id.lt(other))
        .filter(|((id, _), _)| id.gt(4))
        .select(|((id, size), (other, _))| (id, size, other));
    assert_eq!(
        query.all(db).await?,
        [(5, 501, 6), (5, 501, 7), (6, 601, 7)]
    );
    let text = query.to_sql(db.dialect())?.text.to_string();
    let at = |name: &str| text.find(name).expect("it is there");
    assert!(at("heavy") < at("middle"), "{text}");
    Ok(())
}

/// What is filtered, ordered and cut before it has a name is what the name says.
async fn filtered_first(db: &Db) -> Result<()> {
    fill(db).await?;
    let three = Folder::objects()
        .select(|f| (f.id(), f.size()))
        .as_table()
        .filter(|(_, size)| size.lt(600))
        .order_by(|(_, size)| size.desc())
        .limit(3)
        .named("three");
    let ids = three.clone().select(|(id, _)| id).all(db).await?;
    assert_eq!(ids, [3, 4, 5]);
    let pairs = three.clone().join(three, |((a, _), (b, _))| a.lt(b));
    assert_eq!(pairs.count(db).await?, 3);
    let nothing = Folder::objects()
        .none()
        .select(|f| f.id())
        .as_table()
        .named("nothing");
    assert_eq!(nothing.select(|id| id).all(db).await?, [0_i64; 0]);
    Ok(())
}

type Named = (i64, Option<String>, Option<i64>, Option<String>);

/// What may be missing is an `Option`, in and out of the table.
async fn null_paths(db: &Db) -> Result<()> {
    fill(db).await?;
    let named = Folder::objects()
        .select(|f| (f.id(), f.parent().name()))
        .as_table()
        .named("named");
    let rows: Vec<Named> = named
        .clone()
        .left_join(named, |((id, _), (other, _))| other.eq(id + 6))
        .filter(|((id, _), _)| id.lt(3))
        .select(|((id, name), (other, up))| (id, name, other, up))
        .all(db)
        .await?;
    let name = |s: &str| Some(s.to_owned());
    assert_eq!(
        rows,
        [
            (1, None, Some(7), name("share")),
            (2, name("root"), Some(8), None)
        ]
    );
    Ok(())
}

async fn one_with_limits(db: &Db) -> Result<()> {
    fill(db).await?;
    let largest = Folder::objects()
        .order_by(|f| f.size().desc())
        .limit(2)
        .select(|f| (f.id(), f.size()))
        .as_table()
        .named("largest");
    let both = largest
        .clone()
        .join(largest, |((a, _), (b, _))| a.ne(b))
        .select(|((a, _), (b, size))| (a, b, size));
    assert_eq!(both.all(db).await?, [(6, 7, 7000), (7, 6, 600)]);
    Ok(())
}

async fn updates_and_deletes(db: &Db) -> Result<()> {
    circle(db).await?;
    let dear = Way::objects()
        .filter(|w| w.price().gt(Decimal::ONE))
        .select(|w| (w.start(), w.end()))
        .as_table()
        .named("dear");
    let changed = Folder::objects()
        .filter(|f| f.id().is_among(&dear.clone().select(|(start, _)| start)))
        .filter(|f| f.id().is_among(&dear.clone().select(|(_, end)| end)) | f.size().gt(7))
        .update(|f| f.size().set(f.size() + 1))
        .exec(db)
        .await?;
    assert_eq!(changed, 1);
    assert_eq!(Folder::get(db, 2).await?.size, 21);
    // Of the table that is written itself, too.
    let twice = Way::objects()
        .group_by(|w| (w.start(), w.end()))
        .having(|_| count().gt(1))
        .aggregate(|w| w.id().min())
        .as_table()
        .named("twice");
    let gone = Way::objects()
        .filter(|w| w.id().is_among(&twice.clone().select(|(_, id)| id)))
        .delete(db)
        .await?;
    assert_eq!(gone.total, 1);
    assert_eq!(
        Way::objects().select(|w| w.id()).all(db).await?,
        [2, 3, 4, 5]
    );
    Ok(())
}

/// Rows that a recursive table finds are written.
async fn writes_below(db: &Db) -> Result<()> {
    circle(db).await?;
    let within = |table: Tree| {
        Folder::objects().filter(move |f| f.id().is_among(&table.clone().select(|(id, _)| id)))
    };
    let update = within(below(2, 10)).update(|f| f.size().set(f.size() + 1));
    assert_eq!(update.exec(db).await?, 4);
    let sizes = Folder::objects()
        .filter(|f| f.id().lt(8))
        .select(|f| f.size());
    assert_eq!(sizes.all(db).await?, [1, 21, 30, 401, 501, 600, 7001]);
    // All below 3, and no row that is found once more.
    let gone = within(below(3, 10)).delete(db).await?;
    assert_eq!(gone.total, 2);
    assert_eq!(Folder::objects().count(db).await?, 6);
    // Of a model that nothing refers to, in an open transaction.
    let tx = db.begin().await?;
    let from = Way::objects().filter(|w| w.start().is_among(&below(2, 10).select(|(id, _)| id)));
    assert_eq!(from.delete(&tx).await?.total, 1);
    assert_eq!(from.update(|w| w.end().set(7)).exec(&tx).await?, 0);
    tx.commit().await?;
    let left = Way::objects().select(|w| w.id());
    assert_eq!(left.all(db).await?, [1, 3, 4, 5]);
    Ok(())
}

/// A new value out of a recursive table: written where a statement has a place for it.
async fn values_from_below(db: &Db) -> Result<()> {
    fill(db).await?;
    let total = below(2, 10).aggregate(|(_, size)| size.max().coalesce(0));
    let update = Folder::objects()
        .filter(|f| f.id().eq(8))
        .update(|f| f.size().set(scalar(total)));
    let done = update.exec(db).await;
    if db.dialect().features().with_writes == WithWrites::Inlined {
        let text = done.expect_err("refused").to_string();
        assert!(text.contains("Recursive CTE in UPDATE or DELETE"), "{text}");
        assert_eq!(Folder::get(db, 8).await?.size, 8);
    } else {
        assert_eq!(done?, 1);
        assert_eq!(Folder::get(db, 8).await?.size, 7000);
    }
    Ok(())
}

async fn wrong_names(db: &Db) -> Result<()> {
    circle(db).await?;
    let table = |name| Folder::objects().select(|f| f.id()).as_table().named(name);
    for name in ["", "a b", "1a", "x\"y", &*"n".repeat(65).leak()] {
        let refused = table(name).select(|id| id).all(db).await;
        let text = refused.expect_err("no name").to_string();
        assert!(text.contains("is no name for a table"), "{text}");
    }
    let other = Way::objects().select(|w| w.id()).as_table().named("Mine");
    let both = table("mine").join(other, |(a, b)| a.eq(b)).count(db).await;
    let text = both.expect_err("two of one name").to_string();
    assert!(text.contains("two different tables named `Mine`"), "{text}");
    let same = table("mine")
        .join(table("mine"), |(a, b)| a.eq(b))
        .count(db)
        .await?;
    assert_eq!(same, 8);
    let hides = Folder::objects()
        .join(table("trees_folder"), |(f, id)| f.id().eq(id))
        .count(db)
        .await;
    let text = hides.expect_err("it would hide the table").to_string();
    assert!(
        text.contains("beside the database's own table of that name"),
        "{text}"
    );
    // Of the row around: a table in front of the statement cannot.
    let refused = Folder::objects()
        .filter(|f| {
            let table = Way::objects()
                .filter(|w| w.start().eq(outer(f.id())))
                .select(|w| w.end())
                .as_table()
                .named("ends");
            exists(table)
        })
        .all(db)
        .await;
    let text = refused.expect_err("it stands alone").to_string();
    assert!(
        text.contains("refers to the query around it by `outer`"),
        "{text}"
    );
    // At each use other values.
    let numbers = Folder::objects()
        .select(|f| (f.id(), random()))
        .as_table()
        .named("numbers");
    assert_eq!(numbers.clone().count(db).await?, 8);
    let twice = numbers
        .clone()
        .join(numbers, |(a, b)| a.0.eq(b.0))
        .count(db)
        .await;
    let text = twice.expect_err("they differ").to_string();
    assert!(text.contains("random values in a named table"), "{text}");
    let drawn = Folder::objects()
        .select(|f| (f.id(), random()))
        .as_table()
        .named("drawn");
    let few = drawn.clone().filter(|d| d.1.lt(0.5)).select(|d| d.0);
    let most = drawn.aggregate(|d| d.0.max());
    let written = Folder::filter(|f| f.id().is_among(&few))
        .update(|f| f.size().set(scalar(most).cast::<i32>()))
        .exec(db)
        .await;
    let text = written.expect_err("they differ").to_string();
    assert!(text.contains("random values in a named table"), "{text}");
    Ok(())
}

type Path = (i64, String, i64);

/// Each with its depth and its path, which is longer than the column of the name.
async fn tree_below(db: &Db) -> Result<()> {
    fill(db).await?;
    let tree = Folder::objects()
        .filter(|f| f.parent().is_null())
        .select(|f| (f.id(), f.name(), value(0_i64)))
        .as_table()
        .recursive("tree", 10, |found| {
            Folder::objects()
                .join(found, |(f, (id, ..))| f.parent_id().eq(id))
                .select(|(f, (_, path, depth))| {
                    (f.id(), concat(concat(path, "/"), f.name()), depth + 1)
                })
        });
    let rows = tree
        .clone()
        .order_by(|(_, path, _)| path)
        .select(|(id, path, depth)| (id, path, depth))
        .all(db)
        .await?;
    let row = |id: i64, path: &str, depth: i64| -> Path { (id, path.to_owned(), depth) };
    assert_eq!(
        rows,
        [
            row(8, "other", 0),
            row(1, "root", 0),
            row(2, "root/usr", 1),
            row(4, "root/usr/bin", 2),
            row(5, "root/usr/share", 2),
            row(7, "root/usr/share/doc", 3),
            row(3, "root/var", 1),
            row(6, "root/var/log", 2),
        ]
    );
    let groups = tree
        .clone()
        .group_by(|(_, _, depth)| depth)
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(groups, [(0, 2), (1, 2), (2, 3), (3, 1)]);
    assert_eq!(
        tree.filter(|(_, path, _)| path.endswith("doc"))
            .count(db)
            .await?,
        1
    );
    Ok(())
}

/// From a row up, twice in one statement: the ancestors that two rows share.
async fn tree_above(db: &Db) -> Result<()> {
    fill(db).await?;
    let above = |id: i64, name| {
        Folder::objects()
            .filter(move |f| f.id().eq(id))
            .select(|f| (f.id(), f.parent_id()))
            .as_table()
            .recursive(name, 20, |found| {
                found
                    .join(Folder::objects(), |((_, parent), f)| f.id().eq(parent))
                    .select(|(_, f)| (f.id(), f.parent_id()))
            })
    };
    let shared = above(7, "one")
        .join(above(4, "other"), |((a, _), (b, _))| a.eq(b))
        .select(|((id, parent), _)| (id, parent));
    assert_eq!(shared.all(db).await?, [(1, None), (2, Some(1))]);
    let up = above(7, "up");
    let folders = Folder::objects()
        .filter(|f| f.id().is_among(&up.clone().select(|(id, _)| id)))
        .order_by(|f| f.size().desc())
        .select(|f| f.id());
    assert_eq!(folders.all(db).await?, [7, 5, 2, 1]);
    let both = up
        .clone()
        .join(up, |((a, _), (_, parent))| a.eq(parent))
        .select(|((a, _), (b, _))| (a, b));
    assert_eq!(both.all(db).await?, [(1, 2), (2, 5), (5, 7)]);
    Ok(())
}

type Tree = Query<Derived<(Column<Folder, i64>, Column<Folder, i32>)>>;

fn below(id: i64, depth: u32) -> Tree {
    Folder::objects()
        .filter(move |f| f.id().eq(id))
        .select(|f| (f.id(), f.size()))
        .as_table()
        .recursive("below", depth, |found| {
            Folder::objects()
                .join(found, |(f, (id, _))| f.parent_id().eq(id))
                .select(|(f, _)| (f.id(), f.size()))
        })
}

/// So many steps and no more.
async fn tree_within_bounds(db: &Db) -> Result<()> {
    fill(db).await?;
    let ids = |depth| async move { below(1, depth).select(|(id, _)| id).all(db).await };
    assert_eq!(ids(0).await?, [1]);
    assert_eq!(ids(1).await?, [1, 2, 3]);
    assert_eq!(ids(2).await?, [1, 2, 3, 4, 5, 6]);
    assert_eq!(ids(3).await?, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(ids(30).await?, [1, 2, 3, 4, 5, 6, 7]);
    let sizes = below(2, 30).aggregate(|(_, size)| (size.sum(), count()));
    assert_eq!(sizes.get(db).await?, (Some(7920), 4));
    Ok(())
}

/// Beside other tables, and in subqueries of which some refer to the row around.
async fn tree_beside(db: &Db) -> Result<()> {
    fill(db).await?;
    let tree = below(2, 10);
    let rows = Folder::objects()
        .left_join(tree.clone(), |(f, (id, _))| f.id().eq(id))
        .filter(|(f, _)| f.id().gt(4))
        .select(|(f, (id, _))| (f.id(), id))
        .all(db)
        .await?;
    assert_eq!(rows, [(5, Some(5)), (6, None), (7, Some(7)), (8, None)]);
    let with_child = Folder::objects()
        .filter(|f| exists(tree.clone().filter(|(id, _)| id.eq(outer(f.parent_id())))))
        .select(|f| f.id())
        .all(db)
        .await?;
    assert_eq!(with_child, [4, 5, 7]);
    let others = Folder::objects().filter(|f| !f.id().is_among(&tree.clone().select(|(id, _)| id)));
    assert_eq!(others.count(db).await?, 4);
    let both = tree
        .clone()
        .select(|(id, _)| id)
        .union(&below(3, 10).select(|(id, _)| id));
    // Two tables of one name.
    assert!(both.all(db).await.is_err());
    Ok(())
}

async fn empty_first(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(below(99, 10).count(db).await?, 0);
    assert_eq!(below(8, 10).select(|(id, _)| id).all(db).await?, [8]);
    let nothing = Folder::objects()
        .none()
        .select(|f| f.id())
        .as_table()
        .recursive("nothing", 3, |found| found.select(|id| id + 1));
    assert_eq!(nothing.select(|id| id).all(db).await?, [0_i64; 0]);
    Ok(())
}

/// Once for each way, round after round.
async fn cycle_until_depth(db: &Db) -> Result<()> {
    circle(db).await?;
    let walk = Way::objects()
        .filter(|w| w.id().eq(2))
        .select(|w| (w.end(), value(1_i64)))
        .as_table()
        .recursive("walk", 4, |found| {
            found
                .join(Way::objects(), |((at, _), w)| w.start().eq(at))
                .select(|((_, n), w)| (w.end(), n + 1))
        })
        .select(|(at, n)| (n, at));
    // 3, then 1 and 4, then twice 2, then twice 3, then twice each of 1 and 4.
    assert_eq!(
        walk.all(db).await?,
        [
            (2, 1),
            (5, 1),
            (5, 1),
            (3, 2),
            (3, 2),
            (1, 3),
            (4, 3),
            (4, 3),
            (2, 4),
            (5, 4),
            (5, 4),
        ]
    );
    Ok(())
}

/// Each row once, and an end.
async fn cycle_ends(db: &Db) -> Result<()> {
    circle(db).await?;
    let reached = |depth| {
        Way::objects()
            .filter(|w| w.start().eq(2))
            .select(|w| w.end())
            .as_table()
            .recursive_distinct("reached", depth, |found| {
                found
                    .join(Way::objects(), |(at, w)| w.start().eq(at))
                    .select(|(_, w)| w.end())
            })
    };
    let all = |depth| async move { reached(depth).select(|at| at).all(db).await };
    assert_eq!(all(0).await?, [3]);
    assert_eq!(all(1).await?, [1, 3, 4]);
    assert_eq!(all(2).await?, [1, 2, 3, 4]);
    assert_eq!(all(12).await?, [1, 2, 3, 4]);
    let twice = reached(12);
    let pairs = twice.clone().join(twice, |(a, b)| a.lt(b));
    assert_eq!(pairs.count(db).await?, 6);
    let folders = Folder::objects().filter(|f| f.id().is_among(&reached(12).select(|at| at)));
    assert_eq!(folders.select(|f| f.id()).all(db).await?, [1, 2, 3, 4]);
    Ok(())
}

/// Six forks one behind the other: each doubles the ways.
async fn ways_that_meet(db: &Db) -> Result<()> {
    fill(db).await?;
    let price = Decimal::ONE;
    let mut ways = Vec::new();
    for start in 1..=6_i64 {
        for (id, end) in [(start * 2, start + 1), (start * 2 + 1, start + 1)] {
            ways.push(new!(Way {
                id,
                start,
                end,
                price
            }));
        }
    }
    Way::bulk_create(db, ways).await?;
    let reached = Way::objects()
        .filter(|w| w.start().eq(1))
        .select(|w| w.end())
        .as_table();
    let all = reached.clone().recursive("all_ways", 30, |found| {
        found
            .join(Way::objects(), |(at, w)| w.start().eq(at))
            .select(|(_, w)| w.end())
    });
    assert_eq!(all.count(db).await?, 2 + 4 + 8 + 16 + 32 + 64);
    let each = reached.recursive_distinct("each_row", 30, |found| {
        found
            .join(Way::objects(), |(at, w)| w.start().eq(at))
            .select(|(_, w)| w.end())
    });
    assert_eq!(each.select(|at| at).all(db).await?, [2, 3, 4, 5, 6, 7]);
    Ok(())
}

/// The first rows do not say how wide a column is.
async fn wide_columns(db: &Db) -> Result<()> {
    fill(db).await?;
    let long = "x".repeat(3000);
    let grown = Folder::objects()
        .filter(|f| f.id().eq(1))
        .select(|f| (f.name(), value(1_i64), value(0.5_f64), value("a"), f.size()))
        .as_table()
        .recursive("grown", 12, |found| {
            found.select(|(name, n, part, text, size)| {
                (
                    concat(concat(name, "-"), "日本"),
                    n * 30,
                    part * 0.125,
                    concat(text, long.as_str()),
                    size * 3,
                )
            })
        });
    let last = grown
        .order_by(|(_, n, ..)| n.desc())
        .select(|(name, n, part, text, size)| (name, n, part, text.length(), size))
        .first(db)
        .await?
        .expect("it has rows");
    assert_eq!(last.0, format!("root{}", "-日本".repeat(12)));
    assert_eq!(last.1, 30_i64.pow(12));
    assert_eq!(last.2, 0.5 * 0.125_f64.powi(12));
    assert_eq!((last.3, last.4), (36_001, 3_i32.pow(12)));
    // A column that is NULL in the first row.
    let missing = Folder::objects()
        .filter(|f| f.id().eq(1))
        .select(|f| (f.id(), f.parent().name()))
        .as_table()
        .recursive("missing", 3, |found| {
            found
                .join(Folder::objects(), |((id, _), f)| f.parent_id().eq(id))
                .select(|(_, f)| (f.id(), f.parent().name()))
        })
        .select(|(id, name)| (id, name));
    let rows = missing.all(db).await?;
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[0], (1, None));
    assert_eq!(rows[6], (7, Some("share".to_owned())));
    Ok(())
}

/// Columns of every type come out of the table as they are in the database, whatever the first row
/// holds.
async fn every_type(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    let mut first = Kinds {
        single: 0.1,
        bytes: vec![1],
        few: Vec::new(),
        short: String::new(),
        text: String::new(),
        ..Kinds::plain(1)
    };
    first.insert(db).await?;
    let date = chrono::NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date");
    let mut widest = Kinds {
        tiny: i8::MIN,
        small: i16::MIN,
        int: i32::MIN,
        big: i64::MIN,
        utiny: u8::MAX,
        usmall: u16::MAX,
        uint: u32::MAX,
        ubig: i64::MAX as u64,
        single: -1.25e30,
        double: 1e300,
        flag: false,
        short: "ä".repeat(20),
        text: "日".repeat(20_000),
        bytes: (0..=255).cycle().take(70_000).collect(),
        few: vec![255; 4],
        date,
        price: Decimal::new(999_999_999_999, 4),
        json: serde_json::json!({"long": "x".repeat(500)}),
        ip: "2001:db8:1111:2222:3333:4444:5555:6666"
            .parse()
            .expect("an address"),
        ..Kinds::plain(2)
    };
    widest.insert(db).await?;
    macro_rules! same {
        ($($field:ident),+) => {
            let direct = Kinds::objects().select(|k| (k.id(), $(k.$field()),+));
            let grown = Kinds::objects()
                .filter(|k| k.id().eq(1))
                .select(|k| (k.id(), $(k.$field()),+))
                .as_table()
                .recursive("grown", 3, |found| {
                    found
                        .join(Kinds::objects(), |(f, k)| k.id().eq(f.0 + 1))
                        .select(|(_, k)| (k.id(), $(k.$field()),+))
                })
                .select(|columns| columns);
            assert_eq!(grown.all(db).await?, direct.all(db).await?);
        };
    }
    same!(tiny, small, int, big, utiny, usmall, uint);
    same!(ubig, single, double, flag, short, text, bytes);
    same!(few, date, time, naive, at, span, delta);
    same!(uuid, price, json, ip);
    Ok(())
}

#[derive(Row, Debug, PartialEq)]
struct Branch {
    id: i64,
    up: Option<String>,
    depth: i64,
}

/// Structs with named fields are tables too, and steps.
async fn structs(db: &Db) -> Result<()> {
    fill(db).await?;
    let tree = Folder::objects()
        .filter(|f| f.id().eq(2))
        .select(|f| BranchColumns {
            id: f.id(),
            up: f.parent().name(),
            depth: value(0_i64),
        })
        .as_table()
        .recursive("tree", 9, |found| {
            Folder::objects()
                .join(found, |(f, found)| f.parent_id().eq(found.id))
                .select(|(f, found)| BranchColumns {
                    id: f.id(),
                    up: f.parent().name(),
                    depth: found.depth + 1,
                })
        });
    let rows = tree.filter(|b| b.depth.gt(0)).select(|b| b).all(db).await?;
    let row = |id, up: &str, depth| Branch {
        id,
        up: Some(up.to_owned()),
        depth,
    };
    assert_eq!(
        rows,
        [row(4, "usr", 1), row(5, "usr", 1), row(7, "share", 2)]
    );
    Ok(())
}

/// A recursive table has another name as any table can.
async fn named_again(db: &Db) -> Result<()> {
    fill(db).await?;
    let small = below(1, 10).filter(|(_, size)| size.lt(500)).named("small");
    let all = small
        .clone()
        .join(below(1, 10).named("all_of_it"), |((a, _), (b, _))| a.eq(b))
        .select(|((a, _), (b, _))| (a, b));
    assert_eq!(all.all(db).await?, [(1, 1), (2, 2), (3, 3), (4, 4)]);
    let more = small.recursive("more", 1, |found| {
        found
            .join(Folder::objects(), |((id, _), f)| f.parent_id().eq(id))
            .select(|(_, f)| (f.id(), f.size()))
    });
    let ids = more.select(|(id, _)| id).distinct().all(db).await?;
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    Ok(())
}

/// Decimals with ten digits behind the point, on every backend.
async fn decimals_and_dates(db: &Db) -> Result<()> {
    circle(db).await?;
    let paid = Way::objects()
        .filter(|w| w.id().eq(1))
        .select(|w| (w.end(), w.price(), value(1_i64)))
        .as_table()
        .recursive("paid", 3, |found| {
            found
                .join(Way::objects(), |((at, ..), w)| w.start().eq(at))
                .filter(|((at, ..), w)| w.start().ne(3) | w.end().eq(4) | at.lt(0))
                .select(|((_, sum, n), w)| (w.end(), sum + w.price() * w.price(), n + 1))
        });
    let rows = paid
        .clone()
        .order_by(|(_, _, n)| n)
        .select(|(at, sum, _)| (at, sum))
        .all(db)
        .await?;
    let cents = |n: i64| Decimal::new(n, 4);
    assert_eq!(
        rows,
        [(2, cents(10_000)), (3, cents(72_500)), (4, cents(72_525))]
    );
    let dear = paid.filter(|(_, sum, _)| sum.gt(Decimal::new(9, 0)));
    assert_eq!(dear.count(db).await?, 0);
    // Dates, day after day.
    let first = chrono::NaiveDate::from_ymd_opt(2024, 2, 27).expect("a date");
    let days = Folder::objects()
        .filter(|f| f.id().eq(1))
        .select(move |_| (value(first), value(0_i64)))
        .as_table()
        .recursive("days", 3, |found| {
            found.select(|(day, n)| (day + orm::query::days(1), n + 1))
        })
        .select(|(day, _)| day)
        .all(db)
        .await?;
    let day = |m, d| chrono::NaiveDate::from_ymd_opt(2024, m, d).expect("a date");
    assert_eq!(days, [first, day(2, 28), day(2, 29), day(3, 1)]);
    Ok(())
}

/// Numbers one after the other.
async fn numbers(db: &Db) -> Result<()> {
    fill(db).await?;
    let to = |n: u32| {
        Folder::objects()
            .filter(|f| f.id().eq(1))
            .select(|_| value(1_i64))
            .as_table()
            .recursive("numbers", n - 1, |found| found.select(|n| n + 1))
    };
    let all = to(31).select(|n| n).all(db).await?;
    assert_eq!(all, (1..=31).collect::<Vec<i64>>());
    // Missing ones.
    let free = to(12)
        .filter(|n| !n.is_among(&Folder::objects()))
        .select(|n| n)
        .limit(2)
        .all(db)
        .await?;
    assert_eq!(free, [9, 10]);
    // The step may stop by itself.
    let few = Folder::objects()
        .filter(|f| f.id().eq(1))
        .select(|_| value(1_i64))
        .as_table()
        .recursive("few", 30, |found| {
            found.filter(|n| n.lt(4)).select(|n| n + 1)
        });
    assert_eq!(few.select(|n| n).all(db).await?, [1, 2, 3, 4]);
    Ok(())
}

async fn groups_first(db: &Db) -> Result<()> {
    fill(db).await?;
    // Where nothing is below, up to the top; the first rows are groups, cut and ordered.
    let tops = Folder::objects()
        .filter(|f| f.parent().is_not_null())
        .group_by(|f| f.parent_id())
        .aggregate(|f| f.size().max())
        .as_table()
        .order_by(|(_, size)| size.desc())
        .limit(2)
        .recursive("tops", 5, |found| {
            found
                .join(Folder::objects(), |((id, _), f)| f.id().eq(id))
                .select(|((_, size), f)| (f.parent_id(), size))
        });
    let rows = tops.select(|(id, size)| (size, id)).all(db).await?;
    assert_eq!(
        rows,
        [
            (Some(600), None),
            (Some(7000), None),
            (Some(600), Some(1)),
            (Some(7000), Some(1)),
            (Some(7000), Some(2)),
            (Some(600), Some(3)),
            (Some(7000), Some(5)),
        ]
    );
    let distinct = Folder::objects()
        .select(|f| f.parent_id())
        .distinct()
        .as_table()
        .recursive_distinct("distinct_ones", 5, |found| {
            found
                .join(Folder::objects(), |(id, f)| f.id().eq(id))
                .select(|(_, f)| f.parent_id())
        });
    assert_eq!(
        distinct.select(|id| id).all(db).await?,
        [None, Some(1), Some(2), Some(3), Some(5)]
    );
    Ok(())
}

async fn streams_and_pages(db: &Db) -> Result<()> {
    fill(db).await?;
    let ids = below(1, 10).select(|(id, _)| id);
    let mut rows = ids.stream(db).await?;
    let mut seen = Vec::new();
    while let Some(id) = rows.next().await? {
        seen.push(id);
    }
    drop(rows);
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(ids.first(db).await?, Some(1));
    let one = below(1, 10)
        .filter(|(id, _)| id.eq(5))
        .select(|(_, size)| size);
    assert_eq!(one.get(db).await?, 500);
    let cut = below(1, 10)
        .order_by(|(_, size)| size.desc())
        .offset(1)
        .limit(2);
    assert_eq!(cut.select(|(id, _)| id).all(db).await?, [6, 5]);
    let folders = Folder::objects().filter(|f| f.id().is_among(&below(1, 10).select(|(id, _)| id)));
    let page = folders.page_after(None, 3).all(db).await?;
    assert_eq!(
        page.rows.iter().map(|f| f.id).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    let next = folders.page_after(page.next.as_deref(), 10).all(db).await?;
    assert_eq!(
        next.rows.iter().map(|f| f.id).collect::<Vec<_>>(),
        [4, 5, 6, 7]
    );
    assert!(!folders.explain(db).await?.is_empty());
    Ok(())
}

/// The step may ask other tables what it likes.
async fn steps_with_subqueries(db: &Db) -> Result<()> {
    circle(db).await?;
    let open = Folder::objects()
        .filter(|f| f.id().eq(1))
        .select(|f| f.id())
        .as_table()
        .recursive("open", 10, |found| {
            Folder::objects()
                .filter(|f| exists(Way::objects().filter(|w| w.start().eq(outer(f.id())))))
                .join(found, |(f, id)| f.parent_id().eq(id))
                .filter(|(f, _)| f.id().is_among(&Way::objects().select(|w| w.end())))
                .select(|(f, _)| f.id())
        });
    assert_eq!(open.select(|id| id).all(db).await?, [1, 2, 3]);
    // A table that has a name, in the step and beside it.
    let ends = Way::objects().select(|w| w.end()).as_table().named("ends");
    let reached = Folder::objects()
        .filter(|f| f.id().eq(1))
        .select(|f| f.id())
        .as_table()
        .recursive("reached", 10, |found| {
            Folder::objects()
                .join(found, |(f, id)| f.parent_id().eq(id))
                .filter(|(f, _)| f.id().is_among(&ends.clone().select(|id| id)))
                .select(|(f, _)| f.id())
        });
    let both = reached
        .join(ends, |(a, b)| a.eq(b))
        .select(|(a, _)| a)
        .distinct()
        .all(db)
        .await?;
    assert_eq!(both, [1, 2, 3, 4]);
    Ok(())
}

async fn in_transactions(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    Folder::create(
        &tx,
        new!(Folder {
            id: 9,
            parent: Some(7),
            name: "new",
            size: 9
        }),
    )
    .await?;
    assert_eq!(below(1, 10).count(&tx).await?, 8);
    tx.rollback().await?;
    assert_eq!(below(1, 10).count(db).await?, 7);
    let done = db
        .atomic(async |tx| {
            let ids = below(2, 10).select(|(id, _)| id).all(&tx).await?;
            Folder::objects()
                .filter(|f| f.id().is_in(ids.clone()))
                .update(|f| f.size().set(0))
                .exec(&tx)
                .await
        })
        .await?;
    assert_eq!(done, 4);
    let sizes = below(1, 10)
        .aggregate(|(_, size)| size.sum())
        .get(db)
        .await?;
    assert_eq!(sizes, Some(631));
    Ok(())
}

async fn wrong_steps(db: &Db) -> Result<()> {
    fill(db).await?;
    let first = || Folder::objects().select(|f| f.id()).as_table();
    let fails = |table: Query<Derived<Column<Folder, i64>>>| async move {
        let refused = table.select(|id| id).all(db).await;
        refused.expect_err("it is refused").to_string()
    };
    let text = fails(first().recursive("t", 3, |found| found.select(|id| id).limit(3))).await;
    assert!(text.contains("is a plain select"), "{text}");
    let text = fails(first().recursive("t", 3, |found| found.select(|id| id).distinct())).await;
    assert!(text.contains("is a plain select"), "{text}");
    let twice = first().recursive("t", 3, |found| {
        found
            .clone()
            .join(found, |(a, b)| a.eq(b))
            .select(|(a, _)| a)
    });
    let text = fails(twice).await;
    assert!(text.contains("reads the rows found once"), "{text}");
    let inside = first().recursive("t", 3, |found| {
        Folder::objects()
            .filter(|f| f.id().is_among(&found.select(|id| id)))
            .select(|f| f.id())
    });
    let text = fails(inside).await;
    assert!(text.contains("reads the rows found once"), "{text}");
    let never = first().recursive("t", 3, |_| Folder::objects().select(|f| f.id()));
    assert!(fails(never).await.contains("reads the rows found once"));
    let missing = first().recursive("t", 3, |found| {
        Folder::objects()
            .left_join(found, |(f, id)| f.parent_id().eq(id))
            .select(|(f, _)| f.id())
    });
    let text = fails(missing).await;
    assert!(text.contains("cannot left-join the rows found"), "{text}");
    // Out of the closure.
    let mut kept = None;
    let table = first().recursive("t", 3, |found| {
        kept = Some(found.clone());
        found.select(|id| id)
    });
    assert_eq!(table.filter(|id| id.eq(1)).count(db).await?, 4);
    let kept = kept.expect("it was called");
    let text = kept.count(db).await.expect_err("no table").to_string();
    assert!(text.contains("outside of the step"), "{text}");
    Ok(())
}

/// As deep as asked, or an error: never fewer rows.
async fn deep_on_every_backend(db: &Db) -> Result<()> {
    fill(db).await?;
    let most = db.dialect().features().max_recursion;
    let to = |depth: u32| {
        Folder::objects()
            .filter(|f| f.id().eq(1))
            .select(|_| value(0_i64))
            .as_table()
            .recursive("deep", depth, |found| found.select(|n| n + 1))
    };
    let asked = most.min(1500);
    assert_eq!(to(asked).count(db).await?, u64::from(asked) + 1);
    if let Some(more) = most.checked_add(1) {
        let text = to(more).count(db).await.expect_err("too deep").to_string();
        assert!(text.contains("max_recursive_cte_iterations"), "{text}");
    }
    Ok(())
}
