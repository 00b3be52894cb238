//! The models as a diagram.

use std::collections::BTreeMap;

use orm_schema::{FieldDef, FieldType, ModelDef, RelationDef};

use super::{Arrow, Diagram, Node, Row};
use crate::commands::{Context, makemigrations};
use crate::graph::state_failure;
use crate::report::Failure;
use crate::source;

/// The models of these apps, or of all. A model of another app that they refer to has no rows.
pub(super) fn diagram(context: &Context<'_>, apps: &[String]) -> Result<Diagram, Failure> {
    let models = models(context)?;
    for app in apps {
        if !models.iter().any(|m| m.app == *app) {
            return Err(makemigrations::unknown_app(
                app,
                models.iter().map(|m| m.app.as_str()),
            ));
        }
    }
    let wanted = |m: &ModelDef| apps.is_empty() || apps.contains(&m.app);
    let mut drawing = Drawing::default();
    for model in models.iter().filter(|m| wanted(m)) {
        drawing.put(node(model, &models));
    }
    for model in models.iter().filter(|m| wanted(m)) {
        drawing.relations(model, &models);
    }
    Ok(drawing.diagram)
}

/// The models in the source; those of the migrations where a program carries these and has no source.
fn models(context: &Context<'_>) -> Result<Vec<ModelDef>, Failure> {
    let project = context.place()?;
    let mut models: Vec<ModelDef> = if project.packages.is_empty() {
        let store = context.store(&project)?;
        let state = store.graph()?.state().map_err(|e| state_failure(&e))?;
        state.models().cloned().collect()
    } else {
        let read = source::read(&project)?;
        read.models.into_iter().map(|m| m.def).collect()
    };
    for model in &mut models {
        project.storage_of(&model.app)?.fill(model);
    }
    models.sort_by(|a, b| (&a.app, &a.name).cmp(&(&b.app, &b.name)));
    Ok(models)
}

#[derive(Default)]
struct Drawing {
    diagram: Diagram,
    places: BTreeMap<String, usize>,
}

impl Drawing {
    fn put(&mut self, node: Node) -> usize {
        let next = self.diagram.nodes.len();
        let at = *self.places.entry(node.id().to_lowercase()).or_insert(next);
        if at == next {
            self.diagram.nodes.push(node);
        }
        at
    }

    fn relations(&mut self, model: &ModelDef, models: &[ModelDef]) {
        let Some(&from) = self.places.get(&model.id().to_string().to_lowercase()) else {
            return;
        };
        for (row, field) in model.fields.iter().enumerate() {
            let Some(relation) = field.ty.relation() else {
                continue;
            };
            let (app, name) = match find(models, relation) {
                Some(target) => (target.app.clone(), target.name.clone()),
                None => (relation.to.app.clone(), relation.to.name.clone()),
            };
            let to = self.put(Node {
                group: app,
                name,
                note: "elsewhere".to_owned(),
                rows: Vec::new(),
            });
            self.diagram.arrows.push(Arrow {
                from,
                row: Some(row),
                to,
                label: field.name.clone(),
                many: (
                    !matches!(field.ty, FieldType::OneToOne(_)),
                    matches!(field.ty, FieldType::ManyToMany(_)),
                ),
                optional: field.null,
            });
        }
    }
}

fn find<'a>(models: &'a [ModelDef], relation: &RelationDef) -> Option<&'a ModelDef> {
    models.iter().find(|m| m.id().same(&relation.to))
}

fn node(model: &ModelDef, models: &[ModelDef]) -> Node {
    let rows = model.fields.iter().map(|field| Row {
        name: field.name.clone(),
        ty: type_of(field, models),
        key: model.primary_key.contains(&field.name),
        relation: match field.ty {
            FieldType::ForeignKey(_) => Some("->"),
            FieldType::OneToOne(_) => Some("--"),
            FieldType::ManyToMany(_) => Some("<->"),
            _ => None,
        },
    });
    Node {
        group: model.app.clone(),
        name: model.name.clone(),
        note: storage(model),
        rows: rows.collect(),
    }
}

/// How rows are kept, as far as the model says it.
fn storage(model: &ModelDef) -> String {
    let mut parts = Vec::new();
    if !model.managed {
        parts.push("not managed".to_owned());
    }
    parts.extend(model.storage.storage_type.map(|s| s.as_str().to_owned()));
    if let Some(key) = &model.storage.shard_key {
        parts.push(match key.as_slice() {
            [] => "keyless".to_owned(),
            key => format!("shard key {}", key.join(", ")),
        });
    }
    if !model.storage.sort_key.is_empty() {
        let key: Vec<String> = model
            .storage
            .sort_key
            .iter()
            .map(ToString::to_string)
            .collect();
        parts.push(format!("sort key {}", key.join(", ")));
    }
    parts.join("; ")
}

fn type_of(field: &FieldDef, models: &[ModelDef]) -> String {
    let mut text = match &field.ty {
        FieldType::Char { max_length } => format!("char({max_length})"),
        FieldType::Varchar { max_length } => format!("varchar({max_length})"),
        FieldType::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        FieldType::Vector { dim } => format!("vector({dim})"),
        FieldType::Sql(text) => text.clone(),
        ty => match ty.relation() {
            Some(relation) => match find(models, relation) {
                Some(target) => target.id().to_string(),
                None => relation.to.to_string(),
            },
            None => ty.name().into_owned(),
        },
    };
    if field.null {
        text.push('?');
    }
    text
}
