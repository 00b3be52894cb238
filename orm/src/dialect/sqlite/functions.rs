//! Functions, as SQLite spells them, or as the backend registers them under names with `orm_`.

use super::{NOW, Result, Writer};
use crate::ast::{Bits, CastTo, DatePart, DateUnit, Expr, Fits, Func, Math, Order, Wide};
use crate::dialect::render::names_decimals;
use crate::value::Value;

pub(super) fn func(w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
    if let Some(name) = name(func) {
        return w.call(name, args);
    }
    if let Some(name) = exact(func) {
        return decimal(w, name, args);
    }
    if sign(func).is_some() {
        return formula(w, func, args);
    }
    match (func, args) {
        // COALESCE takes two arguments at least.
        (Func::Coalesce, [one]) => w.parens(one),
        (Func::Coalesce, _) => w.call("COALESCE", args),
        (Func::Concat, _) => concat(w, args),
        (Func::Date, _) => part(w, args, ", 1, 10)"),
        (Func::Time, _) => part(w, args, ", 12)"),
        (Func::Left, [text, n]) => {
            w.push("SUBSTR(");
            w.expr(text)?;
            w.push(", 1, ");
            w.expr(n)?;
            w.push(")");
            Ok(())
        }
        (Func::Extract(part), _) => extract(w, part, args),
        (Func::Now, _) => {
            w.push(NOW);
            Ok(())
        }
        (Func::Sha2(bits), [text]) => {
            w.push("orm_sha2(");
            w.expr(text)?;
            w.push(", ");
            w.number(bits);
            w.push(")");
            Ok(())
        }
        (Func::Random, _) => {
            w.push("(abs(random() % 9007199254740992) / 9007199254740992.0)");
            Ok(())
        }
        (Func::Exact, [one]) => {
            w.push("(");
            w.operand(one)?;
            w.push(" COLLATE orm_decimal)");
            Ok(())
        }
        (Func::Trunc(unit, _), [date]) => {
            w.push("orm_trunc(");
            w.expr(date)?;
            self::unit(w, unit);
            Ok(())
        }
        (Func::DateAdd(unit), [date, n]) => {
            w.push("orm_date_add(");
            w.expr(date)?;
            w.push(", ");
            w.expr(n)?;
            self::unit(w, unit);
            Ok(())
        }
        // An FTS5 table is another table, with words of its own: not the same search.
        (Func::Match | Func::MatchUnindexed | Func::MatchTable | Func::Bm25, _) => Err(w.refuse(
            "full-text search",
            "search by `contains` or `icontains`, or run on SingleStore, MySQL or MariaDB",
        )),
        (Func::Bits(bits, signed), [a, b]) => self::bits(w, bits, signed, a, b),
        (Func::Collate(name), [text]) => {
            w.collation_name(name)?;
            w.push("(");
            w.operand(text)?;
            w.push(" COLLATE ");
            w.push(super::types::collation_of(name).unwrap_or("BINARY"));
            w.push(")");
            Ok(())
        }
        (Func::JsonMember(kind), [value]) => super::json::member(w, kind, value),
        (Func::Fit(fits, column), [arg]) => fit(w, fits, column, arg),
        _ => args.first().map_or(Ok(()), |a| w.operand(a)),
    }
}

/// The function's name, where it is called as it is.
fn name(func: Func) -> Option<&'static str> {
    Some(match func {
        Func::Lower => "LOWER",
        Func::Upper => "UPPER",
        Func::Length => "LENGTH",
        Func::Abs => "ABS",
        Func::Trim => "TRIM",
        Func::TrimStart => "LTRIM",
        Func::TrimEnd => "RTRIM",
        Func::Replace => "REPLACE",
        Func::Position => "INSTR",
        Func::Substr => "orm_substr",
        Func::Md5 => "orm_md5",
        Func::Sha1 => "orm_sha1",
        Func::JsonArray => "json_array",
        Func::JsonObject => "json_object",
        Func::Right => "orm_right",
        Func::PadStart => "orm_pad_start",
        Func::PadEnd => "orm_pad_end",
        Func::Reverse => "orm_reverse",
        Func::Repeat => "orm_repeat",
        Func::NullIf => "NULLIF",
        Func::Greatest => "MAX",
        Func::Least => "MIN",
        Func::Ceil => "CEIL",
        Func::Floor => "FLOOR",
        Func::Round => "orm_round",
        Func::DotProduct => "orm_dot_product",
        Func::EuclideanDistance => "orm_euclidean_distance",
        Func::Sign => "SIGN",
        Func::MicrosAdd => "orm_micros_add",
        Func::MicrosBetween => "orm_micros_between",
        Func::DaysBetween => "orm_days_between",
        Func::Math(math) => match math {
            Math::Sqrt => "SQRT",
            Math::Power => "POW",
            Math::Mod => "MOD",
            Math::Exp => "EXP",
            Math::Ln => "LN",
            Math::Log => "LOG",
            Math::Sin => "SIN",
            Math::Cos => "COS",
            Math::Tan => "TAN",
            Math::Cot => "COT",
            Math::Asin => "ASIN",
            Math::Acos => "ACOS",
            Math::Atan => "ATAN",
            Math::Atan2 => "ATAN2",
            Math::Degrees => "DEGREES",
            Math::Radians => "RADIANS",
            Math::Pi => "PI",
        },
        _ => return None,
    })
}

/// The name of a function of exact decimals.
fn exact(func: Func) -> Option<&'static str> {
    Some(match func {
        Func::DecimalCeil => "orm_decimal_ceil",
        Func::DecimalFloor => "orm_decimal_floor",
        Func::DecimalRound => "orm_decimal_round",
        Func::DecimalAbs => "orm_decimal_abs",
        _ => return None,
    })
}

pub(super) fn cast(w: &mut Writer<'_>, expr: &Expr, to: CastTo) -> Result {
    let to = match to {
        CastTo::Wide(Wide::Decimal) => CastTo::Decimal(Wide::SCALE),
        to => to,
    };
    let (before, after) = match to {
        CastTo::Int => ("orm_int(", ")"),
        CastTo::Double => ("CAST(", " AS REAL)"),
        CastTo::Decimal(scale) => (
            "(orm_decimal_round(",
            &*format!(", {scale}) COLLATE orm_decimal)"),
        ),
        // What calculates with decimals compares as them, the text is one of its own.
        CastTo::Text if names_decimals(expr) => ("(CAST(", " AS TEXT) COLLATE BINARY)"),
        CastTo::Text => ("CAST(", " AS TEXT)"),
        CastTo::Date => ("SUBSTR(", ", 1, 10)"),
        CastTo::DateTime => ("SUBSTR(", " || ' 00:00:00.000000', 1, 26)"),
        CastTo::Wide(Wide::Text) => ("(", ") COLLATE BINARY"),
        // Columns take any value.
        CastTo::Wide(_) => ("", ""),
    };
    w.push(before);
    if to == CastTo::DateTime {
        w.operand(expr)?;
    } else {
        w.expr(expr)?;
    }
    w.push(after);
    Ok(())
}

/// A distinct aggregate takes one argument alone, so the separator comes in afterwards.
pub(super) fn group_concat(
    w: &mut Writer<'_>,
    expr: &Expr,
    distinct: bool,
    separator: &str,
    order_by: &[Order],
) -> Result {
    w.push(if distinct {
        "orm_join(orm_texts(DISTINCT "
    } else {
        "GROUP_CONCAT("
    });
    w.expr(expr)?;
    if !distinct {
        w.push(", ");
        w.mark(Value::Text(separator.to_owned()));
    }
    w.order_by(order_by, &[])?;
    if distinct {
        w.push("), ");
        w.mark(Value::Text(separator.to_owned()));
    }
    w.push(")");
    Ok(())
}

/// `, 'unit')`
fn unit(w: &mut Writer<'_>, unit: DateUnit) {
    w.push(match unit {
        DateUnit::Year => ", 'year')",
        DateUnit::Quarter => ", 'quarter')",
        DateUnit::Month => ", 'month')",
        DateUnit::Week => ", 'week')",
        DateUnit::Day => ", 'day')",
        DateUnit::Hour => ", 'hour')",
        DateUnit::Minute => ", 'minute')",
        DateUnit::Second => ", 'second')",
    });
}

fn part(w: &mut Writer<'_>, args: &[Expr], after: &str) -> Result {
    w.push("SUBSTR(");
    w.list(args, Writer::expr)?;
    w.push(after);
    Ok(())
}

/// Exact arithmetic on texts; the result compares as a number.
fn decimal(w: &mut Writer<'_>, name: &'static str, args: &[Expr]) -> Result {
    w.push("(");
    w.call(name, args)?;
    w.push(" COLLATE orm_decimal)");
    Ok(())
}

/// The sign of exact arithmetic.
fn sign(func: Func) -> Option<char> {
    Some(match func {
        Func::DecimalAdd => '+',
        Func::DecimalSub => '-',
        Func::DecimalMul => '*',
        _ => return None,
    })
}

/// `(orm_decimal('a*(b-c)', price, 1, discount) COLLATE orm_decimal)`: all operations of a formula in one
/// call, since each call reads and writes texts.
fn formula(w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
    w.push("(orm_decimal(");
    arguments(w, func, args)?;
    w.push(") COLLATE orm_decimal)");
    Ok(())
}

/// What an aggregate of decimals is given: a formula as its parts, anything else as it is.
pub(super) fn summed(w: &mut Writer<'_>, arg: &Expr) -> Result {
    match arg {
        Expr::Func { func, args } if sign(*func).is_some() => arguments(w, *func, args),
        _ => w.expr(arg),
    }
}

/// `'a*(b-c)', price, 1, discount`
fn arguments(w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
    let mut values = Vec::new();
    let mut text = String::new();
    for (i, arg) in args.iter().enumerate() {
        text.extend((i > 0).then(|| sign(func)).flatten());
        term(arg, &mut text, &mut values, args.len());
    }
    w.push("'");
    w.push(&text);
    w.push("'");
    for value in values {
        w.push(", ");
        w.expr(value)?;
    }
    Ok(())
}

/// Letters of a formula.
const LETTERS: usize = 26;

/// An operand: an operation in parentheses while there are letters for its operands and the `others`, else
/// one letter.
fn term<'e>(arg: &'e Expr, text: &mut String, values: &mut Vec<&'e Expr>, others: usize) {
    if let Expr::Func { func, args } = arg
        && let Some(sign) = sign(*func)
        && values.len() + others + leaves(arg) <= LETTERS
    {
        text.push('(');
        for (i, arg) in args.iter().enumerate() {
            text.extend((i > 0).then_some(sign));
            term(arg, text, values, others + args.len());
        }
        text.push(')');
        return;
    }
    // There are fewer of them than letters.
    text.push(char::from(b'a' + values.len() as u8));
    values.push(arg);
}

/// How many operands a formula has that are none themselves.
fn leaves(arg: &Expr) -> usize {
    match arg {
        Expr::Func { func, args } if sign(*func).is_some() => args.iter().map(leaves).sum(),
        _ => 1,
    }
}

fn fit(w: &mut Writer<'_>, fits: Fits, column: &str, arg: &Expr) -> Result {
    let (name, first, second) = match fits {
        Fits::Int(low, high) => ("orm_fit_int", Some(low), Some(high)),
        Fits::Double => ("orm_fit_double", None, None),
        Fits::Chars(max) => ("orm_fit_text", Some(max.into()), None),
        Fits::Bytes(max) => ("orm_fit_bytes", Some(max.into()), None),
        Fits::Decimal(precision, scale) => (
            "orm_fit_decimal",
            Some(precision.into()),
            Some(scale.into()),
        ),
    };
    w.push(name);
    w.push("(");
    w.expr(arg)?;
    w.push(", ");
    // The name of a column is no parameter: it is the same each time.
    w.literal(&Value::Text(column.to_owned()))?;
    for bound in [first, second].into_iter().flatten() {
        w.push(", ");
        w.number(bound);
    }
    w.push(")");
    Ok(())
}

fn concat(w: &mut Writer<'_>, args: &[Expr]) -> Result {
    if args.is_empty() {
        w.push("''");
        return Ok(());
    }
    w.push("(");
    for (i, arg) in args.iter().enumerate() {
        w.push(if i > 0 { " || COALESCE(" } else { "COALESCE(" });
        w.expr(arg)?;
        w.push(", '')");
    }
    w.push(")");
    Ok(())
}

/// The fraction is cut off first: SQLite would round 59.999999 seconds up into the next minute, and
/// with it the day.
fn extract(w: &mut Writer<'_>, part: DatePart, args: &[Expr]) -> Result {
    let (before, format, after) = match part {
        DatePart::Year => ("", "%Y", ""),
        DatePart::Month => ("", "%m", ""),
        DatePart::Day => ("", "%d", ""),
        DatePart::Hour => ("", "%H", ""),
        DatePart::Minute => ("", "%M", ""),
        DatePart::Second => ("", "%S", ""),
        DatePart::WeekDay => ("(", "%w", " + 1)"),
        DatePart::Quarter => ("((", "%m", " + 2) / 3)"),
        DatePart::Week => ("", "%V", ""),
        DatePart::IsoYear => ("", "%G", ""),
        DatePart::IsoWeekDay => ("", "%u", ""),
    };
    w.push(before);
    w.push("CAST(strftime('");
    w.push(format);
    w.push("', SUBSTR(");
    w.list(args, Writer::expr)?;
    w.push(", 1, 19)) AS INTEGER)");
    w.push(after);
    Ok(())
}

fn bits(w: &mut Writer<'_>, bits: Bits, signed: bool, a: &Expr, b: &Expr) -> Result {
    let (before, between) = match bits {
        Bits::And => ("(", " & "),
        Bits::Or => ("(", " | "),
        Bits::Xor => ("orm_bit_xor(", ", "),
        Bits::Left => ("orm_shift_left(", ", "),
        Bits::Right => ("orm_shift_right(", ", "),
    };
    w.push(before);
    w.operand(a)?;
    w.push(between);
    w.operand(b)?;
    w.push(match (bits, signed) {
        (Bits::Left, true) => ", 1)",
        (Bits::Left, false) => ", 0)",
        _ => ")",
    });
    Ok(())
}
