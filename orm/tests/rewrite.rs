//! Queries that SingleStore refuses, in the form in which they are sent, and those that have none.

use orm::ast::{
    AggregateFunc, Alias, BinaryOp, Delete, Expr, From, Func, Join, JoinKind, LikeKind, Order,
    Select, SelectItem, Statement, Update,
};
use orm::dialect::{RenderError, by_name};
use orm::value::Value;

const AUTHOR: Alias = Alias(0);
const BOOK: Alias = Alias(1);
const PAGE: Alias = Alias(2);

fn col(table: Alias, name: &'static str) -> Expr {
    Expr::column(table, name)
}

fn eq(left: Expr, right: Expr) -> Expr {
    Expr::binary(left, BinaryOp::Eq, right)
}

fn aggregate(func: AggregateFunc, arg: Option<Expr>) -> Expr {
    Expr::Aggregate {
        func,
        arg: arg.map(Box::new),
        distinct: false,
        decimal: false,
    }
}

fn item(expr: Expr, alias: &'static str) -> SelectItem {
    SelectItem {
        expr,
        alias: Some(alias.into()),
    }
}

/// A subquery on the books of the author outside.
fn books(value: Expr) -> Select {
    Select {
        columns: vec![item(value, "v")],
        filter: Some(Expr::And(vec![
            eq(col(BOOK, "author_id"), col(AUTHOR, "id")),
            Expr::binary(
                col(BOOK, "year"),
                BinaryOp::Gt,
                Expr::Value(Value::Int(2000)),
            ),
        ])),
        ..Select::from_table("book", BOOK)
    }
}

fn count() -> Expr {
    Expr::Scalar(Box::new(books(aggregate(AggregateFunc::Count, None))))
}

fn ascending(expr: Expr) -> Order {
    Order {
        expr,
        descending: false,
    }
}

/// Authors with one more column.
fn authors(value: Expr) -> Select {
    Select {
        columns: vec![item(col(AUTHOR, "name"), "name"), item(value, "value")],
        order_by: vec![ascending(col(AUTHOR, "id"))],
        ..Select::from_table("author", AUTHOR)
    }
}

fn on_singlestore(select: Select) -> Result<String, RenderError> {
    let dialect = by_name("singlestore").expect("it exists");
    let sql = dialect.render(&Statement::Select(select))?;
    Ok(sql.text.into_owned())
}

#[track_caller]
fn sent(select: Select, expected: &str) {
    assert_eq!(on_singlestore(select).expect("renders"), expected);
}

#[track_caller]
fn refused(select: Select, class: &str) {
    let error = on_singlestore(select).expect_err("refused");
    let RenderError::UnsupportedQueryShape {
        class: found, hint, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(*found, class);
    assert!(!hint.is_empty());
    assert!(error.to_string().contains(class));
}

#[test]
fn a_count_in_the_list_is_joined() {
    sent(
        authors(count()),
        "SELECT t0.`name` AS `name`, COALESCE(t2.`a1`, ?) AS `value` FROM `author` AS t0 \
         LEFT JOIN (SELECT t1.`author_id` AS `k0`, COUNT(*) AS `a1` FROM `book` AS t1 \
         WHERE t1.`year` > ? GROUP BY t1.`author_id`) AS t2 ON t2.`k0` = t0.`id` ORDER BY t0.`id`",
    );
}

#[test]
fn other_databases_take_it_as_it_is() {
    for name in ["sqlite", "mysql", "mariadb"] {
        let sql = by_name(name).expect("it exists");
        let sql = sql
            .render(&Statement::Select(authors(count())))
            .expect("renders");
        assert!(!sql.text.contains("JOIN"), "{name}: {}", sql.text);
    }
}

#[test]
fn the_same_subquery_is_joined_once_and_ordered_by_its_place() {
    let mut select = authors(count());
    select.order_by.insert(0, ascending(count()));
    let text = on_singlestore(select).expect("renders");
    assert_eq!(text.matches("LEFT JOIN").count(), 1, "{text}");
    assert!(text.ends_with("ORDER BY 2, t0.`id`"), "{text}");
}

#[test]
fn other_aggregates_are_null_where_nothing_matches() {
    let largest = aggregate(AggregateFunc::Max, Some(col(BOOK, "year")));
    let text = on_singlestore(authors(Expr::Scalar(Box::new(books(largest))))).expect("renders");
    assert!(text.contains("t2.`a1` AS `value`"), "{text}");
    assert!(!text.contains("COALESCE"), "{text}");
}

#[test]
fn exists_is_whether_a_partner_is_there() {
    let exists = Expr::Exists(Box::new(books(Expr::Value(Value::Int(1)))));
    sent(
        authors(exists),
        "SELECT t0.`name` AS `name`, t2.`a0` IS NOT NULL AS `value` FROM `author` AS t0 \
         LEFT JOIN (SELECT t1.`author_id` AS `k0`, ? AS `a0` FROM `book` AS t1 \
         WHERE t1.`year` > ? GROUP BY t1.`author_id`) AS t2 ON t2.`k0` = t0.`id` ORDER BY t0.`id`",
    );
}

#[test]
fn a_subquery_in_an_aggregate_is_joined_first() {
    let total = aggregate(AggregateFunc::Sum, Some(count()));
    let select = Select {
        columns: vec![item(col(AUTHOR, "country"), "country"), item(total, "n")],
        group_by: vec![col(AUTHOR, "country")],
        order_by: vec![ascending(col(AUTHOR, "country"))],
        ..Select::from_table("author", AUTHOR)
    };
    let text = on_singlestore(select).expect("renders");
    assert!(text.contains("SUM(COALESCE(t2.`a1`, ?)) AS `n`"), "{text}");
    assert!(text.contains("GROUP BY t0.`country` ORDER BY"), "{text}");
}

#[test]
fn groups_are_also_made_of_what_having_compares() {
    let select = Select {
        columns: vec![item(col(AUTHOR, "id"), "id")],
        group_by: vec![col(AUTHOR, "id")],
        having: Some(Expr::binary(
            aggregate(AggregateFunc::Count, None),
            BinaryOp::Lt,
            count(),
        )),
        order_by: vec![ascending(col(AUTHOR, "id"))],
        ..Select::from_table("author", AUTHOR)
    };
    let text = on_singlestore(select).expect("renders");
    assert!(
        text.contains("GROUP BY t0.`id`, t2.`a2_1` HAVING COUNT(*) < COALESCE(t2.`a2_1`, ?)"),
        "{text}"
    );
}

/// One column more among the keys would be one level of totals more.
#[test]
fn totals_are_not_made_over_what_having_compares() {
    let select = Select {
        columns: vec![item(col(AUTHOR, "id"), "id")],
        group_by: vec![col(AUTHOR, "id")],
        rollup: true,
        having: Some(Expr::binary(
            aggregate(AggregateFunc::Count, None),
            BinaryOp::Lt,
            count(),
        )),
        ..Select::from_table("author", AUTHOR)
    };
    let refused = on_singlestore(select).expect_err("a level of its own");
    assert!(refused.to_string().contains("ROLLUP"), "{refused}");
}

/// A value that groups are made of may come of several of the column that it is calculated of, so that
/// groups by both would be more.
#[test]
fn groups_by_what_is_calculated_of_a_subquery_stay_whole() {
    let select = Select {
        columns: vec![
            item(count(), "books"),
            item(aggregate(AggregateFunc::Count, None), "n"),
        ],
        group_by: vec![count()],
        order_by: vec![ascending(count())],
        ..Select::from_table("author", AUTHOR)
    };
    let text = on_singlestore(select).expect("renders");
    assert!(text.ends_with("GROUP BY 1 ORDER BY 1"), "{text}");
}

/// MariaDB finds other groups than are there; it is given the joined form.
#[test]
fn mariadb_joins_what_having_aggregates_of_subqueries() {
    let pages = Select {
        columns: vec![item(aggregate(AggregateFunc::Count, None), "n")],
        filter: Some(eq(col(PAGE, "book_id"), col(BOOK, "id"))),
        ..Select::from_table("page", PAGE)
    };
    let having = |value: Expr| Select {
        columns: vec![item(col(AUTHOR, "id"), "id")],
        group_by: vec![col(AUTHOR, "id")],
        having: Some(Expr::binary(
            aggregate(AggregateFunc::Count, None),
            BinaryOp::Lt,
            Expr::Scalar(Box::new(books(value))),
        )),
        order_by: vec![ascending(col(AUTHOR, "id"))],
        ..Select::from_table("author", AUTHOR)
    };
    let pages = Expr::Scalar(Box::new(pages));
    let nested = having(aggregate(AggregateFunc::Sum, Some(pages)));
    let flat = having(aggregate(AggregateFunc::Max, Some(col(BOOK, "year"))));
    let joined = |name: &str, select: Select| {
        let sql = by_name(name)
            .expect("it exists")
            .render(&Statement::Select(select));
        sql.expect("renders").text.contains("HAVING COUNT(*) < t")
    };
    assert!(joined("mariadb", nested.clone()));
    assert!(!joined("mariadb", flat.clone()));
    assert!(!joined("mysql", nested));
    // Groups of a derived table.
    let derived = Select {
        from: Some(From::Subquery {
            select: Box::new(Select {
                columns: vec![item(col(Alias(7), "id"), "id")],
                ..Select::from_table("author", Alias(7))
            }),
            alias: AUTHOR,
        }),
        ..flat
    };
    assert!(joined("mariadb", derived.clone()));
    assert!(!joined("mysql", derived));
}

fn on(name: &str, select: Select) -> String {
    let dialect = by_name(name).expect("it exists");
    let sql = dialect.render(&Statement::Select(select));
    sql.expect("renders").text.into_owned()
}

/// MariaDB merges groups that are made of a subquery where an aggregate has to see them in an order.
#[test]
fn mariadb_joins_what_it_groups_by_beside_distinct_aggregates() {
    let grouped = |distinct: bool| {
        let earlier = Expr::Scalar(Box::new(Select {
            columns: vec![item(aggregate(AggregateFunc::Count, None), "n")],
            filter: Some(Expr::binary(
                col(BOOK, "id"),
                BinaryOp::Lt,
                col(AUTHOR, "id"),
            )),
            ..Select::from_table("book", BOOK)
        }));
        let names = Expr::Aggregate {
            func: AggregateFunc::Count,
            arg: Some(Box::new(col(AUTHOR, "name"))),
            distinct,
            decimal: false,
        };
        Select {
            columns: vec![item(earlier.clone(), "n"), item(names, "names")],
            group_by: vec![earlier],
            ..Select::from_table("author", AUTHOR)
        }
    };
    let joined = |name: &str, distinct| on(name, grouped(distinct)).contains(" LEFT JOIN (SELECT ");
    assert!(joined("mariadb", true));
    assert!(!joined("mariadb", false));
    assert!(!joined("mysql", true));
}

/// MariaDB gives the one row of constants, or of a table read by its key, in spite of the offset.
#[test]
fn mariadb_passes_over_rows_of_different_ones_apart() {
    let distinct = |expr: Expr, offset| Select {
        distinct: true,
        columns: vec![item(expr, "n")],
        limit: Some(1),
        offset: Some(offset),
        ..Select::from_table("author", AUTHOR)
    };
    let count = || {
        Expr::Scalar(Box::new(Select {
            columns: vec![item(aggregate(AggregateFunc::Count, None), "n")],
            ..Select::from_table("book", BOOK)
        }))
    };
    let books_of = || Expr::Scalar(Box::new(books(aggregate(AggregateFunc::Count, None))));
    for expr in [count(), col(AUTHOR, "id"), books_of()] {
        let plain = |name, offset| {
            let text = on(name, distinct(expr.clone(), offset));
            assert!(
                text.ends_with(&format!(" LIMIT 1 OFFSET {offset}")),
                "{text}"
            );
            !text.contains("FROM (SELECT DISTINCT ")
        };
        assert!(plain("mariadb", 0));
        assert!(!plain("mariadb", 1));
        assert!(plain("sqlite", 1));
    }
    // Where NULLs stand is asked of the column that is shown.
    let nulls = Select {
        order_by: vec![Order {
            expr: Expr::IsNull(Box::new(col(AUTHOR, "name"))),
            descending: true,
        }],
        ..distinct(col(AUTHOR, "name"), 1)
    };
    let text = on("mariadb", nulls);
    assert!(text.contains("FROM (SELECT DISTINCT "), "{text}");
    assert!(text.contains(" IS NULL DESC LIMIT 1 OFFSET 1"), "{text}");
    // A derived table cannot ask the row around it.
    let inner = Select {
        distinct: true,
        limit: Some(1),
        offset: Some(1),
        ..books(col(BOOK, "title"))
    };
    let outer = Select {
        columns: vec![item(Expr::Scalar(Box::new(inner)), "n")],
        ..Select::from_table("author", AUTHOR)
    };
    let text = on("mariadb", outer);
    assert!(!text.contains("FROM (SELECT DISTINCT "), "{text}");
}

/// MariaDB takes an aggregate in a named table for one within the aggregate that asks for it.
#[test]
fn mariadb_joins_named_tables_in_aggregates() {
    let asked = |source: From| {
        let pages = Expr::Scalar(Box::new(Select {
            columns: vec![item(aggregate(AggregateFunc::Count, None), "n")],
            from: Some(source),
            filter: Some(eq(col(PAGE, "book_id"), col(AUTHOR, "id"))),
            ..Select::empty()
        }));
        Select {
            columns: vec![item(aggregate(AggregateFunc::Max, Some(pages)), "most")],
            ..Select::from_table("author", AUTHOR)
        }
    };
    let table = orm::ast::WithTable {
        name: "read".into(),
        select: Select {
            columns: vec![item(col(PAGE, "book_id"), "book_id")],
            ..Select::from_table("page", PAGE)
        },
        step: None,
    };
    let named = From::With {
        table: std::sync::Arc::new(table),
        alias: PAGE,
    };
    let plain = From::Table {
        name: "page".into(),
        alias: PAGE,
    };
    let joined = |source| on("mariadb", asked(source)).contains(" LEFT JOIN (SELECT ");
    assert!(joined(named));
    assert!(!joined(plain));
}

/// Columns of derived tables may stand for subqueries, which MySQL's family takes in no row.
#[test]
fn rows_are_looked_for_in_selects_where_a_database_can() {
    let looked_for = |source: From| Select {
        columns: vec![item(col(AUTHOR, "id"), "id")],
        from: Some(source),
        filter: Some(Expr::RowInSelect {
            exprs: vec![col(AUTHOR, "id"), col(AUTHOR, "name")],
            select: Box::new(Select {
                columns: vec![
                    item(col(BOOK, "author_id"), "a"),
                    item(col(BOOK, "title"), "b"),
                ],
                ..Select::from_table("book", BOOK)
            }),
        }),
        ..Select::empty()
    };
    let plain = From::Table {
        name: "author".into(),
        alias: AUTHOR,
    };
    let newest = Expr::Scalar(Box::new(Select {
        columns: vec![item(
            aggregate(AggregateFunc::Max, Some(col(Alias(3), "title"))),
            "newest",
        )],
        filter: Some(eq(col(Alias(3), "id"), col(PAGE, "book_id"))),
        ..Select::from_table("book", Alias(3))
    }));
    let derived = From::Subquery {
        select: Box::new(Select {
            columns: vec![item(col(PAGE, "id"), "id"), item(newest, "name")],
            ..Select::from_table("page", PAGE)
        }),
        alias: AUTHOR,
    };
    for name in ["sqlite", "mysql", "mariadb"] {
        let text = on(name, looked_for(plain.clone()));
        assert!(text.contains(") IN (SELECT t"), "{text}");
    }
    let exists = "EXISTS (SELECT 1 AS `c0` FROM `book` AS t1 WHERE t1.`author_id` = t0.`id` AND t1.`title` = t0.`name`)";
    let text = on("singlestore", looked_for(plain));
    assert!(text.contains(exists), "{text}");
    let text = on("mysql", looked_for(derived.clone()));
    assert!(text.contains(exists), "{text}");
    // MariaDB makes IN of such an EXISTS, and then refuses it.
    let text = on("mariadb", looked_for(derived.clone()));
    assert!(
        !text.contains(" IN (") && !text.contains("EXISTS"),
        "{text}"
    );
    assert!(on("sqlite", looked_for(derived)).contains(") IN (SELECT t"));
}

fn on_sqlite(select: Select) -> String {
    let dialect = by_name("sqlite").expect("it exists");
    let sql = dialect.render(&Statement::Select(select)).expect("renders");
    sql.text.into_owned()
}

/// Authors of books with such a condition, as a relation asks for them.
fn with_books(condition: Expr) -> Select {
    let books = Select {
        columns: vec![SelectItem {
            expr: col(BOOK, "author_id"),
            alias: None,
        }],
        filter: Some(Expr::And(vec![
            Expr::IsNotNull(Box::new(col(BOOK, "author_id"))),
            condition,
        ])),
        ..Select::from_table("book", BOOK)
    };
    Select {
        columns: vec![item(col(AUTHOR, "name"), "name")],
        filter: Some(Expr::InSelect {
            expr: Box::new(col(AUTHOR, "id")),
            select: Box::new(books),
        }),
        order_by: vec![ascending(col(AUTHOR, "id"))],
        ..Select::from_table("author", AUTHOR)
    }
}

#[test]
fn sqlite_looks_by_an_index_for_what_it_would_have_to_list() {
    let late = Expr::binary(col(BOOK, "printed"), BinaryOp::Gt, col(BOOK, "promised"));
    assert_eq!(
        on_sqlite(with_books(late.clone())),
        "SELECT t0.\"name\" AS \"name\" FROM \"author\" AS t0 WHERE EXISTS (SELECT 1 AS \"c0\" FROM \"book\" AS t1 \
         WHERE t1.\"author_id\" = t0.\"id\" AND t1.\"printed\" > t1.\"promised\") ORDER BY t0.\"id\"",
    );
    // An index may find the few with a value.
    let titled = eq(col(BOOK, "title"), Expr::Value(Value::Text("Emma".into())));
    assert!(on_sqlite(with_books(titled)).contains(" IN (SELECT "));
    let mut others = with_books(late);
    others.filter = others.filter.map(|f| Expr::Not(Box::new(f)));
    let text = on_sqlite(others);
    assert!(
        text.contains("WHERE NOT (EXISTS (SELECT")
            && text.contains("AND (t0.\"id\" IS NOT NULL OR NOT (EXISTS (SELECT"),
        "{text}"
    );
}

/// Pages of the year of their author's first book, with more conditions.
fn first_pages(conditions: Vec<Expr>) -> Select {
    let first = books(aggregate(AggregateFunc::Min, Some(col(BOOK, "year"))));
    let first = Expr::binary(
        col(PAGE, "year"),
        BinaryOp::Eq,
        Expr::Scalar(Box::new(Select {
            filter: Some(eq(col(BOOK, "author_id"), col(PAGE, "author_id"))),
            ..first
        })),
    );
    Select {
        columns: vec![item(col(PAGE, "id"), "id")],
        joins: vec![Join {
            kind: JoinKind::Inner,
            source: From::Table {
                name: "author".into(),
                alias: AUTHOR,
            },
            on: eq(col(AUTHOR, "id"), col(PAGE, "author_id")),
        }],
        filter: Some(Expr::And(conditions.into_iter().chain([first]).collect())),
        order_by: vec![ascending(col(PAGE, "id"))],
        ..Select::from_table("page", PAGE)
    }
}

fn named_ann() -> Expr {
    eq(col(AUTHOR, "name"), Expr::Value(Value::Text("Ann".into())))
}

#[test]
fn a_subquery_is_asked_after_the_conditions_on_the_table_that_it_refers_to() {
    for name in ["sqlite", "mariadb", "mysql"] {
        let of = |table: &str, conditions| {
            let text = on(name, first_pages(conditions)).replace(['`', '"'], "");
            let key = format!("FROM book AS t1 WHERE t1.author_id = {table})");
            assert!(text.contains(&key), "{text}");
        };
        of("t0.id", vec![named_ann()]);
        // Nothing is ruled out by the other table.
        of("t2.author_id", Vec::new());
    }
    // What becomes a join is one of both tables anyway.
    let mut exists = first_pages(vec![named_ann()]);
    let written = Select {
        filter: Some(eq(col(BOOK, "author_id"), col(PAGE, "author_id"))),
        ..books(Expr::Value(Value::Int(1)))
    };
    exists.filter = Some(Expr::And(vec![
        named_ann(),
        Expr::Exists(Box::new(written)),
    ]));
    let text = on("mariadb", exists);
    assert!(
        text.contains("WHERE t1.`author_id` = t2.`author_id`)"),
        "{text}"
    );
}

#[test]
fn sqlite_is_told_of_the_first_table_first_and_how_much_patterns_leave() {
    let wanted = Expr::Like {
        expr: Box::new(col(AUTHOR, "name")),
        kind: LikeKind::Contains,
        text: "green".to_owned(),
        ignore_case: false,
    };
    let recent = Expr::binary(
        col(PAGE, "year"),
        BinaryOp::Gt,
        Expr::Value(Value::Int(2000)),
    );
    let mut pages = first_pages(Vec::new());
    pages.filter = Some(Expr::And(vec![named_ann(), wanted.clone(), recent]));
    let dialect = by_name("sqlite").expect("it exists");
    // Once anew, once by its shape.
    for name in ["Ann", "Bob"] {
        let mut pages = pages.clone();
        if let Some(Expr::And(parts)) = &mut pages.filter {
            parts[0] = eq(col(AUTHOR, "name"), Expr::Value(Value::Text(name.into())));
        }
        let sql = dialect.render(&Statement::Select(pages)).expect("renders");
        assert_eq!(
            sql.text,
            "SELECT t2.\"id\" AS \"id\" FROM \"page\" AS t2 INNER JOIN \"author\" AS t0 \
             ON t0.\"id\" = t2.\"author_id\" WHERE t2.\"year\" > ? AND t0.\"name\" = ? \
             AND likelihood(t0.\"name\" GLOB ?, 0.5) ORDER BY t2.\"id\"",
        );
        let values = ["*green*", name].map(|text| Value::Text(text.to_owned()));
        let [pattern, name] = values;
        assert_eq!(sql.params, [Value::Int(2000), name, pattern]);
    }
    // Elsewhere the order is the user's; without a join there is no order of tables to choose.
    let text = on("mariadb", pages);
    assert!(text.contains("WHERE t0.`name` = ? AND"), "{text}");
    let text = on_sqlite(Select {
        columns: vec![item(col(AUTHOR, "id"), "id")],
        filter: Some(wanted),
        ..Select::from_table("author", AUTHOR)
    });
    assert!(text.ends_with("WHERE t0.\"name\" GLOB ?"), "{text}");
}

#[test]
fn one_inside_another_is_joined_inside() {
    let pages = Select {
        columns: vec![item(aggregate(AggregateFunc::Count, None), "v")],
        filter: Some(eq(col(PAGE, "book_id"), col(BOOK, "id"))),
        ..Select::from_table("page", PAGE)
    };
    let most = aggregate(AggregateFunc::Max, Some(Expr::Scalar(Box::new(pages))));
    let text = on_singlestore(authors(Expr::Scalar(Box::new(books(most))))).expect("renders");
    assert_eq!(text.matches("LEFT JOIN").count(), 2, "{text}");
    assert!(text.contains("MAX(COALESCE(t4.`a1`, ?)) AS `a1`"), "{text}");
    assert_eq!(text.matches("(SELECT").count(), 2, "{text}");
}

#[test]
fn what_does_not_look_outside_stays_in_the_list_and_leaves_the_order() {
    let all = Select {
        columns: vec![item(aggregate(AggregateFunc::Count, None), "v")],
        ..Select::from_table("book", BOOK)
    };
    let all = Expr::Scalar(Box::new(all));
    let text = on_singlestore(authors(all.clone())).expect("renders");
    assert!(!text.contains("JOIN"), "{text}");
    let mut both = authors(all.clone());
    both.distinct = true;
    both.order_by = vec![ascending(all.clone()), ascending(col(AUTHOR, "name"))];
    let text = on_singlestore(both).expect("renders");
    assert!(text.ends_with("ORDER BY 2, t0.`name`"), "{text}");
    let mut select = authors(Expr::Value(Value::Int(1)));
    select.order_by.insert(0, ascending(all));
    let text = on_singlestore(select).expect("renders");
    assert!(
        text.contains("INNER JOIN (SELECT COUNT(*) AS `a0` FROM `book` AS t1) AS t2 ON"),
        "{text}"
    );
}

#[test]
fn selects_of_sources_and_conditions_are_seen() {
    let mut outer = Select {
        columns: vec![item(col(Alias(9), "value"), "value")],
        from: Some(From::Subquery {
            select: Box::new(authors(count())),
            alias: Alias(9),
        }),
        order_by: vec![ascending(col(Alias(9), "value"))],
        ..Select::empty()
    };
    let text = on_singlestore(outer.clone()).expect("renders");
    assert!(text.contains("AS t10 ON t10.`k0` = t0.`id`"), "{text}");
    outer = Select {
        columns: vec![item(col(Alias(9), "id"), "id")],
        filter: Some(Expr::InSelect {
            expr: Box::new(col(Alias(9), "n")),
            select: Box::new(Select {
                columns: vec![item(count(), "n")],
                order_by: vec![],
                ..authors(count())
            }),
        }),
        order_by: vec![ascending(col(Alias(9), "id"))],
        ..Select::from_table("shelf", Alias(9))
    };
    let text = on_singlestore(outer).expect("renders");
    assert!(text.contains("LEFT JOIN"), "{text}");
}

#[test]
fn one_row_in_an_order_is_found_by_its_number() {
    let latest = Select {
        order_by: vec![
            Order {
                expr: col(BOOK, "year"),
                descending: true,
            },
            ascending(col(BOOK, "id")),
        ],
        limit: Some(1),
        offset: Some(1),
        ..books(col(BOOK, "title"))
    };
    sent(
        authors(Expr::Scalar(Box::new(latest))),
        "SELECT t0.`name` AS `name`, t2.`a0` AS `value` FROM `author` AS t0 \
         LEFT JOIN (SELECT t3.`k0` AS `k0`, t3.`a0` AS `a0` FROM \
         (SELECT t1.`author_id` AS `k0`, t1.`title` AS `a0`, ROW_NUMBER() OVER \
         (PARTITION BY t1.`author_id` ORDER BY t1.`year` DESC, t1.`id`) AS `nth` FROM `book` AS t1 \
         WHERE t1.`year` > ?) AS t3 WHERE t3.`nth` = ?) AS t2 ON t2.`k0` = t0.`id` ORDER BY t0.`id`",
    );
}

/// Books later than the author's birth.
fn later(value: Expr) -> Select {
    Select {
        filter: Some(Expr::binary(
            col(BOOK, "year"),
            BinaryOp::Gt,
            col(AUTHOR, "born"),
        )),
        ..books(value)
    }
}

#[test]
fn other_comparisons_are_made_for_all_values_at_once() {
    let count = aggregate(AggregateFunc::Count, None);
    sent(
        authors(Expr::Scalar(Box::new(later(count)))),
        "SELECT t0.`name` AS `name`, COALESCE(t2.`a1`, ?) AS `value` FROM `author` AS t0 \
         LEFT JOIN (SELECT t3.`born` AS `k0`, COUNT(*) AS `a1` FROM `book` AS t1 \
         INNER JOIN (SELECT DISTINCT t4.`born` AS `born` FROM `author` AS t4) AS t3 ON 1 = 1 \
         WHERE t1.`year` > t3.`born` GROUP BY t3.`born`) AS t2 ON t2.`k0` <=> t0.`born` \
         ORDER BY t0.`id`",
    );
}

#[test]
fn conditions_keep_what_the_server_transforms() {
    let with = |exists: Select| Select {
        filter: Some(Expr::Not(Box::new(Expr::Exists(Box::new(exists))))),
        ..authors(Expr::Value(Value::Int(1)))
    };
    let one = || Expr::Value(Value::Int(1));
    let equal = on_singlestore(with(books(one()))).expect("renders");
    assert!(!equal.contains("JOIN"), "{equal}");
    let other = on_singlestore(with(later(one()))).expect("renders");
    assert!(other.contains("WHERE NOT (t2.`a0` IS NOT NULL)"), "{other}");
}

#[test]
fn what_is_two_levels_up_is_brought_one_level_closer() {
    let pages = Select {
        columns: vec![item(aggregate(AggregateFunc::Count, None), "v")],
        filter: Some(eq(col(PAGE, "author_id"), col(AUTHOR, "id"))),
        ..Select::from_table("page", PAGE)
    };
    let most = aggregate(AggregateFunc::Max, Some(Expr::Scalar(Box::new(pages))));
    let text = on_singlestore(authors(Expr::Scalar(Box::new(books(most))))).expect("renders");
    assert!(text.contains("SELECT DISTINCT"), "{text}");
    let inner = text.find("`page` AS t2").expect("it is counted");
    assert!(!text[inner..].contains("t2.`author_id` = t0"), "{text}");
}

#[test]
fn what_cannot_be_joined_is_refused_before_it_is_sent() {
    let cut = Select {
        limit: Some(2),
        ..books(col(BOOK, "title"))
    };
    refused(
        authors(Expr::Scalar(Box::new(cut))),
        "correlated subselect with LIMIT, GROUP BY or HAVING outside of conditions",
    );
    refused(
        authors(Expr::Scalar(Box::new(books(col(BOOK, "title"))))),
        "correlated scalar subselect without an aggregate outside of conditions",
    );
}

/// The rows of a derived table, and of the outer side of a join, are asked for again as they are.
#[test]
fn values_of_derived_tables_and_missing_partners_are_asked_for_too() {
    let older = Select {
        filter: Some(Expr::binary(
            col(BOOK, "year"),
            BinaryOp::Gt,
            col(Alias(9), "value"),
        )),
        ..books(aggregate(AggregateFunc::Count, None))
    };
    let derived = Select {
        columns: vec![item(Expr::Scalar(Box::new(older.clone())), "n")],
        from: Some(From::Subquery {
            select: Box::new(authors(Expr::Value(Value::Int(1)))),
            alias: Alias(9),
        }),
        order_by: vec![ascending(col(Alias(9), "name"))],
        ..Select::empty()
    };
    let text = on_singlestore(derived).expect("renders");
    assert_eq!(text.matches("FROM `author` AS t0").count(), 2, "{text}");
    let mut outer = authors(Expr::Scalar(Box::new(older)));
    outer.joins.push(Join {
        kind: JoinKind::Left,
        source: From::Table {
            name: "prize".into(),
            alias: Alias(9),
        },
        on: eq(col(Alias(9), "author_id"), col(AUTHOR, "id")),
    });
    let text = on_singlestore(outer).expect("renders");
    assert!(
        text.contains(
            "(SELECT DISTINCT t13.`value` AS `value` FROM `author` AS t12 LEFT JOIN `prize` AS t13 \
             ON t13.`author_id` = t12.`id`)"
        ),
        "{text}"
    );
}

/// NULL where SQL says so: where nothing is found, but the operand or a value is NULL.
#[test]
fn membership_is_existence() {
    let among = |filter| {
        let mut select = later(col(BOOK, "year"));
        select.columns.truncate(1);
        let among = Expr::InSelect {
            expr: Box::new(col(AUTHOR, "born")),
            select: Box::new(select),
        };
        match filter {
            true => Select {
                filter: Some(among),
                ..authors(Expr::Value(Value::Int(1)))
            },
            false => authors(among),
        }
    };
    let text = on_singlestore(among(true)).expect("renders");
    assert!(text.contains("WHERE t2.`a0` IS NOT NULL"), "{text}");
    assert!(text.contains("t1.`year` = t3.`born`"), "{text}");
    let text = on_singlestore(among(false)).expect("renders");
    assert!(
        text.contains("CASE WHEN t2.`a0` IS NOT NULL THEN ? WHEN"),
        "{text}"
    );
}

fn written(statement: impl Into<Statement>) -> String {
    let dialect = by_name("singlestore").expect("it exists");
    let sql = dialect.render(&statement.into()).expect("renders");
    sql.text.into_owned()
}

#[test]
fn what_an_update_or_a_delete_asks_for_is_joined() {
    let update = Update {
        table: "author".into(),
        alias: AUTHOR,
        joins: Vec::new(),
        set: vec![("books".into(), count())],
        filter: None,
    };
    assert_eq!(
        written(update.clone()),
        "UPDATE `author` LEFT JOIN (SELECT t1.`author_id` AS `k0`, COUNT(*) AS `a1` FROM `book` AS t1 \
         WHERE t1.`year` > ? GROUP BY t1.`author_id`) AS t2 ON t2.`k0` = `author`.`id` \
         SET `author`.`books` = COALESCE(t2.`a1`, ?)",
    );
    // Deletes that join give their table the last number, which nothing else may take.
    let last = Alias(u16::MAX);
    let mut later = later(Expr::Value(Value::Int(1)));
    later.filter = Some(Expr::binary(
        col(BOOK, "year"),
        BinaryOp::Gt,
        col(last, "born"),
    ));
    let delete = Delete {
        table: "author".into(),
        alias: last,
        joins: Vec::new(),
        filter: Some(Expr::Exists(Box::new(later))),
    };
    assert_eq!(
        written(delete),
        "DELETE `author` FROM `author` LEFT JOIN (SELECT t3.`born` AS `k0`, ? AS `a0` FROM `book` AS t1 \
         INNER JOIN (SELECT DISTINCT t4.`born` AS `born` FROM (SELECT * FROM `author`) AS t4) AS t3 \
         ON 1 = 1 WHERE t1.`year` > t3.`born` GROUP BY t3.`born`) AS t2 ON t2.`k0` <=> `author`.`born` \
         WHERE t2.`a0` IS NOT NULL",
    );
    // SQLite shows an UPDATE the rows that it has changed already.
    let mut own = update;
    let mut same = books(aggregate(AggregateFunc::Count, None));
    same.from = Some(From::Table {
        name: "author".into(),
        alias: BOOK,
    });
    own.set = vec![("books".into(), Expr::Scalar(Box::new(same)))];
    let sql = by_name("sqlite").expect("it exists").render(&own.into());
    let text = sql.expect("renders").text.into_owned();
    assert!(
        text.starts_with("UPDATE \"author\" SET \"books\" = w0.v0 FROM (SELECT t0._rowid_ AS r, ("),
        "{text}"
    );
    assert!(
        text.ends_with("AS w0 WHERE \"author\"._rowid_ = w0.r"),
        "{text}"
    );
}

/// Authors with an older one of the same town, or of all towns.
fn with_older(tied: bool) -> Expr {
    let older = Expr::binary(col(BOOK, "born"), BinaryOp::Lt, col(AUTHOR, "born"));
    let town = eq(col(BOOK, "town"), col(AUTHOR, "town"));
    Expr::Exists(Box::new(Select {
        filter: Some(match tied {
            true => town,
            false => Expr::And(vec![town, older]),
        }),
        ..Select::from_table("author", BOOK)
    }))
}

fn delete_authors(name: &str, filter: Expr) -> String {
    let delete = Delete {
        table: "author".into(),
        alias: AUTHOR,
        joins: Vec::new(),
        filter: Some(filter),
    };
    let dialect = by_name(name).expect("it exists");
    let sql = dialect.render(&delete.into()).expect("renders");
    sql.text.into_owned()
}

#[test]
fn mariadb_finds_what_a_write_asks_of_its_own_table_before_it_writes() {
    let seven = eq(col(AUTHOR, "id"), Expr::Value(Value::Int(7)));
    let of_seven = Expr::And(vec![seven.clone(), with_older(false)]);
    assert_eq!(
        delete_authors("mariadb", of_seven.clone()),
        "DELETE `author` FROM `author` LEFT JOIN (SELECT DISTINCT t3.`born` AS `k0`, t3.`town` AS `k1`, ? AS `a0` \
         FROM (SELECT DISTINCT t4.`born` AS `born`, t4.`town` AS `town` FROM `author` AS t4 WHERE t4.`id` = ?) AS t3 \
         WHERE EXISTS (SELECT 1 AS `c0` FROM `author` AS t1 WHERE t1.`town` = t3.`town` AND t1.`born` < t3.`born`)) AS t2 \
         ON t2.`k0` <=> `author`.`born` AND t2.`k1` <=> `author`.`town` WHERE `author`.`id` = ? AND t2.`a0` IS NOT NULL",
    );
    // For the rows that are written alone, as far as that is sure to be the same rows.
    let chance = Expr::binary(
        Expr::Func {
            func: Func::Random,
            args: Vec::new(),
        },
        BinaryOp::Lt,
        Expr::Value(Value::Double(0.5)),
    );
    let text = delete_authors(
        "mariadb",
        Expr::And(vec![seven.clone(), chance, with_older(true)]),
    );
    assert!(
        text.contains("AS `town` FROM `author` AS t4 WHERE t4.`id` = ?) AS t3"),
        "{text}"
    );
    assert!(
        text.contains("WHERE `author`.`id` = ? AND RAND() < ? AND t2.`a0` IS NOT NULL"),
        "{text}"
    );
    // For all rows in one go.
    let text = delete_authors("mariadb", with_older(true));
    assert!(
        text.contains("FROM (SELECT * FROM `author`) AS t1 GROUP BY t1.`town`)"),
        "{text}"
    );
    // MariaDB may fill that one key by key, when it has changed rows already.
    assert!(
        text.starts_with(
            "DELETE `author` FROM (SELECT 1 AS `one` UNION SELECT 1) AS w0 STRAIGHT_JOIN `author` LEFT JOIN (SELECT "
        ),
        "{text}"
    );
    // MySQL refuses the table in one that it might merge.
    let text = delete_authors("mysql", of_seven);
    assert!(
        text.contains("FROM (SELECT * FROM `author` LIMIT 9223372036854775807) AS t4"),
        "{text}"
    );
    // SQLite keeps them apart itself.
    let text = delete_authors("sqlite", with_older(false));
    assert!(
        text.starts_with("DELETE FROM \"author\" WHERE EXISTS (SELECT"),
        "{text}"
    );
}

#[test]
fn mariadb_is_left_what_a_write_asks_of_other_tables() {
    let other = Expr::Exists(Box::new(Select {
        filter: Some(eq(col(PAGE, "author_id"), col(AUTHOR, "id"))),
        ..Select::from_table("page", PAGE)
    }));
    let text = delete_authors("mariadb", Expr::And(vec![with_older(false), other]));
    assert!(
        text.contains(
            "AND EXISTS (SELECT 1 AS `c0` FROM `page` AS t2 WHERE t2.`author_id` = `author`.`id`)"
        ),
        "{text}"
    );
    // The best of its town: a limit is no hindrance.
    let best = Select {
        columns: vec![item(col(BOOK, "name"), "name")],
        filter: Some(eq(col(BOOK, "town"), col(AUTHOR, "town"))),
        order_by: vec![ascending(col(BOOK, "rank")), ascending(col(BOOK, "id"))],
        limit: Some(1),
        offset: Some(1),
        ..Select::from_table("author", BOOK)
    };
    let update = Update {
        table: "author".into(),
        alias: AUTHOR,
        joins: Vec::new(),
        set: vec![("second".into(), Expr::Scalar(Box::new(best)))],
        filter: Some(eq(col(AUTHOR, "id"), Expr::Value(Value::Int(7)))),
    };
    let text = on_mariadb(update);
    assert_eq!(
        text,
        "UPDATE `author` LEFT JOIN (SELECT DISTINCT t3.`town` AS `k0`, (SELECT t1.`name` AS `name` FROM `author` AS t1 \
         WHERE t1.`town` = t3.`town` ORDER BY t1.`rank`, t1.`id` LIMIT 1 OFFSET 1) AS `a0` \
         FROM (SELECT DISTINCT t4.`town` AS `town` FROM `author` AS t4 WHERE t4.`id` = ?) AS t3) AS t2 \
         ON t2.`k0` <=> `author`.`town` SET `author`.`second` = t2.`a0` WHERE `author`.`id` = ?",
    );
}

fn on_mariadb(statement: impl Into<Statement>) -> String {
    let dialect = by_name("mariadb").expect("it exists");
    let sql = dialect.render(&statement.into()).expect("renders");
    sql.text.into_owned()
}

/// Rows are found before any is written, unless all that reads the table is known to be computed by then.
#[test]
fn mysqls_family_reads_the_table_before_it_writes_rows() {
    let most = |n: i64| {
        Expr::Scalar(Box::new(Select {
            columns: vec![item(
                aggregate(AggregateFunc::Max, Some(col(BOOK, "born"))),
                "n",
            )],
            filter: Some(Expr::binary(
                col(BOOK, "id"),
                BinaryOp::Gt,
                Expr::Value(Value::Int(n)),
            )),
            ..Select::from_table("author", BOOK)
        }))
    };
    let among = || Expr::InSelect {
        expr: Box::new(col(AUTHOR, "id")),
        select: Box::new(Select {
            columns: vec![item(col(BOOK, "mentor_id"), "id")],
            ..Select::from_table("author", BOOK)
        }),
    };
    let seven = || eq(col(AUTHOR, "id"), Expr::Value(Value::Int(7)));
    let born = |value: Expr, filter: Option<Expr>| Update {
        table: "author".into(),
        alias: AUTHOR,
        joins: Vec::new(),
        set: vec![("born".into(), value)],
        filter,
    };
    let one = || Expr::Value(Value::Int(1));
    let chosen = Expr::Case {
        whens: vec![(seven(), one())],
        otherwise: Some(Box::new(most(1))),
    };
    let is_null_or = Expr::Or(vec![Expr::IsNull(Box::new(col(AUTHOR, "town"))), among()]);
    for name in ["mysql", "mariadb"] {
        let dialect = by_name(name).expect("it exists");
        let first = |update: Update| {
            let text = dialect.render(&update.into()).expect("renders").text;
            let first = text.starts_with(
                "UPDATE (SELECT 1 AS `one` UNION SELECT 1) AS w0 STRAIGHT_JOIN `author` SET `author`.`born` = ",
            );
            assert_eq!(first, text.contains("STRAIGHT_JOIN"), "{text}");
            first
        };
        assert!(first(born(chosen.clone(), None)));
        assert!(first(born(among(), None)), "NULL asks for nothing");
        assert!(first(born(one(), Some(is_null_or.clone()))));
        let either = Expr::IsNotTrue(Box::new(among()));
        assert!(first(born(one(), Some(either))));
        // Asked for by the first row that is written.
        assert!(!first(born(most(1), None)));
        let and = vec![seven(), among(), Expr::Not(Box::new(among()))];
        assert!(!first(born(one(), Some(Expr::And(and)))));
        let compared = Expr::binary(most(1), BinaryOp::Ge, col(AUTHOR, "born"));
        assert!(!first(born(one(), Some(compared))));
        assert!(!first(born(one(), Some(seven()))));
    }
    let sqlite = by_name("sqlite").expect("it exists");
    let text = sqlite.render(&born(chosen, None).into()).expect("renders");
    assert!(
        text.text.contains(" FROM (SELECT t0._rowid_ AS r"),
        "{}",
        text.text
    );
}

/// No EXISTS says the same, and a derived table cannot refer to the row.
#[test]
fn mariadb_is_left_the_groups_that_a_write_asks_of_its_own_table() {
    let groups = Select {
        columns: vec![item(col(BOOK, "town"), "town")],
        filter: Some(Expr::binary(
            col(BOOK, "born"),
            BinaryOp::Lt,
            col(AUTHOR, "born"),
        )),
        group_by: vec![col(BOOK, "town")],
        having: Some(Expr::binary(
            aggregate(AggregateFunc::Count, None),
            BinaryOp::Gt,
            Expr::Value(Value::Int(2)),
        )),
        ..Select::from_table("author", BOOK)
    };
    let among = Expr::InSelect {
        expr: Box::new(col(AUTHOR, "town")),
        select: Box::new(groups),
    };
    assert_eq!(
        delete_authors("mariadb", among),
        "DELETE `author` FROM (SELECT 1 AS `one` UNION SELECT 1) AS w0 STRAIGHT_JOIN `author` \
         WHERE `author`.`town` IN (SELECT t1.`town` AS `town` FROM (SELECT * FROM `author`) AS t1 \
         WHERE t1.`born` < `author`.`born` GROUP BY t1.`town` HAVING COUNT(*) > ?)",
    );
}

/// Named tables that a statement joins by itself.
#[test]
fn joins_of_writes_take_named_tables() {
    let update = || Update {
        table: "author".into(),
        alias: AUTHOR,
        joins: vec![Join {
            kind: JoinKind::Inner,
            source: From::With {
                table: std::sync::Arc::new(orm::ast::WithTable {
                    name: "read".into(),
                    select: Select {
                        columns: vec![item(col(AUTHOR, "book_id"), "book_id")],
                        ..Select::from_table("page", AUTHOR)
                    },
                    step: None,
                }),
                alias: PAGE,
            },
            on: eq(col(PAGE, "book_id"), col(AUTHOR, "id")),
        }],
        set: vec![("read".into(), Expr::Value(Value::Int(1)))],
        filter: None,
    };
    let text = |name: &str| {
        let dialect = by_name(name).expect("it exists");
        let sql = dialect.render(&update().into()).expect("renders");
        sql.text.into_owned()
    };
    assert_eq!(
        text("mysql"),
        "WITH `read` AS (SELECT t0.`book_id` AS `book_id` FROM `page` AS t0) UPDATE `author` \
         INNER JOIN `read` AS t2 ON t2.`book_id` = `author`.`id` SET `author`.`read` = ?",
    );
    assert_eq!(
        text("mariadb"),
        "UPDATE `author` INNER JOIN (WITH `read` AS (SELECT t0.`book_id` AS `book_id` FROM `page` AS t0) \
         SELECT * FROM `read`) AS t2 ON t2.`book_id` = `author`.`id` SET `author`.`read` = ?",
    );
    assert_eq!(
        text("singlestore"),
        "UPDATE `author` INNER JOIN (SELECT t3.`book_id` AS `book_id` FROM `page` AS t3) AS t2 \
         ON t2.`book_id` = `author`.`id` SET `author`.`read` = ?",
    );
    assert!(
        text("sqlite").starts_with("WITH \"read\" AS (SELECT "),
        "{}",
        text("sqlite")
    );
}
