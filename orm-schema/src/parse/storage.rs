//! Asks the rule book about a model whose storage type stands in the code.

use super::Resolve;
use super::errors::Errors;
use super::parsed::{ParsedKind, ParsedModel};
use crate::check::check_singlestore;
use crate::{FieldType, ModelId};

impl ParsedModel {
    /// Checks what SingleStore would refuse, as far as the struct alone shows it.
    ///
    /// Only a model that names its `storage_type` is checked: without it, the application or the
    /// server decides, which tokens do not show; `orm-cli check` does. Types that are not built-in
    /// ones and the keys of other models are passed over.
    ///
    /// # Errors
    /// All broken rules, each at its field, else at the storage type.
    pub fn check_storage(&self) -> syn::Result<()> {
        let mut errors = Errors::default();
        let Some(storage_type) = self.storage_type.as_ref().filter(|_| !self.is_abstract) else {
            return Ok(());
        };
        if self.has_flatten() {
            return Ok(());
        }
        let mut model = self.clone();
        for field in &mut model.fields {
            if let ParsedKind::Scalar { known, .. } = &mut field.kind {
                // No rule is about the empty type.
                known.get_or_insert(FieldType::Sql(String::new()));
            }
        }
        let model = model.resolve(&Alone)?;
        for finding in check_singlestore(&model, &|_| None) {
            let field = finding.field.as_deref().and_then(|name| self.field(name));
            let span = field.map_or(storage_type.span, |f| f.ident.span());
            errors.at(
                span,
                format!(
                    "{} ({})\nway out: {}",
                    finding.message, finding.id, finding.hint
                ),
            );
        }
        errors.finish(())
    }
}

/// Knows nothing but the struct: other models are told apart by their last name.
struct Alone;

impl Resolve for Alone {
    fn app(&self) -> &str {
        ""
    }

    fn model(&self, path: &syn::Path) -> Result<ModelId, String> {
        let name = path.segments.last().map(|s| s.ident.to_string());
        Ok(ModelId::new("", name.unwrap_or_default()))
    }

    fn scalar(&self, _: &syn::Type) -> Result<(FieldType, bool), String> {
        Ok((FieldType::Sql(String::new()), false))
    }
}
