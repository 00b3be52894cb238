//! What an index says beyond its kind: the version of full text, how vectors are found.
//!
//! One list for attributes, migration files, DDL and introspection. SingleStore alone has such
//! options; other databases make the index without them, or none.
//! Source: SingleStore documentation, Vector Indexing, and Working with Full-Text Search.

use crate::{IndexKind, nearest};

/// Options of an index. Most have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct IndexOptions {
    /// The version of full text; `None` is the server's usual one.
    pub version: Option<u8>,
    /// How a vector index is built; `None` is the server's choice.
    pub index_type: Option<VectorIndexType>,
    /// What a vector index compares by; `None` is the server's usual one, the distance.
    pub metric_type: Option<VectorMetric>,
    /// Numbers of a vector index, each in the place of its [`IndexNumber`].
    pub numbers: [Option<u32>; NUMBERS.len()],
}

/// How a vector index is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VectorIndexType {
    /// The server chooses.
    Auto,
    /// All vectors, compared one by one.
    Flat,
    /// Lists of near vectors.
    IvfFlat,
    /// Lists of near vectors, compressed.
    IvfPq,
    /// Lists of near vectors, compressed for quick scans.
    IvfPqfs,
    /// A graph of near vectors.
    HnswFlat,
    /// A graph of near vectors, compressed.
    HnswPq,
}

/// What vectors are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VectorMetric {
    /// The smallest distance is the nearest.
    EuclideanDistance,
    /// The largest product is the nearest.
    DotProduct,
}

impl VectorIndexType {
    /// Every variant with its name in attributes and migration files; the server's is in capitals.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("auto", Self::Auto),
        ("flat", Self::Flat),
        ("ivf_flat", Self::IvfFlat),
        ("ivf_pq", Self::IvfPq),
        ("ivf_pqfs", Self::IvfPqfs),
        ("hnsw_flat", Self::HnswFlat),
        ("hnsw_pq", Self::HnswPq),
    ];

    /// The name in attributes and migration files.
    pub fn as_str(self) -> &'static str {
        name_in(&Self::NAMES, self)
    }

    /// Whether it keeps lists of near vectors.
    pub fn is_ivf(self) -> bool {
        matches!(self, Self::IvfFlat | Self::IvfPq | Self::IvfPqfs)
    }

    /// Whether it keeps a graph of near vectors.
    pub fn is_hnsw(self) -> bool {
        matches!(self, Self::HnswFlat | Self::HnswPq)
    }
}

impl VectorMetric {
    /// Every variant with its name in attributes and migration files; the server's is in capitals.
    pub const NAMES: [(&'static str, Self); 2] = [
        ("euclidean_distance", Self::EuclideanDistance),
        ("dot_product", Self::DotProduct),
    ];

    /// The name in attributes and migration files.
    pub fn as_str(self) -> &'static str {
        name_in(&Self::NAMES, self)
    }
}

fn name_in<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    let found = names.iter().find(|(_, v)| *v == value);
    found.map_or("", |(name, _)| name)
}

fn by_name<T: Copy>(names: &[(&'static str, T)], name: &str) -> Option<T> {
    let found = names.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, v)| *v)
}

/// A number that builds of a vector index take.
#[derive(Debug)]
pub struct IndexNumber {
    /// The name in attributes and migration files.
    pub name: &'static str,
    /// The name in the server's `INDEX_OPTIONS`.
    pub server: &'static str,
    /// The index types that take it.
    pub on: &'static [VectorIndexType],
}

use VectorIndexType::{HnswFlat, HnswPq, IvfFlat, IvfPq, IvfPqfs};

/// Every number, in the order of [`IndexOptions::numbers`].
pub const NUMBERS: [IndexNumber; 7] = [
    number("nlist", "nlist", &[IvfFlat, IvfPq, IvfPqfs]),
    number("nprobe", "nprobe", &[IvfFlat, IvfPq, IvfPqfs]),
    number("m", "m", &[IvfPq, IvfPqfs, HnswPq]),
    number("nbits", "nbits", &[IvfPq, HnswPq]),
    number("neighbors", "M", &[HnswFlat, HnswPq]),
    number("ef_construction", "efConstruction", &[HnswFlat, HnswPq]),
    number("ef", "ef", &[HnswFlat, HnswPq]),
];

const fn number(
    name: &'static str,
    server: &'static str,
    on: &'static [VectorIndexType],
) -> IndexNumber {
    IndexNumber { name, server, on }
}

/// An option that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionFault {
    /// The option's name.
    pub option: &'static str,
    /// What is wrong, and the way out.
    pub message: String,
}

impl IndexOptions {
    /// No options.
    pub const NONE: Self = Self {
        version: None,
        index_type: None,
        metric_type: None,
        numbers: [None; NUMBERS.len()],
    };

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    /// The numbers that are given.
    pub fn given(&self) -> impl Iterator<Item = (&'static IndexNumber, u32)> + '_ {
        let all = NUMBERS.iter().zip(self.numbers);
        all.filter_map(|(number, value)| Some((number, value?)))
    }

    /// A number by its name in attributes.
    pub fn number(&self, name: &str) -> Option<u32> {
        let mut given = self.given();
        given.find(|(n, _)| n.name == name).map(|(_, value)| value)
    }

    /// Gives a number by its name in attributes; whether there is one of this name.
    pub fn set_number(&mut self, name: &str, value: u32) -> bool {
        let at = NUMBERS.iter().position(|n| n.name == name);
        if let Some(slot) = at.and_then(|at| self.numbers.get_mut(at)) {
            *slot = Some(value);
        }
        at.is_some()
    }

    /// The first option that does not fit the kind of index, or another option.
    pub fn fault(&self, kind: Option<IndexKind>) -> Option<OptionFault> {
        let fault = |option, message: String| Some(OptionFault { option, message });
        if let Some(version) = self.version {
            if kind != Some(IndexKind::Fulltext) {
                return fault(
                    "version",
                    "`version` is that of a full-text index: add `kind = \"fulltext\"`, or leave it out".to_owned(),
                );
            }
            if !matches!(version, 1 | 2) {
                return fault(
                    "version",
                    format!("full text has the versions 1 and 2, not {version}"),
                );
            }
        }
        let of_vectors = match (self.index_type, self.metric_type, self.given().next()) {
            (Some(_), ..) => "index_type",
            (_, Some(_), _) => "metric_type",
            (.., Some((number, _))) => number.name,
            _ => return None,
        };
        if kind != Some(IndexKind::Vector) {
            return fault(
                of_vectors,
                format!(
                    "`{of_vectors}` is an option of a vector index: add `kind = \"vector\"`, or leave it out"
                ),
            );
        }
        self.number_fault()
    }

    /// What of these options a model can give an index of this kind, and why the rest is left out: a
    /// server may show numbers that its own type of index would not be given.
    #[must_use]
    pub fn fitting(mut self, kind: Option<IndexKind>) -> (Self, Option<OptionFault>) {
        let first = self.fault(kind);
        while let Some(fault) = self.fault(kind) {
            match fault.option {
                "version" => self.version = None,
                "index_type" => self.index_type = None,
                "metric_type" => self.metric_type = None,
                _ => self.numbers = Self::NONE.numbers,
            }
        }
        (self, first)
    }

    fn number_fault(&self) -> Option<OptionFault> {
        for (number, value) in self.given() {
            let option = number.name;
            let fits = self.index_type.is_some_and(|t| number.on.contains(&t));
            let message = if !fits {
                let on: Vec<String> = number
                    .on
                    .iter()
                    .map(|t| format!("`{}`", t.as_str()))
                    .collect();
                let on = on.join(", ");
                match self.index_type {
                    Some(other) => format!(
                        "`{option}` is a number of the index types {on}; this index is `{}`",
                        other.as_str()
                    ),
                    None => format!("`{option}` needs an `index_type` that takes it: {on}"),
                }
            } else if value == 0 {
                format!("`{option}` is at least 1")
            } else {
                continue;
            };
            return Some(OptionFault { option, message });
        }
        match (self.number("nlist"), self.number("nprobe")) {
            (Some(lists), Some(probed)) if probed > lists => Some(OptionFault {
                option: "nprobe",
                message: format!(
                    "`nprobe` is how many of the `nlist` lists are searched: at most {lists}, not {probed}"
                ),
            }),
            _ => None,
        }
    }

    /// What a vector index compares by.
    pub fn metric(&self) -> VectorMetric {
        self.metric_type.unwrap_or(VectorMetric::EuclideanDistance)
    }

    /// The JSON of the server's `INDEX_OPTIONS`; `None` where nothing is said.
    pub fn server_json(&self) -> Option<String> {
        let mut pairs = Vec::new();
        let mut text = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                pairs.push(format!("\"{key}\":\"{}\"", value.to_ascii_uppercase()));
            }
        };
        text("index_type", self.index_type.map(VectorIndexType::as_str));
        text("metric_type", self.metric_type.map(VectorMetric::as_str));
        pairs.extend(
            self.given()
                .map(|(n, value)| format!("\"{}\":{value}", n.server)),
        );
        (!pairs.is_empty()).then(|| format!("{{{}}}", pairs.join(",")))
    }

    /// Reads the JSON of the server's `INDEX_OPTIONS`: the options, and what none of them stands for.
    pub fn read_server_json(json: &str) -> (Self, Vec<String>) {
        let (mut options, mut unread) = (Self::NONE, Vec::new());
        let inner = json.trim();
        let inner = inner.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let Some(inner) = inner else {
            return (options, vec![json.to_owned()]);
        };
        // No value holds a comma: they are words and whole numbers.
        for pair in inner.split(',').filter(|p| !p.trim().is_empty()) {
            let read = pair
                .split_once(':')
                .and_then(|(key, value)| options.read_pair(unquoted(key), unquoted(value)));
            if read.is_none() {
                unread.push(pair.trim().to_owned());
            }
        }
        (options, unread)
    }

    fn read_pair(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "index_type" => self.index_type = Some(by_name(&VectorIndexType::NAMES, value)?),
            "metric_type" => self.metric_type = Some(by_name(&VectorMetric::NAMES, value)?),
            _ => {
                let number = NUMBERS.iter().find(|n| n.server == key)?;
                self.set_number(number.name, value.parse().ok()?);
            }
        }
        Some(())
    }

    /// Whether an index of these options is as this one asks: what it leaves out is the server's
    /// choice, which the server may or may not spell out.
    pub fn is_met_by(&self, found: &Self) -> bool {
        let version = |o: &Self| o.version.unwrap_or(1);
        let index_type = |o: &Self| o.index_type.unwrap_or(VectorIndexType::Auto);
        // A server that was left the choice may name the type that it chose.
        let chosen = self.index_type.is_none() || index_type(self) == index_type(found);
        let numbers = self.numbers.iter().zip(found.numbers);
        version(self) == version(found)
            && self.metric() == found.metric()
            && chosen
            && numbers
                .into_iter()
                .all(|(own, found)| own.is_none() || *own == found)
    }
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// The message for a name that is no metric: what stands for the cosine, which no index compares by.
pub fn metric_advice(word: &str) -> String {
    let word = word.to_ascii_lowercase();
    if word.contains("cosine") {
        return "no vector index compares by the cosine: keep vectors of length 1, and write `metric_type = \"dot_product\"`".to_owned();
    }
    let names = VectorMetric::NAMES.iter().map(|(name, _)| *name);
    match nearest(&word, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "known are `euclidean_distance` and `dot_product`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, u32)], index_type: Option<VectorIndexType>) -> IndexOptions {
        let mut options = IndexOptions {
            index_type,
            ..IndexOptions::NONE
        };
        for (name, value) in pairs {
            assert!(options.set_number(name, *value), "{name}");
        }
        options
    }

    #[test]
    fn what_the_server_shows_is_read_back() {
        let mut given = options(
            &[("neighbors", 30), ("ef_construction", 40), ("m", 8)],
            Some(HnswPq),
        );
        given.metric_type = Some(VectorMetric::DotProduct);
        let json = given.server_json().expect("options");
        assert_eq!(
            json,
            r#"{"index_type":"HNSW_PQ","metric_type":"DOT_PRODUCT","m":8,"M":30,"efConstruction":40}"#
        );
        assert_eq!(IndexOptions::read_server_json(&json), (given, vec![]));
        let spaced = r#" { "metric_type" : "dot_product", "nlist": 5 } "#;
        let (read, unread) = IndexOptions::read_server_json(spaced);
        assert_eq!(read.metric_type, Some(VectorMetric::DotProduct));
        assert_eq!((read.number("nlist"), unread.len()), (Some(5), 0));
        assert_eq!(IndexOptions::NONE.server_json(), None);
        assert_eq!(
            IndexOptions::read_server_json("{}"),
            (IndexOptions::NONE, vec![])
        );
    }

    #[test]
    fn what_is_not_known_is_handed_over() {
        for (json, left) in [
            (
                r#"{"metric_type":"COSINE_SIMILARITY"}"#,
                r#""metric_type":"COSINE_SIMILARITY""#,
            ),
            (r#"{"random_seed":7}"#, r#""random_seed":7"#),
            (r#"{"nlist":"many"}"#, r#""nlist":"many""#),
            (r#"{"nlist"}"#, r#""nlist""#),
            ("none", "none"),
        ] {
            let (read, unread) = IndexOptions::read_server_json(json);
            assert_eq!((read, unread), (IndexOptions::NONE, vec![left.to_owned()]));
        }
    }

    #[test]
    fn options_fit_their_kind_and_each_other() {
        let vector = Some(IndexKind::Vector);
        for (given, kind, wrong) in [
            (options(&[], None), None, None),
            (
                options(&[("nlist", 9), ("nprobe", 9)], Some(IvfFlat)),
                vector,
                None,
            ),
            (
                options(&[("nlist", 9), ("nprobe", 10)], Some(IvfFlat)),
                vector,
                Some("nprobe"),
            ),
            (
                options(&[("nlist", 9)], Some(HnswFlat)),
                vector,
                Some("nlist"),
            ),
            (options(&[("nlist", 9)], None), vector, Some("nlist")),
            (options(&[("ef", 0)], Some(HnswFlat)), vector, Some("ef")),
            (
                options(&[("nbits", 8)], Some(IvfPqfs)),
                vector,
                Some("nbits"),
            ),
            (
                options(&[("nlist", 9)], Some(IvfFlat)),
                Some(IndexKind::Hash),
                Some("index_type"),
            ),
            (options(&[("nlist", 9)], None), None, Some("nlist")),
        ] {
            let fault = given.fault(kind).map(|f| f.option);
            assert_eq!(fault, wrong, "{given:?} {kind:?}");
        }
        let version = |version| IndexOptions {
            version: Some(version),
            ..IndexOptions::NONE
        };
        assert_eq!(version(2).fault(Some(IndexKind::Fulltext)), None);
        assert!(version(3).fault(Some(IndexKind::Fulltext)).is_some());
        assert!(version(2).fault(vector).is_some());
    }

    #[test]
    fn what_is_left_out_is_met_by_what_the_server_chose() {
        let none = IndexOptions::NONE;
        let lists = options(&[("nlist", 128)], Some(IvfPqfs));
        assert!(none.is_met_by(&lists));
        assert!(!lists.is_met_by(&none));
        assert!(!lists.is_met_by(&options(&[("nlist", 64)], Some(IvfPqfs))));
        assert!(lists.is_met_by(&options(&[("nlist", 128), ("nprobe", 8)], Some(IvfPqfs))));
        let dot = IndexOptions {
            metric_type: Some(VectorMetric::DotProduct),
            ..none
        };
        assert!(!none.is_met_by(&dot) && !dot.is_met_by(&none) && dot.is_met_by(&dot));
        let one = IndexOptions {
            version: Some(1),
            ..none
        };
        assert!(none.is_met_by(&one) && one.is_met_by(&none));
    }
}
