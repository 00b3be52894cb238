//! Code that migrations run.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitInt, LitStr, Result, Token};

/// Rows of a batch, where nothing else is said.
const ROWS: u64 = 1_000;
const USAGE: &str = "`data_migration` takes a name in quotes: write `#[orm::data_migration(\"fill_slugs\")]`, or `#[orm::data_migration(\"fill_slugs\", each = \"blog.Article\", batch = 500)]` for code that walks the rows of a model";

/// `"fill_slugs", each = "blog.Article", batch = 500`.
pub(crate) struct Arguments {
    name: LitStr,
    each: Option<Each>,
}

struct Each {
    app: String,
    model: String,
    rows: u64,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name: LitStr = input.parse().map_err(|e| Error::new(e.span(), USAGE))?;
        if name.value().is_empty() {
            let text = "the name of a data migration is not empty";
            return Err(Error::new(name.span(), text));
        }
        let mut each: Option<(Span, (String, String))> = None;
        let mut rows: Option<(Span, u64)> = None;
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse().map_err(|e| Error::new(e.span(), USAGE))?;
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "each" if each.is_none() => each = Some((key.span(), model(&input.parse()?)?)),
                "batch" if rows.is_none() => rows = Some((key.span(), number(&input.parse()?)?)),
                "each" | "batch" => {
                    return Err(Error::new(
                        key.span(),
                        format!("`{key}` stands there twice"),
                    ));
                }
                // It would say here what the migration's file has to say.
                "reverse" => {
                    let text = "the way back stands in the migration's file, where it is seen before anything runs: `reverse = \"…\"` beside `name`";
                    return Err(Error::new(key.span(), text));
                }
                other => {
                    let text = format!("unknown key `{other}`; there are `each` and `batch`");
                    return Err(Error::new(key.span(), text));
                }
            }
        }
        let each = match (each, rows) {
            (Some((_, (app, model))), rows) => Some(Each {
                app,
                model,
                rows: rows.map_or(ROWS, |(_, n)| n),
            }),
            (None, Some((span, _))) => {
                let text = "`batch` needs the model whose rows are walked: `each = \"app.Model\"`";
                return Err(Error::new(span, text));
            }
            (None, None) => None,
        };
        Ok(Self { name, each })
    }
}

/// `app.Model`.
fn model(text: &LitStr) -> Result<(String, String)> {
    let value = text.value();
    match value.split_once('.') {
        Some((app, model)) if !app.is_empty() && !model.is_empty() && !model.contains('.') => {
            Ok((app.to_owned(), model.to_owned()))
        }
        _ => Err(Error::new(
            text.span(),
            "`each` names a model by application and name: `each = \"blog.Article\"`",
        )),
    }
}

fn number(literal: &LitInt) -> Result<u64> {
    let wrong = || Error::new(literal.span(), "`batch` is a number of rows, at least 1");
    let rows: u64 = literal.base10_parse().map_err(|_| wrong())?;
    if rows == 0 { Err(wrong()) } else { Ok(rows) }
}

/// The function as it is, and its registration under a name.
///
/// Only the function's name is read: rustc checks the rest where the registration calls it, and the
/// macro needs no parser of whole functions.
pub(crate) fn expand(arguments: &Arguments, function: TokenStream) -> Result<TokenStream> {
    let Arguments { name, each } = arguments;
    let ident = function_name(&function).ok_or_else(|| {
        Error::new(
            name.span(),
            "`data_migration` belongs on a function: `async fn fill(models: &Models<'_>) -> orm::Result<()>`",
        )
    })?;
    let o = crate::expand::PRIVATE;
    let code = match each {
        None => quote! {
            #o::Code::Once(|models| ::std::boxed::Box::pin(async move {
                #ident(#o::CodeArgument::of(models)).await.map_err(#o::CodeError::from)
            }))
        },
        Some(Each { app, model, rows }) => quote! {
            #o::Code::Batches(#o::CodeBatches {
                app: #app,
                model: #model,
                rows: #rows,
                code: |models, rows| ::std::boxed::Box::pin(async move {
                    #ident(#o::CodeArgument::of(models), rows).await.map_err(#o::CodeError::from)
                }),
            })
        },
    };
    Ok(quote! {
        #function
        const _: () = {
            #o::inventory::submit!(#o::DataMigration { name: #name, code: #code });
        };
    })
}

/// The word after `fn`.
fn function_name(function: &TokenStream) -> Option<Ident> {
    let mut tokens = function.clone().into_iter();
    tokens.find(|t| matches!(t, TokenTree::Ident(i) if i == "fn"))?;
    match tokens.next() {
        Some(TokenTree::Ident(ident)) => Some(ident),
        _ => None,
    }
}
