//! Decimals of any length, digit by digit: what [`Decimal`](super::decimal::Decimal) does with those that
//! one integer cannot hold.

use std::cmp::Ordering;
use std::fmt;

/// A decimal of any length.
#[derive(Debug, Clone, Default)]
pub(super) struct Digits {
    negative: bool,
    /// Digits from the highest, 0 to 9 each, with no leading zero; empty is zero.
    digits: Vec<u8>,
    /// How many of the digits are behind the point; may be more than there are digits.
    scale: usize,
}

impl Digits {
    /// Reads plain digits with an optional sign and point; `None` if the text is no such number.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, unsigned) = signed(text);
        let point = unsigned.iter().position(|b| *b == b'.');
        let (whole, fraction) = match point {
            Some(at) => (&unsigned[..at], &unsigned[at + 1..]),
            None => (unsigned, &[][..]),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let digits: Option<Vec<u8>> = (whole.iter().chain(fraction))
            .map(|b| b.is_ascii_digit().then(|| b - b'0'))
            .collect();
        Some(Self::new(negative, digits?, fraction.len()))
    }

    /// `n / 10^scale`
    pub(super) fn of(n: i128, scale: usize) -> Self {
        let text = n.unsigned_abs().to_string();
        let digits = text.bytes().map(|b| b - b'0').collect();
        Self::new(n < 0, digits, scale)
    }

    fn new(negative: bool, mut digits: Vec<u8>, scale: usize) -> Self {
        let zeros = digits.iter().take_while(|d| **d == 0).count();
        digits.drain(..zeros);
        Self {
            negative: negative && !digits.is_empty(),
            digits,
            scale,
        }
    }

    /// The digits at a larger scale.
    fn at(&self, scale: usize) -> Vec<u8> {
        let mut digits = self.digits.clone();
        if !digits.is_empty() {
            digits.resize(digits.len() + scale.saturating_sub(self.scale), 0);
        }
        digits
    }

    /// The order by value: `1.5` equals `1.50`.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            _ => {}
        }
        let scale = self.scale.max(other.scale);
        let by_size = magnitude(&self.at(scale), &other.at(scale));
        if self.negative {
            by_size.reverse()
        } else {
            by_size
        }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at(scale), other.at(scale));
        if self.negative == other.negative {
            return Self::new(self.negative, add(&a, &b), scale);
        }
        match magnitude(&a, &b) {
            Ordering::Less => Self::new(other.negative, subtract(&b, &a), scale),
            _ => Self::new(self.negative, subtract(&a, &b), scale),
        }
    }

    pub(super) fn negated(&self) -> Self {
        Self::new(!self.negative, self.digits.clone(), self.scale)
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        let mut product: Vec<u8> = Vec::new();
        for &d in &self.digits {
            product.push(0);
            for _ in 0..d {
                product = add(&product, &other.digits);
            }
        }
        let negative = self.negative != other.negative;
        Self::new(negative, product, self.scale + other.scale)
    }

    /// At most `scale` digits behind the point, half away from zero: what a server stores.
    pub(super) fn rounded(&self, scale: usize) -> Self {
        let Some(cut) = self.scale.checked_sub(scale).filter(|n| *n > 0) else {
            return Self::new(self.negative, self.at(scale), scale);
        };
        let keep = self.digits.len().saturating_sub(cut);
        let mut digits = self.digits[..keep].to_vec();
        if digit(&self.digits, cut - 1) >= 5 {
            digits = add(&digits, &[1]);
        }
        Self::new(self.negative, digits, scale)
    }

    /// The next whole number, not above it where `down`, else not below it.
    pub(super) fn whole(&self, down: bool) -> Self {
        let keep = self.digits.len().saturating_sub(self.scale);
        let cut = self.digits[keep..].iter().any(|d| *d > 0);
        let mut digits = self.digits[..keep].to_vec();
        if cut && self.negative == down {
            digits = add(&digits, &[1]);
        }
        Self::new(self.negative, digits, 0)
    }

    pub(super) fn absolute(&self) -> Self {
        Self::new(false, self.digits.clone(), self.scale)
    }

    /// Digits before the point, without leading zeros.
    pub(super) fn whole_digits(&self) -> usize {
        self.digits.len().saturating_sub(self.scale)
    }

    /// Divides by a count, to four more digits behind the point, half away from zero: MySQL's AVG.
    pub(super) fn divide(&self, by: u64) -> Self {
        let scale = self.scale + 4;
        let mut rest: u128 = 0;
        let by = u128::from(by.max(1));
        let mut quotient: Vec<u8> = self
            .at(scale)
            .into_iter()
            .map(|d| {
                rest = rest * 10 + u128::from(d);
                let digit = rest / by;
                rest %= by;
                // The rest is below `by`, so the digit is below ten.
                digit as u8
            })
            .collect();
        if rest * 2 >= by {
            quotient = add(&quotient, &[1]);
        }
        Self::new(self.negative, quotient, scale)
    }
}

/// Whether a number is negative, and what follows its sign.
pub(super) fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn magnitude(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The digit `i` places from the right.
fn digit(digits: &[u8], i: usize) -> u8 {
    match digits.len().checked_sub(i + 1) {
        Some(at) => digits[at],
        None => 0,
    }
}

fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut out: Vec<u8> = (0..=a.len().max(b.len()))
        .map(|i| {
            let sum = digit(a, i) + digit(b, i) + carry;
            carry = sum / 10;
            sum % 10
        })
        .collect();
    out.reverse();
    out
}

/// `a - b`, where `a` is not the smaller one.
fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut out: Vec<u8> = (0..a.len())
        .map(|i| {
            let (from, take) = (digit(a, i), digit(b, i) + borrow);
            borrow = u8::from(from < take);
            from + 10 * borrow - take
        })
        .collect();
    out.reverse();
    out
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let text: String = self.digits.iter().map(|d| char::from(b'0' + d)).collect();
        let text = format!("{text:0>width$}", width = self.scale + 1);
        let (whole, fraction) = text.split_at(text.len() - self.scale);
        f.write_str(whole)?;
        if !fraction.is_empty() {
            write!(f, ".{fraction}")?;
        }
        Ok(())
    }
}
