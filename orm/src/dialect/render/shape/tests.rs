//! What is found is what would be rendered.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::ast::{AggregateFunc, BinaryOp, CastTo, Fits, JoinKind, Lock};
use crate::dialect::{MariaDb, MySql, NoBackslashEscapes, SingleStore, Sqlite};

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
        prop_oneof![
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
            (boxed.clone(), "[a%]{0,2}").prop_map(|(expr, text)| Expr::Like {
                expr,
                kind: crate::ast::LikeKind::Contains,
                text,
                ignore_case: false,
            }),
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
            (inner.clone(), inner.clone(), prop::option::of(boxed)).prop_map(
                |(w, t, otherwise)| {
                    Expr::Case {
                        whens: vec![(w, t)],
                        otherwise,
                    }
                }
            ),
            inner.prop_map(|e| {
                Expr::Exists(Box::new(Select {
                    filter: Some(e),
                    ..Select::from_table("inner", Alias(20))
                }))
            }),
        ]
    })
}

fn select() -> impl Strategy<Value = Statement> {
    let item = (expr(), prop::option::of(name()));
    let item = item.prop_map(|(expr, alias)| SelectItem { expr, alias });
    let order = (expr(), any::<bool>());
    let order = order.prop_map(|(expr, descending)| Order { expr, descending });
    let join = (expr(), name()).prop_map(|(on, name)| Join {
        kind: JoinKind::Left,
        source: From::Table {
            name,
            alias: Alias(1),
        },
        on,
    });
    (
        (any::<bool>(), prop::collection::vec(item, 0..4)),
        prop::collection::vec(join, 0..2),
        prop::option::of(expr()),
        prop::collection::vec(expr(), 0..2),
        prop::option::of(expr()),
        prop::collection::vec(order, 0..3),
        (prop::option::of(0..3u64), prop::option::of(0..3u64)),
        prop::option::of(Just(Lock::Update)),
    )
        .prop_map(
            |(head, joins, filter, group_by, having, order_by, cut, lock)| {
                Statement::Select(Select {
                    distinct: head.0,
                    columns: head.1,
                    joins,
                    filter,
                    group_by,
                    having,
                    order_by,
                    limit: cut.0,
                    offset: cut.1,
                    lock,
                    ..Select::from_table("t", Alias(0))
                })
            },
        )
}

fn statement() -> impl Strategy<Value = Statement> {
    let set = prop::collection::vec((name(), expr()), 1..3);
    let update = (set, prop::option::of(expr())).prop_map(|(set, filter)| {
        Statement::Update(Update {
            table: "t".into(),
            alias: Alias(0),
            set,
            joins: Vec::new(),
            filter,
        })
    });
    let delete = prop::option::of(expr()).prop_map(|filter| {
        Statement::Delete(Delete {
            table: "t".into(),
            alias: Alias(0),
            joins: Vec::new(),
            filter,
        })
    });
    let insert = (1..3usize, 1..4usize, prop::collection::vec(value(), 9)).prop_map(
        |(width, rows, values)| {
            Statement::Insert(Insert {
                table: "t".into(),
                columns: ["a", "b"][..width]
                    .iter()
                    .map(|c| Name::Borrowed(c))
                    .collect(),
                values: values[..width * rows].to_vec(),
                on_conflict: None,
                returning: Vec::new(),
            })
        },
    );
    prop_oneof![4 => select(), 2 => update, 1 => delete, 1 => insert]
}

/// Another value of its kind.
fn other(value: &mut Value, seed: &mut u32) {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let n = *seed >> 28;
    match value {
        Value::Int(v) => *v = n.into(),
        Value::Bool(v) => *v = n.is_multiple_of(2),
        Value::Text(v) => *v = format!("x{n}"),
        Value::Decimal(v) => *v = format!("{n}.25"),
        _ => {}
    }
}

fn vary(expr: &mut Expr, seed: &mut u32) {
    match expr {
        Expr::Value(value) => return other(value, seed),
        Expr::In { list, .. } => {
            list.iter_mut().for_each(|v| other(v, seed));
            let more = (*seed >> 16) as usize % 3;
            list.extend(list.first().cloned().into_iter().cycle().take(more));
        }
        Expr::Like { text, .. } => text.push('%'),
        _ => {}
    }
    let shared = RefCell::new(seed);
    expr.parts_mut(&mut |e| vary(e, &mut shared.borrow_mut()), &mut |s| {
        s.exprs_mut(&mut |e| vary(e, &mut shared.borrow_mut()));
    });
}

fn varied(statement: &Statement, mut seed: u32) -> Statement {
    let mut out = statement.clone();
    match &mut out {
        Statement::Select(select) => select.exprs_mut(&mut |e| vary(e, &mut seed)),
        Statement::Update(update) => (update.set.iter_mut().map(|(_, e)| e))
            .chain(&mut update.filter)
            .for_each(|e| vary(e, &mut seed)),
        Statement::Delete(delete) => delete.filter.iter_mut().for_each(|e| vary(e, &mut seed)),
        Statement::Insert(insert) => insert.values.iter_mut().for_each(|v| other(v, &mut seed)),
        _ => {}
    }
    out
}

fn is_found(d: &dyn Spelling, statement: &Statement) -> bool {
    let mut walk = Walk::new(d, Buffers::default());
    walk.statement(statement) && find(&walk.shape).is_some()
}

#[test]
fn what_is_found_is_what_would_be_rendered() {
    let dialects: [&dyn Spelling; 6] = [
        &Sqlite,
        &MySql,
        &MariaDb,
        &SingleStore,
        &NoBackslashEscapes(MySql),
        &NoBackslashEscapes(SingleStore),
    ];
    let found = RefCell::new((0, 0));
    let mut runner = TestRunner::new(Config::with_cases(2000));
    let run = runner.run(&(statement(), any::<u32>()), |(statement, seed)| {
        let statements = [
            statement.clone(),
            varied(&statement, seed),
            varied(&statement, seed ^ 0x5555_5555),
            statement,
        ];
        for d in dialects {
            for statement in &statements {
                let known = is_found(d, statement);
                let fresh = super::super::render_anew(d, statement).map(|(sql, _)| sql);
                prop_assert_eq!(render(d, statement), fresh);
                let mut found = found.borrow_mut();
                found.0 += u32::from(known);
                found.1 += 1;
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|e| panic!("{e}"));
    let (found, all) = found.into_inner();
    assert!(
        found * 4 > all,
        "only {found} of {all} were found: the test proves little"
    );
}

#[test]
fn a_repeated_query_is_found_and_shares_its_text() {
    let query = |n: i64| {
        Statement::Select(Select {
            filter: Some(Expr::And(vec![
                Expr::binary(
                    Expr::column(Alias(0), "a_repeated_query"),
                    BinaryOp::Eq,
                    Expr::Value(Value::Int(n)),
                ),
                Expr::binary(
                    Expr::column(Alias(0), "b"),
                    BinaryOp::Eq,
                    Expr::Value(Value::Int(n)),
                ),
            ])),
            ..Select::from_table("t", Alias(0))
        })
    };
    let first = render(&Sqlite, &query(1)).expect("first");
    let second = render(&Sqlite, &query(2)).expect("second");
    assert!(std::ptr::eq(first.text.as_ptr(), second.text.as_ptr()));
    assert_eq!(second.params, [Value::Int(2), Value::Int(2)]);
}

#[test]
fn memory_is_bounded() {
    for n in 0..3 * SHAPES as u64 {
        let select = Select {
            limit: Some(n),
            ..Select::from_table("memory_is_bounded", Alias(0))
        };
        render(&Sqlite, &select.into()).expect("renders");
    }
    let cache = cache().read().unwrap_or_else(PoisonError::into_inner);
    assert!(cache.young.len() <= SHAPES && cache.old.len() <= SHAPES);
}
