//! Migrations inside the program.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr, Result};

/// `&[("blog/0001_initial.toml", include_str!(…)), …]`.
///
/// Each `HEAD` file is included too: a new migration changes it, so cargo builds anew.
pub(crate) fn expand(folder: &LitStr) -> Result<TokenStream> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = PathBuf::from(package).join(folder.value());
    let failed = |path: &Path, error: std::io::Error| {
        Error::new(
            folder.span(),
            format!(
                "cannot read the migrations in {}: {error}; the path is relative to the package, and `orm-cli makemigrations` makes the folder",
                path.display()
            ),
        )
    };
    let mut files = Vec::new();
    for app in entries(&root).map_err(|e| failed(&root, e))? {
        if !app.is_dir() {
            continue;
        }
        for file in entries(&app).map_err(|e| failed(&app, e))? {
            let head = file.file_name().is_some_and(|n| n == "HEAD");
            if !head && file.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let below = file.strip_prefix(&root).unwrap_or(&file);
            let name = below.to_string_lossy().replace('\\', "/");
            let path = file.to_string_lossy().into_owned();
            files.push(quote!((#name, ::core::include_str!(#path))));
        }
    }
    Ok(quote! {{
        const FILES: &[(&::core::primitive::str, &::core::primitive::str)] = &[#(#files),*];
        FILES
    }})
}

/// What is in a folder, in the order of names.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
