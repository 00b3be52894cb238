//! Paths into JSON documents.

use crate::ast::JsonStep;

/// `$."key"[0]`: the one routine that writes a path. A key stands in it as a JSON string, so that
/// any text can be one.
pub(super) fn path(steps: &[JsonStep]) -> String {
    let mut out = String::from("$");
    for step in steps {
        match step {
            JsonStep::Key(key) => {
                out.push('.');
                write_string(&mut out, key);
            }
            JsonStep::Item(n) => out.push_str(&format!("[{n}]")),
        }
    }
    out
}

/// A text as a JSON string.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_paths_as_json_strings() {
        let key = |k: &str| JsonStep::Key(k.to_owned());
        for (steps, wanted) in [
            (vec![], "$"),
            (
                vec![key("a"), JsonStep::Item(0), key("b c")],
                r#"$."a"[0]."b c""#,
            ),
            (vec![key(r#"q"t\s.d[0]"#)], r#"$."q\"t\\s.d[0]""#),
            (vec![key("0"), key("")], r#"$."0"."""#),
            (vec![key("a\nb\u{1}é")], "$.\"a\\nb\\u0001é\""),
        ] {
            assert_eq!(path(&steps), wanted);
        }
    }

    /// What serde_json writes, which documents are written by.
    #[cfg(feature = "json")]
    #[test]
    fn strings_are_those_of_serde_json() {
        for code in (0..0x3000).chain(0x1f600..0x1f610) {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let text = format!("a{c}b");
            let mut out = String::new();
            write_string(&mut out, &text);
            assert_eq!(Some(out), serde_json::to_string(&text).ok());
        }
    }
}
