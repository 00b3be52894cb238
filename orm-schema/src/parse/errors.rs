//! Collects every fault of a struct, so that one compile shows them all.

use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;

/// Faults found so far.
#[derive(Debug, Default)]
#[must_use = "faults must reach the user through `finish`"]
pub(super) struct Errors {
    all: Option<syn::Error>,
    count: usize,
}

impl Errors {
    /// Adds a fault at a place.
    pub(super) fn at(&mut self, span: Span, message: impl Display) {
        self.absorb(syn::Error::new(span, message));
    }

    /// Adds a fault that spans all the tokens.
    pub(super) fn over(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.absorb(syn::Error::new_spanned(tokens, message));
    }

    /// Adds the faults of another error.
    pub(super) fn absorb(&mut self, error: syn::Error) {
        self.count += 1;
        match &mut self.all {
            Some(all) => all.combine(error),
            None => self.all = Some(error),
        }
    }

    /// How often a fault was added: tells whether a step found any.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The value, if nothing was wrong.
    pub(super) fn finish<T>(self, value: T) -> syn::Result<T> {
        match self.all {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }
}

/// Writes tokens the way people do, cut to what fits in a message.
pub(super) fn show(tokens: impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let tight = text
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" > ", ">")
        .replace(" >", ">")
        .replace("< ", "<")
        .replace(" ,", ",")
        .replace(" ;", ";")
        .replace("fn (", "fn(")
        .replace("& ", "&")
        .replace("- ", "-");
    if tight.chars().count() <= 60 {
        return tight;
    }
    let cut: String = tight.chars().take(57).collect();
    format!("{cut}…")
}

/// `a`, `b`, `c` for a message.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}

/// `: did you mean …?` if a name is near enough, else nothing; of one or two letters any other
/// name would be.
pub(super) fn suggestion<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    if word.chars().count() < 3 {
        return String::new();
    }
    crate::nearest(word, names)
        .map(|n| format!(": did you mean `{n}`?"))
        .unwrap_or_default()
}
