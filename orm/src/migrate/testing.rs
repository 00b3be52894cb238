//! Random fields, models and operations for property tests.

use orm_schema::{
    ConstraintDef, FieldDef, FieldType, INDEX_NUMBERS, IndexDef, IndexKind, IndexOptions, Literal,
    ModelDef, ModelId, OnDelete, OrderField, RelationDef, Storage, StorageType, Unique,
    VectorIndexType, VectorMetric,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::operation::{ModelOptions, Operation, SqlByDialect};

/// Any text, control characters and quotes included.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        any::<String>(),
        vec(
            prop_oneof![Just('"'), Just('\\'), Just('\n'), Just('\r'), Just('é')],
            0..6
        )
        .prop_map(|c| c.into_iter().collect())
    ]
}

fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,4}"
}

fn words() -> impl Strategy<Value = Vec<String>> {
    vec(word(), 0..3)
}

fn model_name() -> impl Strategy<Value = String> {
    "[A-Z][a-z]{1,4}"
}

pub(crate) fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<bool>().prop_map(Literal::Bool),
        any::<i128>().prop_map(Literal::Int),
        any::<f64>()
            .prop_filter("NaN is not itself", |f| !f.is_nan())
            .prop_map(Literal::Float),
        any_text().prop_map(Literal::Text),
    ]
}

fn relation() -> impl Strategy<Value = RelationDef> {
    let on_delete = proptest::sample::select(&OnDelete::NAMES[..]).prop_map(|(_, v)| v);
    let id = || (word(), model_name()).prop_map(|(app, name)| ModelId::new(app, name));
    let rest = (any::<bool>(), option::of(id()));
    (id(), option::of(word()), on_delete, rest).prop_map(
        |(to, to_field, on_delete, (db_constraint, through))| RelationDef {
            to,
            to_field,
            on_delete,
            db_constraint,
            through,
        },
    )
}

pub(crate) fn scalar() -> impl Strategy<Value = FieldType> {
    prop_oneof![
        proptest::sample::select(vec![
            FieldType::Bool,
            FieldType::SmallInt { unsigned: false },
            FieldType::Int { unsigned: true },
            FieldType::BigInt { unsigned: false },
            FieldType::Float,
            FieldType::Double,
            FieldType::Text,
            FieldType::Date,
            FieldType::Time,
            FieldType::DateTime,
            FieldType::Duration,
            FieldType::Json,
            FieldType::Uuid,
            FieldType::Ip,
            FieldType::Geography,
        ]),
        (any::<u8>(), any::<u8>())
            .prop_map(|(precision, scale)| FieldType::Decimal { precision, scale }),
        any::<u32>().prop_map(|max_length| FieldType::Char { max_length }),
        any::<u32>().prop_map(|max_length| FieldType::Varchar { max_length }),
        option::of(any::<u32>()).prop_map(|max_length| FieldType::Binary { max_length }),
        any::<u32>().prop_map(|dim| FieldType::Vector { dim }),
        any_text().prop_map(FieldType::Sql),
    ]
}

fn any_type() -> impl Strategy<Value = FieldType> {
    prop_oneof![
        3 => scalar(),
        1 => relation().prop_map(FieldType::ForeignKey),
        1 => relation().prop_map(FieldType::OneToOne),
        1 => relation().prop_map(FieldType::ManyToMany),
    ]
}

prop_compose! {
    fn field()(
        name in word(),
        column in option::of(word()),
        ty in any_type(),
        flags in any::<[bool; 3]>(),
        default in option::of(literal()),
        db_default in option::of(any_text()),
        unique in proptest::sample::select(vec![Unique::No, Unique::Yes, Unique::Lookup]),
        texts in (option::of(word()), option::of(any_text()), option::of(any_text())),
    ) -> FieldDef {
        let [null, auto, index] = flags;
        let (collation, comment, computed) = texts;
        FieldDef { name, column, ty, null, auto, default, db_default, unique, index, collation, comment, computed }
    }
}

fn order() -> impl Strategy<Value = Vec<OrderField>> {
    vec(
        (word(), any::<bool>()).prop_map(|(field, descending)| OrderField { field, descending }),
        0..3,
    )
}

fn storage() -> impl Strategy<Value = Storage> {
    let types = proptest::sample::select(&StorageType::NAMES[..]).prop_map(|(_, v)| v);
    (option::of(types), option::of(words()), order()).prop_map(
        |(storage_type, shard_key, sort_key)| Storage {
            storage_type,
            shard_key,
            sort_key,
        },
    )
}

fn index() -> impl Strategy<Value = IndexDef> {
    let kinds = proptest::sample::select(&IndexKind::NAMES[..]).prop_map(|(_, v)| v);
    let kinds = option::of(kinds);
    (word(), words(), kinds, index_options()).prop_map(|(name, fields, kind, options)| IndexDef {
        name,
        fields,
        kind,
        options: match options.fault(kind) {
            None => options,
            Some(_) => IndexOptions::NONE,
        },
    })
}

fn index_options() -> impl Strategy<Value = IndexOptions> {
    let types = proptest::sample::select(&VectorIndexType::NAMES[..]).prop_map(|(_, v)| v);
    let metrics = proptest::sample::select(&VectorMetric::NAMES[..]).prop_map(|(_, v)| v);
    let vector = (
        option::of(types),
        option::of(metrics),
        any::<[Option<u32>; 7]>(),
    )
        .prop_map(|(index_type, metric_type, numbers)| {
            let mut options = IndexOptions {
                index_type,
                metric_type,
                ..IndexOptions::NONE
            };
            for (number, value) in INDEX_NUMBERS.iter().zip(numbers) {
                let taken = index_type.is_some_and(|t| number.on.contains(&t));
                if let Some(value) = value.filter(|_| taken) {
                    options.set_number(number.name, value.max(1));
                }
            }
            options
        });
    let version = option::of(1_u8..=2).prop_map(|version| IndexOptions {
        version,
        ..IndexOptions::NONE
    });
    prop_oneof![vector, version]
}

fn constraint() -> impl Strategy<Value = ConstraintDef> {
    (word(), words(), any::<bool>()).prop_map(|(name, fields, unenforced)| ConstraintDef {
        name,
        fields,
        unenforced,
    })
}

prop_compose! {
    /// A model of application `blog`, whose parts need not fit each other.
    fn model()(
        name in model_name(),
        table in option::of(word()),
        fields in vec(field(), 0..3),
        primary_key in words(),
        storage in storage(),
        unique_together in vec(words(), 0..3),
        indexes in vec(index(), 0..3),
        constraints in vec(constraint(), 0..3),
        ordering in order(),
        comment in option::of(any_text()),
        managed in any::<bool>(),
    ) -> ModelDef {
        let table = table.unwrap_or_else(|| ModelDef::default_table("blog", &name));
        ModelDef {
            table, fields, primary_key, storage, unique_together, indexes, constraints, ordering,
            comment, managed, ..ModelDef::new("blog", name)
        }
    }
}

fn sql() -> impl Strategy<Value = SqlByDialect> {
    let dialect =
        proptest::sample::select(vec!["default", "singlestore", "mysql", "sqlite", "mariadb"]);
    proptest::collection::btree_map(dialect.prop_map(str::to_owned), any_text(), 0..3)
}

fn simple_operation() -> BoxedStrategy<Operation> {
    let m = model_name;
    let options = || {
        (option::of(order()), option::of(any::<bool>()))
            .prop_map(|(ordering, managed)| ModelOptions { ordering, managed })
    };
    let alter =
        (m(), field(), field(), any::<bool>()).prop_map(|(model, from, to, preserve_default)| {
            let to = FieldDef {
                name: from.name.clone(),
                ..to
            };
            Operation::AlterField {
                model,
                from,
                to,
                preserve_default,
            }
        });
    prop_oneof![
        model().prop_map(Operation::CreateModel),
        model().prop_map(Operation::DeleteModel),
        (m(), m()).prop_map(|(from, to)| Operation::RenameModel { from, to }),
        (m(), word(), word()).prop_map(|(model, from, to)| Operation::AlterModelTable {
            model,
            from,
            to
        }),
        (m(), option::of(any_text()), option::of(any_text()))
            .prop_map(|(model, from, to)| Operation::AlterModelTableComment { model, from, to }),
        (m(), vec(words(), 0..3), vec(words(), 0..3))
            .prop_map(|(model, from, to)| Operation::AlterUniqueTogether { model, from, to }),
        (m(), words(), words()).prop_map(|(model, from, to)| Operation::AlterPrimaryKey {
            model,
            from,
            to
        }),
        (m(), options(), options()).prop_map(|(model, from, to)| Operation::AlterModelOptions {
            model,
            from,
            to
        }),
        (m(), storage(), storage()).prop_map(|(model, from, to)| Operation::AlterStorage {
            model,
            from,
            to
        }),
        (m(), field(), any::<bool>()).prop_map(|(model, field, preserve_default)| {
            Operation::AddField {
                model,
                field,
                preserve_default,
            }
        }),
        (m(), field()).prop_map(|(model, field)| Operation::RemoveField { model, field }),
        alter,
        (m(), word(), word()).prop_map(|(model, from, to)| Operation::RenameField {
            model,
            from,
            to
        }),
        (m(), index()).prop_map(|(model, index)| Operation::AddIndex { model, index }),
        (m(), index()).prop_map(|(model, index)| Operation::RemoveIndex { model, index }),
        (m(), word(), word()).prop_map(|(model, from, to)| Operation::RenameIndex {
            model,
            from,
            to
        }),
        (m(), constraint())
            .prop_map(|(model, constraint)| Operation::AddConstraint { model, constraint }),
        (m(), constraint())
            .prop_map(|(model, constraint)| Operation::RemoveConstraint { model, constraint }),
        (sql(), option::of(sql())).prop_map(|(sql, reverse)| Operation::RunSql { sql, reverse }),
        (word(), option::of(word()))
            .prop_map(|(name, reverse)| Operation::RunCode { name, reverse }),
    ]
    .boxed()
}

/// Any operation of application `blog`; it need not fit any state.
pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    let list = || vec(simple_operation(), 0..2);
    prop_oneof![
        20 => simple_operation(),
        1 => (list(), list())
            .prop_map(|(database, state)| Operation::SeparateDatabaseAndState { database, state }),
    ]
}
