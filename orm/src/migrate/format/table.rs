//! Tables of a file that know where they stand, and which of their keys were asked for.

use std::cell::RefCell;
use std::ops::Range;

use orm_schema::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::FormatError;

/// The file that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn error(&self, span: &Range<usize>, problem: impl Into<String>) -> FormatError {
        FormatError::at(self.file, self.text, span.start, problem)
    }
}

/// A value with its place.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) what: &'a str,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    pub(crate) fn get(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> FormatError {
        self.source.error(&self.value.span(), problem)
    }

    fn expected(&self, wanted: &str) -> FormatError {
        let found = match self.get() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a floating point number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(format!(
            "`{}` is {found}, but has to be {wanted}",
            self.what
        ))
    }

    pub(crate) fn text(&self) -> Result<&'a str, FormatError> {
        self.get().as_str().ok_or_else(|| self.expected("text"))
    }

    pub(crate) fn bool(&self) -> Result<bool, FormatError> {
        self.get()
            .as_bool()
            .ok_or_else(|| self.expected("true or false"))
    }

    pub(crate) fn int(&self) -> Result<i128, FormatError> {
        let number = self
            .get()
            .as_integer()
            .ok_or_else(|| self.expected("a whole number"))?;
        i128::from_str_radix(number.as_str(), number.radix())
            .map_err(|_| self.error(format!("`{}` is out of range", self.what)))
    }

    /// A whole number of a smaller type.
    pub(crate) fn number<T: TryFrom<i128>>(&self) -> Result<T, FormatError> {
        T::try_from(self.int()?).map_err(|_| self.error(format!("`{}` is out of range", self.what)))
    }

    pub(crate) fn list(&self) -> Result<Vec<Value<'a>>, FormatError> {
        let items = self
            .get()
            .as_array()
            .ok_or_else(|| self.expected("a list"))?;
        Ok(items.iter().map(|value| Value { value, ..*self }).collect())
    }

    pub(crate) fn texts(&self) -> Result<Vec<String>, FormatError> {
        self.list()?
            .iter()
            .map(|v| v.text().map(str::to_owned))
            .collect()
    }

    pub(crate) fn table(&self) -> Result<Table<'a>, FormatError> {
        let map = self
            .get()
            .as_table()
            .ok_or_else(|| self.expected("a table"))?;
        Ok(Table::new(
            self.source,
            format!("`{}`", self.what),
            map,
            self.value.span(),
        ))
    }
}

/// A table of the file.
pub(crate) struct Table<'a> {
    pub(crate) source: Source<'a>,
    what: String,
    map: &'a DeTable<'a>,
    span: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(
        source: Source<'a>,
        what: String,
        map: &'a DeTable<'a>,
        span: Range<usize>,
    ) -> Self {
        Self {
            source,
            what,
            map,
            span,
            asked: RefCell::default(),
        }
    }

    /// Names the table otherwise in messages.
    pub(crate) fn named(&mut self, what: String) {
        self.what = what;
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> FormatError {
        self.source.error(&self.span, problem)
    }

    /// The value of a key, if it is there.
    pub(crate) fn value(&self, key: &'static str) -> Option<Value<'a>> {
        self.asked.borrow_mut().push(key);
        self.map.get(key).map(|value| Value {
            source: self.source,
            what: key,
            value,
        })
    }

    /// The value of a key that has to be there.
    pub(crate) fn need(&self, key: &'static str) -> Result<Value<'a>, FormatError> {
        self.value(key).ok_or_else(|| self.missing(key))
    }

    fn missing(&self, key: &'static str) -> FormatError {
        let asked = self.asked.borrow();
        let strangers = self
            .map
            .keys()
            .filter(|k| !asked.contains(&k.get_ref().as_ref()));
        let like = strangers
            .filter(|k| nearest(k.get_ref(), [key]).is_some())
            .min_by_key(|k| k.span().start);
        match like {
            Some(k) => self
                .source
                .error(
                    &k.span(),
                    format!("unknown key `{}` in {}", k.get_ref(), self.what),
                )
                .hint(format!("did you mean `{key}`?")),
            None => self.error(format!("{} lacks the key `{key}`", self.what)),
        }
    }

    pub(crate) fn text(&self, key: &'static str) -> Result<Option<String>, FormatError> {
        self.value(key)
            .map(|v| v.text().map(str::to_owned))
            .transpose()
    }

    pub(crate) fn need_text(&self, key: &'static str) -> Result<String, FormatError> {
        self.need(key)?.text().map(str::to_owned)
    }

    pub(crate) fn flag(&self, key: &'static str, default: bool) -> Result<bool, FormatError> {
        self.value(key).map_or(Ok(default), |v| v.bool())
    }

    pub(crate) fn texts(&self, key: &'static str) -> Result<Vec<String>, FormatError> {
        self.value(key).map_or(Ok(Vec::new()), |v| v.texts())
    }

    /// The items of a list, empty if the key is not there.
    pub(crate) fn items(&self, key: &'static str) -> Result<Vec<Value<'a>>, FormatError> {
        self.value(key).map_or(Ok(Vec::new()), |v| v.list())
    }

    /// All keys with their values, for tables whose keys are free.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let source = self.source;
        self.map.iter().map(move |(k, value)| {
            let what: &'a str = k.get_ref();
            (
                what,
                Value {
                    source,
                    what,
                    value,
                },
            )
        })
    }

    /// Refuses the first key that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), FormatError> {
        let asked = self.asked.into_inner();
        let unknown = self
            .map
            .keys()
            .filter(|k| !asked.contains(&k.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|k| k.span().start) else {
            return Ok(());
        };
        let error = self.source.error(
            &key.span(),
            format!("unknown key `{}` in {}", key.get_ref(), self.what),
        );
        Err(match nearest(key.get_ref(), asked.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => {
                let mut known = asked;
                known.sort_unstable();
                known.dedup();
                error.hint(format!("it may have {}", known.join(", ")))
            }
        })
    }
}
