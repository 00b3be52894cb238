//! Tables of every type, default, key and odd name: what a database prints of them is read as what
//! was made.

use orm::ast::Ddl;
use orm::introspect::{compare, expected_table, models_of, read_tables};
use orm::migrate::{ProjectState, tables_of};
use orm::prelude::*;
use orm::schema::{
    ColumnDef, ColumnDefault, FieldType, TableDef, TableIndexDef, TableStorage, UniqueDef,
};
use suite::backend::{Backend, statement};

const TABLES: u64 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    Backend::Sqlite.run(random_tables).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_mariadb() {
    Backend::MariadbText.run(random_tables).await;
}

/// SplitMix64: the same tables on every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.throw(from.len())]
    }
}

const NAMES: [&str; 12] = [
    "plain",
    "select",
    "Mixed Case",
    "größe",
    "key",
    "a)b",
    "a,b",
    "it's",
    "two  blanks",
    "check",
    "shard",
    "-- no comment",
];

const TEXTS: [&str; 8] = [
    "plain",
    "it's",
    "back\\slash",
    "two\nlines",
    "100 % (sure), \"really\"",
    "ünïcode",
    "`ticks`",
    "",
];

/// Types with a default that each takes, as SQL.
fn types() -> Vec<(FieldType, &'static str)> {
    vec![
        (FieldType::Bool, "1"),
        (FieldType::SmallInt { unsigned: false }, "-7"),
        (FieldType::SmallInt { unsigned: true }, "7"),
        (FieldType::Int { unsigned: false }, "0"),
        (FieldType::Int { unsigned: true }, "10"),
        (FieldType::BigInt { unsigned: false }, "-9000000000"),
        (FieldType::BigInt { unsigned: true }, "100"),
        (FieldType::Double, "2.50"),
        (
            FieldType::Decimal {
                precision: 12,
                scale: 4,
            },
            "1.5000",
        ),
        (FieldType::Varchar { max_length: 20 }, "'it''s (a, b)'"),
        (FieldType::Text, "'x'"),
        (FieldType::Binary { max_length: None }, "'b'"),
        (
            FieldType::Binary {
                max_length: Some(8),
            },
            "'b'",
        ),
        (FieldType::Date, "'2024-02-29'"),
        (FieldType::Time, "'10:20:30'"),
        (FieldType::DateTime, "CURRENT_TIMESTAMP"),
        (FieldType::Duration, "5"),
        (FieldType::Json, "'{\"a\": [1, 2]}'"),
        (FieldType::Uuid, "'0123456789abcdef0123456789abcdef'"),
        (FieldType::Ip, "'::1'"),
    ]
}

fn table(seed: u64, comments: bool, embedded: bool) -> TableDef {
    let mut dice = Dice(seed);
    let mut names = NAMES.to_vec();
    let types = types();
    let mut columns = Vec::new();
    for number in 0..3 + dice.throw(6) {
        let name = names.remove(dice.throw(names.len()));
        let (ty, default) = &types[dice.throw(types.len())];
        let mut column = ColumnDef::new(name, ty.clone());
        // The first two make the key.
        column.null = number > 1 && dice.throw(2) == 0;
        if number > 1 && dice.throw(2) == 0 {
            column.default = Some(ColumnDefault::Sql((*default).to_owned()));
        }
        if comments && dice.throw(3) == 0 {
            column.comment = Some(dice.pick(&TEXTS).to_owned()).filter(|c| !c.is_empty());
        }
        if ty.is_text() && dice.throw(3) == 0 {
            let collation = dice.pick(&["utf8mb4_general_ci", "utf8mb4_bin"]);
            column.collation = Some(collation.to_owned());
        }
        if number < 2 {
            let keys = [3, 5, 9, 13];
            column.ty = types[keys[dice.throw(keys.len())]].0.clone();
            column.collation = None;
        }
        columns.push(column);
    }
    let bounded = |c: &&ColumnDef| {
        !matches!(
            c.ty,
            FieldType::Text | FieldType::Json | FieldType::Binary { max_length: None }
        )
    };
    let keyable: Vec<String> = columns
        .iter()
        .filter(bounded)
        .map(|c| c.name.clone())
        .collect();
    let some = |dice: &mut Dice| {
        let mut left = keyable.clone();
        let count = 1 + dice.throw(left.len().min(3));
        (0..count)
            .map(|_| left.remove(dice.throw(left.len())))
            .collect::<Vec<_>>()
    };
    let mut out = TableDef {
        name: format!("t{seed} {}", dice.pick(&["odd", "(x)", "'q'"])),
        primary_key: columns
            .iter()
            .take(1 + dice.throw(2))
            .map(|c| c.name.clone())
            .collect(),
        columns,
        uniques: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        storage: TableStorage::default(),
        comment: comments
            .then(|| dice.pick(&TEXTS).to_owned())
            .filter(|c| !c.is_empty()),
    };
    for number in 0..dice.throw(3) {
        out.uniques.push(UniqueDef {
            name: format!("u{number} of {seed}"),
            columns: some(&mut dice),
            unenforced: false,
        });
    }
    for number in 0..dice.throw(3) {
        out.indexes.push(TableIndexDef {
            name: format!("i{number} of {seed}"),
            columns: some(&mut dice),
            kind: None,
            options: Default::default(),
        });
    }
    // SQLite numbers a key of whole numbers by itself.
    let alone = out.primary_key.len() == 1;
    if embedded && alone && out.columns[0].ty == (FieldType::Int { unsigned: false }) {
        out.columns[0].auto_increment = true;
    }
    out
}

async fn random_tables(db: &Db) -> Result<()> {
    let dialect = db.dialect();
    let features = dialect.features();
    let tables: Vec<TableDef> = (0..TABLES)
        .map(|seed| table(seed, features.comments, features.transactional_ddl))
        .collect();
    for table in &tables {
        let mut statements = vec![Ddl::CreateTable {
            table: table.clone(),
            if_not_exists: false,
        }];
        if !features.inline_indexes {
            statements.extend(table.indexes.iter().map(|index| Ddl::CreateIndex {
                table: table.name.clone(),
                index: index.clone(),
            }));
        }
        for ddl in statements {
            let text = dialect.render_ddl(&ddl).expect("it can be said");
            if let Err(e) = statement(db, &text).await {
                panic!("{text}: {e}");
            }
        }
    }
    let found = read_tables(db, None).await.expect("reads");
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    assert_eq!(found.tables.len(), tables.len());
    for table in &tables {
        let expected = expected_table(table, dialect, false).expect("it can be described");
        let actual = found.table(&table.name).expect("it is there");
        let differences = compare(&expected, actual, features);
        assert!(
            differences.is_empty(),
            "{differences:#?}\n{table:#?}\n{actual:#?}"
        );
    }
    // Models made of them make the same tables.
    let models = models_of(&found, &["app".to_owned()], dialect);
    let state: ProjectState = models.iter().map(|m| m.def.clone()).collect();
    for model in state.models() {
        let made = &tables_of(&state, model, features).expect("it has a table")[0];
        let expected = expected_table(made, dialect, false).expect("it can be described");
        let actual = found.table(&made.name).expect("it is there");
        let differences = compare(&expected, actual, features);
        assert!(
            differences.is_empty(),
            "{differences:#?}\n{model:#?}\n{actual:#?}"
        );
    }
    assert_eq!(state.models().count(), tables.len());
    Ok(())
}
