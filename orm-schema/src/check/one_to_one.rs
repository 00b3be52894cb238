//! Foreign keys that are one-to-one relations by what else is said of them.

use super::Finding;
use super::rules::G013;
use crate::{FieldDef, FieldType, ModelDef, Unique};

/// The foreign keys of a model that no two rows share. They work; the other side has a set of one.
pub fn check_one_to_one(model: &ModelDef) -> Vec<Finding> {
    let alone = |f: &FieldDef| matches!(model.primary_key.as_slice(), [key] if *key == f.name);
    let mut found = Vec::new();
    for field in &model.fields {
        let FieldType::ForeignKey(relation) = &field.ty else {
            continue;
        };
        let (what, also) = match (alone(field), field.unique) {
            (true, _) => ("the primary key", ""),
            (false, Unique::Yes) => ("unique", " and leave `unique` out"),
            // The side table stays in any case.
            (false, Unique::Lookup) => ("unique", ", which takes `unique = \"lookup\"` as well"),
            (false, Unique::No) => continue,
        };
        let message = format!(
            "`{}` of `{}` is a `ForeignKey` that is {what}, so that no two rows share it",
            field.name, model.name
        );
        let mut finding = Finding::new(&G013, message).of(&field.name);
        finding.hint = format!(
            "write `OneToOne<{}>`{also}; the table stays as it is",
            relation.to.name
        );
        found.push(finding);
    }
    found
}
