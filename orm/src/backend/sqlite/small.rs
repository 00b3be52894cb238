//! Decimals of one machine word, which nearly all are: a sum over many rows spends its time reading them.
//!
//! What does not fit is `None` here, no error: [`Decimal`](super::decimal::Decimal) does it over.

use super::digits::signed;

/// `n / 10^scale`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Small {
    pub(super) n: i64,
    pub(super) scale: u32,
}

/// Digits of a text at most: so many always fit.
const LONGEST: usize = 18;

const POWERS: [i64; LONGEST + 1] = {
    let mut powers = [1; LONGEST + 1];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

impl Small {
    /// Reads plain digits with an optional sign and point.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, unsigned) = signed(text);
        let (n, scale) = match unsigned.len() {
            1..=8 => eight(unsigned)?,
            9..=LONGEST => one_by_one(unsigned)?,
            _ => return None,
        };
        let n = if negative { -n } else { n };
        Some(Self { n, scale })
    }

    /// Both numbers at the larger of their scales.
    fn aligned(self, other: Self) -> Option<(i64, i64, u32)> {
        let raised = |x: Self, to: u32| {
            let by = POWERS.get((to - x.scale) as usize)?;
            x.n.checked_mul(*by)
        };
        let scale = self.scale.max(other.scale);
        Some((raised(self, scale)?, raised(other, scale)?, scale))
    }

    pub(super) fn add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        let n = a.checked_add(b)?;
        Some(Self { n, scale })
    }

    pub(super) fn subtract(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        let n = a.checked_sub(b)?;
        Some(Self { n, scale })
    }

    /// None with a scale above that of any text: sums would have to align it.
    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        let n = self.n.checked_mul(other.n)?;
        let scale = self.scale + other.scale;
        (scale as usize <= LONGEST).then_some(Self { n, scale })
    }
}

impl From<i64> for Small {
    fn from(n: i64) -> Self {
        Self { n, scale: 0 }
    }
}

/// A byte in all eight places.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Up to eight bytes at once, without a branch that depends on one of them: the lengths of numbers, and
/// where their points are, are what a processor guesses wrong.
fn eight(text: &[u8]) -> Option<(i64, u32)> {
    let len = text.len() as u32;
    // The first byte is the lowest; zeros stand in front, so that the last is the highest.
    let bytes = match text.len() {
        8.. => half(text, 0)? | (half(text, 4)? << 32),
        4.. => half(text, 0)? | (half(text, text.len() - 4)? << (8 * (len - 4))),
        1.. => {
            let last = u64::from(*text.last()?) << (8 * (len - 1));
            let middle = u64::from(text[text.len() / 2]) << (8 * (len / 2));
            u64::from(text[0]) | middle | last
        }
        0 => return None,
    };
    let free = 8 * (8 - len);
    let mut digits = match free {
        0 => bytes,
        _ => (bytes << free) | (all(b'0') >> (64 - free)),
    };
    // The lowest byte that is a point has the lowest of the bits that this sets.
    let x = digits ^ all(b'.');
    let points = x.wrapping_sub(all(1)) & !x & all(0x80);
    let mut scale = 0;
    if points != 0 {
        if len == 1 {
            return None;
        }
        let at = points.trailing_zeros() / 8;
        scale = 7 - at;
        // What is in front of it moves up by its place.
        let behind = u64::MAX.checked_shl(8 * (at + 1)).unwrap_or(0);
        let front = digits & !(u64::MAX << (8 * at));
        digits = (digits & behind) | (front << 8) | u64::from(b'0');
    }
    let high = digits & all(0xF0) == all(b'0');
    let carried = digits.wrapping_add(all(6)) & all(0xF0) == all(b'0');
    if !(high && carried) {
        return None;
    }
    // Tens and ones, then pairs, then fours.
    let ones = digits & all(0x0F);
    let pairs = (ones * 10 + (ones >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let eights = (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF;
    Some((i64::try_from(eights).ok()?, scale))
}

/// Four bytes from a place on.
fn half(text: &[u8], from: usize) -> Option<u64> {
    let bytes = text.get(from..from + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?).into())
}

fn one_by_one(text: &[u8]) -> Option<(i64, u32)> {
    let mut n = 0;
    let mut point = None;
    for (i, b) in text.iter().enumerate() {
        match b {
            b'0'..=b'9' => n = n * 10 + i64::from(b - b'0'),
            b'.' if point.is_none() => point = Some(i),
            _ => return None,
        }
    }
    let scale = point.map_or(0, |at| text.len() - at - 1);
    Some((n, scale as u32))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::decimal::Decimal;
    use super::*;

    fn show(d: &Decimal) -> String {
        String::from_utf8(d.shown().bytes().to_vec()).expect("digits")
    }

    fn long(small: Small) -> Decimal {
        Decimal::of(small)
    }

    #[test]
    fn reads_each_length_with_a_point_in_each_place() {
        let digits = "123456789012345678";
        for len in 1..=LONGEST {
            let whole = &digits[..len];
            for at in 0..=len {
                let text = format!("{}.{}", &whole[..at], &whole[at..]);
                for (text, scale) in [(whole, 0), (&text, len - at)] {
                    for sign in ["", "-", "+"] {
                        let signed = format!("{sign}{text}");
                        let read = Small::parse(signed.as_bytes());
                        if text.len() > LONGEST {
                            assert_eq!(read, None, "{signed}");
                            continue;
                        }
                        let n: i64 = whole.parse().expect("it fits");
                        let n = if sign == "-" { -n } else { n };
                        let scale = scale as u32;
                        assert_eq!(read, Some(Small { n, scale }), "{signed}");
                    }
                }
            }
        }
        assert_eq!(Small::parse(b"00000000").map(|x| x.n), Some(0));
        assert_eq!(Small::parse(b"99999999").map(|x| x.n), Some(99_999_999));
    }

    #[test]
    fn leaves_what_is_no_such_number() {
        for bad in [
            "",
            "-",
            "+",
            ".",
            "-.",
            "..",
            "1..2",
            "1.2.3",
            "1e5",
            "x",
            "1 ",
            " 1",
            "/",
            ":",
            "1:",
            "/1",
            "1,5",
            "--1",
            "+-1",
            "1.2.",
            "\u{661}",
            "\0",
            "12345678x",
            "1.2.3456789",
            "........",
        ] {
            assert_eq!(Small::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        /// Of any bytes: the same number as the longer way reads, or none that this one has to read.
        #[test]
        fn agrees_with_the_long_way(text in prop_oneof!["[-+]?[0-9]{0,9}\\.?[0-9]{0,9}", "[0-9./:x -]{0,12}", "\\PC{0,9}"]) {
            let long_way = Decimal::parse(text.as_bytes());
            match Small::parse(text.as_bytes()) {
                Some(small) => {
                    let read = long_way.expect("the long way reads it too");
                    prop_assert_eq!(show(&long(small)), show(&read));
                }
                None => prop_assert!(long_way.is_none() || text.trim_start_matches(['-', '+']).len() > LONGEST, "{}", text),
            }
        }

        #[test]
        fn calculates_as_the_long_way(a in any::<i64>(), b in any::<i64>(), cut in 0_u32..60, x in 0_u32..=18, y in 0_u32..=18) {
            // Of all sizes.
            let (a, b) = (Small { n: a >> cut, scale: x }, Small { n: b >> (cut / 2), scale: y });
            let (p, q) = (long(a), long(b));
            for (small, wanted) in [(a.add(b), p.add(&q)), (a.subtract(b), p.subtract(&q)), (a.multiply(b), p.multiply(&q))] {
                if let Some(small) = small {
                    prop_assert_eq!(show(&long(small)), show(&wanted));
                }
            }
        }
    }
}
