//! The SQL of every operation, both ways, for every dialect, held as `golden/<case>/<dialect>.snap`.

mod migrations;

use migrations::{Case, cases};
use orm::dialect::{ALL, Dialect};
use orm::migrate::{Direction, Migration, plan_migration, sql_for};

/// The statements both ways, each after a line with its grade and comment.
fn sql(case: &Case, dialect: &dyn Dialect) -> String {
    let migration = Migration {
        operations: case.operations.clone(),
        ..Migration::new("shop", "0002_case")
    };
    let mut out = String::new();
    for direction in [Direction::Forwards, Direction::Backwards] {
        let backwards = direction == Direction::Backwards;
        out.push_str(&format!("-- {}\n", direction.as_str()));
        let statements = match sql_for(&migration, &case.before, dialect, backwards) {
            Ok(statements) => statements,
            Err(error) => {
                out.push_str(&format!("error: {error}\n"));
                continue;
            }
        };
        let plan = plan_migration(&migration, &case.before, dialect, direction).unwrap();
        let steps = plan.iter().flat_map(|p| &p.steps);
        for ((sql, comment), step) in statements.iter().zip(steps) {
            let requires = match &step.requires {
                Some(requirement) => format!(" requires {requirement:?}"),
                None => String::new(),
            };
            out.push_str(&format!(
                "-- [{}] {comment}{requires}\n{sql};\n",
                step.grade
            ));
        }
    }
    out
}

#[test]
fn sql_of_operations() {
    for case in cases() {
        for dialect in ALL {
            let mut settings = insta::Settings::clone_current();
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.set_snapshot_path(format!("golden/{}", case.name));
            settings.bind(|| insta::assert_snapshot!(dialect.name(), sql(&case, dialect)));
        }
    }
}
