//! What kind of server the stand-in plays.

use std::time::Duration;

/// How a gate behaves. Where the facts about SingleStore leave a question open, there is a switch
/// for both answers.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Where clients connect; port 0 takes a free one.
    pub listen: String,
    /// Where the line protocol of the control connection listens; `None` for nowhere.
    pub control: Option<String>,
    /// What `@@memsql_version` says.
    pub engine_version: String,
    /// What `@@system_time_zone` says: the zone of the nodes, which `SET time_zone` does not change.
    pub time_zone: String,
    /// Open question: whether SAVEPOINT succeeds and does nothing (`warn_level = WARNINGS`, the
    /// documented default) or is refused (`ERRORS`).
    pub savepoints: Savepoints,
    /// Open question: whether COM_STMT_PREPARE works (it does not with audit logging).
    pub prepare: bool,
    /// Which aggregator answers.
    pub role: Role,
    /// The free shared tier, which refuses ROWSTORE.
    pub shared_tier: bool,
    /// What CREATE TABLE without a word makes.
    pub default_table_type: TableType,
    /// Rows without a total order come in another order each time.
    pub shuffle: bool,
    /// Seed of everything random; a new one each time where it is `None`.
    pub seed: Option<u64>,
    /// Open question: whether AUTO_INCREMENT works on INT and smaller columns of sharded tables.
    pub int_auto_increment: bool,
    /// Errors that a leaf raises while it runs a statement begin with `Leaf Error (host:port): `.
    pub leaf_errors: bool,
    /// Open question: whether the ids of one INSERT of many rows are contiguous.
    pub contiguous_ids: bool,
    /// Open question: what LAST_INSERT_ID() among the values of an INSERT is.
    pub last_key: LastKey,
    /// Open question: whether a lock wait that timed out (1205) rolls the whole transaction back.
    pub lock_timeout_rolls_back: bool,
    /// Open question: whether INSERT … ON DUPLICATE KEY UPDATE counts as MySQL does (2 for a row that was
    /// updated), or each row once.
    pub upsert_counts_rows: bool,
    /// Open question: whether KEY … USING BTREE is taken on a columnstore.
    pub btree_on_columnstore: bool,
    /// Open question: whether DROP PRIMARY KEY works on a rowstore.
    pub drop_rowstore_primary_key: bool,
    /// Open question: whether ADD COLUMN … NOT NULL without a default works.
    pub add_not_null_without_default: bool,
    /// Which query shapes are refused.
    pub shapes: Shapes,
    /// Collation of tables that name none: `utf8mb4_general_ci`, or `utf8mb4_bin` as from 9.0.
    pub collation: String,
    /// After so long a wait for a lock error 1205 is raised.
    pub lock_wait: Duration,
}

/// What happens to SAVEPOINT, RELEASE SAVEPOINT and ROLLBACK TO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Savepoints {
    /// They succeed with a warning and do nothing.
    Ignore,
    /// Error 1706.
    Refuse,
}

/// What LAST_INSERT_ID() among the values of an INSERT is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastKey {
    /// The key that the INSERT before was given, as in MySQL.
    Known,
    /// 0: a leaf that evaluates it has handed out none.
    Zero,
    /// Error 1706.
    Refused,
}

/// An aggregator's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The master aggregator.
    Master,
    /// A child aggregator, which refuses to write reference tables within a transaction.
    Child,
}

/// `default_table_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableType {
    /// Columnstore.
    Columnstore,
    /// Rowstore.
    Rowstore,
}

/// How eagerly query shapes are refused: what the server can transform is documented only by the
/// messages it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shapes {
    /// None.
    Accept,
    /// Those that no known transformation covers.
    Likely,
    /// Also correlated subqueries that a transformation may cover, unless they match on shard keys.
    Strict,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            control: None,
            engine_version: "9.0.12".to_owned(),
            time_zone: "UTC".to_owned(),
            savepoints: Savepoints::Ignore,
            prepare: true,
            role: Role::Master,
            shared_tier: false,
            default_table_type: TableType::Columnstore,
            shuffle: true,
            seed: None,
            int_auto_increment: false,
            leaf_errors: false,
            contiguous_ids: false,
            last_key: LastKey::Known,
            lock_timeout_rolls_back: false,
            upsert_counts_rows: false,
            btree_on_columnstore: true,
            drop_rowstore_primary_key: false,
            add_not_null_without_default: true,
            shapes: Shapes::Likely,
            collation: "utf8mb4_general_ci".to_owned(),
            lock_wait: Duration::from_secs(60),
        }
    }
}
