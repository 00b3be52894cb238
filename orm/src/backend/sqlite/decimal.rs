//! Exact decimals as text: order, sum, average and arithmetic. SQLite's own numbers would make floats of
//! them.
//!
//! One of up to 38 digits is an integer with a scale, since statements calculate with each value of each
//! row; longer ones are [`Digits`].

use std::cmp::Ordering;
use std::ops::{Add, Mul};

use rusqlite::Result;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use super::digits::{Digits, signed};
use super::small::Small;

/// A decimal of any length.
#[derive(Debug, Clone)]
pub(super) enum Decimal {
    /// `n / 10^scale`; the scale is [`SCALE`] at most.
    Short {
        n: i128,
        scale: u32,
    },
    Long(Digits),
}

/// The largest scale of a short one: its text has this many digits and a `0.` in front at most.
const SCALE: u32 = 60;

/// Powers of ten that an `i128` holds.
const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

fn power(scale: u32) -> Option<i128> {
    POWERS.get(scale as usize).copied()
}

/// `n * 10^by`
fn raised(n: i128, by: u32) -> Option<i128> {
    match by {
        0 => Some(n),
        _ => multiplied(n, power(by)?),
    }
}

/// Most are small, and a product of two small ones is one instruction.
fn multiplied(a: i128, b: i128) -> Option<i128> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => Some(i128::from(a) * i128::from(b)),
        _ => a.checked_mul(b),
    }
}

/// Reads digits with at most one point; says how many are behind it. The caller has seen to it that
/// the type holds as many digits as the text has bytes.
fn read<N>(text: &[u8]) -> Option<(N, u32)>
where
    N: Copy + From<u8> + Add<Output = N> + Mul<Output = N>,
{
    let ten = N::from(10);
    let mut n = N::from(0);
    let mut point = None;
    for (i, b) in text.iter().enumerate() {
        match b {
            b'0'..=b'9' => n = n * ten + N::from(b - b'0'),
            b'.' if point.is_none() => point = Some(i),
            _ => return None,
        }
    }
    let behind = point.map_or(0, |at| text.len() - at - 1);
    let digits = text.len() - usize::from(point.is_some());
    (digits > 0).then_some((n, behind as u32))
}

impl Decimal {
    pub(super) const ZERO: Self = Self::Short { n: 0, scale: 0 };

    /// Reads plain digits with an optional sign and point; `None` if the text is no such number.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, unsigned) = signed(text);
        let (n, scale) = match unsigned.len() {
            0..=19 => {
                let (n, scale) = read::<u64>(unsigned)?;
                (i128::from(n), scale)
            }
            20..=38 => read::<i128>(unsigned)?,
            _ => return Digits::parse(text).map(Self::Long),
        };
        let n = if negative { -n } else { n };
        Some(Self::Short { n, scale })
    }

    /// The same number as one that holds more.
    pub(super) fn of(small: Small) -> Self {
        Self::Short {
            n: small.n.into(),
            scale: small.scale,
        }
    }

    fn digits(&self) -> Digits {
        match self {
            Self::Short { n, scale } => Digits::of(*n, *scale as usize),
            Self::Long(digits) => digits.clone(),
        }
    }

    /// Both as integers of one scale, where there is room for that.
    fn aligned(&self, other: &Self) -> Option<(i128, i128, u32)> {
        let (Self::Short { n: a, scale: x }, Self::Short { n: b, scale: y }) = (self, other) else {
            return None;
        };
        Some(match x.cmp(y) {
            Ordering::Equal => (*a, *b, *x),
            Ordering::Less => (raised(*a, y - x)?, *b, *y),
            Ordering::Greater => (*a, raised(*b, x - y)?, *x),
        })
    }

    /// The order by value: `1.5` equals `1.50`.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match self.aligned(other) {
            Some((a, b, _)) => a.cmp(&b),
            None => self.digits().compare(&other.digits()),
        }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let sum = |(a, b, scale): (i128, i128, u32)| Some((a.checked_add(b)?, scale));
        match self.aligned(other).and_then(sum) {
            Some((n, scale)) => Self::Short { n, scale },
            None => Self::Long(self.digits().add(&other.digits())),
        }
    }

    /// Adds to itself: the numbers of a column have one scale.
    pub(super) fn gather(&mut self, small: Small) {
        if let Self::Short { n, scale } = self
            && *scale == small.scale
            && let Some(sum) = n.checked_add(small.n.into())
        {
            *n = sum;
            return;
        }
        *self = self.add(&Self::of(small));
    }

    pub(super) fn subtract(&self, other: &Self) -> Self {
        let difference = |(a, b, scale): (i128, i128, u32)| Some((a.checked_sub(b)?, scale));
        match self.aligned(other).and_then(difference) {
            Some((n, scale)) => Self::Short { n, scale },
            None => Self::Long(self.digits().add(&other.digits().negated())),
        }
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        if let (Self::Short { n: a, scale: x }, Self::Short { n: b, scale: y }) = (self, other)
            && x + y <= SCALE
            && let Some(n) = multiplied(*a, *b)
        {
            return Self::Short { n, scale: x + y };
        }
        Self::Long(self.digits().multiply(&other.digits()))
    }

    /// At most `to` digits behind the point, half away from zero: what a server stores.
    pub(super) fn rounded(&self, to: u8) -> Self {
        let short = || {
            let Self::Short { n, scale } = self else {
                return None;
            };
            let to = u32::from(to);
            let n = match scale.checked_sub(to) {
                None | Some(0) => raised(*n, to - scale)?,
                Some(cut) => divided(*n, power(cut)?),
            };
            (to <= SCALE).then_some(Self::Short { n, scale: to })
        };
        short().unwrap_or_else(|| Self::Long(self.digits().rounded(to.into())))
    }

    /// The next whole number, not above it where `down`, else not below it.
    pub(super) fn whole(&self, down: bool) -> Self {
        if let Self::Short { n, scale } = self
            && let Some(one) = power(*scale)
        {
            let (whole, rest) = (n / one, n % one);
            let step = match down {
                true => -i128::from(rest < 0),
                false => i128::from(rest > 0),
            };
            let n = whole + step;
            return Self::Short { n, scale: 0 };
        }
        Self::Long(self.digits().whole(down))
    }

    pub(super) fn absolute(&self) -> Self {
        match self {
            // The least of all integers has no opposite; no text of 38 digits is that far off.
            Self::Short { n, scale } if *n != i128::MIN => Self::Short {
                n: n.abs(),
                scale: *scale,
            },
            _ => Self::Long(self.digits().absolute()),
        }
    }

    /// Digits before the point, without leading zeros.
    pub(super) fn whole_digits(&self) -> usize {
        match self {
            Self::Short { n, scale } => {
                let digits = n.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
                digits.saturating_sub(*scale) as usize
            }
            Self::Long(digits) => digits.whole_digits(),
        }
    }

    /// Divides by a count, to four more digits behind the point, half away from zero: MySQL's AVG.
    pub(super) fn divide(&self, by: u64) -> Self {
        if let Self::Short { n, scale } = self
            && scale + 4 <= SCALE
            && let Some(n) = raised(*n, 4)
        {
            let n = divided(n, by.max(1).into());
            return Self::Short {
                n,
                scale: scale + 4,
            };
        }
        Self::Long(self.digits().divide(by))
    }

    /// The number in plain digits, with as many behind the point as its scale is.
    pub(super) fn shown(&self) -> Shown {
        match self {
            Self::Short { n, scale } => Shown::short(*n, *scale),
            Self::Long(digits) => Shown::Long(digits.to_string()),
        }
    }
}

impl From<i64> for Decimal {
    fn from(n: i64) -> Self {
        Self::Short {
            n: n.into(),
            scale: 0,
        }
    }
}

/// The quotient, half away from zero.
fn divided(n: i128, by: i128) -> i128 {
    let (quotient, rest) = (n / by, (n % by).abs());
    // Twice the rest may be too large a number.
    if rest >= by - rest {
        quotient + n.signum()
    } else {
        quotient
    }
}

/// The text of a decimal, mostly in place: SQLite copies it anyway.
pub(super) enum Shown {
    Short { text: [u8; Self::SIZE], from: usize },
    Long(String),
}

impl Shown {
    /// [`SCALE`] digits, `0.` and a sign.
    const SIZE: usize = SCALE as usize + 3;

    fn short(n: i128, scale: u32) -> Self {
        const CHUNK: u128 = 10_u128.pow(19);
        let mut text = [b'0'; Self::SIZE];
        let (mut from, mut written) = (Self::SIZE, 0);
        let mut push = |digit: u64| {
            if written == scale && scale > 0 {
                from -= 1;
                text[from] = b'.';
            }
            from -= 1;
            // One digit.
            text[from] = b'0' + digit as u8;
            written += 1;
            written > scale
        };
        // Division of 64 bits is much quicker than of 128.
        let mut rest = n.unsigned_abs();
        while rest > u128::from(u64::MAX) {
            let mut chunk = (rest % CHUNK) as u64;
            rest /= CHUNK;
            for _ in 0..19 {
                push(chunk % 10);
                chunk /= 10;
            }
        }
        let mut rest = rest as u64;
        loop {
            let enough = push(rest % 10);
            rest /= 10;
            if rest == 0 && enough {
                break;
            }
        }
        if n < 0 {
            from -= 1;
            text[from] = b'-';
        }
        Self::Short { text, from }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Short { text, from } => &text[*from..],
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl ToSql for Shown {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text.as_bytes()).expect(text)
    }

    fn show(d: &Decimal) -> String {
        String::from_utf8(d.shown().bytes().to_vec()).expect("digits")
    }

    #[test]
    fn reads_and_writes() {
        for (text, wanted) in [
            ("0", "0"),
            ("-0.00", "0.00"),
            ("007.50", "7.50"),
            ("-.5", "-0.5"),
            ("5.", "5"),
            (
                "12345678901234567890123456789.000000001",
                "12345678901234567890123456789.000000001",
            ),
        ] {
            assert_eq!(show(&d(text)), wanted);
        }
        for bad in ["", "-", ".", "1e5", "1.2.3", "x", "١"] {
            assert!(Decimal::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn order() {
        let sorted = [
            "-10.5", "-2", "-0.1", "0", "0.09", "0.1", "2", "10", "10.01",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(d(a).compare(&d(b)), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(d("1.5").compare(&d("1.500")), Ordering::Equal);
        assert_eq!(d("0").compare(&d("-0.0")), Ordering::Equal);
    }

    #[test]
    fn arithmetic_matches_integers() {
        for a in [-1234i64, -100, -5, 0, 7, 99, 10001] {
            for b in [-999i64, -7, 0, 5, 250, 10000] {
                let wanted = |n: i64| {
                    format!(
                        "{}{}.{:02}",
                        if n < 0 { "-" } else { "" },
                        n.abs() / 100,
                        n.abs() % 100
                    )
                };
                let (x, y) = (d(&wanted(a)), d(&wanted(b)));
                assert_eq!(show(&x.add(&y)), wanted(a + b), "{a} {b}");
                assert_eq!(show(&x.subtract(&y)), wanted(a - b), "{a} {b}");
            }
        }
        for (text, below, above) in [
            ("1.5", "1", "2"),
            ("-1.5", "-2", "-1"),
            ("-0.05", "-1", "0"),
            ("0.05", "0", "1"),
            ("7.00", "7", "7"),
            ("9.99", "9", "10"),
        ] {
            assert_eq!(show(&d(text).whole(true)), below);
            assert_eq!(show(&d(text).whole(false)), above);
        }
        assert_eq!(show(&d("0.1").add(&d("0.02"))), "0.12");
        assert_eq!(show(&d("10").divide(3)), "3.3333");
        assert_eq!(show(&d("-20.0").divide(3)), "-6.66667");
        assert_eq!(show(&d("1").divide(8)), "0.1250");
        assert_eq!(show(&d("0.0").divide(7)), "0.00000");
    }

    /// Each operation on one integer says what the same says digit by digit.
    #[test]
    fn short_and_long_agree() {
        let texts = [
            "0",
            "-0.05",
            "0.5",
            "-2.5",
            "1.25",
            "99.995",
            "-99.995",
            "7",
            "18446744073709551615",
            "18446744073709551616",
            "1234567890123456789.5",
            "-9999999999999999999",
            "99999999999999999999999999999999999999",
            "-99999999999999999999999999999999999999",
            "0.0000000000000000000000000000000000001",
            "9999999999999999999.999999999999999999",
            "12345678901234567890123456789012345678.9",
        ];
        for a in texts {
            let (x, x_long) = (d(a), Decimal::Long(d(a).digits()));
            let same = |short: Decimal, long: Decimal| assert_eq!(show(&short), show(&long), "{a}");
            for to in [0, 1, 2, 5, 37, 40, 70] {
                same(x.rounded(to), x_long.rounded(to));
            }
            for by in [1, 3, 8, u64::MAX] {
                same(x.divide(by), x_long.divide(by));
            }
            same(x.whole(true), x_long.whole(true));
            same(x.whole(false), x_long.whole(false));
            same(x.absolute(), x_long.absolute());
            assert_eq!(x.whole_digits(), x_long.whole_digits(), "{a}");
            for b in texts {
                let (y, y_long) = (d(b), Decimal::Long(d(b).digits()));
                same(x.add(&y), x_long.add(&y_long));
                same(x.subtract(&y), x_long.subtract(&y_long));
                same(x.multiply(&y), x_long.multiply(&y_long));
                assert_eq!(x.compare(&y), x_long.compare(&y_long), "{a} {b}");
            }
        }
    }
}
