//! What a walk over a statement writes.

use std::hash::{Hash, Hasher};

use super::super::{Spelling, padded};
use super::cache::LONGEST;
use crate::ast::{Alias, Name};
use crate::dialect::Features;
use crate::value::Value;

/// Ends a text in a shape; no text holds this byte.
const END: u8 = 0xff;

/// What a walk writes to, kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    shape: Vec<u8>,
    units: Vec<Unit>,
}

impl Buffers {
    pub(super) const fn new() -> Self {
        Self {
            shape: Vec::new(),
            units: Vec::new(),
        }
    }
}

/// Values that stand in a statement as one: a single one, or a list.
#[derive(Debug, Clone, Copy)]
struct Unit {
    /// Where it begins among the parameters.
    start: usize,
    /// How many values the statement has there; a list may be filled up with more.
    len: usize,
}

/// Writes the shape of a statement and collects its values. Its methods say `false` where they give up.
pub(super) struct Walk<'d> {
    pub(super) d: &'d dyn Spelling,
    pub(super) features: &'d Features,
    pub(super) shape: Vec<u8>,
    pub(super) params: Vec<Value>,
    units: Vec<Unit>,
    /// Whether the text stands inside a function, which may turn the order of its arguments.
    within: bool,
    /// Whether there are values inside functions.
    pub(super) turned: bool,
    /// Whether values may stand elsewhere in the text, and more than once.
    pub(super) moved: bool,
    /// Whether there are selects inside.
    pub(super) nested: bool,
    /// The named tables so far, by where they are.
    pub(super) tables: Vec<usize>,
}

impl<'d> Walk<'d> {
    pub(super) fn new(d: &'d dyn Spelling, buffers: Buffers) -> Self {
        let Buffers {
            mut shape,
            mut units,
        } = buffers;
        shape.clear();
        units.clear();
        let features = d.features();
        let mut walk = Self {
            d,
            features,
            shape,
            params: Vec::with_capacity(4),
            units,
            within: false,
            turned: false,
            moved: false,
            nested: false,
            tables: Vec::new(),
        };
        walk.hashed(&d.id());
        // Features are constants, so where they are tells them apart.
        walk.word(std::ptr::from_ref(features).addr() as u64);
        walk
    }

    pub(super) fn into_buffers(self) -> Buffers {
        let Self {
            mut shape, units, ..
        } = self;
        shape.shrink_to(LONGEST);
        Buffers { shape, units }
    }

    /// Adds which values equal each other.
    pub(super) fn equalities(&mut self) {
        for (i, unit) in self.units.iter().enumerate() {
            let values = unit.of(&self.params);
            let first = self.units[..i]
                .iter()
                .position(|other| other.of(&self.params) == values);
            let first = first.unwrap_or(i) as u32;
            self.shape.extend_from_slice(&first.to_le_bytes());
        }
    }

    pub(super) fn tag(&mut self, tag: u8) -> bool {
        self.shape.push(tag);
        true
    }

    pub(super) fn word(&mut self, word: u64) -> bool {
        self.shape.extend_from_slice(&word.to_le_bytes());
        true
    }

    pub(super) fn flag(&mut self, flag: bool) -> bool {
        self.tag(flag.into())
    }

    /// A number of things that follow.
    pub(super) fn count(&mut self, n: usize) -> bool {
        self.shape.extend_from_slice(&(n as u32).to_le_bytes());
        u32::try_from(n).is_ok()
    }

    pub(super) fn alias(&mut self, alias: Alias) -> bool {
        self.shape.extend_from_slice(&alias.0.to_le_bytes());
        true
    }

    /// A static name is told by where it is, any other by its text.
    pub(super) fn name(&mut self, name: &Name) -> bool {
        match name {
            Name::Borrowed(name) => {
                self.tag(0);
                self.word(name.as_ptr().addr() as u64);
                self.count(name.len())
            }
            Name::Owned(name) => {
                self.tag(1);
                self.text(name)
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) -> bool {
        self.shape.extend_from_slice(text.as_bytes());
        self.tag(END)
    }

    pub(super) fn names(&mut self, names: &[Name]) -> bool {
        self.count(names.len()) && names.iter().all(|n| self.name(n))
    }

    pub(super) fn number(&mut self, number: Option<u64>) -> bool {
        match number {
            None => self.tag(0),
            Some(n) => self.tag(1) && self.word(n),
        }
    }

    /// Something of a few plain variants.
    pub(super) fn hashed(&mut self, what: &impl Hash) -> bool {
        what.hash(&mut Bytes(&mut self.shape));
        true
    }

    /// Walks over what stands inside a function.
    pub(super) fn inside(&mut self, walk: impl FnOnce(&mut Self) -> bool) -> bool {
        let outer = std::mem::replace(&mut self.within, true);
        let done = walk(self);
        self.within = outer;
        done
    }

    /// Walks over what is known to equal something else if `equal` says so of it; its values are the
    /// other's then. Without values it is the same wherever the shape is.
    pub(super) fn unless_equal(
        &mut self,
        walk: impl FnOnce(&mut Self) -> bool,
        equal: impl FnOnce() -> Option<usize>,
    ) -> bool {
        let (params, units) = (self.params.len(), self.units.len());
        if !walk(self) {
            return false;
        }
        if self.params.len() == params {
            return true;
        }
        let known = equal();
        if known.is_some() {
            self.moved = true;
            self.params.truncate(params);
            self.units.truncate(units);
        }
        self.number(known.map(|at| at as u64))
    }

    /// A value in a place of its own.
    pub(super) fn value(&mut self, value: Value) -> bool {
        self.unit(1);
        kind_of(&mut self.shape, &value);
        self.params.push(value);
        true
    }

    /// A list of values, filled up as the renderer does.
    pub(super) fn list(&mut self, list: &[Value]) -> bool {
        let Some(last) = list.last() else {
            return self.count(0);
        };
        let padded = padded(self.features, list.len(), 1);
        // One that takes most of a statement's parameters stands in the text instead.
        if list.len() > self.features.max_params / 2 || is_long(padded) {
            return false;
        }
        self.unit(list.len());
        let start = self.params.len();
        self.params.extend_from_slice(list);
        let more = std::iter::repeat_n(last, padded - list.len());
        self.params.extend(more.cloned());
        let done = self.count(padded);
        kinds_of(&mut self.shape, &self.params[start..], 1);
        done
    }

    /// A list of rows, filled up as the renderer does.
    pub(super) fn rows(&mut self, rows: &[Vec<Value>]) -> bool {
        let Some((first, last)) = rows.first().zip(rows.last()) else {
            return self.count(0);
        };
        let width = first.len();
        let padded = padded(self.features, rows.len(), width);
        // Rows of several lengths are no list that the AST knows.
        if rows.iter().any(|row| row.len() != width) || is_long(padded * width) {
            return false;
        }
        // Where rows are compared one by one, the operands stand between them.
        self.moved = true;
        self.unit(rows.len() * width);
        let start = self.params.len();
        self.params.extend(rows.iter().flatten().cloned());
        for _ in rows.len()..padded {
            self.params.extend_from_slice(last);
        }
        let done = self.count(padded) && self.count(width);
        kinds_of(&mut self.shape, &self.params[start..], width);
        done
    }

    fn unit(&mut self, len: usize) {
        self.turned |= self.within;
        let start = self.params.len();
        self.units.push(Unit { start, len });
    }
}

impl Unit {
    fn of<'v>(&self, params: &'v [Value]) -> Option<&'v [Value]> {
        params.get(self.start..self.start + self.len)
    }
}

/// Whether the text of a statement with so many parameters is too long to be kept: `, ?` for each.
pub(super) fn is_long(params: usize) -> bool {
    params * 3 > LONGEST
}

/// What of values their spelling depends on: once, where all rows of so many values are alike.
fn kinds_of(shape: &mut Vec<u8>, values: &[Value], width: usize) {
    // Vectors of one kind may be of several lengths.
    let plain = values.iter().take(width);
    let plain = plain.into_iter().all(|v| !matches!(v, Value::Vector(_)));
    let mut rows = values.iter().skip(width).zip(values);
    let alike = plain && rows.all(|(value, above)| kind(value) == kind(above));
    shape.push(alike.into());
    let told = if alike { width } else { values.len() };
    values.iter().take(told).for_each(|v| kind_of(shape, v));
}

/// What of a value its spelling depends on.
fn kind_of(shape: &mut Vec<u8>, value: &Value) {
    if let Value::Vector(v) = value {
        shape.extend_from_slice(&(v.len() as u32).to_le_bytes());
    }
    shape.push(kind(value));
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
