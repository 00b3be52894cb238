//! FULL OUTER JOIN, which MariaDB lacks, as the rows of a left join and those of the right table that
//! it has no place for.

use crate::rules::Tables;
use crate::sql::{Core, Join, Query, Sql, quote_name};

/// The query without its full join; `None` where it has none, or where it is not of the plain form: two
/// tables, no groups, and an order by columns of the list.
pub(crate) fn full_join(sql: &Sql, query: &Query, tables: &Tables) -> Option<String> {
    let core = query.single()?;
    let [left, right] = &core.sources[..] else {
        return None;
    };
    let plain = core.group.is_empty() && core.having.is_none() && !core.distinct;
    if right.join != Join::Full || !plain || query.parts.len() != 1 || !query.ctes.is_empty() {
        return None;
    }
    let key = tables.get(left)?.primary()?.columns().into_iter().next()?;
    let (from, to) = core.range;
    let from_at = sql.find(from, to, |i| sql.word(i, "FROM"))?;
    let full = sql.find(from_at, to, |i| sql.word(i, "FULL"))?;
    let join = sql.find(full, to, |i| sql.word(i, "JOIN"))?;
    let on = right.on?;
    let list = sql.slice(from + 1, from_at);
    let (a, b) = (sql.slice(from_at + 1, full), sql.slice(join + 1, on.0 - 1));
    let condition = sql.slice(on.0, on.1);
    let filter = core.filter.map(|(from, to)| sql.slice(from, to));
    let matched = filter.map_or_else(String::new, |f| format!(" WHERE {f}"));
    let rest = filter.map_or_else(String::new, |f| format!(" AND ({f})"));
    let alone = format!("{}.{}", quote_name(&left.alias), quote_name(&key));
    let mut out = format!(
        "SELECT * FROM (SELECT {list} FROM {a} LEFT JOIN {b} ON {condition}{matched} UNION ALL \
         SELECT {list} FROM {a} RIGHT JOIN {b} ON {condition} WHERE {alone} IS NULL{rest}) AS gate_full"
    );
    if !query.order.is_empty() {
        out.push_str(&format!(" ORDER BY {}", order(sql, query, core)?));
    }
    out.push(' ');
    out.push_str(sql.slice(query.order_end.max(to), query.range.1));
    Some(out)
}

/// The order by positions in the list.
fn order(sql: &Sql, query: &Query, core: &Core) -> Option<String> {
    let mut out = Vec::new();
    for item in &query.order {
        let (from, to) = item.range;
        let text = sql.slice(from, to);
        let at = core.items.iter().position(|i| {
            let alias = i
                .alias
                .as_ref()
                .is_some_and(|a| Some(a) == sql.name(from).as_ref() && to == from + 1);
            alias || sql.slice(i.range.0, i.range.1) == text
        });
        let position = match at {
            Some(at) => (at + 1).to_string(),
            None => text.parse::<usize>().ok()?.to_string(),
        };
        let down = if sql.word(to, "DESC") { " DESC" } else { "" };
        out.push(format!("{position}{down}"));
    }
    Some(out.join(", "))
}
