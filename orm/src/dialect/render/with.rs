//! WITH: the named tables of a statement.
//!
//! Where a table is used it brings its own description, so a query that uses one can stand in any
//! other. Here they are gathered, each once and behind those that it uses itself.

use std::sync::Arc;

use super::{Result, Target, Writer, scope, unsupported};
use crate::ast::{Alias, Expr, From, Func, Join, Select, Statement, Step, WithTable};
use crate::dialect::features::WithWrites;
use crate::dialect::{RenderError, rewrite};

/// The alias of a written table within a named one, whose own aliases begin anew: none of those.
const ELSEWHERE: Alias = Alias(u16::MAX - 1);

impl<'s> Writer<'s> {
    /// WITH in front of the statement, if it uses named tables.
    pub(super) fn with(&mut self, statement: &'s Statement) -> Result {
        if !uses_tables(statement) {
            return Ok(());
        }
        let used = Used::of(statement);
        self.check_names(&used)?;
        let target = match statement {
            Statement::Update(update) => &update.table,
            Statement::Delete(delete) => &delete.table,
            Statement::Select(_) | Statement::SetOperation(_) => {
                return self.with_list(&used.tables);
            }
            Statement::Insert(_) | Statement::Raw(_) => {
                return Err(self.refuse(
                    "named tables in SQL text",
                    "leave out `named`, or write the WITH into the text",
                ));
            }
        };
        if self.d.features().with_writes == WithWrites::Within {
            // Each select makes its own tables: they would be different ones.
            if (used.tables.iter()).any(|(table, uses)| *uses > 1 && varies(table)) {
                return Err(refuse_varying(self.d.name()));
            }
            self.with_within = true;
            return Ok(());
        }
        self.target = Some(Target {
            alias: None,
            table: target,
        });
        self.with_list(&used.tables)?;
        // The statement names its target itself, or has none.
        self.target = None;
        Ok(())
    }

    /// A select of a statement that takes no WITH itself.
    pub(super) fn with_own(&mut self, select: &Select) -> Result {
        let mut used = Used::default();
        used.select(select);
        if used.tables.is_empty() {
            return self.body(select);
        }
        self.with_within = false;
        self.with_list(&used.tables)?;
        self.body(select)?;
        self.with_within = true;
        Ok(())
    }

    /// `WITH n AS (…) SELECT * FROM n`: a table that such a statement joins by itself.
    pub(super) fn with_alone(&mut self, table: &Arc<WithTable>) -> Result {
        let mut used = Used::default();
        used.table(table);
        self.with_within = false;
        self.with_list(&used.tables)?;
        self.push("SELECT * FROM ");
        self.name(&table.name);
        self.with_within = true;
        Ok(())
    }

    fn with_list(&mut self, tables: &[(Arc<WithTable>, usize)]) -> Result {
        let recursive = tables.iter().any(|(table, _)| table.step.is_some());
        self.push(if recursive {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        let target = self.target;
        self.target = target.map(|target| Target {
            alias: Some(ELSEWHERE),
            ..target
        });
        self.list(tables, |w, (table, uses)| {
            if *uses > 1 && varies(table) {
                return Err(refuse_varying(w.d.name()));
            }
            w.name(&table.name);
            w.push(" AS (");
            w.definition(table)?;
            w.push(")");
            Ok(())
        })?;
        self.target = target;
        self.push(" ");
        Ok(())
    }

    fn definition(&mut self, table: &WithTable) -> Result {
        let Some(step) = &table.step else {
            return self.rewritten(&table.select, Self::select);
        };
        self.check_depth(step)?;
        self.rewritten(&table.select, Self::set_part)?;
        self.push(if step.distinct && self.d.features().recursive_union {
            " UNION "
        } else {
            " UNION ALL "
        });
        self.rewritten(&step.select, Self::select)
    }

    /// A select of its own, as the dialect takes it.
    fn rewritten(
        &mut self,
        select: &Select,
        write: impl FnOnce(&mut Self, &Select) -> Result,
    ) -> Result {
        let statement = Statement::Select(select.clone());
        match &*rewrite::rewrite(self.d.dialect(), &statement)? {
            Statement::Select(select) => write(self, select),
            _ => write(self, select),
        }
    }

    fn check_depth(&self, step: &Step) -> Result {
        let most = self.d.features().max_recursion;
        if step.max_depth <= most {
            return Ok(());
        }
        Err(RenderError::UnsupportedQueryShape {
            dialect: self.d.name(),
            class: "Recursive CTE with more iterations than max_recursive_cte_iterations",
            hint: format!(
                "{} steps were asked for: ask for {most} at most, and go on from the deepest rows by another query",
                step.max_depth
            ),
        })
    }

    /// Refuses a name that means two things: where a table of that name is also read, the named one
    /// would be read in its place.
    fn check_names(&self, used: &Used) -> Result {
        let refuse = |feature: String| {
            Err(unsupported(
                self.d.dialect(),
                feature,
                "give it another name",
            ))
        };
        if used.strayed {
            return Err(self.refuse(
                "the rows found so far outside of the step of their recursive table",
                "use the table that `recursive` returns",
            ));
        }
        if let Some(name) = &used.twice {
            return refuse(format!(
                "two different tables named `{name}` in one statement"
            ));
        }
        for (table, _) in &used.tables {
            let name = &*table.name;
            if used.read.iter().any(|read| read.eq_ignore_ascii_case(name)) {
                return refuse(format!(
                    "a named table `{name}` beside the database's own table of that name"
                ));
            }
            if used.raw.iter().any(|text| says(text, name)) {
                return refuse(format!(
                    "a named table `{name}` beside SQL text that says `{name}`"
                ));
            }
        }
        Ok(())
    }
}

/// An error for random values that would be others at each use.
pub(in crate::dialect) fn refuse_varying(dialect: &'static str) -> RenderError {
    RenderError::UnsupportedQueryShape {
        dialect,
        class: "random values in a named table that is used more than once",
        hint: "databases may compute such a table for each use: read its rows first".to_owned(),
    }
}

/// Whether a statement uses named tables, or rows found so far, at any depth.
pub(in crate::dialect) fn uses_tables(statement: &Statement) -> bool {
    let named = |join: &Join| matches!(join.source, From::With { .. } | From::Found { .. });
    let mut found = joins(statement).iter().any(named);
    each_select(statement, &mut |select| found |= uses(select));
    found
}

/// The joins of a statement that writes.
fn joins(statement: &Statement) -> &[Join] {
    match statement {
        Statement::Update(update) => &update.joins,
        Statement::Delete(delete) => &delete.joins,
        _ => &[],
    }
}

/// Whether a select uses named tables, or rows found so far, at any depth.
pub(in crate::dialect) fn uses(select: &Select) -> bool {
    let mut found =
        sources(select).any(|source| matches!(source, From::With { .. } | From::Found { .. }));
    scope::visit(select, &mut |_| (), &mut |inner| {
        found = found || uses(inner);
    });
    found
}

/// Whether a select uses a recursive table, at any depth.
pub(crate) fn is_recursive(select: &Select) -> bool {
    let mut found = sources(select).any(|source| match source {
        From::With { table, .. } => table.step.is_some() || is_recursive(&table.select),
        _ => false,
    });
    scope::visit(select, &mut |_| (), &mut |inner| {
        found = found || is_recursive(inner);
    });
    found
}

fn sources(select: &Select) -> impl Iterator<Item = &From> {
    select
        .from
        .iter()
        .chain(select.joins.iter().map(|join| &join.source))
}

/// Hands over the selects of a statement that stand in no other.
fn each_select<'a>(statement: &'a Statement, each: &mut dyn FnMut(&'a Select)) {
    let joined = |joins: &'a [Join], each: &mut dyn FnMut(&'a Select)| {
        for join in joins {
            join.source.selects().for_each(&mut *each);
            scope::walk(&join.on, &mut |_| (), each);
        }
    };
    match statement {
        Statement::Select(select) => each(select),
        Statement::SetOperation(operation) => operation.parts.iter().for_each(each),
        Statement::Insert(_) => {}
        Statement::Update(update) => {
            joined(&update.joins, each);
            let values = update.set.iter().map(|(_, value)| value);
            for expr in values.chain(&update.filter) {
                scope::walk(expr, &mut |_| (), each);
            }
        }
        Statement::Delete(delete) => {
            joined(&delete.joins, each);
            if let Some(expr) = &delete.filter {
                scope::walk(expr, &mut |_| (), each);
            }
        }
        Statement::Raw(raw) => {
            for param in &raw.params {
                scope::walk(param, &mut |_| (), each);
            }
        }
    }
}

/// Whether what a table holds is another at each look.
pub(in crate::dialect) fn varies(table: &WithTable) -> bool {
    let step = table.step.as_ref().map(|step| &step.select);
    std::iter::once(&table.select).chain(step).any(is_random)
}

fn is_random(select: &Select) -> bool {
    let mut random = sources(select).any(|source| match source {
        From::With { table, .. } => varies(table),
        _ => false,
    });
    let mut inside = false;
    scope::visit(
        select,
        &mut |e| {
            random |= matches!(
                e,
                Expr::Func {
                    func: Func::Random,
                    ..
                }
            );
        },
        &mut |inner| inside = inside || is_random(inner),
    );
    random || inside
}

/// The named tables of a statement, and what their names could be taken for.
#[derive(Default)]
pub(in crate::dialect) struct Used {
    /// Each behind those that it uses, with the number of its uses.
    pub(in crate::dialect) tables: Vec<(Arc<WithTable>, usize)>,
    /// Tables of the database.
    read: Vec<String>,
    raw: Vec<String>,
    /// A name that two tables have.
    twice: Option<String>,
    /// Whether rows found so far are read where none are.
    strayed: bool,
    /// The recursive table whose step is looked at.
    within: Option<String>,
}

impl Used {
    /// Those of a statement.
    pub(in crate::dialect) fn of(statement: &Statement) -> Self {
        let mut used = Self::default();
        match statement {
            Statement::Update(update) => used.read.push(update.table.to_string()),
            Statement::Delete(delete) => used.read.push(delete.table.to_string()),
            _ => {}
        }
        for join in joins(statement) {
            used.source(&join.source);
        }
        each_select(statement, &mut |select| used.select(select));
        used
    }

    /// A source, but not the selects in it.
    fn source(&mut self, source: &From) {
        match source {
            From::Table { name, .. } => self.read.push(name.to_string()),
            From::With { table, .. } => self.table(table),
            From::Found { name, .. } => {
                self.strayed |= self.within.as_deref() != Some(&**name);
            }
            From::Raw { sql, .. } => {
                self.raw
                    .extend(sql.parts.iter().map(|part| part.to_string()));
            }
            From::Subquery { .. } | From::Set { .. } => {}
        }
    }

    fn select(&mut self, select: &Select) {
        sources(select).for_each(|source| self.source(source));
        let mut inside = Vec::new();
        let raw = &mut self.raw;
        scope::visit(
            select,
            &mut |e| {
                if let Expr::Raw(sql) = e {
                    raw.extend(sql.parts.iter().map(|part| part.to_string()));
                }
            },
            &mut |inner| inside.push(inner),
        );
        for select in inside {
            self.select(select);
        }
    }

    fn table(&mut self, table: &Arc<WithTable>) {
        let known = (self.tables.iter_mut())
            .find(|(known, _)| known.name.eq_ignore_ascii_case(&table.name));
        if let Some((known, uses)) = known {
            *uses += 1;
            if !Arc::ptr_eq(known, table) && known != table {
                self.twice = Some(table.name.to_string());
            }
            return;
        }
        let around = self.within.take();
        self.select(&table.select);
        if let Some(step) = &table.step {
            self.within = Some(table.name.to_string());
            self.select(&step.select);
        }
        self.within = around;
        self.tables.push((Arc::clone(table), 1));
    }
}

/// Whether a word stands in a text.
fn says(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|part| part.eq_ignore_ascii_case(word))
}
