//! CREATE TABLE: facts §3, §4 and §7.

use super::column::{check_column, foreign_key, settle_column};
use crate::catalog::{TableInfo, type_head};
use crate::options::{Options, TableType};
use crate::refusal::Refusal;
use crate::sql::{CreateTable, Key, KeyKind, KeyPart, TableKind};

/// What the rules depend on beside the statement.
#[derive(Debug, Clone)]
pub(crate) struct Settings<'a> {
    pub(crate) options: &'a Options,
    pub(crate) table_type: TableType,
    pub(crate) shared_tier: bool,
    pub(crate) ignore_foreign_keys: bool,
}

/// Checks a table and says what it becomes. `uid` tells it from others of its name.
pub(crate) fn create_table(
    table: &CreateTable,
    database: &str,
    uid: String,
    settings: &Settings<'_>,
) -> Result<TableInfo, Refusal> {
    let kind = kind(table, settings)?;
    let mut info = TableInfo {
        database: table
            .database
            .clone()
            .unwrap_or_else(|| database.to_owned()),
        name: table.name.clone(),
        kind,
        temporary: table.temporary,
        uid,
        comment: table.comment.clone().unwrap_or_default(),
        columns: Vec::new(),
        keys: Vec::new(),
        shard: Vec::new(),
        shard_name: None,
        sort: Vec::new(),
        sort_name: None,
        charset: table.charset.clone(),
        collate: table.collate.clone(),
    };
    for column in &table.columns {
        let column = settle_column(column, &mut info.keys);
        check_column(&column, kind, settings)?;
        info.columns.push(column);
    }
    let shard = take_keys(&mut info, table, settings)?;
    if table.sparse() && !kind.is_rowstore() {
        return Err(Refusal::feature(
            "COMPRESSION = SPARSE on a columnstore table",
        ));
    }
    shard_key(&mut info, shard)?;
    mark_key_columns(&mut info);
    check_keys(&info, settings)?;
    auto_increment(&info, settings)?;
    Ok(info)
}

/// Takes the keys of the statement; the shard key, if one is said.
fn take_keys<'k>(
    info: &mut TableInfo,
    table: &'k CreateTable,
    settings: &Settings<'_>,
) -> Result<Option<&'k Key>, Refusal> {
    let mut shard = None;
    for key in &table.keys {
        match key.kind {
            KeyKind::Foreign if settings.ignore_foreign_keys => {}
            KeyKind::Foreign => return Err(foreign_key()),
            KeyKind::Check => return Err(Refusal::feature("Check constraints")),
            KeyKind::Shard if shard.is_some() => {
                return Err(Refusal::feature("more than one SHARD KEY"));
            }
            KeyKind::Shard => shard = Some(key),
            KeyKind::Sort => sort_key(info, key)?,
            KeyKind::ColumnGroup if info.kind.is_rowstore() => {
                return Err(Refusal::feature("COLUMN GROUP on a rowstore table"));
            }
            KeyKind::ColumnGroup => {}
            _ => info.keys.push(key.clone()),
        }
    }
    Ok(shard)
}

fn kind(table: &CreateTable, settings: &Settings<'_>) -> Result<TableKind, Refusal> {
    if table.rowstore && settings.shared_tier {
        return Err(Refusal::new(
            1706,
            "This operation is not allowed in a shared tier deployment",
        ));
    }
    if table.global && !(table.rowstore && table.temporary) {
        return Err(Refusal::syntax("GLOBAL"));
    }
    if table.temporary && table.reference {
        return Err(Refusal::syntax("REFERENCE"));
    }
    let default_rowstore = settings.table_type == TableType::Rowstore;
    let says_columnstore = table.keys.iter().any(|k| k.kind == KeyKind::Sort);
    let rowstore = table.rowstore || (default_rowstore && !says_columnstore);
    Ok(match (rowstore, table.reference) {
        (false, false) => TableKind::Columnstore,
        (true, false) => TableKind::Rowstore,
        (false, true) => TableKind::Reference,
        (true, true) => TableKind::RowstoreReference,
    })
}

fn sort_key(info: &mut TableInfo, key: &Key) -> Result<(), Refusal> {
    if info.kind.is_rowstore() {
        return Err(Refusal::feature("SORT KEY on a rowstore table"));
    }
    if info.sort_name.is_some() {
        return Err(Refusal::feature("more than one SORT KEY"));
    }
    info.sort_name = Some(key.name.clone().unwrap_or_else(|| {
        let first = key.parts.first().map(|p| p.column.clone());
        first.unwrap_or_else(|| "__UNORDERED".to_owned())
    }));
    info.sort.clone_from(&key.parts);
    for part in &key.parts {
        if info.column(&part.column).is_none() {
            return Err(no_column(&part.column));
        }
    }
    Ok(())
}

fn no_column(name: &str) -> Refusal {
    Refusal::new(1072, format!("Key column '{name}' doesn't exist in table"))
}

fn shard_key(info: &mut TableInfo, declared: Option<&Key>) -> Result<(), Refusal> {
    if info.kind.is_reference() {
        if declared.is_some() {
            return Err(Refusal::feature("SHARD KEY on a REFERENCE table"));
        }
        if info.primary().is_none() {
            return Err(Refusal::distributed(
                "Reference Table without a Primary Key",
            ));
        }
        return Ok(());
    }
    let primary = info.primary().map(Key::columns);
    match (declared, primary) {
        (None, primary) => info.shard = primary.unwrap_or_default(),
        (Some(key), primary) => {
            if key.parts.is_empty() && primary.is_some() {
                return Err(Refusal::feature(
                    "PRIMARY KEY on a table with an empty SHARD KEY",
                ));
            }
            for part in &key.parts {
                if info.column(&part.column).is_none() {
                    return Err(no_column(&part.column));
                }
            }
            info.shard = key.columns();
            let name = key.name.clone();
            info.shard_name = Some(name.unwrap_or_else(|| "__SHARDKEY".to_owned()));
        }
    }
    Ok(())
}

/// Columns of the primary key are NOT NULL.
fn mark_key_columns(info: &mut TableInfo) {
    let primary = info.primary().map(Key::columns).unwrap_or_default();
    for column in &mut info.columns {
        if primary
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&column.name))
        {
            column.null = Some(false);
        }
    }
}

/// Rules of the keys of a table, together.
pub(crate) fn check_keys(info: &TableInfo, settings: &Settings<'_>) -> Result<(), Refusal> {
    for key in &info.keys {
        check_parts(info, key)?;
        check_key(info, key, settings)?;
        if key.is_unique() && !key.unenforced && info.is_sharded() {
            covers_shard_key(info, key)?;
        }
    }
    if info
        .keys
        .iter()
        .filter(|k| k.kind == KeyKind::Primary)
        .count()
        > 1
    {
        return Err(Refusal::new(1068, "Multiple primary key defined"));
    }
    if info
        .keys
        .iter()
        .filter(|k| k.kind == KeyKind::Fulltext)
        .count()
        > 1
    {
        return Err(Refusal::feature("more than one FULLTEXT KEY"));
    }
    if info.kind.is_rowstore() {
        return Ok(());
    }
    let enforced: Vec<&Key> = info
        .keys
        .iter()
        .filter(|k| k.is_unique() && !k.unenforced)
        .collect();
    let several = enforced.len() > 1 && enforced.iter().any(|k| k.parts.len() > 1);
    if several && info.is_sharded() {
        return Err(Refusal::feature(
            "multiple UNIQUE indexes with at least one index containing multiple columns on columnstore table",
        ));
    }
    let hashes: Vec<Vec<String>> = info
        .keys
        .iter()
        .filter(|k| k.is_index() && !k.unenforced)
        .map(|k| k.columns().iter().map(|c| c.to_lowercase()).collect())
        .collect();
    for (i, columns) in hashes.iter().enumerate() {
        if hashes[..i].contains(columns) {
            return Err(Refusal::feature(
                "Multiple HASH indices on the same columns",
            ));
        }
    }
    Ok(())
}

fn check_parts(info: &TableInfo, key: &Key) -> Result<(), Refusal> {
    let name = key.name.as_deref().unwrap_or_default();
    if key.is_index() && name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Refusal::feature("an index name that starts with a digit"));
    }
    if key.parts.len() > 16 {
        return Err(Refusal::new(
            1070,
            "Too many key parts specified; max 16 parts allowed",
        ));
    }
    for part in &key.parts {
        if part.expression {
            return Err(Refusal::syntax(&part.column));
        }
        if info.column(&part.column).is_none() {
            return Err(no_column(&part.column));
        }
        if part.descending {
            return Err(Refusal::feature("descending index columns"));
        }
    }
    Ok(())
}

fn check_key(info: &TableInfo, key: &Key, settings: &Settings<'_>) -> Result<(), Refusal> {
    let columnstore = !info.kind.is_rowstore();
    let head = |part: &KeyPart| {
        info.column(&part.column)
            .map(|c| type_head(&c.ty))
            .unwrap_or_default()
    };
    let any = |heads: &[&str]| key.parts.iter().any(|p| heads.contains(&&*head(p)));
    match key.kind {
        KeyKind::Spatial => return Err(Refusal::syntax("SPATIAL")),
        KeyKind::Fulltext if !key.options.is_empty() && !settings.is_from(8, 7) => {
            return Err(Refusal::syntax("USING VERSION"));
        }
        KeyKind::Fulltext
            if !key.options.is_empty()
                && !matches!(&*key.options, "USING VERSION 1" | "USING VERSION 2") =>
        {
            return Err(Refusal::syntax(&key.options));
        }
        KeyKind::Fulltext if !columnstore => {
            return Err(Refusal::feature("FULLTEXT KEY on a rowstore table"));
        }
        KeyKind::Fulltext => {
            let text = |p: &KeyPart| head(p).ends_with("TEXT") || head(p).ends_with("CHAR");
            if !key.parts.iter().all(text) {
                return Err(Refusal::feature(
                    "FULLTEXT KEY on a column that is not text",
                ));
            }
        }
        KeyKind::Vector => {
            if !columnstore {
                return Err(Refusal::feature("VECTOR INDEX on a rowstore table"));
            }
            if key.parts.len() != 1 || !any(&["VECTOR"]) {
                return Err(Refusal::feature(
                    "VECTOR INDEX on a column that is not a vector",
                ));
            }
            vector_options(&key.options)?;
        }
        KeyKind::MultiValue if !any(&["JSON", "BSON"]) => {
            return Err(Refusal::feature(
                "MULTI VALUE INDEX on a column that is not JSON",
            ));
        }
        KeyKind::Primary if columnstore && any(&["FLOAT", "DOUBLE", "REAL"]) => {
            return Err(Refusal::feature(
                "FLOAT or DOUBLE column in the PRIMARY KEY of a columnstore table",
            ));
        }
        _ => {}
    }
    // An unenforced key has no index there.
    if columnstore && key.is_index() && !key.unenforced && any(&["ENUM"]) {
        return Err(Refusal::feature(
            "index on an ENUM column of a columnstore table",
        ));
    }
    if columnstore
        && key.using.as_deref() == Some("BTREE")
        && !settings.options.btree_on_columnstore
    {
        return Err(Refusal::feature("BTREE index on a columnstore table"));
    }
    Ok(())
}

/// Types and metrics that are documented; the metric of the cosine was refused on 9.0.34.
fn vector_options(options: &str) -> Result<(), Refusal> {
    const TYPES: &[&str] = &[
        "AUTO",
        "FLAT",
        "IVF_FLAT",
        "IVF_PQ",
        "IVF_PQFS",
        "HNSW_FLAT",
        "HNSW_PQ",
    ];
    const METRICS: &[&str] = &["EUCLIDEAN_DISTANCE", "DOT_PRODUCT"];
    const NUMBERS: &[&str] = &["nlist", "nprobe", "m", "nbits", "M", "efConstruction", "ef"];
    let Some(json) = options.strip_prefix("INDEX_OPTIONS ") else {
        return Ok(());
    };
    let wrong = |what: &str| Err(Refusal::feature(&format!("VECTOR INDEX with {what}")));
    let json = json.trim().trim_matches('\'');
    let inner = json
        .trim()
        .strip_prefix('{')
        .and_then(|t| t.strip_suffix('}'));
    let Some(inner) = inner else {
        return wrong("INDEX_OPTIONS that are no JSON object");
    };
    for pair in inner.split(',').filter(|p| !p.trim().is_empty()) {
        let Some((key, value)) = pair.split_once(':') else {
            return wrong("INDEX_OPTIONS that are no JSON object");
        };
        let (key, text) = (key.trim().trim_matches('"'), value.trim().trim_matches('"'));
        let upper = text.to_ascii_uppercase();
        let known = match key {
            "index_type" => TYPES.contains(&&*upper),
            "metric_type" => METRICS.contains(&&*upper),
            _ => NUMBERS.contains(&key) && text.parse::<u32>().is_ok_and(|n| n > 0),
        };
        if !known {
            return wrong(&format!("{key} {text}"));
        }
    }
    Ok(())
}

/// 1744 and 1896.
fn covers_shard_key(info: &TableInfo, key: &Key) -> Result<(), Refusal> {
    let name = match key.kind {
        KeyKind::Primary => "PRIMARY",
        _ => key
            .name
            .as_deref()
            .or(key.parts.first().map(|p| &*p.column))
            .unwrap_or_default(),
    };
    if info.shard.is_empty() {
        return Err(Refusal::new(
            1896,
            format!(
                "The unique key named: {name} cannot be created on a table with an empty shard key"
            ),
        ));
    }
    let columns = key.columns();
    let covered = info
        .shard
        .iter()
        .all(|s| columns.iter().any(|c| c.eq_ignore_ascii_case(s)));
    if covered {
        return Ok(());
    }
    Err(Refusal::new(
        1744,
        format!(
            "The unique key named: {name} cannot be created because unique keys must contain all columns of the shard key"
        ),
    ))
}

fn auto_increment(info: &TableInfo, settings: &Settings<'_>) -> Result<(), Refusal> {
    let mut found = info.columns.iter().filter(|c| c.auto_increment);
    let Some(column) = found.next() else {
        return Ok(());
    };
    let indexed = info.keys.iter().any(|k| {
        k.is_index()
            && k.parts
                .first()
                .is_some_and(|p| p.column.eq_ignore_ascii_case(&column.name))
    });
    if found.next().is_some() || !indexed {
        return Err(Refusal::new(
            1075,
            "Incorrect table definition; there can be only one auto column and it must be defined as a key",
        ));
    }
    let big = type_head(&column.ty) == "BIGINT";
    if !big && info.is_sharded() && !settings.options.int_auto_increment {
        return Err(Refusal::distributed(
            "AUTO_INCREMENT on a column that is not BIGINT of a sharded table",
        ));
    }
    Ok(())
}

impl Settings<'_> {
    /// Whether the engine is 9.1 or later.
    pub(crate) fn is_9_1(&self) -> bool {
        self.is_from(9, 1)
    }

    /// Whether the engine is this version or later.
    fn is_from(&self, major: u32, minor: u32) -> bool {
        let wanted = (major, minor);
        let mut parts = self
            .options
            .engine_version
            .split('.')
            .map(str::parse::<u32>);
        let (major, minor) = (parts.next(), parts.next());
        match (major, minor) {
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= wanted,
            _ => false,
        }
    }
}
