//! The oldest version of each server that the ORM is written for.

#[cfg(feature = "mysql")]
use super::url::Product;
#[cfg(feature = "mysql")]
use super::{DbError, DbErrorKind};

/// Name, oldest version and the same as text.
#[cfg(feature = "mysql")]
fn floor(product: Product) -> (&'static str, [u32; 3], &'static str) {
    match product {
        Product::Singlestore => ("SingleStore", [8, 5, 0], "8.5"),
        Product::Mysql => ("MySQL", [8, 0, 31], "8.0.31"),
        Product::Mariadb => ("MariaDB", [10, 6, 0], "10.6"),
    }
}

/// Refuses a server that is older than what its dialect spells SQL for. A version that does not
/// begin with numbers passes.
#[cfg(feature = "mysql")]
pub(super) fn check(product: Product, version: &str, place: &str) -> Result<(), DbError> {
    let (name, oldest, text) = floor(product);
    match numbers(version) {
        Some(found) if found < oldest => Err(DbError::new(
            DbErrorKind::Unsupported,
            format!(
                "{place} runs {name} {version}, the oldest supported version is {text}: upgrade the server"
            ),
        )),
        _ => Ok(()),
    }
}

/// Whether a server is older than this; one whose version does not begin with numbers is not.
#[cfg(feature = "migrate")]
pub(crate) fn is_older(version: &str, than: [u32; 3]) -> bool {
    numbers(version).is_some_and(|found| found < than)
}

/// The first three numbers. Some proxies put MySQL's `5.5.5-` before MariaDB's version.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let version = version.strip_prefix("5.5.5-").unwrap_or(version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.');
    let mut parts = version[..end.unwrap_or(version.len())].split('.');
    let first = parts.next()?.parse().ok()?;
    let mut next = || parts.next().and_then(|p| p.parse().ok()).unwrap_or(0);
    Some([first, next(), next()])
}

#[cfg(all(test, feature = "mysql", feature = "migrate"))]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        let old = |product, version| check(product, version, "mysql://h/d").err();
        assert!(old(Product::Singlestore, "9.0.12-3f2a").is_none());
        assert!(old(Product::Singlestore, "8.5").is_none());
        assert!(old(Product::Mysql, "8.0.31-0ubuntu").is_none());
        assert!(old(Product::Mariadb, "5.5.5-10.11.4-MariaDB").is_none());
        assert!(old(Product::Mariadb, "unknown").is_none());
        let error = old(Product::Mysql, "8.0.4-log").expect("too old");
        assert_eq!(error.kind, DbErrorKind::Unsupported);
        assert_eq!(
            error.message,
            "mysql://h/d runs MySQL 8.0.4-log, the oldest supported version is 8.0.31: upgrade the server"
        );
        let older = |version| is_older(version, [8, 7, 0]);
        assert!(older("8.5.30") && !older("8.7.1-abc") && !older("9.0") && !older("unknown"));
        assert!(old(Product::Singlestore, "7.8.12").is_some());
        assert!(old(Product::Mariadb, "10.5.27-MariaDB").is_some());
    }
}
