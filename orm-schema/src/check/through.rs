//! Tables of pairs that are models of their own: which two relations of them hold the pairs.
//!
//! rustc refuses the same when it compiles the models; this is for source that is only read.

use super::models::Models;
use super::rules::{G015, G016};
use super::{Finding, Rule, list};
use crate::{FieldDef, FieldType, ModelDef, ModelId, nearest};

/// What `through_fields` of a field of a model says.
pub type ThroughFields<'f> = dyn Fn(&ModelId, &str) -> Option<(String, String)> + 'f;

/// Many-to-many fields whose `through` model does not say which of its relations hold the pairs; each
/// with the model that has the field.
///
/// A `through` model that is not among the
/// models is passed over.
pub fn check_through<'a>(
    models: impl IntoIterator<Item = &'a ModelDef>,
    fields: &ThroughFields<'_>,
) -> Vec<(ModelId, Finding)> {
    let models = Models::new(models);
    let mut found = Vec::new();
    for model in models.all() {
        for field in &model.fields {
            let FieldType::ManyToMany(relation) = &field.ty else {
                continue;
            };
            let Some(through) = relation.through.as_ref().and_then(|id| models.get(id)) else {
                continue;
            };
            let (from, to) = (model.id(), relation.to.clone());
            let faults = match fields(&from, &field.name) {
                Some((first, second)) => {
                    let sides = [(&first, &from), (&second, &to)];
                    let faults = sides.map(|(name, side)| named(through, name, side));
                    faults.into_iter().flatten().collect()
                }
                None => searched(through, &from, &to),
            };
            for (rule, what) in faults {
                let message = format!(
                    "`{}` of `{}` has its pairs in `{}`, {what}",
                    field.name, model.name, through.name
                );
                let finding = Finding::new(rule, message).of(&field.name);
                found.push((model.id(), finding.with(through.id())));
            }
        }
    }
    found
}

type Fault = (&'static Rule, String);

/// What is wrong with a relation that `through_fields` names.
fn named(through: &ModelDef, name: &str, side: &ModelId) -> Option<Fault> {
    let Some(field) = through.field(name) else {
        let near = nearest(name, through.fields.iter().map(|f| f.name.as_str()));
        let advice = near.map_or_else(String::new, |n| format!(": did you mean `{n}`?"));
        let what = format!("which has no field `{name}` as `through_fields` says{advice}");
        return Some((&G016, what));
    };
    let Some(relation) = field.ty.relation().filter(|_| field.ty.is_to_one()) else {
        let what = format!("whose `{name}` in `through_fields` is no `ForeignKey`");
        return Some((&G016, what));
    };
    if !relation.to.same(side) {
        let what = format!(
            "whose `{name}` leads to `{}`, where `through_fields` names the one to `{}`",
            relation.to.name, side.name
        );
        return Some((&G016, what));
    }
    by_other_field(field, side)
}

/// What is wrong with the relations that lead to the two sides by themselves.
fn searched(through: &ModelDef, from: &ModelId, to: &ModelId) -> Vec<Fault> {
    let (sides, wanted) = match from.same(to) {
        true => (vec![from], 2),
        false => (vec![from, to], 1),
    };
    let mut faults = Vec::new();
    for side in sides {
        let leads =
            |f: &&FieldDef| f.ty.is_to_one() && f.ty.relation().is_some_and(|r| r.to.same(side));
        let keys: Vec<&FieldDef> = through.fields.iter().filter(leads).collect();
        let names: Vec<String> = keys.iter().map(|f| f.name.clone()).collect();
        let side_name = &side.name;
        let what = match (keys.len(), wanted) {
            (0, _) => format!("which has no `ForeignKey` to `{side_name}`"),
            (1, 2) => format!(
                "which has one `ForeignKey` to `{side_name}`, {}, where both sides are that model",
                list(&names)
            ),
            (n, wanted) if n > wanted => format!(
                "which has {n} `ForeignKey`s to `{side_name}`: {}",
                list(&names)
            ),
            _ => {
                faults.extend(keys.iter().filter_map(|f| by_other_field(f, side)));
                continue;
            }
        };
        faults.push((&G015, what));
    }
    faults
}

/// Pairs are of primary keys.
fn by_other_field(field: &FieldDef, side: &ModelId) -> Option<Fault> {
    let to_field = field.ty.relation()?.to_field.as_ref()?;
    let what = format!(
        "whose `{}` refers to `{}` by `to_field = \"{to_field}\"`",
        field.name, side.name
    );
    Some((&G015, what))
}
