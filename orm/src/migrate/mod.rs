//! The migration engine: state, operations, autodetector, files, schema editor, executor.
//!
//! State is the replay of the migration files; there is no snapshot. Everything but the executor,
//! the recorder and the lock is pure.

mod autodetect;
mod behind;
mod canon;
mod embedded;
mod error;
mod executor;
mod format;
mod graph;
mod historical;
mod kept;
mod loader;
mod lock;
mod migration;
mod note;
mod operation;
mod optimizer;
mod parts;
mod plan;
mod probe;
mod recorder;
pub(crate) mod row_columns;
mod schema_editor;
mod split;
mod squash;
mod state;
mod storage;
mod table_of;
#[cfg(test)]
mod testing;

pub use autodetect::{
    Answer, AnswerTable, Answers, Arrangement, BadAnswer, Changes, DetectError, Draft,
    DraftDependency, Hints, Question, QuestionKind, detect, parse_default,
};
pub(crate) use behind::behind;
pub use embedded::Embedded;
pub use error::{Irreversible, StateError, StateProblem};
pub use executor::{
    BatchFn, Code, CodeBatches, CodeError, CodeFn, CodeRegistry, DataMigration, InDoubt,
    LinkedCode, MigrateError, MigrateOptions, Migrator, Moved, PlannedMigration, PlannedStep,
    Progress, Ran, Silent, Target,
};
pub use format::{FormatError, Node};
pub use graph::{Graph, GraphError, MigrationKey};
pub use historical::{
    Batches, CodeArgument, DynRow, HistoricalError, IntoColumn, ModelRows, Models,
};
pub use kept::KeptTable;
pub use loader::{
    EmbeddedMigrations, HEAD, HeadError, LoadError, head_text, load_embedded, load_folder,
    load_folders, read_head,
};
pub use migration::Migration;
pub use operation::{ModelOptions, Operation, SqlByDialect, inverse_of_list, suggest_name};
pub use optimizer::optimize;
pub use plan::{Direction, OperationPlan, PlanError, PlanProblem, plan_migration, sql_for};
pub use recorder::AppliedMigration;
pub use schema_editor::{
    Action, CodeStep, ColumnFill, EditError, Grade, LookupFill, Requirement, Step, TableCopy,
    steps_of,
};
pub use split::split_sql;
pub use squash::{SquashError, Squashed, squash};
pub use state::ProjectState;
pub use storage::{AppStorage, StorageTypes, with_storage_types};
pub(crate) use table_of::related_tables;
pub use table_of::{MappedTable, TableError, mapped_tables, tables_of};
