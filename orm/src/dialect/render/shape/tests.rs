//! What is found is what would be rendered, and is not rendered again.

/// A value of each variant: one that is not listed does not compile.
macro_rules! each {
    ($ty:ident: $($variant:ident $(($($of:expr),*))?)*) => {{
        #[allow(dead_code, reason = "it is there to be compiled")]
        fn is_listed(one: &$ty) {
            match one {
                $($ty::$variant { .. } => {})*
            }
        }
        vec![$($ty::$variant $(($($of),*))?),*]
    }};
}

mod expressions;
mod kinds;
mod random;
mod varied;
mod whole;

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::cache::{SHAPES, cache};
use super::*;
use crate::ast::{Alias, BinaryOp, Expr, Select};
use crate::dialect::{MariaDb, MySql, NoBackslashEscapes, SingleStore, Sqlite};
use crate::value::Value;
use random::statement;
use varied::varied;

thread_local! {
    /// How many statements this thread rendered.
    pub(super) static RENDERED: Cell<u32> = const { Cell::new(0) };
}

const DIALECTS: [&dyn Spelling; 6] = [
    &Sqlite,
    &MySql,
    &MariaDb,
    &SingleStore,
    &NoBackslashEscapes(MySql),
    &NoBackslashEscapes(SingleStore),
];

/// Keeps other tests from pushing out what one has just rendered.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Renders a statement; says whether that took no rendering.
fn found(d: &dyn Spelling, statement: &Statement) -> (super::super::Result<Sql>, bool) {
    let before = RENDERED.get();
    let sql = render(d, statement);
    (sql, RENDERED.get() == before)
}

fn fresh(d: &dyn Spelling, statement: &Statement) -> super::super::Result<Sql> {
    super::super::render_anew(d, statement).map(|(sql, _)| sql)
}

/// Whether a statement's text is short enough to be kept, and what tells it too.
fn is_short(d: &dyn Spelling, statement: &Statement, sql: &Sql) -> bool {
    let mut walk = Walk::new(d, Buffers::new());
    let walked = walk.statement(statement);
    assert!(walked, "{} tells not what it is: {statement:?}", d.name());
    walk.equalities();
    sql.text.len() <= LONGEST && walk.shape.len() <= LONGEST
}

/// What a statement holds whose values may stand elsewhere in the text.
const MOVING: [(&str, &str); 14] = [
    ("named tables", "WITH "),
    ("recursive tables", "WITH RECURSIVE "),
    ("changes of documents", "Set"),
    ("rows", "InRows"),
    ("rows of a subquery", "RowInSelect"),
    ("subqueries", "Scalar"),
    ("patterns", "Like"),
    ("texts that functions look for", "CHAR_LENGTH("),
    ("regular expressions", "Regex"),
    ("joined texts", "GroupConcat"),
    ("windows", "OVER ("),
    ("raw pieces", "RawSql"),
    ("the nearest of an index", "SEARCH_OPTIONS"),
    ("options", "OPTION ("),
];

#[test]
fn what_is_found_is_what_would_be_rendered() {
    let _alone = alone();
    // The strategies of expressions within expressions take more stack than a test has.
    let run = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(compare_random_statements)
        .expect("a thread");
    if let Err(panic) = run.join() {
        std::panic::resume_unwind(panic);
    }
}

fn compare_random_statements() {
    let counts = RefCell::new((0, 0));
    let moving = RefCell::new([0; MOVING.len()]);
    let mut runner = TestRunner::new(Config::with_cases(2000));
    let run = runner.run(&(statement(), any::<u32>()), |(statement, seed)| {
        let statements = [
            statement.clone(),
            varied(&statement, seed),
            varied(&statement, seed ^ 0x5555_5555),
            statement,
        ];
        for d in DIALECTS {
            for statement in &statements {
                let fresh = fresh(d, statement);
                let (sql, known) = found(d, statement);
                prop_assert_eq!(&sql, &fresh);
                // What is refused has no text to find.
                let Ok(sql) = sql else { continue };
                let mut counts = counts.borrow_mut();
                counts.0 += u32::from(known);
                counts.1 += 1;
                if known {
                    let shown = format!("{}{statement:?}", sql.text);
                    for (n, (_, word)) in moving.borrow_mut().iter_mut().zip(MOVING) {
                        *n += u32::from(shown.contains(word));
                    }
                }
                if is_short(d, statement, &sql) {
                    let (again, known) = found(d, statement);
                    prop_assert_eq!(again, fresh);
                    prop_assert!(known, "{} rendered twice: {}", d.name(), sql.text);
                }
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|e| panic!("{e}"));
    let (known, all) = counts.into_inner();
    assert!(
        known * 3 > all,
        "only {known} of {all} were found with other values: the test proves little"
    );
    for ((what, _), found) in MOVING.iter().zip(moving.into_inner()) {
        assert!(found > 5, "only {found} statements with {what} were found");
    }
}

#[test]
fn a_repeated_query_is_found_and_shares_its_text() {
    let _alone = alone();
    let query = |n: i64| {
        Statement::Select(Select {
            filter: Some(Expr::And(vec![
                Expr::binary(
                    Expr::column(Alias(0), "a_repeated_query"),
                    BinaryOp::Eq,
                    Expr::Value(Value::Int(n)),
                ),
                Expr::binary(
                    Expr::column(Alias(0), "b"),
                    BinaryOp::Eq,
                    Expr::Value(Value::Int(n)),
                ),
            ])),
            ..Select::from_table("t", Alias(0))
        })
    };
    let first = render(&Sqlite, &query(1)).expect("first");
    let second = render(&Sqlite, &query(2)).expect("second");
    assert!(std::ptr::eq(first.text.as_ptr(), second.text.as_ptr()));
    assert_eq!(second.params, [Value::Int(2), Value::Int(2)]);
}

#[test]
fn memory_is_bounded() {
    let _alone = alone();
    for n in 0..3 * SHAPES as u64 {
        let select = Select {
            limit: Some(n),
            ..Select::from_table("memory_is_bounded", Alias(0))
        };
        render(&Sqlite, &select.into()).expect("renders");
    }
    let cache = cache().read().unwrap_or_else(PoisonError::into_inner);
    assert!(cache.young.len() <= SHAPES && cache.old.len() <= SHAPES);
}
