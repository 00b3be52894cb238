//! Random schemas that the rule book lets through: the stand-in for SingleStore takes them all.
//!
//! `ORM_TEST_SEED` is the seed, `ORM_TEST_SCHEMAS` the number of schemas, 2,000 by default.

use std::collections::BTreeSet;

use orm::ast::Ddl;
use orm::dialect;
use orm::migrate::{ProjectState, mapped_tables};
use orm::prelude::*;
use orm::schema::check::{RULES, check_models, check_singlestore};
use orm::schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, IndexKind, ModelDef, ModelId, OnDelete,
    OrderField, RelationDef, StorageType, Unique,
};
use suite::backend::{Backend, statement};

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Once in so many times.
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// Some of them, in any order.
    fn some(&mut self, all: &[String], most: usize) -> Vec<String> {
        let mut left = all.to_vec();
        let count = (1 + self.below(most)).min(left.len());
        (0..count)
            .map(|_| left.remove(self.below(left.len())))
            .collect()
    }
}

/// Types that can stand in a key, on the server as on what stands behind the stand-in.
fn key_type(r: &mut Random) -> FieldType {
    match r.below(12) {
        0 => FieldType::Bool,
        1 => FieldType::SmallInt {
            unsigned: r.one_in(2),
        },
        2 => FieldType::Int {
            unsigned: r.one_in(2),
        },
        3 => FieldType::BigInt {
            unsigned: r.one_in(2),
        },
        4 => FieldType::Double,
        5 => FieldType::Decimal {
            precision: 1 + r.below(40) as u8,
            scale: r.below(8) as u8,
        },
        6 => FieldType::Char {
            max_length: 1 + r.below(30) as u32,
        },
        7 => FieldType::Varchar {
            max_length: 1 + r.below(60) as u32,
        },
        8 => FieldType::Date,
        9 => FieldType::DateTime,
        10 => FieldType::Uuid,
        _ => FieldType::Sql(
            r.pick(&["ENUM('a', 'b')", "DATETIME(6)", "VARCHAR(20)"])
                .into(),
        ),
    }
}

fn any_type(r: &mut Random) -> FieldType {
    match r.below(14) {
        0 => FieldType::Text,
        1 => FieldType::Json,
        2 => FieldType::Binary {
            max_length: r.one_in(2).then(|| 1 + r.below(400) as u32),
        },
        3 => FieldType::Vector {
            dim: 1 + r.below(64) as u32,
        },
        4 => FieldType::Geography,
        5 => FieldType::Time,
        6 => FieldType::Duration,
        7 => FieldType::Ip,
        8 => FieldType::Float,
        9 => FieldType::Sql(
            r.pick(&[
                "DATETIME(3)",
                "TIMESTAMP(6)",
                "UUID",
                "MEDIUMTEXT",
                "VARCHAR",
                "CHAR(256)",
                "DECIMAL(66, 1)",
                "GEOGRAPHYPOINT",
                "INT SPARSE",
                "INT CHECK (1 = 1)",
                "YEAR",
                "BIT",
                "TINYBLOB",
                "VECTOR(4, F64)",
            ])
            .into(),
        ),
        _ => key_type(r),
    }
}

fn default_of(r: &mut Random, ty: &FieldType) -> Option<String> {
    let all: &[&str] = match ty {
        FieldType::Int { .. } | FieldType::BigInt { .. } => &["0", "7", "1 + 1", "RAND()"],
        FieldType::Varchar { .. } => &["'x'", "''", "UUID()", "CONCAT('a', 'b')"],
        FieldType::DateTime => &["CURRENT_TIMESTAMP(6)", "NOW(6)", "'0001-01-01 00:00:00'"],
        FieldType::Date => &["'2020-02-29'", "'0999-01-01'"],
        _ => return None,
    };
    Some(r.pick(all).to_owned())
}

fn field(r: &mut Random, number: usize) -> FieldDef {
    let name = format!("f{number}");
    let mut field = if r.one_in(6) {
        let mut relation =
            RelationDef::new(ModelId::new("shop", r.pick(&["Maker", "Place", "Page"])));
        relation.on_delete = r.pick(&[OnDelete::Cascade, OnDelete::SetNull, OnDelete::Protect]);
        let ty = match r.below(4) {
            0 => FieldType::OneToOne(relation),
            1 => FieldType::ManyToMany(relation),
            _ => FieldType::ForeignKey(relation),
        };
        let mut field = FieldDef::new(name, ty);
        let set_null = |r: &RelationDef| r.on_delete == OnDelete::SetNull;
        field.null = field.ty.relation().is_some_and(set_null);
        return field;
    } else if r.one_in(2) {
        FieldDef::new(name, key_type(r))
    } else {
        FieldDef::new(name, any_type(r))
    };
    field.db_default = default_of(r, &field.ty).filter(|_| r.one_in(3));
    field.null = r.one_in(3);
    // An index on a type without an order is for others to refuse: no rule of the server is known.
    if is_key(&field.ty) {
        field.index = r.one_in(6);
        field.unique = if r.one_in(10) {
            Unique::Yes
        } else {
            Unique::No
        };
    }
    if field.ty.is_text() && r.one_in(5) {
        field.collation = Some(
            r.pick(&["utf8mb4_bin", "utf8mb4_general_ci", "gbk_bin"])
                .into(),
        );
    }
    field.comment = r.one_in(8).then(|| "it's a `comment` \\ %".to_owned());
    field
}

fn is_key(ty: &FieldType) -> bool {
    match ty {
        FieldType::Sql(sql) => {
            let known = ["ENUM", "DATETIME", "VARCHAR(", "TIMESTAMP", "YEAR", "BIT"];
            known.iter().any(|k| sql.starts_with(k))
        }
        FieldType::ForeignKey(_) | FieldType::OneToOne(_) => true,
        FieldType::ManyToMany(_)
        | FieldType::Text
        | FieldType::Json
        | FieldType::Binary { .. }
        | FieldType::Vector { .. }
        | FieldType::Geography => false,
        _ => true,
    }
}

fn model(r: &mut Random) -> ModelDef {
    let mut model = ModelDef::new("shop", "Page");
    let mut id = FieldDef::new("id", FieldType::BigInt { unsigned: false });
    id.auto = r.one_in(2);
    if id.auto && r.one_in(8) {
        id.ty = FieldType::Int { unsigned: false };
    }
    model.fields.push(id);
    for number in 0..1 + r.below(7) {
        let field = field(r, number);
        model.fields.push(field);
    }
    let columns: Vec<String> = model
        .fields
        .iter()
        .filter(|f| is_key(&f.ty) && f.computed.is_none())
        .map(|f| f.name.clone())
        .collect();
    let not_null: Vec<String> = columns
        .iter()
        .filter(|n| model.field(n).is_some_and(|f| !f.null))
        .cloned()
        .collect();
    model.primary_key = match r.below(6) {
        0 => Vec::new(),
        1 | 2 => r.some(&not_null, 3),
        _ => vec!["id".to_owned()],
    };
    let storage = &mut model.storage;
    let types = StorageType::NAMES.map(|(_, t)| t);
    storage.storage_type = (!r.one_in(4)).then(|| r.pick(&types));
    storage.shard_key = match r.below(6) {
        0 => Some(Vec::new()),
        1 => Some(r.some(&columns, 2)),
        2 if !model.primary_key.is_empty() => Some(r.some(&model.primary_key, 2)),
        _ => None,
    };
    if r.one_in(4) {
        storage.sort_key = r
            .some(&columns, 2)
            .into_iter()
            .map(|field| OrderField {
                field,
                descending: r.one_in(2),
            })
            .collect();
    }
    keys_and_indexes(r, &mut model, &columns);
    computed(r, &mut model);
    model.comment = r.one_in(6).then(|| "a table's comment".to_owned());
    model
}

fn keys_and_indexes(r: &mut Random, model: &mut ModelDef, columns: &[String]) {
    if r.one_in(6) {
        model.unique_together.push(r.some(columns, 3));
    }
    for number in 0..r.below(3) {
        if r.one_in(2) {
            model.constraints.push(ConstraintDef {
                name: format!("u{number}"),
                fields: r.some(columns, 3),
                unenforced: r.one_in(2),
            });
        }
    }
    let all: Vec<String> = model
        .fields
        .iter()
        .filter(|f| f.ty.has_column())
        .map(|f| f.name.clone())
        .collect();
    for number in 0..r.below(3) {
        let kind = r.pick(&[
            None,
            None,
            Some(IndexKind::Hash),
            Some(IndexKind::Btree),
            Some(IndexKind::Fulltext),
            Some(IndexKind::Vector),
        ]);
        let fields = match kind {
            Some(IndexKind::Fulltext | IndexKind::Vector) => r.some(&all, 1),
            _ => r.some(columns, 3),
        };
        let name = if r.one_in(15) {
            format!("{number}i")
        } else {
            format!("i{number}")
        };
        model.indexes.push(IndexDef {
            name,
            fields,
            kind,
            options: Default::default(),
        });
    }
}

fn computed(r: &mut Random, model: &mut ModelDef) {
    // What stands behind the stand-in computes nothing from automatic numbers.
    if r.one_in(8) && !model.fields[0].auto {
        let mut field = FieldDef::new("double_id", FieldType::BigInt { unsigned: false });
        field.computed = Some("`id` * 2".to_owned());
        field.null = true;
        model.fields.push(field);
    }
}

/// What relations lead to: a numbered model, and one whose key is a text.
fn others() -> [ModelDef; 2] {
    let mut maker = ModelDef::new("shop", "Maker");
    let mut id = FieldDef::new("id", FieldType::BigInt { unsigned: false });
    id.auto = true;
    maker.fields.push(id);
    maker.primary_key = vec!["id".to_owned()];
    let mut place = ModelDef::new("shop", "Place");
    let code = FieldDef::new("code", FieldType::Varchar { max_length: 10 });
    place.fields.push(code);
    place.primary_key = vec!["code".to_owned()];
    [maker, place]
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

/// The rules that a schema breaks.
fn broken(state: &ProjectState) -> Vec<&'static str> {
    let models: Vec<&ModelDef> = state.models().collect();
    let related = |id: &ModelId| state.model(id);
    let mut ids: Vec<&str> = check_models(models.iter().copied())
        .into_iter()
        .map(|(_, f)| f.id)
        .collect();
    for model in models {
        ids.extend(check_singlestore(model, &related).iter().map(|f| f.id));
    }
    ids
}

/// CREATE TABLE of a model and of its many-to-many fields. What has no table on any backend is
/// refused by an error of its own: a relation to a composite key.
fn statements(state: &ProjectState, model: &ModelDef) -> Option<Vec<String>> {
    let to = dialect::by_name("singlestore").expect("it exists");
    let mapped = mapped_tables(state, model, to.features()).ok()?;
    let create = |table| Ddl::CreateTable {
        table,
        if_not_exists: false,
    };
    let render = |ddl: Ddl| to.render_ddl(&ddl).expect("legal, so it renders");
    Some(
        mapped
            .into_iter()
            .map(|m| render(create(m.table)))
            .collect(),
    )
}

/// Draws schemas until so many are legal: their statements, the rules that others broke.
fn draw(random: &mut Random, wanted: u64) -> (Vec<String>, BTreeSet<&'static str>) {
    let (mut all, mut rules) = (Vec::new(), BTreeSet::new());
    let (mut taken, mut drawn) = (0, 0_u64);
    while taken < wanted {
        drawn += 1;
        assert!(drawn < wanted * 200, "{taken} of {drawn} are legal");
        let mut page = model(random);
        // Each has a name of its own, so that none need be dropped.
        page.table = format!("page_{drawn}");
        let mut state = ProjectState::default();
        for model in others().into_iter().chain([page.clone()]) {
            state.insert(model);
        }
        let ids = broken(&state);
        if !ids.is_empty() {
            rules.extend(ids);
        } else if let Some(statements) = statements(&state, &page) {
            taken += 1;
            all.extend(statements);
        }
    }
    (all, rules)
}

async fn walk(db: &Db) -> Result<()> {
    let seed = number("ORM_TEST_SEED", 20_240_229);
    let (all, rules) = draw(&mut Random(seed), number("ORM_TEST_SCHEMAS", 2_000));
    let mut tasks = Vec::new();
    for part in all.chunks(all.len().div_ceil(4)) {
        let (db, part) = (db.clone(), part.to_vec());
        tasks.push(tokio::spawn(async move {
            let mut refused = Vec::new();
            for sql in part {
                let done = statement(&db, &sql).await;
                refused.extend(done.err().map(|e| e.to_string()));
            }
            refused
        }));
    }
    let mut refused = Vec::new();
    for task in tasks {
        refused.extend(task.await.expect("no panic"));
    }
    assert!(
        refused.is_empty(),
        "{} refused (seed {seed}), among them:\n{}",
        refused.len(),
        refused[..refused.len().min(10)].join("\n\n")
    );
    // The generator is of use only while it breaks rules as well.
    let known = RULES.iter().filter(|r| r.id.starts_with('S')).count();
    assert!(
        rules.len() * 3 > known * 2,
        "only {rules:?} are ever broken"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rule_book_lets_through_is_taken() {
    Backend::SingleStoreText.run(walk).await;
}
