//! All linked models.

use super::ModelMeta;

/// A model that the derive registered.
#[derive(Debug)]
pub struct Registered(pub &'static ModelMeta);

inventory::collect!(Registered);

/// Every model linked into this program.
pub fn registered() -> impl Iterator<Item = &'static ModelMeta> {
    inventory::iter::<Registered>.into_iter().map(|r| r.0)
}

/// The linked model of this application and name.
pub fn registered_model(app: &str, name: &str) -> Option<&'static ModelMeta> {
    registered().find(|m| m.app == app && m.name.eq_ignore_ascii_case(name))
}
