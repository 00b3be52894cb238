//! One difference of a table, and how it is told.

/// One difference of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What of the table.
    pub part: Part,
    /// The column, key or constraint, where it has a name.
    pub name: Option<String>,
    /// What should be; `None` if it should not be there.
    pub expected: Option<String>,
    /// What is; `None` if it is missing.
    pub found: Option<String>,
}

/// Parts of a table in which it can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The table itself.
    Table,
    /// A column.
    Column,
    /// A column's type.
    Type,
    /// Whether a column accepts NULL.
    Null,
    /// Whether the database numbers the rows.
    AutoIncrement,
    /// A column's default.
    Default,
    /// What is set when a row changes.
    OnUpdate,
    /// A column's collation.
    Collation,
    /// A column's comment.
    Comment,
    /// A computed column's expression.
    Computed,
    /// The primary key.
    PrimaryKey,
    /// A unique key.
    Unique,
    /// An index.
    Index,
    /// A foreign key.
    ForeignKey,
    /// A CHECK clause.
    Check,
    /// The storage type (SingleStore).
    Storage,
    /// The shard key (SingleStore).
    ShardKey,
    /// The sort key (SingleStore).
    SortKey,
    /// The table's comment.
    TableComment,
}

impl Part {
    /// The part's name, as JSON writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Type => "type",
            Self::Null => "null",
            Self::AutoIncrement => "auto_increment",
            Self::Default => "default",
            Self::OnUpdate => "on_update",
            Self::Collation => "collation",
            Self::Comment => "comment",
            Self::Computed => "computed",
            Self::PrimaryKey => "primary_key",
            Self::Unique => "unique",
            Self::Index => "index",
            Self::ForeignKey => "foreign_key",
            Self::Check => "check",
            Self::Storage => "storage",
            Self::ShardKey => "shard_key",
            Self::SortKey => "sort_key",
            Self::TableComment => "table_comment",
        }
    }

    /// The part in words.
    fn words(self) -> &'static str {
        match self {
            Self::AutoIncrement => "automatic numbers",
            Self::OnUpdate => "ON UPDATE",
            Self::PrimaryKey => "primary key",
            Self::ForeignKey => "foreign key",
            Self::ShardKey => "shard key",
            Self::SortKey => "sort key",
            Self::TableComment => "comment of the table",
            Self::Unique => "unique key",
            Self::Null => "NULL",
            other => other.as_str(),
        }
    }

    fn of_column(self) -> bool {
        matches!(
            self,
            Self::Type
                | Self::Null
                | Self::AutoIncrement
                | Self::Default
                | Self::OnUpdate
                | Self::Collation
                | Self::Comment
                | Self::Computed
        )
    }
}

impl Difference {
    pub(super) fn new(
        part: Part,
        name: Option<&str>,
        expected: Option<String>,
        found: Option<String>,
    ) -> Self {
        Self {
            part,
            name: name.map(str::to_owned),
            expected,
            found,
        }
    }

    /// `missing`, `extra` or `changed`.
    pub fn change(&self) -> &'static str {
        match (&self.expected, &self.found) {
            (Some(_), None) => "missing",
            (None, Some(_)) => "extra",
            _ => "changed",
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.part.words();
        let name = self
            .name
            .as_ref()
            .map(|n| format!(" `{n}`"))
            .unwrap_or_default();
        let subject = if self.part.of_column() {
            format!("column{name}: {words}")
        } else {
            format!("{words}{name}")
        };
        let attribute = self.part.of_column() || self.part == Part::TableComment;
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => {
                write!(f, "{subject} is {found}, should be {expected}")
            }
            (Some(expected), None) if attribute => {
                write!(f, "{subject} is missing, should be {expected}")
            }
            (Some(expected), None) => write!(f, "{subject} {expected} is missing"),
            (None, Some(found)) if attribute => {
                write!(f, "{subject} is {found}, should be none")
            }
            (None, Some(found)) => write!(f, "{subject} {found} should not be there"),
            (None, None) => write!(f, "{subject}"),
        }
    }
}
