//! Where each parameter of a statement comes from, found by values that are each another.

use std::sync::Arc;

use super::super::{Spelling, padded, render_anew};
use super::again::{Orders, Terms, become_same, texts};
use super::walk::{Buffers, Walk};
use crate::ast::{
    Expr, From, Insert, OnConflict, Select, SetOperation, Statement, Step, WithTable,
};
use crate::dialect::{Features, Sql};
use crate::value::{CivilDate, CivilDateTime, CivilTime, Value};

/// Where a parameter comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Origin {
    /// The value of the statement that the walk finds as this one.
    Walked(u32),
    /// One that the dialect adds.
    Added(Value),
}

/// The parameters of a statement with these values.
pub(super) fn params(origins: &[Origin], walked: &[Value]) -> Vec<Value> {
    let value = |origin: &Origin| match origin {
        Origin::Walked(at) => walked.get(*at as usize).cloned().unwrap_or_default(),
        Origin::Added(value) => value.clone(),
    };
    origins.iter().map(value).collect()
}

/// Where the parameters of a rendered statement come from; `None` where its text depends on the values,
/// or, if they are `compared`, on more than which of them are equal.
pub(super) fn origins(
    d: &dyn Spelling,
    statement: &Statement,
    sql: &Sql,
    walked: &[Value],
    compared: bool,
) -> Option<Arc<[Origin]>> {
    let mut labelled = statement.clone();
    let mut labels = Labels {
        features: d.features(),
        next: 0,
        tables: Vec::new(),
        known: compared.then(Vec::new),
    };
    labels.statement(&mut labelled);
    let mut walk = Walk::new(d, Buffers::default());
    let (rendered, _) = render_anew(d, &labelled).ok()?;
    if !walk.statement(&labelled) || rendered.text != sql.text || walk.params.len() != walked.len()
    {
        return None;
    }
    let origin = |value: Value| {
        let at = match has_label(&value) {
            true => walk.params.iter().position(|label| *label == value),
            false => None,
        };
        at.map_or(Origin::Added(value), |at| Origin::Walked(at as u32))
    };
    let origins: Arc<[Origin]> = rendered.params.into_iter().map(origin).collect();
    (params(&origins, walked) == sql.params).then_some(origins)
}

/// Whether there is more than one value of its kind: of others the shape says which it is.
fn has_label(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Vector(v) => !v.is_empty(),
        _ => true,
    }
}

struct Labels<'d> {
    features: &'d Features,
    next: u32,
    /// Named tables, each with its labelled form: where a table is used twice, it stays one.
    tables: Vec<(Arc<WithTable>, Arc<WithTable>)>,
    /// Where equal values have equal labels: values that stand as one, each with its labelled form.
    known: Option<Vec<(Vec<Value>, Vec<Value>)>>,
}

impl Labels<'_> {
    fn statement(&mut self, statement: &mut Statement) {
        match statement {
            Statement::Select(select) => self.select(select),
            Statement::SetOperation(operation) => self.set_operation(operation),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => {
                for join in &mut update.joins {
                    self.source(&mut join.source);
                    self.expr(&mut join.on);
                }
                let values = update.set.iter_mut().map(|(_, value)| value);
                values.chain(&mut update.filter).for_each(|e| self.expr(e));
            }
            Statement::Delete(delete) => {
                for join in &mut delete.joins {
                    self.source(&mut join.source);
                    self.expr(&mut join.on);
                }
                delete.filter.iter_mut().for_each(|e| self.expr(e));
            }
            Statement::Raw(raw) => raw.params.iter_mut().for_each(|e| self.expr(e)),
        }
    }

    fn insert(&mut self, insert: &mut Insert) {
        for value in &mut insert.values {
            // The shape does not say what kinds the values of rows are.
            *value = Value::Null;
            self.label(value, true);
        }
        if let Some(OnConflict::Update { set, .. }) = &mut insert.on_conflict {
            set.iter_mut().for_each(|(_, e)| self.expr(e));
        }
    }

    fn set_operation(&mut self, operation: &mut SetOperation) {
        operation.parts.iter_mut().for_each(|s| self.select(s));
        let orders = Orders::of(&operation.order_by);
        let terms = operation.order_by.iter_mut();
        terms.for_each(|order| self.expr(&mut order.expr));
        orders.restore(&mut operation.order_by);
    }

    fn select(&mut self, select: &mut Select) {
        let terms = Terms::of(select);
        select.sources_mut().for_each(|source| self.source(source));
        select.exprs_mut(&mut |e| self.expr(e));
        terms.restore(select);
    }

    fn source(&mut self, source: &mut From) {
        match source {
            From::Subquery { select, .. } => self.select(select),
            From::Set { operation, .. } => self.set_operation(operation),
            From::With { table, .. } => *table = self.table(table),
            From::Table { .. } | From::Raw { .. } | From::Found { .. } => {}
        }
    }

    fn table(&mut self, table: &Arc<WithTable>) -> Arc<WithTable> {
        if let Some((_, labelled)) = self.tables.iter().find(|(t, _)| Arc::ptr_eq(t, table)) {
            return Arc::clone(labelled);
        }
        let mut labelled = (**table).clone();
        self.select(&mut labelled.select);
        if let Some(Step { select, .. }) = &mut labelled.step {
            self.select(select);
        }
        let labelled = Arc::new(labelled);
        let both = (Arc::clone(table), Arc::clone(&labelled));
        self.tables.push(both);
        labelled
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Value(value) => return self.one(value),
            Expr::Like { text, .. } => self.text(text),
            Expr::Regex { pattern, .. } => self.text(pattern),
            Expr::GroupConcat { expr, order_by, .. } => {
                let same = texts(expr, order_by);
                self.expr(expr);
                for (order, same) in order_by.iter_mut().zip(same) {
                    match same {
                        true => become_same(&mut order.expr, expr),
                        false => self.expr(&mut order.expr),
                    }
                }
                return;
            }
            // What the renderer fills a list up with may be values of the next one.
            Expr::In { list, .. } => {
                let before = list.clone();
                let filled = padded(self.features, list.len(), 1);
                if let Some(last) = list.last().cloned() {
                    list.resize(filled, last);
                }
                self.values(before, list);
            }
            Expr::InRows { exprs, rows } => {
                let before = rows.iter().flatten().cloned().collect();
                let filled = padded(self.features, rows.len(), exprs.len());
                if let Some(last) = rows.last().cloned() {
                    rows.resize(filled, last);
                }
                let width = exprs.len().max(1);
                let mut values: Vec<Value> = rows.drain(..).flatten().collect();
                self.values(before, &mut values);
                rows.extend(values.chunks(width).map(<[Value]>::to_vec));
            }
            _ => {}
        }
        let shared = std::cell::RefCell::new(self);
        expr.parts_mut(&mut |e| shared.borrow_mut().expr(e), &mut |s| {
            shared.borrow_mut().select(s);
        });
    }

    /// A text that is looked for. How may depend on whether there are wildcards in it.
    fn text(&mut self, text: &mut String) {
        let special = text.contains(['%', '_', '\\']);
        let mut value = Value::Text(std::mem::take(text));
        self.one(&mut value);
        if let Value::Text(label) = value {
            *text = label;
        }
        text.extend(special.then_some('%'));
    }

    fn one(&mut self, value: &mut Value) {
        let before = vec![value.clone()];
        self.values(before, std::slice::from_mut(value));
    }

    /// Puts labels in the place of values that stand as one; they were others before they were filled up.
    fn values(&mut self, before: Vec<Value>, values: &mut [Value]) {
        let mut known = self.known.iter().flatten();
        if let Some((_, labels)) =
            known.find(|(known, labels)| *known == before && labels.len() == values.len())
        {
            return values.clone_from_slice(labels);
        }
        values.iter_mut().for_each(|v| self.label(v, false));
        if let Some(known) = &mut self.known {
            known.push((before, values.to_vec()));
        }
    }

    /// Puts a label in the place of a value, spelled like it.
    fn label(&mut self, value: &mut Value, any: bool) {
        let n = self.next;
        self.next += 1;
        let number = 0x5AFE_0000_0000_0000_i64 + i64::from(n);
        match value {
            Value::Null if any => *value = Value::Int(number),
            Value::Null => {}
            // Of these there are but two, and both are spelled as a number is.
            Value::Bool(_) | Value::Int(_) => *value = Value::Int(number),
            Value::UInt(v) => *v = number.unsigned_abs(),
            Value::Float(v) => *v = 4_000_000.0 + n as f32,
            Value::Double(v) => *v = 4e12 + f64::from(n),
            Value::Decimal(v) => *v = format!("{number}.25"),
            Value::Text(v) => *v = format!("\u{1}{number}"),
            Value::Bytes(v) => *v = number.to_be_bytes().to_vec(),
            Value::Date(v) => *v = date(n),
            Value::Time(v) => *v = time(n),
            Value::DateTime(v) => {
                *v = CivilDateTime {
                    date: date(7),
                    time: time(n),
                }
            }
            Value::Json(v) => *v = number.to_string(),
            Value::Uuid(v) => v[..8].copy_from_slice(&number.to_be_bytes()),
            Value::Vector(v) => {
                if let Some(first) = v.first_mut() {
                    *first = 4_000_000.0 + n as f32;
                }
            }
        }
    }
}

fn date(n: u32) -> CivilDate {
    CivilDate {
        year: 3001 + (n / 28) as i32,
        month: 1,
        day: (n % 28 + 1) as u8,
    }
}

fn time(n: u32) -> CivilTime {
    CivilTime {
        hour: 1,
        minute: 2,
        second: (n / 999_999 % 60) as u8,
        micros: n % 999_999,
    }
}
