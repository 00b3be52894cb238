//! Tokens of MySQL's and SingleStore's SQL.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name in backticks.
    Quoted,
    /// A string literal, also `X'…'` and `B'…'`.
    Text,
    Number,
    /// `@x`, `@@x`, `@@session.x`.
    Variable,
    /// `?`
    Mark,
    Symbol,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The other parenthesis of a pair; the token itself elsewhere.
    pub(crate) pair: usize,
}

/// How literals are written in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mode {
    pub(crate) no_backslash_escapes: bool,
    pub(crate) ansi_quotes: bool,
}

/// A statement and its tokens.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
}

const SYMBOLS: &[&str] = &[
    "!:>", "::$", "::%", "::?", "<=>", "->>", "<*>", "<->", ":>", "::", ":=", "<=", ">=", "<>",
    "!=", "||", "&&", "->", "<<", ">>",
];

impl Sql {
    pub(crate) fn new(text: impl Into<String>, mode: Mode) -> Self {
        let text = text.into();
        let mut tokens = tokens(&text, mode);
        pair(&text, &mut tokens);
        Self { text, tokens }
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The source of a token; empty past the end.
    pub(crate) fn at(&self, i: usize) -> &str {
        self.tokens
            .get(i)
            .map_or("", |t| &self.text[t.start..t.end])
    }

    pub(crate) fn kind(&self, i: usize) -> Option<Kind> {
        self.tokens.get(i).map(|t| t.kind)
    }

    /// Whether the token is this keyword.
    pub(crate) fn word(&self, i: usize, word: &str) -> bool {
        // The length decides first: this is asked for every token, many times.
        let Some(token) = self.tokens.get(i) else {
            return false;
        };
        token.end - token.start == word.len()
            && token.kind == Kind::Word
            && self.text.as_bytes()[token.start..token.end].eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether the tokens from `i` are these keywords.
    pub(crate) fn words(&self, i: usize, words: &str) -> bool {
        let first = self.tokens.get(i).map(|t| self.text.as_bytes()[t.start]);
        let same = |byte: u8| byte.eq_ignore_ascii_case(&words.as_bytes()[0]);
        first.is_some_and(same)
            && words
                .split(' ')
                .enumerate()
                .all(|(n, word)| self.word(i + n, word))
    }

    pub(crate) fn any_word(&self, i: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.word(i, word))
    }

    pub(crate) fn symbol(&self, i: usize, symbol: &str) -> bool {
        let Some(token) = self.tokens.get(i) else {
            return false;
        };
        token.end - token.start == symbol.len()
            && token.kind == Kind::Symbol
            && self.text.as_bytes()[token.start..token.end] == *symbol.as_bytes()
    }

    /// The token after the one that closes the parenthesis at `i`, or the next token.
    pub(crate) fn after(&self, i: usize) -> usize {
        match self.tokens.get(i) {
            Some(t) if t.pair > i => t.pair + 1,
            _ => i + 1,
        }
    }

    /// The closing parenthesis of the one at `i`; the end where there is none.
    pub(crate) fn close(&self, i: usize) -> usize {
        match self.tokens.get(i) {
            Some(t) if t.pair > i => t.pair,
            _ => self.len(),
        }
    }

    /// The name that a token spells, without its quotes.
    pub(crate) fn name(&self, i: usize) -> Option<String> {
        match self.kind(i)? {
            Kind::Word => Some(self.at(i).to_owned()),
            Kind::Quoted => {
                let inner = self.at(i);
                let quote = &inner[..1];
                let inner = inner[1..].strip_suffix(quote).unwrap_or(&inner[1..]);
                Some(inner.replace(&quote.repeat(2), quote))
            }
            _ => None,
        }
    }

    /// The value of a string literal.
    pub(crate) fn literal(&self, i: usize) -> Option<String> {
        if self.kind(i)? != Kind::Text {
            return None;
        }
        Some(unquote(self.at(i)))
    }

    /// The source of the tokens `from..to`.
    pub(crate) fn slice(&self, from: usize, to: usize) -> &str {
        match (self.tokens.get(from), self.tokens.get(to.wrapping_sub(1))) {
            (Some(first), Some(last)) if from < to => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// Where token `i` starts; the end of the text past the last.
    pub(crate) fn start(&self, i: usize) -> usize {
        self.tokens.get(i).map_or(self.text.len(), |t| t.start)
    }

    pub(crate) fn end(&self, i: usize) -> usize {
        self.tokens.get(i).map_or(self.text.len(), |t| t.end)
    }

    /// The statements between semicolons, as they stand.
    pub(crate) fn split(&self) -> Vec<&str> {
        let mut out = Vec::new();
        let mut from = 0;
        for i in 0..=self.len() {
            if i == self.len() || self.symbol(i, ";") {
                if from < i {
                    out.push(self.slice(from, i));
                }
                from = i + 1;
            }
        }
        out
    }

    /// Ranges between top-level commas of `from..to`.
    pub(crate) fn list(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let (mut start, mut i) = (from, from);
        while i < to {
            if self.symbol(i, ",") {
                out.push((start, i));
                start = i + 1;
            }
            i = self.after(i);
        }
        if start < to {
            out.push((start, to));
        }
        out
    }

    /// The first top-level token of `from..to` for which `f` holds.
    pub(crate) fn find(&self, from: usize, to: usize, f: impl Fn(usize) -> bool) -> Option<usize> {
        let mut i = from;
        while i < to {
            if f(i) {
                return Some(i);
            }
            i = self.after(i);
        }
        None
    }

    /// The statement with each literal as `?`, in one line: its shape.
    pub(crate) fn shape(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut last_end = None;
        for (i, token) in self.tokens.iter().enumerate() {
            if last_end.is_some_and(|end| end < token.start) {
                out.push(' ');
            }
            last_end = Some(token.end);
            match token.kind {
                Kind::Text | Kind::Number | Kind::Mark => out.push('?'),
                _ => out.push_str(self.at(i)),
            }
        }
        out
    }
}

/// A name in backticks.
pub(crate) fn quote_name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A string literal that is right whatever the session's mode: no backslash stands in it.
pub(crate) fn quote_text(text: &str) -> String {
    if text.contains('\\') || text.contains('\0') {
        let hex: String = text.bytes().map(|b| format!("{b:02X}")).collect();
        return format!("_utf8mb4 X'{hex}'");
    }
    format!("'{}'", text.replace('\'', "''"))
}

fn unquote(source: &str) -> String {
    let Some(at) = source.find(['\'', '"']) else {
        return source.to_owned();
    };
    let quote = source[at..].chars().next().unwrap_or('\'');
    let inner = &source[at + 1..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('0') => out.push('\0'),
                Some(other) => out.push(other),
                None => {}
            },
            c if c == quote => {
                chars.next();
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn pair(text: &str, tokens: &mut [Token]) {
    let mut open = Vec::new();
    for i in 0..tokens.len() {
        if tokens[i].kind != Kind::Symbol {
            continue;
        }
        match &text[tokens[i].start..tokens[i].end] {
            "(" => open.push(i),
            ")" => {
                if let Some(o) = open.pop() {
                    tokens[o].pair = i;
                    tokens[i].pair = o;
                }
            }
            _ => {}
        }
    }
}

fn tokens(text: &str, mode: Mode) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut out: Vec<Token> = Vec::with_capacity(bytes.len() / 4);
    let mut at = 0;
    while at < bytes.len() {
        if let Some(next) = blank_end(text, at) {
            at = next;
            continue;
        }
        let after_name = follows_name(text, &out, at);
        let (kind, end) = token(bytes, at, mode, after_name);
        out.push(Token {
            kind,
            start: at,
            end,
            pair: out.len(),
        });
        at = end;
    }
    out
}

/// The end of the space or comment that starts here.
fn blank_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied().unwrap_or(0);
    match bytes[at] {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Some(at + 1),
        b'#' => Some(line_end(bytes, at)),
        b'-' if next == b'-' && bytes.get(at + 2).is_none_or(|b| *b <= b' ') => {
            Some(line_end(bytes, at))
        }
        b'/' if next == b'*' => {
            let end = text[at + 2..].find("*/");
            Some(end.map_or(bytes.len(), |e| at + 2 + e + 2))
        }
        _ => None,
    }
}

/// Kind and end of the token that starts here.
fn token(bytes: &[u8], at: usize, mode: Mode, after_name: bool) -> (Kind, usize) {
    let next = bytes.get(at + 1).copied().unwrap_or(0);
    match bytes[at] {
        b'\'' => (Kind::Text, text_end(bytes, at, mode)),
        b'"' if mode.ansi_quotes => (Kind::Quoted, text_end(bytes, at, mode)),
        b'"' => (Kind::Text, text_end(bytes, at, mode)),
        b'`' => (Kind::Quoted, quoted_end(bytes, at)),
        b'x' | b'X' | b'b' | b'B' | b'n' | b'N' if next == b'\'' => {
            (Kind::Text, text_end(bytes, at + 1, mode))
        }
        b'@' => (Kind::Variable, variable_end(bytes, at)),
        b'?' => (Kind::Mark, at + 1),
        b'0'..=b'9' => {
            let end = number_end(bytes, at);
            // `1abc` is a name.
            if end < bytes.len() && is_name(bytes[end]) {
                (Kind::Word, name_end(bytes, end))
            } else {
                (Kind::Number, end)
            }
        }
        b'.' if next.is_ascii_digit() && !after_name => (Kind::Number, number_end(bytes, at)),
        c if is_name(c) => (Kind::Word, name_end(bytes, at)),
        _ => (Kind::Symbol, at + symbol_length(&bytes[at..])),
    }
}

fn symbol_length(bytes: &[u8]) -> usize {
    let pairs = bytes.get(1).is_some_and(|b| b":<>=|&-*".contains(b));
    if !pairs {
        return 1;
    }
    let found = SYMBOLS.iter().find(|s| bytes.starts_with(s.as_bytes()));
    found.map_or(1, |s| s.len())
}

fn is_name(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80
}

fn follows_name(text: &str, tokens: &[Token], at: usize) -> bool {
    tokens.last().is_some_and(|t| {
        t.end == at && (matches!(t.kind, Kind::Word | Kind::Quoted) || text[t.start..t.end] == *")")
    })
}

fn name_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && is_name(bytes[at]) {
        at += 1;
    }
    at
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|b| *b == b'\n')
        .map_or(bytes.len(), |n| at + n + 1)
}

fn text_end(bytes: &[u8], mut at: usize, mode: Mode) -> usize {
    let quote = bytes[at];
    at += 1;
    while at < bytes.len() {
        if bytes[at] == b'\\' && !mode.no_backslash_escapes {
            at += 2;
        } else if bytes[at] != quote {
            at += 1;
        } else if bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}

fn quoted_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() {
        if bytes[at] != b'`' {
            at += 1;
        } else if bytes.get(at + 1) == Some(&b'`') {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}

fn variable_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] == b'@' {
        at += 1;
    }
    match bytes.get(at) {
        Some(b'`') => quoted_end(bytes, at),
        Some(b'\'' | b'"') => text_end(bytes, at, Mode::default()),
        _ => {
            while at < bytes.len() && (is_name(bytes[at]) || bytes[at] == b'.') {
                at += 1;
            }
            at
        }
    }
}

fn number_end(bytes: &[u8], mut at: usize) -> usize {
    if bytes[at] == b'0' && matches!(bytes.get(at + 1), Some(b'x' | b'X' | b'b' | b'B')) {
        at += 2;
        while at < bytes.len() && bytes[at].is_ascii_hexdigit() {
            at += 1;
        }
        return at;
    }
    let mut seen_dot = false;
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' => at += 1,
            b'.' if !seen_dot => {
                seen_dot = true;
                at += 1;
            }
            b'e' | b'E' => {
                let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
                if bytes.get(at + 1 + sign).is_none_or(|b| !b.is_ascii_digit()) {
                    break;
                }
                at += 1 + sign;
            }
            _ => break,
        }
    }
    at
}
