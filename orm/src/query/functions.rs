//! Functions of values.

use super::{Expression, Operand};
use crate::ast::{DatePart, Expr, Func};
use crate::model::{Here, Place};
use crate::value::DbType;

fn call(func: Func, args: Vec<Expr>) -> Expr {
    Expr::Func { func, args }
}

impl<R, N: Place, K> Expression<R, String, N, K> {
    /// `LOWER`, for all of Unicode. Django: `Lower`.
    pub fn lower(&self) -> Self {
        Self::typed(call(Func::Lower, vec![self.node.clone()]))
    }

    /// `UPPER`, for all of Unicode. Django: `Upper`.
    pub fn upper(&self) -> Self {
        Self::typed(call(Func::Upper, vec![self.node.clone()]))
    }

    /// Number of characters. Django: `Length`.
    pub fn length(&self) -> Expression<R, i64, N, K> {
        Expression::typed(call(Func::Length, vec![self.node.clone()]))
    }
}

/// Types with a calendar date.
pub trait DateLike: DbType {}
impl DateLike for crate::value::CivilDate {}
impl DateLike for crate::value::CivilDateTime {}
#[cfg(feature = "chrono")]
mod with_chrono {
    impl super::DateLike for chrono::NaiveDate {}
    impl super::DateLike for chrono::NaiveDateTime {}
    impl super::DateLike for chrono::DateTime<chrono::Utc> {}
}

/// Parts of dates, in UTC.
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

    /// Day of the week, Sunday is 1. Django: `week_day`.
    pub fn week_day(&self) -> Expression<R, i64, N, K> {
        self.part(DatePart::WeekDay)
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
}

#[cfg(feature = "chrono")]
impl<R, N: Place, K> Expression<R, chrono::DateTime<chrono::Utc>, N, K> {
    /// The calendar date, in UTC. Django: `date`.
    pub fn date(&self) -> Expression<R, chrono::NaiveDate, N, K> {
        Expression::typed(call(Func::Date, vec![self.node.clone()]))
    }
}

/// The first of two that is not NULL. Django: `Coalesce`.
pub fn coalesce<R, T: DbType, N: Place>(
    first: &Expression<R, T, N>,
    other: impl Operand<R, T>,
) -> Expression<R, T, Here> {
    Expression::typed(call(
        Func::Coalesce,
        vec![first.node.clone(), other.into_node()],
    ))
}

/// Two texts one after the other; NULL counts as empty. Django: `Concat`.
pub fn concat<R>(
    first: impl Operand<R, String>,
    second: impl Operand<R, String>,
) -> Expression<R, String, Here> {
    Expression::typed(call(
        Func::Concat,
        vec![first.into_node(), second.into_node()],
    ))
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
