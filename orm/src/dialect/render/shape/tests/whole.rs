//! Statements of each kind.

use std::sync::Arc;

use super::expressions::{column, counted, func, inner, int, item, order, raw, table, text, whens};
use crate::ast::{
    Alias, BinaryOp, Delete, Expr, From, Func, Insert, Join, JoinKind, Lock, OnConflict,
    QueryOption, QueryOptions, Select, SetOp, SetOperation, Statement, Step, Update, VectorSearch,
    WithTable,
};
use crate::value::Value;

/// Sources of rows in the place of the table.
pub(super) fn sources(n: i64) -> Vec<From> {
    let with = |step: bool| {
        let step = step.then(|| Step {
            select: Select {
                columns: vec![item(column("x"))],
                filter: Some(Expr::binary(column("x"), BinaryOp::Lt, int(n))),
                from: Some(From::Found {
                    name: "w".into(),
                    alias: Alias(0),
                }),
                ..Select::empty()
            },
            distinct: true,
            max_depth: 3,
        });
        From::With {
            table: Arc::new(WithTable {
                name: "w".into(),
                select: *inner(n, false),
                step,
            }),
            alias: Alias(0),
        }
    };
    vec![
        From::Table {
            name: "t".into(),
            alias: Alias(0),
        },
        From::Subquery {
            select: inner(n, false),
            alias: Alias(0),
        },
        From::Raw {
            sql: raw(n),
            alias: Alias(0),
        },
        From::Set {
            operation: Box::new(united(SetOp::Union, n)),
            alias: Alias(0),
        },
        with(false),
        with(true),
    ]
}

fn united(op: SetOp, n: i64) -> SetOperation {
    SetOperation {
        op,
        parts: vec![*inner(n, false), *inner(n + 1, false)],
        order_by: vec![order(Expr::Named("x".into()))],
        limit: Some(3),
        offset: None,
    }
}

fn selects(n: i64) -> Vec<Statement> {
    let far = || {
        let vector = Expr::Value(Value::Vector(vec![n as f32, 1.0]));
        func(Func::EuclideanDistance, vec![column("v"), vector])
    };
    let index = VectorSearch::Index {
        descending: false,
        candidates: Some(50),
        nprobe: None,
        ef: Some(7),
    };
    let nearest = |columns: Vec<Expr>, search| Select {
        columns: columns.into_iter().map(item).collect(),
        filter: Some(whens(n)),
        order_by: vec![
            order(func(Func::Nearest(search), vec![far()])),
            order(column("id")),
        ],
        limit: Some(10),
        offset: Some(2),
        ..table()
    };
    let mut all = vec![
        // What is selected and puts in order or in groups.
        Select {
            columns: vec![item(column("id")), item(whens(n))],
            group_by: vec![whens(n), column("id")],
            having: Some(whens(n)),
            order_by: vec![order(whens(n)), order(whens(n + 7))],
            distinct: true,
            ..table()
        },
        Select {
            columns: vec![item(column("id")), item(whens(n))],
            group_by: vec![whens(n), column("id")],
            rollup: true,
            having: Some(whens(n)),
            ..table()
        },
        nearest(vec![column("id"), far()], index),
        nearest(vec![column("id")], index),
        nearest(vec![column("id"), far()], VectorSearch::Exact),
        Select {
            options: Some(Box::new(QueryOptions {
                list: vec![QueryOption {
                    name: "spill",
                    value: Value::Text("it's".into()),
                }],
            })),
            ..table()
        },
        // Subqueries that are joined where they stand in a statement, with equal and other values.
        Select {
            columns: vec![
                item(Expr::Scalar(counted(n))),
                item(Expr::Scalar(counted(n))),
            ],
            filter: Some(Expr::Exists(inner(n, true))),
            order_by: vec![order(Expr::Scalar(counted(n)))],
            ..table()
        },
    ];
    for source in sources(n) {
        all.push(Select {
            from: Some(source.clone()),
            filter: Some(whens(n)),
            ..Select::empty()
        });
        all.push(Select {
            joins: vec![Join {
                kind: JoinKind::Left,
                source,
                on: whens(n),
            }],
            from: Some(From::Table {
                name: "t".into(),
                alias: Alias(9),
            }),
            ..Select::empty()
        });
    }
    for lock in each!(Lock: Update UpdateNoWait UpdateSkipLocked) {
        all.push(Select {
            lock: Some(lock),
            filter: Some(whens(n)),
            ..table()
        });
    }
    all.into_iter().map(Statement::from).collect()
}

pub(super) fn statements(n: i64) -> Vec<Statement> {
    let mut all = selects(n);
    let ops = each!(SetOp: Union UnionAll Intersect Except);
    all.extend(ops.into_iter().map(|op| Statement::from(united(op, n))));
    let update = OnConflict::Update {
        target: vec!["a".into()],
        set: vec![("b".into(), int(n))],
    };
    for on_conflict in [None, Some(OnConflict::Ignore), Some(update)] {
        all.push(Statement::from(Insert {
            table: "t".into(),
            columns: vec!["a".into(), "b".into()],
            values: vec![
                Value::Int(n),
                Value::Text(text(n)),
                Value::Null,
                Value::Int(n),
            ],
            on_conflict,
            returning: Vec::new(),
        }));
    }
    let joins = vec![Join {
        kind: JoinKind::Inner,
        source: From::Table {
            name: "inner".into(),
            alias: Alias(1),
        },
        on: whens(n),
    }];
    for joins in [Vec::new(), joins] {
        all.push(Statement::from(Update {
            table: "t".into(),
            alias: Alias(0),
            joins: joins.clone(),
            set: vec![("a".into(), int(n)), ("b".into(), whens(n + 4))],
            filter: Some(Expr::Exists(inner(n, true))),
        }));
        all.push(Statement::from(Delete {
            table: "t".into(),
            alias: Alias(0),
            joins,
            filter: Some(Expr::Exists(inner(n, true))),
        }));
    }
    all.push(Statement::Raw(raw(n)));
    all
}
