//! Reading SQL: tokens, and just enough grammar to decide what a statement is.

mod create;
mod cursor;
mod edits;
mod lexer;
mod select;
mod sources;

pub(crate) use create::{
    Column, Computed, CreateTable, Key, KeyKind, KeyPart, TableKind, column, data_type, key,
};
pub(crate) use cursor::Cursor;
pub(crate) use edits::Edits;
pub(crate) use lexer::{Kind, Mode, Sql, quote_name, quote_text};
pub(crate) use select::{
    Core, Form, Join, Place, Query, Range, Source, SourceKind, Sub, is_aggregate, order_hint,
    order_terms,
};
