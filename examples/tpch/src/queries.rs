//! The 22 queries of TPC-H with the values of its validation run, in the typed builder.

use chrono::NaiveDate;
use orm::model::Here;
use orm::prelude::*;
use orm::query::{Expression, exists, outer, scalar, when};
use rust_decimal::Decimal;

use crate::models::{Customer, LineItem, Order, Part, PartSupp, Supplier};
use crate::table::{Table, table};

type Fields<M> = <M as Model>::Fields<M, Here>;

/// The answer of a query.
///
/// # Errors
/// What the database raises, or a number that is none from 1 to 22.
pub async fn answer(db: &Db, query: usize) -> Result<Table> {
    match query {
        1 => q1(db).await,
        2 => q2(db).await,
        3 => q3(db).await,
        4 => q4(db).await,
        5 => q5(db).await,
        6 => q6(db).await,
        7 => q7(db).await,
        8 => q8(db).await,
        9 => q9(db).await,
        10 => q10(db).await,
        11 => q11(db).await,
        12 => q12(db).await,
        13 => q13(db).await,
        14 => q14(db).await,
        15 => q15(db).await,
        16 => q16(db).await,
        17 => q17(db).await,
        18 => q18(db).await,
        19 => q19(db).await,
        20 => q20(db).await,
        21 => q21(db).await,
        22 => q22(db).await,
        other => Err(Error::Usage(format!("TPC-H has no query {other}"))),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// So many hundredths.
fn cents(n: i64) -> Decimal {
    Decimal::new(n, 2)
}

/// `l_extendedprice * (1 - l_discount)`
fn revenue(l: &Fields<LineItem>) -> Expression<LineItem, Decimal> {
    l.extendedprice() * (1 - l.discount())
}

/// Pricing summary report.
async fn q1(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| l.shipdate().lte(day(1998, 9, 2)))
        .group_by(|l| (l.returnflag(), l.linestatus()))
        .aggregate(|l| {
            (
                l.quantity().sum(),
                l.extendedprice().sum(),
                revenue(l).sum(),
                (revenue(l) * (1 + l.tax())).sum(),
                l.quantity().avg(),
                l.extendedprice().avg(),
                l.discount().avg(),
                count(),
            )
        });
    Ok(table(rows.all(db).await?))
}

/// Minimum cost supplier.
async fn q2(db: &Db) -> Result<Table> {
    let rows = PartSupp::filter(|ps| {
        let part = outer(ps.part_id());
        let least = PartSupp::filter(|x| {
            x.part_id().eq(part) & x.supplier().nation().region().name().eq("EUROPE")
        })
        .aggregate(|x| x.supplycost().min());
        ps.part().size().eq(15)
            & ps.part().kind().endswith("BRASS")
            & ps.supplier().nation().region().name().eq("EUROPE")
            & ps.supplycost().eq(scalar(least))
    })
    .order_by(|ps| {
        let s = ps.supplier();
        (
            s.acctbal().desc(),
            s.nation().name(),
            s.name(),
            ps.part_id(),
        )
    })
    .limit(100)
    .select(|ps| {
        let (s, p) = (ps.supplier(), ps.part());
        (
            s.acctbal(),
            s.name(),
            s.nation().name(),
            p.id(),
            p.mfgr(),
            s.address(),
            s.phone(),
            s.comment(),
        )
    });
    Ok(table(rows.all(db).await?))
}

/// Shipping priority.
async fn q3(db: &Db) -> Result<Table> {
    let date = day(1995, 3, 15);
    let rows = LineItem::filter(|l| {
        l.order().customer().mktsegment().eq("BUILDING")
            & l.order().orderdate().lt(date)
            & l.shipdate().gt(date)
    })
    .group_by(|l| {
        (
            l.order_id(),
            l.order().orderdate(),
            l.order().shippriority(),
        )
    })
    .order_by(|l| (revenue(l).sum().desc(), l.order().orderdate()))
    .limit(10)
    .aggregate(|l| revenue(l).sum());
    let rows = rows.all(db).await?.into_iter();
    Ok(table(
        rows.map(|(key, date, priority, sum)| (key, sum, date, priority))
            .collect(),
    ))
}

/// Order priority checking.
async fn q4(db: &Db) -> Result<Table> {
    let rows = Order::filter(|o| {
        o.orderdate().gte(day(1993, 7, 1))
            & o.orderdate().lt(day(1993, 10, 1))
            & o.lineitems().any(|l| l.commitdate().lt(l.receiptdate()))
    })
    .group_by(|o| o.orderpriority())
    .aggregate(|_| count());
    Ok(table(rows.all(db).await?))
}

/// Local supplier volume.
async fn q5(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| {
        l.order()
            .customer()
            .nation_id()
            .eq(l.supplier().nation_id())
            & l.supplier().nation().region().name().eq("ASIA")
            & l.order().orderdate().gte(day(1994, 1, 1))
            & l.order().orderdate().lt(day(1995, 1, 1))
    })
    .group_by(|l| l.supplier().nation().name())
    .order_by(|l| revenue(l).sum().desc())
    .aggregate(|l| revenue(l).sum());
    Ok(table(rows.all(db).await?))
}

/// Forecasting revenue change.
async fn q6(db: &Db) -> Result<Table> {
    let sum = LineItem::filter(|l| {
        l.shipdate().gte(day(1994, 1, 1))
            & l.shipdate().lt(day(1995, 1, 1))
            & l.discount().between(cents(5), cents(7))
            & l.quantity().lt(Decimal::from(24))
    })
    .aggregate(|l| (l.extendedprice() * l.discount()).sum());
    Ok(table(vec![(sum.get(db).await?,)]))
}

/// Volume shipping.
async fn q7(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| {
        let from = l.supplier().nation();
        let to = l.order().customer().nation();
        let there = from.name().eq("FRANCE") & to.name().eq("GERMANY");
        let back = from.name().eq("GERMANY") & to.name().eq("FRANCE");
        (there | back) & l.shipdate().between(day(1995, 1, 1), day(1996, 12, 31))
    })
    .group_by(|l| {
        (
            l.supplier().nation().name(),
            l.order().customer().nation().name(),
            l.shipdate().year(),
        )
    })
    .aggregate(|l| revenue(l).sum());
    Ok(table(rows.all(db).await?))
}

/// National market share.
async fn q8(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| {
        l.order().customer().nation().region().name().eq("AMERICA")
            & l.order()
                .orderdate()
                .between(day(1995, 1, 1), day(1996, 12, 31))
            & l.part().kind().eq("ECONOMY ANODIZED STEEL")
    })
    .group_by(|l| l.order().orderdate().year())
    .aggregate(|l| {
        let of_brazil = when(l.supplier().nation().name().eq("BRAZIL"), revenue(l));
        of_brazil.otherwise(Decimal::ZERO).sum() / revenue(l).sum()
    });
    Ok(table(rows.all(db).await?))
}

/// Product type profit measure.
async fn q9(db: &Db) -> Result<Table> {
    let rows = LineItem::objects()
        .join(PartSupp::objects(), |(l, ps)| {
            ps.part_id().eq(l.part_id()) & ps.supplier_id().eq(l.supplier_id())
        })
        .filter(|(l, _)| l.part().name().contains("green"))
        .group_by(|(l, _)| (l.supplier().nation().name(), l.order().orderdate().year()))
        .order_by(|(l, _)| {
            (
                l.supplier().nation().name(),
                l.order().orderdate().year().desc(),
            )
        })
        .aggregate(|(l, ps)| {
            let price = l.extendedprice() * (1 - l.discount());
            (price - ps.supplycost() * l.quantity()).sum()
        });
    Ok(table(rows.all(db).await?))
}

/// Returned item reporting.
async fn q10(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| {
        l.order().orderdate().gte(day(1993, 10, 1))
            & l.order().orderdate().lt(day(1994, 1, 1))
            & l.returnflag().eq("R")
    })
    .group_by(|l| {
        let c = l.order().customer();
        (
            l.order().customer_id(),
            c.name(),
            c.acctbal(),
            c.nation().name(),
            c.address(),
            c.phone(),
            c.comment(),
        )
    })
    .order_by(|l| revenue(l).sum().desc())
    .limit(20)
    .aggregate(|l| revenue(l).sum());
    let rows = rows.all(db).await?.into_iter();
    let rows = rows.map(
        |(id, name, balance, nation, address, phone, comment, sum)| {
            (id, name, sum, balance, nation, address, phone, comment)
        },
    );
    Ok(table(rows.collect()))
}

/// Important stock identification.
async fn q11(db: &Db) -> Result<Table> {
    let stock = || PartSupp::filter(|ps| ps.supplier().nation().name().eq("GERMANY"));
    let least =
        stock().aggregate(|ps| (ps.supplycost() * ps.availqty()).sum() * Decimal::new(1, 4));
    let rows = stock()
        .group_by(|ps| ps.part_id())
        .having(|ps| (ps.supplycost() * ps.availqty()).sum().gt(scalar(least)))
        .order_by(|ps| (ps.supplycost() * ps.availqty()).sum().desc())
        .aggregate(|ps| (ps.supplycost() * ps.availqty()).sum());
    Ok(table(rows.all(db).await?))
}

/// Shipping modes and order priority.
async fn q12(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| {
        l.shipmode().is_in(["MAIL", "SHIP"])
            & l.commitdate().lt(l.receiptdate())
            & l.shipdate().lt(l.commitdate())
            & l.receiptdate().gte(day(1994, 1, 1))
            & l.receiptdate().lt(day(1995, 1, 1))
    })
    .group_by(|l| l.shipmode())
    .aggregate(|l| {
        let high = l.order().orderpriority().is_in(["1-URGENT", "2-HIGH"]);
        (
            when(high.clone(), 1_i64).otherwise(0).sum(),
            when(high, 0_i64).otherwise(1).sum(),
        )
    });
    Ok(table(rows.all(db).await?))
}

/// Customer distribution.
async fn q13(db: &Db) -> Result<Table> {
    let ordinary = Order::filter(|o| !o.comment().like("%special%requests%"));
    let rows = Customer::objects()
        .left_join(ordinary, |(c, o)| o.customer_id().eq(c.id()))
        .group_by(|(c, _)| c.id())
        .aggregate(|(_, o)| o.id().count())
        .as_table()
        .group_by(|(_, orders)| orders)
        .order_by(|(_, orders)| (count().desc(), orders.desc()))
        .aggregate(|_| count());
    Ok(table(rows.all(db).await?))
}

/// Promotion effect.
async fn q14(db: &Db) -> Result<Table> {
    let share =
        LineItem::filter(|l| l.shipdate().gte(day(1995, 9, 1)) & l.shipdate().lt(day(1995, 10, 1)))
            .aggregate(|l| {
                let promoted = when(l.part().kind().startswith("PROMO"), revenue(l));
                100.0 * (promoted.otherwise(Decimal::ZERO).sum() / revenue(l).sum())
            });
    Ok(table(vec![(share.get(db).await?,)]))
}

/// Top supplier.
async fn q15(db: &Db) -> Result<Table> {
    let sums =
        LineItem::filter(|l| l.shipdate().gte(day(1996, 1, 1)) & l.shipdate().lt(day(1996, 4, 1)))
            .group_by(|l| l.supplier_id())
            .aggregate(|l| revenue(l).sum())
            .as_table()
            .named("revenue");
    let most = sums.clone().aggregate(|(_, sum)| sum.max());
    let rows = Supplier::objects()
        .join(sums, |(s, (id, _))| s.id().eq(id))
        .filter(|(_, (_, sum))| sum.eq(scalar(most)))
        .select(|(s, (_, sum))| (s.id(), s.name(), s.address(), s.phone(), sum));
    Ok(table(rows.all(db).await?))
}

/// Parts and suppliers.
async fn q16(db: &Db) -> Result<Table> {
    let complained = Supplier::filter(|s| s.comment().like("%Customer%Complaints%"));
    let rows = PartSupp::filter(|ps| {
        let p = ps.part();
        p.brand().ne("Brand#45")
            & !p.kind().startswith("MEDIUM POLISHED")
            & p.size().is_in([49, 14, 23, 45, 19, 3, 36, 9])
            & !ps.supplier().is_among(&complained)
    })
    .group_by(|ps| (ps.part().brand(), ps.part().kind(), ps.part().size()))
    .order_by(|ps| {
        let p = ps.part();
        (
            ps.supplier_id().count_distinct().desc(),
            p.brand(),
            p.kind(),
            p.size(),
        )
    })
    .aggregate(|ps| ps.supplier_id().count_distinct());
    Ok(table(rows.all(db).await?))
}

/// Small-quantity-order revenue.
async fn q17(db: &Db) -> Result<Table> {
    let sum = LineItem::filter(|l| {
        let part = outer(l.part_id());
        let fifth = LineItem::filter(|x| x.part_id().eq(part))
            .aggregate(|x| x.quantity().avg() * Decimal::new(2, 1));
        l.part().brand().eq("Brand#23")
            & l.part().container().eq("MED BOX")
            & l.quantity().lt(scalar(fifth))
    })
    .aggregate(|l| l.extendedprice().sum() / Decimal::from(7));
    Ok(table(vec![(sum.get(db).await?,)]))
}

/// Large volume customer.
async fn q18(db: &Db) -> Result<Table> {
    let large = LineItem::objects()
        .group_by(|l| l.order_id())
        .having(|l| l.quantity().sum().gt(Decimal::from(300)));
    let rows = LineItem::filter(|l| l.order().is_among(&large))
        .group_by(|l| {
            let o = l.order();
            (
                o.customer().name(),
                o.customer_id(),
                l.order_id(),
                o.orderdate(),
                o.totalprice(),
            )
        })
        .order_by(|l| (l.order().totalprice().desc(), l.order().orderdate()))
        .limit(100)
        .aggregate(|l| l.quantity().sum());
    Ok(table(rows.all(db).await?))
}

/// Discounted revenue.
async fn q19(db: &Db) -> Result<Table> {
    let sum = LineItem::filter(|l| {
        let of = |brand: &str, containers: [&str; 4], least: i64, size: i32| {
            let p = l.part();
            p.brand().eq(brand)
                & p.container().is_in(containers)
                & l.quantity()
                    .between(Decimal::from(least), Decimal::from(least + 10))
                & p.size().between(1, size)
        };
        l.shipmode().is_in(["AIR", "AIR REG"])
            & l.shipinstruct().eq("DELIVER IN PERSON")
            & (of("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
                | of(
                    "Brand#23",
                    ["MED BAG", "MED BOX", "MED PKG", "MED PACK"],
                    10,
                    10,
                )
                | of(
                    "Brand#34",
                    ["LG CASE", "LG BOX", "LG PACK", "LG PKG"],
                    20,
                    15,
                ))
    })
    .aggregate(|l| revenue(l).sum());
    Ok(table(vec![(sum.get(db).await?,)]))
}

/// Potential part promotion.
async fn q20(db: &Db) -> Result<Table> {
    let forest = Part::filter(|p| p.name().startswith("forest"));
    let plenty = PartSupp::filter(|ps| {
        let (part, supplier) = (outer(ps.part_id()), outer(ps.supplier_id()));
        let half = LineItem::filter(|l| {
            l.part_id().eq(part)
                & l.supplier_id().eq(supplier)
                & l.shipdate().gte(day(1994, 1, 1))
                & l.shipdate().lt(day(1995, 1, 1))
        })
        .aggregate(|l| l.quantity().sum() * Decimal::new(5, 1));
        ps.part().is_among(&forest) & ps.availqty().cast::<Decimal>().gt(scalar(half))
    })
    .select(|ps| ps.supplier_id());
    let rows = Supplier::filter(|s| s.id().is_among(&plenty) & s.nation().name().eq("CANADA"))
        .order_by(|s| s.name())
        .select(|s| (s.name(), s.address()));
    Ok(table(rows.all(db).await?))
}

/// Suppliers who kept orders waiting.
async fn q21(db: &Db) -> Result<Table> {
    let rows = LineItem::filter(|l| {
        let others = || {
            let (order, supplier) = (outer(l.order_id()), outer(l.supplier_id()));
            LineItem::filter(|x| x.order_id().eq(order) & x.supplier_id().ne(supplier))
        };
        l.order().orderstatus().eq("F")
            & l.receiptdate().gt(l.commitdate())
            & exists(others())
            & !exists(others().filter(|x| x.receiptdate().gt(x.commitdate())))
            & l.supplier().nation().name().eq("SAUDI ARABIA")
    })
    .group_by(|l| l.supplier().name())
    .order_by(|_| count().desc())
    .limit(100)
    .aggregate(|_| count());
    Ok(table(rows.all(db).await?))
}

/// Global sales opportunity.
async fn q22(db: &Db) -> Result<Table> {
    let codes = ["13", "31", "23", "29", "30", "18", "17"];
    let mean = Customer::filter(|c| c.acctbal().gt(Decimal::ZERO) & c.phone().left(2).is_in(codes))
        .aggregate(|c| c.acctbal().avg());
    let rows = Customer::filter(|c| {
        c.phone().left(2).is_in(codes) & c.acctbal().gt(scalar(mean)) & !c.orders().exists()
    })
    .group_by(|c| c.phone().left(2))
    .aggregate(|c| (count(), c.acctbal().sum()));
    Ok(table(rows.all(db).await?))
}
