//! Whether a query's rows come in one order only.
//!
//! An order is total when what it sorts by determines the row: when it holds a key of each source, or
//! of one source from which the others follow by equalities, or when rows that tie are the same in
//! every column.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::scope::{
    Reference, Tables, columns, conjuncts, equality, is_constant, owner, plain, references, varies,
};
use crate::sql::{Core, Join, Kind, Query, Range, Source, SourceKind, Sql};

/// How a query's rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// One order, or at most one row.
    Total,
    /// Rows may tie.
    Ties,
    /// None is asked for.
    None,
}

/// A column of a source: its number, its name in lower case.
type Column = (usize, String);

thread_local! {
    /// The keys of the derived tables of the query that is looked at, by where these are: they are asked
    /// for again by each table around them, and several times by each.
    static KEYS: RefCell<HashMap<usize, Vec<Vec<String>>>> = RefCell::default();
}

/// Says how the rows of a query are ordered.
pub(crate) fn order(sql: &Sql, query: &Query, tables: &Tables) -> Order {
    KEYS.with_borrow_mut(HashMap::clear);
    if is_total(sql, query, tables) {
        Order::Total
    } else if query.order.is_empty() {
        Order::None
    } else {
        Order::Ties
    }
}

fn is_total(sql: &Sql, query: &Query, tables: &Tables) -> bool {
    if let [(_, core)] = &query.parts[..]
        && let Some(nested) = &core.nested
        && query.order.is_empty()
    {
        return is_total(sql, nested, tables);
    }
    has_key(sql, query, tables) || covers_columns(sql, query, tables)
}

/// Whether the order determines each row.
fn has_key(sql: &Sql, query: &Query, tables: &Tables) -> bool {
    let Some(core) = query.single() else {
        return false;
    };
    if core.sources.is_empty() || core.is_one_group(sql) {
        return true;
    }
    let sorted = sorted(sql, query, core);
    if !core.group.is_empty() {
        return core
            .group
            .iter()
            .all(|group| group_is_sorted(sql, core, *group, &sorted, tables));
    }
    if core.distinct {
        // A row stands for several: only what it shows can tell it from others, and a key among the
        // columns that it shows.
        let shown: Vec<Range> = core.items.iter().map(|i| i.range).collect();
        let sorted: Vec<Range> = sorted
            .into_iter()
            .filter(|s| shown.iter().any(|i| same(sql, *i, *s)))
            .collect();
        return determines(sql, core, &sorted, tables);
    }
    determines(sql, core, &sorted, tables)
}

/// The expressions that a query sorts by, positions and aliases resolved.
fn sorted(sql: &Sql, query: &Query, core: &Core) -> Vec<Range> {
    query
        .order
        .iter()
        .map(|item| resolve(sql, core, item.range))
        .collect()
}

fn resolve(sql: &Sql, core: &Core, range: Range) -> Range {
    let (from, to) = range;
    if to != from + 1 {
        return range;
    }
    if sql.kind(from) == Some(Kind::Number) {
        let number: usize = sql.at(from).parse().unwrap_or(0);
        return core
            .items
            .get(number.wrapping_sub(1))
            .map_or(range, |i| i.range);
    }
    let name = sql.name(from);
    let named = core.items.iter().find(|i| {
        i.alias
            .as_ref()
            .zip(name.as_ref())
            .is_some_and(|(a, n)| a.eq_ignore_ascii_case(n))
    });
    named.map_or(range, |i| i.range)
}

/// Whether a query asks for the rows that a vector is nearest to, and for nothing else: the one shape
/// that a vector index is for.
pub(crate) fn is_vector_search(sql: &Sql, query: &Query) -> bool {
    let (Some(core), [item], Some(_)) = (query.single(), &query.order[..], query.limit) else {
        return false;
    };
    let (from, to) = resolve(sql, core, item.range);
    (from..to).any(|i| {
        sql.any_word(i, &["DOT_PRODUCT", "EUCLIDEAN_DISTANCE"])
            || sql.symbol(i, "<*>")
            || sql.symbol(i, "<->")
    })
}

/// Whether two ranges are the same text but for spaces and quotes.
fn same(sql: &Sql, a: Range, b: Range) -> bool {
    if let (Some(a), Some(b)) = (plain(sql, a), plain(sql, b)) {
        let loose = a.source.is_empty() || b.source.is_empty();
        return a.column == b.column && (loose || a.source == b.source);
    }
    a.1 - a.0 == b.1 - b.0
        && (0..a.1 - a.0).all(|i| sql.at(a.0 + i).eq_ignore_ascii_case(sql.at(b.0 + i)))
}

/// Whether the order names every column of the result, so that rows that tie are the same.
fn covers_columns(sql: &Sql, query: &Query, tables: &Tables) -> bool {
    let Some(core) = query.first() else {
        return false;
    };
    let single = query.parts.len() == 1;
    let sorted: Vec<Range> = query.order.iter().map(|i| i.range).collect();
    let by_position = |n: usize| {
        sorted.iter().any(|(from, to)| {
            *to == from + 1
                && sql.kind(*from) == Some(Kind::Number)
                && sql.at(*from) == (n + 1).to_string()
        })
    };
    if core.items.iter().any(|i| i.star) {
        let Some(names) = columns(sql, query, tables) else {
            return false;
        };
        return !names.is_empty()
            && names.iter().enumerate().all(|(n, name)| {
                by_position(n)
                    || sorted
                        .iter()
                        .any(|s| plain(sql, *s).is_some_and(|r| r.column == *name))
            });
    }
    core.items.iter().enumerate().all(|(n, item)| {
        let alias = item.alias.as_ref();
        by_position(n)
            || (single && is_constant(sql, item.range))
            || sorted.iter().any(|s| {
                let named = plain(sql, *s).filter(|r| r.source.is_empty());
                named.is_some_and(|r| alias.is_some_and(|a| a.eq_ignore_ascii_case(&r.column)))
                    || same(sql, *s, item.range)
            })
    })
}

fn group_is_sorted(
    sql: &Sql,
    core: &Core,
    group: Range,
    sorted: &[Range],
    tables: &Tables,
) -> bool {
    let group = resolve(sql, core, group);
    if sorted.iter().any(|s| same(sql, *s, group)) || is_constant(sql, group) {
        return true;
    }
    // A group by a column of a source whose key is sorted by.
    let known = closure(sql, core, sorted, tables);
    let reference = plain(sql, group);
    reference.is_some_and(|r| known.has(sql, core, tables, &r))
}

/// Whether expressions determine the row of each source.
fn determines(sql: &Sql, core: &Core, sorted: &[Range], tables: &Tables) -> bool {
    let known = closure(sql, core, sorted, tables);
    known.sources.len() == core.sources.len()
}

/// What is determined: whole rows of sources, and single columns.
#[derive(Debug, Default)]
struct Known {
    sources: BTreeSet<usize>,
    columns: BTreeSet<Column>,
    /// Columns known because they equal something: in a row that is there they are not NULL.
    equal: BTreeSet<Column>,
}

impl Known {
    fn has(&self, sql: &Sql, core: &Core, tables: &Tables, reference: &Reference) -> bool {
        owner(sql, core, tables, reference).is_some_and(|source| {
            self.sources.contains(&source)
                || self.columns.contains(&(source, reference.column.clone()))
        })
    }
}

/// An equality of two columns, and the sources whose columns may follow by it.
struct Link {
    a: Column,
    b: Column,
    /// On an outer join only columns of the joined source follow.
    only: Option<usize>,
}

/// A column that equals what is calculated of others, and so follows from them.
struct Follows {
    column: Column,
    of: Vec<Column>,
}

/// What conditions tie together.
#[derive(Default)]
struct Ties {
    links: Vec<Link>,
    follows: Vec<Follows>,
}

fn closure(sql: &Sql, core: &Core, sorted: &[Range], tables: &Tables) -> Known {
    let mut known = Known::default();
    for range in sorted {
        if let Some(column) = column(sql, core, tables, *range) {
            known.columns.insert(column);
        }
    }
    let mut ties = Ties::default();
    if let Some(filter) = core.filter {
        read_links(sql, core, tables, filter, None, &mut known, &mut ties);
    }
    for (at, source) in core.sources.iter().enumerate() {
        let only = (source.join != Join::Inner && source.join != Join::First).then_some(at);
        if let Some(on) = source.on {
            read_links(sql, core, tables, on, only, &mut known, &mut ties);
        }
        for name in &source.using {
            for other in 0..at {
                ties.links.push(Link {
                    a: (other, name.to_lowercase()),
                    b: (at, name.to_lowercase()),
                    only,
                });
            }
        }
    }
    grow(sql, core, tables, &ties, &mut known);
    known
}

fn column(sql: &Sql, core: &Core, tables: &Tables, range: Range) -> Option<Column> {
    let reference = plain(sql, range)?;
    Some((owner(sql, core, tables, &reference)?, reference.column))
}

fn read_links(
    sql: &Sql,
    core: &Core,
    tables: &Tables,
    condition: Range,
    only: Option<usize>,
    known: &mut Known,
    ties: &mut Ties,
) {
    for range in conjuncts(sql, condition) {
        let Some((left, right)) = equality(sql, range) else {
            continue;
        };
        let a = column(sql, core, tables, left);
        let b = column(sql, core, tables, right);
        let may = |c: &Column| only.is_none_or(|only| only == c.0);
        match (a, b) {
            (Some(a), Some(b)) => ties.links.push(Link { a, b, only }),
            (Some(c), None) if is_constant(sql, right) && may(&c) => {
                known.columns.insert(c.clone());
                known.equal.insert(c);
            }
            (None, Some(c)) if is_constant(sql, left) && may(&c) => {
                known.columns.insert(c.clone());
                known.equal.insert(c);
            }
            (Some(c), None) if may(&c) => {
                ties.follows.extend(follows(sql, core, tables, c, right));
            }
            (None, Some(c)) if may(&c) => {
                ties.follows.extend(follows(sql, core, tables, c, left));
            }
            _ => {}
        }
    }
}

/// The column as one that follows from those in a range, which has the same value for the same columns.
fn follows(
    sql: &Sql,
    core: &Core,
    tables: &Tables,
    column: Column,
    range: Range,
) -> Option<Follows> {
    if varies(sql, range) {
        return None;
    }
    let of = references(sql, range);
    let of = (of.iter()).map(|r| Some((owner(sql, core, tables, r)?, r.column.clone())));
    let of: Vec<Column> = of.collect::<Option<_>>()?;
    Some(Follows { column, of })
}

/// Adds what follows until nothing does.
fn grow(sql: &Sql, core: &Core, tables: &Tables, ties: &Ties, known: &mut Known) {
    let keys: Vec<Vec<Vec<String>>> = core
        .sources
        .iter()
        .map(|source| keys(sql, source, tables))
        .collect();
    let loose: Vec<Vec<Vec<String>>> = core
        .sources
        .iter()
        .map(|source| keys_unless_null(source, tables))
        .collect();
    loop {
        let before = (known.sources.len(), known.columns.len());
        for (at, keys) in keys.iter().enumerate() {
            let has = |name: &String| known.columns.contains(&(at, name.clone()));
            let equal = |name: &String| known.equal.contains(&(at, name.clone()));
            if keys.iter().any(|key| key.iter().all(has))
                || loose[at].iter().any(|key| key.iter().all(equal))
            {
                known.sources.insert(at);
            }
        }
        for follows in &ties.follows {
            let is = |c: &Column| known.sources.contains(&c.0) || known.columns.contains(c);
            if follows.of.iter().all(is) {
                known.columns.insert(follows.column.clone());
            }
        }
        for link in &ties.links {
            let is = |c: &Column| known.sources.contains(&c.0) || known.columns.contains(c);
            let (a, b) = (is(&link.a), is(&link.b));
            let may = |c: &Column| link.only.is_none_or(|only| only == c.0);
            if a && !b && may(&link.b) {
                known.columns.insert(link.b.clone());
                known.equal.insert(link.b.clone());
            } else if b && !a && may(&link.a) {
                known.columns.insert(link.a.clone());
                known.equal.insert(link.a.clone());
            }
        }
        if before == (known.sources.len(), known.columns.len()) {
            return;
        }
    }
}

/// Column lists, in lower case, that no two rows of a source share.
fn keys(sql: &Sql, source: &Source, tables: &Tables) -> Vec<Vec<String>> {
    match &source.kind {
        SourceKind::Derived(query) | SourceKind::Named(query) => {
            let place = std::ptr::from_ref::<Query>(query).addr();
            if let Some(known) = KEYS.with_borrow(|keys| keys.get(&place).cloned()) {
                return known;
            }
            let found = derived_keys(sql, query, tables);
            KEYS.with_borrow_mut(|keys| keys.insert(place, found.clone()));
            found
        }
        SourceKind::Table(Some(database), name)
            if database.eq_ignore_ascii_case("information_schema") =>
        {
            catalog_keys(name)
        }
        _ => tables
            .get(source)
            .map(|info| info.unique_sets())
            .unwrap_or_default(),
    }
}

/// As [`keys`], of rows that are not NULL in the columns.
fn keys_unless_null(source: &Source, tables: &Tables) -> Vec<Vec<String>> {
    match &source.kind {
        SourceKind::Table(..) => tables
            .get(source)
            .map(|info| info.unique_unless_null())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Keys of the catalog's tables; the schema is known from the condition.
fn catalog_keys(name: &str) -> Vec<Vec<String>> {
    let keys: &[&[&str]] = match &*name.to_ascii_uppercase() {
        "TABLES" | "VIEWS" => &[&["table_schema", "table_name"]],
        "COLUMNS" => &[
            &["table_schema", "table_name", "column_name"],
            &["table_schema", "table_name", "ordinal_position"],
        ],
        "STATISTICS" => &[&[
            "table_schema",
            "table_name",
            "index_name",
            "index_type",
            "seq_in_index",
        ]],
        "TABLE_CONSTRAINTS" => &[&["table_schema", "table_name", "constraint_name"]],
        "SCHEMATA" => &[&["schema_name"]],
        _ => &[],
    };
    keys.iter()
        .map(|key| key.iter().map(|c| (*c).to_owned()).collect())
        .collect()
}

fn derived_keys(sql: &Sql, query: &Query, tables: &Tables) -> Vec<Vec<String>> {
    let Some(names) = columns(sql, query, tables) else {
        return Vec::new();
    };
    let one_row = query
        .limit
        .is_some_and(|at| sql.at(at + 1) == "1" && !sql.symbol(at + 2, ","));
    if one_row {
        return vec![Vec::new()];
    }
    let Some(core) = query.single() else {
        // A row is what its columns show, as below; without ALL it is there once.
        return vec![names];
    };
    if core.is_one_group(sql) || core.sources.is_empty() {
        return vec![Vec::new()];
    }
    let shown = |range: Range| {
        core.items
            .iter()
            .position(|item| same(sql, item.range, range))
            .and_then(|at| names.get(at).cloned())
    };
    // A row is what its columns show: rows that are alike in all of them can change places unseen.
    let mut out = vec![names.clone()];
    if !core.group.is_empty() {
        let key: Option<Vec<String>> = core
            .group
            .iter()
            .map(|group| shown(resolve(sql, core, *group)))
            .collect();
        out.extend(key);
        return out;
    }
    out.extend(counted_key(sql, core, &names, tables));
    for (at, source) in core.sources.iter().enumerate() {
        let keys = keys(sql, source, tables);
        let shown = keys
            .iter()
            .map(|key| key_is_shown(sql, core, tables, (at, key)));
        out.extend(shown.flatten());
    }
    out
}

/// The columns of a count of the rows, and of what each count is for: `ROW_NUMBER() OVER (PARTITION BY
/// … ORDER BY …)`, where the order leaves no ties, or rows that tie are the same in what is shown.
fn counted_key(sql: &Sql, core: &Core, names: &[String], tables: &Tables) -> Option<Vec<String>> {
    core.items.iter().zip(names).find_map(|(item, name)| {
        let (from, to) = item.range;
        let open = from + 4;
        let counts = sql.word(from, "ROW_NUMBER") && sql.word(from + 3, "OVER");
        if !counts || sql.close(open) + 1 != to {
            return None;
        }
        let (start, end) = (open + 1, to - 1);
        let order = sql.find(start, end, |i| sql.words(i, "ORDER BY"))?;
        let parts = match sql.words(start, "PARTITION BY") {
            true => sql.list(start + 2, order),
            false => Vec::new(),
        };
        let terms = sql.list(order + 2, end).into_iter().map(|(from, to)| {
            let direction = sql.any_word(to - 1, &["ASC", "DESC"]);
            (from, to - usize::from(direction))
        });
        let sorted: Vec<Range> = parts.iter().copied().chain(terms).collect();
        let mut others = core.items.iter().filter(|i| i.range != item.range);
        let alike = others
            .all(|i| is_constant(sql, i.range) || sorted.iter().any(|s| same(sql, i.range, *s)));
        if !alike && !determines(sql, core, &sorted, tables) {
            return None;
        }
        let shown = |part: &Range| {
            let at = core.items.iter().position(|i| same(sql, i.range, *part))?;
            names.get(at).cloned()
        };
        let mut key = parts.iter().map(shown).collect::<Option<Vec<String>>>()?;
        key.push(name.clone());
        Some(key)
    })
}

/// The names that a key of one source has in the result, if it determines the other sources too; what
/// conditions hold constant need not be there.
fn key_is_shown(
    sql: &Sql,
    core: &Core,
    tables: &Tables,
    (at, key): (usize, &[String]),
) -> Option<Vec<String>> {
    let star = core.items.iter().any(|i| i.star);
    let fixed = closure(sql, core, &[], tables).columns;
    let mut sorted = Vec::new();
    let mut names = Vec::new();
    for name in key {
        if fixed.contains(&(at, name.clone())) {
            continue;
        }
        if star && core.sources.len() == 1 {
            names.push(name.clone());
            continue;
        }
        let item = core.items.iter().find(|item| {
            column(sql, core, tables, item.range).is_some_and(|c| c == (at, name.clone()))
        })?;
        sorted.push(item.range);
        names.push(
            item.alias
                .as_ref()
                .map_or_else(|| name.clone(), |a| a.to_lowercase()),
        );
    }
    let alone = core.sources.len() == 1;
    (alone || determines(sql, core, &sorted, tables)).then_some(names)
}
