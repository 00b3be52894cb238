//! What a database can do, as data. Code branches on these flags, never on a product's name.

/// Flags of one database, at a version floor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// Whether INSERT hands back columns by RETURNING (SQLite 3.35, MariaDB 10.5).
    pub returning: bool,
    /// Whether foreign keys are real constraints. SingleStore refuses them (2752).
    pub foreign_keys: bool,
    /// Whether foreign keys are checked at the end of the transaction (SQLite, where they are declared
    /// so), not after each row.
    pub deferred_foreign_keys: bool,
    /// Whether SAVEPOINT works. On SingleStore it is accepted and does nothing.
    pub savepoints: bool,
    /// The isolation levels that a transaction can ask for; the only one where there is one.
    pub isolation: &'static [Isolation],
    /// Whether one SELECT may hold windows with and without an order. MariaDB (seen on 10.11) computes
    /// some of those over the wrong rows, without an error; all of one kind come out right.
    pub mixed_windows: bool,
    /// Whether DISTINCT of what the server takes for constant minds an OFFSET. MariaDB (10.11) gives the
    /// one row in spite of it, if it joins tables: also of columns of a row that it finds by its key.
    pub distinct_constants: bool,
    /// Whether DDL takes part in transactions (SQLite); elsewhere it commits.
    pub transactional_ddl: bool,
    /// Whether unique keys must contain the shard key.
    pub sharded: bool,
    /// Whether columns can be modified, constraints added and dropped by ALTER TABLE.
    pub alter_column: bool,
    /// Whether the primary key can be dropped and added by ALTER TABLE.
    pub alter_primary_key: bool,
    /// Whether `DROP COLUMN` works whatever the column takes part in.
    pub drop_column: bool,
    /// Whether `ALTER TABLE … RENAME COLUMN` exists (SQLite 3.25, MySQL 8.0, MariaDB 10.5.2);
    /// SingleStore has `CHANGE a b`, without the type.
    pub rename_column: bool,
    /// Whether `ALTER TABLE … RENAME INDEX` exists.
    pub rename_index: bool,
    /// Whether tables and columns have comments.
    pub comments: bool,
    /// Whether a table's comment can be changed. SingleStore sets it at CREATE only.
    pub alter_table_comment: bool,
    /// Whether indexes that are not unique stand inside CREATE TABLE (MySQL family); elsewhere
    /// they are statements of their own.
    pub inline_indexes: bool,
    /// Whether there are full-text indexes.
    pub fulltext_index: bool,
    /// Whether full text is searched by fields, phrases and near words: SingleStore's second version,
    /// from 8.7 on.
    pub fulltext_fields: bool,
    /// Whether there are vector indexes.
    pub vector_index: bool,
    /// Whether indexes have options: the version of full text, how vectors are found. Elsewhere the
    /// index is made without them.
    pub index_options: bool,
    /// Whether vectors are compared: by functions of the server (SingleStore), or by some that the
    /// backend registers (SQLite).
    pub vector_functions: bool,
    /// Whether rows are loaded by `LOAD DATA LOCAL INFILE`.
    pub load_data: bool,
    /// Whether `OPTIMIZE TABLE … FLUSH` moves rows from memory to the columnstore (SingleStore).
    pub optimize_table: bool,
    /// Whether a query may end in `OPTION (name = value)` (SingleStore).
    pub query_options: bool,
    /// Whether the default of a column may be any expression.
    pub default_expressions: bool,
    /// Whether the ids of the rows of one INSERT follow one another from the first.
    pub contiguous_ids: bool,
    /// How a statement writes the key that the connection's last INSERT was given. Whether a server
    /// knows it among the values of an INSERT is for the connection to see.
    pub last_key: Option<&'static str>,
    /// Whether an automatic id that was written by hand moves the counter on. On SingleStore's sharded
    /// tables it does not, until `AGGREGATOR SYNC AUTO_INCREMENT`.
    pub explicit_ids_count: bool,
    /// Whether TRUNCATE TABLE exists. It commits, and sets the counter of automatic ids back.
    pub truncate: bool,
    /// Whether an INSERT that updates rows in place names the key that may be taken (SQLite); MySQL's
    /// family looks at every key.
    pub conflict_target: bool,
    /// Whether decimals are kept as text.
    pub decimal_as_text: bool,
    /// Whether the bits of a group are taken by functions that the backend registers (SQLite, which
    /// has none).
    pub own_bit_aggregates: bool,
    /// Parameters of one statement at most.
    pub max_params: usize,
    /// Whether IN lists and multi-row VALUES are padded or cut to powers of two, because each
    /// length is compiled anew: by the server (SingleStore) or into a slot of the statement cache.
    pub bounded_shapes: bool,
    /// Which rows a SELECT can lock.
    pub row_locks: RowLocks,
    /// Whether FOR UPDATE may stand on joins and beside subqueries. SingleStore refuses it.
    pub lock_joins: bool,
    /// The words before a statement that make the database explain its plan.
    pub explain: &'static str,
    /// Whether groups can be followed by their totals (ROLLUP). SQLite has none.
    pub rollup: bool,
    /// Whether totals are written as a call, `GROUP BY ROLLUP(a, b)`: SingleStore, by the page "CUBE and
    /// ROLLUP" of its reference. Elsewhere it is `GROUP BY a, b WITH ROLLUP`.
    pub rollup_call: bool,
    /// Whether INTERSECT and EXCEPT exist (MySQL 8.0.31, MariaDB 10.3).
    pub intersect_except: bool,
    /// Whether ORDER BY and LIMIT of a set operation bind to its last part, so that the operation
    /// must be wrapped (SingleStore).
    pub wrap_set_operations: bool,
    /// Whether a SELECT from nothing needs `FROM DUAL` before its WHERE.
    pub from_dual: bool,
    /// Whether LIMIT may stand directly in `IN (SELECT …)`. MySQL's family refuses it (1235).
    pub limit_in_subquery: bool,
    /// Whether a subquery in the select list or in ORDER BY may refer to the row outside, and
    /// subqueries stand in GROUP BY, HAVING and aggregates, and one in WHERE refer to it by more than
    /// equalities. SingleStore refuses most of them (1706,
    /// 1749), so they are joined as derived tables.
    pub correlated_subqueries: bool,
    /// Whether subqueries of WHERE are run as they are written and where they stand, so that their form
    /// decides how long they take. SQLite makes a list of what `IN (SELECT …)` selects.
    pub subqueries_as_written: bool,
    /// Whether a subquery in HAVING that refers to the group may aggregate what subqueries within it find,
    /// and refer to groups of a derived or named table. MariaDB (10.11) takes and leaves groups by the
    /// values of another; there it is joined.
    pub nested_in_having: bool,
    /// Whether groups may be made of subqueries that refer to the row outside where their rows have to
    /// be in an order: for distinct aggregates and texts joined. MariaDB (10.11) then merges groups
    /// that it also puts in order by an aggregate, without an error; there the subquery is joined.
    pub subquery_groups: bool,
    /// Whether texts of a group may be joined both distinct and in an order. SingleStore refuses it
    /// (1706).
    pub distinct_ordered_concat: bool,
    /// Whether UPDATE and DELETE may read their own table in a subquery. MySQL refuses it (1093)
    /// unless the subquery is a derived table.
    pub self_select: bool,
    /// Whether derived tables are merged into their surroundings even where that brings error 1093
    /// back (MySQL 5.7.6 and later); a LIMIT prevents it.
    pub merges_derived: bool,
    /// Whether an UPDATE or DELETE may compute what its subqueries and joined tables find in its own table
    /// when some of its rows are written already (MySQL's family); the rows are then found before any
    /// is written.
    pub late_reads: bool,
    /// How `(a, b) IN (…)` is written.
    pub row_values: RowValues,
    /// Whether a list of rows may stand in a NOT. MariaDB (10.11) takes `NOT ((a, b) IN ((1, 2)))` to be
    /// false for a row where any of the two is NULL, and makes inner joins of outer ones by it.
    pub negated_rows: bool,
    /// Which operands `(a, b) IN (SELECT …)` takes; with others it is EXISTS.
    pub row_in_select: RowInSelect,
    /// Whether an aggregate may have any subquery as its argument, also on a named table. MariaDB (10.11) takes
    /// aggregates within the named table for nested ones (1111), and joins an empty text where a
    /// subquery in GROUP_CONCAT finds NULL; there the subquery is joined.
    pub selects_in_aggregates: bool,
    /// Whether EXISTS may refer to a column that stands for a subquery. MariaDB (10.11) makes
    /// `(a, b) IN (SELECT …)` of it, and then refuses that (1235); there it is joined, and on
    /// SingleStore, of which nobody has reported that it takes it.
    pub exists_of_subqueries: bool,
    /// The share of rows that a joined query says a text pattern leaves, for a database that guesses it from
    /// the length of a literal and takes nearly all for a bound one: SQLite, which puts the joined
    /// tables in order by that.
    pub pattern_share: Option<&'static str>,
    /// Whether LIKE takes an ESCAPE clause. SingleStore has none: there the backslash escapes.
    pub like_escape: bool,
    /// Whether the assignments of an UPDATE are made one after the other, a later one seeing the
    /// new values (MySQL's family). The renderer orders them so that each sees the old ones.
    pub sequential_assignment: bool,
    /// Whether UPDATE and DELETE take joins (MySQL's family). Elsewhere (SQLite) their rows are found
    /// by a SELECT; so are those of an UPDATE whose values ask for rows of its own table, unless the
    /// whole value is one subquery that does not refer to the row: it would see those that it has changed
    /// already.
    pub joined_writes: bool,
    /// Where the named tables of an UPDATE or DELETE stand.
    pub with_writes: WithWrites,
    /// How many steps a recursive table may take. SingleStore ends at 32 iterations
    /// (`max_recursive_cte_iterations`, 2741); nothing says which of the first rows and of the last
    /// step, which finds none, count among them.
    pub max_recursion: u32,
    /// Whether equal rows can be left out while a recursive table is computed: UNION between its parts.
    /// SingleStore takes UNION ALL alone (2709, 2730).
    pub recursive_union: bool,
    /// What LIMIT says when only an OFFSET is wanted.
    pub limit_all: &'static str,
    /// The earliest year of a date (SingleStore refuses years below 1000).
    pub min_year: i32,
    /// Whether integers above `i64::MAX` fit.
    pub unsigned_64: bool,
    /// The collation of text columns that name none; empty where the default already compares
    /// character by character. Collations by code point that do not take blanks at the end as absent
    /// (`'a' <> 'a '`), as SQLite does not; SingleStore documents only `utf8mb4_bin`.
    pub text_collation: &'static str,
    /// Whether that collation tells texts apart that differ only in blanks at the end. Nothing documents
    /// it for SingleStore's `utf8mb4_bin`, whose namesake in MySQL does not.
    pub trailing_blanks: bool,
}

/// Which operands may be looked for together in a select.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowInSelect {
    /// Any (SQLite).
    Any,
    /// No subqueries, which MySQL's family refuses among them (1235), nor columns of derived and named
    /// tables that stand for one.
    Plain,
    /// None. Django's backend for SingleStore uses it, Hibernate's does not, and nothing documents it.
    None,
}

/// Where the named tables of a statement that writes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WithWrites {
    /// In front of the statement, as those of a query (SQLite, MySQL).
    Front,
    /// In each subquery that uses them (MariaDB, whose UPDATE and DELETE take no WITH).
    Within,
    /// Nowhere: those that are not recursive become derived tables.
    Inlined,
}

/// How much a transaction sees of others that run beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Isolation {
    /// Also what is not committed.
    ReadUncommitted,
    /// What is committed when a statement begins.
    ReadCommitted,
    /// What was committed when the first statement began.
    RepeatableRead,
    /// As if they ran one after the other.
    Serializable,
}

impl Isolation {
    pub(super) const ALL: &'static [Self] = &[
        Self::ReadUncommitted,
        Self::ReadCommitted,
        Self::RepeatableRead,
        Self::Serializable,
    ];

    /// SQL's words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}

/// Which rows a SELECT can lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RowLocks {
    /// None: a writing transaction has the whole database to itself (SQLite), so FOR UPDATE is left
    /// out.
    Database,
    /// FOR UPDATE.
    Wait,
    /// FOR UPDATE, with NOWAIT or SKIP LOCKED.
    SkipLocked,
}

/// How equality of several operands to any row of a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowValues {
    /// `(a, b) IN ((1, 2), (3, 4))`.
    List,
    /// `(a, b) IN (VALUES (1, 2), (3, 4))`.
    Values,
    /// `(a = 1 AND b = 2) OR (a = 3 AND b = 4)`.
    Or,
}
