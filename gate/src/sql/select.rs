//! Queries: their clauses, sources and subqueries, as ranges of tokens.

use super::sources::sources;
use super::{Kind, Sql};

/// Tokens `from..to`.
pub(crate) type Range = (usize, usize);

/// A query with its set operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) range: Range,
    pub(crate) recursive: bool,
    pub(crate) ctes: Vec<(String, Query)>,
    /// Whether it is a common table expression that names its columns in front.
    pub(crate) renamed: bool,
    pub(crate) parts: Vec<(Option<SetOp>, Core)>,
    pub(crate) order: Vec<OrderItem>,
    /// The token after the list of ORDER BY.
    pub(crate) order_end: usize,
    /// The token LIMIT.
    pub(crate) limit: Option<usize>,
    /// The token OFFSET where no LIMIT stands in front.
    pub(crate) bare_offset: Option<usize>,
    /// The token FOR or LOCK.
    pub(crate) lock: Option<usize>,
    /// The token after the last part, in front of ORDER BY and LIMIT.
    pub(crate) body_end: usize,
}

/// How a part of a set operation is joined to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SetOp {
    pub(crate) at: usize,
    pub(crate) union: bool,
    pub(crate) all: bool,
}

/// One SELECT, or a query in parentheses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Core {
    pub(crate) range: Range,
    pub(crate) nested: Option<Box<Query>>,
    pub(crate) distinct: bool,
    pub(crate) items: Vec<Item>,
    pub(crate) sources: Vec<Source>,
    pub(crate) filter: Option<Range>,
    pub(crate) group: Vec<Range>,
    pub(crate) having: Option<Range>,
    pub(crate) subs: Vec<Sub>,
}

#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The expression without its alias.
    pub(crate) range: Range,
    pub(crate) alias: Option<String>,
    pub(crate) star: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderItem {
    /// The expression without ASC and DESC.
    pub(crate) range: Range,
}

#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) alias: String,
    pub(crate) kind: SourceKind,
    pub(crate) join: Join,
    pub(crate) on: Option<Range>,
    pub(crate) using: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum SourceKind {
    Table(Option<String>, String),
    Derived(Box<Query>),
    /// A common table expression, which stands in front of the statement.
    Named(Box<Query>),
    /// A common table expression in its own recursive part.
    Itself,
    /// A function, or what cannot be read.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    First,
    Inner,
    Left,
    Right,
    Full,
}

/// A subquery in an expression.
#[derive(Debug, Clone)]
pub(crate) struct Sub {
    pub(crate) query: Query,
    pub(crate) place: Place,
    pub(crate) form: Form,
    pub(crate) in_aggregate: bool,
    pub(crate) in_window: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    List,
    On,
    Where,
    Group,
    Having,
    Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Exists,
    In,
    Scalar,
    Quantified,
}

const SET_OPS: &[&str] = &["UNION", "INTERSECT", "EXCEPT", "MINUS"];
const TAIL: &[&str] = &[
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FOR",
    "LOCK",
    "OPTION",
    "INTO",
    "FETCH",
    "PROCEDURE",
];
const AGGREGATES: &[&str] = &[
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "GROUP_CONCAT",
    "STD",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
    "JSON_AGG",
    "ANY_VALUE",
    "APPROX_COUNT_DISTINCT",
    "MEDIAN",
    "FIRST",
    "LAST",
];

/// Whether token `i` calls an aggregate function.
pub(crate) fn is_aggregate(sql: &Sql, i: usize) -> bool {
    sql.any_word(i, AGGREGATES) && sql.symbol(i + 1, "(")
}

/// The terms of the ORDER BY at `at`, each with its direction, and where they end.
pub(crate) fn order_terms(sql: &Sql, at: usize, to: usize) -> (usize, Vec<Range>) {
    let end = sql
        .find(at + 2, to, |i| sql.any_word(i, TAIL))
        .unwrap_or(to);
    (end, sql.list(at + 2, end))
}

/// A hint about vector indexes in a term of ORDER BY: `USE INDEX ()`, `USE KEY (name)`, or
/// `SEARCH_OPTIONS '{…}'` (documentation of vector indexing).
pub(crate) fn order_hint(sql: &Sql, from: usize, to: usize) -> Option<Range> {
    let of_index =
        |i: usize| (sql.words(i, "USE INDEX") || sql.words(i, "USE KEY")) && sql.symbol(i + 2, "(");
    let options = |i: usize| sql.word(i, "SEARCH_OPTIONS") && sql.literal(i + 1).is_some();
    let at = sql.find(from, to, |i| of_index(i) || options(i))?;
    let end = if options(at) {
        at + 2
    } else {
        sql.after(at + 2)
    };
    Some((at, end))
}

impl Query {
    /// Reads the tokens `from..to`; `None` where they are no query.
    pub(crate) fn parse(sql: &Sql, from: usize, to: usize) -> Option<Self> {
        let mut query = Self {
            range: (from, to),
            ..Self::default()
        };
        let mut at = query.with(sql, from, to)?;
        let mut op = None;
        loop {
            let (core, next) = Core::parse(sql, at, to)?;
            query.parts.push((op, core));
            at = next;
            if at >= to || !sql.any_word(at, SET_OPS) {
                break;
            }
            let all = sql.word(at + 1, "ALL");
            op = Some(SetOp {
                at,
                union: sql.word(at, "UNION"),
                all,
            });
            at += 1 + usize::from(all || sql.word(at + 1, "DISTINCT"));
        }
        query.body_end = at;
        query.tail(sql, at, to);
        // A subquery of ORDER BY belongs to the one SELECT there is.
        if let [(_, core)] = &mut query.parts[..] {
            for item in &query.order {
                subqueries(sql, item.range, Place::Order, &mut core.subs);
            }
        }
        query.name_sources();
        Some(query)
    }

    /// Puts the common table expressions in the place of their names, each in those behind it too.
    fn name_sources(&mut self) {
        for at in 0..self.ctes.len() {
            let Some(((name, query), behind)) = self.ctes[at..].split_first_mut() else {
                return;
            };
            if self.recursive {
                query.name(name, &SourceKind::Itself);
            }
            let kind = match query.renamed {
                true => SourceKind::Other,
                false => SourceKind::Named(Box::new(query.clone())),
            };
            for (_, other) in behind {
                other.name(name, &kind);
            }
            let name = name.clone();
            self.name_parts(&name, &kind);
        }
    }

    /// Puts what a name stands for in its place, anywhere in the query.
    fn name(&mut self, name: &str, kind: &SourceKind) {
        for (_, query) in &mut self.ctes {
            query.name(name, kind);
        }
        self.name_parts(name, kind);
    }

    fn name_parts(&mut self, name: &str, kind: &SourceKind) {
        for (_, core) in &mut self.parts {
            if let Some(nested) = &mut core.nested {
                nested.name(name, kind);
            }
            for source in &mut core.sources {
                match &mut source.kind {
                    SourceKind::Table(None, table) if table.eq_ignore_ascii_case(name) => {
                        source.kind = kind.clone();
                    }
                    SourceKind::Derived(query) => query.name(name, kind),
                    _ => {}
                }
            }
            for sub in &mut core.subs {
                sub.query.name(name, kind);
            }
        }
    }

    /// WITH; the token after it.
    fn with(&mut self, sql: &Sql, from: usize, to: usize) -> Option<usize> {
        if !sql.word(from, "WITH") {
            return Some(from);
        }
        self.recursive = sql.word(from + 1, "RECURSIVE");
        let mut at = from + 1 + usize::from(self.recursive);
        loop {
            let name = sql.name(at)?;
            at += 1;
            let renamed = sql.symbol(at, "(");
            if renamed {
                at = sql.after(at);
            }
            if !sql.word(at, "AS") || !sql.symbol(at + 1, "(") {
                return None;
            }
            let close = sql.close(at + 1);
            let mut query = Self::parse(sql, at + 2, close)?;
            query.renamed = renamed;
            self.ctes.push((name, query));
            at = close + 1;
            if at >= to || !sql.symbol(at, ",") {
                return Some(at);
            }
            at += 1;
        }
    }

    /// An UPDATE or DELETE as a query over its tables: `tables` names them, `set` holds assignments.
    pub(crate) fn of_write(sql: &Sql, tables: Range, set: Range, filter: Option<Range>) -> Self {
        let mut core = Core {
            range: (0, sql.len()),
            filter,
            ..Core::default()
        };
        sources(sql, tables.0, tables.1, &mut core.sources);
        subqueries(sql, set, Place::Where, &mut core.subs);
        if let Some(filter) = filter {
            subqueries(sql, filter, Place::Where, &mut core.subs);
        }
        Self {
            range: (0, sql.len()),
            parts: vec![(None, core)],
            body_end: sql.len(),
            order_end: sql.len(),
            ..Self::default()
        }
    }

    fn tail(&mut self, sql: &Sql, from: usize, to: usize) {
        let mut at = from;
        self.order_end = from;
        while at < to {
            if sql.words(at, "ORDER BY") {
                let (end, terms) = order_terms(sql, at, to);
                self.order = terms
                    .into_iter()
                    .map(|(from, to)| {
                        let to = to - usize::from(sql.any_word(to - 1, &["ASC", "DESC"]));
                        let hint = order_hint(sql, from, to);
                        OrderItem {
                            range: (from, hint.map_or(to, |(hint, _)| hint)),
                        }
                    })
                    .collect();
                self.order_end = end;
                at = end;
            } else if sql.word(at, "LIMIT") {
                self.limit.get_or_insert(at);
                at += 1;
            } else if sql.word(at, "OFFSET") {
                if self.limit.is_none() {
                    self.bare_offset = Some(at);
                }
                at += 1;
            } else if sql.any_word(at, &["FOR", "LOCK"]) {
                self.lock.get_or_insert(at);
                at += 1;
            } else {
                at = sql.after(at);
            }
        }
    }

    /// The SELECT that names the columns.
    pub(crate) fn first(&self) -> Option<&Core> {
        let (_, core) = self.parts.first()?;
        match &core.nested {
            Some(nested) => nested.first(),
            None => Some(core),
        }
    }

    /// The one SELECT of a query without set operations.
    pub(crate) fn single(&self) -> Option<&Core> {
        match &self.parts[..] {
            [(_, core)] => match &core.nested {
                Some(nested) if nested.order.is_empty() && nested.limit.is_none() => {
                    nested.single()
                }
                Some(_) => None,
                None => Some(core),
            },
            _ => None,
        }
    }

    /// Calls `f` for this query and every one within it, the number of queries around it beside.
    pub(crate) fn walk<'q>(&'q self, depth: usize, f: &mut dyn FnMut(&'q Self, usize)) {
        f(self, depth);
        for (_, query) in &self.ctes {
            query.walk(depth + 1, f);
        }
        for (_, core) in &self.parts {
            if let Some(nested) = &core.nested {
                nested.walk(depth, f);
            }
            for source in &core.sources {
                if let SourceKind::Derived(query) = &source.kind {
                    query.walk(depth + 1, f);
                }
            }
            for sub in &core.subs {
                sub.query.walk(depth + 1, f);
            }
        }
    }
}

impl Core {
    /// Reads one part of a set operation; the token after it.
    fn parse(sql: &Sql, from: usize, to: usize) -> Option<(Self, usize)> {
        if sql.symbol(from, "(") {
            let close = sql.close(from);
            let core = Self {
                range: (from, close + 1),
                nested: Some(Box::new(Query::parse(sql, from + 1, close)?)),
                ..Self::default()
            };
            return Some((core, close + 1));
        }
        if !sql.word(from, "SELECT") {
            return None;
        }
        let end = sql
            .find(from + 1, to, |i| {
                sql.any_word(i, SET_OPS) || tail_starts(sql, i)
            })
            .unwrap_or(to);
        let mut core = Self {
            range: (from, end),
            ..Self::default()
        };
        let mut at = from + 1;
        while sql.any_word(
            at,
            &[
                "DISTINCT",
                "DISTINCTROW",
                "ALL",
                "STRAIGHT_JOIN",
                "SQL_CALC_FOUND_ROWS",
            ],
        ) {
            core.distinct |= sql.any_word(at, &["DISTINCT", "DISTINCTROW"]);
            at += 1;
        }
        core.clauses(sql, at, end);
        Some((core, end))
    }

    fn clauses(&mut self, sql: &Sql, from: usize, end: usize) {
        let find = |from: usize, words: &str| sql.find(from, end, |i| sql.words(i, words));
        let from_at = find(from, "FROM");
        let after_from = from_at.unwrap_or(from);
        let where_at = find(after_from, "WHERE");
        let group_at = find(where_at.unwrap_or(after_from), "GROUP BY");
        let having_at = find(group_at.or(where_at).unwrap_or(after_from), "HAVING");
        let window_at = find(after_from, "WINDOW");
        let until = |ats: &[Option<usize>]| ats.iter().copied().flatten().min().unwrap_or(end);
        let list_end = until(&[from_at, where_at, group_at, having_at, window_at]);
        for range in sql.list(from, list_end) {
            self.items.push(item(sql, range));
            subqueries(sql, range, Place::List, &mut self.subs);
        }
        if let Some(at) = from_at {
            let end = until(&[where_at, group_at, having_at, window_at]);
            sources(sql, at + 1, end, &mut self.sources);
            let ons: Vec<Range> = self.sources.iter().filter_map(|s| s.on).collect();
            for on in ons {
                subqueries(sql, on, Place::On, &mut self.subs);
            }
        }
        if let Some(at) = where_at {
            let range = (at + 1, until(&[group_at, having_at, window_at]));
            self.filter = Some(range);
            subqueries(sql, range, Place::Where, &mut self.subs);
        }
        if let Some(at) = group_at {
            let range = (at + 2, until(&[having_at, window_at]));
            // The keys of a ROLLUP tell its rows apart as they do groups, if none of them is NULL.
            self.group = match sql.word(range.0, "ROLLUP") && sql.symbol(range.0 + 1, "(") {
                true => sql.list(range.0 + 2, sql.close(range.0 + 1).min(range.1)),
                false => sql.list(range.0, range.1),
            };
            subqueries(sql, range, Place::Group, &mut self.subs);
        }
        if let Some(at) = having_at {
            let range = (at + 1, until(&[window_at]));
            self.having = Some(range);
            subqueries(sql, range, Place::Having, &mut self.subs);
        }
    }

    /// Whether the SELECT gives one row by its aggregates.
    pub(crate) fn is_one_group(&self, sql: &Sql) -> bool {
        self.group.is_empty() && self.items.iter().any(|item| aggregates(sql, item.range))
    }
}

fn tail_starts(sql: &Sql, i: usize) -> bool {
    if sql.word(i, "ORDER") {
        return sql.word(i + 1, "BY");
    }
    if sql.word(i, "FOR") {
        return sql.any_word(i + 1, &["UPDATE", "SHARE"]);
    }
    sql.any_word(
        i,
        &["LIMIT", "OFFSET", "OPTION", "INTO", "FETCH", "PROCEDURE"],
    ) || sql.words(i, "LOCK IN")
}

/// Whether an aggregate, and not a window over one, stands in a range outside of subqueries.
fn aggregates(sql: &Sql, (from, to): Range) -> bool {
    let mut i = from;
    while i < to {
        if sql.symbol(i, "(") && sql.any_word(i + 1, &["SELECT", "WITH"]) {
            i = sql.after(i);
            continue;
        }
        if is_aggregate(sql, i) && !sql.word(sql.after(i + 1), "OVER") {
            return true;
        }
        i += 1;
    }
    false
}

fn item(sql: &Sql, (from, to): Range) -> Item {
    let star = sql.symbol(to - 1, "*") && (to == from + 1 || sql.symbol(to - 2, "."));
    let mut item = Item {
        range: (from, to),
        alias: None,
        star,
    };
    if star || to < from + 2 {
        return item;
    }
    let name = sql.name(to - 1).or_else(|| sql.literal(to - 1));
    if sql.word(to - 2, "AS") {
        item.alias = name;
        item.range.1 = to - 2;
    } else if implicit_alias(sql, from, to) {
        item.alias = name;
        item.range.1 = to - 1;
    }
    item
}

/// Whether the last token is an alias without AS.
fn implicit_alias(sql: &Sql, from: usize, to: usize) -> bool {
    const NO_ALIAS: &[&str] = &["END", "NULL", "TRUE", "FALSE", "UNKNOWN"];
    const OPERATORS: &[&str] = &[
        "AND", "OR", "NOT", "DIV", "MOD", "LIKE", "REGEXP", "RLIKE", "IN", "IS", "BETWEEN",
        "BINARY", "COLLATE", "DISTINCT", "XOR", "CASE", "ELSE", "THEN", "WHEN", "UNSIGNED",
    ];
    let last = to - 1;
    let named = matches!(sql.kind(last), Some(Kind::Word | Kind::Quoted));
    if !named || sql.any_word(last, NO_ALIAS) || sql.any_word(last - 1, OPERATORS) {
        return false;
    }
    // `INTERVAL 1 DAY`
    if last >= from + 2 && sql.word(last - 2, "INTERVAL") {
        return false;
    }
    match sql.kind(last - 1) {
        Some(Kind::Symbol) => sql.symbol(last - 1, ")"),
        Some(_) => true,
        None => false,
    }
}

/// The subqueries in a range, not those within them.
fn subqueries(sql: &Sql, (from, to): Range, place: Place, out: &mut Vec<Sub>) {
    let mut open: Vec<usize> = Vec::new();
    let mut i = from;
    while i < to {
        if sql.symbol(i, ")") {
            open.pop();
            i += 1;
            continue;
        }
        if !sql.symbol(i, "(") {
            i += 1;
            continue;
        }
        if !sql.any_word(i + 1, &["SELECT", "WITH"]) {
            open.push(i);
            i += 1;
            continue;
        }
        let close = sql.close(i);
        let before = i.wrapping_sub(1);
        let form = if sql.word(before, "EXISTS") {
            Form::Exists
        } else if sql.word(before, "IN") {
            Form::In
        } else if sql.any_word(before, &["ANY", "ALL", "SOME"]) {
            Form::Quantified
        } else {
            Form::Scalar
        };
        let named =
            |word: fn(&Sql, usize) -> bool| open.iter().any(|o| *o > 0 && word(sql, *o - 1));
        if let Some(query) = Query::parse(sql, i + 1, close) {
            out.push(Sub {
                query,
                place,
                form,
                in_aggregate: open.iter().any(|o| *o > 0 && is_aggregate(sql, *o - 1)),
                in_window: named(|sql, i| sql.word(i, "OVER")),
            });
        }
        i = close + 1;
    }
}
