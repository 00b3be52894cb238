//! Abstract bases. A derive sees the tokens of its own struct only, so a base leaves a macro of its
//! name that hands its tokens on, and a model with bases asks these macros, one after the other,
//! before it is expanded. The macro is in scope where the struct is.

use std::collections::HashMap;

use orm_schema::parse::{ParsedKind, ParsedModel, parse_model};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{DeriveInput, Path, Result, braced, parse_quote};

use crate::expand;

/// A field of the struct, or a base with its own.
pub(crate) enum Node {
    Field(Ident),
    Base {
        ident: Ident,
        path: Path,
        fields: Vec<Node>,
    },
}

/// A model with the fields of its bases, and where these stand in the struct.
pub(crate) struct Spliced {
    pub(crate) model: ParsedModel,
    pub(crate) tree: Vec<Node>,
    /// The fields on the way to a base's field, by its name.
    paths: HashMap<String, Vec<Ident>>,
}

impl Spliced {
    /// A model without bases.
    pub(crate) fn plain(model: ParsedModel) -> Self {
        let tree = model.fields.iter().map(|f| Node::Field(f.ident.clone()));
        Self {
            tree: tree.collect(),
            model,
            paths: HashMap::new(),
        }
    }

    /// How a field is reached from the object: `stamps.created_at`.
    pub(crate) fn access(&self, field: &Ident) -> TokenStream {
        match self.paths.get(&field.to_string()) {
            Some(path) => quote!(#(#path.)* #field),
            None => field.to_token_stream(),
        }
    }
}

/// What an abstract base leaves: its macro, and the types of its fields, which the models that
/// flatten it need not import.
pub(crate) fn base(input: &DeriveInput, model: &ParsedModel) -> TokenStream {
    let o = expand::PRIVATE;
    let ident = &model.ident;
    let name = format_ident!("__orm_base_{}", ident);
    let types = model.fields.iter().enumerate().filter_map(|(i, field)| {
        let (ParsedKind::Scalar { inner, .. } | ParsedKind::Auto { inner, .. }) = &field.kind
        else {
            return None;
        };
        let ty = &field.ty;
        Some(quote! {
            #[automatically_derived]
            impl #o::BaseField<#i> for #ident {
                type Type = #ty;
                type Inner = #inner;
            }
        })
    });
    quote! {
        #(#types)*
        #[doc(hidden)]
        #[allow(unused_macros)]
        macro_rules! #name {
            ($($asked:tt)*) => {
                #o::__spliced_model! { $($asked)* { #input } }
            };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        pub(crate) use #name as #ident;
    }
}

/// A model and the bases that are known so far, in the order in which they were asked for.
struct Asked {
    input: DeriveInput,
    bases: Vec<DeriveInput>,
}

impl Parse for Asked {
    fn parse(tokens: ParseStream<'_>) -> Result<Self> {
        let one = |tokens: ParseStream<'_>| {
            let inner;
            braced!(inner in tokens);
            inner.parse::<DeriveInput>()
        };
        let input = one(tokens)?;
        let mut bases = Vec::new();
        while !tokens.is_empty() {
            bases.push(one(tokens)?);
        }
        Ok(Self { input, bases })
    }
}

/// The code of a model whose bases are given in these tokens as far as they are known.
pub(crate) fn spliced(tokens: TokenStream) -> Result<TokenStream> {
    let Asked { input, bases } = syn::parse2(tokens)?;
    expand_or_ask(&input, bases)
}

/// The code of a model; where it misses a base, a call of that base's macro.
pub(crate) fn expand_or_ask(input: &DeriveInput, bases: Vec<DeriveInput>) -> Result<TokenStream> {
    let mut spliced = Spliced::plain(parse_model(input)?);
    let mut known = bases.iter();
    loop {
        let next = spliced.model.flattened().next();
        let Some((position, path)) = next.map(|(i, p)| (i, p.clone())) else {
            break;
        };
        let Some(base) = known.next() else {
            return Ok(quote! { #path! { { #input } #({ #bases })* } });
        };
        splice(&mut spliced, position, &path, base)?;
    }
    spliced.model.check_storage()?;
    expand::model(input, &spliced)
}

fn splice(into: &mut Spliced, at: usize, path: &Path, base: &DeriveInput) -> Result<()> {
    let o = expand::PRIVATE;
    let mut parsed = parse_model(base)?;
    let field = into.model.fields[at].ident.clone();
    let mut way = into
        .paths
        .get(&field.to_string())
        .cloned()
        .unwrap_or_default();
    way.push(field.clone());
    for (i, own) in parsed.fields.iter_mut().enumerate() {
        into.paths.insert(own.ident.to_string(), way.clone());
        // The names of these types are known where the base stands.
        if let ParsedKind::Scalar { inner, .. } | ParsedKind::Auto { inner, .. } = &mut own.kind {
            own.ty = parse_quote!(<#path as #o::BaseField<#i>>::Type);
            **inner = parse_quote!(<#path as #o::BaseField<#i>>::Inner);
        }
    }
    let fields = parsed.fields.iter().map(|f| Node::Field(f.ident.clone()));
    put(&mut into.tree, &field, path, fields.collect());
    into.model.flatten(at, &parsed)
}

/// Puts the fields of a base where it stands.
fn put(tree: &mut Vec<Node>, at: &Ident, path: &Path, mut fields: Vec<Node>) {
    for node in tree {
        match node {
            Node::Field(ident) if ident == at => {
                *node = Node::Base {
                    ident: ident.clone(),
                    path: path.clone(),
                    fields: std::mem::take(&mut fields),
                };
                return;
            }
            Node::Base { fields: inner, .. } if holds(inner, at) => {
                return put(inner, at, path, fields);
            }
            _ => {}
        }
    }
}

fn holds(tree: &[Node], ident: &Ident) -> bool {
    tree.iter().any(|node| match node {
        Node::Field(own) => own == ident,
        Node::Base { fields, .. } => holds(fields, ident),
    })
}
