//! Random expressions of each type, made by the builder's own methods.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use orm::DbType;
use orm::model::{Here, Maybe, Model};
use orm::query::{Expression, Unit, concat, days, months, scalar, value, when, years};
use rust_decimal::Decimal;

use crate::choices::Choices;
use crate::model::{Sale, TEXTS, day, decimal, instant};

/// The handles of a query on sales.
pub(crate) type F = <Sale as Model>::Fields<Sale, Here>;
/// An expression of a type.
pub(crate) type E<T> = Expression<Sale, T, Maybe>;

pub(crate) struct Generator<'c> {
    pub(crate) choices: &'c mut Choices,
}

impl Generator<'_> {
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        self.choices.below(n)
    }

    pub(crate) fn one_in(&mut self, n: u32) -> bool {
        self.choices.one_in(n)
    }

    pub(crate) fn a_decimal(&mut self) -> Decimal {
        decimal(self.below(9) as usize)
    }

    pub(crate) fn a_text(&mut self) -> &'static str {
        self.choices.pick(&TEXTS)
    }

    pub(crate) fn a_day(&mut self) -> NaiveDate {
        day(self.below(9) as usize)
    }

    pub(crate) fn an_instant(&mut self) -> DateTime<Utc> {
        instant(self.below(36) as usize)
    }

    /// What any type knows, of two expressions.
    fn either<T: DbType + 'static>(&mut self, f: &F, a: E<T>, b: E<T>, d: u32) -> E<T> {
        match self.below(6) {
            0 => a.coalesce(b),
            1 => a.null_if(b),
            2 => a.greatest(b),
            3 => a.least(b),
            4 => when(self.condition(f, d), a).otherwise(b),
            _ => when(self.condition(f, d), a)
                .when(self.condition(f, 0), b)
                .or_null(),
        }
    }

    fn int_column(&mut self, f: &F) -> E<i64> {
        match self.below(5) {
            0 => f.n().expr(),
            1 => f.m().null_if(-99_i64),
            2 => f.id().null_if(-99_i64),
            3 => f.shop().size().expr(),
            _ => f.shop().town().level().expr(),
        }
    }

    pub(crate) fn int(&mut self, f: &F, d: u32) -> E<i64> {
        if d == 0 {
            return self.int_column(f);
        }
        let d = d - 1;
        match self.below(21) {
            0..=3 => self.int_column(f),
            4 => self.int(f, d) + self.int_column(f),
            5 => self.int(f, d) - self.int_column(f),
            6 => self.int(f, d) * self.choices.pick(&[2_i64, -1, 0]),
            7 => self.int_column(f) % self.choices.pick(&[3_i64, -2, 0]),
            8 | 9 => {
                let (a, b) = (self.int(f, d), self.int_column(f));
                self.either(f, a, b, d)
            }
            10 => self.text(f, d).length(),
            11 => {
                let of = self.choices.pick(&["a", "", "é", "5"]);
                self.text(f, d).position(of)
            }
            12 => self.decimal(f, d).cast::<i64>(),
            13 => self.float(f, d).cast::<i64>(),
            14 => {
                let day = self.day(f, d);
                match self.below(9) {
                    0 => day.year(),
                    1 => day.month(),
                    2 => day.day(),
                    3 => day.quarter(),
                    4 => day.week(),
                    5 => day.iso_year(),
                    6 => day.week_day(),
                    7 => day.iso_week_day(),
                    _ => day.days_since(self.day(f, 0)),
                }
            }
            15 => {
                let at = self.instant(f, d);
                match self.below(4) {
                    0 => at.hour(),
                    1 => at.minute(),
                    2 => at.second(),
                    _ => at.day(),
                }
            }
            16 => {
                let sub = self.tied(f, d);
                match self.below(4) {
                    0 => scalar(sub.aggregate(|x| x.id().count())).null_if(-99_i64),
                    1 => scalar(sub.aggregate(|x| self.int(x, d).sum())),
                    2 => scalar(sub.aggregate(|x| self.int(x, d).max())),
                    _ => {
                        let sub = sub.order_by(|x| (x.m().desc(), x.id()));
                        scalar(sub.select(|x| self.int(x, 0)).limit(1))
                    }
                }
            }
            17 => self.path(f).as_int(),
            18 => f.tags().count().null_if(-99_i64),
            19 => {
                let a = self.int(f, d);
                match self.below(6) {
                    0 => a.abs(),
                    1 => a.sign(),
                    2 => a.bit_and(5_i64),
                    3 => a.bit_or(self.int_column(f)),
                    4 => a.bit_xor(self.int_column(f)),
                    _ => a.shift_right(1_i64),
                }
            }
            _ => self.boolean(f, d).cast::<i64>(),
        }
    }

    fn decimal_column(&mut self, f: &F) -> E<Decimal> {
        match self.below(2) {
            0 => f.price().expr(),
            _ => f.cost().null_if(Decimal::from(-99)),
        }
    }

    pub(crate) fn decimal(&mut self, f: &F, d: u32) -> E<Decimal> {
        if d == 0 {
            return self.decimal_column(f);
        }
        let d = d - 1;
        match self.below(16) {
            0..=3 => self.decimal_column(f),
            4 => self.decimal(f, d) + self.decimal_column(f),
            5 => self.decimal(f, d) - self.decimal_column(f),
            6 => self.decimal_column(f) * self.decimal_column(f),
            7 => self.decimal(f, d) + self.int(f, d),
            8..=10 => {
                let (a, b) = (self.decimal(f, d), self.decimal_column(f));
                self.either(f, a, b, d)
            }
            11 => {
                let a = self.decimal(f, d);
                match self.below(4) {
                    0 => a.round(self.below(3)),
                    1 => a.ceil(),
                    2 => a.floor(),
                    _ => a.abs(),
                }
            }
            12 => self.int(f, d).cast::<Decimal>(),
            13 => self
                .decimal(f, d)
                .coalesce(self.a_decimal())
                .null_if(Decimal::from(-99)),
            _ => {
                let sub = self.tied(f, d);
                match self.below(4) {
                    0 => scalar(sub.aggregate(|x| self.decimal(x, d).sum())),
                    1 => scalar(sub.aggregate(|x| self.decimal(x, d).min())),
                    2 => scalar(sub.aggregate(|x| self.decimal(x, d).max())),
                    _ => {
                        let sub = sub.order_by(|x| (x.m().desc(), x.id()));
                        scalar(sub.select(|x| self.decimal(x, 0)).limit(1))
                    }
                }
            }
        }
    }

    /// Only what is exact in binary digits, since it is compared.
    pub(crate) fn float(&mut self, f: &F, d: u32) -> E<f64> {
        if d == 0 {
            return f.x().expr();
        }
        let d = d - 1;
        match self.below(13) {
            0..=3 => f.x().expr(),
            4 => self.float(f, d) + f.x(),
            5 => self.float(f, d) - f.x(),
            6 => self.float(f, d) * self.choices.pick(&[2.0, -0.5]),
            7 => self.float(f, d) / self.choices.pick(&[4.0, -0.5, 0.0]),
            8 => {
                let (a, b) = (self.float(f, d), f.x().expr());
                self.either(f, a, b, d)
            }
            9 => {
                let a = self.float(f, d);
                match self.below(4) {
                    0 => a.abs(),
                    1 => a.ceil(),
                    2 => a.floor(),
                    _ => a.round(self.below(2)),
                }
            }
            10 => self.int(f, d).cast::<f64>(),
            11 => self.int(f, d) / self.choices.pick(&[2_i64, 0, -4]),
            _ => self.path(f).as_float(),
        }
    }

    /// What servers may calculate to other last digits: to be shown, not compared.
    pub(crate) fn rough(&mut self, f: &F, d: u32) -> E<f64> {
        let x = self.float(f, 1);
        match self.below(16) {
            0..=3 => self.float(f, d),
            4 => self.decimal(f, d).cast::<f64>(),
            5 => self.decimal(f, d) / self.decimal_column(f),
            6 => self.int(f, d) / self.int_column(f),
            7 => match self.below(6) {
                0 => x.sin(),
                1 => x.cos(),
                2 => x.atan(),
                3 => x.to_degrees(),
                4 => x.to_radians(),
                _ => x.atan2(0.5),
            },
            8 => x.sqrt(),
            9 => x.ln(),
            10 => x.log(self.choices.pick(&[2.0, 10.0, 1.0, 0.5, 0.0])),
            11 => f.x().exp(),
            12 => f.x().power(self.choices.pick(&[2.0, 0.5, -1.0, 0.0])),
            13 => x.modulo(self.choices.pick(&[0.75, 2.0, 0.0])),
            14 => match self.below(3) {
                0 => x.asin(),
                1 => x.acos(),
                _ => x.cot(),
            },
            _ => {
                let sub = self.tied(f, d);
                match self.below(3) {
                    0 => scalar(sub.aggregate(|y| self.int(y, 1).avg())),
                    1 => scalar(sub.aggregate(|y| y.x().std_dev())),
                    _ => scalar(sub.aggregate(|y| y.x().variance_sample())),
                }
            }
        }
    }

    fn text_column(&mut self, f: &F) -> E<String> {
        match self.below(4) {
            0 => f.s().expr(),
            1 => f.t().null_if("none"),
            2 => f.shop().name().expr(),
            _ => f.shop().town().name().expr(),
        }
    }

    /// None ends in a blank: to SingleStore such texts may be equal to those without.
    pub(crate) fn text(&mut self, f: &F, d: u32) -> E<String> {
        if d == 0 {
            return self.text_column(f);
        }
        let d = d - 1;
        match self.below(18) {
            0..=3 => self.text_column(f),
            4 => concat(self.text(f, d), self.text_column(f)).null_if("none"),
            5 => self.text(f, d).lower(),
            6 => self.text(f, d).upper(),
            7 => match self.below(3) {
                0 => self.text(f, d).trim(),
                1 => self.text(f, d).trim_start(),
                _ => self.text(f, d).trim_end(),
            },
            8 => {
                let from = self.choices.pick(&["c", "é", "", "%", "\\"]);
                self.text(f, d).replace(from, "_")
            }
            9 => self.text(f, d).left(self.below(4)).trim_end(),
            10 => self.text(f, d).right(self.below(4)).trim_end(),
            11 => {
                let fill = self.choices.pick(&["-+", "é", ""]);
                match self.one_in(2) {
                    true => self.text(f, d).pad_end(self.below(5), fill),
                    false => self.text(f, d).pad_start(self.below(5), fill),
                }
                .trim_end()
            }
            12 => self.text(f, d).reverse().trim_end(),
            13 => self
                .text(f, d)
                .substr(self.below(4), self.below(3))
                .trim_end(),
            14 => self.text(f, d).repeat(self.below(3)),
            15 => match self.below(4) {
                0 => self.int(f, d).cast::<String>(),
                1 => self.day(f, d).cast::<String>(),
                2 => self.text(f, d).md5(),
                _ => self.text(f, d).sha256(),
            },
            16 => {
                let (a, b) = (self.text(f, d), self.text_column(f));
                self.either(f, a, b, d)
            }
            _ => match self.one_in(2) {
                true => self.path(f).as_text(),
                false => {
                    let sub = self.tied(f, d);
                    scalar(sub.aggregate(|x| self.text(x, 0).max()))
                }
            },
        }
    }

    pub(crate) fn day(&mut self, f: &F, d: u32) -> E<NaiveDate> {
        if d == 0 {
            return f.day().expr();
        }
        let d = d - 1;
        match self.below(11) {
            0..=3 => f.day().expr(),
            4 => self.instant(f, d).date(),
            5 => self.day(f, d) + days(self.choices.pick(&[1, -1, 400])),
            6 => self.day(f, d) + months(self.choices.pick(&[1, -1, 13])),
            7 => self.day(f, d) - years(self.choices.pick(&[1, 4])),
            8 => {
                let unit = self.choices.pick(&[
                    Unit::Year,
                    Unit::Quarter,
                    Unit::Month,
                    Unit::Week,
                    Unit::Day,
                ]);
                self.day(f, d).trunc(unit)
            }
            9 => {
                let sub = self.tied(f, d);
                scalar(sub.aggregate(|x| self.day(x, 0).min()))
            }
            _ => {
                let (a, b) = (self.day(f, d), f.day().expr());
                self.either(f, a, b, d)
            }
        }
    }

    pub(crate) fn instant(&mut self, f: &F, d: u32) -> E<DateTime<Utc>> {
        if d == 0 {
            return f.at().expr();
        }
        let d = d - 1;
        match self.below(10) {
            0..=3 => f.at().expr(),
            4 => {
                let micros = self.choices.pick(&[1, -1_000_001, 86_400_000_000]);
                self.instant(f, d) + TimeDelta::microseconds(micros)
            }
            5 => self.instant(f, d) + months(self.choices.pick(&[1, -1])),
            6 => {
                let unit = self.choices.pick(&[
                    Unit::Year,
                    Unit::Quarter,
                    Unit::Month,
                    Unit::Week,
                    Unit::Day,
                    Unit::Hour,
                    Unit::Minute,
                    Unit::Second,
                ]);
                self.instant(f, d).trunc(unit)
            }
            7 => self.day(f, d).cast::<DateTime<Utc>>(),
            8 => {
                let sub = self.tied(f, d);
                scalar(sub.aggregate(|x| self.instant(x, 0).max()))
            }
            _ => {
                let (a, b) = (self.instant(f, d), f.at().expr());
                self.either(f, a, b, d)
            }
        }
    }

    pub(crate) fn boolean(&mut self, f: &F, d: u32) -> E<bool> {
        if d == 0 {
            return f.flag().expr();
        }
        let d = d - 1;
        match self.below(7) {
            0..=2 => f.flag().expr(),
            3 => self.condition(f, d).as_bool().null_if(false),
            4 => when(self.condition(f, d), true).or_null(),
            5 => self.path(f).as_bool(),
            _ => {
                let (a, b) = (self.boolean(f, d), value(true).null_if(false));
                self.either(f, a, b, d)
            }
        }
    }
}
