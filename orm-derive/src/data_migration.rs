//! Code that migrations run.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Ident, LitStr, Result};

/// The function as it is, and its registration under a name.
///
/// Only the function's name is read: rustc checks the rest where the registration calls it, and the
/// macro needs no parser of whole functions.
pub(crate) fn expand(name: &LitStr, function: TokenStream) -> Result<TokenStream> {
    if name.value().is_empty() {
        return Err(Error::new(
            name.span(),
            "the name of a data migration is not empty",
        ));
    }
    let ident = function_name(&function).ok_or_else(|| {
        Error::new(
            name.span(),
            "`data_migration` belongs on a function: `async fn fill(db: &dyn Executor) -> orm::Result<()>`",
        )
    })?;
    let o = crate::expand::PRIVATE;
    Ok(quote! {
        #function
        const _: () = {
            #o::inventory::submit!(#o::DataMigration {
                name: #name,
                code: |db| ::std::boxed::Box::pin(async move {
                    #ident(db).await.map_err(#o::CodeError::from)
                }),
            });
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
