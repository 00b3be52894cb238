//! Notes in comments: behind what the user wrote, a control character that no comment holds, then
//! `key=value` pairs. A backslash stands as another one, so that the literal is right in every mode.

const MARK: char = '\u{1}';
const BACKSLASH: &str = "\u{2}";

/// Notes in a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// What the user wrote.
    pub(crate) comment: String,
    pairs: Vec<(String, String)>,
}

impl Notes {
    pub(crate) fn new(comment: Option<&str>) -> Self {
        Self {
            comment: comment.unwrap_or_default().to_owned(),
            pairs: Vec::new(),
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        let text = text.replace(BACKSLASH, "\\");
        let (comment, rest) = text.split_once(MARK).unwrap_or((&text, ""));
        let pairs = rest
            .split(MARK)
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        Self {
            comment: comment.to_owned(),
            pairs,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(k, _)| k == key)?;
        Some(&pair.1)
    }

    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        self.pairs.push((key.to_owned(), value.into()));
    }

    /// The comment with its notes; `None` where there is nothing to say.
    pub(crate) fn text(&self) -> Option<String> {
        if self.comment.is_empty() && self.pairs.is_empty() {
            return None;
        }
        let mut out = self.comment.clone();
        for (key, value) in &self.pairs {
            out.push(MARK);
            out.push_str(key);
            out.push('=');
            out.push_str(value);
        }
        Some(out.replace('\\', BACKSLASH))
    }
}

/// Names in one value: a comma or a percent sign in a name is written as its code.
pub(crate) fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names
        .map(|n| n.replace('%', "%25").replace(',', "%2C"))
        .collect();
    names.join(",")
}

pub(crate) fn split(value: &str) -> Vec<String> {
    value
        .split(',')
        .filter(|n| !n.is_empty())
        .map(|n| n.replace("%2C", ",").replace("%25", "%"))
        .collect()
}
