//! Any statement.

use std::sync::Arc;

use proptest::prelude::*;

use crate::ast::{
    AggregateFunc, Alias, BinaryOp, Bound, CastTo, Delete, Expr, Fits, From, Func, Insert, Join,
    JoinKind, Json, JsonKind, JsonOp, JsonStep, LikeKind, Lock, Name, OnConflict, Order,
    QueryOption, QueryOptions, RawSql, Select, SelectItem, SetOp, SetOperation, Statement, Step,
    Update, VectorSearch, Window, WindowFunc, WithTable,
};
use crate::value::Value;

fn value() -> impl Strategy<Value = Value> {
    // Few of each kind, so that equal ones meet.
    prop_oneof![
        (0..3i64).prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        "[ab]?".prop_map(Value::Text),
        Just(Value::Null),
        "[1-3]\\.5".prop_map(Value::Decimal),
        prop::collection::vec(Just(0.5f32), 1..3).prop_map(Value::Vector),
        Just(Value::Json("{}".into())),
    ]
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        Just(Name::Borrowed("a")),
        Just(Name::Borrowed("b\"`c")),
        "[abc]{1,2}".prop_map(Name::Owned),
    ]
}

fn column() -> impl Strategy<Value = Expr> {
    (0..12u16, name()).prop_map(|(table, name)| Expr::column(Alias(table), name))
}

fn func(args: Vec<Expr>) -> impl Strategy<Value = Expr> {
    prop::sample::select(vec![
        Func::Coalesce,
        Func::Concat,
        Func::Greatest,
        Func::Least,
    ])
    .prop_map(move |func| Expr::Func {
        func,
        args: args.clone(),
    })
}

fn fit(arg: Expr) -> Expr {
    Expr::Func {
        func: Func::Fit(Fits::Int(0, 9), "n"),
        args: vec![arg],
    }
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![column(), value().prop_map(Expr::Value)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let some = prop::collection::vec(inner.clone(), 0..4);
        let several = prop::collection::vec(inner.clone(), 2..4);
        let op = prop::sample::select(vec![
            BinaryOp::Eq,
            BinaryOp::Lt,
            BinaryOp::NullSafeEq,
            BinaryOp::Add,
            BinaryOp::Div,
        ]);
        let texts = prop_oneof![found(boxed.clone()), joined(inner.clone())];
        let pieces = prop_oneof![
            window(inner.clone()),
            raw(inner.clone()).prop_map(Expr::Raw),
            distance(),
        ];
        prop_oneof![
            texts,
            pieces,
            (inner.clone(), op, inner.clone()).prop_map(|(l, op, r)| Expr::binary(l, op, r)),
            some.clone().prop_map(Expr::And),
            some.prop_map(Expr::Or),
            boxed.clone().prop_map(Expr::Not),
            boxed.clone().prop_map(Expr::IsNotTrue),
            boxed.clone().prop_map(Expr::IsNull),
            (boxed.clone(), prop::collection::vec(value(), 0..6))
                .prop_map(|(expr, list)| Expr::In { expr, list }),
            (
                boxed.clone(),
                prop::collection::vec((0..3i64).prop_map(Value::Int), 0..20)
            )
                .prop_map(|(expr, list)| Expr::In { expr, list }),
            (boxed.clone(), boxed.clone(), boxed.clone())
                .prop_map(|(expr, low, high)| Expr::Between { expr, low, high }),
            several.prop_flat_map(func),
            inner.clone().prop_map(fit),
            boxed.clone().prop_map(|expr| Expr::Cast {
                expr,
                to: CastTo::Int
            }),
            (boxed.clone(), any::<bool>()).prop_map(|(arg, distinct)| Expr::Aggregate {
                func: AggregateFunc::Sum,
                arg: Some(arg),
                distinct,
                decimal: false,
            }),
            (
                inner.clone(),
                inner.clone(),
                prop::option::of(boxed.clone())
            )
                .prop_map(|(w, t, otherwise)| {
                    Expr::Case {
                        whens: vec![(w, t)],
                        otherwise,
                    }
                }),
            inner
                .clone()
                .prop_map(|e| Expr::Exists(Box::new(inside(e)))),
            inner
                .clone()
                .prop_map(|e| Expr::Scalar(Box::new(counted(e)))),
            (boxed, inner.clone()).prop_map(|(expr, e)| Expr::InSelect {
                expr,
                select: Box::new(selected(e, 1)),
            }),
            (prop::collection::vec(inner.clone(), 2), inner.clone()).prop_map(|(exprs, e)| {
                Expr::RowInSelect {
                    exprs,
                    select: Box::new(selected(e, 2)),
                }
            }),
            (prop::collection::vec(inner.clone(), 2), rows())
                .prop_map(|(exprs, rows)| Expr::InRows { exprs, rows }),
            edit(inner),
        ]
    })
}

/// A text that is looked for in another.
fn found(expr: impl Strategy<Value = Box<Expr>>) -> impl Strategy<Value = Expr> {
    let kind = prop::sample::select(vec![
        LikeKind::Exact,
        LikeKind::Contains,
        LikeKind::StartsWith,
        LikeKind::EndsWith,
        LikeKind::Pattern,
    ]);
    let text = "[a%_\\\\]{1,3}";
    (expr, prop::option::of(kind), text, any::<bool>()).prop_map(
        |(expr, kind, text, ignore_case)| match kind {
            // Refused where no escape character is known to work.
            Some(kind @ LikeKind::Pattern) => Expr::Like {
                expr,
                kind,
                text: text.replace('\\', "b"),
                ignore_case,
            },
            Some(kind) => Expr::Like {
                expr,
                kind,
                text,
                ignore_case,
            },
            None => Expr::Regex {
                expr,
                pattern: text,
                ignore_case,
            },
        },
    )
}

/// The texts of a group, some of them in their own order.
fn joined(expr: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Expr> {
    let order = (prop::option::of(expr.clone()), any::<bool>());
    let orders = prop::collection::vec(order, 0..3);
    let separator = prop::sample::select(vec![", ", "'"]);
    (expr, any::<bool>(), separator, orders).prop_map(|(expr, distinct, separator, orders)| {
        let order = |(other, descending): (Option<Expr>, bool)| Order {
            expr: other.unwrap_or_else(|| expr.clone()),
            descending,
        };
        Expr::GroupConcat {
            distinct,
            separator: separator.to_owned(),
            order_by: orders.into_iter().map(order).collect(),
            expr: Box::new(expr),
        }
    })
}

fn window(expr: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Expr> {
    let func = prop::sample::select(vec![
        WindowFunc::RowNumber,
        WindowFunc::Lag,
        WindowFunc::NthValue,
    ]);
    let frame = prop_oneof![
        Just(None),
        (0..3u32).prop_map(|n| Some((Bound::Preceding(n), Bound::Current))),
    ];
    let some = prop::collection::vec(expr.clone(), 0..3);
    let order = (expr, any::<bool>());
    let order = order.prop_map(|(expr, descending)| Order { expr, descending });
    let order = prop::collection::vec(order, 0..3);
    (func, some.clone(), some, order, frame).prop_map(
        |(func, args, partition_by, order_by, frame)| {
            Expr::Window(Box::new(Window {
                func,
                args,
                partition_by,
                order_by,
                frame,
            }))
        },
    )
}

fn raw(expr: impl Strategy<Value = Expr>) -> impl Strategy<Value = RawSql> {
    (prop::collection::vec(expr, 0..3), name()).prop_map(|(params, first)| RawSql {
        parts: std::iter::once(first)
            .chain(params.iter().map(|_| Name::Borrowed(" ~ ")))
            .collect(),
        params,
    })
}

/// How far a vector is from another.
fn distance() -> impl Strategy<Value = Expr> {
    let vector = prop::sample::select(vec![vec![0.5, 1.0], vec![0.5, 2.0], vec![0.5]]);
    (column(), vector).prop_map(|(column, vector)| Expr::Func {
        func: Func::EuclideanDistance,
        args: vec![column, Expr::Value(Value::Vector(vector))],
    })
}

/// How the nearest are found.
fn search() -> impl Strategy<Value = VectorSearch> {
    prop_oneof![
        Just(VectorSearch::Exact),
        prop::option::of(Just(40)).prop_map(|candidates| VectorSearch::Index {
            descending: false,
            candidates,
            nprobe: None,
            ef: None,
        }),
    ]
}

fn inside(filter: Expr) -> Select {
    Select {
        filter: Some(filter),
        ..Select::from_table("inner", Alias(20))
    }
}

fn selected(filter: Expr, width: usize) -> Select {
    let column = |name| SelectItem {
        expr: Expr::column(Alias(20), name),
        alias: None,
    };
    Select {
        columns: ["a", "c"].into_iter().take(width).map(column).collect(),
        ..inside(filter)
    }
}

/// A count of the rows that one outside refers to.
fn counted(filter: Expr) -> Select {
    let equal = Expr::binary(
        Expr::column(Alias(20), "a"),
        BinaryOp::Eq,
        Expr::column(Alias(0), "a"),
    );
    let count = Expr::Aggregate {
        func: AggregateFunc::Count,
        arg: None,
        distinct: false,
        decimal: false,
    };
    Select {
        columns: vec![SelectItem {
            expr: count,
            alias: Some("n".into()),
        }],
        ..inside(Expr::And(vec![equal, filter]))
    }
}

fn rows() -> impl Strategy<Value = Vec<Vec<Value>>> {
    let row = ((0..9i64), "[ab]?");
    let row = row.prop_map(|(n, text)| vec![Value::Int(n), Value::Text(text)]);
    prop::collection::vec(row, 0..6)
}

/// Changes of a document, one within another.
fn edit(inner: impl Strategy<Value = Expr>) -> impl Strategy<Value = Expr> {
    let step = prop_oneof![
        Just(JsonStep::Key("a".into())),
        Just(JsonStep::Key("7".into())),
        Just(JsonStep::Item(0)),
    ];
    let path = prop::collection::vec(step, 0..3);
    let kind = prop::sample::select(vec![JsonKind::Digits, JsonKind::Json, JsonKind::Bool]);
    let set = (path, kind, inner).prop_map(|(path, kind, e)| (path, Some((kind, e))));
    let change = prop_oneof![3 => set, 1 => Just((vec![JsonStep::Key("b".into())], None))];
    prop::collection::vec(change, 1..3).prop_map(|changes| {
        let doc = Expr::column(Alias(0), "doc");
        changes.into_iter().fold(doc, |doc, (path, set)| {
            let op = match set {
                Some(_) => JsonOp::Set,
                None => JsonOp::Remove,
            };
            let other = set.map(|(kind, e)| Expr::Func {
                func: Func::JsonMember(kind),
                args: vec![e],
            });
            Expr::Json(Box::new(Json {
                op,
                doc,
                path,
                other,
            }))
        })
    })
}

/// A named table, some of them recursive.
fn table() -> impl Strategy<Value = Arc<WithTable>> {
    let name = prop::sample::select(vec!["w1", "w2"]);
    let step = prop::option::of((expr(), any::<bool>()));
    (name, expr(), step).prop_map(|(name, filter, step)| {
        let step = step.map(|(filter, distinct)| Step {
            select: Select {
                columns: selected(Expr::And(Vec::new()), 2).columns,
                from: Some(From::Found {
                    name: name.into(),
                    alias: Alias(20),
                }),
                ..inside(filter)
            },
            distinct,
            max_depth: 3,
        });
        Arc::new(WithTable {
            name: name.into(),
            select: selected(filter, 2),
            step,
        })
    })
}

/// Sources to join: a table of the database, a derived one, named ones and such that are used twice.
fn sources() -> impl Strategy<Value = Vec<From>> {
    let with = |table: &Arc<WithTable>, alias| From::With {
        table: Arc::clone(table),
        alias: Alias(alias),
    };
    prop_oneof![
        2 => Just(Vec::new()),
        2 => name().prop_map(|name| vec![From::Table {
            name,
            alias: Alias(1),
        }]),
        1 => expr().prop_map(|filter| vec![From::Subquery {
            select: Box::new(selected(filter, 2)),
            alias: Alias(1),
        }]),
        1 => (expr(), expr()).prop_map(|(a, b)| {
            let operation = SetOperation {
                op: SetOp::Union,
                parts: vec![selected(a, 2), selected(b, 3)],
                order_by: Vec::new(),
                limit: Some(3),
                offset: None,
            };
            vec![From::Set {
                operation: Box::new(operation),
                alias: Alias(1),
            }]
        }),
        1 => table().prop_map(move |table| vec![with(&table, 1)]),
        1 => table().prop_map(move |table| vec![with(&table, 1), with(&table, 2)]),
        1 => raw(expr()).prop_map(|sql| vec![From::Raw {
            sql,
            alias: Alias(1),
        }]),
        1 => (table(), table()).prop_map(move |(a, b)| vec![with(&a, 1), with(&b, 2)]),
    ]
}

fn joins() -> impl Strategy<Value = Vec<Join>> {
    (sources(), expr()).prop_map(|(sources, on)| {
        let join = |source| Join {
            kind: JoinKind::Left,
            source,
            on: on.clone(),
        };
        sources.into_iter().map(join).collect()
    })
}

/// Terms: some of them are the columns of so many places.
fn terms() -> impl Strategy<Value = Vec<(Expr, Option<usize>, bool)>> {
    let term = (expr(), prop::option::of(0..4usize), any::<bool>());
    prop::collection::vec(term, 0..3)
}

fn term_of(columns: &[SelectItem], expr: Expr, at: Option<usize>) -> Expr {
    match at.and_then(|at| columns.get(at)) {
        Some(column) => column.expr.clone(),
        None => expr,
    }
}

fn options() -> impl Strategy<Value = Option<Box<QueryOptions>>> {
    let value = prop_oneof![
        (0..3i64).prop_map(Value::Int),
        "[a']?".prop_map(Value::Text)
    ];
    let options = value.prop_map(|value| {
        let name = "spill";
        let list = vec![QueryOption { name, value }];
        Some(Box::new(QueryOptions { list }))
    });
    prop_oneof![8 => Just(None), 1 => options]
}

fn select() -> impl Strategy<Value = Statement> {
    let item = (expr(), prop::option::of(name()));
    let item = item.prop_map(|(expr, alias)| SelectItem { expr, alias });
    (
        (any::<bool>(), prop::collection::vec(item, 0..4)),
        joins(),
        prop::option::of(expr()),
        (terms(), prop::bool::weighted(0.2)),
        prop::option::of(expr()),
        terms(),
        (
            prop::option::of(0..3u64),
            prop::option::of(0..3u64),
            prop::option::of(Just(Lock::Update)),
        ),
        options(),
    )
        .prop_map(
            |(head, joins, filter, groups, having, orders, cut, options)| {
                let (distinct, columns) = head;
                let (groups, rollup) = groups;
                let group = |(e, at, _)| term_of(&columns, e, at);
                let order = |(e, at, descending)| Order {
                    expr: term_of(&columns, e, at),
                    descending,
                };
                Statement::Select(Select {
                    distinct,
                    group_by: groups.into_iter().map(group).collect(),
                    rollup,
                    order_by: orders.into_iter().map(order).collect(),
                    columns,
                    joins,
                    filter,
                    having,
                    limit: cut.0,
                    offset: cut.1,
                    lock: cut.2,
                    options,
                    ..Select::from_table("t", Alias(0))
                })
            },
        )
}

/// The nearest of the rows that a condition chooses, some of them with how near they are.
fn nearest() -> impl Strategy<Value = Statement> {
    let orders = terms();
    (distance(), search(), any::<bool>(), expr(), expr(), orders).prop_map(
        |(distance, search, shown, column, filter, orders)| {
            let exprs = std::iter::once(column).chain(shown.then(|| distance.clone()));
            let columns: Vec<SelectItem> =
                exprs.map(|expr| SelectItem { expr, alias: None }).collect();
            let first = Order {
                expr: Expr::Func {
                    func: Func::Nearest(search),
                    args: vec![distance],
                },
                descending: false,
            };
            let order = |(e, at, descending)| Order {
                expr: term_of(&columns, e, at),
                descending,
            };
            Statement::Select(Select {
                order_by: std::iter::once(first)
                    .chain(orders.into_iter().map(order))
                    .collect(),
                columns,
                filter: Some(filter),
                limit: Some(10),
                ..Select::from_table("t", Alias(0))
            })
        },
    )
}

pub(super) fn statement() -> impl Strategy<Value = Statement> {
    let set = prop::collection::vec((name(), expr()), 1..3);
    let update = (set, joins(), prop::option::of(expr())).prop_map(|(set, joins, filter)| {
        Statement::Update(Update {
            table: "t".into(),
            alias: Alias(0),
            set,
            joins,
            filter,
        })
    });
    let delete = (joins(), prop::option::of(expr())).prop_map(|(joins, filter)| {
        Statement::Delete(Delete {
            table: "t".into(),
            alias: Alias(0),
            joins,
            filter,
        })
    });
    let taken = prop_oneof![
        2 => Just(None),
        1 => Just(Some(OnConflict::Ignore)),
        1 => prop::collection::vec((name(), expr()), 1..3).prop_map(|set| {
            Some(OnConflict::Update {
                target: vec!["a".into()],
                set,
            })
        }),
    ];
    let values = prop::collection::vec(value(), 9);
    let insert =
        (1..3usize, 1..4usize, values, taken).prop_map(|(width, rows, values, on_conflict)| {
            Statement::Insert(Insert {
                table: "t".into(),
                columns: ["a", "b"][..width]
                    .iter()
                    .map(|c| Name::Borrowed(c))
                    .collect(),
                values: values[..width * rows].to_vec(),
                on_conflict,
                returning: Vec::new(),
            })
        });
    let set_operation =
        (select(), select(), prop::option::of(0..3u64)).prop_map(|(a, b, limit)| {
            let parts = [a, b].into_iter().filter_map(|s| match s {
                Statement::Select(select) => Some(select),
                _ => None,
            });
            Statement::SetOperation(SetOperation {
                op: SetOp::UnionAll,
                parts: parts.collect(),
                order_by: vec![Order {
                    expr: Expr::Named("a".into()),
                    descending: true,
                }],
                limit,
                offset: None,
            })
        });
    let raw = raw(expr()).prop_map(Statement::Raw);
    let select = prop_oneof![7 => select(), 1 => nearest()];
    prop_oneof![8 => select, 1 => raw, 4 => update, 2 => delete, 2 => insert, 1 => set_operation]
}
