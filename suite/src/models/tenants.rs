//! Relations by several fields: models with a tenant in their keys.

use orm::prelude::*;

use crate::backend::sync_ids;

#[derive(Model, Debug, Clone)]
#[model(app = "tenants", primary_key(tenant, number), shard_key(tenant))]
pub struct Order {
    pub tenant: i64,
    pub number: i64,
    #[field(max_length = 20)]
    pub title: String,
    #[field(by = "order")]
    pub lines: Reverse<Line>,
    #[field(by = "order")]
    pub memos: Reverse<Memo>,
}

/// Goes with its order, whose key is a part of its own.
#[derive(Model, Debug, Clone)]
#[model(
    app = "tenants",
    primary_key(tenant, order_number, place),
    shard_key(tenant)
)]
pub struct Line {
    pub tenant: i64,
    pub order_number: i64,
    pub place: i32,
    #[field(max_length = 20)]
    pub item: String,
    #[field(from_fields(tenant, order_number))]
    pub order: ForeignObject<Order>,
    #[field(by = "line")]
    pub marks: Reverse<Mark>,
}

/// Goes with its line.
#[derive(Model, Debug, Clone)]
#[model(app = "tenants", primary_key(tenant, id), shard_key(tenant))]
pub struct Mark {
    pub tenant: i64,
    pub id: i64,
    pub order_number: i64,
    pub line_place: i32,
    #[field(from_fields(tenant, order_number, line_place), on_delete = "cascade")]
    pub line: ForeignObject<Line>,
}

/// Forgets its order.
#[derive(Model, Debug, Clone)]
#[model(app = "tenants", index(fields(tenant, order_number)))]
pub struct Memo {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub tenant: i64,
    pub order_number: Option<i64>,
    #[field(max_length = 20)]
    pub text: String,
    #[field(from_fields(tenant, order_number), on_delete = "set_null")]
    pub order: ForeignObject<Order>,
}

/// Keeps its order from going.
#[derive(Model, Debug, Clone)]
#[model(app = "tenants", index(fields(tenant, order_number)))]
pub struct Seal {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub tenant: i64,
    pub order_number: i64,
    #[field(from_fields(tenant, order_number), on_delete = "protect")]
    pub order: ForeignObject<Order>,
}

/// Referred to by what is unique together, and is no key.
#[derive(Model, Debug, Clone)]
#[model(
    app = "tenants",
    storage_type = "reference",
    unique_together(tenant, code)
)]
pub struct Rate {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub tenant: i64,
    #[field(max_length = 5)]
    pub code: String,
    pub percent: i32,
    #[field(by = "rate")]
    pub fees: Reverse<Fee>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tenants", index(fields(tenant, rate_code)))]
pub struct Fee {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub tenant: i64,
    #[field(max_length = 5)]
    pub rate_code: Option<String>,
    #[field(
        from_fields(tenant, rate_code),
        to_fields(tenant, code),
        on_delete = "restrict"
    )]
    pub rate: ForeignObject<Rate>,
}

/// All models.
pub const ALL: [&orm::model::ModelMeta; 7] = [
    Order::META,
    Line::META,
    Mark::META,
    Memo::META,
    Seal::META,
    Rate::META,
    Fee::META,
];

/// All tables. Tenants 1 and 2 both have orders 1 and 2, so that a part of a key shows when it is taken
/// for the whole.
///
/// # Errors
/// As any insert.
pub async fn fill(db: &Db) -> Result<()> {
    orm::create_tables(db, &ALL).await?;
    for (tenant, number, title) in [(1, 1, "ink"), (1, 2, "nibs"), (2, 1, "oil"), (2, 2, "oats")] {
        Order::create(
            db,
            new!(Order {
                tenant,
                number,
                title
            }),
        )
        .await?;
    }
    for (tenant, order_number, place, item) in [
        (1, 1, 1, "blue"),
        (1, 1, 2, "red"),
        (1, 2, 1, "fine"),
        (2, 1, 1, "olive"),
    ] {
        let new = new!(Line {
            tenant,
            order_number,
            place,
            item
        });
        Line::create(db, new).await?;
    }
    for (tenant, id, order_number, line_place) in [(1, 1, 1, 2), (1, 2, 2, 1), (2, 1, 1, 1)] {
        let new = new!(Mark {
            tenant,
            id,
            order_number,
            line_place
        });
        Mark::create(db, new).await?;
    }
    for (id, tenant, order_number, text) in [
        (1, 1, Some(1), "soon"),
        (2, 2, Some(1), "late"),
        (3, 2, None, "none"),
    ] {
        let new = new!(Memo {
            id,
            tenant,
            order_number,
            text
        });
        Memo::create(db, new).await?;
    }
    for (id, tenant, code, percent) in [(1, 1, "full", 20), (2, 2, "full", 19), (3, 2, "half", 9)] {
        Rate::create(
            db,
            new!(Rate {
                id,
                tenant,
                code,
                percent
            }),
        )
        .await?;
    }
    for (id, tenant, code) in [(1, 1, Some("full")), (2, 2, Some("half")), (3, 2, None)] {
        let rate_code = code.map(str::to_owned);
        Fee::create(
            db,
            new!(Fee {
                id,
                tenant,
                rate_code
            }),
        )
        .await?;
    }
    sync_ids(db).await
}
