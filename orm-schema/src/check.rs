//! The rule book: rules over whole models, each with an id.
