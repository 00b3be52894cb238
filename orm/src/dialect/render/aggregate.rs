//! Aggregates.

use super::{Result, Writer, scope};
use crate::ast::{AggregateFunc, CastTo, Expr, Order};

impl Writer<'_> {
    pub(super) fn aggregate(
        &mut self,
        func: AggregateFunc,
        arg: Option<&Expr>,
        distinct: bool,
        decimal: bool,
    ) -> Result {
        // The result compares as a number where decimals are text.
        let text = decimal && func != AggregateFunc::Count && self.d.features().decimal_as_text;
        if text {
            self.push("(");
        }
        self.aggregated(func, arg, distinct, decimal)?;
        if text {
            self.push(" COLLATE orm_decimal)");
        }
        Ok(())
    }

    /// The aggregate alone, as it stands before OVER.
    pub(super) fn aggregated(
        &mut self,
        func: AggregateFunc,
        arg: Option<&Expr>,
        distinct: bool,
        decimal: bool,
    ) -> Result {
        let name = match func {
            AggregateFunc::Count => "COUNT",
            AggregateFunc::Sum => "SUM",
            AggregateFunc::Avg => "AVG",
            AggregateFunc::Min => "MIN",
            AggregateFunc::Max => "MAX",
            AggregateFunc::Variance => "VARIANCE",
            AggregateFunc::VarianceSample => "VAR_SAMP",
            AggregateFunc::StdDev => "STDDEV_POP",
            AggregateFunc::StdDevSample => "STDDEV_SAMP",
            AggregateFunc::AllBits(signed) => return self.bits(["AND", "and"], signed, arg, false),
            AggregateFunc::AnyBits(signed) => return self.bits(["OR", "or"], signed, arg, false),
            AggregateFunc::OddBits(signed) => {
                return self.bits(["XOR", "xor"], signed, arg, distinct);
            }
            AggregateFunc::Own(name) => name,
        };
        self.push(if decimal {
            self.d.decimal_aggregate(name)
        } else {
            name
        });
        self.push("(");
        if distinct {
            self.push("DISTINCT ");
        }
        match arg {
            None => self.push("*"),
            // Of exact numbers, MySQL's family would give one of four digits more.
            Some(arg) if is_float(func) && !decimal => {
                let d = self.d;
                d.averaged(self, arg)?;
            }
            Some(arg) if decimal => self.decimals(func, arg, distinct)?,
            Some(arg) => self.expr(arg)?,
        }
        self.push(")");
        Ok(())
    }

    /// The decimals that are aggregated. Where they are text, what compares them must know them for
    /// numbers, which columns of tables do by themselves.
    fn decimals(&mut self, func: AggregateFunc, arg: &Expr, distinct: bool) -> Result {
        let sums = matches!(func, AggregateFunc::Sum | AggregateFunc::Avg);
        if sums && !distinct {
            let d = self.d;
            return d.decimal_argument(self, arg);
        }
        let compares = distinct || matches!(func, AggregateFunc::Min | AggregateFunc::Max);
        if !compares || is_exact(arg) || !self.d.features().decimal_as_text {
            return self.expr(arg);
        }
        self.operand(arg)?;
        self.push(" COLLATE orm_decimal");
        Ok(())
    }

    /// NULL over no value, where servers give all bits or none.
    fn bits(
        &mut self,
        [name, own]: [&str; 2],
        signed: bool,
        arg: Option<&Expr>,
        distinct: bool,
    ) -> Result {
        let Some(arg) = arg else { return Ok(()) };
        if distinct {
            return Err(self.refuse(
                "the bits of distinct values",
                "group by the value first, and take the bits of the groups' keys",
            ));
        }
        if self.d.features().own_bit_aggregates {
            self.push("orm_bit_");
            self.push(own);
            self.push("_all(");
            self.expr(arg)?;
            self.push(")");
            return Ok(());
        }
        self.push("(CASE WHEN COUNT(");
        self.expr(arg)?;
        self.push(if signed {
            ") > 0 THEN CAST(BIT_"
        } else {
            ") > 0 THEN BIT_"
        });
        self.push(name);
        self.push("(");
        self.expr(arg)?;
        self.push(if signed {
            ") AS SIGNED) END)"
        } else {
            ") END)"
        });
        Ok(())
    }

    pub(super) fn group_concat(
        &mut self,
        expr: &Expr,
        distinct: bool,
        separator: &str,
        order_by: &[Order],
    ) -> Result {
        if distinct && !self.d.features().distinct_ordered_concat {
            return Err(self.refuse(
                "joining the distinct texts of a group in an order",
                "group by the text as well first, then join the groups' texts",
            ));
        }
        self.d
            .group_concat(self, expr, distinct, separator, order_by)
    }
}

/// Whether the result is a float, unless of decimals.
fn is_float(func: AggregateFunc) -> bool {
    matches!(
        func,
        AggregateFunc::Avg
            | AggregateFunc::Variance
            | AggregateFunc::VarianceSample
            | AggregateFunc::StdDev
            | AggregateFunc::StdDevSample
    )
}

/// Whether a decimal that is text says by itself that it is a number.
fn is_exact(expr: &Expr) -> bool {
    match expr {
        Expr::Column { .. } => true,
        Expr::Func { func, .. } => scope::is_exact(*func),
        Expr::Cast { to, .. } => matches!(to, CastTo::Decimal(_)),
        _ => false,
    }
}
