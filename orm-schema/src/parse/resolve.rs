//! From a model as written to the model that takes part in migrations.

use syn::Path;

use super::errors::{Errors, show};
use super::parsed::{FieldOptions, ParsedField, ParsedKind, ParsedModel, Spanned};
use super::{Resolve, rules, structure};
use crate::{
    ConstraintDef, FieldDef, FieldType, FixtureDef, IndexDef, ModelDef, ModelId, ObjectDef,
    OnDelete, OrderField, RelationDef, Storage, Unique, hashed_name,
};

impl ParsedModel {
    /// The table: the given one, else `<app>_<model_in_snake_case>`.
    pub fn table_name(&self, app: &str) -> String {
        match &self.table {
            Some(table) => table.value.clone(),
            None => ModelDef::default_table(app, &self.name()),
        }
    }

    /// The struct's name, without `r#`.
    pub fn name(&self) -> String {
        use syn::ext::IdentExt;
        self.ident.unraw().to_string()
    }

    /// Makes the model that takes part in migrations.
    ///
    /// Fields keep the order of the struct; reverse sets are left out. Indexes and constraints
    /// without a name get the stable one of [`hashed_name`].
    ///
    /// # Errors
    /// All faults at once, each at its place: names that do not resolve, attributes that do not fit
    /// a resolved type, a base that is not spliced in (see [`Self::flatten`]), an abstract model.
    pub fn resolve(&self, with: &dyn Resolve) -> syn::Result<ModelDef> {
        let mut errors = Errors::default();
        if self.is_abstract {
            errors.at(
                self.ident.span(),
                format!("`{}` is abstract: it has no table of its own", self.ident),
            );
            return errors.finish(ModelDef::new("", ""));
        }
        for (_, path) in self.flattened() {
            errors.over(
                path,
                format!("the fields of `{}` are not known here: it must be a struct with `#[model(abstract)]` that the reader can find", show(path)),
            );
        }
        let mut parsed = self.clone();
        let app = self
            .app
            .as_ref()
            .map_or(with.app(), |a| &a.value)
            .to_owned();
        let id = ModelId::new(&app, self.name());
        for field in &mut parsed.fields {
            settle_type(field, with, &mut errors);
        }
        structure::check(&mut parsed, &mut errors);
        let mut model = ModelDef::new(&id.app, &id.name);
        for field in &parsed.fields {
            model
                .fields
                .extend(field_def(field, &id, with, &mut errors));
            model.objects.extend(object_def(field, &id, with));
        }
        options(&parsed, &mut model);
        named_objects(&parsed, &mut model, &mut errors);
        errors.finish(model)
    }
}

/// Replaces an unknown type name by the neutral type that the resolver knows.
fn settle_type(field: &mut ParsedField, with: &dyn Resolve, errors: &mut Errors) {
    let ParsedKind::Scalar { inner, known } = &mut field.kind else {
        return;
    };
    if known.is_some() {
        return;
    }
    let (ty, null) = match with.scalar(inner) {
        Ok(found) => found,
        Err(message) => {
            errors.over(&**inner, message);
            return;
        }
    };
    let ty = sized(ty, &field.options);
    field.null |= null;
    *known = Some(ty.clone());
    if let (Some(span), true) = (field.options.primary_key, null) {
        errors.at(span, "a key is never NULL: this type can be");
    }
    rules::scalar(&mut field.options, &ty, errors);
}

/// Applies the attributes that size a type to one that was resolved.
pub(super) fn sized(ty: FieldType, o: &FieldOptions) -> FieldType {
    let length = o.max_length.as_ref().map(|n| n.value);
    match (ty, length) {
        (FieldType::Text | FieldType::Varchar { .. }, Some(max_length)) => {
            FieldType::Varchar { max_length }
        }
        (FieldType::Char { .. }, Some(max_length)) => FieldType::Char { max_length },
        (FieldType::Binary { .. }, Some(_)) => FieldType::Binary { max_length: length },
        (FieldType::Decimal { precision, scale }, _) => FieldType::Decimal {
            precision: o.precision.as_ref().map_or(precision, |p| p.value),
            scale: o.scale.as_ref().map_or(scale, |s| s.value),
        },
        (FieldType::Vector { dim }, _) => FieldType::Vector {
            dim: o.dim.as_ref().map_or(dim, |d| d.value),
        },
        (ty, _) => ty,
    }
}

fn field_def(
    field: &ParsedField,
    own: &ModelId,
    with: &dyn Resolve,
    errors: &mut Errors,
) -> Option<FieldDef> {
    let ty = match &field.kind {
        ParsedKind::Scalar { known, .. } => known.clone()?,
        ParsedKind::Auto { ty, .. } => ty.clone(),
        ParsedKind::ForeignKey(path) => {
            FieldType::ForeignKey(relation(field, path, own, with, errors)?)
        }
        ParsedKind::OneToOne(path) => {
            FieldType::OneToOne(relation(field, path, own, with, errors)?)
        }
        ParsedKind::ManyToMany(path) => {
            FieldType::ManyToMany(relation(field, path, own, with, errors)?)
        }
        ParsedKind::ForeignObject(path) | ParsedKind::Reverse(path) => {
            // No column, but a wrong name is found here as well.
            target(path, own, with, errors);
            return None;
        }
        ParsedKind::Flatten(_) => return None,
    };
    let o = &field.options;
    let value = |text: &Option<Spanned<String>>| text.as_ref().map(|t| t.value.clone());
    let mut def = FieldDef::new(field.name(), ty);
    let default_column = FieldDef::default_column(&def.name, &def.ty).into_owned();
    def.column = value(&o.column).filter(|c| *c != default_column);
    def.null = field.null;
    def.auto = matches!(field.kind, ParsedKind::Auto { .. });
    def.default = o.default.as_ref().map(|d| d.value.clone());
    def.db_default = value(&o.db_default);
    def.unique = o.unique.as_ref().map_or(Unique::No, |u| u.value);
    def.index = o.index.is_some();
    def.collation = value(&o.collation);
    def.comment.clone_from(&o.comment);
    def.computed = value(&o.computed);
    Some(def)
}

/// A relation by several fields. That its target is known, [`field_def`] has seen.
fn object_def(field: &ParsedField, own: &ModelId, with: &dyn Resolve) -> Option<ObjectDef> {
    let ParsedKind::ForeignObject(path) = &field.kind else {
        return None;
    };
    let names = |fields: &Option<Vec<Spanned<String>>>| -> Vec<String> {
        let fields = fields.iter().flatten();
        fields.map(|f| f.value.clone()).collect()
    };
    let o = &field.options;
    Some(ObjectDef {
        name: field.name(),
        to: target(path, own, with, &mut Errors::default())?,
        from_fields: names(&o.from_fields),
        to_fields: names(&o.to_fields),
        on_delete: o.on_delete.as_ref().map_or(OnDelete::Cascade, |d| d.value),
    })
}

fn relation(
    field: &ParsedField,
    path: &Path,
    own: &ModelId,
    with: &dyn Resolve,
    errors: &mut Errors,
) -> Option<RelationDef> {
    let o = &field.options;
    let to = target(path, own, with, errors);
    let through = o
        .through
        .as_ref()
        .map(|path| target(path, own, with, errors));
    let mut relation = RelationDef::new(to?);
    relation.to_field = o.to_field.as_ref().map(|f| f.value.clone());
    relation.on_delete = o.on_delete.as_ref().map_or(OnDelete::Cascade, |d| d.value);
    relation.db_constraint = o.db_constraint.as_ref().is_none_or(|c| c.value);
    relation.through = through.flatten();
    Some(relation)
}

fn target(path: &Path, own: &ModelId, with: &dyn Resolve, errors: &mut Errors) -> Option<ModelId> {
    if path.is_ident("Self") {
        return Some(own.clone());
    }
    match with.model(path) {
        Ok(id) => Some(id),
        Err(message) => {
            errors.over(path, message);
            None
        }
    }
}

fn options(parsed: &ParsedModel, model: &mut ModelDef) {
    let names = |fields: &[Spanned<String>]| fields.iter().map(|f| f.value.clone()).collect();
    let ordered = |fields: &[(Spanned<String>, bool)]| -> Vec<OrderField> {
        let parts = fields.iter().map(|(field, descending)| OrderField {
            field: field.value.clone(),
            descending: *descending,
        });
        parts.collect()
    };
    model.table = parsed.table_name(&model.app);
    model.primary_key = names(&parsed.primary_key);
    model.storage = Storage {
        storage_type: parsed.storage_type.as_ref().map(|s| s.value),
        shard_key: parsed.shard_key.as_deref().map(names),
        sort_key: ordered(&parsed.sort_key),
    };
    model.unique_together = parsed.unique_together.iter().map(|g| names(g)).collect();
    model.ordering = ordered(&parsed.ordering);
    model.comment.clone_from(&parsed.comment);
    model.managed = parsed.managed;
    let left_out = parsed.fields.iter().filter(|f| f.is_left_out());
    model.fixtures = FixtureDef {
        natural_key: names(&parsed.natural_key),
        left_out: left_out.map(ParsedField::name).collect(),
    };
}

fn named_objects(parsed: &ParsedModel, model: &mut ModelDef, errors: &mut Errors) {
    let names = |fields: &[Spanned<String>]| -> Vec<String> {
        fields.iter().map(|f| f.value.clone()).collect()
    };
    let mut seen: Vec<String> = Vec::new();
    let mut settle = |given: &Option<String>, fields: &[Spanned<String>], suffix: &str| {
        let name = given.clone().unwrap_or_else(|| {
            let columns: Vec<String> = fields
                .iter()
                .filter_map(|f| parsed.field(&f.value)?.column_name())
                .collect();
            hashed_name(&model.table, &columns, suffix)
        });
        if seen.contains(&name) {
            let span = fields.first().map_or(parsed.ident.span(), |f| f.span);
            errors.at(
                span,
                "the same fields have two indexes: give one of them a `name = \"…\"`, or remove it",
            );
        }
        seen.push(name.clone());
        name
    };
    for index in &parsed.indexes {
        model.indexes.push(IndexDef {
            name: settle(&index.name, &index.fields, "idx"),
            fields: names(&index.fields),
            kind: index.kind,
            options: index.options,
        });
    }
    for unique in &parsed.uniques {
        model.constraints.push(ConstraintDef {
            name: settle(&unique.name, &unique.fields, "uniq"),
            fields: names(&unique.fields),
            unenforced: unique.unenforced,
        });
    }
}
