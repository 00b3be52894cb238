//! Names: snake case, stable names of indexes and constraints, the nearest valid name.

/// The most characters an identifier may have on every backend.
pub const MAX_IDENTIFIER: usize = 64;

/// Turns a struct's name into snake case.
///
/// ```
/// use orm_schema::snake_case;
/// assert_eq!(snake_case("BlogPost"), "blog_post");
/// assert_eq!(snake_case("HTTPServer2"), "http_server2");
/// ```
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (i, &c) in chars.iter().enumerate() {
        let starts_word = c.is_uppercase()
            && i > 0
            && chars[i - 1] != '_'
            && (!chars[i - 1].is_uppercase() || chars.get(i + 1).is_some_and(|n| n.is_lowercase()));
        if starts_word {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The application a crate has when nothing else names one: the package's name as an identifier.
///
/// ```
/// assert_eq!(orm_schema::default_app("my-blog"), "my_blog");
/// ```
pub fn default_app(package: &str) -> String {
    package
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// FNV-1a, 64 bits: stable across releases and platforms, which std's hasher does not promise.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Cuts at a character boundary so that at most `max` characters stay.
fn cut(text: &str, max: usize) -> &str {
    text.char_indices()
        .nth(max)
        .map_or(text, |(i, _)| &text[..i])
}

/// Shortens a name to [`MAX_IDENTIFIER`] characters; a shortened name ends in a hash of the whole.
pub fn shorten(name: &str) -> String {
    if name.chars().count() <= MAX_IDENTIFIER {
        return name.to_owned();
    }
    format!(
        "{}_{:08x}",
        cut(name, MAX_IDENTIFIER - 9),
        hash(name) as u32
    )
}

/// The stable name of an index or constraint: `<table>_<columns>_<hash>_<suffix>`.
///
/// ```
/// use orm_schema::hashed_name;
/// let name = hashed_name("blog_post", &["author_id"], "idx");
/// assert!(name.starts_with("blog_post_author_id_") && name.ends_with("_idx"));
/// assert_eq!(name.len(), "blog_post_author_id_".len() + 8 + "_idx".len());
/// ```
pub fn hashed_name<S: AsRef<str>>(table: &str, columns: &[S], suffix: &str) -> String {
    let columns: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
    let whole = format!("{table}\0{}\0{suffix}", columns.join("\0"));
    let tail = format!("_{:08x}_{suffix}", (hash(&whole) >> 32) as u32);
    let head = format!("{table}_{}", columns.join("_"));
    // An index name must not start with a digit on SingleStore (facts: dbt).
    let head = if head.starts_with(|c: char| c.is_ascii_digit()) {
        format!("i{head}")
    } else {
        head
    };
    format!("{}{tail}", cut(&head, MAX_IDENTIFIER - tail.len()))
}

/// The table of an automatic many-to-many relation: `<table>_<field>`.
///
/// ```
/// assert_eq!(orm_schema::many_to_many_table("blog_article", "tags"), "blog_article_tags");
/// ```
pub fn many_to_many_table(table: &str, field: &str) -> String {
    shorten(&format!("{table}_{field}"))
}

/// The columns of an automatic many-to-many table: `<from>_id` and `<to>_id`; where both models
/// have the same name, as in a relation to oneself, `from_<model>_id` and `to_<model>_id`.
///
/// ```
/// use orm_schema::many_to_many_columns;
/// assert_eq!(many_to_many_columns("Article", "Tag"), ("article_id".into(), "tag_id".into()));
/// assert_eq!(many_to_many_columns("Tag", "Tag"), ("from_tag_id".into(), "to_tag_id".into()));
/// ```
pub fn many_to_many_columns(from: &str, to: &str) -> (String, String) {
    let (from, to) = (snake_case(from), snake_case(to));
    if from == to {
        (
            shorten(&format!("from_{from}_id")),
            shorten(&format!("to_{to}_id")),
        )
    } else {
        (shorten(&format!("{from}_id")), shorten(&format!("{to}_id")))
    }
}

/// The candidate nearest to `word`, if one is near enough to be meant.
///
/// ```
/// assert_eq!(orm_schema::nearest("max_lenght", ["max_length", "unique"]), Some("max_length"));
/// assert_eq!(orm_schema::nearest("zzz", ["max_length", "unique"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|c| (distance(word, c), c))
        .filter(|(d, c)| *d <= word.len().max(c.len()).div_ceil(3))
        .min()
        .map(|(_, c)| c)
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(rows[i][j - 1] + 1)
                .min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}
