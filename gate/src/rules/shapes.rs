//! Query shapes: facts §6a, as far as a parsed query shows them.

use super::correlation::Outer;
use super::scope::{Reference, Tables, conjuncts, equality, owner, plain, references};
use crate::options::Shapes;
use crate::refusal::Refusal;
use crate::sql::{Core, Form, Join, Place, Query, Range, Source, SourceKind, Sql, Sub, TableKind};

/// What a check looks at.
pub(super) struct Check<'a> {
    pub(super) sql: &'a Sql,
    pub(super) tables: &'a Tables,
    shapes: Shapes,
}

/// Checks a query and all within it.
pub(crate) fn shapes(
    sql: &Sql,
    query: &Query,
    tables: &Tables,
    shapes: Shapes,
) -> Result<(), Refusal> {
    let check = Check {
        sql,
        tables,
        shapes,
    };
    check.catalog(query)?;
    check.temporary(query)?;
    check.query(query, &mut Vec::new(), 0)
}

impl<'a> Check<'a> {
    /// The catalog does not join with user tables.
    fn catalog(&self, query: &Query) -> Result<(), Refusal> {
        let (mut catalog, mut user) = (false, false);
        query.walk(0, &mut |query, _| {
            for source in query.parts.iter().flat_map(|(_, core)| &core.sources) {
                if let SourceKind::Table(database, _) = &source.kind {
                    let of_catalog = database
                        .as_ref()
                        .is_some_and(|d| d.eq_ignore_ascii_case("information_schema"));
                    catalog |= of_catalog;
                    user |= !of_catalog && self.tables.get(source).is_some();
                }
            }
        });
        if catalog && user {
            return Err(Refusal::distributed(
                "Joining information_schema with user tables",
            ));
        }
        Ok(())
    }

    /// A temporary table stands in a query once.
    fn temporary(&self, query: &Query) -> Result<(), Refusal> {
        let mut seen = Vec::new();
        let mut twice = None;
        query.walk(0, &mut |query, _| {
            for source in query.parts.iter().flat_map(|(_, core)| &core.sources) {
                let Some(info) = self.tables.get(source).filter(|t| t.temporary) else {
                    continue;
                };
                if seen.contains(&info.uid) {
                    twice = Some(info.name.clone());
                }
                seen.push(info.uid.clone());
            }
        });
        match twice {
            Some(name) => Err(Refusal::new(1137, format!("Can't reopen table: '{name}'"))),
            None => Ok(()),
        }
    }

    fn query(
        &self,
        query: &'a Query,
        stack: &mut Vec<&'a Core>,
        depth: usize,
    ) -> Result<(), Refusal> {
        let sql = self.sql;
        self.ctes(query, depth)?;
        for (_, cte) in &query.ctes {
            self.query(cte, stack, depth + 1)?;
        }
        if let Some(at) = query.bare_offset {
            return Err(Refusal::syntax(sql.slice(at, sql.len())));
        }
        for (op, core) in &query.parts {
            if let Some(op) = op.filter(|op| op.all && !op.union) {
                return Err(Refusal::syntax(sql.slice(op.at, sql.len())));
            }
            if let Some(nested) = &core.nested {
                self.query(nested, stack, depth)?;
            }
            if let (Some(filter), true) = (core.filter, core.sources.is_empty()) {
                return Err(Refusal::syntax(sql.slice(filter.0 - 1, sql.len())));
            }
            self.core(query, core, stack, depth)?;
        }
        self.lock(query)
    }

    fn ctes(&self, query: &Query, depth: usize) -> Result<(), Refusal> {
        if depth > 0 && !query.ctes.is_empty() {
            return Err(Refusal::syntax(
                self.sql.slice(query.range.0, self.sql.len()),
            ));
        }
        if !query.recursive {
            return Ok(());
        }
        for (_, cte) in &query.ctes {
            for (op, core) in &cte.parts {
                let itself = |core: &Core| {
                    let sources = core.sources.iter();
                    sources
                        .filter(|s| matches!(s.kind, SourceKind::Itself))
                        .count()
                };
                let own = itself(core);
                let mut within = 0;
                let derived = core.sources.iter().filter_map(|s| match &s.kind {
                    SourceKind::Derived(query) => Some(&**query),
                    _ => None,
                });
                for query in derived.chain(core.subs.iter().map(|sub| &sub.query)) {
                    query.walk(0, &mut |query, _| {
                        within += query
                            .parts
                            .iter()
                            .map(|(_, core)| itself(core))
                            .sum::<usize>();
                    });
                }
                if own + within > 1 {
                    return Err(Refusal::feature(
                        "more than one reference to a recursive common table expression in its recursive part",
                    ));
                }
                let refers = own + within > 0;
                if refers && op.is_some_and(|op| !op.all) {
                    return Err(Refusal::new(
                        2709,
                        "UNION between the parts of a recursive common table expression: only UNION ALL is supported",
                    ));
                }
                if refers && core.distinct {
                    return Err(Refusal::new(
                        2730,
                        "DISTINCT in the recursive part of a common table expression is not supported",
                    ));
                }
            }
        }
        Ok(())
    }

    fn core(
        &self,
        query: &'a Query,
        core: &'a Core,
        stack: &mut Vec<&'a Core>,
        depth: usize,
    ) -> Result<(), Refusal> {
        for source in &core.sources {
            if let SourceKind::Derived(derived) = &source.kind {
                self.query(derived, stack, depth + 1)?;
            }
        }
        stack.push(core);
        let result = self.subs(query, core, stack, depth);
        stack.pop();
        result
    }

    fn subs(
        &self,
        query: &'a Query,
        core: &'a Core,
        stack: &mut Vec<&'a Core>,
        depth: usize,
    ) -> Result<(), Refusal> {
        if self.shapes != Shapes::Accept {
            self.named_subselects(query, core)?;
            for sub in &core.subs {
                self.sub(query, core, sub, stack)?;
            }
        }
        for sub in &core.subs {
            self.query(&sub.query, stack, depth + 1)?;
        }
        Ok(())
    }

    /// A subselect of the list that GROUP BY or ORDER BY names.
    fn named_subselects(&self, query: &Query, core: &Core) -> Result<(), Refusal> {
        let named = core
            .group
            .iter()
            .copied()
            .chain(query.order.iter().map(|o| o.range));
        for range in named {
            let Some(item) = named_item(self.sql, core, range) else {
                continue;
            };
            let holds = core.subs.iter().any(|s| {
                s.place == Place::List && s.form == Form::Scalar && within(s.query.range, item)
            });
            if holds {
                return Err(Refusal::distributed(
                    "scalar subselect inside the GROUP/ORDER BY of a pushed down query",
                ));
            }
        }
        Ok(())
    }

    fn sub(
        &self,
        query: &'a Query,
        core: &'a Core,
        sub: &'a Sub,
        stack: &[&'a Core],
    ) -> Result<(), Refusal> {
        if sub.in_window {
            return Err(Refusal::feature("Subselect in window clause"));
        }
        if sub.in_aggregate {
            return Err(Refusal::feature("Subselect in aggregate functions"));
        }
        let outer = self.outer_references(&sub.query, stack);
        let correlated = !outer.is_empty();
        let far = outer.iter().any(|o| o.level + 1 < stack.len());
        if far && (sub.form == Form::Scalar || self.shapes == Shapes::Strict) {
            return Err(Refusal::shape(
                "scalar subselect references field belonging to outer select that is more than one level up",
            ));
        }
        match sub.place {
            Place::Group => {
                return Err(Refusal::distributed(
                    "scalar subselect inside the GROUP/ORDER BY of a pushed down query",
                ));
            }
            Place::Order if correlated => {
                return Err(Refusal::shape("correlated subselect in ORDER BY"));
            }
            Place::Order => {
                return Err(Refusal::distributed(
                    "scalar subselect inside the GROUP/ORDER BY of a pushed down query",
                ));
            }
            Place::Having if correlated => {
                return Err(Refusal::shape("correlated subselect inside HAVING"));
            }
            Place::List => self.in_list(query, core, sub, correlated)?,
            _ => {}
        }
        if !correlated {
            return Ok(());
        }
        if outer.iter().any(|o| o.in_aggregate) {
            return Err(Refusal::shape("Dependent aggregate inside subselect"));
        }
        self.outer_is_sharded(core, sub, &outer)?;
        self.transforms(core, sub, &outer)
    }

    fn in_list(
        &self,
        query: &Query,
        core: &Core,
        sub: &Sub,
        correlated: bool,
    ) -> Result<(), Refusal> {
        let nested = sub.form == Form::Scalar
            && sub.query.parts.iter().any(|(_, inner)| {
                inner
                    .subs
                    .iter()
                    .any(|s| s.place == Place::List && s.form == Form::Scalar)
            });
        if nested {
            return Err(Refusal::shape("nested scalar subselects in project list"));
        }
        let sorted = !query.order.is_empty() || !core.group.is_empty() || core.distinct;
        let columnstore = core.sources.iter().any(|s| self.is_columnstore(s));
        if correlated && sorted && columnstore {
            return Err(Refusal::feature(
                "Correlated subselect in the project list of a columnstore query with an ORDER BY, GROUP BY, or DISTINCT",
            ));
        }
        Ok(())
    }

    fn is_columnstore(&self, source: &Source) -> bool {
        match &source.kind {
            SourceKind::Derived(query) | SourceKind::Named(query) => query
                .parts
                .iter()
                .flat_map(|(_, core)| &core.sources)
                .any(|s| self.is_columnstore(s)),
            _ => self
                .tables
                .get(source)
                .is_some_and(|t| !t.kind.is_rowstore()),
        }
    }

    /// Whether a table's rows lie on several leaves.
    fn is_sharded(&self, source: &Source) -> bool {
        match &source.kind {
            SourceKind::Derived(query) | SourceKind::Named(query) => query
                .parts
                .iter()
                .flat_map(|(_, core)| &core.sources)
                .any(|s| self.is_sharded(s)),
            _ => self
                .tables
                .get(source)
                .is_some_and(|t| matches!(t.kind, TableKind::Columnstore | TableKind::Rowstore)),
        }
    }

    fn inner_is_sharded(&self, query: &Query) -> bool {
        let mut sharded = false;
        query.walk(0, &mut |query, _| {
            sharded |= query
                .parts
                .iter()
                .flat_map(|(_, core)| &core.sources)
                .any(|s| self.is_sharded(s));
        });
        sharded
    }

    fn outer_is_sharded(&self, core: &Core, sub: &Sub, outer: &[Outer]) -> Result<(), Refusal> {
        if sub.form != Form::Scalar || !self.inner_is_sharded(&sub.query) {
            return Ok(());
        }
        let table = |o: &Outer| {
            owner(self.sql, core, self.tables, &o.reference).is_some_and(|at| {
                let source = &core.sources[at];
                let known = !matches!(source.kind, SourceKind::Table(..) | SourceKind::Other)
                    || self.tables.get(source).is_some();
                !known || (matches!(source.kind, SourceKind::Table(..)) && self.is_sharded(source))
            })
        };
        if outer.iter().all(table) {
            return Ok(());
        }
        Err(Refusal::distributed(
            "Scalar subselect where outer table is not a sharded table",
        ))
    }

    /// "Correlated subselect that can not be transformed and does not match on shard keys".
    fn transforms(&self, core: &Core, sub: &Sub, outer: &[Outer]) -> Result<(), Refusal> {
        if !self.inner_is_sharded(&sub.query) {
            return Ok(());
        }
        let refused = || {
            Err(Refusal::distributed(
                "Correlated subselect that can not be transformed and does not match on shard keys",
            ))
        };
        let Some(inner) = sub.query.single() else {
            return refused();
        };
        if self.matches_on_shard_keys(core, inner) {
            return Ok(());
        }
        if self.shapes == Shapes::Strict
            || sub.query.limit.is_some()
            || !inner.group.is_empty()
            || inner.having.is_some()
        {
            return refused();
        }
        let equated = self.equated(inner, outer);
        let covered = outer.iter().all(|o| {
            equated
                .iter()
                .any(|(from, to)| (*from..*to).contains(&o.reference.at))
        });
        if covered { Ok(()) } else { refused() }
    }

    /// The outer sides of equalities of a SELECT that a join could be made of: nothing of the SELECT
    /// itself stands in them, and nothing of the outer query on the other side.
    fn equated(&self, inner: &Core, outer: &[Outer]) -> Vec<Range> {
        let sql = self.sql;
        let conditions = inner
            .sources
            .iter()
            .filter(|s| s.join == Join::Inner)
            .filter_map(|s| s.on)
            .chain(inner.filter);
        let is_outer = |r: &Reference| outer.iter().any(|o| o.reference.at == r.at);
        let mut out = Vec::new();
        for condition in conditions.flat_map(|c| conjuncts(sql, c)) {
            let Some((a, b)) = equality(sql, condition) else {
                continue;
            };
            let (left, right) = (references(sql, a), references(sql, b));
            if left.iter().all(is_outer) && !right.iter().any(is_outer) {
                out.push(a);
            } else if right.iter().all(is_outer) && !left.iter().any(is_outer) {
                out.push(b);
            }
        }
        out
    }

    /// Whether the correlation equates the shard keys of two tables, column by column.
    fn matches_on_shard_keys(&self, core: &Core, inner: &Core) -> bool {
        let sql = self.sql;
        let equalities: Vec<(Reference, Reference)> = inner
            .filter
            .into_iter()
            .flat_map(|filter| conjuncts(sql, filter))
            .filter_map(|range| equality(sql, range))
            .filter_map(|(a, b)| Some((plain(sql, a)?, plain(sql, b)?)))
            .collect();
        let of = |core: &Core, at: usize, reference: &Reference, column: &str| {
            reference.column.eq_ignore_ascii_case(column)
                && owner(sql, core, self.tables, reference) == Some(at)
        };
        inner.sources.iter().enumerate().any(|(i, source)| {
            let Some(own) = self.tables.get(source).filter(|t| !t.shard.is_empty()) else {
                return false;
            };
            core.sources.iter().enumerate().any(|(o, outer)| {
                let Some(other) = self.tables.get(outer) else {
                    return false;
                };
                own.shard.len() == other.shard.len()
                    && own.shard.iter().zip(&other.shard).all(|(a, b)| {
                        equalities.iter().any(|(left, right)| {
                            (of(inner, i, left, a) && of(core, o, right, b))
                                || (of(inner, i, right, a) && of(core, o, left, b))
                        })
                    })
            })
        })
    }

    /// FOR UPDATE on more than one table.
    fn lock(&self, query: &Query) -> Result<(), Refusal> {
        if query.lock.is_none() {
            return Ok(());
        }
        let Some(core) = query.single() else {
            return Err(Refusal::feature("FOR UPDATE in a set operation"));
        };
        let derived = core
            .sources
            .iter()
            .any(|s| matches!(s.kind, SourceKind::Derived(_) | SourceKind::Named(_)));
        if core.sources.len() < 2 && core.subs.is_empty() && !derived {
            return Ok(());
        }
        let mut columnstore = false;
        query.walk(0, &mut |query, _| {
            columnstore |= query
                .parts
                .iter()
                .flat_map(|(_, core)| &core.sources)
                .any(|s| self.is_columnstore(s));
        });
        if columnstore {
            return Err(Refusal::feature(
                "FOR UPDATE with subselect or join involving a columnstore table",
            ));
        }
        Ok(())
    }
}

fn within(inner: Range, outer: Range) -> bool {
    inner.0 >= outer.0 && inner.1 <= outer.1
}

/// The item that a position or an alias names.
fn named_item(sql: &Sql, core: &Core, (from, to): Range) -> Option<Range> {
    if to != from + 1 {
        return None;
    }
    if let Ok(number) = sql.at(from).parse::<usize>() {
        return core.items.get(number.checked_sub(1)?).map(|i| i.range);
    }
    let name = sql.name(from)?;
    let item = core.items.iter().find(|i| {
        i.alias
            .as_ref()
            .is_some_and(|a| a.eq_ignore_ascii_case(&name))
    });
    item.map(|i| i.range)
}
