//! The items of a file that matter to models: modules, imports, aliases and derived types.
//!
//! Function bodies and all other items are skipped as token trees, unread: that is fast, and code
//! that does not compile there is no obstacle.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, DeriveInput, Ident, ItemExternCrate, ItemType, ItemUse, Token, Visibility, token,
};

/// One item, its attributes apart.
pub(super) struct RawItem {
    pub(super) attrs: Vec<Attribute>,
    pub(super) kind: RawKind,
}

/// What an item is.
pub(super) enum RawKind {
    /// `mod x;` or `mod x { … }`.
    Module(Ident, Option<TokenStream>),
    /// `use …;`.
    Use(ItemUse),
    /// `extern crate x as y;`.
    ExternCrate(ItemExternCrate),
    /// `type X = Y;`.
    Alias(ItemType),
    /// A struct, enum or union with a `derive` or `cfg_attr`, its attributes taken out.
    Derived(Box<DeriveInput>),
    /// Another type or trait: only its name matters.
    Named(Ident),
    /// `include!("file")`.
    Include(TokenStream),
}

/// The attributes and items of a module.
pub(super) struct RawModule {
    pub(super) attrs: Vec<Attribute>,
    pub(super) items: Vec<RawItem>,
}

/// Reads the items of a file or of an inline module.
///
/// # Errors
/// Syntax that makes the items unclear.
pub(super) fn read_items(tokens: TokenStream) -> syn::Result<RawModule> {
    let module = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.extend(item(input)?);
        }
        Ok(RawModule { attrs, items })
    };
    module.parse2(tokens)
}

fn item(input: ParseStream<'_>) -> syn::Result<Option<RawItem>> {
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        return Ok(None);
    }
    let attrs = input.call(Attribute::parse_outer)?;
    let before_vis = input.fork();
    let vis: Visibility = input.parse()?;
    let kind = if input.peek(Token![use]) {
        let mut item: ItemUse = input.parse()?;
        item.vis = vis;
        Some(RawKind::Use(item))
    } else if input.peek(Token![mod]) {
        Some(module(input)?)
    } else if input.peek(Token![type]) {
        Some(alias(input)?)
    } else if input.peek(Token![extern]) && input.peek2(Token![crate]) {
        Some(RawKind::ExternCrate(input.parse()?))
    } else if let Some(name) = type_name(input) {
        if attrs
            .iter()
            .any(|a| a.path().is_ident("derive") || a.path().is_ident("cfg_attr"))
        {
            Some(RawKind::Derived(Box::new(input.parse()?)))
        } else {
            skip(input, false)?;
            Some(RawKind::Named(name))
        }
    } else {
        other(input, &before_vis)?
    };
    Ok(kind.map(|kind| RawItem { attrs, kind }))
}

fn module(input: ParseStream<'_>) -> syn::Result<RawKind> {
    input.parse::<Token![mod]>()?;
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        return Ok(RawKind::Module(name, None));
    }
    if !input.peek(token::Brace) {
        return Err(input.error(format!("expected `;` or `{{` after `mod {name}`")));
    }
    let content;
    syn::braced!(content in input);
    Ok(RawKind::Module(name, Some(content.parse()?)))
}

/// An alias; one that is no plain type (inside unfinished code) is refused by its own error.
fn alias(input: ParseStream<'_>) -> syn::Result<RawKind> {
    input.parse().map(RawKind::Alias)
}

/// The name of the struct, enum, union or trait that begins here.
fn type_name(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    let named = word == "struct" || word == "enum" || word == "union" || word == "trait";
    // `union` is a word of its own only before a name: `union! { … }` is a macro.
    if named { ahead.parse().ok() } else { None }
}

/// Skips what declares no type; only `include!` is kept.
fn other(input: ParseStream<'_>, start: ParseStream<'_>) -> syn::Result<Option<RawKind>> {
    let ahead = input.fork();
    if let Ok(path) = ahead.call(syn::Path::parse_mod_style)
        && ahead.peek(Token![!])
    {
        if path.is_ident("include") {
            let mac: syn::Macro = input.parse()?;
            return Ok(Some(RawKind::Include(mac.tokens)));
        }
        skip(input, false)?;
        return Ok(None);
    }
    let first = input.fork().call(Ident::parse_any);
    let Ok(first) = first else {
        let found = start
            .fork()
            .parse::<TokenTree>()
            .map(|t| t.to_string())
            .unwrap_or_default();
        return Err(start.error(format!("expected an item, found `{found}`")));
    };
    let until_semicolon = first == "static"
        || (first == "const"
            && !["fn", "unsafe", "async", "extern", "impl", "trait"]
                .iter()
                .any(|w| second_is(input, w)));
    skip(input, until_semicolon)?;
    Ok(None)
}

fn second_is(input: ParseStream<'_>, word: &str) -> bool {
    let ahead = input.fork();
    let _ = ahead.parse::<TokenTree>();
    ahead.call(Ident::parse_any).is_ok_and(|i| i == word)
}

/// Skips to the end of an item: `;`, or a block unless only `;` ends it. A block inside angle
/// brackets (`Foo<{ N }>`) is followed by `>` or `,` and ends nothing.
fn skip(input: ParseStream<'_>, until_semicolon: bool) -> syn::Result<()> {
    while !input.is_empty() {
        match input.parse::<TokenTree>()? {
            TokenTree::Punct(p) if p.as_char() == ';' => return Ok(()),
            TokenTree::Group(g)
                if g.delimiter() == Delimiter::Brace
                    && !until_semicolon
                    && !input.peek(Token![>])
                    && !input.peek(Token![,]) =>
            {
                return Ok(());
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let module = read_items(text.parse().unwrap()).unwrap();
        let name = |item: RawItem| match item.kind {
            RawKind::Module(name, inline) => {
                format!("mod {name}{}", if inline.is_some() { " {}" } else { "" })
            }
            RawKind::Use(_) => "use".to_owned(),
            RawKind::ExternCrate(item) => format!("extern {}", item.ident),
            RawKind::Alias(item) => format!("type {}", item.ident),
            RawKind::Derived(item) => format!("derived {}", item.ident),
            RawKind::Named(name) => format!("named {name}"),
            RawKind::Include(_) => "include".to_owned(),
        };
        module.items.into_iter().map(name).collect()
    }

    #[test]
    fn items_are_told_apart() {
        assert_eq!(
            names(
                "#![allow(x)] extern crate orm; pub(crate) mod a; mod b { struct In; } use x::{y, z as w};
                 pub type T = Vec<u8>; #[derive(Debug)] pub struct S { a: u8 } struct Plain(u8); enum E { A }
                 pub trait Tr { fn f(); } include!(\"x.rs\");"
            ),
            ["extern orm", "mod a", "mod b {}", "use", "type T", "derived S", "named Plain", "named E", "named Tr", "include"]
        );
    }

    #[test]
    fn all_else_is_skipped_whatever_it_holds() {
        assert_eq!(
            names(
                "fn f<const N: usize>() -> [u8; { N }] where A<{ 1 }>: B, { let = not valid rust } fn g();
                 impl X<{ 3 }> for Y { type T = u8; } const A: S = S { a: 1 }; const fn c() {} static mut Q: u8 = 1;
                 macro_rules! m { ($x:ident) => { struct $x; } } m!(A); crate::m! { struct B; } thread_local! {}
                 extern \"C\" { fn x(); } unsafe impl Send for X {} async fn h() {} union U { a: u8 } struct Last;"
            ),
            ["named U", "named Last"]
        );
    }

    #[test]
    fn what_is_no_item_is_refused() {
        let error = read_items("struct A; = 3;".parse().unwrap()).err().unwrap();
        assert!(error.to_string().contains("expected an item"), "{error}");
    }
}
