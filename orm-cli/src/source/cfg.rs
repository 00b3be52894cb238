//! `#[cfg(...)]` as rustc reads it: features as given, `test` off, the target as the host.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

/// What is set.
#[derive(Debug, Clone)]
pub(crate) struct Cfg {
    /// The features that are on.
    pub(crate) features: BTreeSet<String>,
    /// Names that `RUSTFLAGS` sets by `--cfg`.
    pub(crate) custom: BTreeSet<String>,
    /// Whether a build script may set names that nobody sees.
    pub(crate) build_script: bool,
}

/// Names that only tools set: off in a build of the program.
const TOOLS: [&str; 12] = [
    "test",
    "doc",
    "docsrs",
    "doctest",
    "miri",
    "loom",
    "fuzzing",
    "coverage",
    "coverage_nightly",
    "kani",
    "clippy",
    "rustfmt",
];

impl Cfg {
    /// The names that `RUSTFLAGS` sets.
    pub(crate) fn custom_from_env() -> BTreeSet<String> {
        let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS")
            .map(|f| f.replace('\u{1f}', " "))
            .or_else(|_| std::env::var("RUSTFLAGS"))
            .unwrap_or_default();
        let mut words = flags.split_whitespace();
        let mut found = BTreeSet::new();
        while let Some(word) = words.next() {
            let value = match word.strip_prefix("--cfg") {
                Some("") => words.next(),
                Some(joined) => joined.strip_prefix('='),
                None => None,
            };
            found.extend(value.map(|v| v.trim_matches(['\'', '"']).to_owned()));
        }
        found
    }

    /// Whether an item with these attributes is compiled. `cfg_attr` is taken apart on the way:
    /// the attributes that hold are handed back in its place.
    ///
    /// # Errors
    /// A condition that cannot be decided, with its span.
    pub(crate) fn apply(&self, attrs: Vec<Attribute>) -> syn::Result<Option<Vec<Attribute>>> {
        if !attrs
            .iter()
            .any(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr"))
        {
            return Ok(Some(attrs));
        }
        let mut kept = Vec::with_capacity(attrs.len());
        for attr in attrs {
            if attr.path().is_ident("cfg") {
                if !self.holds(&attr.parse_args()?)? {
                    return Ok(None);
                }
            } else if attr.path().is_ident("cfg_attr") {
                let nested = self.expand(&attr)?;
                match self.apply(nested)? {
                    Some(nested) => kept.extend(nested),
                    None => return Ok(None),
                }
            } else {
                kept.push(attr);
            }
        }
        Ok(Some(kept))
    }

    fn expand(&self, attr: &Attribute) -> syn::Result<Vec<Attribute>> {
        let parts = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
        let mut parts = parts.into_iter();
        let Some(condition) = parts.next() else {
            return Ok(Vec::new());
        };
        if !self.holds(&condition)? {
            return Ok(Vec::new());
        }
        let attribute = |meta: Meta| Attribute {
            pound_token: attr.pound_token,
            style: attr.style,
            bracket_token: attr.bracket_token,
            meta,
        };
        Ok(parts.map(attribute).collect())
    }

    fn holds(&self, meta: &Meta) -> syn::Result<bool> {
        match meta {
            Meta::Path(path) => match path.get_ident() {
                Some(name) => self.name(&name.to_string(), path),
                None => Err(syn::Error::new_spanned(path, "unknown condition in `cfg`")),
            },
            Meta::NameValue(pair) => {
                let Expr::Lit(ExprLit {
                    lit: Lit::Str(value),
                    ..
                }) = &pair.value
                else {
                    return Err(syn::Error::new_spanned(
                        &pair.value,
                        "`cfg` takes a string here",
                    ));
                };
                self.value(&pair.path, &value.value())
            }
            Meta::List(list) => {
                let parts =
                    list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
                let holds = || parts.iter().map(|m| self.holds(m));
                if list.path.is_ident("all") {
                    every(holds(), true)
                } else if list.path.is_ident("any") {
                    every(holds(), false)
                } else if list.path.is_ident("not") && parts.len() == 1 {
                    Ok(!self.holds(&parts[0])?)
                } else {
                    Err(syn::Error::new_spanned(
                        list,
                        "unknown condition in `cfg`, expected `any`, `all` or `not`",
                    ))
                }
            }
        }
    }

    fn name(&self, name: &str, path: &syn::Path) -> syn::Result<bool> {
        match name {
            "unix" => Ok(cfg!(unix)),
            "windows" => Ok(cfg!(windows)),
            // The profile in daily use; a schema must not hang on it.
            "debug_assertions" => Ok(true),
            "true" => Ok(true),
            "false" | "proc_macro" => Ok(false),
            tool if TOOLS.contains(&tool) => Ok(false),
            custom if self.custom.contains(custom) => Ok(true),
            custom => self.unset(custom, path),
        }
    }

    fn value(&self, path: &syn::Path, value: &str) -> syn::Result<bool> {
        let name = path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        Ok(match name.as_str() {
            "feature" => self.features.contains(value),
            "target_os" => value == std::env::consts::OS,
            "target_family" => value == std::env::consts::FAMILY,
            "target_arch" => value == std::env::consts::ARCH,
            "target_pointer_width" => value == usize::BITS.to_string(),
            "target_endian" => {
                value
                    == if cfg!(target_endian = "big") {
                        "big"
                    } else {
                        "little"
                    }
            }
            "target_env" => {
                value
                    == if cfg!(target_env = "gnu") {
                        "gnu"
                    } else if cfg!(target_env = "musl") {
                        "musl"
                    } else if cfg!(target_env = "msvc") {
                        "msvc"
                    } else {
                        ""
                    }
            }
            "target_vendor" => {
                value
                    == if cfg!(target_vendor = "apple") {
                        "apple"
                    } else if cfg!(target_vendor = "pc") {
                        "pc"
                    } else {
                        "unknown"
                    }
            }
            "panic" => value == "unwind",
            "target_has_atomic" => true,
            _ => {
                let pair = format!("{name}=\"{value}\"");
                return if self.custom.contains(&pair)
                    || self.custom.contains(&format!("{name}={value}"))
                {
                    Ok(true)
                } else {
                    self.unset(&pair, path)
                };
            }
        })
    }

    /// A name that nothing sets is off for rustc; only a build script could set it unseen.
    fn unset(&self, name: &str, path: &syn::Path) -> syn::Result<bool> {
        if self.build_script {
            return Err(syn::Error::new_spanned(
                path,
                format!(
                    "cannot tell whether `cfg({name})` holds: the package has a build script that may set it; \
                     use a feature, or move the models out of it"
                ),
            ));
        }
        Ok(false)
    }
}

/// `all` (with `true`) and `any` (with `false`): what is decided by one part needs no other, so an
/// undecidable part matters only when the rest leaves it open.
fn every(parts: impl Iterator<Item = syn::Result<bool>>, all: bool) -> syn::Result<bool> {
    let mut open = None;
    for part in parts {
        match part {
            Ok(holds) if holds != all => return Ok(!all),
            Ok(_) => {}
            Err(e) => open = Some(e),
        }
    }
    open.map_or(Ok(all), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cfg() -> Cfg {
        Cfg {
            features: ["blog".to_owned()].into(),
            custom: ["tokio_unstable".to_owned()].into(),
            build_script: false,
        }
    }

    fn holds(text: &str) -> bool {
        cfg().holds(&syn::parse_str(text).unwrap()).unwrap()
    }

    #[test]
    fn conditions_hold_as_rustc_says() {
        assert!(holds("feature = \"blog\""));
        assert!(!holds("feature = \"shop\""));
        assert!(!holds("test"));
        assert!(holds("not(test)"));
        assert!(holds("any(test, feature = \"blog\")"));
        assert!(!holds("all(test, feature = \"blog\")"));
        assert!(holds("all()"));
        assert!(!holds("any()"));
        assert!(holds("tokio_unstable"));
        assert!(!holds("made_up"));
        assert_eq!(holds("unix"), cfg!(unix));
    }

    #[test]
    fn a_build_script_makes_an_unknown_name_undecidable() {
        let mut cfg = cfg();
        cfg.build_script = true;
        let decide = |t: &str| cfg.holds(&syn::parse_str(t).unwrap());
        assert!(
            decide("made_up")
                .unwrap_err()
                .to_string()
                .contains("build script")
        );
        assert!(!decide("all(made_up, test)").unwrap());
        assert!(decide("any(made_up, not(test))").unwrap());
    }

    #[test]
    fn cfg_attr_is_taken_apart() {
        let attrs = |t: &str| syn::parse_str::<syn::ItemStruct>(t).unwrap().attrs;
        let kept = cfg().apply(attrs(
            "#[cfg_attr(feature = \"blog\", derive(Model), model(table = \"x\"))] struct A;",
        ));
        let names: Vec<_> = kept
            .unwrap()
            .unwrap()
            .iter()
            .map(|a| a.path().get_ident().unwrap().to_string())
            .collect();
        assert_eq!(names, ["derive", "model"]);
        let gone = cfg().apply(attrs("#[cfg_attr(not(test), cfg(test))] struct A;"));
        assert!(gone.unwrap().is_none());
    }
}
