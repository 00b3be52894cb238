//! Which columns of the queries around it a query names.

use super::scope::{Reference, references};
use super::shapes::Check;
use crate::sql::{Core, Query, Range, SourceKind, Sql, is_aggregate};

impl<'a> Check<'a> {
    /// The columns of queries around it that a query names, at any depth of it.
    pub(super) fn outer_references(&self, query: &'a Query, stack: &[&'a Core]) -> Vec<Outer> {
        let mut out = Vec::new();
        let mut scopes = stack.to_vec();
        self.collect(query, &mut scopes, stack.len(), &mut out);
        out
    }

    fn collect(
        &self,
        query: &'a Query,
        scopes: &mut Vec<&'a Core>,
        outside: usize,
        out: &mut Vec<Outer>,
    ) {
        for (at, (_, core)) in query.parts.iter().enumerate() {
            if let Some(nested) = &core.nested {
                self.collect(nested, scopes, outside, out);
                continue;
            }
            for source in &core.sources {
                if let SourceKind::Derived(derived) = &source.kind {
                    self.collect(derived, scopes, outside, out);
                }
            }
            scopes.push(core);
            let mut ranges: Vec<Range> = core.items.iter().map(|i| i.range).collect();
            ranges.extend(core.sources.iter().filter_map(|s| s.on));
            ranges.extend(core.filter);
            ranges.extend(&core.group);
            ranges.extend(core.having);
            if at == 0 && query.parts.len() == 1 {
                ranges.extend(query.order.iter().map(|o| o.range));
            }
            for range in ranges {
                for reference in references(self.sql, range) {
                    self.place(reference, range, scopes, outside, out);
                }
            }
            for sub in &core.subs {
                self.collect(&sub.query, scopes, outside, out);
            }
            scopes.pop();
        }
    }

    fn place(
        &self,
        reference: Reference,
        range: Range,
        scopes: &[&'a Core],
        outside: usize,
        out: &mut Vec<Outer>,
    ) {
        let own = scopes.len() - 1;
        for (level, core) in scopes.iter().enumerate().rev() {
            let found = if reference.source.is_empty() {
                // Aliases of the list may stand in its clauses.
                let alias = core.items.iter().any(|i| {
                    i.alias
                        .as_ref()
                        .is_some_and(|a| a.eq_ignore_ascii_case(&reference.column))
                });
                let unknown = core.sources.iter().any(|s| {
                    self.tables.get(s).is_none()
                        && !matches!(s.kind, SourceKind::Derived(_) | SourceKind::Named(_))
                });
                let known = core.sources.iter().any(|s| {
                    self.tables
                        .get(s)
                        .is_some_and(|t| t.column(&reference.column).is_some())
                });
                known || alias || unknown || (level == own && own < outside)
            } else {
                core.sources
                    .iter()
                    .any(|s| s.alias.to_lowercase() == reference.source)
            };
            if found {
                if level < outside {
                    let in_aggregate = aggregate_around(self.sql, range, reference.at);
                    out.push(Outer {
                        reference,
                        level,
                        in_aggregate,
                    });
                }
                return;
            }
        }
    }
}

/// A column of a query around.
pub(super) struct Outer {
    pub(super) reference: Reference,
    /// Its place among the queries around, the outermost being 0.
    pub(super) level: usize,
    pub(super) in_aggregate: bool,
}

fn aggregate_around(sql: &Sql, (from, _): Range, at: usize) -> bool {
    (from..at).any(|i| is_aggregate(sql, i) && sql.close(i + 1) > at)
}
