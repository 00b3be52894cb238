//! Related objects loaded by joins.

use super::ToOne;
use crate::ast::Alias;
use crate::model::{At, Model, ModelMeta, Place, Slots};
use crate::value::{DecodeError, RowReader};

/// What `with` takes: a relation to one object, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`with` cannot load this",
    label = "found `{Self}`",
    note = "`with` takes relations to one object: `.with(|a| (a.author(), a.editor()))`; for to-many relations use `.prefetch(|a| a.tags())`"
)]
pub trait WithList<R> {
    /// Appends the relations.
    fn collect(self, loads: &mut Loads);
}

/// The related objects that a select loads, as a tree.
#[derive(Debug, Clone, Default)]
pub struct Loads {
    nodes: Vec<LoadNode>,
}

/// One related object.
#[derive(Debug, Clone)]
pub struct LoadNode {
    /// The model.
    pub(crate) meta: &'static ModelMeta,
    /// The table.
    pub(crate) alias: Alias,
    parent: Option<usize>,
    relation: usize,
}

impl Loads {
    /// Adds the object where `at` stands, and those on the path to it.
    fn add(&mut self, at: &At) -> Option<usize> {
        let (owner, relation, _) = at.came_by()?;
        let parent = self.add(owner);
        let known = self
            .nodes
            .iter()
            .position(|n| n.parent == parent && n.relation == relation);
        known.or_else(|| {
            self.nodes.push(LoadNode {
                meta: at.meta(),
                alias: at.alias(),
                parent,
                relation,
            });
            Some(self.nodes.len() - 1)
        })
    }

    /// Whether nothing is loaded.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn children(&self, parent: Option<usize>) -> impl Iterator<Item = (usize, &LoadNode)> {
        self.nodes
            .iter()
            .enumerate()
            .filter(move |(_, n)| n.parent == parent)
    }

    /// The nodes in the order in which their columns stand: each before its children.
    pub(crate) fn in_order(&self) -> Vec<&LoadNode> {
        fn walk<'a>(loads: &'a Loads, parent: Option<usize>, out: &mut Vec<&'a LoadNode>) {
            for (i, node) in loads.children(parent) {
                out.push(node);
                walk(loads, Some(i), out);
            }
        }
        let mut out = Vec::with_capacity(self.nodes.len());
        walk(self, None, &mut out);
        out
    }

    /// Reads the related objects of an object from the next columns.
    pub(crate) fn fill(
        &self,
        object: &mut dyn Slots,
        row: &mut RowReader<'_>,
    ) -> Result<(), DecodeError> {
        if self.nodes.is_empty() {
            return Ok(());
        }
        self.fill_below(None, object, row)
    }

    fn fill_below(
        &self,
        parent: Option<usize>,
        object: &mut dyn Slots,
        row: &mut RowReader<'_>,
    ) -> Result<(), DecodeError> {
        for (i, node) in self.children(parent) {
            let loaded = if row.all_null(node.meta.columns.len()) {
                self.skip(i, row);
                None
            } else {
                let mut below =
                    |o: &mut dyn Slots, r: &mut RowReader<'_>| self.fill_below(Some(i), o, r);
                Some((node.meta.read)(row, &mut below)?)
            };
            if let Some(slot) = object.slot_of(node.relation) {
                slot.fill(loaded);
            }
        }
        Ok(())
    }

    fn skip(&self, at: usize, row: &mut RowReader<'_>) {
        row.skip(self.nodes[at].meta.columns.len());
        let below: Vec<usize> = self.children(Some(at)).map(|(i, _)| i).collect();
        for i in below {
            self.skip(i, row);
        }
    }
}

impl<R: 'static, M: Model, P: Place, K> WithList<R> for ToOne<R, M, P, K> {
    fn collect(self, loads: &mut Loads) {
        loads.add(&self.at);
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, $($name: WithList<R>),+> WithList<R> for ($($name,)+) {
            fn collect(self, loads: &mut Loads) {
                $(self.$index.collect(loads);)+
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}
