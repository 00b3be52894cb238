//! The tables, filled with the generator's rows.

use chrono::NaiveDate;
use orm::prelude::*;
use rust_decimal::Decimal;
use tpchgen::generators as generate;

use crate::models::{Customer, LineItem, Nation, Order, Part, PartSupp, Region, Supplier};

/// Rows of one bulk insert at most.
const CHUNK: usize = 5_000;

/// Makes the tables and fills them; hands back how many rows there are.
///
/// # Errors
/// As [`orm::create_tables`] and any insert.
pub async fn load(db: &Db, scale: f64) -> anyhow::Result<u64> {
    let all = [
        Region::META,
        Nation::META,
        Supplier::META,
        Customer::META,
        Part::META,
        PartSupp::META,
        Order::META,
        LineItem::META,
    ];
    orm::create_tables(db, &all).await?;
    let mut rows = 0;
    macro_rules! fill {
        ($model:ident, $source:expr, |$row:ident| $object:expr) => {{
            let mut chunk: Vec<$model> = Vec::with_capacity(CHUNK);
            for $row in $source.iter() {
                chunk.push($object);
                if chunk.len() == CHUNK {
                    rows += $model::bulk_create(db, std::mem::take(&mut chunk)).await?;
                }
            }
            rows += $model::bulk_create(db, chunk).await?;
        }};
    }
    fill!(Region, generate::RegionGenerator::default(), |r| Region {
        id: r.r_regionkey,
        name: text(r.r_name),
        comment: text(r.r_comment),
    });
    fill!(Nation, generate::NationGenerator::default(), |n| Nation {
        id: n.n_nationkey,
        name: text(n.n_name),
        region: ForeignKey::new(n.n_regionkey),
        comment: text(n.n_comment),
    });
    let suppliers = generate::SupplierGenerator::new(scale, 1, 1);
    fill!(Supplier, suppliers, |s| Supplier {
        id: s.s_suppkey,
        name: text(s.s_name),
        address: text(s.s_address),
        nation: ForeignKey::new(s.s_nationkey),
        phone: text(s.s_phone),
        acctbal: number(s.s_acctbal)?,
        comment: text(s.s_comment),
    });
    let customers = generate::CustomerGenerator::new(scale, 1, 1);
    fill!(Customer, customers, |c| Customer {
        id: c.c_custkey,
        name: text(c.c_name),
        address: text(c.c_address),
        nation: ForeignKey::new(c.c_nationkey),
        phone: text(c.c_phone),
        acctbal: number(c.c_acctbal)?,
        mktsegment: text(c.c_mktsegment),
        comment: text(c.c_comment),
        orders: Reverse::default(),
    });
    let parts = generate::PartGenerator::new(scale, 1, 1);
    fill!(Part, parts, |p| Part {
        id: p.p_partkey,
        name: text(p.p_name),
        mfgr: text(p.p_mfgr),
        brand: text(p.p_brand),
        kind: text(p.p_type),
        size: p.p_size,
        container: text(p.p_container),
        retailprice: number(p.p_retailprice)?,
        comment: text(p.p_comment),
    });
    let supplies = generate::PartSuppGenerator::new(scale, 1, 1);
    fill!(PartSupp, supplies, |ps| PartSupp {
        part: ForeignKey::new(ps.ps_partkey),
        supplier: ForeignKey::new(ps.ps_suppkey),
        availqty: ps.ps_availqty,
        supplycost: number(ps.ps_supplycost)?,
        comment: text(ps.ps_comment),
    });
    let orders = generate::OrderGenerator::new(scale, 1, 1);
    fill!(Order, orders, |o| Order {
        id: o.o_orderkey,
        customer: ForeignKey::new(o.o_custkey),
        orderstatus: text(o.o_orderstatus),
        totalprice: number(o.o_totalprice)?,
        orderdate: date(o.o_orderdate)?,
        orderpriority: text(o.o_orderpriority),
        clerk: text(o.o_clerk),
        shippriority: o.o_shippriority,
        comment: text(o.o_comment),
        lineitems: Reverse::default(),
    });
    let items = generate::LineItemGenerator::new(scale, 1, 1);
    fill!(LineItem, items, |l| LineItem {
        order: ForeignKey::new(l.l_orderkey),
        part: ForeignKey::new(l.l_partkey),
        supplier: ForeignKey::new(l.l_suppkey),
        linenumber: l.l_linenumber,
        quantity: Decimal::from(l.l_quantity),
        extendedprice: number(l.l_extendedprice)?,
        discount: number(l.l_discount)?,
        tax: number(l.l_tax)?,
        returnflag: text(l.l_returnflag),
        linestatus: text(l.l_linestatus),
        shipdate: date(l.l_shipdate)?,
        commitdate: date(l.l_commitdate)?,
        receiptdate: date(l.l_receiptdate)?,
        shipinstruct: text(l.l_shipinstruct),
        shipmode: text(l.l_shipmode),
        comment: text(l.l_comment),
    });
    Ok(rows)
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

fn number(value: impl ToString) -> anyhow::Result<Decimal> {
    Ok(value.to_string().parse()?)
}

fn date(value: impl ToString) -> anyhow::Result<NaiveDate> {
    Ok(value.to_string().parse()?)
}
