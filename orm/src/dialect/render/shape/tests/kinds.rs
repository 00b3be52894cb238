//! Each kind of expression and statement is found the second time, with other values.

use std::sync::Arc;

use super::{DIALECTS, alone, found, fresh};
use crate::ast::{
    AggregateFunc, Alias, BinaryOp, Bits, Bound, CastTo, DatePart, DateUnit, Delete, Expr, Fits,
    From, Func, Insert, Join, JoinKind, Json, JsonKind, JsonOp, JsonStep, LikeKind, Lock, Math,
    Name, OnConflict, Order, QueryOption, QueryOptions, RawSql, Select, SelectItem, SetOp,
    SetOperation, Statement, Step, Update, VectorSearch, Wide, Window, WindowFunc, WithTable,
};
use crate::value::Value;

/// The variants of an enum by their names: one that is not listed does not compile.
macro_rules! names {
    ($name:ident, $ty:ty: $($variant:ident)*) => {
        fn $name(of: &$ty) -> (&'static str, &'static [&'static str]) {
            type Of = $ty;
            let name = match of {
                $(Of::$variant { .. } => stringify!($variant)),*
            };
            (name, &[$(stringify!($variant)),*])
        }
    };
}

/// A value of each variant: one that is not listed does not compile.
macro_rules! each {
    ($ty:ident: $($variant:ident $(($($of:expr),*))?)*) => {{
        #[allow(dead_code, reason = "it is there to be compiled")]
        fn is_listed(one: &$ty) {
            match one {
                $($ty::$variant { .. } => {})*
            }
        }
        vec![$($ty::$variant $(($($of),*))?),*]
    }};
}

names!(expr_name, Expr: Column Named Value Binary And Or Not IsNotTrue IsNull IsNotNull In InRows
    InSelect RowInSelect Between Like Regex Exists Scalar Func Aggregate GroupConcat Cast Json Window
    Apart Outer Case Raw);
names!(source_name, From: Table Subquery Raw With Found);
names!(statement_name, Statement: Select SetOperation Insert Update Delete Raw);
names!(value_name, Value: Null Bool Int UInt Float Double Decimal Text Bytes Date Time DateTime Json
    Uuid Vector);

fn column(name: &'static str) -> Expr {
    Expr::column(Alias(0), name)
}

fn boxed(name: &'static str) -> Box<Expr> {
    Box::new(column(name))
}

fn int(n: i64) -> Expr {
    Expr::Value(Value::Int(n))
}

fn text(n: i64) -> String {
    format!("a{n}")
}

fn table() -> Select {
    Select::from_table("t", Alias(0))
}

fn item(expr: Expr) -> SelectItem {
    SelectItem {
        expr,
        alias: Some("x".into()),
    }
}

fn order(expr: Expr) -> Order {
    Order {
        expr,
        descending: false,
    }
}

fn func(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

fn filtered(filter: Expr) -> Statement {
    Select {
        columns: vec![item(column("id"))],
        filter: Some(filter),
        ..table()
    }
    .into()
}

fn selected(expr: Expr) -> Statement {
    Select {
        columns: vec![item(expr)],
        ..table()
    }
    .into()
}

/// A select of rows that refer to the row outside, where `equal` says so.
fn inner(n: i64, equal: bool) -> Box<Select> {
    let own = |name| Expr::column(Alias(5), name);
    let mut parts = vec![Expr::binary(own("n"), BinaryOp::Lt, int(n))];
    parts.extend(equal.then(|| Expr::binary(own("t_id"), BinaryOp::Eq, column("id"))));
    Box::new(Select {
        columns: vec![item(own("id"))],
        filter: Some(Expr::And(parts)),
        ..Select::from_table("inner", Alias(5))
    })
}

fn counted(n: i64) -> Box<Select> {
    let count = Expr::Aggregate {
        func: AggregateFunc::Count,
        arg: None,
        distinct: false,
        decimal: false,
    };
    Box::new(Select {
        columns: vec![item(count)],
        ..*inner(n, true)
    })
}

fn raw(n: i64) -> RawSql {
    RawSql {
        parts: vec!["f(".into(), Name::Owned(", 1)".into())],
        params: vec![int(n)],
    }
}

fn whens(n: i64) -> Expr {
    let when = Expr::binary(column("n"), BinaryOp::Lt, int(n));
    Expr::Case {
        whens: vec![(when, int(n + 1))],
        otherwise: Some(Box::new(int(n + 2))),
    }
}

/// Expressions of each kind but functions, which [`functions`] has.
fn expressions(n: i64) -> Vec<Expr> {
    let mut all = vec![
        column("a"),
        Expr::Named("a".into()),
        int(n),
        Expr::And(vec![column("a"), int(n)]),
        Expr::Or(vec![column("a"), int(n)]),
        Expr::Not(Box::new(int(n))),
        Expr::IsNotTrue(Box::new(int(n))),
        Expr::IsNull(Box::new(int(n))),
        Expr::IsNotNull(Box::new(int(n))),
        Expr::In {
            expr: boxed("a"),
            list: (0..3).map(|i| Value::Int(n + i)).collect(),
        },
        Expr::In {
            expr: boxed("a"),
            list: vec![Value::Int(n), Value::Text(text(n)), Value::Null],
        },
        Expr::InRows {
            exprs: vec![column("a"), column("b")],
            rows: vec![vec![Value::Int(n), Value::Text(text(n))]; 3],
        },
        Expr::InRows {
            exprs: vec![column("a"), column("b")],
            rows: vec![
                vec![Value::Int(n), Value::Text(text(n))],
                vec![Value::Text(text(n)), Value::Null],
            ],
        },
        Expr::InSelect {
            expr: boxed("a"),
            select: inner(n, false),
        },
        Expr::RowInSelect {
            exprs: vec![column("a")],
            select: inner(n, false),
        },
        Expr::Between {
            expr: boxed("a"),
            low: Box::new(int(n)),
            high: Box::new(int(n + 1)),
        },
        Expr::Exists(inner(n, true)),
        Expr::Scalar(counted(n)),
        func(Func::Lower, vec![Expr::Value(Value::Text(text(n)))]),
        whens(n),
        Expr::Raw(raw(n)),
    ];
    let values = [
        Value::Null,
        Value::Bool(n == 1),
        Value::UInt(n.unsigned_abs()),
        Value::Float(n as f32),
        Value::Double(n as f64),
        Value::Decimal(format!("{n}.5")),
        Value::Bytes(vec![n as u8]),
        Value::Json(n.to_string()),
        Value::Uuid([n as u8; 16]),
        Value::Vector(vec![n as f32, 1.0]),
    ];
    let days = crate::value::CivilDate {
        year: 2024,
        month: 2,
        day: n as u8,
    };
    let times = crate::value::CivilTime {
        hour: n as u8,
        minute: 2,
        second: 3,
        micros: 4,
    };
    let dated = [
        Value::Date(days),
        Value::Time(times),
        Value::DateTime(crate::value::CivilDateTime {
            date: days,
            time: times,
        }),
    ];
    for value in values.into_iter().chain(dated) {
        let right = Expr::Value(value.clone());
        all.push(Expr::binary(column("a"), BinaryOp::Eq, right));
        all.push(Expr::In {
            expr: boxed("a"),
            list: vec![value.clone(), Value::Int(n), value],
        });
    }
    let ops = each!(BinaryOp: Eq Ne Lt Le Gt Ge NullSafeEq Add Sub Mul Div Rem);
    all.extend(
        ops.into_iter()
            .map(|op| Expr::binary(int(n), op, column("a"))),
    );
    all.extend(matches(n));
    all.extend(casts(n));
    all.extend(aggregates(n));
    all.extend(joined(n));
    all.extend(windows(n));
    all.extend(documents(n));
    all
}

/// Texts with and without what is special in a pattern.
fn matches(n: i64) -> Vec<Expr> {
    let mut all = Vec::new();
    for text in [text(n), format!("%{n}_"), format!("{n}\\")] {
        for ignore_case in [false, true] {
            for kind in each!(LikeKind: Exact Contains StartsWith EndsWith Pattern) {
                all.push(Expr::Like {
                    // With a value of its own, so that their order counts.
                    expr: Box::new(func(Func::Coalesce, vec![column("a"), int(n)])),
                    kind,
                    text: text.clone(),
                    ignore_case,
                });
            }
            all.push(Expr::Regex {
                expr: Box::new(func(Func::Coalesce, vec![column("a"), int(n)])),
                pattern: text.clone(),
                ignore_case,
            });
        }
    }
    all
}

fn casts(n: i64) -> Vec<Expr> {
    let wide = each!(Wide: Int UInt Double Decimal Text Bytes Date Time DateTime);
    let mut to = each!(CastTo: Int Double Decimal(3) Text Date DateTime Wide(Wide::Int));
    to.extend(wide.into_iter().map(CastTo::Wide));
    let cast = |to| Expr::Cast {
        expr: Box::new(int(n)),
        to,
    };
    to.into_iter().map(cast).collect()
}

fn aggregates(n: i64) -> Vec<Expr> {
    let all = each!(AggregateFunc: Count Sum Avg Min Max Variance VarianceSample StdDev StdDevSample
        AllBits(true) AnyBits(false) OddBits(true) Own("MY_OWN"));
    let each = all.into_iter().flat_map(|func| {
        let of = move |distinct, decimal| Expr::Aggregate {
            func,
            arg: Some(Box::new(Expr::binary(column("a"), BinaryOp::Add, int(n)))),
            distinct,
            decimal,
        };
        [of(false, false), of(true, false), of(false, true)]
    });
    each.collect()
}

fn joined(n: i64) -> Vec<Expr> {
    let expr = func(Func::Coalesce, vec![column("a"), int(n)]);
    let orders = [
        vec![],
        vec![order(expr.clone())],
        vec![order(whens(n)), order(expr.clone())],
    ];
    let each = orders.into_iter().flat_map(|order_by| {
        [false, true].map(|distinct| Expr::GroupConcat {
            expr: Box::new(expr.clone()),
            distinct,
            separator: ", ".to_owned(),
            order_by: order_by.clone(),
        })
    });
    each.collect()
}

fn windows(n: i64) -> Vec<Expr> {
    let funcs = each!(WindowFunc: RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead
        FirstValue LastValue NthValue Aggregate);
    let bounds = each!(Bound: Unbounded Preceding(3) Current Following(2));
    let mut all = Vec::new();
    for func in funcs {
        let args = match func {
            WindowFunc::Ntile => vec![int(n)],
            WindowFunc::Lag | WindowFunc::Lead => vec![column("a"), int(1), int(n)],
            WindowFunc::FirstValue | WindowFunc::LastValue => vec![whens(n)],
            WindowFunc::NthValue => vec![column("a"), int(n)],
            WindowFunc::Aggregate => vec![Expr::Aggregate {
                func: AggregateFunc::Sum,
                arg: Some(Box::new(whens(n))),
                distinct: false,
                decimal: false,
            }],
            _ => Vec::new(),
        };
        for bound in &bounds {
            all.push(Expr::Window(Box::new(Window {
                func,
                args: args.clone(),
                partition_by: vec![whens(n + 5)],
                order_by: vec![order(whens(n)), order(column("id"))],
                frame: Some((*bound, Bound::Current)),
            })));
        }
    }
    all
}

fn documents(n: i64) -> Vec<Expr> {
    let ops = each!(JsonOp: Get Text Int Double Bool Exists IsNull Same Contains ContainedBy HasItem
        Set Remove);
    let paths = [
        vec![JsonStep::Key("k".into())],
        vec![JsonStep::Item(0), JsonStep::Key("7".into())],
    ];
    let mut all = Vec::new();
    for (op, path) in ops.iter().flat_map(|op| paths.iter().map(move |p| (op, p))) {
        let kind = match op {
            JsonOp::Set => JsonKind::Digits,
            _ => JsonKind::Json,
        };
        let other = matches!(
            op,
            JsonOp::Same | JsonOp::Contains | JsonOp::ContainedBy | JsonOp::HasItem | JsonOp::Set
        );
        let value = func(
            Func::JsonMember(kind),
            vec![Expr::Value(Value::Json(n.to_string()))],
        );
        all.push(Expr::Json(Box::new(Json {
            op: *op,
            doc: column("doc"),
            path: path.clone(),
            other: other.then_some(value),
        })));
    }
    all
}

/// Each function.
fn functions() -> Vec<Func> {
    let mut all = each!(Func: Lower Upper Length Abs Coalesce Concat Date Extract(DatePart::Year) Now
        DecimalAdd DecimalSub DecimalMul Trim TrimStart TrimEnd Replace Left Right PadStart PadEnd
        Reverse Position Substr Repeat Sha2(256) NullIf Greatest Least Math(Math::Sqrt) Ceil Floor Round
        Sign Random DecimalCeil DecimalFloor DecimalRound DecimalAbs Exact Time
        Trunc(DateUnit::Year, true) DateAdd(DateUnit::Day) MicrosAdd MicrosBetween DaysBetween DotProduct
        EuclideanDistance Match MatchTable Bm25 Nearest(VectorSearch::Exact) Bits(Bits::And, true)
        Collate("utf8mb4_bin") Md5 Sha1 JsonArray JsonObject JsonMember(JsonKind::Text)
        Fit(Fits::Double, "n"));
    let parts = each!(DatePart: Year Month Day Hour Minute Second WeekDay Quarter Week IsoYear
        IsoWeekDay);
    let units = each!(DateUnit: Year Quarter Month Week Day Hour Minute Second);
    let math = each!(Math: Sqrt Power Mod Exp Ln Log Sin Cos Tan Cot Asin Acos Atan Atan2 Degrees
        Radians Pi);
    let bits = each!(Bits: And Or Xor Left Right);
    let kinds = each!(JsonKind: Bool Digits Decimal Text Time Json None);
    let fits = each!(Fits: Int(0, 9) Double Chars(4) Bytes(4) Decimal(5, 2));
    all.extend(parts.into_iter().map(Func::Extract));
    all.extend(math.into_iter().map(Func::Math));
    all.extend(kinds.into_iter().map(Func::JsonMember));
    all.extend(fits.into_iter().map(|fits| Func::Fit(fits, "n")));
    for unit in units {
        all.extend([Func::Trunc(unit, false), Func::Trunc(unit, true)]);
        all.push(Func::DateAdd(unit));
    }
    for bits in bits {
        all.extend([Func::Bits(bits, false), Func::Bits(bits, true)]);
    }
    all
}

/// Sources of rows in the place of the table.
fn sources(n: i64) -> Vec<From> {
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
        with(false),
        with(true),
    ]
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

fn statements(n: i64) -> Vec<Statement> {
    let mut all = selects(n);
    let ops = each!(SetOp: Union UnionAll Intersect Except);
    all.extend(ops.into_iter().map(|op| {
        Statement::from(SetOperation {
            op,
            parts: vec![*inner(n, false), *inner(n + 1, false)],
            order_by: vec![order(Expr::Named("x".into()))],
            limit: Some(3),
            offset: None,
        })
    }));
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

/// Whether the second is found where the first was rendered, on every dialect that takes them; on how
/// many that is.
fn is_found(first: &Statement, second: &Statement) -> usize {
    let mut taken = 0;
    for d in DIALECTS {
        let (Ok(_), Ok(wanted)) = (fresh(d, first), fresh(d, second)) else {
            continue;
        };
        taken += 1;
        assert!(found(d, first).0.is_ok());
        let (sql, known) = found(d, second);
        assert!(known, "{} rendered it twice: {}", d.name(), wanted.text);
        assert_eq!(sql, Ok(wanted));
    }
    taken
}

#[test]
fn each_kind_of_expression() {
    let _alone = alone();
    let mut seen = Vec::new();
    let mut values = Vec::new();
    for (one, other) in expressions(1).into_iter().zip(expressions(2)) {
        let (name, _) = expr_name(&one);
        for place in [filtered, selected] {
            let taken = is_found(&place(one.clone()), &place(other.clone()));
            // Refused everywhere: distinct bits, bits of a window, a value that some have no type for.
            if taken > 0 {
                seen.push(name);
            }
        }
        if let Expr::Binary { right, .. } = &one
            && let Expr::Value(value) = &**right
        {
            values.push(value_name(value).0);
        }
        if let Expr::Value(value) = &one {
            values.push(value_name(value).0);
        }
        if let Expr::Func { args, .. } = &one
            && let [Expr::Value(value)] = &args[..]
        {
            values.push(value_name(value).0);
        }
    }
    // These stand in no statement.
    seen.extend(["Apart", "Outer"]);
    let (_, all) = expr_name(&column("a"));
    let missing: Vec<_> = all.iter().filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no expression of the kinds {missing:?}");
    let (_, all) = value_name(&Value::Null);
    let missing: Vec<_> = all.iter().filter(|name| !values.contains(name)).collect();
    assert!(missing.is_empty(), "no value of the kinds {missing:?}");
}

#[test]
fn each_function() {
    let _alone = alone();
    let args = |n: i64| {
        vec![
            vec![],
            vec![int(n)],
            vec![column("a"), int(n)],
            vec![int(n), column("a")],
            vec![column("a"), int(n), int(n + 1)],
        ]
    };
    for of in functions() {
        let mut taken = 0;
        for (one, other) in args(1).into_iter().zip(args(2)) {
            taken += is_found(&selected(func(of, one)), &selected(func(of, other)));
        }
        assert!(taken > 0, "no dialect takes {of:?}");
    }
}

#[test]
fn each_kind_of_statement() {
    let _alone = alone();
    let (mut seen, mut from) = (Vec::new(), Vec::new());
    for (one, other) in statements(1).into_iter().zip(statements(2)) {
        assert!(is_found(&one, &other) > 0, "no dialect takes {one:?}");
        seen.push(statement_name(&one).0);
        if let Statement::Select(select) = &one {
            from.extend(select.from.iter().map(|source| source_name(source).0));
        }
    }
    // In the step of a recursive table.
    from.push("Found");
    let (_, all) = statement_name(&Statement::Raw(raw(1)));
    assert!(all.iter().all(|name| seen.contains(name)), "{seen:?}");
    let (_, all) = source_name(&sources(1)[0]);
    assert!(all.iter().all(|name| from.contains(name)), "{from:?}");
}

/// A statement whose text depends on which values are equal is found by that, too.
#[test]
fn equal_values_of_joined_subqueries() {
    let _alone = alone();
    let twice = |a: i64, b: i64| {
        Statement::from(Select {
            columns: vec![
                item(Expr::Scalar(counted(a))),
                SelectItem {
                    expr: Expr::Scalar(counted(b)),
                    alias: Some("y".into()),
                },
            ],
            ..table()
        })
    };
    for (first, second, other) in [
        (twice(1, 1), twice(2, 2), twice(2, 3)),
        (twice(4, 5), twice(6, 7), twice(8, 8)),
    ] {
        assert!(is_found(&first, &second) > 0);
        for d in DIALECTS {
            assert_eq!(found(d, &other).0, fresh(d, &other));
        }
    }
}
