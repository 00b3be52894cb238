//! Who is connected to what.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::receiver::Calls;
use super::{Event, M2mChanged, PostDelete, PostSave, PreDelete, PreSave};
use crate::model::{AnyModel, ModelMeta};

type Id = (&'static str, &'static str);

fn id(meta: &'static ModelMeta) -> Id {
    (meta.app, meta.name)
}

/// A receiver with its name.
pub(super) struct Named<E: Event> {
    pub(super) name: Arc<str>,
    pub(super) calls: Arc<dyn Calls<E>>,
}

impl<E: Event> Clone for Named<E> {
    fn clone(&self) -> Self {
        Self {
            name: Arc::clone(&self.name),
            calls: Arc::clone(&self.calls),
        }
    }
}

/// The receivers of one model, those of all models among them, in the order in which they were
/// connected.
#[derive(Default)]
pub(crate) struct Lists {
    pub(super) pre_save: Vec<Named<PreSave<'static, dyn AnyModel>>>,
    pub(super) post_save: Vec<Named<PostSave<'static, dyn AnyModel>>>,
    pub(super) pre_delete: Vec<Named<PreDelete<'static, dyn AnyModel>>>,
    pub(super) post_delete: Vec<Named<PostDelete<'static, dyn AnyModel>>>,
    pub(super) m2m_changed: Vec<Named<M2mChanged<'static>>>,
}

/// A signal as its receivers are kept.
pub(super) trait Kept: Event {
    /// The receiver as one of any signal.
    fn slot(named: Named<Self>) -> Slot;
}

/// A receiver of any signal.
pub(super) enum Slot {
    PreSave(Named<PreSave<'static, dyn AnyModel>>),
    PostSave(Named<PostSave<'static, dyn AnyModel>>),
    PreDelete(Named<PreDelete<'static, dyn AnyModel>>),
    PostDelete(Named<PostDelete<'static, dyn AnyModel>>),
    M2mChanged(Named<M2mChanged<'static>>),
}

macro_rules! kept {
    ($($slot:ident $list:ident $event:ty;)*) => {
        $(impl Kept for $event {
            fn slot(named: Named<Self>) -> Slot {
                Slot::$slot(named)
            }
        })*

        impl Slot {
            fn name(&self) -> &str {
                match self {
                    $(Self::$slot(named) => &named.name,)*
                }
            }

            fn add_to(&self, lists: &mut Lists) {
                match self {
                    $(Self::$slot(named) => lists.$list.push(named.clone()),)*
                }
            }
        }
    };
}
kept! {
    PreSave pre_save PreSave<'static, dyn AnyModel>;
    PostSave post_save PostSave<'static, dyn AnyModel>;
    PreDelete pre_delete PreDelete<'static, dyn AnyModel>;
    PostDelete post_delete PostDelete<'static, dyn AnyModel>;
    M2mChanged m2m_changed M2mChanged<'static>;
}

struct Connected {
    /// `None` is all models.
    sender: Option<Id>,
    slot: Slot,
}

#[derive(Default)]
struct State {
    connected: Vec<Connected>,
    /// By the models that were named.
    by_model: HashMap<Id, Arc<Lists>>,
    /// Of every other model.
    others: Arc<Lists>,
}

impl State {
    /// Sorts the receivers by their models.
    fn sort(&mut self) {
        let lists = |of: Option<Id>| {
            let mut lists = Lists::default();
            for connected in &self.connected {
                if connected.sender.is_none() || connected.sender == of {
                    connected.slot.add_to(&mut lists);
                }
            }
            Arc::new(lists)
        };
        let senders = self.connected.iter().filter_map(|c| c.sender);
        self.by_model = senders.map(|id| (id, lists(Some(id)))).collect();
        self.others = lists(None);
    }
}

/// The receivers that are connected to a database.
#[derive(Default)]
pub(super) struct Registry(RwLock<State>);

impl Registry {
    /// Connects a receiver, unless one of this name is there for the signal and the sender.
    pub(super) fn connect<E: Kept>(
        &self,
        sender: Option<&'static ModelMeta>,
        name: &str,
        calls: Arc<dyn Calls<E>>,
    ) {
        let sender = sender.map(id);
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let slot = E::slot(Named {
            name: name.into(),
            calls,
        });
        let kind = std::mem::discriminant(&slot);
        let same = |c: &Connected| {
            c.sender == sender && c.slot.name() == name && std::mem::discriminant(&c.slot) == kind
        };
        if !state.connected.iter().any(same) {
            state.connected.push(Connected { sender, slot });
            state.sort();
        }
    }

    /// Disconnects the receivers of this name, of one sender or of whichever (`None`); whether there
    /// were any.
    pub(super) fn disconnect(
        &self,
        sender: Option<Option<&'static ModelMeta>>,
        name: &str,
    ) -> bool {
        let sender = sender.map(|meta| meta.map(id));
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = state.connected.len();
        let stays = |c: &Connected| c.slot.name() != name || sender.is_some_and(|s| s != c.sender);
        state.connected.retain(stays);
        let gone = state.connected.len() < before;
        if gone {
            state.sort();
        }
        gone
    }

    /// The receivers of a model; `None` where there are none at all.
    pub(super) fn of(&self, meta: &'static ModelMeta) -> Option<Arc<Lists>> {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if state.connected.is_empty() {
            return None;
        }
        let lists = state.by_model.get(&id(meta)).unwrap_or(&state.others);
        Some(Arc::clone(lists))
    }

    pub(super) fn names(&self) -> Vec<String> {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let connected = state.connected.iter();
        connected.map(|c| c.slot.name().to_owned()).collect()
    }
}
