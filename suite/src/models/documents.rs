//! JSON documents, loose and typed.

use orm::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "documents", ordering(id))]
pub struct Document {
    #[field(primary_key)]
    pub id: i64,
    pub data: serde_json::Value,
    pub settings: Option<Json<Settings>>,
}

/// A document with a shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub theme: String,
    pub sizes: Vec<i64>,
    pub owner: Option<Owner>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owner {
    pub name: String,
    pub admin: bool,
}
