//! Bits of whole numbers.

use super::{Expression, Operand, PerGroup, PerRow, Whole};
use crate::ast::{AggregateFunc, Bits, Expr, Func};
use crate::model::{Maybe, Place};

/// Bits of whole numbers, negative ones in two's complement, as in Rust; the same on every backend.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let odd = Article::filter(|a| a.views().bit_and(1).eq(1)).count(&db).await?;
/// assert_eq!(odd, 1);
/// let row = Article::objects()
///     .filter(|a| a.views().eq(7))
///     .select(|a| (a.views().bit_xor(2), a.views().shift_left(2), a.views().shift_right(1)))
///     .get(&db)
///     .await?;
/// assert_eq!(row, (5, 28, 3));
/// # Ok(()) }) }
/// ```
impl<R, T: Whole, N: Place, K> Expression<R, T, N, K> {
    fn bits<U, E: Operand<R, T, K>>(
        &self,
        bits: Bits,
        other: E,
    ) -> Expression<R, U, N::Or<E::Null>, K> {
        Expression::typed(Expr::Func {
            func: Func::Bits(bits, T::SIGNED),
            args: vec![self.node.clone(), other.into_node()],
        })
    }

    /// The bits that both have. Django: `bitand`.
    pub fn bit_and<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, N::Or<E::Null>, K> {
        self.bits(Bits::And, other)
    }

    /// The bits that either has. Django: `bitor`.
    pub fn bit_or<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, N::Or<E::Null>, K> {
        self.bits(Bits::Or, other)
    }

    /// The bits that one of them has. Django: `bitxor`.
    pub fn bit_xor<E: Operand<R, T, K>>(&self, other: E) -> Expression<R, T, N::Or<E::Null>, K> {
        self.bits(Bits::Xor, other)
    }

    /// Moved up by so many of 64 bits; 0 where none stay, or the number is negative. Django:
    /// `bitleftshift`.
    pub fn shift_left<E: Operand<R, T, K>>(
        &self,
        by: E,
    ) -> Expression<R, T::Wide, N::Or<E::Null>, K> {
        self.bits(Bits::Left, by)
    }

    /// Moved down by so many bits, which halves it as often, rounded down. Of a negative number of
    /// bits, or more than 63, what stays is 0, or -1 of a negative value. Django: `bitrightshift`.
    pub fn shift_right<E: Operand<R, T, K>>(&self, by: E) -> Expression<R, T, N::Or<E::Null>, K> {
        self.bits(Bits::Right, by)
    }
}

macro_rules! aggregates {
    ($($name:ident $func:ident $doc:literal;)*) => {
        impl<R, T: Whole, N: Place> Expression<R, T, N, PerRow> {
            $(
                #[doc = $doc]
                pub fn $name(&self) -> Expression<R, T, Maybe, PerGroup> {
                    Expression::typed(Expr::Aggregate {
                        func: AggregateFunc::$func(T::SIGNED),
                        arg: Some(Box::new(self.node.clone())),
                        distinct: false,
                        decimal: false,
                    })
                }
            )*
        }
    };
}
aggregates! {
    all_bits AllBits "The bits that all values have; `None` when there is no value. Django: `BitAnd`.";
    any_bits AnyBits "The bits that any value has; `None` when there is no value. Django: `BitOr`.";
    odd_bits OddBits "The bits that an odd number of values have; `None` when there is no value. Django: `BitXor`.";
}
