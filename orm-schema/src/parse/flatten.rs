//! Splices the fields of an abstract base into a model.

use super::errors::{Errors, show};
use super::parsed::{ParsedKind, ParsedModel};

impl ParsedModel {
    /// The bases that still stand unspliced: the position of the field and the path to the base.
    pub fn flattened(&self) -> impl Iterator<Item = (usize, &syn::Path)> {
        self.fields
            .iter()
            .enumerate()
            .filter_map(|(i, f)| match &f.kind {
                ParsedKind::Flatten(path) => Some((i, path)),
                _ => None,
            })
    }

    /// Puts the fields of a base where the field at `position` stands, and takes over the base's key,
    /// order, indexes and constraints: key and order only where the model has none of its own.
    ///
    /// Tokens do not show other structs, so whoever knows them calls this for each of
    /// [`Self::flattened`] (bases of bases first) before [`Self::resolve`].
    ///
    /// # Errors
    /// The field at `position` is no flattened base, or the struct given is not abstract.
    pub fn flatten(&mut self, position: usize, base: &ParsedModel) -> syn::Result<()> {
        let mut errors = Errors::default();
        let Some(field) = self.fields.get(position) else {
            errors.at(
                self.ident.span(),
                format!("`{}` has no field at position {position}", self.ident),
            );
            return errors.finish(());
        };
        if !matches!(field.kind, ParsedKind::Flatten(_)) {
            errors.at(
                field.ident.span(),
                format!("`{}` is not flattened", field.name()),
            );
            return errors.finish(());
        }
        if !base.is_abstract {
            errors.over(
                &field.ty,
                format!(
                    "`{}` is a model of its own: write `#[model(abstract)]` on it, or relate to it with `OneToOne<{}>`",
                    base.ident,
                    show(&field.ty)
                ),
            );
            return errors.finish(());
        }
        self.fields
            .splice(position..=position, base.fields.iter().cloned());
        if self.primary_key.is_empty() {
            self.primary_key.clone_from(&base.primary_key);
        }
        if self.ordering.is_empty() {
            self.ordering.clone_from(&base.ordering);
        }
        if self.natural_key.is_empty() {
            self.natural_key.clone_from(&base.natural_key);
        }
        self.unique_together
            .extend(base.unique_together.iter().cloned());
        self.uniques.extend(base.uniques.iter().cloned());
        self.indexes.extend(base.indexes.iter().cloned());
        errors.finish(())
    }
}
