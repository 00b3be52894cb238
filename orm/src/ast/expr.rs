//! Expressions.

use super::{Alias, Name, Select};
use crate::value::Value;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A column of a table of this statement, or of one around it.
    Column {
        /// The table.
        table: Alias,
        /// The column.
        name: Name,
    },
    /// A column by its own name only: in `ORDER BY` of set operations, or the new value in an upsert.
    Named(Name),
    /// A value, sent as a parameter.
    Value(Value),
    /// Two operands.
    Binary {
        /// Left.
        left: Box<Expr>,
        /// Between.
        op: BinaryOp,
        /// Right.
        right: Box<Expr>,
    },
    /// All of these; an empty list is true.
    And(Vec<Expr>),
    /// Any of these; an empty list is false.
    Or(Vec<Expr>),
    /// NOT, in SQL's three-valued logic.
    Not(Box<Expr>),
    /// True where the operand is false or NULL: the true complement.
    IsNotTrue(Box<Expr>),
    /// IS NULL.
    IsNull(Box<Expr>),
    /// IS NOT NULL.
    IsNotNull(Box<Expr>),
    /// Equality to any value of a list; an empty list is false.
    ///
    /// Dialects may pad the list to a power of two by repeating the last value.
    In {
        /// The operand.
        expr: Box<Expr>,
        /// The values; none is NULL.
        list: Vec<Value>,
    },
    /// Equality of several operands to any row of a list; an empty list is false.
    InRows {
        /// The operands.
        exprs: Vec<Expr>,
        /// The rows, each as long as `exprs`.
        rows: Vec<Vec<Value>>,
    },
    /// Membership in the result of a select with one column.
    InSelect {
        /// The operand.
        expr: Box<Expr>,
        /// The select.
        select: Box<Select>,
    },
    /// BETWEEN, both ends included.
    Between {
        /// The operand.
        expr: Box<Expr>,
        /// Lower end.
        low: Box<Expr>,
        /// Upper end.
        high: Box<Expr>,
    },
    /// Text match.
    Like {
        /// The operand.
        expr: Box<Expr>,
        /// How the text must occur.
        kind: LikeKind,
        /// The text, taken literally: wildcards in it are escaped by the dialect.
        text: String,
        /// Whether case matters not.
        ignore_case: bool,
    },
    /// Regular expression match.
    Regex {
        /// The operand.
        expr: Box<Expr>,
        /// The pattern.
        pattern: String,
        /// Whether case matters not.
        ignore_case: bool,
    },
    /// EXISTS.
    Exists(Box<Select>),
    /// A select of one row and one column as a value.
    Scalar(Box<Select>),
    /// A function of values.
    Func {
        /// Which.
        func: Func,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// An aggregate.
    Aggregate {
        /// Which.
        func: AggregateFunc,
        /// The argument; `None` is `COUNT(*)`.
        arg: Option<Box<Expr>>,
        /// Whether equal values count once.
        distinct: bool,
        /// Whether the argument is an exact decimal, which SQLite keeps as text.
        decimal: bool,
    },
    /// CASE WHEN … THEN … ELSE … END.
    Case {
        /// Condition and result.
        whens: Vec<(Expr, Expr)>,
        /// The result when none holds.
        otherwise: Option<Box<Expr>>,
    },
    /// SQL text with parameters.
    Raw(RawSql),
}

impl Expr {
    /// A column of a table.
    pub fn column(table: Alias, name: impl Into<Name>) -> Self {
        Self::Column {
            table,
            name: name.into(),
        }
    }

    /// `left op right`.
    pub fn binary(left: Self, op: BinaryOp, right: Self) -> Self {
        Self::Binary {
            left: Box::new(left),
            op,
            right: Box::new(right),
        }
    }
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// Equality in which two NULLs are equal.
    NullSafeEq,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// Division with a fractional result.
    Div,
    /// Remainder of whole numbers.
    Rem,
}

/// How a text must occur in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LikeKind {
    /// As the whole.
    Exact,
    /// Anywhere.
    Contains,
    /// At the start.
    StartsWith,
    /// At the end.
    EndsWith,
}

/// A function of values, with the same meaning on every backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Func {
    /// Lower case of a text.
    Lower,
    /// Upper case of a text.
    Upper,
    /// Characters of a text.
    Length,
    /// Absolute value.
    Abs,
    /// The first argument that is not NULL.
    Coalesce,
    /// The texts one after the other; NULL counts as empty.
    Concat,
    /// The calendar date of an instant.
    Date,
    /// A part of a date or time, as an integer.
    Extract(DatePart),
    /// The server's clock, in UTC, with microseconds.
    Now,
    /// The sum of two decimals.
    DecimalAdd,
    /// The difference of two decimals.
    DecimalSub,
    /// The product of two decimals.
    DecimalMul,
    /// The first argument, refused where it does not fit the column that the second names. Servers
    /// check by themselves, SQLite does not.
    Fit(Fits),
}

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fits {
    /// Integers between these.
    Int(i64, i64),
    /// Finite floating point numbers.
    Double,
    /// Texts of at most so many characters.
    Chars(u32),
    /// At most so many bytes.
    Bytes(u32),
    /// Decimals of so many digits in all and behind the point; more of the latter are rounded.
    Decimal(u8, u8),
}

/// A part of a date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// Year.
    Year,
    /// Month, 1 to 12.
    Month,
    /// Day of the month.
    Day,
    /// Hour.
    Hour,
    /// Minute.
    Minute,
    /// Second, whole.
    Second,
    /// Day of the week, Sunday is 1.
    WeekDay,
    /// Quarter, 1 to 4.
    Quarter,
}

/// The standard aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateFunc {
    /// Rows, or values that are not NULL.
    Count,
    /// Sum; NULL when there is no value.
    Sum,
    /// Mean; NULL when there is no value.
    Avg,
    /// Smallest.
    Min,
    /// Largest.
    Max,
}

/// SQL text with places for expressions: `parts[0] params[0] parts[1] … parts[n]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSql {
    /// The text around the parameters; one more than there are parameters.
    pub parts: Vec<Name>,
    /// The parameters.
    pub params: Vec<Expr>,
}
