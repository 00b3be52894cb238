//! What only the databases of a project together show: which of them holds which application.

use super::Finding;
use super::rules::G009;
use crate::{ModelDef, ModelId};

/// Relations from a model in one database to a model in another; each with the model that it starts at.
///
/// `holder` says which database holds the tables of an application; applications whose holder it does
/// not know are passed over.
pub fn check_databases<'a, 'd>(
    models: impl IntoIterator<Item = &'a ModelDef>,
    holder: &dyn Fn(&str) -> Option<&'d str>,
) -> Vec<(ModelId, Finding)> {
    let mut found = Vec::new();
    for model in models {
        let Some(here) = holder(&model.app) else {
            continue;
        };
        let mut say = |field: &str, to: &ModelId| {
            let Some(there) = holder(&to.app).filter(|there| *there != here) else {
                return;
            };
            let message = format!(
                "`{field}` of `{}` refers to `{to}`: the database `{here}` holds the one, `{there}` the other",
                model.id()
            );
            found.push((model.id(), Finding::new(&G009, message).of(field)));
        };
        for field in &model.fields {
            let Some(relation) = field.ty.relation() else {
                continue;
            };
            say(&field.name, &relation.to);
            if let Some(through) = relation
                .through
                .as_ref()
                .filter(|t| t.app != relation.to.app)
            {
                say(&field.name, through);
            }
        }
        for object in &model.objects {
            say(&object.name, &object.to);
        }
    }
    found
}
