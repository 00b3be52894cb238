//! The texts of shapes, kept for all threads.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::labels::Origin;
use crate::dialect::mix::Mix;

/// Shapes of one generation; two generations are kept.
pub(super) const SHAPES: usize = 512;
/// Longer texts are not kept, so that the cache stays below 32 MB.
pub(super) const LONGEST: usize = 8 << 10;

/// The text of a shape.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    pub(super) text: Arc<str>,
    pub(super) marks: Arc<[u32]>,
    /// Where each parameter comes from; `None` if they are the values as they are walked over.
    pub(super) origins: Option<Arc<[Origin]>>,
    /// As [`Sql::inline`](crate::dialect::Sql::inline).
    pub(super) inline: bool,
    /// How often it was found, in programs that check what they find.
    pub(super) found: Arc<AtomicU32>,
}

/// How often what is found is compared with what is rendered anew, in programs that check it: some of the
/// values that a shape comes with, at no cost to those that come after.
const CHECKED: u32 = 32;

impl Rendered {
    pub(super) fn is_one_of_the_first(&self) -> bool {
        self.found.load(Ordering::Relaxed) < CHECKED
            && self.found.fetch_add(1, Ordering::Relaxed) < CHECKED
    }
}

/// What is known of a shape.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    Text(Rendered),
    /// The text may be another where two of the values are equal: it is kept for the shape with its
    /// equalities.
    Compared,
}

type Shapes = HashMap<Box<[u8]>, Kept, BuildHasherDefault<Mix>>;

/// Shapes used of late, and those before them: what was not used for a whole generation goes.
#[derive(Debug, Default)]
pub(super) struct Cache {
    pub(super) young: Shapes,
    pub(super) old: Shapes,
}

pub(super) fn cache() -> &'static RwLock<Cache> {
    static CACHE: OnceLock<RwLock<Cache>> = OnceLock::new();
    CACHE.get_or_init(RwLock::default)
}

pub(super) fn find(shape: &[u8]) -> Option<Kept> {
    let known = {
        let cache = cache().read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = cache.young.get(shape) {
            return Some(kept.clone());
        }
        cache.old.get(shape).cloned()
    }?;
    keep(shape, &known);
    Some(known)
}

pub(super) fn keep(shape: &[u8], kept: &Kept) {
    if shape.len() > LONGEST {
        return;
    }
    let mut cache = cache().write().unwrap_or_else(PoisonError::into_inner);
    if cache.young.len() >= SHAPES {
        cache.old = std::mem::take(&mut cache.young);
    }
    cache.young.insert(shape.into(), kept.clone());
}
