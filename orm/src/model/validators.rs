//! Functions for `#[field(validate = …)]`.
//!
//! They take the field's value and say what is wrong with it, as one's own functions do:
//!
//! ```
//! use orm::prelude::*;
//! use orm::validators;
//!
//! fn even(n: &i64) -> std::result::Result<(), String> {
//!     if n % 2 == 0 { Ok(()) } else { Err(format!("is {n}, which is odd")) }
//! }
//!
//! #[derive(Model, Debug, Clone)]
//! struct Table {
//!     #[field(primary_key)]
//!     id: i64,
//!     #[field(validate = even)]
//!     legs: i64,
//!     #[field(validate = validators::between::<1, 12>)]
//!     seats: i32,
//!     #[field(max_length = 50, validate = validators::slug)]
//!     name: String,
//! }
//!
//! let table = Table { id: 1, legs: 3, seats: 20, name: "no slug".into() };
//! let errors = table.validate().unwrap_err();
//! assert_eq!(errors.faults().len(), 3);
//! assert_eq!(errors.of("seats").next().unwrap().to_string(), "`seats` is 20, at most 12 is allowed");
//! ```

use super::Invalid;

/// What a validator hands back.
pub type Checked = Result<(), Invalid>;

fn range(message: String) -> Checked {
    Err(Invalid::new(message).code("range"))
}

/// At least this number. Django: `MinValueValidator`.
///
/// # Errors
/// With the code `range`.
pub fn at_least<const MIN: i64>(n: &(impl Copy + Into<i128>)) -> Checked {
    let n: i128 = (*n).into();
    if n >= MIN.into() {
        return Ok(());
    }
    range(format!("is {n}, at least {MIN} is needed"))
}

/// At most this number. Django: `MaxValueValidator`.
///
/// # Errors
/// With the code `range`.
pub fn at_most<const MAX: i64>(n: &(impl Copy + Into<i128>)) -> Checked {
    let n: i128 = (*n).into();
    if n <= MAX.into() {
        return Ok(());
    }
    range(format!("is {n}, at most {MAX} is allowed"))
}

/// Between two numbers, both included.
///
/// # Errors
/// With the code `range`.
pub fn between<const MIN: i64, const MAX: i64>(n: &(impl Copy + Into<i128>)) -> Checked {
    at_least::<MIN>(n)?;
    at_most::<MAX>(n)
}

/// A multiple of this number. Django: `StepValueValidator`.
///
/// # Errors
/// With the code `range`.
pub fn multiple_of<const STEP: i64>(n: &(impl Copy + Into<i128>)) -> Checked {
    let n: i128 = (*n).into();
    if STEP != 0 && n % i128::from(STEP) == 0 {
        return Ok(());
    }
    range(format!("is {n}, which is no multiple of {STEP}"))
}

/// At least so many characters. Django: `MinLengthValidator`.
///
/// # Errors
/// With the code `min_length`.
pub fn min_length<const MIN: usize>(text: &str) -> Checked {
    let len = text.chars().count();
    if len >= MIN {
        return Ok(());
    }
    let message = format!("has {len} characters, at least {MIN} are needed");
    Err(Invalid::new(message).code("min_length"))
}

/// Not empty, and not only blanks.
///
/// # Errors
/// With the code `blank`.
pub fn not_blank(text: &str) -> Checked {
    match text.trim().is_empty() {
        true => Err(Invalid::new("is blank").code("blank")),
        false => Ok(()),
    }
}

/// No NUL character, which some databases cut at. Django: `ProhibitNullCharactersValidator`.
///
/// # Errors
/// With the code `invalid`.
pub fn no_nul(text: &str) -> Checked {
    match text.contains('\0') {
        true => Err(Invalid::new("holds a NUL character")),
        false => Ok(()),
    }
}

/// Letters, digits, hyphens and underscores of ASCII. Django: `validate_slug`.
///
/// # Errors
/// With the code `invalid`.
pub fn slug(text: &str) -> Checked {
    slug_of(text, |c| c.is_ascii_alphanumeric())
}

/// Letters and digits of any script, hyphens and underscores. Django: `validate_unicode_slug`.
///
/// # Errors
/// With the code `invalid`.
pub fn unicode_slug(text: &str) -> Checked {
    slug_of(text, char::is_alphanumeric)
}

fn slug_of(text: &str, letter: impl Fn(char) -> bool) -> Checked {
    let fits = |c: char| letter(c) || c == '-' || c == '_';
    if !text.is_empty() && text.chars().all(fits) {
        return Ok(());
    }
    Err("is no slug: letters, digits, hyphens and underscores only".into())
}

/// The name of a host: labels of letters, digits and hyphens with dots between, of any script.
/// Django: `DomainNameValidator`.
///
/// # Errors
/// With the code `invalid`.
pub fn domain(text: &str) -> Checked {
    let fits = |label: &str| {
        let inside = label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let ends = !label.starts_with('-') && !label.ends_with('-');
        (1..=63).contains(&label.chars().count()) && inside && ends
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let named = last.chars().any(char::is_alphabetic);
    if text.contains('.') && text.len() <= 253 && named && text.split('.').all(fits) {
        return Ok(());
    }
    Err("is no domain name".into())
}

/// An address of electronic mail, `local@domain`, also `@localhost`. Django: `validate_email`.
///
/// # Errors
/// With the code `invalid`.
pub fn email(text: &str) -> Checked {
    let fault = || Invalid::new("is no e-mail address");
    let (local, host) = text.rsplit_once('@').ok_or_else(fault)?;
    let atom = |part: &str| {
        let mark = |c: char| "!#$%&'*+/=?^_`{}|~-".contains(c);
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || mark(c))
    };
    let quoted = local.len() > 2
        && local.starts_with('"')
        && local.ends_with('"')
        && !local[1..local.len() - 1].contains(['"', '\\', '\n', '\r']);
    if local.len() > 64 || !(quoted || local.split('.').all(atom)) {
        return Err(fault());
    }
    if host == "localhost" || domain(host).is_ok() {
        return Ok(());
    }
    let address = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let address = address.map(|a| a.strip_prefix("IPv6:").unwrap_or(a));
    match address.map(str::parse::<std::net::IpAddr>) {
        Some(Ok(_)) => Ok(()),
        _ => Err(fault()),
    }
}

/// An address `http`, `https`, `ftp` or `ftps`: scheme, host, and what follows without blanks.
/// Django: `URLValidator`.
///
/// # Errors
/// With the code `invalid`.
pub fn url(text: &str) -> Checked {
    let fault = || Invalid::new("is no address such as https://example.org/page");
    let (scheme, rest) = text.split_once("://").ok_or_else(fault)?;
    let known = ["http", "https", "ftp", "ftps"];
    if !known.iter().any(|k| scheme.eq_ignore_ascii_case(k))
        || text.len() > 2048
        || rest.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err(fault());
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((address, port)) => (address, port.strip_prefix(':')),
        None => match host.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host, None),
        },
    };
    let port_fits = port.is_none_or(|p| p.parse::<u16>().is_ok());
    let host_fits = host == "localhost"
        || domain(host.strip_suffix('.').unwrap_or(host)).is_ok()
        || host.parse::<std::net::IpAddr>().is_ok();
    if port_fits && host_fits {
        return Ok(());
    }
    Err(fault())
}

/// Whole numbers with commas between. Django: `validate_comma_separated_integer_list`.
///
/// # Errors
/// With the code `invalid`.
pub fn comma_separated_integers(text: &str) -> Checked {
    let number = |part: &str| part.trim().parse::<i128>().is_ok();
    match text.split(',').all(number) {
        true => Ok(()),
        false => Err("is no list of whole numbers with commas between".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(validator: fn(&str) -> Checked, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(validator(text), Ok(()), "{text:?}");
        }
        for text in bad {
            assert!(validator(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn well_formed_texts() {
        check(slug, &["a", "a-b_1"], &["", "a b", "é", "a.b"]);
        check(unicode_slug, &["é-1"], &["", "é 1"]);
        check(
            domain,
            &["example.org", "a-b.example.co.uk", "bücher.example"],
            &[
                "", "example", "-a.org", "a..org", "a_b.org", "1.2.3.4", "a.org.",
            ],
        );
        check(
            email,
            &[
                "ann@example.org",
                "a.b+c@example.org",
                "\"a b\"@example.org",
                "ann@localhost",
                "ann@[127.0.0.1]",
                "ann@[IPv6:::1]",
            ],
            &[
                "",
                "ann",
                "@example.org",
                "a..b@example.org",
                "ann@",
                "ann@-x.org",
                "a b@example.org",
                "ann@[x]",
            ],
        );
        check(
            url,
            &[
                "http://example.org",
                "HTTPS://user:pw@example.org:8000/a?b#c",
                "http://localhost/",
                "http://[::1]:80/",
                "ftp://1.2.3.4",
            ],
            &[
                "",
                "example.org",
                "gopher://example.org",
                "http://",
                "http://a b.org",
                "http://example.org:99999",
                "http://exam ple/",
                "http://example.org/a b",
            ],
        );
        check(
            comma_separated_integers,
            &["1", "1,-2, 3"],
            &["", "1,", "a"],
        );
        check(no_nul, &["a"], &["a\0b"]);
        check(not_blank, &["a"], &["", " \t"]);
        check(min_length::<2>, &["ab", "éé"], &["", "é"]);
    }

    #[test]
    fn numbers() {
        assert!(at_least::<0>(&0_i32).is_ok() && at_least::<0>(&-1_i64).is_err());
        assert!(at_most::<9>(&9_u8).is_ok() && at_most::<9>(&u64::MAX).is_err());
        assert!(between::<1, 3>(&2_i16).is_ok() && between::<1, 3>(&4_i16).is_err());
        assert!(multiple_of::<5>(&-10_i64).is_ok() && multiple_of::<5>(&3_i64).is_err());
    }
}
