//! Models → database → models: what is read back is what was made, but for what no catalog holds.

use orm::dialect::Dialect;
use orm::introspect::{
    Column, Found, KeyKind, Table, compare, expected_table, models_of, parse_table, read_tables,
};
use orm::migrate::{AnswerTable, Arrangement, Hints, ProjectState, detect, mapped_tables, sql_for};
use orm::prelude::*;
use orm::schema::{
    FieldDef, FieldType, IndexKind, ModelDef, OnDelete, RelationDef, StorageType, Unique,
    hashed_name, many_to_many_table, snake_case,
};
use suite::backend::{Backend, statement};

/// The apps of all models; a table that carries no app's prefix belongs to the first.
fn apps(state: &ProjectState) -> Vec<String> {
    let mut apps: Vec<String> = state.apps().map(str::to_owned).collect();
    apps.sort_by_key(|app| app != "names");
    apps
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_reads_back_what_was_made() {
    Backend::Sqlite.run(round_trip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_reads_back_what_was_made_by_text() {
    Backend::MariadbText.run(round_trip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_reads_back_what_was_made_prepared() {
    Backend::MariadbPrepared.run(round_trip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn singlestore_reads_back_what_was_made_by_text() {
    Backend::SingleStoreText.run(round_trip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn singlestore_reads_back_what_was_made_prepared() {
    Backend::SingleStorePrepared.run(round_trip).await;
}

/// As a server prints the tables of the suite's models, in the spelling of now and in the old one
/// (written from the catalogue of shapes that real servers were seen to print).
#[test]
fn definitions_of_singlestore_read_back_what_was_made() {
    let state = orm::linked_state();
    let dialect = orm::dialect::by_name("singlestore").expect("known");
    for age in [Age::New, Age::Old] {
        let mut found = Found::default();
        for model in state.models() {
            for mapped in mapped_tables(&state, model, dialect.features()).expect("it has tables") {
                let table = expected_table(&mapped.table, dialect, false).expect("it has a form");
                let text = printed(&table, age);
                let read = parse_table(&text, dialect).unwrap_or_else(|e| panic!("{e}\n{text}"));
                found.tables.push(read);
            }
        }
        found.tables.sort_by(|a, b| a.name.cmp(&b.name));
        assert_round_trip(&state, &found, dialect);
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Age {
    New,
    Old,
}

/// `SHOW CREATE TABLE`, as SingleStore answers it.
fn printed(table: &Table, age: Age) -> String {
    let list = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        format!("({})", names.join(","))
    };
    let storage = &table.storage;
    let mut lines: Vec<String> = table.columns.iter().map(printed_column).collect();
    let hash = if storage.rowstore {
        " USING BTREE"
    } else {
        " USING HASH"
    };
    if !table.primary_key.is_empty() {
        let columns = list(&table.primary_key);
        lines.push(match age {
            Age::New => format!("PRIMARY KEY {columns}"),
            Age::Old => format!("UNIQUE KEY `PRIMARY` {columns}{hash}"),
        });
    }
    for key in &table.keys {
        let columns: Vec<String> = key.parts.iter().map(|p| p.text.clone()).collect();
        let (word, hash) = match (key.kind, key.unique) {
            (KeyKind::Fulltext, _) if key.options.version == Some(2) => {
                ("FULLTEXT USING VERSION 2 KEY", "")
            }
            (KeyKind::Fulltext, _) => ("FULLTEXT KEY", ""),
            (KeyKind::Vector, _) => ("VECTOR KEY", ""),
            (_, true) => ("UNIQUE KEY", hash),
            (_, false) => ("KEY", hash),
        };
        let name = key.name.as_deref().unwrap_or_default();
        let unenforced = if key.unenforced {
            " UNENFORCED NORELY"
        } else {
            ""
        };
        let columns = list(&columns);
        let options = key.options.server_json();
        let options = options.map_or_else(String::new, |json| format!(" INDEX_OPTIONS='{json}'"));
        lines.push(format!(
            "{word} `{name}` {columns}{hash}{unenforced}{options}"
        ));
    }
    if let Some(columns) = storage.shard_key.as_ref().filter(|_| !storage.reference) {
        let name = match age {
            Age::New => "__SHARDKEY",
            Age::Old => columns.first().map_or("__SHARDKEY", String::as_str),
        };
        lines.push(format!("SHARD KEY `{name}` {}", list(columns)));
    }
    if !storage.rowstore {
        lines.push(match age {
            Age::New => "SORT KEY `__UNORDERED` ()".to_owned(),
            Age::Old => "KEY `__UNORDERED` () USING CLUSTERED COLUMNSTORE".to_owned(),
        });
    }
    let words = match (storage.rowstore, storage.reference) {
        (false, false) => "TABLE",
        (true, false) => "ROWSTORE TABLE",
        (false, true) => "REFERENCE TABLE",
        (true, true) => "ROWSTORE REFERENCE TABLE",
    };
    let modes = match age {
        Age::New => "STRICT_ALL_TABLES' CHARACTER SET=`utf8mb4` COLLATE=`utf8mb4_general_ci`",
        Age::Old => "STRICT_ALL_TABLES,NO_AUTO_CREATE_USER'",
    };
    format!(
        "CREATE {words} `{}` (\n  {}\n) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='{modes}",
        table.name,
        lines.join(",\n  ")
    )
}

fn printed_column(column: &Column) -> String {
    let ty = match column.ty.as_str() {
        "bigint" => "bigint(20)",
        "bigint unsigned" => "bigint(20) unsigned",
        "int" => "int(11)",
        "int unsigned" => "int(10) unsigned",
        "smallint" => "smallint(6)",
        "smallint unsigned" => "smallint(5) unsigned",
        "json" => "JSON COLLATE utf8mb4_bin",
        other => other,
    };
    let collation = column.collation.as_ref();
    let collation = collation.map(|c| format!(" CHARACTER SET utf8mb4 COLLATE {c}"));
    let rest = match (column.null, column.auto_increment) {
        (true, _) => " DEFAULT NULL",
        (false, true) => " NOT NULL AUTO_INCREMENT",
        (false, false) => " NOT NULL",
    };
    assert_eq!(column.default, None, "print defaults as well");
    format!(
        "`{}` {ty}{}{rest}",
        column.name,
        collation.unwrap_or_default()
    )
}

/// All models linked here, but for those that the database has no tables of, or leaves an index out.
fn models_for(dialect: &dyn Dialect) -> ProjectState {
    let has = dialect.features();
    let kept = |index: &orm::schema::IndexDef| match index.kind {
        Some(IndexKind::Fulltext) => dialect.name() != "sqlite",
        Some(IndexKind::Vector) => has.vector_index,
        _ => true,
    };
    // MySQL and MariaDB keep vectors as JSON texts, which are read as such.
    let typed = has.vector_functions;
    let fits = |m: &&ModelDef| {
        let vectors = m
            .fields
            .iter()
            .any(|f| matches!(f.ty, FieldType::Vector { .. }));
        m.indexes.iter().all(kept) && (typed || !vectors)
    };
    let state = orm::linked_state();
    state.models().filter(fits).cloned().collect()
}

/// Makes their tables.
async fn create(db: &Db) -> ProjectState {
    let mut state = ProjectState::default();
    let changes = detect(
        &state,
        &models_for(db.dialect()),
        &Hints::default(),
        &mut AnswerTable::default(),
    )
    .expect("nothing is asked");
    for migration in changes.arrange(&Arrangement::default()) {
        let sql = sql_for(&migration, &state, db.dialect(), false).expect("it is possible");
        for (text, _) in sql {
            statement(db, &text)
                .await
                .unwrap_or_else(|e| panic!("{text}: {e}"));
        }
        migration.state_forward(&mut state).expect("it fits");
    }
    state
}

async fn round_trip(db: &Db) -> Result<()> {
    let state = create(db).await;
    let found = read_tables(db, None).await.expect("reads");
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    assert_round_trip(&state, &found, db.dialect());
    Ok(())
}

fn assert_round_trip(state: &ProjectState, found: &Found, dialect: &dyn Dialect) {
    assert_same_tables(state, found, dialect);
    for part in unlike_names(state) {
        let tables: Vec<String> = (part.models())
            .flat_map(|m| mapped_tables(&part, m, dialect.features()).expect("it has tables"))
            .map(|m| m.table.name)
            .collect();
        let own = found.tables.iter().filter(|t| tables.contains(&t.name));
        let own = Found {
            tables: own.cloned().collect(),
            rowstore_by_default: found.rowstore_by_default,
            ..Found::default()
        };
        assert_read_back(&part, &own, dialect);
    }
}

/// Apps in groups in which no two models have one name: structs that are read stand side by side, so
/// the second of a name is called otherwise, and its automatic tables with it.
fn unlike_names(state: &ProjectState) -> Vec<ProjectState> {
    let mut groups: Vec<Vec<ModelDef>> = Vec::new();
    for app in state.apps() {
        let models: Vec<ModelDef> = state.models().filter(|m| m.app == app).cloned().collect();
        let unlike = |group: &&mut Vec<ModelDef>| {
            let mut names = models.iter().map(|m| &m.name);
            !names.any(|n| group.iter().any(|m| m.name == *n))
        };
        match groups.iter_mut().find(unlike) {
            Some(group) => group.extend(models),
            None => groups.push(models),
        }
    }
    groups.into_iter().map(ProjectState::from_iter).collect()
}

fn assert_read_back(state: &ProjectState, found: &Found, dialect: &dyn Dialect) {
    assert_same_tables(state, found, dialect);
    let models = models_of(found, &apps(state), dialect);
    for model in &models {
        assert_eq!(model.unusable, None, "{}", model.def.table);
    }
    let inspected: ProjectState = models.iter().map(|m| m.def.clone()).collect();
    // What was read makes the same tables again …
    assert_same_tables(&inspected, found, dialect);
    // … and is the same models, but for what the catalog does not hold.
    let held = held(state, dialect);
    for expected in held.models() {
        let Some(model) = inspected.model(&expected.id()) else {
            let ids: Vec<String> = inspected.models().map(|m| m.id().to_string()).collect();
            panic!("{} is not among the models read: {ids:?}", expected.id());
        };
        let pair = |m: &ModelDef| ProjectState::from_iter([m.clone()]);
        assert!(
            pair(expected).same(&pair(model)),
            "expected {expected:#?}\nread {model:#?}"
        );
    }
    assert_eq!(held.models().count(), inspected.models().count());
}

fn assert_same_tables(state: &ProjectState, found: &Found, dialect: &dyn Dialect) {
    let mut known = 0;
    for model in state.models() {
        for mapped in mapped_tables(state, model, dialect.features()).expect("it has tables") {
            let expected = expected_table(&mapped.table, dialect, found.rowstore_by_default)
                .expect("it can be described");
            let actual = found
                .table(&expected.name)
                .unwrap_or_else(|| panic!("{} is not there", expected.name));
            let differences = compare(&expected, actual, dialect.features());
            assert!(
                differences.is_empty(),
                "{}: {differences:#?}",
                expected.name
            );
            known += 1;
        }
    }
    assert_eq!(known, found.tables.len(), "tables are left over");
}

/// What a catalog can hold of models. Not held, and so taken away here:
///
/// - orders of queries, defaults that the program fills in: no database knows them;
/// - `on_delete`: the constraint only refuses, the ORM does the rest;
/// - names of fields whose column has another name;
/// - types that share a column type with another: durations are BIGINT, `f32` is DOUBLE, and on
///   servers a UUID is CHAR(32), an IP address VARCHAR(39), a shape or vector LONGTEXT;
/// - sets through a model of their own: the table of that model is there, and says nothing of them;
/// - whether a key is unique by a side table, where no side table is needed;
/// - on databases without foreign keys, relations: only their columns and indexes are there;
/// - natural keys and fields that dumps leave out: those are of files;
/// - elsewhere than on SingleStore, storage, and that a key is not enforced.
fn held(state: &ProjectState, dialect: &dyn Dialect) -> ProjectState {
    let relations = dialect.features().foreign_keys;
    let mut out: Vec<ModelDef> = Vec::new();
    for model in state.models() {
        let mut held = model.clone();
        held.ordering.clear();
        if !dialect.features().sharded {
            held.storage = orm::schema::Storage::default();
            for index in &mut held.indexes {
                index.options = orm::schema::IndexOptions::NONE;
            }
        }
        // What the server makes unasked is read as if nobody had asked.
        if held.storage.storage_type == Some(StorageType::Columnstore) {
            held.storage.storage_type = None;
        }
        held.fields = model
            .fields
            .iter()
            .map(|f| held_field(f, model, state, dialect))
            .collect();
        let renamed: Vec<(String, String)> = model
            .fields
            .iter()
            .zip(&held.fields)
            .map(|(a, b)| (a.name.clone(), b.name.clone()))
            .collect();
        let through = |f: &FieldDef| f.ty.relation().is_some_and(|r| r.through.is_some());
        held.fields.retain(|f| !through(f));
        if !relations {
            let pairs_of = model.fields.iter().filter(|f| !f.ty.has_column());
            for field in pairs_of.filter(|f| !through(f)) {
                out.push(pairs(model, field, state));
            }
            held.fields.retain(|f| f.ty.has_column());
        }
        let new = |name: &String| {
            let pair = renamed.iter().find(|(old, _)| old == name);
            pair.map_or(name, |(_, new)| new).clone()
        };
        // An index of one column under its usual name is read as that of the field.
        held.indexes.retain(|index| {
            let usual = match &index.fields[..] {
                [only] if index.kind.is_none() => {
                    let name = orm::schema::hashed_name(&model.table, &[only], "idx");
                    let fields = &mut held.fields;
                    fields
                        .iter_mut()
                        .find(|f| f.name == *only && index.name == name)
                }
                _ => None,
            };
            match usual {
                Some(field) => {
                    field.index = true;
                    false
                }
                None => true,
            }
        });
        held.primary_key = held.primary_key.iter().map(new).collect();
        for constraint in &mut held.constraints {
            constraint.fields = constraint.fields.iter().map(new).collect();
            constraint.unenforced &= dialect.features().sharded;
        }
        out.push(held);
    }
    out.into_iter().collect()
}

fn held_field(
    field: &FieldDef,
    model: &ModelDef,
    state: &ProjectState,
    dialect: &dyn Dialect,
) -> FieldDef {
    let features = dialect.features();
    let embedded = features.transactional_ddl;
    let mut held = field.clone();
    held.default = None;
    let relation = field.ty.is_to_one();
    let lookup = model.has_lookup(&field.name) && features.sharded;
    if field.unique == Unique::Lookup && !features.sharded {
        held.unique = match field.ty {
            FieldType::OneToOne(_) => Unique::No,
            _ => Unique::Yes,
        };
    }
    if let Some(relation) = held.ty.relation_mut() {
        // An automatic table's rows always go with either side.
        relation.on_delete = match field.ty {
            FieldType::ManyToMany(_) => relation.on_delete,
            _ => OnDelete::DoNothing,
        };
    }
    let watched = |r: &RelationDef| features.foreign_keys && r.db_constraint;
    if relation && !field.ty.relation().is_some_and(watched) {
        held.unique = match (&field.ty, model.primary_key == [field.name.as_str()]) {
            (FieldType::OneToOne(_), false) => Unique::Yes,
            _ => Unique::No,
        };
        held.index = held.unique == Unique::No && model.primary_key.first() != Some(&field.name);
        if lookup {
            (held.unique, held.index) = (Unique::Lookup, false);
        }
        held.column = None;
        held.name = field.column_name().into_owned();
        held.ty = key_type(field, state);
    }
    held.ty = match &held.ty {
        FieldType::Duration => FieldType::BigInt { unsigned: false },
        FieldType::Float => FieldType::Double,
        FieldType::Uuid if !embedded => FieldType::Sql("char(32)".to_owned()),
        FieldType::Ip if !embedded => FieldType::Varchar { max_length: 39 },
        ty => ty.clone(),
    };
    if let Some(column) = &field.column
        && !relation
    {
        let plain = snake_case(&column.replace(' ', "_"));
        held.column = (plain != *column).then(|| column.clone());
        held.name = plain;
    }
    held
}

/// The type of the key that a relation refers to.
fn key_type(field: &FieldDef, state: &ProjectState) -> FieldType {
    let relation = field.ty.relation().expect("a relation");
    let target = state.model(&relation.to).expect("it is there");
    let name = relation.to_field.as_ref().unwrap_or(&target.primary_key[0]);
    let key = target.field(name).expect("it is there");
    if key.ty.is_to_one() {
        key_type(key, state)
    } else {
        key.ty.clone()
    }
}

/// The model that an automatic table of pairs looks like where nothing says that it is one.
fn pairs(model: &ModelDef, field: &FieldDef, state: &ProjectState) -> ModelDef {
    let table = many_to_many_table(&model.table, &field.name);
    let features = orm::dialect::by_name("singlestore")
        .expect("known")
        .features()
        .clone();
    let mapped = mapped_tables(state, model, &features).expect("it has tables");
    let mapped = mapped
        .into_iter()
        .find(|m| m.table.name == table)
        .expect("it has one");
    let rest = table
        .strip_prefix(&format!("{}_", model.app))
        .expect("a prefix");
    let name: String = rest
        .split('_')
        .map(|w| format!("{}{}", w[..1].to_uppercase(), &w[1..]))
        .collect();
    let mut out = ModelDef::new(&model.app, name);
    out.table = table;
    for column in &mapped.table.columns {
        let mut field = FieldDef::new(&column.name, column.ty.clone());
        let own = hashed_name(&out.table, &[&column.name], "idx");
        field.index = mapped.table.indexes.iter().any(|i| i.name == own);
        out.fields.push(field);
    }
    out.primary_key.clone_from(&mapped.table.primary_key);
    out.storage.shard_key = mapped.table.storage.shard_key;
    out.storage.storage_type = mapped.table.storage.storage_type;
    out
}
