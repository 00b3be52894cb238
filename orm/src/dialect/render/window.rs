//! Functions over windows of rows.

use super::{Result, Writer};
use crate::ast::{AggregateFunc, Bound, Expr, Window, WindowFunc};

impl Writer<'_> {
    pub(super) fn window(&mut self, window: &Window) -> Result {
        // As of an aggregate: the result compares as a number where decimals are text.
        let text = self.d.features().decimal_as_text
            && matches!(
                window.args[..],
                [Expr::Aggregate {
                    decimal: true,
                    func: AggregateFunc::Min | AggregateFunc::Max,
                    ..
                }]
            );
        if text {
            self.push("(");
        }
        self.windowed(window)?;
        self.push(" OVER (");
        if !window.partition_by.is_empty() {
            self.push("PARTITION BY ");
            self.list(&window.partition_by, Self::expr)?;
        }
        self.order_by(&window.order_by, &[])?;
        if let Some((from, to)) = window.frame {
            self.push(" ROWS BETWEEN ");
            self.frame_end(from, "PRECEDING");
            self.push(" AND ");
            self.frame_end(to, "FOLLOWING");
        }
        self.push(if text { ") COLLATE orm_decimal)" } else { ")" });
        Ok(())
    }

    fn windowed(&mut self, window: &Window) -> Result {
        let name = match window.func {
            WindowFunc::RowNumber => "ROW_NUMBER",
            WindowFunc::Rank => "RANK",
            WindowFunc::DenseRank => "DENSE_RANK",
            WindowFunc::PercentRank => "PERCENT_RANK",
            WindowFunc::CumeDist => "CUME_DIST",
            WindowFunc::Ntile => "NTILE",
            WindowFunc::Lag => "LAG",
            WindowFunc::Lead => "LEAD",
            WindowFunc::FirstValue => "FIRST_VALUE",
            WindowFunc::LastValue => "LAST_VALUE",
            WindowFunc::NthValue => "NTH_VALUE",
            WindowFunc::Aggregate => return self.running(&window.args),
        };
        self.call(name, &window.args)
    }

    /// An aggregate. SQLite runs the registered ones over groups alone.
    fn running(&mut self, args: &[Expr]) -> Result {
        let bits = |arg: &Expr| {
            matches!(
                arg,
                Expr::Aggregate {
                    func: AggregateFunc::AllBits(_)
                        | AggregateFunc::AnyBits(_)
                        | AggregateFunc::OddBits(_),
                    ..
                }
            )
        };
        if args.iter().any(bits) {
            return Err(self.refuse(
                "the bits of a window of rows",
                "take them of groups, and join the groups' table: `.as_table()`",
            ));
        }
        let registered = args.iter().any(|arg| match arg {
            Expr::Aggregate { func, decimal, .. } => {
                let plain = matches!(
                    func,
                    AggregateFunc::Count | AggregateFunc::Min | AggregateFunc::Max
                );
                let spread = matches!(
                    func,
                    AggregateFunc::Variance
                        | AggregateFunc::VarianceSample
                        | AggregateFunc::StdDev
                        | AggregateFunc::StdDevSample
                );
                (*decimal && !plain) || spread
            }
            _ => true,
        });
        if registered && self.d.features().decimal_as_text {
            return Err(self.refuse(
                "a running total of decimals, or a running spread",
                "cast to a float first: `.cast::<f64>().sum().over(…)`",
            ));
        }
        match args {
            [
                Expr::Aggregate {
                    func,
                    arg,
                    distinct,
                    decimal,
                },
            ] => self.aggregated(*func, arg.as_deref(), *distinct, *decimal),
            [one] => self.expr(one),
            _ => self.list(args, Self::expr),
        }
    }

    fn frame_end(&mut self, bound: Bound, side: &str) {
        match bound {
            Bound::Unbounded => {
                self.push("UNBOUNDED ");
                self.push(side);
            }
            Bound::Preceding(n) => {
                self.number(n);
                self.push(" PRECEDING");
            }
            Bound::Current => self.push("CURRENT ROW"),
            Bound::Following(n) => {
                self.number(n);
                self.push(" FOLLOWING");
            }
        }
    }
}
