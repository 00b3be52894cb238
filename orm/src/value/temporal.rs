//! Dates and times as plain parts: no time zone, no calendar arithmetic, no outside crate.

use std::fmt;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilTime {
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
    /// Microseconds of the second.
    pub micros: u32,
}

/// A date and a time of day; by the ORM's rule always in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDateTime {
    /// The date.
    pub date: CivilDate,
    /// The time of day.
    pub time: CivilTime,
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => f.write_str(ascii(&text)),
            None => write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day),
        }
    }
}

/// Always writes six digits of fraction, so that text sorts like time.
impl fmt::Display for CivilTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => f.write_str(ascii(&text)),
            None => write!(
                f,
                "{:02}:{:02}:{:02}.{:06}",
                self.hour, self.minute, self.second, self.micros
            ),
        }
    }
}

/// `YYYY-MM-DD HH:MM:SS.ffffff`: the one form that every backend accepts and sorts.
impl fmt::Display for CivilDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.date.text(), self.time.text()) {
            (Some(date), Some(time)) => {
                let mut text = [b' '; 26];
                text[..10].copy_from_slice(&date);
                text[11..].copy_from_slice(&time);
                f.write_str(ascii(&text))
            }
            _ => write!(f, "{} {}", self.date, self.time),
        }
    }
}

/// Writes a number's last digits; `None` if it has more than there is room for.
#[inline]
fn put(text: &mut [u8], mut number: u32) -> Option<()> {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    (number == 0).then_some(())
}

/// Digits and marks as text.
#[inline]
fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

/// Reads digits only.
fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Eight bytes that look as a form does, which has a zero where they have a digit and else what they have:
/// in the place of each digit the number of two, itself and the one behind it. All bytes at once, since the
/// times of rows are many.
#[inline]
fn pairs(text: [u8; 8], form: [u8; 8]) -> Option<[u8; 8]> {
    let most = form.map(|byte| if byte == b'0' { 9 } else { 0 });
    let digits = u64::from_le_bytes(text) ^ u64::from_le_bytes(form);
    // A byte of more than its most reaches the highest bit, or has it.
    let above = digits.wrapping_add(u64::from_le_bytes(most.map(|most| 0x7F - most)));
    if (digits | above) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    Some((digits * 10 + (digits >> 8)).to_le_bytes())
}

impl CivilDate {
    /// Its text by hand: each row that is written has some, and the formatter's way is felt.
    #[inline]
    fn text(self) -> Option<[u8; 10]> {
        let mut text = *b"0000-00-00";
        put(&mut text[..4], u32::try_from(self.year).ok()?)?;
        put(&mut text[5..7], self.month.into())?;
        put(&mut text[8..], self.day.into())?;
        Some(text)
    }

    /// Reads `YYYY-MM-DD`; `None` if the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let year = number(parts.next()?)?;
        let month = number(parts.next()?)?;
        let day = number(parts.next()?)?;
        let valid = year <= 9999 && (1..=12).contains(&month) && (1..=31).contains(&day);
        valid.then_some(Self {
            year: year as i32,
            month: month as u8,
            day: day as u8,
        })
    }
}

impl CivilTime {
    #[inline]
    fn text(self) -> Option<[u8; 15]> {
        let mut text = *b"00:00:00.000000";
        put(&mut text[..2], self.hour.into())?;
        put(&mut text[3..5], self.minute.into())?;
        put(&mut text[6..8], self.second.into())?;
        put(&mut text[9..], self.micros)?;
        Some(text)
    }

    /// Reads `HH:MM[:SS[.ffffff]]`; `None` if the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
        let mut parts = clock.split(':');
        let hour = number(parts.next()?)?;
        let minute = number(parts.next()?)?;
        let second = parts.next().map_or(Some(0), number)?;
        if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let micros = match fraction.len() {
            0 => 0,
            1..=6 => number(fraction)? * 10u32.pow(6 - fraction.len() as u32),
            _ => number(fraction.get(..6)?)?,
        };
        Some(Self {
            hour: hour as u8,
            minute: minute as u8,
            second: second as u8,
            micros,
        })
    }
}

impl CivilDateTime {
    /// Reads a date and a time with a blank or `T` between; a date alone is its midnight.
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        Self::written(text.as_bytes()).or_else(|| Self::parse_any(text))
    }

    /// Reads the form that [`Display`](fmt::Display) writes, which every row holds.
    #[inline]
    pub(super) fn written(text: &[u8]) -> Option<Self> {
        let text: &[u8; 26] = text.try_into().ok()?;
        let eight = |from: usize| text.get(from..from + 8)?.try_into().ok();
        let first = pairs(eight(0)?, *b"0000-00-")?;
        let second = pairs(eight(8)?, *b"00 00:00")?;
        let third = pairs(eight(16)?, *b":00.0000")?;
        let last = pairs([text[24], text[25], 0, 0, 0, 0, 0, 0], *b"00\0\0\0\0\0\0")?;
        let date = CivilDate {
            year: i32::from(first[0]) * 100 + i32::from(first[2]),
            month: first[5],
            day: second[0],
        };
        let time = CivilTime {
            hour: second[3],
            minute: second[6],
            second: third[1],
            micros: (u32::from(third[4]) * 100 + u32::from(third[6])) * 100 + u32::from(last[0]),
        };
        let valid = (1..=12).contains(&date.month)
            && (1..=31).contains(&date.day)
            && time.hour <= 23
            && time.minute <= 59
            && time.second <= 59;
        valid.then_some(Self { date, time })
    }

    fn parse_any(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once([' ', 'T']) {
            Some((date, time)) => (date, CivilTime::parse(time.trim_end_matches('Z'))?),
            None => (text, CivilTime::parse("00:00:00")?),
        };
        Some(Self {
            date: CivilDate::parse(date)?,
            time,
        })
    }
}

/// The time by this machine's clock, in UTC, in whole microseconds.
pub fn now() -> CivilDateTime {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = since.as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days to a date, by eras of 400 years that begin on 1 March (Howard Hinnant's algorithm).
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    CivilDateTime {
        date: CivilDate {
            year: year as i32,
            month: month as u8,
            day: day as u8,
        },
        time: CivilTime {
            hour: (second / 3_600) as u8,
            minute: (second / 60 % 60) as u8,
            second: (second % 60) as u8,
            micros: since.subsec_micros(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way reads nothing that the long way does not, and reads it alike.
    #[test]
    fn both_ways_of_reading_agree() {
        for text in [
            "2026-11-25 07:08:09.123456",
            "0000-01-01 00:00:00.000000",
            "9999-12-31 23:59:59.999999",
            "2026-13-25 07:08:09.123456",
            "2026-00-25 07:08:09.123456",
            "2026-11-32 07:08:09.123456",
            "2026-11-25 24:08:09.123456",
            "2026-11-25 07:60:09.123456",
            "2026-11-25 07:08:60.123456",
            "2026-11-25T07:08:09.123456",
            "2026-11-25 07:08:09.12345x",
            "2026/11-25 07:08:09.123456",
            "+026-11-25 07:08:09.123456",
        ] {
            let long = CivilDateTime::parse_any(text);
            match CivilDateTime::written(text.as_bytes()) {
                Some(short) => assert_eq!(Some(short), long, "{text}"),
                None => assert_eq!(CivilDateTime::parse(text), long, "{text}"),
            }
        }
        assert!(CivilDateTime::written(b"2026-11-25 07:08:09.123456").is_some());
        let form = "2026-11-25 07:08:09.123456";
        for at in 0..form.len() {
            for byte in 0..128 {
                let mut text = form.as_bytes().to_vec();
                let was = std::mem::replace(&mut text[at], byte);
                let short = CivilDateTime::written(&text);
                let text = String::from_utf8(text).expect("it is ASCII");
                let long = CivilDateTime::parse_any(&text);
                let kept = byte == was || (byte.is_ascii_digit() && was.is_ascii_digit());
                assert_eq!(short, long.filter(|_| kept), "{text}");
            }
            for byte in 128..=255 {
                let mut text = form.as_bytes().to_vec();
                text[at] = byte;
                assert_eq!(CivilDateTime::written(&text), None);
            }
        }
    }

    /// By hand is written what the formatter writes, whatever the parts are.
    #[test]
    fn both_ways_of_writing_agree() {
        for year in [i32::MIN, -1, 0, 7, 2026, 9_999, 10_000, i32::MAX] {
            for (small, micros) in [(0, 0), (7, 42), (59, 999_999), (100, 1_000_000)] {
                let date = CivilDate {
                    year,
                    month: small,
                    day: small,
                };
                let time = CivilTime {
                    hour: small,
                    minute: small,
                    second: small,
                    micros,
                };
                let day = format!("{year:04}-{small:02}-{small:02}");
                let clock = format!("{small:02}:{small:02}:{small:02}.{micros:06}");
                assert_eq!(date.to_string(), day);
                assert_eq!(time.to_string(), clock);
                let both = CivilDateTime { date, time };
                assert_eq!(both.to_string(), format!("{day} {clock}"));
            }
        }
    }
}
