//! Reads the values of attribute items.

use std::str::FromStr;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Lit, LitBool, LitInt, LitStr, Path};

use super::errors::{Errors, list, show, suggestion};
use super::items::{Item, Shape, span_of, split_at_commas};
use super::parsed::Spanned;
use crate::Literal;

impl Item {
    /// The place of the item's value, else of its name.
    pub(super) fn span(&self) -> Span {
        match &self.shape {
            Shape::Flag => self.name.span(),
            Shape::Value(value) => span_of(value, self.name.span()),
            Shape::List(group) => group.span(),
        }
    }

    fn wrong(&self, wanted: &str, errors: &mut Errors) {
        let (name, form) = (self.attribute.name, self.attribute.form);
        match &self.shape {
            Shape::Flag => errors.at(
                self.name.span(),
                format!("`{name}` needs {wanted}: write `{form}`"),
            ),
            Shape::Value(value) => errors.over(
                value,
                format!(
                    "`{name}` takes {wanted}, found `{}`: write `{form}`",
                    show(value)
                ),
            ),
            Shape::List(group) => errors.over(
                group,
                format!(
                    "`{name}` takes {wanted}, found `{}`: write `{form}`",
                    show(group)
                ),
            ),
        }
    }

    /// A word that stands alone.
    pub(super) fn flag(&self, errors: &mut Errors) -> Option<Span> {
        if let Shape::Flag = self.shape {
            return Some(self.name.span());
        }
        let name = self.attribute.name;
        errors.at(
            self.span(),
            format!("`{name}` takes no value: write it alone"),
        );
        None
    }

    /// `= "text"`; empty text is a fault.
    pub(super) fn string(&self, errors: &mut Errors) -> Option<Spanned<String>> {
        let text = self.text(errors)?;
        if text.value.trim().is_empty() {
            let name = self.attribute.name;
            errors.at(
                text.span,
                format!("`{name}` is empty: give it a value or leave it out"),
            );
            return None;
        }
        Some(text)
    }

    /// `= "text"`.
    pub(super) fn text(&self, errors: &mut Errors) -> Option<Spanned<String>> {
        if let Shape::Value(value) = &self.shape
            && let Ok(text) = syn::parse2::<LitStr>(value.clone())
        {
            return Some(Spanned {
                value: text.value(),
                span: text.span(),
            });
        }
        self.wrong("text in quotes", errors);
        None
    }

    /// `= 12`, in the range of `T`.
    pub(super) fn number<T: FromStr>(&self, errors: &mut Errors) -> Option<Spanned<T>> {
        let Some(number) = self.parsed::<LitInt>() else {
            self.wrong("a whole number", errors);
            return None;
        };
        match number.base10_digits().parse() {
            Ok(value) => Some(Spanned {
                value,
                span: number.span(),
            }),
            Err(_) => {
                let name = self.attribute.name;
                errors.at(number.span(), format!("`{name}` is out of range: {number}"));
                None
            }
        }
    }

    /// `= true`, `= false`, or the word alone for true.
    pub(super) fn boolean(&self, errors: &mut Errors) -> Option<Spanned<bool>> {
        if let Shape::Flag = self.shape {
            return Some(Spanned {
                value: true,
                span: self.name.span(),
            });
        }
        let Some(value) = self.parsed::<LitBool>() else {
            self.wrong("`true` or `false`", errors);
            return None;
        };
        Some(Spanned {
            value: value.value(),
            span: value.span(),
        })
    }

    /// `= path::to::it`.
    pub(super) fn path(&self, errors: &mut Errors) -> Option<Path> {
        let path = self.parsed::<Path>();
        if path.is_none() {
            let quoted = self.parsed::<LitStr>().is_some();
            let wanted = if quoted {
                "a path without quotes"
            } else {
                "a path"
            };
            self.wrong(wanted, errors);
        }
        path
    }

    /// `= "one of the names"`.
    pub(super) fn choice<T: Copy>(
        &self,
        names: &[(&'static str, T)],
        errors: &mut Errors,
    ) -> Option<Spanned<T>> {
        let text = self.text(errors)?;
        if let Some((_, value)) = names.iter().find(|(n, _)| *n == text.value) {
            return Some(Spanned {
                value: *value,
                span: text.span,
            });
        }
        let known = || names.iter().map(|(n, _)| *n);
        errors.at(
            text.span,
            format!(
                "`{}` cannot be \"{}\"{}\nvalid values: {}",
                self.attribute.name,
                text.value,
                suggestion(&text.value, known()),
                list(known()),
            ),
        );
        None
    }

    /// `= literal`.
    pub(super) fn literal(&self, errors: &mut Errors) -> Option<Spanned<Literal>> {
        let Shape::Value(value) = &self.shape else {
            self.wrong("a value", errors);
            return None;
        };
        match literal(value.clone()) {
            Ok(found) => Some(Spanned {
                value: found,
                span: self.span(),
            }),
            Err(message) => {
                errors.over(value, format!("`{}` {message}", self.attribute.name));
                None
            }
        }
    }

    /// `(literal, literal)`.
    pub(super) fn literals(&self, errors: &mut Errors) -> Option<Spanned<Vec<Literal>>> {
        let Shape::List(group) = &self.shape else {
            self.wrong("values in parentheses", errors);
            return None;
        };
        let mut found = Vec::new();
        for part in split_at_commas(group.stream(), errors) {
            let tokens: TokenStream = part.into_iter().collect();
            match literal(tokens.clone()) {
                Ok(value) => found.push(value),
                Err(message) => {
                    errors.over(&tokens, format!("`{}` {message}", self.attribute.name))
                }
            }
        }
        if found.is_empty() {
            self.empty(errors);
        }
        Some(Spanned {
            value: found,
            span: self.name.span(),
        })
    }

    /// `(a, b)`: names of fields.
    pub(super) fn fields(&self, errors: &mut Errors) -> Option<Vec<Spanned<String>>> {
        let ordered = self.ordered_fields(errors)?;
        for (field, descending) in &ordered {
            if *descending {
                errors.at(
                    field.span,
                    format!(
                        "`{}` has no direction: write `{}` without `-`",
                        self.attribute.name, field.value
                    ),
                );
            }
        }
        Some(ordered.into_iter().map(|(field, _)| field).collect())
    }

    /// `(a, -b)`: names of fields with direction.
    pub(super) fn ordered_fields(
        &self,
        errors: &mut Errors,
    ) -> Option<Vec<(Spanned<String>, bool)>> {
        let Shape::List(group) = &self.shape else {
            self.wrong("names of fields in parentheses", errors);
            return None;
        };
        let mut found: Vec<(Spanned<String>, bool)> = Vec::new();
        for part in split_at_commas(group.stream(), errors) {
            let Some(field) = self.field_name(&part, errors) else {
                continue;
            };
            if found.iter().any(|(f, _)| f.value == field.0.value) {
                errors.at(
                    field.0.span,
                    format!(
                        "`{}` stands twice in `{}`",
                        field.0.value, self.attribute.name
                    ),
                );
                continue;
            }
            found.push(field);
        }
        Some(found)
    }

    fn field_name(
        &self,
        part: &[TokenTree],
        errors: &mut Errors,
    ) -> Option<(Spanned<String>, bool)> {
        let (descending, rest) = match part {
            [TokenTree::Punct(p), rest @ ..] if p.as_char() == '-' => (true, rest),
            rest => (false, rest),
        };
        if let [TokenTree::Ident(name)] = rest {
            let value = name.unraw().to_string();
            let span = name.span();
            return Some((Spanned { value, span }, descending));
        }
        if let [TokenTree::Group(group)] = rest
            && group.delimiter() == Delimiter::None
        {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let (field, inner_descending) = self.field_name(&inner, errors)?;
            return Some((field, descending ^ inner_descending));
        }
        let tokens: TokenStream = part.iter().cloned().collect();
        let name = self.attribute.name;
        let advice = match syn::parse2::<LitStr>(tokens.clone()) {
            Ok(text) => format!("write `{}` without quotes", text.value()),
            Err(_) => format!("write `{}`", self.attribute.form),
        };
        errors.over(
            &tokens,
            format!(
                "`{name}` takes names of fields, found `{}`: {advice}",
                show(&tokens)
            ),
        );
        None
    }

    /// Says that a list needs something in it.
    pub(super) fn empty(&self, errors: &mut Errors) {
        let (name, form) = (self.attribute.name, self.attribute.form);
        errors.at(
            self.span(),
            format!("`{name}` is empty: write `{form}` or leave it out"),
        );
    }

    fn parsed<T: syn::parse::Parse>(&self) -> Option<T> {
        match &self.shape {
            Shape::Value(value) => syn::parse2(value.clone()).ok(),
            _ => None,
        }
    }
}

/// Reads a literal, with a sign where it is a number.
pub(super) fn literal(tokens: TokenStream) -> Result<Literal, String> {
    let mut rest = tokens.clone().into_iter();
    let negative = matches!(rest.next(), Some(TokenTree::Punct(p)) if p.as_char() == '-');
    let unsigned: TokenStream = if negative {
        rest.collect()
    } else {
        tokens.clone()
    };
    let found = syn::parse2::<Lit>(unsigned).map_err(|_| {
        format!(
            "takes a literal such as `0`, `true` or `\"text\"`, found `{}`: \
             for a constant or a call write `default_fn = path` of a function",
            show(&tokens)
        )
    })?;
    let sign = if negative { "-" } else { "" };
    match found {
        Lit::Int(n) => format!("{sign}{}", n.base10_digits())
            .parse()
            .map(Literal::Int)
            .map_err(|_| format!("is out of range: {n}")),
        Lit::Float(n) => match format!("{sign}{}", n.base10_digits()).parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Literal::Float(value)),
            _ => Err(format!("is out of range: {n}")),
        },
        Lit::Str(text) if !negative => Ok(Literal::Text(text.value())),
        Lit::Bool(value) if !negative => Ok(Literal::Bool(value.value())),
        Lit::Char(c) if !negative => Err(format!(
            "takes text in double quotes, found a character: write \"{}\"",
            c.value()
        )),
        _ => Err(format!(
            "takes a number, a truth value or text, found `{}`: for other values write `default_fn = path`",
            show(&tokens)
        )),
    }
}
