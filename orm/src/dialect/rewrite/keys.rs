//! What ties a subquery to the row around it, and becomes the condition of a join.

use super::lift::Lift;
use super::{Result, bindings, correlated, refuse};
use crate::ast::{Alias, BinaryOp, Expr, Select};
use crate::dialect::RenderError;

impl Lift {
    /// What ties the subquery to the outer row: its equalities, else all values that it uses of it.
    pub(super) fn keys(
        &mut self,
        inner: &mut Select,
        own: &[Alias],
        held: &[Alias],
    ) -> Result<Vec<Key>> {
        let mut rest = inner.clone();
        if let Ok(keys) = self.take_keys(&mut rest, own, held)
            && !correlated(&rest)
        {
            *inner = rest;
            return Ok(keys);
        }
        let bound = bindings::bind(inner, &self.sources, &mut self.aliases);
        let bound = bound.ok_or_else(|| self.no_keys())?;
        if correlated(inner) {
            return Err(self.no_keys());
        }
        let key = |(inner, outer)| Key {
            inner,
            op: BinaryOp::NullSafeEq,
            outer,
        };
        Ok(bound.into_iter().map(key).collect())
    }

    /// Takes the equalities with the outer row out of the inner WHERE.
    pub(super) fn take_keys(
        &self,
        inner: &mut Select,
        own: &[Alias],
        held: &[Alias],
    ) -> Result<Vec<Key>> {
        let parts = match inner.filter.take() {
            None => Vec::new(),
            Some(Expr::And(parts)) => flat(parts),
            Some(one) => vec![one],
        };
        let mut keys: Vec<Key> = Vec::new();
        let mut rest = Vec::new();
        for part in parts {
            let outside =
                crate::dialect::render::any_column(&part, &mut |alias, _| own.contains(&alias));
            if !outside {
                rest.push(part);
                continue;
            }
            let key = Key::of(part, own, held).ok_or_else(|| self.no_keys())?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        inner.filter = match rest.len() {
            0 => None,
            1 => rest.pop(),
            _ => Some(Expr::And(rest)),
        };
        Ok(keys)
    }

    pub(super) fn no_keys(&self) -> RenderError {
        refuse(
            self.dialect,
            "Correlated subselect that can not be transformed",
            "refer to columns of the query right around it",
        )
    }
}

/// Nested ANDs as one list.
pub(super) fn flat(parts: Vec<Expr>) -> Vec<Expr> {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Expr::And(parts) => out.extend(flat(parts)),
            other => out.push(other),
        }
    }
    out
}

/// An equality of an inner expression with an outer one.
#[derive(PartialEq)]
pub(super) struct Key {
    pub(super) inner: Expr,
    pub(super) op: BinaryOp,
    pub(super) outer: Expr,
}

impl Key {
    fn of(part: Expr, own: &[Alias], held: &[Alias]) -> Option<Self> {
        let Expr::Binary {
            left,
            op: op @ (BinaryOp::Eq | BinaryOp::NullSafeEq),
            right,
        } = part
        else {
            return None;
        };
        let only = |e: &Expr, among: &[Alias]| {
            let mut any = false;
            let other = crate::dialect::render::any_column(e, &mut |alias, _| {
                any = true;
                !among.contains(&alias)
            });
            any && !other
        };
        let (inner, outer) = if only(&left, held) && only(&right, own) {
            (*left, *right)
        } else if only(&right, held) && only(&left, own) {
            (*right, *left)
        } else {
            return None;
        };
        Some(Self { inner, op, outer })
    }
}
