//! Functions, as MySQL's family spells them.

use super::{Member, Result, Writer};
use crate::ast::{Bits, CastTo, DatePart, DateUnit, Expr, Func, Math, Order, Wide};
use crate::value::Value;

pub(super) fn func<M: Member>(w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
    if let Some(name) = name(func) {
        return w.call(name, args);
    }
    match (func, args) {
        (Func::Concat, _) => concat(w, args),
        (Func::Extract(part), _) => extract(w, part, args),
        (Func::Now, _) => {
            w.push(M::NOW);
            Ok(())
        }
        (Func::DecimalAdd, _) => infix(w, " + ", args),
        (Func::DecimalSub, _) => infix(w, " - ", args),
        (Func::DecimalMul, _) => infix(w, " * ", args),
        (Func::Position, [text, part]) => {
            // By the binary form of its arguments' collation: LOCATE follows the first of them.
            w.push("LOCATE(");
            w.expr(part)?;
            w.push(", ");
            w.expr(text)?;
            w.push(")");
            Ok(())
        }
        (Func::Sha2(bits), [text]) => {
            w.push("SHA2(");
            w.expr(text)?;
            w.push(", ");
            w.number(bits);
            w.push(")");
            Ok(())
        }
        (Func::Trunc(unit, instant), [date]) => M::trunc(w, unit, instant, date),
        (Func::DateAdd(unit), [date, n]) => {
            w.push("DATE_ADD(");
            w.expr(date)?;
            w.push(", INTERVAL ");
            w.operand(n)?;
            w.push(" ");
            w.push(word(unit));
            w.push(")");
            Ok(())
        }
        (Func::MicrosAdd, [date, n]) => {
            w.push("TIMESTAMPADD(MICROSECOND, ");
            w.expr(n)?;
            w.push(", ");
            w.expr(date)?;
            w.push(")");
            Ok(())
        }
        (Func::MicrosBetween, [later, earlier]) => {
            w.push("TIMESTAMPDIFF(MICROSECOND, ");
            w.expr(earlier)?;
            w.push(", ");
            w.expr(later)?;
            w.push(")");
            Ok(())
        }
        (Func::DotProduct | Func::EuclideanDistance, _) => vectors(w, func, args),
        (Func::Match | Func::MatchUnindexed, _) => search(w, func, args),
        (Func::MatchTable | Func::Bm25, [column, words]) => by_fields(w, func, column, words),
        (Func::Bits(bits, signed), [a, b]) => self::bits::<M>(w, bits, signed, a, b),
        (Func::Collate(name), [text]) => {
            w.collation_name(name)?;
            M::collate(w, text, name)
        }
        (Func::JsonArray, _) => w.call(M::JSON_MAKERS.0, args),
        (Func::JsonObject, _) => w.call(M::JSON_MAKERS.1, args),
        (Func::JsonMember(kind), [value]) => M::json_member(w, kind, value),
        // Out of range is an error; where there is no value, there is NULL.
        (Func::Math(Math::Exp), [x]) => {
            w.push("(CASE WHEN ");
            w.operand(x)?;
            w.push(" <= ");
            w.literal(&Value::Double(LARGEST_POWER))?;
            w.push(" THEN EXP(");
            w.expr(x)?;
            w.push(") END)");
            Ok(())
        }
        (Func::Math(Math::Power), [x, y]) => power(w, x, y),
        // COT(0) is an error, a division by 0 is NULL.
        (Func::Math(Math::Cot), _) => {
            w.push("(1 / ");
            w.call("TAN", args)?;
            w.push(")");
            Ok(())
        }
        // PI() shows six digits behind the point.
        (Func::Math(Math::Pi), _) => w.literal(&Value::Double(std::f64::consts::PI)),
        // The server checks what it stores, and knows decimals.
        _ => args.first().map_or(Ok(()), |a| w.operand(a)),
    }
}

/// The largest power of e that is a floating point number.
const LARGEST_POWER: f64 = 709.782_712_893_384;

/// `POW(x, y)` where it has a value: not of a negative number to a broken power, of 0 to a negative one,
/// nor beyond all numbers.
fn power(w: &mut Writer<'_>, x: &Expr, y: &Expr) -> Result {
    w.push("(CASE WHEN (");
    w.operand(x)?;
    w.push(" < 0 AND ");
    w.operand(y)?;
    w.push(" <> FLOOR(");
    w.expr(y)?;
    w.push(")) OR (");
    w.operand(x)?;
    w.push(" = 0 AND ");
    w.operand(y)?;
    w.push(" < 0) OR ");
    w.operand(y)?;
    // Of 0 there is no logarithm, which a strict server refuses in a statement that writes.
    w.push(" * LN(NULLIF(ABS(");
    w.operand(x)?;
    w.push(" + 0e0), 0)) > ");
    w.literal(&Value::Double(LARGEST_POWER))?;
    w.push(" THEN NULL ELSE POW(");
    w.expr(x)?;
    w.push(", ");
    w.expr(y)?;
    w.push(") END)");
    Ok(())
}

fn vectors(w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
    if !w.d.features().vector_functions {
        return Err(w.refuse(
            "the distance of vectors",
            "SingleStore and SQLite calculate it; here read the vectors, and compare them in the program",
        ));
    }
    w.call(
        match func {
            Func::DotProduct => "DOT_PRODUCT",
            _ => "EUCLIDEAN_DISTANCE",
        },
        args,
    )
}

/// The second version of full text names the table; the fields stand in the search.
fn by_fields(w: &mut Writer<'_>, func: Func, column: &Expr, words: &Expr) -> Result {
    if !w.d.features().fulltext_fields {
        return Err(w.refuse(
            "full-text search by fields",
            "SingleStore has it from 8.7 on: search by `match_against` here, over an index without `version`",
        ));
    }
    let Expr::Column { table, .. } = column else {
        return Ok(());
    };
    // Whether SingleStore takes a parameter as the search nobody has reported.
    w.inline();
    w.push(match func {
        Func::MatchTable => "MATCH (TABLE ",
        _ => "BM25(",
    });
    w.alias(*table);
    w.push(match func {
        Func::MatchTable => ") AGAINST (",
        _ => ", ",
    });
    w.expr(words)?;
    w.push(")");
    Ok(())
}

/// Without a modifier it is natural language on MySQL and MariaDB; SingleStore takes none.
fn search(w: &mut Writer<'_>, func: Func, args: &[Expr]) -> Result {
    if func == Func::MatchUnindexed && w.d.features().fulltext_fields {
        return Err(w.refuse(
            "a search by `match_against` over a full-text index of version 2",
            "search by `match_fields`, or make the index one of the first version: leave out `version = 2`",
        ));
    }
    let Some((words, columns)) = args.split_last() else {
        return Ok(());
    };
    let mut tables = columns.iter().map(|c| match c {
        Expr::Column { table, .. } => Some(*table),
        _ => None,
    });
    let first = tables.next().flatten();
    if first.is_none() || !tables.all(|table| table == first) {
        return Err(w.refuse(
            "a full-text search over columns of several tables",
            "search each table by a `match_against` of its own",
        ));
    }
    w.call("MATCH ", columns)?;
    w.call(" AGAINST ", std::slice::from_ref(words))
}

/// The function's name, where it is called as it is.
fn name(func: Func) -> Option<&'static str> {
    Some(match func {
        Func::Lower => "LOWER",
        Func::Upper => "UPPER",
        Func::Length => "CHAR_LENGTH",
        Func::Abs | Func::DecimalAbs => "ABS",
        Func::Coalesce => "COALESCE",
        Func::Date => "DATE",
        Func::Time => "TIME",
        Func::Trim => "TRIM",
        Func::TrimStart => "LTRIM",
        Func::TrimEnd => "RTRIM",
        Func::Replace => "REPLACE",
        Func::Left => "LEFT",
        Func::Right => "RIGHT",
        Func::PadStart => "LPAD",
        Func::PadEnd => "RPAD",
        Func::Reverse => "REVERSE",
        Func::Substr => "SUBSTR",
        Func::Repeat => "REPEAT",
        Func::Md5 => "MD5",
        Func::Sha1 => "SHA1",
        Func::NullIf => "NULLIF",
        Func::Greatest => "GREATEST",
        Func::Least => "LEAST",
        Func::Ceil | Func::DecimalCeil => "CEIL",
        Func::Floor | Func::DecimalFloor => "FLOOR",
        Func::Round | Func::DecimalRound => "ROUND",
        Func::Sign => "SIGN",
        Func::Random => "RAND",
        Func::DaysBetween => "DATEDIFF",
        Func::Math(math) => match math {
            Math::Sqrt => "SQRT",
            Math::Mod => "MOD",
            Math::Ln => "LN",
            Math::Log => "LOG",
            Math::Sin => "SIN",
            Math::Cos => "COS",
            Math::Tan => "TAN",
            Math::Cot | Math::Pi | Math::Exp | Math::Power => return None,
            Math::Asin => "ASIN",
            Math::Acos => "ACOS",
            Math::Atan => "ATAN",
            Math::Atan2 => "ATAN2",
            Math::Degrees => "DEGREES",
            Math::Radians => "RADIANS",
        },
        _ => return None,
    })
}

pub(super) fn cast<M: Member>(w: &mut Writer<'_>, expr: &Expr, to: CastTo) -> Result {
    let ty = match to {
        CastTo::Double => return M::double(w, expr),
        CastTo::Int => "SIGNED",
        CastTo::Decimal(scale) => &format!("DECIMAL(65, {scale})"),
        CastTo::Text => "CHAR",
        CastTo::Date => "DATE",
        CastTo::DateTime => "DATETIME(6)",
        CastTo::Wide(wide) => return M::wide(w, expr, wide),
    };
    cast_as(w, expr, ty)
}

/// `CAST(expr AS type)`.
fn cast_as(w: &mut Writer<'_>, expr: &Expr, ty: &str) -> Result {
    w.push("CAST(");
    w.expr(expr)?;
    w.push(" AS ");
    w.push(ty);
    w.push(")");
    Ok(())
}

/// A value as the column of a recursive table: the type of its first rows is all that the others have
/// room in, and a cast does not widen it: `CAST(5 AS SIGNED)` has room for two digits, `CAST(x AS CHAR)`
/// for what `x` has. A branch that is never taken gives the type of both.
pub(super) fn wide(w: &mut Writer<'_>, expr: &Expr, wide: Wide) -> Result {
    // Texts and bytes of more than 16 MB: of the longest type, whose values a server need not take.
    let widest = match wide {
        Wide::Int => "9223372036854775807",
        Wide::UInt => "18446744073709551615",
        Wide::Double => "1e0",
        Wide::Text => "CAST('' AS CHAR(5000000))",
        Wide::Bytes => "CAST('' AS BINARY(20000000))",
        Wide::Decimal => return cast_as(w, expr, &format!("DECIMAL(65, {})", Wide::SCALE)),
        Wide::Date => return cast_as(w, expr, "DATE"),
        Wide::Time => return cast_as(w, expr, "TIME(6)"),
        Wide::DateTime => return cast_as(w, expr, "DATETIME(6)"),
    };
    w.push("CASE WHEN 0 THEN ");
    w.push(widest);
    w.push(" ELSE ");
    if wide == Wide::Text {
        // A column of an older table may be of another character set.
        w.push("CONVERT(");
        w.expr(expr)?;
        w.push(" USING utf8mb4) COLLATE ");
        w.push(w.d.features().text_collation);
    } else {
        w.operand(expr)?;
    }
    w.push(" END");
    Ok(())
}

pub(super) fn group_concat(
    w: &mut Writer<'_>,
    expr: &Expr,
    distinct: bool,
    separator: &str,
    order_by: &[Order],
) -> Result {
    w.push(if distinct {
        "GROUP_CONCAT(DISTINCT "
    } else {
        "GROUP_CONCAT("
    });
    w.expr(expr)?;
    w.order_by(&nulls_apart(expr, order_by), &[])?;
    // No parameter is taken here.
    w.push(" SEPARATOR ");
    w.literal(&Value::Text(separator.to_owned()))?;
    w.push(")");
    Ok(())
}

/// GROUP_CONCAT takes NULL for zero when it sorts (seen on MariaDB 10.11): whether it is NULL is told
/// first. Where the text itself is NULL, nothing is joined.
fn nulls_apart(text: &Expr, order_by: &[Order]) -> Vec<Order> {
    let terms = order_by.iter().flat_map(|order| {
        let null = (order.expr != *text).then(|| Order {
            expr: Expr::IsNotNull(Box::new(order.expr.clone())),
            descending: order.descending,
        });
        null.into_iter().chain([order.clone()])
    });
    terms.collect()
}

const fn word(unit: DateUnit) -> &'static str {
    match unit {
        DateUnit::Year => "YEAR",
        DateUnit::Quarter => "QUARTER",
        DateUnit::Month => "MONTH",
        DateUnit::Week => "WEEK",
        DateUnit::Day => "DAY",
        DateUnit::Hour => "HOUR",
        DateUnit::Minute => "MINUTE",
        DateUnit::Second => "SECOND",
    }
}

/// MySQL and MariaDB have no DATE_TRUNC.
pub(super) fn trunc(w: &mut Writer<'_>, unit: DateUnit, instant: bool, date: &Expr) -> Result {
    let (before, after) = match unit {
        DateUnit::Year => ("DATE_FORMAT(", ", '%Y-01-01')"),
        DateUnit::Month => ("DATE_FORMAT(", ", '%Y-%m-01')"),
        DateUnit::Day => ("DATE_FORMAT(", ", '%Y-%m-%d')"),
        DateUnit::Hour => ("DATE_FORMAT(", ", '%Y-%m-%d %H:00:00')"),
        DateUnit::Minute => ("DATE_FORMAT(", ", '%Y-%m-%d %H:%i:00')"),
        DateUnit::Second => ("DATE_FORMAT(", ", '%Y-%m-%d %H:%i:%s')"),
        DateUnit::Week | DateUnit::Quarter => ("", ""),
    };
    w.push("CAST(");
    match unit {
        DateUnit::Week => {
            w.push("DATE_SUB(DATE(");
            w.expr(date)?;
            w.push("), INTERVAL WEEKDAY(");
            w.expr(date)?;
            w.push(") DAY)");
        }
        DateUnit::Quarter => {
            w.push("DATE_ADD(MAKEDATE(YEAR(");
            w.expr(date)?;
            w.push("), 1), INTERVAL QUARTER(");
            w.expr(date)?;
            w.push(") - 1 QUARTER)");
        }
        _ => {
            w.push(before);
            w.expr(date)?;
            w.push(after);
        }
    }
    w.push(if instant {
        " AS DATETIME(6))"
    } else {
        " AS DATE)"
    });
    Ok(())
}

fn infix(w: &mut Writer<'_>, op: &str, args: &[Expr]) -> Result {
    w.push("(");
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            w.push(op);
        }
        w.operand(arg)?;
    }
    w.push(")");
    Ok(())
}

fn concat(w: &mut Writer<'_>, args: &[Expr]) -> Result {
    if args.is_empty() {
        w.push("''");
        return Ok(());
    }
    w.push("CONCAT(");
    w.list(args, |w, arg| {
        w.push("COALESCE(");
        w.expr(arg)?;
        w.push(", '')");
        Ok(())
    })?;
    w.push(")");
    Ok(())
}

fn extract(w: &mut Writer<'_>, part: DatePart, args: &[Expr]) -> Result {
    let unit = match part {
        DatePart::Year => "YEAR",
        DatePart::Month => "MONTH",
        DatePart::Day => "DAY",
        DatePart::Hour => "HOUR",
        DatePart::Minute => "MINUTE",
        DatePart::Second => "SECOND",
        DatePart::Quarter => "QUARTER",
        DatePart::WeekDay => return w.call("DAYOFWEEK", args),
        DatePart::Week => {
            w.push("WEEK(");
            w.list(args, Writer::expr)?;
            w.push(", 3)");
            return Ok(());
        }
        DatePart::IsoWeekDay => {
            w.push("(");
            w.call("WEEKDAY", args)?;
            w.push(" + 1)");
            return Ok(());
        }
        // The year of the week's Thursday: SingleStore has no YEARWEEK.
        DatePart::IsoYear => {
            w.push("YEAR(DATE_SUB(");
            w.list(args, Writer::expr)?;
            w.push(", INTERVAL ");
            w.call("WEEKDAY", args)?;
            w.push(" - 3 DAY))");
            return Ok(());
        }
    };
    w.push("EXTRACT(");
    w.push(unit);
    w.push(" FROM ");
    w.list(args, Writer::expr)?;
    w.push(")");
    Ok(())
}

/// Servers calculate with unsigned numbers, and say nothing of moves by more bits than there are.
fn bits<M: Member>(w: &mut Writer<'_>, bits: Bits, signed: bool, a: &Expr, b: &Expr) -> Result {
    match bits {
        Bits::And => plain_bits(w, " & ", signed, a, b),
        Bits::Or => plain_bits(w, " | ", signed, a, b),
        Bits::Xor if M::XOR => plain_bits(w, " ^ ", signed, a, b),
        Bits::Xor => {
            w.push("(");
            plain_bits(w, " | ", signed, a, b)?;
            w.push(" - ");
            plain_bits(w, " & ", signed, a, b)?;
            w.push(")");
            Ok(())
        }
        Bits::Left | Bits::Right => {
            w.push("(CASE WHEN ");
            w.operand(b)?;
            w.push(" BETWEEN 0 AND 63 THEN ");
            match bits {
                Bits::Right if signed => {
                    // Of a negative number the complement is moved, which is none.
                    w.push("CASE WHEN ");
                    w.operand(a)?;
                    w.push(" < 0 THEN -1 - CAST((-1 - ");
                    w.operand(a)?;
                    w.push(") >> ");
                    w.operand(b)?;
                    w.push(" AS SIGNED) ELSE ");
                    plain_bits(w, " >> ", signed, a, b)?;
                    w.push(" END");
                }
                Bits::Right => plain_bits(w, " >> ", signed, a, b)?,
                _ => plain_bits(w, " << ", signed, a, b)?,
            }
            w.push(" WHEN ");
            w.operand(b)?;
            w.push(" IS NOT NULL THEN ");
            if bits == Bits::Right && signed {
                w.push("CASE WHEN ");
                w.operand(a)?;
                w.push(" < 0 THEN -1 ELSE ");
                w.operand(a)?;
                w.push(" * 0 END");
            } else {
                w.operand(a)?;
                w.push(" * 0");
            }
            w.push(" END)");
            Ok(())
        }
    }
}

fn plain_bits(w: &mut Writer<'_>, op: &str, signed: bool, a: &Expr, b: &Expr) -> Result {
    w.push(if signed { "CAST(" } else { "(" });
    w.operand(a)?;
    w.push(op);
    w.operand(b)?;
    w.push(if signed { " AS SIGNED)" } else { ")" });
    Ok(())
}
