//! Statements of one shape are rendered once.
//!
//! A walk over the statement writes its *shape* into a buffer, everything but the values, and
//! collects the values as parameters; the shape finds the text. The shape tells statements apart
//! byte by byte, not by a hash of it. Where the text could depend on a value, the walk gives up and the
//! statement is rendered as ever.
//!
//! Passes and spellings may move values, write them twice and add some of their own. Where they could,
//! the statement is rendered once more with a different value in each place ([`labels`]), which shows
//! where each parameter comes from.

mod cache;
mod labels;

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Spelling;
use crate::ast::{
    Alias, Delete, Expr, From, Func, Insert, Join, Json, JsonOp, JsonStep, Name, OnConflict, Order,
    Select, SelectItem, SetOperation, Statement, Update, WindowFunc, WithTable,
};
use crate::dialect::{Features, Sql};
use crate::value::Value;
use cache::{LONGEST, Rendered, find, keep};

/// Ends a text in a shape; no text holds this byte.
const END: u8 = 0xff;

/// What a walk writes to, kept for the next one.
#[derive(Debug, Default)]
struct Buffers {
    shape: Vec<u8>,
    singles: Vec<usize>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const {
        RefCell::new(Buffers {
            shape: Vec::new(),
            singles: Vec::new(),
        })
    };
}

/// Renders a statement, or finds the text of its shape.
pub(super) fn render(d: &dyn Spelling, statement: &Statement) -> super::Result<Sql> {
    let mut walk = Walk::new(d, BUFFERS.take());
    let sql = if walk.statement(statement) {
        find_or_render(d, statement, &mut walk)
    } else {
        super::render_anew(d, statement).map(|(sql, _)| sql)
    };
    walk.shape.shrink_to(LONGEST);
    BUFFERS.set(Buffers {
        shape: walk.shape,
        singles: walk.singles,
    });
    sql
}

fn find_or_render(d: &dyn Spelling, statement: &Statement, walk: &mut Walk) -> super::Result<Sql> {
    let found = find(&walk.shape);
    if let Some(found) = &found
        && found.compared
        && !walk.tells_values_apart()
    {
        return super::render_anew(d, statement).map(|(sql, _)| sql);
    }
    if let Some(found) = found {
        return Ok(Sql {
            text: found.text.into(),
            params: match &found.origins {
                None => std::mem::take(&mut walk.params),
                Some(origins) => labels::params(origins, &walk.params),
            },
            marks: found.marks,
            point: false,
            reference: false,
        });
    }
    let (mut sql, rewritten) = super::render_anew(d, statement)?;
    let features = walk.features;
    let moved = rewritten
        || walk.turned
        || walk.moved
        || (features.sequential_assignment && sets_several(statement));
    // Passes join equal subqueries once. Those of named tables are changed apart from the statement.
    let compared = (rewritten || !walk.tables.is_empty()) && !features.subqueries_as_written;
    let kept = sql.text.len() <= LONGEST && (!compared || walk.tells_values_apart());
    let origins = match kept {
        false => None,
        true if !moved && sql.params == walk.params => Some(None),
        true => labels::origins(d, statement, &sql, &walk.params).map(Some),
    };
    if let Some(origins) = origins {
        let text: Arc<str> = Arc::from(&*sql.text);
        let rendered = Rendered {
            text: Arc::clone(&text),
            marks: Arc::clone(&sql.marks),
            origins,
            compared,
        };
        keep(&walk.shape, &rendered);
        sql.text = text.into();
    }
    Ok(sql)
}

/// Whether the text of a statement with so many parameters is too long to be kept: `, ?` for each.
fn is_long(params: usize) -> bool {
    params * 3 > LONGEST
}

fn sets_several(statement: &Statement) -> bool {
    matches!(statement, Statement::Update(update) if update.set.len() > 1)
}

/// Writes the shape of a statement and collects its values. Its methods say `false` where they give up.
struct Walk<'d> {
    features: &'d Features,
    shape: Vec<u8>,
    params: Vec<Value>,
    /// Where the values that stand alone are among the parameters, and where lists of them begin.
    singles: Vec<usize>,
    /// Whether a value may stand here.
    values: bool,
    /// Whether the text stands inside a function, which may turn the order of its arguments.
    within: bool,
    /// Whether there are values inside functions.
    turned: bool,
    /// Whether values may stand elsewhere in the text, and more than once.
    moved: bool,
    /// The named tables so far, by where they are.
    tables: Vec<usize>,
}

impl<'d> Walk<'d> {
    fn new(d: &'d dyn Spelling, buffers: Buffers) -> Self {
        let Buffers {
            mut shape,
            mut singles,
        } = buffers;
        shape.clear();
        singles.clear();
        let features = d.features();
        let mut walk = Self {
            features,
            shape,
            params: Vec::with_capacity(4),
            singles,
            values: true,
            within: false,
            turned: false,
            moved: false,
            tables: Vec::new(),
        };
        walk.hashed(&d.id());
        // Features are constants, so where they are tells them apart.
        walk.word(std::ptr::from_ref(features).addr() as u64);
        walk
    }

    /// Whether no two values are equal.
    fn tells_values_apart(&self) -> bool {
        let value = |at: &usize| self.params.get(*at);
        (self.singles.iter().enumerate()).all(|(i, at)| {
            self.singles[..i]
                .iter()
                .all(|other| value(other) != value(at))
        })
    }

    fn tag(&mut self, tag: u8) -> bool {
        self.shape.push(tag);
        true
    }

    fn word(&mut self, word: u64) -> bool {
        self.shape.extend_from_slice(&word.to_le_bytes());
        true
    }

    fn flag(&mut self, flag: bool) -> bool {
        self.tag(flag.into())
    }

    /// A number of things that follow.
    fn count(&mut self, n: usize) -> bool {
        self.shape.extend_from_slice(&(n as u32).to_le_bytes());
        u32::try_from(n).is_ok()
    }

    fn alias(&mut self, alias: Alias) -> bool {
        self.shape.extend_from_slice(&alias.0.to_le_bytes());
        true
    }

    /// A static name is told by where it is, any other by its text.
    fn name(&mut self, name: &Name) -> bool {
        match name {
            Name::Borrowed(name) => {
                self.tag(0);
                self.word(name.as_ptr().addr() as u64);
                self.count(name.len())
            }
            Name::Owned(name) => {
                self.tag(1);
                self.shape.extend_from_slice(name.as_bytes());
                self.tag(END)
            }
        }
    }

    fn names(&mut self, names: &[Name]) -> bool {
        self.count(names.len()) && names.iter().all(|n| self.name(n))
    }

    fn number(&mut self, number: Option<u64>) -> bool {
        match number {
            None => self.tag(0),
            Some(n) => self.tag(1) && self.word(n),
        }
    }

    /// Something of a few plain variants.
    fn hashed(&mut self, what: &impl Hash) -> bool {
        what.hash(&mut Bytes(&mut self.shape));
        true
    }

    fn value(&mut self, value: &Value) -> bool {
        if !self.values {
            return false;
        }
        self.turned |= self.within;
        self.singles.push(self.params.len());
        self.params.push(value.clone());
        self.kind(value)
    }

    /// What of a value its spelling depends on.
    fn kind(&mut self, value: &Value) -> bool {
        if let Value::Vector(v) = value {
            self.count(v.len());
        }
        self.tag(kind(value))
    }

    fn statement(&mut self, statement: &Statement) -> bool {
        match statement {
            Statement::Select(select) => self.tag(1) && self.select(select),
            Statement::Insert(insert) => self.tag(2) && self.insert(insert),
            Statement::Update(update) => self.tag(3) && self.update(update),
            Statement::Delete(delete) => self.tag(4) && self.delete(delete),
            Statement::SetOperation(operation) => self.tag(5) && self.set_operation(operation),
            Statement::Raw(_) => false,
        }
    }

    fn set_operation(&mut self, operation: &SetOperation) -> bool {
        let SetOperation {
            op,
            parts,
            order_by,
            limit,
            offset,
        } = operation;
        self.tag(*op as u8)
            && self.count(parts.len())
            && parts.iter().all(|part| self.inner(part))
            && self.orders(order_by)
            && self.number(*limit)
            && self.number(*offset)
    }

    /// A select that stands in a statement.
    fn inner(&mut self, select: &Select) -> bool {
        self.moved = true;
        self.select(select)
    }

    fn select(&mut self, select: &Select) -> bool {
        let Select {
            distinct,
            columns,
            from,
            joins,
            filter,
            group_by,
            having,
            order_by,
            limit,
            offset,
            lock,
            options,
        } = select;
        // What an option says stands in the text.
        options.is_none()
            && self.flag(*distinct)
            && self.count(columns.len())
            && columns.iter().all(|c| self.item(c))
            && match from {
                None => self.tag(0),
                Some(from) => self.tag(1) && self.source(from),
            }
            && self.count(joins.len())
            && joins.iter().all(|j| self.join(j))
            && self.optional(filter.as_ref())
            && self.terms(group_by.iter())
            && self.optional(having.as_ref())
            && self.orders(order_by)
            && self.number(*limit)
            && self.number(*offset)
            && match lock {
                None => self.tag(0),
                Some(lock) => self.tag(1) && self.tag(*lock as u8),
            }
    }

    fn item(&mut self, item: &SelectItem) -> bool {
        let SelectItem { expr, alias } = item;
        self.expr(expr)
            && match alias {
                None => self.tag(0),
                Some(alias) => self.tag(1) && self.name(alias),
            }
    }

    fn source(&mut self, source: &From) -> bool {
        match source {
            From::Table { name, alias } => self.tag(1) && self.name(name) && self.alias(*alias),
            From::Subquery { select, alias } => {
                self.tag(2) && self.inner(select) && self.alias(*alias)
            }
            From::With { table, alias } => self.tag(3) && self.table(table) && self.alias(*alias),
            From::Found { name, alias } => self.tag(4) && self.name(name) && self.alias(*alias),
            From::Raw { .. } => false,
        }
    }

    /// A named table, in full where it is used first.
    fn table(&mut self, table: &Arc<WithTable>) -> bool {
        let place = Arc::as_ptr(table).addr();
        if let Some(known) = self.tables.iter().position(|t| *t == place) {
            return self.tag(1) && self.count(known);
        }
        self.tables.push(place);
        let WithTable { name, select, step } = &**table;
        self.tag(0)
            && self.name(name)
            && self.inner(select)
            && match step {
                None => self.tag(0),
                Some(step) => {
                    self.tag(1)
                        && self.flag(step.distinct)
                        && self.word(step.max_depth.into())
                        && self.inner(&step.select)
                }
            }
    }

    fn join(&mut self, join: &Join) -> bool {
        let Join { kind, source, on } = join;
        self.tag(*kind as u8) && self.source(source) && self.expr(on)
    }

    /// Terms of GROUP BY: one that holds a value and is also selected is named by its position.
    fn terms<'e>(&mut self, terms: impl ExactSizeIterator<Item = &'e Expr>) -> bool {
        self.count(terms.len()) && terms.into_iter().all(|e| self.without_values(e))
    }

    fn orders(&mut self, orders: &[Order]) -> bool {
        self.count(orders.len())
            && orders.iter().all(|order| {
                let Order { expr, descending } = order;
                self.without_values(expr) && self.flag(*descending)
            })
    }

    fn without_values(&mut self, expr: &Expr) -> bool {
        let allowed = std::mem::replace(&mut self.values, false);
        let done = self.expr(expr);
        self.values = allowed;
        done
    }

    fn insert(&mut self, insert: &Insert) -> bool {
        let Insert {
            table,
            columns,
            values,
            on_conflict,
            returning,
        } = insert;
        if is_long(values.len()) {
            return false;
        }
        self.params.extend_from_slice(values);
        self.name(table)
            && self.names(columns)
            && self.count(values.len())
            && match on_conflict {
                None => self.tag(0),
                Some(OnConflict::Ignore) => self.tag(1),
                Some(OnConflict::Update { target, set }) => {
                    self.moved = true;
                    self.tag(2) && self.names(target) && self.sets(set)
                }
            }
            && self.names(returning)
    }

    fn sets(&mut self, set: &[(Name, Expr)]) -> bool {
        self.count(set.len()) && set.iter().all(|(name, e)| self.name(name) && self.expr(e))
    }

    /// The joins of a statement that writes: where a dialect puts them decides in what order their
    /// values come.
    fn joins(&mut self, joins: &[Join]) -> bool {
        self.moved |= !joins.is_empty();
        self.count(joins.len()) && joins.iter().all(|join| self.join(join))
    }

    fn update(&mut self, update: &Update) -> bool {
        let Update {
            table,
            alias,
            joins,
            set,
            filter,
        } = update;
        self.name(table)
            && self.alias(*alias)
            && self.joins(joins)
            && self.sets(set)
            && self.optional(filter.as_ref())
    }

    fn delete(&mut self, delete: &Delete) -> bool {
        let Delete {
            table,
            alias,
            joins,
            filter,
        } = delete;
        self.name(table)
            && self.alias(*alias)
            && self.joins(joins)
            && self.optional(filter.as_ref())
    }

    fn optional(&mut self, expr: Option<&Expr>) -> bool {
        match expr {
            None => self.tag(0),
            Some(expr) => self.tag(1) && self.expr(expr),
        }
    }

    fn exprs(&mut self, exprs: &[Expr]) -> bool {
        self.count(exprs.len()) && exprs.iter().all(|e| self.expr(e))
    }

    fn expr(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Column { table, name } => self.tag(1) && self.alias(*table) && self.name(name),
            Expr::Named(name) => self.tag(2) && self.name(name),
            Expr::Value(value) => self.tag(3) && self.value(value),
            Expr::Binary { left, op, right } => {
                self.tag(4) && self.tag(*op as u8) && self.expr(left) && self.expr(right)
            }
            Expr::And(all) => self.tag(5) && self.exprs(all),
            Expr::Or(any) => self.tag(6) && self.exprs(any),
            Expr::Not(e) => self.tag(7) && self.expr(e),
            Expr::IsNotTrue(e) => self.tag(8) && self.expr(e),
            Expr::IsNull(e) => self.tag(9) && self.expr(e),
            Expr::IsNotNull(e) => self.tag(10) && self.expr(e),
            Expr::In { expr, list } => self.tag(11) && self.expr(expr) && self.list(list),
            Expr::Between { expr, low, high } => {
                self.tag(12) && self.expr(expr) && self.expr(low) && self.expr(high)
            }
            Expr::Case { whens, otherwise } => {
                self.tag(13)
                    && self.count(whens.len())
                    && (whens.iter()).all(|(when, then)| self.expr(when) && self.expr(then))
                    && self.optional(otherwise.as_deref())
            }
            Expr::Func { func, args } => {
                self.tag(14) && self.hashed(func) && self.func(*func, args)
            }
            Expr::Cast { expr, to } => self.tag(15) && self.hashed(to) && self.inside(expr),
            Expr::Aggregate {
                func,
                arg,
                distinct,
                decimal,
            } => {
                self.tag(16)
                    && self.hashed(func)
                    && self.flag(*distinct)
                    && self.flag(*decimal)
                    && match arg {
                        None => self.tag(0),
                        Some(arg) => self.tag(1) && self.inside(arg),
                    }
            }
            Expr::Window(window) if window.func == WindowFunc::RowNumber => {
                self.tag(17) && self.exprs(&window.partition_by) && self.orders(&window.order_by)
            }
            Expr::Json(json) => self.tag(18) && self.json(json),
            Expr::InRows { exprs, rows } => self.tag(19) && self.exprs(exprs) && self.rows(rows),
            Expr::InSelect { expr, select } => {
                self.tag(20) && self.expr(expr) && self.inner(select)
            }
            Expr::RowInSelect { exprs, select } => {
                self.tag(21) && self.exprs(exprs) && self.inner(select)
            }
            Expr::Exists(select) => self.tag(22) && self.inner(select),
            Expr::Scalar(select) => self.tag(23) && self.inner(select),
            // Texts that a dialect turns into patterns, and what stands in the text.
            Expr::Like { .. }
            | Expr::Regex { .. }
            | Expr::GroupConcat { .. }
            | Expr::Window(_)
            | Expr::Apart(_)
            | Expr::Outer(_)
            | Expr::Raw(_) => false,
        }
    }

    fn func(&mut self, func: Func, args: &[Expr]) -> bool {
        match (func, args) {
            // A value alone is no computed one: it is checked before it is sent.
            (Func::Fit(..), [arg]) => !matches!(arg, Expr::Value(_)) && self.inside(arg),
            // The search may move what it compares to in front of the condition.
            (Func::Fit(..) | Func::Nearest(_), _) => false,
            _ => self.count(args.len()) && args.iter().all(|e| self.inside(e)),
        }
    }

    /// The path stands in the text.
    fn json(&mut self, json: &Json) -> bool {
        let Json {
            op,
            doc,
            path,
            other,
        } = json;
        // A change may write the document, and what is in it, twice.
        self.moved |= matches!(op, JsonOp::Set | JsonOp::Remove);
        self.hashed(op)
            && self.inside(doc)
            && self.count(path.len())
            && path.iter().all(|step| match step {
                JsonStep::Key(key) => {
                    self.shape.push(0);
                    self.shape.extend_from_slice(key.as_bytes());
                    self.tag(END)
                }
                JsonStep::Item(n) => self.tag(1) && self.word(u64::from(*n)),
            })
            && match other {
                None => self.tag(0),
                Some(other) => self.tag(1) && self.inside(other),
            }
    }

    fn inside(&mut self, expr: &Expr) -> bool {
        let outer = std::mem::replace(&mut self.within, true);
        let done = self.expr(expr);
        self.within = outer;
        done
    }

    /// A list of values of one kind, filled up as the renderer does.
    fn list(&mut self, list: &[Value]) -> bool {
        let Some((first, last)) = list.first().zip(list.last()) else {
            return self.count(0);
        };
        let alike = list.iter().all(|v| kind(v) == kind(first));
        let fits = list.len() <= self.features.max_params / 2;
        if !alike || !fits || !self.values || matches!(first, Value::Vector(_)) {
            return false;
        }
        let padded = super::padded(self.features, list.len(), 1);
        if is_long(padded) {
            return false;
        }
        self.turned |= self.within;
        self.singles.push(self.params.len());
        self.params.extend_from_slice(list);
        let more = padded - list.len();
        self.params.extend(std::iter::repeat_n(last, more).cloned());
        self.count(padded) && self.kind(first)
    }

    /// A list of rows whose values are of one kind in each column, filled up as the renderer does.
    fn rows(&mut self, rows: &[Vec<Value>]) -> bool {
        let Some((first, last)) = rows.first().zip(rows.last()) else {
            return self.count(0);
        };
        let alike = |row: &Vec<Value>| {
            row.len() == first.len() && row.iter().zip(first).all(|(a, b)| kind(a) == kind(b))
        };
        let vectors = first.iter().any(|v| matches!(v, Value::Vector(_)));
        let padded = super::padded(self.features, rows.len(), first.len());
        if !self.values || vectors || !rows.iter().all(alike) || is_long(padded * first.len()) {
            return false;
        }
        // Where rows are compared one by one, the operands stand between them.
        self.moved = true;
        self.turned |= self.within;
        self.singles.push(self.params.len());
        self.params.extend(rows.iter().flatten().cloned());
        for _ in rows.len()..padded {
            self.params.extend_from_slice(last);
        }
        self.count(padded) && self.count(first.len()) && first.iter().all(|v| self.kind(v))
    }
}

/// Appends what is hashed.
struct Bytes<'a>(&'a mut Vec<u8>);

impl Hasher for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::UInt(_) => 3,
        Value::Float(_) => 4,
        Value::Double(_) => 5,
        Value::Decimal(_) => 6,
        Value::Text(_) => 7,
        Value::Bytes(_) => 8,
        Value::Date(_) => 9,
        Value::Time(_) => 10,
        Value::DateTime(_) => 11,
        Value::Json(_) => 12,
        Value::Uuid(_) => 13,
        Value::Vector(_) => 14,
    }
}

#[cfg(test)]
mod tests;
