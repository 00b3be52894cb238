//! Which application a model belongs to.

use orm_schema::parse::ParsedModel;

/// The application: `#[model(app = "…")]`, else the package being compiled.
pub(crate) fn of(model: &ParsedModel) -> String {
    match &model.app {
        Some(app) => app.value.clone(),
        None => orm_schema::default_app(&std::env::var("CARGO_PKG_NAME").unwrap_or_default()),
    }
}
