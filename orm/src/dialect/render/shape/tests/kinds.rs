//! Each kind of expression and statement is found the second time, with other values.

use super::expressions::{column, counted, expressions, func, functions, int, item, raw, table};
use super::whole::{sources, statements};
use super::{DIALECTS, alone, found, fresh};
use crate::ast::{Expr, From, Select, SelectItem, Statement};
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

names!(expr_name, Expr: Column Named Value Binary And Or Not IsNotTrue IsNull IsNotNull In InRows
    InSelect RowInSelect Between Like Regex Exists Scalar Func Aggregate GroupConcat Cast Json Window
    Apart Outer Case Raw);
names!(source_name, From: Table Subquery Raw With Set Found);
names!(statement_name, Statement: Select SetOperation Insert Update Delete Raw);
names!(value_name, Value: Null Bool Int UInt Float Double Decimal Text Bytes Date Time DateTime Json
    Uuid Vector);

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
    // Equal values first: where they come from is not seen by them.
    let args = |n: i64, other: i64| {
        vec![
            vec![],
            vec![int(n)],
            vec![int(n), int(other)],
            vec![column("a"), int(n)],
            vec![int(n), column("a")],
            vec![column("a"), int(n), int(other)],
        ]
    };
    for of in functions() {
        let mut taken = 0;
        for (one, other) in args(1, 1).into_iter().zip(args(2, 3)) {
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
