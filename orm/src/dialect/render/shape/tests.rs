//! What is found is what would be rendered.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use std::sync::PoisonError;

use super::cache::{SHAPES, cache};
use super::*;
use crate::ast::{AggregateFunc, BinaryOp, CastTo, Fits, JoinKind, JsonKind, Lock, SetOp, Step};
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
        1 => table().prop_map(move |table| vec![with(&table, 1)]),
        1 => table().prop_map(move |table| vec![with(&table, 1), with(&table, 2)]),
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

fn select() -> impl Strategy<Value = Statement> {
    let item = (expr(), prop::option::of(name()));
    let item = item.prop_map(|(expr, alias)| SelectItem { expr, alias });
    let order = (expr(), any::<bool>());
    let order = order.prop_map(|(expr, descending)| Order { expr, descending });
    (
        (any::<bool>(), prop::collection::vec(item, 0..4)),
        joins(),
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
    prop_oneof![8 => select(), 4 => update, 2 => delete, 2 => insert, 1 => set_operation]
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

/// Other values of their kinds, the same ones wherever a named table is used.
struct Varied {
    seed: u32,
    tables: Vec<(Arc<WithTable>, Arc<WithTable>)>,
}

impl Varied {
    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Value(value) => return other(value, &mut self.seed),
            Expr::In { list, .. } => {
                list.iter_mut().for_each(|v| other(v, &mut self.seed));
                let more = (self.seed >> 16) as usize % 3;
                list.extend(list.first().cloned().into_iter().cycle().take(more));
            }
            Expr::InRows { rows, .. } => {
                let more = (self.seed >> 16) as usize % 3;
                rows.extend(rows.first().cloned().into_iter().cycle().take(more));
                (rows.iter_mut().flatten()).for_each(|v| other(v, &mut self.seed));
            }
            Expr::Like { text, .. } => text.push('%'),
            _ => {}
        }
        let shared = RefCell::new(self);
        expr.parts_mut(&mut |e| shared.borrow_mut().expr(e), &mut |s| {
            shared.borrow_mut().select(s);
        });
    }

    fn source(&mut self, source: &mut From) {
        match source {
            From::Subquery { select, .. } => self.select(select),
            From::With { table, .. } => {
                if let Some((_, known)) = self.tables.iter().find(|(t, _)| Arc::ptr_eq(t, table)) {
                    *table = Arc::clone(known);
                    return;
                }
                let before = Arc::clone(table);
                let mut varied = (**table).clone();
                self.select(&mut varied.select);
                if let Some(step) = &mut varied.step {
                    self.select(&mut step.select);
                }
                *table = Arc::new(varied);
                self.tables.push((before, Arc::clone(table)));
            }
            _ => {}
        }
    }

    fn select(&mut self, select: &mut Select) {
        select.sources_mut().for_each(|source| self.source(source));
        select.exprs_mut(&mut |e| self.expr(e));
    }

    fn joins(&mut self, joins: &mut [Join]) {
        for join in joins {
            self.source(&mut join.source);
            self.expr(&mut join.on);
        }
    }
}

fn varied(statement: &Statement, seed: u32) -> Statement {
    let mut out = statement.clone();
    let mut varied = Varied {
        seed,
        tables: Vec::new(),
    };
    match &mut out {
        Statement::Select(select) => varied.select(select),
        Statement::SetOperation(operation) => {
            operation.parts.iter_mut().for_each(|s| varied.select(s));
        }
        Statement::Update(update) => {
            varied.joins(&mut update.joins);
            (update.set.iter_mut().map(|(_, e)| e))
                .chain(&mut update.filter)
                .for_each(|e| varied.expr(e));
        }
        Statement::Delete(delete) => {
            varied.joins(&mut delete.joins);
            delete.filter.iter_mut().for_each(|e| varied.expr(e));
        }
        Statement::Insert(insert) => {
            let seed = &mut varied.seed;
            insert.values.iter_mut().for_each(|v| other(v, seed));
            if let Some(OnConflict::Update { set, .. }) = &mut insert.on_conflict {
                set.iter_mut().for_each(|(_, e)| varied.expr(e));
            }
        }
        Statement::Raw(_) => {}
    }
    out
}

fn is_found(d: &dyn Spelling, statement: &Statement) -> bool {
    let mut walk = Walk::new(d, Buffers::default());
    walk.statement(statement)
        && find(&walk.shape).is_some_and(|found| !found.compared || walk.tells_values_apart())
}

/// What a statement holds whose values may stand elsewhere in the text.
const MOVING: [(&str, &str); 6] = [
    ("named tables", "WITH "),
    ("recursive tables", "WITH RECURSIVE "),
    ("changes of documents", "Set"),
    ("rows", "InRows"),
    ("rows of a subquery", "RowInSelect"),
    ("subqueries", "Scalar"),
];

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
    let moving = RefCell::new([0; MOVING.len()]);
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
                if let (true, Ok(sql)) = (known, &fresh) {
                    let shown = format!("{}{statement:?}", sql.text);
                    for (n, (_, word)) in moving.borrow_mut().iter_mut().zip(MOVING) {
                        *n += u32::from(shown.contains(word));
                    }
                }
                // What is refused has no text to find.
                let mut found = found.borrow_mut();
                found.0 += u32::from(known);
                found.1 += u32::from(fresh.is_ok());
                prop_assert_eq!(render(d, statement), fresh);
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
    for ((what, _), found) in MOVING.iter().zip(moving.into_inner()) {
        assert!(found > 20, "only {found} statements with {what} were found");
    }
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
