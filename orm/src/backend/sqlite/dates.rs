//! Calculation with dates, which SQLite does otherwise than servers: a month after 31 January is 28
//! February there, 3 March here.
//!
//! Dates are texts `2026-01-31`, instants `2026-01-31 12:00:00.000000`; each function hands back the
//! form that it was given.

use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::functions::{PURE, text, user};

const DAY: i64 = 86_400_000_000;

/// Registers the functions.
pub(super) fn register(conn: &Connection) -> Result<()> {
    conn.create_scalar_function("orm_trunc", 2, PURE, |ctx| {
        let unit: String = ctx.get(1)?;
        Ok(moment(ctx, 0)?.map(|m| m.trunc(&unit).to_string()))
    })?;
    conn.create_scalar_function("orm_date_add", 3, PURE, |ctx| {
        let (Some(at), Some(n)) = (moment(ctx, 0)?, ctx.get::<Option<i64>>(1)?) else {
            return Ok(None);
        };
        let unit: String = ctx.get(2)?;
        Ok(at.add(&unit, n).map(|m| m.to_string()))
    })?;
    conn.create_scalar_function("orm_micros_add", 2, PURE, |ctx| {
        let (Some(n), Some(at)) = (ctx.get::<Option<i64>>(1)?, moment(ctx, 0)?) else {
            return Ok(None);
        };
        let later = at.micros.checked_add(n);
        Ok(later.and_then(|m| at.at(m)).map(|m| m.to_string()))
    })?;
    conn.create_scalar_function("orm_micros_between", 2, PURE, |ctx| {
        let (a, b) = (moment(ctx, 0)?, moment(ctx, 1)?);
        Ok(a.zip(b).map(|(a, b)| a.micros - b.micros))
    })?;
    conn.create_scalar_function("orm_days_between", 2, PURE, |ctx| {
        let (a, b) = (moment(ctx, 0)?, moment(ctx, 1)?);
        Ok(a.zip(b).map(|(a, b)| a.days() - b.days()))
    })
}

/// A date or an instant, as microseconds since the year 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moment {
    micros: i64,
    /// Whether there is no time of day.
    date: bool,
}

fn moment(ctx: &Context<'_>, i: usize) -> Result<Option<Moment>> {
    let Some(text) = text(ctx.get_raw(i))? else {
        return Ok(None);
    };
    let moment = Moment::parse(&text).ok_or_else(|| user(format!("`{text}` is no date")))?;
    Ok(Some(moment))
}

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day, from days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    (year + era * 400 + i64::from(month <= 2), month, day)
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once([' ', 'T']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let number = |t: &str| {
            let plain = !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| t.parse::<i64>().ok()).flatten()
        };
        let mut parts = date.split('-').map(number);
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let mut micros = days(year, month, day) * DAY;
        if let Some(time) = time {
            let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
            let mut parts = whole.split(':').map(number);
            let (h, m, s) = (parts.next()??, parts.next()??, parts.next()??);
            let fraction = format!("{fraction:0<6}");
            micros += ((h * 60 + m) * 60 + s) * 1_000_000 + number(fraction.get(..6)?)?;
        }
        Some(Self {
            micros,
            date: time.is_none(),
        })
    }

    fn days(self) -> i64 {
        self.micros.div_euclid(DAY)
    }

    /// Another moment of the same form; `None` outside the years that a database holds.
    fn at(self, micros: i64) -> Option<Self> {
        let (year, ..) = civil(micros.div_euclid(DAY));
        (1..=9999)
            .contains(&year)
            .then_some(Self { micros, ..self })
    }

    fn trunc(self, unit: &str) -> Self {
        let (year, month, day) = civil(self.days());
        let of_day = self.micros.rem_euclid(DAY);
        let clock = |unit: i64| self.micros - of_day % unit;
        let micros = match unit {
            "year" => days(year, 1, 1) * DAY,
            "quarter" => days(year, (month - 1) / 3 * 3 + 1, 1) * DAY,
            "month" => days(year, month, 1) * DAY,
            // 1970 began on a Thursday.
            "week" => (self.days() - (self.days() + 3).rem_euclid(7)) * DAY,
            "hour" => clock(3_600_000_000),
            "minute" => clock(60_000_000),
            "second" => clock(1_000_000),
            _ => days(year, month, day) * DAY,
        };
        Self { micros, ..self }
    }

    fn add(self, unit: &str, n: i64) -> Option<Self> {
        let months = match unit {
            "year" => n.checked_mul(12)?,
            "quarter" => n.checked_mul(3)?,
            "month" => n,
            _ => {
                let size = match unit {
                    "week" => 7 * DAY,
                    "hour" => 3_600_000_000,
                    "minute" => 60_000_000,
                    "second" => 1_000_000,
                    _ => DAY,
                };
                return self.at(self.micros.checked_add(n.checked_mul(size)?)?);
            }
        };
        let (year, month, day) = civil(self.days());
        let month = (year * 12 + month - 1).checked_add(months)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        if !(1..=9999).contains(&year) {
            return None;
        }
        let next = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        let last = days(next.0, next.1, 1) - days(year, month, 1);
        let micros = days(year, month, day.min(last)) * DAY + self.micros.rem_euclid(DAY);
        self.at(micros)
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = civil(self.days());
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        if self.date {
            return Ok(());
        }
        let of_day = self.micros.rem_euclid(DAY);
        let seconds = of_day / 1_000_000;
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, " {h:02}:{m:02}:{s:02}.{:06}", of_day % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m(text: &str) -> Moment {
        Moment::parse(text).expect(text)
    }

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        for day in -800_000..800_000 {
            let (y, mo, d) = civil(day);
            assert_eq!(days(y, mo, d), day);
        }
    }

    #[test]
    fn the_day_is_cut_to_the_month() {
        for (from, unit, n, to) in [
            ("2026-01-31", "month", 1, "2026-02-28"),
            ("2024-02-29", "year", 1, "2025-02-28"),
            ("2026-03-31", "month", -1, "2026-02-28"),
            ("2026-12-15", "month", 1, "2027-01-15"),
            ("2026-01-01", "day", -1, "2025-12-31"),
            ("2026-01-01", "week", 2, "2026-01-15"),
            (
                "2026-01-31 10:00:00.500000",
                "quarter",
                1,
                "2026-04-30 10:00:00.500000",
            ),
        ] {
            assert_eq!(
                m(from).add(unit, n).map(|m| m.to_string()).as_deref(),
                Some(to)
            );
        }
        assert_eq!(m("9999-12-31").add("day", 1), None);
        assert_eq!(m("2026-01-01").add("month", i64::MAX), None);
    }

    #[test]
    fn units_begin() {
        let at = "2026-05-20 13:45:59.250000";
        for (unit, start) in [
            ("year", "2026-01-01 00:00:00.000000"),
            ("quarter", "2026-04-01 00:00:00.000000"),
            ("month", "2026-05-01 00:00:00.000000"),
            ("week", "2026-05-18 00:00:00.000000"),
            ("day", "2026-05-20 00:00:00.000000"),
            ("hour", "2026-05-20 13:00:00.000000"),
            ("minute", "2026-05-20 13:45:00.000000"),
            ("second", "2026-05-20 13:45:59.000000"),
        ] {
            assert_eq!(m(at).trunc(unit).to_string(), start);
        }
        assert_eq!(m("1969-12-31").trunc("week").to_string(), "1969-12-29");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "2026",
            "2026-13-01",
            "2026-01-00",
            "x-01-01",
            "2026-01-01 1:2",
            "+1-01-01",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }
}
