//! The SQL of query forms, on every dialect, with no database.
#![allow(missing_docs, reason = "models of a test")]

use orm::dialect::{self, Dialect};
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(name))]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(max_length = 200)]
    pub email: Option<String>,
    #[field(by = "author")]
    pub articles: Reverse<Article>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(-published_at))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(on_delete = "cascade")]
    pub author: ForeignKey<Author>,
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>,
    pub tags: ManyToMany<Tag>,
    #[field(default = 0)]
    pub views: i64,
    pub published_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
}

fn sqlite() -> &'static dyn Dialect {
    dialect::by_name("sqlite").expect("it exists")
}

#[test]
fn a_filter_over_a_relation_joins_once_and_orders_totally() {
    let query = Article::objects()
        .filter(|a| a.author().name().icontains("ann") & a.views().gt(100))
        .exclude(|a| a.editor().is_null())
        .order_by(|a| a.author().name().asc())
        .with(|a| (a.author(), a.editor()))
        .limit(20);
    let sql = query.to_sql(sqlite()).expect("renders");
    insta::assert_snapshot!(sql.text);
}

#[test]
fn the_key_of_a_relation_needs_no_join() {
    let query = Article::objects()
        .filter(|a| a.author().eq(7) & a.author().id().gt(3) & a.author_id().lt(9));
    insta::assert_snapshot!(query.to_sql(sqlite()).expect("renders").text);
}

#[test]
fn to_many_conditions_are_semi_joins() {
    let query = Article::objects()
        .filter(|a| a.tags().any(|t| t.name().eq("rust")) | a.tags().none(|t| t.name().eq("go")))
        .filter_some(Some(3), |a, n| a.tags().count().gt(n));
    insta::assert_snapshot!(query.to_sql(sqlite()).expect("renders").text);
    let query = Author::objects().filter(|a| a.articles().all(|x| x.author().name().eq("x")));
    insta::assert_snapshot!(query.to_sql(sqlite()).expect("renders").text);
}

#[test]
fn groups_are_ordered_by_their_keys() {
    let query = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| a.id().count().gt(3))
        .aggregate(|a| (count(), a.views().avg()));
    insta::assert_snapshot!(query.to_sql(sqlite()).expect("renders").text);
}

#[test]
fn tuples_are_typed() {
    let query = Article::objects()
        .select(|a| (a.id(), a.author().name(), a.editor().email()))
        .distinct();
    insta::assert_snapshot!(query.to_sql(sqlite()).expect("renders").text);
}

#[test]
fn an_update_uses_its_own_columns() {
    let update = Article::objects()
        .filter(|a| a.author().name().eq("ann"))
        .update(|a| {
            (
                a.views().set(a.views() + 1),
                a.title().set("x"),
                a.editor().set(None::<i64>),
            )
        });
    insta::assert_snapshot!(update.to_sql(sqlite()).expect("renders").text);
}

#[test]
fn new_takes_values_objects_and_keys() {
    let ann = Author {
        id: Auto::from(1),
        name: "Ann".into(),
        email: None,
        articles: Reverse::new(),
    };
    let new = new!(Article {
        title: "Hello",
        author: &ann,
        editor: Some(&ann),
        published_at: Utc::now()
    });
    let other = new!(Article {
        title: "Hello".to_owned(),
        author: 1,
        editor: None::<i64>,
        published_at: Utc::now()
    });
    assert_ne!(format!("{new:?}"), format!("{other:?}"));
}

fn on(name: &str) -> &'static dyn Dialect {
    dialect::by_name(name).expect("it exists")
}

#[test]
fn values_of_other_rows_are_joined_or_selected() {
    let update = || {
        Article::objects()
            .filter(|a| a.views().gt(1))
            .update(|a| a.title().set(a.editor().name().upper()))
    };
    insta::assert_snapshot!(update().to_sql(sqlite()).expect("renders").text);
    for name in ["mysql", "mariadb", "singlestore"] {
        let sql = update().to_sql(on(name)).expect("renders");
        insta::assert_snapshot!(format!("update_joins_{name}"), sql.text);
    }
}

#[test]
fn a_page_is_a_range() {
    let query = Article::objects().order_by(|a| (a.editor_id().desc(), a.views().asc()));
    let article = Article {
        id: Auto::from(7),
        title: "x".into(),
        author: ForeignKey::new(1),
        editor: Some(ForeignKey::new(2)),
        tags: ManyToMany::default(),
        views: 3,
        published_at: DateTime::UNIX_EPOCH,
    };
    let cursor = query.cursor_of(&article).expect("its own columns");
    let page = query.page_after(Some(&cursor), 10);
    insta::assert_snapshot!(page.to_sql(sqlite()).expect("renders").text);
    let none = Article {
        editor: None,
        ..article
    };
    let cursor = query.cursor_of(&none).expect("its own columns");
    let page = query.page_before(Some(&cursor), 10);
    insta::assert_snapshot!(page.to_sql(on("singlestore")).expect("renders").text);
}

#[test]
fn the_first_of_each_kind_is_numbered() {
    let query = Article::objects()
        .filter(|a| a.views().gt(1))
        .distinct_on(|a| a.author_id());
    insta::assert_snapshot!(query.to_sql(on("singlestore")).expect("renders").text);
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", index(fields(title, body), kind = "fulltext"))]
pub struct Note {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub title: String,
    pub body: String,
    pub look: Vector<2>,
}

/// The text behind the columns, or why there is none.
fn tail<M: Model>(query: &QuerySet<M>, dialect: &str) -> String {
    let dialect = dialect::by_name(dialect).expect("it exists");
    match query.to_sql(dialect) {
        Ok(sql) => sql
            .text
            .split_once(" AS t0 ")
            .expect("a table")
            .1
            .to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn vectors_are_compared_where_there_are_functions() {
    let wanted = Vector::from([0.5, 1.0]);
    let query = Note::filter(|n| n.look().dot_product(&wanted).gt(0.9))
        .order_by(|n| n.look().euclidean_distance(&wanted))
        .limit(3);
    insta::assert_snapshot!(tail(&query, "singlestore"), @"WHERE DOT_PRODUCT(t0.`look`, (? :> VECTOR(2))) > ? ORDER BY EUCLIDEAN_DISTANCE(t0.`look`, (? :> VECTOR(2))), t0.`id` LIMIT 3");
    insta::assert_snapshot!(tail(&query, "sqlite"), @r#"WHERE orm_dot_product(t0."look", ?) > ? ORDER BY orm_euclidean_distance(t0."look", ?), t0."id" LIMIT 3"#);
    for dialect in ["mysql", "mariadb"] {
        let refused = tail(&query, dialect);
        assert!(
            refused.contains("does not support the distance of vectors"),
            "{refused}"
        );
    }
}

#[derive(Model, Debug, Clone)]
#[model(
    app = "blog",
    index(fields(title, body), kind = "fulltext", version = 2)
)]
#[model(index(
    fields[look],
    kind = "vector",
    index_type = "ivf_pqfs",
    metric_type = "dot_product"
))]
#[model(index(fields[mood], kind = "vector", index_type = "hnsw_flat"))]
pub struct Picture {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub title: String,
    pub body: String,
    pub note: String,
    pub look: Vector<2>,
    pub mood: Vector<2>,
    pub shape: Vector<2>,
    pub author: ForeignKey<Author>,
}

type OfPicture = <Picture as Model>::Fields<Picture, orm::model::Here>;

#[test]
fn the_nearest_are_found_by_an_index() {
    use orm::query::Nearest;
    let wanted = Vector::from([0.5, 1.0]);
    let near = |by: Nearest| {
        Picture::filter(|p| p.title().eq("x"))
            .order_by(|p| p.look().nearest(&wanted, by))
            .select(|p| (p.id(), p.author().name(), p.look().dot_product(&wanted)))
    };
    let text = |query: &orm::query::SelectQuery<Picture, _>, on_| match query.to_sql(on(on_)) {
        Ok(sql) => format!("{} {:?}", sql.text, sql.params),
        Err(error) => error.to_string(),
    };
    let first = near(Nearest::dot_product().candidates(40).nprobe(8))
        .limit(5)
        .offset(2);
    insta::assert_snapshot!(text(&first, "singlestore"));
    insta::assert_snapshot!(text(&first, "sqlite"));
    let exact = near(Nearest::dot_product().exact());
    insta::assert_snapshot!(text(&exact, "singlestore"));
    // With what is not selected, and no options.
    let keys = Picture::objects()
        .order_by(|p| p.mood().nearest(&wanted, Nearest::euclidean_distance()))
        .limit(3);
    let of = Article::filter(|a| a.id().is_among(&keys));
    insta::assert_snapshot!(of.to_sql(on("singlestore")).expect("renders").text);
    let refused = text(&first, "mariadb");
    assert!(refused.contains("the distance of vectors"), "{refused}");
}

#[test]
fn what_no_index_finds_is_refused_on_every_database() {
    use orm::query::Nearest;
    let wanted = Vector::from([0.5, 1.0]);
    type Near<'a> = &'a dyn Fn(&OfPicture) -> orm::query::OrderBy<Picture>;
    let by = |near: Near<'_>| Picture::objects().order_by(near).limit(3);
    let dot = Nearest::dot_product();
    let far = Nearest::euclidean_distance();
    let look = |n: Nearest| by(&|p| p.look().nearest(&wanted, n));
    let cases = [
        (
            by(&|p| p.shape().nearest(&wanted, far)),
            "`Picture.shape` has no vector index: add `index(fields(shape), kind = \"vector\", metric_type = \"euclidean_distance\")` to the model, or compare each vector with `Nearest::euclidean_distance().exact()`",
        ),
        (
            look(far),
            "compares by `dot_product`, not by `euclidean_distance`: use `Nearest::dot_product()`, or another index",
        ),
        (
            look(dot.ef(5)),
            "`ef` is of indexes of type `hnsw_…`, which `Picture.look` has none of",
        ),
        (
            by(&|p| p.mood().nearest(&wanted, far.nprobe(5))),
            "`nprobe` is of indexes of type `ivf_…`, which `Picture.mood` has none of",
        ),
        (look(dot.candidates(2)), "fewer candidates than rows"),
        (look(dot).reverse(), "the last rows by `nearest`"),
        (
            Picture::objects().order_by(|p| p.look().nearest(&wanted, dot)),
            "an order by `nearest` without a limit",
        ),
        (
            Picture::objects()
                .order_by(|p| (p.id().asc(), p.look().nearest(&wanted, dot)))
                .limit(3),
            "an order by `nearest` behind another order",
        ),
    ];
    for (query, why) in cases {
        for dialect in ["singlestore", "sqlite"] {
            let error = query.to_sql(on(dialect)).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}

#[test]
fn fields_are_searched_by_the_second_version() {
    use orm::query::{TextQuery, match_fields};
    type Search<'a> = &'a dyn Fn(&OfPicture) -> TextQuery<Picture>;
    let text = |search: Search<'_>| {
        let query = Picture::filter(|p| match_fields(search(p))).unordered();
        match query.to_sql(on("singlestore")) {
            Ok(sql) => {
                let (_, condition) = sql.text.split_once(" WHERE ").expect("a condition");
                format!("{condition} {:?}", sql.params)
            }
            Err(error) => error.to_string(),
        }
    };
    type Q = TextQuery<Picture>;
    for (found, expected) in [
        (
            text(&|p| Q::any_word(p.title(), "Green +tea")),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("(title:green OR title:tea)")]"#,
        ),
        (
            text(&|p| Q::all_words(p.title(), "AND")),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("title:and")]"#,
        ),
        (
            text(&|p| Q::phrase(p.body(), "a \"b\" c*")),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("body:\"a b c\"")]"#,
        ),
        (
            text(&|p| Q::near(p.body(), "a b", 5)),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("body:\"a b\"~5")]"#,
        ),
        (
            text(&|p| Q::fuzzy(p.body(), "tee", 2) & Q::prefix(p.title(), "green t")),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("(body:tee~2 AND (title:green AND title:t*))")]"#,
        ),
        (
            text(&|p| Q::phrase(p.body(), "a b").without(Q::any_word(p.title(), "?!"))),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("body:\"a b\"")]"#,
        ),
        (
            text(&|p| Q::any_word(p.body(), "") | Q::any_word(p.title(), "x")),
            r#"MATCH (TABLE t0) AGAINST (?) [Text("title:x")]"#,
        ),
        (
            text(&|p| Q::any_word(p.body(), "") & Q::any_word(p.title(), "x")),
            "1 = 0 []",
        ),
        (
            text(&|p| Q::fuzzy(p.body(), "tee", 3)),
            "a fuzzy search allows 1 or 2 wrong letters, not 3",
        ),
        (text(&|p| Q::any_word(p.note(), "x")), "is not over `note`"),
    ] {
        assert!(found.contains(expected), "{found}\n{expected}");
    }
    // The search stands in the text, whatever the protocol: also where the text is known already.
    for _ in 0..2 {
        let scored =
            Picture::objects().select(|p| match_fields(Q::any_word(p.title(), "a")).score());
        let inline = |sql: orm::dialect::Sql| sql.inline;
        assert!(scored.to_sql(on("singlestore")).is_ok_and(inline));
        let plain = Picture::filter(|p| p.title().eq("MATCH (TABLE BM25("));
        assert!(!plain.to_sql(on("singlestore")).is_ok_and(inline));
    }
    let other = Note::filter(|n| match_fields(TextQuery::any_word(n.title(), "x")));
    let error = other
        .to_sql(on("sqlite"))
        .expect_err("another version")
        .to_string();
    assert!(error.contains("`Note` has no full-text index of version 2: add `index(fields(title), kind = \"fulltext\", version = 2)`"), "{error}");
    let elsewhere = Picture::filter(|p| match_fields(TextQuery::any_word(p.title(), "x")));
    for dialect in ["mysql", "mariadb"] {
        let error = elsewhere
            .to_sql(on(dialect))
            .expect_err("none there")
            .to_string();
        assert!(
            error.contains("does not support full-text search by fields"),
            "{error}"
        );
    }
}

#[test]
fn full_text_is_searched_where_there_are_indexes() {
    use orm::query::match_against;
    let query = Note::filter(|n| match_against((n.title(), n.body()), "tea") & n.id().gt(1));
    for dialect in ["singlestore", "mysql", "mariadb"] {
        let text = tail(&query, dialect);
        let (condition, _) = text.split_once(" ORDER BY ").expect("an order");
        assert_eq!(
            condition, "WHERE MATCH (t0.`title`, t0.`body`) AGAINST (?) AND t0.`id` > ?",
            "{dialect}"
        );
    }
    // An index of the second version is searched otherwise, where it is one.
    let second = Picture::filter(|p| match_against((p.title(), p.body()), "tea"));
    insta::assert_snapshot!(tail(&second, "singlestore"), @"singlestore does not support a search by `match_against` over a full-text index of version 2: search by `match_fields`, or make the index one of the first version: leave out `version = 2`");
    let score = Picture::objects().order_by(|p| match_against(p.body(), "tea").score());
    assert!(tail(&score, "singlestore").contains("search by `match_fields`"));
    assert!(tail(&second, "mariadb").contains("AGAINST (?)"));
    insta::assert_snapshot!(tail(&query, "sqlite"), @"sqlite does not support full-text search: search by `contains` or `icontains`, or run on SingleStore, MySQL or MariaDB");
}

#[test]
fn options_stand_behind_the_whole() {
    use orm::query::Hint;
    let query = Note::objects()
        .limit(1)
        .hint(Hint::option("resource_pool", "a'b"));
    insta::assert_snapshot!(tail(&query, "singlestore"), @"ORDER BY t0.`id` LIMIT 1 OPTION (resource_pool = 'a''b')");
    for dialect in ["sqlite", "mysql", "mariadb"] {
        assert!(tail(&query, dialect).contains("does not support options of a query"));
    }
}

/// What a condition of one's own finds equal may be equal by the collation of one column alone.
#[test]
fn equal_columns_of_joins_do_not_stand_for_each_other() {
    use orm::query::{outer, scalar};
    let query = Article::objects()
        .join(Author::objects(), |(a, p)| a.title().eq(p.name()))
        .filter(|(a, p)| {
            let title = outer(a.title());
            let tags = Tag::filter(|t| t.name().eq(title)).aggregate(|_| count());
            p.name().gt("m") & scalar(tags).gt(0)
        })
        .select(|(a, _)| a.title());
    for dialect in ["mariadb", "sqlite"] {
        let dialect = dialect::by_name(dialect).expect("it exists");
        let text = query
            .to_sql(dialect)
            .expect("renders")
            .text
            .replace('"', "`");
        assert!(text.contains(".`name` = t0.`title`"), "{text}");
    }
}

/// A tree.
#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Topic {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = "set_null")]
    pub parent: Option<ForeignKey<Self>>,
    #[field(max_length = 20)]
    pub name: String,
    pub price: f64,
}

const DIALECTS: [&str; 4] = ["sqlite", "mysql", "mariadb", "singlestore"];

/// The text on each dialect, or why there is none.
fn everywhere(sql: impl Fn(&'static dyn Dialect) -> orm::Result<orm::dialect::Sql>) -> String {
    let text = |name| match sql(on(name)) {
        Ok(sql) => format!("-- {name}\n{}\n", sql.text),
        Err(error) => format!("-- {name}\n{error}\n"),
    };
    DIALECTS.map(text).concat()
}

#[test]
fn totals_are_ordered_outside_of_their_groups() {
    let query = Article::objects()
        .filter(|a| a.views().gt(7))
        .group_by(|a| (a.author().name(), a.views() + 1))
        .having(|a| count().gt(2) | a.views().sum().gt(9))
        .aggregate(|a| (count(), a.views().sum()))
        .rollup()
        .filter(|(_, (n, _))| n.lt(99))
        .order_by(|(_, (_, views))| views.desc())
        .limit(5)
        .select(|((name, views), (n, sum))| (name, views, n, sum));
    insta::assert_snapshot!(everywhere(|d| query.to_sql(d)));
}

#[test]
fn a_named_table_is_said_once() {
    let written = Article::objects()
        .filter(|a| a.views().gt(7))
        .group_by(|a| a.author_id())
        .aggregate(|_| count())
        .as_table()
        .named("written");
    let query = written
        .clone()
        .join(written.clone(), |((_, n), (_, more))| n.lt(more))
        .filter(|((author, _), _)| {
            author.is_among(
                &written
                    .clone()
                    .filter(|(_, n)| n.gt(2))
                    .select(|(id, _)| id),
            )
        })
        .select(|((a, _), (b, n))| (a, b, n));
    insta::assert_snapshot!(everywhere(|d| query.to_sql(d)));
    let union = written
        .clone()
        .select(|(id, n)| (id, n))
        .union(
            &written
                .clone()
                .filter(|(_, n)| n.lt(9))
                .select(|(id, n)| (id, n)),
        )
        .limit(3);
    insta::assert_snapshot!(everywhere(|d| union.to_sql(d)));
    let update = Author::objects()
        .filter(|a| {
            a.id().is_among(&written.clone().select(|(id, _)| id))
                & !a.id().is_among(
                    &written
                        .clone()
                        .filter(|(_, n)| n.gt(5))
                        .select(|(id, _)| id),
                )
        })
        .update(|a| a.name().set("x"));
    insta::assert_snapshot!(everywhere(|d| update.to_sql(d)));
}

/// Topics below one, each with its path and what the way there costs.
fn tree(depth: u32) -> impl Fn(&'static dyn Dialect) -> orm::Result<orm::dialect::Sql> {
    use orm::query::{concat, value};
    let tree = Topic::objects()
        .filter(|t| t.parent().is_null())
        .select(|t| (t.id(), t.name(), t.price(), value(0_i64)))
        .as_table()
        .recursive("tree", depth, |found| {
            Topic::objects()
                .join(found, |(t, (id, ..))| t.parent_id().eq(id))
                .filter(|(t, _)| t.name().ne("x"))
                .select(|(t, (_, path, price, n))| {
                    (t.id(), concat(path, t.name()), price + t.price(), n + 1)
                })
        });
    let query = Topic::objects()
        .join(tree, |(t, (id, ..))| t.id().eq(id))
        .filter(|(_, (.., n))| n.gt(1))
        .select(|(t, (_, path, price, _))| (t.name(), path, price));
    move |d| query.to_sql(d)
}

#[test]
fn a_recursive_table_has_room_for_what_follows() {
    insta::assert_snapshot!(everywhere(tree(30)));
    let deeper = everywhere(tree(31));
    assert!(
        deeper.contains(
            "singlestore does not support this type of query: Recursive CTE with more iterations than \
             max_recursive_cte_iterations: 31 steps were asked for: ask for 30 at most"
        ),
        "{deeper}"
    );
}

fn above(id: i64) -> orm::query::Query<orm::query::Derived<orm::query::Column<Topic, i64>>> {
    Topic::objects()
        .filter(move |t| t.id().eq(id))
        .select(|t| t.id())
        .as_table()
        .recursive_distinct("above", 10, |found| {
            found
                .join(Topic::objects(), |(id, t)| t.parent_id().eq(id))
                .select(|(_, t)| t.id())
        })
}

#[test]
fn a_set_is_made_of_the_rows_found() {
    insta::assert_snapshot!(everywhere(|d| above(1).select(|id| id).to_sql(d)));
    let update = Topic::objects()
        .filter(|t| t.id().is_among(&above(1).select(|id| id)))
        .update(|t| t.name().set("x"));
    insta::assert_snapshot!(everywhere(|d| update.to_sql(d)));
}

#[derive(Model, Debug, Clone)]
#[model(app = "shop", primary_key(tenant, number), shard_key(tenant))]
pub struct Item {
    pub tenant: i64,
    pub number: i64,
}

#[test]
fn tuples_are_ranges_and_lists() {
    use orm::query::tuple;
    let of = |name: &str, query: QuerySet<Item>| {
        let text = query.to_sql(on(name)).expect("renders").text;
        let (_, condition) = text.split_once(" WHERE ").expect("a condition");
        let (condition, _) = condition.split_once(" ORDER BY ").expect("an order");
        condition.to_owned()
    };
    let three = [(1, 2), (3, 4), (5, 6)];
    let list = || Item::filter(|i| tuple((i.tenant(), i.number())).is_in(three));
    insta::assert_snapshot!(of("sqlite", list()));
    insta::assert_snapshot!(of("mariadb", list()));
    insta::assert_snapshot!(of("singlestore", list()));
    for name in ["sqlite", "mysql", "mariadb", "singlestore"] {
        let after = Item::filter(|i| tuple((i.tenant(), i.number())).gte((1, 2)));
        let text = of(name, after).replace(['`', '"'], "");
        assert_eq!(
            text, "t0.tenant >= ? AND (t0.tenant > ? OR t0.number >= ?)",
            "{name}"
        );
    }
}

#[cfg(feature = "json")]
mod documents {
    use super::on;
    use orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", primary_key(tenant, number), shard_key(tenant))]
    pub struct Paper {
        pub tenant: i64,
        pub number: i64,
        pub data: serde_json::Value,
    }

    #[test]
    fn places_in_documents_are_set_and_removed() {
        let update = || {
            Paper::filter(|i| i.tenant().eq(1)).update(|i| {
                (
                    i.data().key("a").key("it's").set("x"),
                    i.data().key("b").item(0).set(i.number() + 1),
                    i.data().key("c").remove(),
                )
            })
        };
        for name in ["sqlite", "mysql", "mariadb", "singlestore"] {
            let sql = update().to_sql(on(name)).expect("renders");
            insta::assert_snapshot!(format!("json_places_{name}"), sql.text);
        }
        let five = Paper::objects().update(|i| {
            let set = |key: &str| i.data().key(key).set(1);
            ["a", "b", "c", "d", "e"].map(set).to_vec()
        });
        assert!(five.to_sql(on("mariadb")).is_ok());
        let refused = five.to_sql(on("singlestore")).expect_err("refused");
        assert!(
            refused.to_string().contains("an update for each four"),
            "{refused}"
        );
    }
}
