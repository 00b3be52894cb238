//! Dates and times: parts, starts of units, calculation.

use std::fmt;

use super::functions::call;
use super::{Column, Expression, Operand, PerRow, Term};
use crate::ast::{BinaryOp, DatePart, DateUnit, Expr, Func};
use crate::model::{Here, Maybe, Place};
use crate::value::{DbType, Value};

/// Types with a calendar date.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no calendar date",
    note = "dates are `NaiveDate`, `NaiveDateTime` and `DateTime<Utc>`"
)]
pub trait DateLike: DbType {
    /// Whether there is a time of day as well.
    const INSTANT: bool;
}
impl DateLike for crate::value::CivilDate {
    const INSTANT: bool = false;
}
impl DateLike for crate::value::CivilDateTime {
    const INSTANT: bool = true;
}
#[cfg(feature = "chrono")]
mod with_chrono {
    use super::DateLike;
    impl DateLike for chrono::NaiveDate {
        const INSTANT: bool = false;
    }
    impl DateLike for chrono::NaiveDateTime {
        const INSTANT: bool = true;
    }
    impl DateLike for chrono::DateTime<chrono::Utc> {
        const INSTANT: bool = true;
    }
}

/// The unit that [`Expression::trunc`] goes to the start of.
pub use crate::ast::DateUnit as Unit;

/// A span of the calendar, added to and taken from dates: `a.day() + months(1)`, or as many as a column
/// says: `a.day() + days(a.trial())`.
///
/// Where the day of the month does not exist, it is the last one of the month: a month after 31 January
/// is 28 February.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    unit: DateUnit,
    n: i64,
}

/// The call that adds so many units to a date, which [`Calendar::added`] puts before them.
fn added(unit: DateUnit, n: Expr) -> Expr {
    call(Func::DateAdd(unit), vec![n])
}

impl Calendar {
    /// A call whose first argument, the date, is still missing.
    pub(super) fn node(self) -> Expr {
        added(self.unit, Expr::Value(Value::Int(self.n)))
    }

    /// Puts the date before what [`node`](Self::node) made.
    pub(super) fn added(date: Expr, by: Expr, back: bool) -> Expr {
        let Expr::Func { func, mut args } = by else {
            return date;
        };
        if back && let Some(n) = args.pop() {
            args.push(match n {
                Expr::Value(Value::Int(n)) => Expr::Value(Value::Int(n.saturating_neg())),
                n => Expr::binary(Expr::Value(Value::Int(0)), BinaryOp::Sub, n),
            });
        }
        args.insert(0, date);
        call(func, args)
    }
}

/// A [`Calendar`] of so many units as a column or expression of a query on `R` says.
pub struct CalendarOf<R, N = Here, K = PerRow> {
    unit: DateUnit,
    n: Expression<R, i64, N, K>,
}

impl<R, N, K> fmt::Debug for CalendarOf<R, N, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.n, self.unit)
    }
}

impl<R, T: DateLike, N: Place, K> Term<R, T, K> for CalendarOf<R, N, K> {
    type Type = Calendar;
    /// A row may say more than there are dates.
    type Null = Maybe;
    fn term(self) -> Expr {
        added(self.unit, self.n.node)
    }
}

/// How many units of the calendar: a number, or a column or expression that is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how many days, weeks, months or years",
    label = "expected a whole number, or a column or expression of one",
    note = "an unsigned column is `.cast::<i64>()`, parts of days are `TimeDelta`"
)]
pub trait Units {
    /// The span of the calendar.
    type Span;
    /// So many.
    fn of(self, unit: DateUnit) -> Self::Span;
}

impl Units for i64 {
    type Span = Calendar;
    fn of(self, unit: DateUnit) -> Calendar {
        Calendar { unit, n: self }
    }
}

macro_rules! units {
    ($($ty:ty),*) => {$(
        impl<R, N, K> Units for Expression<R, $ty, N, K> {
            type Span = CalendarOf<R, N, K>;
            fn of(self, unit: DateUnit) -> Self::Span {
                CalendarOf { unit, n: Expression::typed(self.node) }
            }
        }
        impl<R, N, K> Units for &Expression<R, $ty, N, K> {
            type Span = CalendarOf<R, N, K>;
            fn of(self, unit: DateUnit) -> Self::Span {
                self.clone().of(unit)
            }
        }
        impl<R, N> Units for Column<R, $ty, N> {
            type Span = CalendarOf<R, N>;
            fn of(self, unit: DateUnit) -> Self::Span {
                Expression::clone(&self).of(unit)
            }
        }
        impl<R, N> Units for &Column<R, $ty, N> {
            type Span = CalendarOf<R, N>;
            fn of(self, unit: DateUnit) -> Self::Span {
                Expression::clone(self).of(unit)
            }
        }
    )*};
}
units!(i8, i16, i32, i64);

macro_rules! spans {
    ($($name:ident $unit:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name<U: Units>(n: U) -> U::Span {
            n.of(DateUnit::$unit)
        }
    )*};
}
spans! {
    days Day "So many days. How many may be a column or expression, as of the others; where a row says more than there are dates, the date is `None`.";
    weeks Week "So many weeks.";
    months Month "So many months.";
    years Year "So many years.";
}

/// Parts of dates, in UTC.
///
/// ```
/// # use orm::query::{months, Unit};
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let by_month = Article::objects()
///     .filter(|a| a.published_at().year().gt(2000))
///     .group_by(|a| a.published_at().trunc(Unit::Month))
///     .aggregate(|_| count())
///     .all(&db)
///     .await?;
/// assert_eq!(by_month[0].1, 3);
/// let later = Article::objects().filter(|a| (a.published_at() + months(1)).gt(a.published_at()));
/// assert_eq!(later.count(&db).await?, 3);
/// # Ok(()) }) }
/// ```
impl<R, T: DateLike, N: Place, K> Expression<R, T, N, K> {
    fn part(&self, part: DatePart) -> Expression<R, i64, N, K> {
        Expression::typed(call(Func::Extract(part), vec![self.node.clone()]))
    }

    /// Year. Django: `year`.
    pub fn year(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Year)
    }

    /// Month, 1 to 12. Django: `month`.
    pub fn month(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Month)
    }

    /// Day of the month. Django: `day`.
    pub fn day(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Day)
    }

    /// Quarter, 1 to 4. Django: `quarter`.
    pub fn quarter(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Quarter)
    }

    /// ISO week, 1 to 53. Django: `week`.
    pub fn week(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Week)
    }

    /// The year that the ISO week belongs to. Django: `iso_year`.
    pub fn iso_year(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::IsoYear)
    }

    /// Day of the week, Sunday is 1. Django: `week_day`.
    pub fn week_day(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::WeekDay)
    }

    /// Day of the week, Monday is 1. Django: `iso_week_day`.
    pub fn iso_week_day(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::IsoWeekDay)
    }

    /// Hour. Django: `hour`.
    pub fn hour(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Hour)
    }

    /// Minute. Django: `minute`.
    pub fn minute(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Minute)
    }

    /// Second, whole. Django: `second`.
    pub fn second(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::Second)
    }

    /// The start of the unit it is in: of a week its Monday. Django: `Trunc`.
    pub fn trunc(&self, unit: Unit) -> Self {
        Self::typed(call(Func::Trunc(unit, T::INSTANT), vec![self.node.clone()]))
    }

    /// Whole days since another date, by the calendar: of 1 o'clock today and 23 o'clock yesterday 1.
    pub fn days_since<E: Operand<R, T, K>>(
        &self,
        earlier: E,
    ) -> Expression<R, i64, N::Or<E::Null>, K> {
        let args = vec![self.node.clone(), earlier.into_node()];
        Expression::typed(call(Func::DaysBetween, args))
    }
}

#[cfg(feature = "chrono")]
impl<R, N: Place, K> Expression<R, chrono::DateTime<chrono::Utc>, N, K> {
    /// The calendar date, in UTC. Django: `date`.
    pub fn date(&self) -> Expression<R, chrono::NaiveDate, N, K> {
        Expression::typed(call(Func::Date, vec![self.node.clone()]))
    }

    /// The time of day, in UTC. Django: `time`.
    pub fn time(&self) -> Expression<R, chrono::NaiveTime, N, K> {
        Expression::typed(call(Func::Time, vec![self.node.clone()]))
    }
}

/// The server's clock, in UTC. Django: `Now`.
#[cfg(feature = "chrono")]
pub fn now<R>() -> Expression<R, chrono::DateTime<chrono::Utc>, Here> {
    Expression::typed(call(Func::Now, vec![]))
}

/// The server's clock, in UTC. Django: `Now`.
#[cfg(not(feature = "chrono"))]
pub fn now<R>() -> Expression<R, crate::value::CivilDateTime, Here> {
    Expression::typed(call(Func::Now, vec![]))
}
