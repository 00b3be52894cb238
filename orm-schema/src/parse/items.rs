//! Cuts the tokens of an attribute into items, so that a fault in one does not hide the others.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Ident, Meta};

use super::errors::{Errors, list, show, suggestion};
use super::names::{self, Attribute};

/// One item: `name`, `name = value`, `name(…)` or `name[…]`.
#[derive(Debug)]
pub(super) struct Item {
    /// The name as written.
    pub(super) name: Ident,
    /// What the grammar says of the name.
    pub(super) attribute: &'static Attribute,
    /// What stands behind the name.
    pub(super) shape: Shape,
}

/// What stands behind an item's name.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing.
    Flag,
    /// `= value`.
    Value(TokenStream),
    /// `(…)` or `[…]`.
    List(Group),
}

/// A set of names that may stand in one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    /// The place, for messages: `#[field(...)]`.
    pub(super) place: &'static str,
    /// The names.
    pub(super) names: &'static [Attribute],
    /// Names that may stand several times.
    pub(super) repeatable: &'static [&'static str],
}

/// The items of `#[model(...)]`.
pub(super) const MODEL: Grammar = Grammar {
    place: "#[model(...)]",
    names: names::model::ALL,
    repeatable: &[
        names::model::UNIQUE_TOGETHER,
        names::model::UNIQUE,
        names::model::INDEX,
    ],
};

/// The items of `#[field(...)]`.
pub(super) const FIELD: Grammar = Grammar {
    place: "#[field(...)]",
    names: names::field::ALL,
    repeatable: &[],
};

impl Grammar {
    /// Reads the items of all attributes of one name on one thing.
    pub(super) fn read(
        &self,
        attributes: &[syn::Attribute],
        name: &str,
        errors: &mut Errors,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        for attribute in attributes.iter().filter(|a| a.path().is_ident(name)) {
            match &attribute.meta {
                Meta::List(meta) => self.split(meta.tokens.clone(), errors, &mut items),
                Meta::Path(path) => errors.over(
                    path,
                    format!(
                        "`#[{name}]` says nothing: write `{}` with names inside",
                        self.place
                    ),
                ),
                Meta::NameValue(meta) => errors.over(
                    meta,
                    format!("`#[{name} = …]` is not understood: write `{}`", self.place),
                ),
            }
        }
        self.refuse_repeats(items, errors)
    }

    /// Reads the items of a list inside an attribute.
    pub(super) fn read_group(&self, group: &Group, errors: &mut Errors) -> Vec<Item> {
        let mut items = Vec::new();
        self.split(group.stream(), errors, &mut items);
        self.refuse_repeats(items, errors)
    }

    fn split(&self, tokens: TokenStream, errors: &mut Errors, items: &mut Vec<Item>) {
        for part in split_at_commas(tokens, errors) {
            items.extend(self.item(part, errors));
        }
    }

    fn item(&self, part: Vec<TokenTree>, errors: &mut Errors) -> Option<Item> {
        let mut tokens = unwrap_invisible(part).into_iter();
        let first = tokens.next()?;
        let TokenTree::Ident(name) = first else {
            errors.over(
                &first,
                format!(
                    "expected a name in `{}`, found `{}`",
                    self.place,
                    show(&first)
                ),
            );
            return None;
        };
        let attribute = self.lookup(&name, errors);
        let shape = match tokens.next() {
            None => Some(Shape::Flag),
            Some(TokenTree::Punct(p)) if p.as_char() == '=' => {
                let value: TokenStream = tokens.collect();
                if value.is_empty() {
                    errors.at(
                        p.span(),
                        format!("`{name}` has no value after `=`{}", how(attribute)),
                    );
                    return None;
                }
                Some(Shape::Value(value))
            }
            Some(TokenTree::Group(group)) if is_list(&group) => {
                if let Some(extra) = tokens.next() {
                    unexpected(&name, &extra, errors);
                    return None;
                }
                Some(Shape::List(group))
            }
            Some(TokenTree::Punct(p)) if p.as_char() == ':' => {
                errors.at(
                    p.span(),
                    format!("a value stands behind `=`, not `:`{}", how(attribute)),
                );
                return None;
            }
            Some(extra) => {
                unexpected(&name, &extra, errors);
                return None;
            }
        };
        Some(Item {
            name,
            attribute: attribute?,
            shape: shape?,
        })
    }

    fn lookup(&self, name: &Ident, errors: &mut Errors) -> Option<&'static Attribute> {
        let word = name.unraw().to_string();
        if let Some(found) = self.names.iter().find(|a| a.name == word) {
            return Some(found);
        }
        let known = || self.names.iter().map(|a| a.name);
        let advice = match elsewhere(self, &word) {
            Some(advice) => advice,
            None => suggestion(&word, known()),
        };
        errors.at(
            name.span(),
            format!(
                "unknown attribute `{word}` in `{}`{advice}\nvalid names: {}",
                self.place,
                list(known())
            ),
        );
        None
    }

    fn refuse_repeats(&self, items: Vec<Item>, errors: &mut Errors) -> Vec<Item> {
        let mut kept: Vec<Item> = Vec::with_capacity(items.len());
        for item in items {
            let name = item.attribute.name;
            if !self.repeatable.contains(&name) && kept.iter().any(|k| k.attribute.name == name) {
                errors.at(
                    item.name.span(),
                    format!("`{name}` stands twice: keep one of them"),
                );
            } else {
                kept.push(item);
            }
        }
        kept
    }
}

/// Brackets are as good: to clippy an attribute with them is no list of names, among which a column
/// that two indexes share would stand twice (`clippy::duplicated_attributes`).
fn is_list(group: &Group) -> bool {
    matches!(
        group.delimiter(),
        Delimiter::Parenthesis | Delimiter::Bracket
    )
}

/// Where a name that is unknown here belongs, or what stands for it.
fn elsewhere(here: &Grammar, word: &str) -> Option<String> {
    let other = match here.place {
        place if place == MODEL.place => Some((&FIELD, "a field")),
        place if place == FIELD.place => Some((&MODEL, "the struct")),
        _ => None,
    };
    let (other, on) = other?;
    if other.names.iter().any(|a| a.name == word) {
        return Some(format!(": it belongs in `{}` on {on}", other.place));
    }
    let (_, advice) = names::HABITS.iter().find(|(habit, _)| *habit == word)?;
    Some(format!(": {advice}"))
}

/// `: write …` with the form of a known attribute.
fn how(attribute: Option<&Attribute>) -> String {
    attribute
        .map(|a| format!(": write `{}`", a.form))
        .unwrap_or_default()
}

fn unexpected(name: &Ident, extra: &TokenTree, errors: &mut Errors) {
    errors.over(
        extra,
        format!(
            "unexpected `{}` after `{name}`: commas stand between attributes",
            show(extra)
        ),
    );
}

/// The parts between commas; an empty part is a fault, a comma at the end is not.
pub(super) fn split_at_commas(tokens: TokenStream, errors: &mut Errors) -> Vec<Vec<TokenTree>> {
    let mut parts = Vec::new();
    let mut part: Vec<TokenTree> = Vec::new();
    // Commas in `between::<1, 5>` are the path's own.
    let mut depth = 0_u32;
    for token in tokens {
        if let TokenTree::Punct(p) = &token {
            let behind_colon =
                matches!(part.last(), Some(TokenTree::Punct(last)) if last.as_char() == ':');
            match p.as_char() {
                '<' if behind_colon || depth > 0 => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        match token {
            TokenTree::Punct(p) if p.as_char() == ',' && depth == 0 => {
                if part.is_empty() {
                    errors.at(p.span(), "one comma too many");
                } else {
                    parts.push(std::mem::take(&mut part));
                }
            }
            other => part.push(other),
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// Opens the invisible group that a macro's fragment comes in.
fn unwrap_invisible(mut part: Vec<TokenTree>) -> Vec<TokenTree> {
    while let [TokenTree::Group(group)] = part.as_slice() {
        if group.delimiter() != Delimiter::None {
            break;
        }
        part = group.stream().into_iter().collect();
    }
    part
}

/// The place of the first token, else `otherwise`.
pub(super) fn span_of(tokens: &TokenStream, otherwise: Span) -> Span {
    tokens
        .clone()
        .into_iter()
        .next()
        .map_or(otherwise, |t| t.span())
}
