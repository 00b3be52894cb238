//! Expressions.

use super::{Alias, Json, JsonKind, JsonOp, Name, Order, Select};
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
    /// Equality of several operands to any row of a select with as many columns.
    RowInSelect {
        /// The operands.
        exprs: Vec<Expr>,
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
    /// The texts of a group one after the other.
    GroupConcat {
        /// The text.
        expr: Box<Expr>,
        /// Whether equal texts count once.
        distinct: bool,
        /// What stands between two.
        separator: String,
        /// Their order.
        order_by: Vec<Order>,
    },
    /// The value as another type.
    Cast {
        /// The operand.
        expr: Box<Expr>,
        /// The type.
        to: CastTo,
    },
    /// A question to a JSON document.
    Json(Box<Json>),
    /// A function over a window of rows.
    Window(Box<Window>),
    /// A select that numbers its tables for itself, not yet part of a statement: an expression that
    /// holds it. [`place`](super::place) gives it numbers of the statement.
    Apart(Box<Expr>),
    /// In an expression [`Apart`](Self::Apart): one that belongs to the query around it.
    Outer(Box<Expr>),
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
    /// The place of a row, from 1, among those with equal values of `partition_by`.
    pub fn row_number(partition_by: Vec<Self>, order_by: Vec<Order>) -> Self {
        Self::Window(Box::new(Window {
            func: WindowFunc::RowNumber,
            args: Vec::new(),
            partition_by,
            order_by,
            frame: None,
        }))
    }

    /// A column of a table.
    pub fn column(table: Alias, name: impl Into<Name>) -> Self {
        Self::Column {
            table,
            name: name.into(),
        }
    }

    /// Whether two JSON documents are the same.
    pub fn same_document(one: Self, other: Self) -> Self {
        Self::Json(Box::new(Json {
            op: JsonOp::Same,
            doc: one,
            path: Vec::new(),
            other: Some(other),
        }))
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
    /// As a pattern: `%` stands for any text, `_` for one character; nothing else is special.
    Pattern,
}

/// What a value can be turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CastTo {
    /// A 64-bit integer; fractions are rounded half to even, texts read as far as they are digits.
    Int,
    /// A 64-bit float.
    Double,
    /// An exact decimal of so many digits behind the point, half away from zero.
    Decimal(u8),
    /// A text.
    Text,
    /// The calendar date.
    Date,
    /// The instant; of a date its midnight.
    DateTime,
    /// The value as it is, in a column that takes any value of its type.
    Wide(Wide),
}

/// Types of the columns of recursive tables: MySQL's family gives such a column the type of its first
/// rows, and what the steps find is held against that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wide {
    /// Signed whole numbers.
    Int,
    /// Whole numbers from 0.
    UInt,
    /// Floating point numbers.
    Double,
    /// Decimals of [`Wide::SCALE`] digits behind the point.
    Decimal,
    /// Texts, compared character by character.
    Text,
    /// Bytes.
    Bytes,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Instants.
    DateTime,
}

impl Wide {
    /// Digits behind the point of decimals.
    pub const SCALE: u8 = 10;
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
    /// A text without blanks around it.
    Trim,
    /// A text without blanks before it.
    TrimStart,
    /// A text without blanks behind it.
    TrimEnd,
    /// The first argument, each occurrence of the second in it replaced by the third.
    Replace,
    /// The first characters of a text: the text, their number.
    Left,
    /// The last characters of a text: the text, their number.
    Right,
    /// The text cut or filled before it to a length: the text, the length, the filling.
    PadStart,
    /// The text cut or filled behind it to a length: the text, the length, the filling.
    PadEnd,
    /// The characters of a text from the last to the first.
    Reverse,
    /// Where the second text begins in the first, from 1; 0 where it does not.
    Position,
    /// A part of a text: the text, the first character from 1, and how many, if not all.
    Substr,
    /// The text so many times.
    Repeat,
    /// The SHA-2 digest of a text in hexadecimal digits, of so many bits.
    Sha2(u16),
    /// The first argument, or NULL where it equals the second.
    NullIf,
    /// The largest argument; NULL where one is NULL.
    Greatest,
    /// The smallest argument; NULL where one is NULL.
    Least,
    /// A function of floating point numbers; NULL where it has no value.
    Math(Math),
    /// The next whole number not below it.
    Ceil,
    /// The next whole number not above it.
    Floor,
    /// Rounded to a number of digits behind the point: half to even for floats.
    Round,
    /// -1, 0 or 1.
    Sign,
    /// A random number from 0, below 1.
    Random,
    /// A decimal: the next whole number not below it.
    DecimalCeil,
    /// A decimal: the next whole number not above it.
    DecimalFloor,
    /// A decimal rounded to a number of digits behind the point, half away from zero.
    DecimalRound,
    /// The absolute value of a decimal.
    DecimalAbs,
    /// The operand, which is an exact decimal; says on SQLite that it compares as a number.
    Exact,
    /// The time of day of an instant.
    Time,
    /// The start of the unit that a date, or with `true` an instant, is in.
    Trunc(DateUnit, bool),
    /// A date or instant, and how many units later. The day of a month is cut to the last of the month.
    DateAdd(DateUnit),
    /// An instant and how many microseconds later.
    MicrosAdd,
    /// How many microseconds the second date or instant is before the first.
    MicrosBetween,
    /// How many days the second date or instant is before the first, by the calendar.
    DaysBetween,
    /// The dot product of two vectors.
    DotProduct,
    /// The distance of two vectors.
    EuclideanDistance,
    /// How well columns of texts match words, by the full-text index over them: the columns, then the
    /// words. As a condition: whether they match at all.
    Match,
    /// The same over columns that only an index of SingleStore's second version is over, which is not
    /// searched so; elsewhere it is an index as any.
    MatchUnindexed,
    /// Whether a table matches a search by fields, in the language of SingleStore's full text of
    /// version 2: one of the table's columns, the search.
    MatchTable,
    /// How well, in the same way.
    Bm25,
    /// The argument, a distance or product of vectors: as the first term of an order it says how
    /// the nearest are found, anywhere else nothing.
    Nearest(VectorSearch),
    /// Two whole numbers bit by bit; whether they can be negative.
    Bits(Bits, bool),
    /// A text in a collation of this name.
    Collate(&'static str),
    /// The MD5 digest of a text in hexadecimal digits.
    Md5,
    /// The SHA-1 digest of a text in hexadecimal digits.
    Sha1,
    /// A JSON array of members.
    JsonArray,
    /// A JSON object of keys and members in turn.
    JsonObject,
    /// A value as a member of a JSON document.
    JsonMember(JsonKind),
    /// The argument, refused where it does not fit the column of this name. Servers check by
    /// themselves, SQLite does not.
    Fit(Fits, &'static str),
}

/// How the nearest vectors are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VectorSearch {
    /// Each vector is compared: the order is exact.
    Exact,
    /// By a vector index, where the database has them: the order is exact among what it finds.
    Index {
        /// Whether large values are near, as of a product.
        descending: bool,
        /// How many vectors the index finds; at least as many as rows are asked for.
        candidates: Option<u32>,
        /// How many lists of the index are searched.
        nprobe: Option<u32>,
        /// How many vectors of the graph are considered.
        ef: Option<u32>,
    },
}

/// What is done with the bits of two whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bits {
    /// Those of both.
    And,
    /// Those of either.
    Or,
    /// Those of one of them.
    Xor,
    /// The first moved up by the second.
    Left,
    /// The first moved down by the second, its sign kept.
    Right,
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
    /// The ISO week, 1 to 53.
    Week,
    /// The year that the ISO week belongs to.
    IsoYear,
    /// Day of the week, Monday is 1.
    IsoWeekDay,
}

/// A unit of the calendar or the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateUnit {
    /// Year.
    Year,
    /// Quarter.
    Quarter,
    /// Month.
    Month,
    /// Week, from Monday.
    Week,
    /// Day.
    Day,
    /// Hour.
    Hour,
    /// Minute.
    Minute,
    /// Second.
    Second,
}

/// Functions of floating point numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Math {
    /// Square root.
    Sqrt,
    /// The first to the power of the second.
    Power,
    /// Remainder of the first by the second.
    Mod,
    /// e to the power.
    Exp,
    /// Natural logarithm.
    Ln,
    /// Logarithm of the second to the base of the first.
    Log,
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
    /// Tangent.
    Tan,
    /// Cotangent.
    Cot,
    /// Arc sine.
    Asin,
    /// Arc cosine.
    Acos,
    /// Arc tangent.
    Atan,
    /// Angle of the point (second, first).
    Atan2,
    /// Radians in degrees.
    Degrees,
    /// Degrees in radians.
    Radians,
    /// π.
    Pi,
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
    /// Variance of the values as the whole population.
    Variance,
    /// Variance of the values as a sample; NULL of less than two.
    VarianceSample,
    /// Standard deviation of the values as the whole population.
    StdDev,
    /// Standard deviation of the values as a sample; NULL of less than two.
    StdDevSample,
    /// The bits that all have; whether they can be negative. NULL when there is no value.
    AllBits(bool),
    /// The bits that any has.
    AnyBits(bool),
    /// The bits that an odd number of them have.
    OddBits(bool),
    /// One of the database's own, by its name.
    Own(&'static str),
}

/// SQL text with places for expressions: `parts[0] params[0] parts[1] … parts[n]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSql {
    /// The text around the parameters; one more than there are parameters.
    pub parts: Vec<Name>,
    /// The parameters.
    pub params: Vec<Expr>,
}

/// A function over a window of rows: `func(args) OVER (PARTITION BY … ORDER BY … ROWS …)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Which.
    pub func: WindowFunc,
    /// Its arguments; of [`WindowFunc::Aggregate`] the aggregate.
    pub args: Vec<Expr>,
    /// What divides the rows.
    pub partition_by: Vec<Expr>,
    /// The order of the rows of a part.
    pub order_by: Vec<Order>,
    /// The rows before and behind the current one; none is the database's default.
    pub frame: Option<(Bound, Bound)>,
}

/// Functions over a window of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WindowFunc {
    /// The row's number.
    RowNumber,
    /// The number of rows before it, and 1.
    Rank,
    /// The number of different rows before it, and 1.
    DenseRank,
    /// The rank as a part of the whole.
    PercentRank,
    /// The part of rows up to this one.
    CumeDist,
    /// The number of the row's bucket.
    Ntile,
    /// A value some rows before.
    Lag,
    /// A value some rows behind.
    Lead,
    /// The value of the frame's first row.
    FirstValue,
    /// The value of the frame's last row.
    LastValue,
    /// The value of a numbered row of the frame.
    NthValue,
    /// An aggregate.
    Aggregate,
}

impl WindowFunc {
    /// Whether rows that tie in the order have different results.
    pub fn tells_ties_apart(self) -> bool {
        !matches!(
            self,
            Self::Rank | Self::DenseRank | Self::PercentRank | Self::CumeDist
        )
    }
}

/// An end of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The part's end.
    Unbounded,
    /// So many rows before the current one.
    Preceding(u32),
    /// The current row.
    Current,
    /// So many rows behind the current one.
    Following(u32),
}
