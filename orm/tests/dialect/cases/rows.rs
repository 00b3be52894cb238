//! Statements on rows.

use orm::ast::{
    AggregateFunc, Alias, BinaryOp, DatePart, Delete, Expr, Fits, From as Source, Func, Insert,
    Join, JoinKind, LikeKind, Lock, OnConflict, Order, RawSql, Select, SelectItem, SetOp,
    SetOperation, Statement, Update,
};
use orm::value::{CivilDate, CivilDateTime, CivilTime, Value};

use super::{Case, What, col, item, item_as, select, val};

pub(super) fn all() -> Vec<Case> {
    let mut out = Vec::new();
    for (group, cases) in [
        ("insert", insert()),
        ("update", update()),
        ("select", selects()),
        ("lock", locks()),
        ("set_operation", set_operations()),
        ("subquery", subqueries()),
        ("predicate", predicates()),
        ("text_match", text_matches()),
        ("function", functions()),
        ("aggregate", aggregates()),
        ("delete", delete()),
        ("raw", raw()),
    ] {
        out.extend(cases.into_iter().map(|(name, statement)| Case {
            group,
            name,
            what: What::Rows(statement),
        }));
    }
    out
}

type Named = Vec<(&'static str, Statement)>;

fn eq(left: Expr, right: Expr) -> Expr {
    Expr::binary(left, BinaryOp::Eq, right)
}

fn gt(left: Expr, right: Expr) -> Expr {
    Expr::binary(left, BinaryOp::Gt, right)
}

fn asc(expr: Expr) -> Order {
    Order {
        expr,
        descending: false,
    }
}

fn desc(expr: Expr) -> Order {
    Order {
        expr,
        descending: true,
    }
}

fn datetime() -> Value {
    Value::DateTime(CivilDateTime {
        date: CivilDate {
            year: 2026,
            month: 7,
            day: 30,
        },
        time: CivilTime {
            hour: 12,
            minute: 5,
            second: 59,
            micros: 999_999,
        },
    })
}

fn insert() -> Named {
    let author = |on_conflict, returning: &[&'static str]| {
        Statement::Insert(Insert {
            table: "author".into(),
            columns: vec!["id".into(), "name".into()],
            values: vec![
                Value::Int(1),
                Value::Text("Ann".into()),
                Value::Int(2),
                Value::Text("Bob".into()),
            ],
            on_conflict,
            returning: returning.iter().map(|&c| c.into()).collect(),
        })
    };
    let article = Insert {
        table: "article".into(),
        columns: [
            "id",
            "author_id",
            "title",
            "price",
            "published_at",
            "meta",
            "uid",
            "active",
        ]
        .map(Into::into)
        .to_vec(),
        values: vec![
            Value::Int(1),
            Value::Int(1),
            Value::Text("a?b".into()),
            Value::Decimal("12.5000".into()),
            datetime(),
            Value::Json("{\"a\": 1}".into()),
            Value::Uuid([0xAB; 16]),
            Value::Bool(true),
        ],
        on_conflict: None,
        returning: vec![],
    };
    let set = vec![
        ("name".into(), Expr::Named("name".into())),
        (
            "books".into(),
            Expr::binary(col(0, "books"), BinaryOp::Add, Expr::Named("id".into())),
        ),
        ("rating".into(), val(1.5)),
    ];
    let update = |target: &[&'static str]| {
        Some(OnConflict::Update {
            target: target.iter().map(|&c| c.into()).collect(),
            set: set.clone(),
        })
    };
    vec![
        ("rows", author(None, &[])),
        ("every kind of value", Statement::Insert(article)),
        ("leave taken keys", author(Some(OnConflict::Ignore), &[])),
        ("update taken keys", author(update(&["id"]), &[])),
        ("update any taken key", author(update(&[]), &[])),
        ("hand back", author(update(&["id"]), &["id", "name"])),
        (
            "a row of defaults",
            Statement::Insert(Insert {
                table: "every_type".into(),
                columns: vec![],
                values: vec![],
                on_conflict: None,
                returning: vec![],
            }),
        ),
        (
            "a row of defaults that gives way",
            Statement::Insert(Insert {
                table: "every_type".into(),
                columns: vec![],
                values: vec![],
                on_conflict: Some(OnConflict::Ignore),
                returning: vec![],
            }),
        ),
    ]
}

fn update() -> Named {
    let update = |set: Vec<(&'static str, Expr)>, filter| {
        Statement::Update(Update {
            table: "article".into(),
            alias: Alias(0),
            set: set.into_iter().map(|(c, e)| (c.into(), e)).collect(),
            joins: Vec::new(),
            filter,
        })
    };
    let add = |e, n: i64| Expr::binary(e, BinaryOp::Add, val(n));
    let same_author = Select {
        filter: Some(eq(col(1, "author_id"), col(0, "author_id"))),
        columns: vec![item(count())],
        ..Select::from_table("article", Alias(1))
    };
    let popular = Select {
        filter: Some(gt(col(1, "views"), val(5))),
        ..select("article", 1, &["id"])
    };
    vec![
        (
            "values",
            update(
                vec![
                    ("title", val("x")),
                    ("price", val(Value::Decimal("1.5".into()))),
                ],
                None,
            ),
        ),
        (
            "an expression of its own column",
            update(
                vec![("views", add(col(0, "views"), 1))],
                Some(eq(col(0, "id"), val(1))),
            ),
        ),
        (
            "a later expression reads an assigned column",
            update(
                vec![("views", val(7)), ("author_id", add(col(0, "views"), 1))],
                None,
            ),
        ),
        (
            "columns take each other's values",
            update(
                vec![
                    ("views", col(0, "author_id")),
                    ("author_id", col(0, "views")),
                ],
                None,
            ),
        ),
        (
            "a subquery on the same table",
            update(
                vec![("views", val(0))],
                Some(Expr::InSelect {
                    expr: Box::new(col(0, "id")),
                    select: Box::new(popular),
                }),
            ),
        ),
        (
            "a subquery on the same table, of the same row",
            update(vec![("views", Expr::Scalar(Box::new(same_author)))], None),
        ),
        (
            "a subquery on another table",
            update(
                vec![(
                    "title",
                    Expr::Scalar(Box::new(Select {
                        filter: Some(eq(col(1, "id"), col(0, "author_id"))),
                        ..select("author", 1, &["name"])
                    })),
                )],
                Some(Expr::Exists(Box::new(Select {
                    filter: Some(eq(col(2, "id"), col(0, "author_id"))),
                    ..Select::from_table("author", Alias(2))
                }))),
            ),
        ),
    ]
}

fn count() -> Expr {
    Expr::Aggregate {
        func: AggregateFunc::Count,
        arg: None,
        distinct: false,
        decimal: false,
    }
}

fn join(kind: JoinKind, alias: u16, on: &'static str) -> Join {
    Join {
        kind,
        source: Source::Table {
            name: "author".into(),
            alias: Alias(alias),
        },
        on: eq(col(0, on), col(alias, "id")),
    }
}

fn selects() -> Named {
    let plain = select("article", 0, &["id", "title"]);
    let year = Expr::Func {
        func: Func::Extract(DatePart::Year),
        args: vec![col(0, "published_at")],
    };
    let plus = Expr::binary(col(0, "views"), BinaryOp::Add, val(1));
    let s = Statement::Select;
    vec![
        ("columns", s(plain.clone())),
        (
            "distinct, ordered, limited",
            s(Select {
                distinct: true,
                order_by: vec![desc(col(0, "title")), asc(col(0, "id"))],
                limit: Some(20),
                offset: Some(40),
                ..plain.clone()
            }),
        ),
        (
            "row number",
            s(Select {
                columns: vec![item_as(
                    Expr::row_number(
                        vec![col(0, "author_id")],
                        vec![desc(plus.clone()), asc(col(0, "id"))],
                    ),
                    "n",
                )],
                order_by: vec![asc(col(0, "id"))],
                ..plain.clone()
            }),
        ),
        (
            "offset alone",
            s(Select {
                order_by: vec![asc(col(0, "id"))],
                offset: Some(5),
                ..plain.clone()
            }),
        ),
        (
            "joins",
            s(Select {
                columns: vec![
                    item(col(0, "id")),
                    item_as(col(1, "name"), "by"),
                    item(col(2, "name")),
                ],
                joins: vec![
                    join(JoinKind::Inner, 1, "author_id"),
                    join(JoinKind::Left, 2, "editor_id"),
                ],
                filter: Some(gt(col(1, "rating"), val(0.5))),
                ..Select::from_table("article", Alias(0))
            }),
        ),
        (
            "groups by an expression with a parameter",
            s(Select {
                columns: vec![item(year.clone()), item(plus.clone()), item(count())],
                group_by: vec![year.clone(), plus.clone()],
                having: Some(gt(count(), val(1))),
                order_by: vec![asc(year), desc(plus.clone()), asc(count())],
                ..Select::from_table("article", Alias(0))
            }),
        ),
        (
            "groups and their totals",
            s(Select {
                columns: vec![item(col(0, "id")), item(plus.clone()), item(count())],
                group_by: vec![col(0, "id"), plus.clone()],
                rollup: true,
                having: Some(Expr::Or(vec![gt(count(), val(1)), gt(count(), val(7))])),
                ..Select::from_table("article", Alias(0))
            }),
        ),
        (
            "from a derived table",
            s(Select {
                columns: vec![item(col(1, "n"))],
                from: Some(Source::Subquery {
                    select: Box::new(Select {
                        columns: vec![item_as(count(), "n")],
                        ..Select::from_table("article", Alias(0))
                    }),
                    alias: Alias(1),
                }),
                ..Select::empty()
            }),
        ),
        (
            "from raw SQL",
            s(Select {
                columns: vec![item(col(0, "n"))],
                from: Some(Source::Raw {
                    sql: RawSql {
                        parts: vec!["SELECT ".into(), " AS n".into()],
                        params: vec![val(1)],
                    },
                    alias: Alias(0),
                }),
                ..Select::empty()
            }),
        ),
        (
            "computed columns without a name",
            s(Select {
                columns: vec![item(val(1)), item(val("x?")), item(eq(val(1), val(2)))],
                ..Select::empty()
            }),
        ),
        (
            "from nothing, with a condition",
            s(Select {
                columns: vec![item_as(val(1), "one")],
                filter: Some(eq(val(1), val(1))),
                ..Select::empty()
            }),
        ),
        ("no columns", s(Select::from_table("author", Alias(0)))),
    ]
}

fn locks() -> Named {
    let lock = |lock, joins| {
        Statement::Select(Select {
            lock: Some(lock),
            joins,
            filter: Some(eq(col(0, "id"), val(1))),
            limit: Some(1),
            ..select("article", 0, &["id"])
        })
    };
    vec![
        ("for update", lock(Lock::Update, vec![])),
        ("for update, nowait", lock(Lock::UpdateNoWait, vec![])),
        (
            "for update, skip locked",
            lock(Lock::UpdateSkipLocked, vec![]),
        ),
        (
            "for update, joined",
            lock(Lock::Update, vec![join(JoinKind::Inner, 1, "author_id")]),
        ),
    ]
}

fn set_operations() -> Named {
    let part = |alias, n: i64| Select {
        filter: Some(gt(col(alias, "id"), val(n))),
        ..select("author", alias, &["id", "name"])
    };
    let limited = Select {
        order_by: vec![asc(col(2, "id"))],
        limit: Some(1),
        ..part(2, 3)
    };
    let op = |op, parts, order_by, limit, offset| {
        Statement::SetOperation(SetOperation {
            op,
            parts,
            order_by,
            limit,
            offset,
        })
    };
    let by_name = || {
        vec![
            desc(Expr::Named("name".into())),
            asc(Expr::Named("id".into())),
        ]
    };
    let two = || vec![part(0, 1), part(1, 2)];
    vec![
        ("union", op(SetOp::Union, two(), vec![], None, None)),
        (
            "union all, ordered and limited",
            op(SetOp::UnionAll, two(), by_name(), Some(2), Some(1)),
        ),
        (
            "intersect",
            op(SetOp::Intersect, two(), by_name(), None, None),
        ),
        ("except", op(SetOp::Except, two(), by_name(), None, None)),
        (
            "a limited part",
            op(
                SetOp::Union,
                vec![part(0, 1), limited.clone(), part(1, 2)],
                by_name(),
                None,
                None,
            ),
        ),
        (
            "a locked part",
            op(
                SetOp::Union,
                vec![
                    part(0, 1),
                    Select {
                        lock: Some(Lock::Update),
                        ..part(1, 2)
                    },
                ],
                vec![],
                None,
                None,
            ),
        ),
    ]
}

fn filtered(filter: Expr) -> Statement {
    Statement::Select(Select {
        filter: Some(filter),
        order_by: vec![asc(col(0, "id"))],
        ..select("article", 0, &["id"])
    })
}

fn subqueries() -> Named {
    let authors = Select {
        filter: Some(gt(col(1, "rating"), val(3))),
        ..select("author", 1, &["id"])
    };
    let first = Select {
        order_by: vec![asc(col(1, "id"))],
        limit: Some(3),
        ..authors.clone()
    };
    let own = Expr::binary(col(1, "id"), BinaryOp::Eq, col(0, "author_id"));
    let r#in = |select: Select| {
        filtered(Expr::InSelect {
            expr: Box::new(col(0, "author_id")),
            select: Box::new(select),
        })
    };
    vec![
        ("in", r#in(authors.clone())),
        ("in, limited", r#in(first.clone())),
        (
            "in, limited, of the row",
            r#in(Select {
                filter: Some(own.clone()),
                ..first
            }),
        ),
        (
            "exists",
            filtered(Expr::Exists(Box::new(Select {
                filter: Some(own.clone()),
                ..Select::from_table("author", Alias(1))
            }))),
        ),
        (
            "scalar",
            Statement::Select(Select {
                columns: vec![
                    item(col(0, "id")),
                    item_as(
                        Expr::Scalar(Box::new(Select {
                            filter: Some(own),
                            limit: Some(1),
                            ..select("author", 1, &["name"])
                        })),
                        "name",
                    ),
                ],
                ..Select::from_table("article", Alias(0))
            }),
        ),
    ]
}

fn predicates() -> Named {
    let id = || Box::new(col(0, "id"));
    let a = || eq(col(0, "title"), val("a"));
    let b = || gt(col(0, "views"), val(2));
    let c = || Expr::IsNull(Box::new(col(0, "editor_id")));
    let op = |op| filtered(Expr::binary(col(0, "views"), op, val(3)));
    let list = |n: i64| Expr::In {
        expr: id(),
        list: (1..=n).map(Value::Int).collect(),
    };
    let rows = |n: i64| Expr::InRows {
        exprs: vec![col(0, "id"), col(0, "title")],
        rows: (1..=n)
            .map(|i| vec![Value::Int(i), Value::Text(i.to_string())])
            .collect(),
    };
    let arithmetic = |op| {
        let sum = Expr::binary(col(0, "views"), op, val(2));
        filtered(gt(Expr::binary(sum, BinaryOp::Mul, val(3)), col(0, "id")))
    };
    vec![
        ("equal", op(BinaryOp::Eq)),
        ("not equal", op(BinaryOp::Ne)),
        ("less", op(BinaryOp::Lt)),
        ("less or equal", op(BinaryOp::Le)),
        ("greater or equal", op(BinaryOp::Ge)),
        ("equal, NULLs too", op(BinaryOp::NullSafeEq)),
        ("add", arithmetic(BinaryOp::Add)),
        ("subtract", arithmetic(BinaryOp::Sub)),
        ("divide", arithmetic(BinaryOp::Div)),
        ("remainder", arithmetic(BinaryOp::Rem)),
        (
            "and, or, not",
            filtered(Expr::And(vec![
                a(),
                Expr::Or(vec![b(), c()]),
                Expr::Not(Box::new(c())),
            ])),
        ),
        (
            "all of one",
            filtered(Expr::Or(vec![Expr::And(vec![a(), b()])])),
        ),
        (
            "nothing to be true or false",
            filtered(Expr::Or(vec![Expr::And(vec![]), Expr::Or(vec![])])),
        ),
        (
            "not true",
            filtered(Expr::IsNotTrue(Box::new(Expr::And(vec![a(), b()])))),
        ),
        (
            "is not NULL",
            filtered(Expr::IsNotNull(Box::new(col(0, "editor_id")))),
        ),
        ("in an empty list", filtered(list(0))),
        ("in a list of one", filtered(list(1))),
        ("in a list of three", filtered(list(3))),
        ("in no rows", filtered(rows(0))),
        ("in three rows", filtered(rows(3))),
        (
            "between",
            filtered(Expr::Between {
                expr: id(),
                low: Box::new(val(1)),
                high: Box::new(Expr::binary(val(2), BinaryOp::Add, val(3))),
            }),
        ),
        (
            "a decimal",
            filtered(gt(col(0, "price"), val(Value::Decimal("-1.25".into())))),
        ),
        (
            "a document",
            filtered(eq(col(0, "meta"), val(Value::Json("{}".into())))),
        ),
        (
            "an instant",
            filtered(gt(col(0, "published_at"), val(datetime()))),
        ),
        (
            "case",
            filtered(eq(
                Expr::Case {
                    whens: vec![(a(), val(1)), (Expr::Or(vec![b(), c()]), val(2))],
                    otherwise: Some(Box::new(val(3))),
                },
                val(1),
            )),
        ),
    ]
}

fn text_matches() -> Named {
    let like = |kind, ignore_case| {
        filtered(Expr::Like {
            expr: Box::new(col(0, "title")),
            kind,
            text: "50%_\\|*?[x]".into(),
            ignore_case,
        })
    };
    let regex = |ignore_case| {
        filtered(Expr::Regex {
            expr: Box::new(col(0, "title")),
            pattern: "^a+".into(),
            ignore_case,
        })
    };
    vec![
        ("exact", like(LikeKind::Exact, false)),
        ("exact, any case", like(LikeKind::Exact, true)),
        ("contains", like(LikeKind::Contains, false)),
        ("contains, any case", like(LikeKind::Contains, true)),
        ("starts with", like(LikeKind::StartsWith, false)),
        ("starts with, any case", like(LikeKind::StartsWith, true)),
        ("ends with", like(LikeKind::EndsWith, false)),
        ("ends with, any case", like(LikeKind::EndsWith, true)),
        ("regular expression", regex(false)),
        ("regular expression, any case", regex(true)),
    ]
}

fn functions() -> Named {
    let f = |func, args| {
        Statement::Select(Select {
            columns: vec![item(Expr::Func { func, args })],
            ..Select::from_table("article", Alias(0))
        })
    };
    let title = || vec![col(0, "title")];
    let at = || vec![col(0, "published_at")];
    let part = |p| f(Func::Extract(p), at());
    let fit = |fits, column: &'static str| f(Func::Fit(fits, column), vec![col(0, column)]);
    vec![
        ("lower", f(Func::Lower, title())),
        ("upper", f(Func::Upper, title())),
        ("length", f(Func::Length, title())),
        ("abs", f(Func::Abs, vec![col(0, "views")])),
        (
            "coalesce",
            f(Func::Coalesce, vec![col(0, "editor_id"), val(0)]),
        ),
        (
            "coalesce of one",
            f(Func::Coalesce, vec![col(0, "editor_id")]),
        ),
        (
            "concat",
            f(
                Func::Concat,
                vec![col(0, "title"), val(" by "), col(0, "body")],
            ),
        ),
        ("concat of none", f(Func::Concat, vec![])),
        (
            "decimal sum, difference and product",
            f(
                Func::DecimalMul,
                vec![
                    Expr::Func {
                        func: Func::DecimalAdd,
                        args: vec![col(0, "price"), val(1)],
                    },
                    Expr::Func {
                        func: Func::DecimalSub,
                        args: vec![col(0, "price"), col(0, "price")],
                    },
                ],
            ),
        ),
        ("fits an integer", fit(Fits::Int(-8, 7), "views")),
        ("fits a float", fit(Fits::Double, "views")),
        ("fits a text", fit(Fits::Chars(5), "title")),
        ("fits bytes", fit(Fits::Bytes(5), "title")),
        ("fits a decimal", fit(Fits::Decimal(6, 2), "price")),
        ("date", f(Func::Date, at())),
        ("now", f(Func::Now, vec![])),
        ("year", part(DatePart::Year)),
        ("month", part(DatePart::Month)),
        ("day", part(DatePart::Day)),
        ("hour", part(DatePart::Hour)),
        ("minute", part(DatePart::Minute)),
        ("second", part(DatePart::Second)),
        ("day of the week", part(DatePart::WeekDay)),
        ("quarter", part(DatePart::Quarter)),
    ]
}

fn aggregates() -> Named {
    let aggregate = |func, column: Option<&'static str>, distinct, decimal| {
        Statement::Select(Select {
            columns: vec![SelectItem {
                expr: Expr::Aggregate {
                    func,
                    arg: column.map(|c| Box::new(col(0, c))),
                    distinct,
                    decimal,
                },
                alias: Some("value".into()),
            }],
            ..Select::from_table("article", Alias(0))
        })
    };
    vec![
        ("count", aggregate(AggregateFunc::Count, None, false, false)),
        (
            "count values",
            aggregate(AggregateFunc::Count, Some("views"), false, false),
        ),
        (
            "count different values",
            aggregate(AggregateFunc::Count, Some("views"), true, false),
        ),
        (
            "sum",
            aggregate(AggregateFunc::Sum, Some("views"), false, false),
        ),
        (
            "mean",
            aggregate(AggregateFunc::Avg, Some("views"), false, false),
        ),
        (
            "smallest",
            aggregate(AggregateFunc::Min, Some("views"), false, false),
        ),
        (
            "largest",
            aggregate(AggregateFunc::Max, Some("views"), false, false),
        ),
        (
            "sum of decimals",
            aggregate(AggregateFunc::Sum, Some("price"), false, true),
        ),
        (
            "mean of different decimals",
            aggregate(AggregateFunc::Avg, Some("price"), true, true),
        ),
        (
            "largest decimal",
            aggregate(AggregateFunc::Max, Some("price"), false, true),
        ),
    ]
}

fn delete() -> Named {
    let delete = |filter| {
        Statement::Delete(Delete {
            table: "article".into(),
            alias: Alias(0),
            joins: Vec::new(),
            filter,
        })
    };
    let own = |filter| {
        Box::new(Select {
            filter: Some(filter),
            joins: vec![Join {
                kind: JoinKind::Inner,
                source: Source::Table {
                    name: "author".into(),
                    alias: Alias(2),
                },
                on: eq(col(1, "author_id"), col(2, "id")),
            }],
            ..select("article", 1, &["id"])
        })
    };
    vec![
        ("some", delete(Some(gt(col(0, "id"), val(1000))))),
        (
            "by a subquery on the same table",
            delete(Some(Expr::InSelect {
                expr: Box::new(col(0, "id")),
                select: own(eq(col(2, "name"), val("nobody"))),
            })),
        ),
        (
            "by a subquery on the same table, of the same row",
            delete(Some(Expr::Exists(own(Expr::And(vec![
                eq(col(1, "author_id"), col(0, "author_id")),
                gt(
                    col(1, "id"),
                    Expr::binary(col(0, "id"), BinaryOp::Add, val(9)),
                ),
            ]))))),
        ),
        ("all", delete(None)),
    ]
}

fn raw() -> Named {
    let raw = |parts: &[&'static str], params| RawSql {
        parts: parts.iter().map(|&p| p.into()).collect(),
        params,
    };
    vec![
        (
            "statement",
            Statement::Raw(raw(
                &["SELECT id FROM article WHERE id > ", " AND title <> '?'"],
                vec![val(1)],
            )),
        ),
        (
            "condition",
            filtered(Expr::And(vec![
                Expr::Raw(raw(
                    &["", " > ", " OR 1 = 1"],
                    vec![col(0, "views"), val(3)],
                )),
                eq(col(0, "id"), val(1)),
            ])),
        ),
    ]
}
