//! The schema of TPC-H. Columns have the specification's names, so that its SQL runs as it is.

use chrono::NaiveDate;
use orm::prelude::*;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone)]
#[model(app = "tpch", table = "region", storage_type = "reference")]
pub struct Region {
    #[field(primary_key, column = "r_regionkey")]
    pub id: i64,
    #[field(column = "r_name", max_length = 25)]
    pub name: String,
    #[field(column = "r_comment", max_length = 152)]
    pub comment: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tpch", table = "nation", storage_type = "reference")]
pub struct Nation {
    #[field(primary_key, column = "n_nationkey")]
    pub id: i64,
    #[field(column = "n_name", max_length = 25)]
    pub name: String,
    #[field(column = "n_regionkey")]
    pub region: ForeignKey<Region>,
    #[field(column = "n_comment", max_length = 152)]
    pub comment: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tpch", table = "supplier", storage_type = "reference")]
pub struct Supplier {
    #[field(primary_key, column = "s_suppkey")]
    pub id: i64,
    #[field(column = "s_name", max_length = 25)]
    pub name: String,
    #[field(column = "s_address", max_length = 40)]
    pub address: String,
    #[field(column = "s_nationkey")]
    pub nation: ForeignKey<Nation>,
    #[field(column = "s_phone", max_length = 15)]
    pub phone: String,
    #[field(column = "s_acctbal", precision = 15, scale = 2)]
    pub acctbal: Decimal,
    #[field(column = "s_comment", max_length = 101)]
    pub comment: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tpch", table = "customer")]
pub struct Customer {
    #[field(primary_key, column = "c_custkey")]
    pub id: i64,
    #[field(column = "c_name", max_length = 25)]
    pub name: String,
    #[field(column = "c_address", max_length = 40)]
    pub address: String,
    #[field(column = "c_nationkey")]
    pub nation: ForeignKey<Nation>,
    #[field(column = "c_phone", max_length = 15)]
    pub phone: String,
    #[field(column = "c_acctbal", precision = 15, scale = 2)]
    pub acctbal: Decimal,
    #[field(column = "c_mktsegment", max_length = 10)]
    pub mktsegment: String,
    #[field(column = "c_comment", max_length = 117)]
    pub comment: String,
    #[field(by = "customer")]
    pub orders: Reverse<Order>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tpch", table = "part")]
pub struct Part {
    #[field(primary_key, column = "p_partkey")]
    pub id: i64,
    #[field(column = "p_name", max_length = 55)]
    pub name: String,
    #[field(column = "p_mfgr", max_length = 25)]
    pub mfgr: String,
    #[field(column = "p_brand", max_length = 10)]
    pub brand: String,
    #[field(column = "p_type", max_length = 25)]
    pub kind: String,
    #[field(column = "p_size")]
    pub size: i32,
    #[field(column = "p_container", max_length = 10)]
    pub container: String,
    #[field(column = "p_retailprice", precision = 15, scale = 2)]
    pub retailprice: Decimal,
    #[field(column = "p_comment", max_length = 23)]
    pub comment: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    app = "tpch",
    table = "partsupp",
    primary_key(part, supplier),
    shard_key(part)
)]
pub struct PartSupp {
    #[field(column = "ps_partkey")]
    pub part: ForeignKey<Part>,
    #[field(column = "ps_suppkey")]
    pub supplier: ForeignKey<Supplier>,
    #[field(column = "ps_availqty")]
    pub availqty: i32,
    #[field(column = "ps_supplycost", precision = 15, scale = 2)]
    pub supplycost: Decimal,
    #[field(column = "ps_comment", max_length = 199)]
    pub comment: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "tpch", table = "orders")]
pub struct Order {
    #[field(primary_key, column = "o_orderkey")]
    pub id: i64,
    #[field(column = "o_custkey")]
    pub customer: ForeignKey<Customer>,
    #[field(column = "o_orderstatus", max_length = 1)]
    pub orderstatus: String,
    #[field(column = "o_totalprice", precision = 15, scale = 2)]
    pub totalprice: Decimal,
    #[field(column = "o_orderdate")]
    pub orderdate: NaiveDate,
    #[field(column = "o_orderpriority", max_length = 15)]
    pub orderpriority: String,
    #[field(column = "o_clerk", max_length = 15)]
    pub clerk: String,
    #[field(column = "o_shippriority")]
    pub shippriority: i32,
    #[field(column = "o_comment", max_length = 79)]
    pub comment: String,
    #[field(by = "order")]
    pub lineitems: Reverse<LineItem>,
}

#[derive(Model, Debug, Clone)]
#[model(
    app = "tpch",
    table = "lineitem",
    primary_key(order, linenumber),
    shard_key(order)
)]
pub struct LineItem {
    #[field(column = "l_orderkey")]
    pub order: ForeignKey<Order>,
    #[field(column = "l_partkey")]
    pub part: ForeignKey<Part>,
    #[field(column = "l_suppkey")]
    pub supplier: ForeignKey<Supplier>,
    #[field(column = "l_linenumber")]
    pub linenumber: i32,
    #[field(column = "l_quantity", precision = 15, scale = 2)]
    pub quantity: Decimal,
    #[field(column = "l_extendedprice", precision = 15, scale = 2)]
    pub extendedprice: Decimal,
    #[field(column = "l_discount", precision = 15, scale = 2)]
    pub discount: Decimal,
    #[field(column = "l_tax", precision = 15, scale = 2)]
    pub tax: Decimal,
    #[field(column = "l_returnflag", max_length = 1)]
    pub returnflag: String,
    #[field(column = "l_linestatus", max_length = 1)]
    pub linestatus: String,
    #[field(column = "l_shipdate")]
    pub shipdate: NaiveDate,
    #[field(column = "l_commitdate")]
    pub commitdate: NaiveDate,
    #[field(column = "l_receiptdate")]
    pub receiptdate: NaiveDate,
    #[field(column = "l_shipinstruct", max_length = 25)]
    pub shipinstruct: String,
    #[field(column = "l_shipmode", max_length = 10)]
    pub shipmode: String,
    #[field(column = "l_comment", max_length = 44)]
    pub comment: String,
}
