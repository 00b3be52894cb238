//! Expressions of each kind.

use crate::ast::{
    AggregateFunc, Alias, BinaryOp, Bits, Bound, CastTo, DatePart, DateUnit, Expr, Fits, Func,
    Json, JsonKind, JsonOp, JsonStep, LikeKind, Math, Name, Order, RawSql, Select, SelectItem,
    VectorSearch, Wide, Window, WindowFunc,
};
use crate::value::{CivilDate, CivilDateTime, CivilTime, Value};

pub(super) fn column(name: &'static str) -> Expr {
    Expr::column(Alias(0), name)
}

fn boxed(name: &'static str) -> Box<Expr> {
    Box::new(column(name))
}

pub(super) fn int(n: i64) -> Expr {
    Expr::Value(Value::Int(n))
}

pub(super) fn text(n: i64) -> String {
    format!("a{n}")
}

pub(super) fn table() -> Select {
    Select::from_table("t", Alias(0))
}

pub(super) fn item(expr: Expr) -> SelectItem {
    SelectItem {
        expr,
        alias: Some("x".into()),
    }
}

pub(super) fn order(expr: Expr) -> Order {
    Order {
        expr,
        descending: false,
    }
}

pub(super) fn func(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

/// A select of rows that refer to the row outside, where `equal` says so.
pub(super) fn inner(n: i64, equal: bool) -> Box<Select> {
    let own = |name| Expr::column(Alias(5), name);
    let mut parts = vec![Expr::binary(own("n"), BinaryOp::Lt, int(n))];
    parts.extend(equal.then(|| Expr::binary(own("t_id"), BinaryOp::Eq, column("id"))));
    Box::new(Select {
        columns: vec![item(own("id"))],
        filter: Some(Expr::And(parts)),
        ..Select::from_table("inner", Alias(5))
    })
}

pub(super) fn counted(n: i64) -> Box<Select> {
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

pub(super) fn raw(n: i64) -> RawSql {
    RawSql {
        parts: vec!["f(".into(), Name::Owned(", 1)".into())],
        params: vec![int(n)],
    }
}

pub(super) fn whens(n: i64) -> Expr {
    let when = Expr::binary(column("n"), BinaryOp::Lt, int(n));
    Expr::Case {
        whens: vec![(when, int(n + 1))],
        otherwise: Some(Box::new(int(n + 2))),
    }
}

/// Expressions of each kind but functions, which [`functions`] has.
pub(super) fn expressions(n: i64) -> Vec<Expr> {
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
    let days = CivilDate {
        year: 2024,
        month: 2,
        day: n as u8,
    };
    let times = CivilTime {
        hour: n as u8,
        minute: 2,
        second: 3,
        micros: 4,
    };
    let dated = [
        Value::Date(days),
        Value::Time(times),
        Value::DateTime(CivilDateTime {
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
pub(super) fn functions() -> Vec<Func> {
    let mut all = each!(Func: Lower Upper Length Abs Coalesce Concat Date Extract(DatePart::Year) Now
        DecimalAdd DecimalSub DecimalMul Trim TrimStart TrimEnd Replace Left Right PadStart PadEnd
        Reverse Position Substr Repeat Sha2(256) NullIf Greatest Least Math(Math::Sqrt) Ceil Floor Round
        Sign Random DecimalCeil DecimalFloor DecimalRound DecimalAbs Exact Time
        Trunc(DateUnit::Year, true) DateAdd(DateUnit::Day) MicrosAdd MicrosBetween DaysBetween DotProduct
        EuclideanDistance Match MatchUnindexed MatchTable Bm25 Nearest(VectorSearch::Exact) Bits(Bits::And, true)
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
