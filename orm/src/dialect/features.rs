//! What a database can do, as data. Code branches on these flags, never on a product's name.

/// Flags of one database, at a version floor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// Whether INSERT hands back columns by RETURNING (SQLite 3.35, MariaDB 10.5).
    pub returning: bool,
    /// Whether foreign keys are real constraints. SingleStore refuses them (2752).
    pub foreign_keys: bool,
    /// Whether SAVEPOINT works. On SingleStore it is accepted and does nothing.
    pub savepoints: bool,
    /// Whether DDL takes part in transactions (SQLite); elsewhere it commits.
    pub transactional_ddl: bool,
    /// Whether unique keys must contain the shard key.
    pub sharded: bool,
    /// Whether columns can be modified, constraints added and dropped by ALTER TABLE.
    pub alter_column: bool,
    /// Whether `DROP COLUMN` works whatever the column takes part in.
    pub drop_column: bool,
    /// Whether `ALTER TABLE … RENAME INDEX` exists.
    pub rename_index: bool,
    /// Whether tables and columns have comments.
    pub comments: bool,
    /// Whether the ids of the rows of one INSERT follow one another from the first.
    pub contiguous_ids: bool,
    /// Whether decimals are kept as text.
    pub decimal_as_text: bool,
    /// Parameters of one statement at most.
    pub max_params: usize,
    /// Whether IN lists and multi-row VALUES are padded or cut to powers of two, because each
    /// length is compiled anew.
    pub bounded_shapes: bool,
}
