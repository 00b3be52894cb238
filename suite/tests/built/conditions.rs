//! Random conditions, and queries that are tied to the row outside.

use orm::DbType;
use orm::model::Maybe;
use orm::query::{JsonPath, Operand, Pred, QuerySet, exists, outer};
use serde_json::json;

use crate::expressions::{E, F, Generator};
use crate::model::{Sale, document};
use orm::prelude::*;

type P = Pred<Sale>;

impl Generator<'_> {
    pub(crate) fn condition(&mut self, f: &F, d: u32) -> P {
        if d == 0 {
            return self.plain(f, 0);
        }
        let d = d - 1;
        match self.below(12) {
            0..=2 => self.plain(f, d),
            3 => self.plain(f, d) & self.condition(f, d),
            4 => self.condition(f, d) | self.plain(f, d),
            5 | 6 => !self.condition(f, d),
            7 => self.related(f),
            8 => exists(self.tied(f, d)),
            9 => self.among(f, d),
            10 => self.documents(f),
            _ => self.like(f, d),
        }
    }

    fn compare<T: DbType>(&mut self, a: &E<T>, b: impl Operand<Sale, T>) -> P {
        match self.below(6) {
            0 => a.eq(b),
            1 => a.ne(b),
            2 => a.lt(b),
            3 => a.lte(b),
            4 => a.gt(b),
            _ => a.gte(b),
        }
    }

    /// A comparison of any type, with a value or another expression.
    fn plain(&mut self, f: &F, d: u32) -> P {
        let with_value = self.one_in(2);
        match self.below(9) {
            0 => {
                let a = self.int(f, d);
                match with_value {
                    true => {
                        let v = self.choices.pick(&[0_i64, 1, 3, -1, 100]);
                        self.compare(&a, v)
                    }
                    false => {
                        let b = self.int(f, d);
                        self.compare(&a, b)
                    }
                }
            }
            1 | 2 => {
                let a = self.decimal(f, d);
                match with_value {
                    true => {
                        let v = self.a_decimal();
                        self.compare(&a, v)
                    }
                    false => {
                        let b = self.decimal(f, d);
                        self.compare(&a, b)
                    }
                }
            }
            3 => {
                let a = self.float(f, d);
                match with_value {
                    true => {
                        let v = self.choices.pick(&[0.0, 0.25, -0.5, 2.0]);
                        self.compare(&a, v)
                    }
                    false => {
                        let b = self.float(f, d);
                        self.compare(&a, b)
                    }
                }
            }
            4 => {
                let a = self.text(f, d);
                match with_value {
                    true => {
                        let v = self.a_text();
                        self.compare(&a, v)
                    }
                    false => {
                        let b = self.text(f, d);
                        self.compare(&a, b)
                    }
                }
            }
            5 => {
                let a = self.day(f, d);
                match with_value {
                    true => {
                        let v = self.a_day();
                        self.compare(&a, v)
                    }
                    false => {
                        let b = self.day(f, d);
                        self.compare(&a, b)
                    }
                }
            }
            6 => {
                let a = self.instant(f, d);
                match with_value {
                    true => {
                        let v = self.an_instant();
                        self.compare(&a, v)
                    }
                    false => {
                        let b = self.instant(f, d);
                        self.compare(&a, b)
                    }
                }
            }
            7 => self.of_a_list(f, d),
            _ => match self.below(4) {
                0 => f.flag().is_true(),
                1 => f.flag().is_false(),
                2 => self.text(f, d).is_null(),
                _ => self.decimal(f, d).is_not_null(),
            },
        }
    }

    fn of_a_list(&mut self, f: &F, d: u32) -> P {
        match self.below(7) {
            0 => {
                let list: Vec<_> = (0..self.below(4)).map(|_| self.a_decimal()).collect();
                self.decimal(f, d).is_in(list)
            }
            1 => {
                let list: Vec<_> = (0..self.below(4)).map(|_| self.a_text()).collect();
                self.text(f, d).not_in(list)
            }
            2 => {
                let (low, high) = (self.a_decimal(), self.a_decimal());
                self.decimal(f, d).between(low, high)
            }
            3 => {
                let (low, high) = (self.a_day(), self.a_day());
                self.day(f, d).between(low, high)
            }
            4 => {
                let list: Vec<_> = (0..self.below(4)).map(i64::from).collect();
                f.shop_id().is_in(list)
            }
            5 => {
                let low = self.text(f, 0);
                self.text(f, d).between(low, "b")
            }
            _ => self
                .int(f, d)
                .eq_opt(self.choices.pick(&[None, Some(1), Some(-3)])),
        }
    }

    /// A match of texts, in which what is special to a pattern stands for itself.
    fn like(&mut self, f: &F, d: u32) -> P {
        let text = self.text(f, d);
        let part = self
            .choices
            .pick(&["a", "B", "é", "É", "", "%", "_", "\\", "'", "[", "*"]);
        match self.below(10) {
            0 => text.contains(part),
            1 => text.icontains(part),
            2 => text.startswith(part),
            3 => text.istartswith(part),
            4 => text.endswith(part),
            5 => text.iendswith(part),
            6 => text.iexact(part),
            7 => text.like(self.choices.pick(&["a%", "_", "%_b", "\\", "[%", "%'"])),
            8 => text.regex(self.choices.pick(&["^[a-c]", "[0-9]+$", "^$", "a.b"])),
            _ => text.iregex(self.choices.pick(&["^[a-c]", "é", "B$"])),
        }
    }

    /// Conditions by relations.
    fn related(&mut self, f: &F) -> P {
        match self.below(12) {
            0 => f.shop().is_null(),
            1 => f.shop().is_not_null(),
            2 => f.shop().eq(1_i64),
            3 => f.shop().ne(1_i64),
            4 => f.shop().town().is_null(),
            5 => f.tags().exists(),
            6 => {
                let text = self.a_text();
                f.tags().any(|t| t.word().eq(text))
            }
            7 => f.tags().none(|t| t.weight().gt(0_i64)),
            8 => f.tags().all(|t| t.weight().gt(0_i64)),
            9 => {
                let text = self.a_text();
                f.tags().all(|t| !t.word().lt(text))
            }
            10 => {
                let n = self.choices.pick(&[0_i64, 1, 2]);
                f.tags().count().gt(n)
            }
            _ => {
                let level = self.choices.pick(&[0_i64, 1]);
                f.shop().town().level().ne(level)
            }
        }
    }

    fn among(&mut self, f: &F, d: u32) -> P {
        let query = self.filtered(d);
        match self.below(4) {
            0 => {
                let query = query.select(|x| self.int(x, d));
                self.int(f, d).is_among(&query)
            }
            1 => {
                let query = query.select(|x| self.decimal(x, d));
                self.decimal(f, d).is_among(&query)
            }
            2 => {
                let query = query.order_by(|x| x.m().desc()).limit(3);
                f.id().is_among(&query.select(|x| x.m()))
            }
            _ => {
                let groups = query.group_by(|x| x.shop_id());
                f.shop_id()
                    .is_among(&groups.having(|x| x.id().count().gt(1_i64)))
            }
        }
    }

    pub(crate) fn path(&mut self, f: &F) -> JsonPath<Sale, Maybe> {
        let doc = f.doc().expr();
        match self.below(8) {
            0 => doc.key("a"),
            1 => doc.key("b"),
            2 => doc.key("c").item(0),
            3 => doc.key("c").item(2).key("a"),
            4 => doc.item(0),
            5 => doc.key("b").key("a"),
            6 => doc.key("k.\"e"),
            _ => doc.key("c").item(0).item(1),
        }
    }

    fn documents(&mut self, f: &F) -> P {
        let path = self.path(f);
        match self.below(12) {
            0 => path.exists(),
            1 => path.is_missing(),
            2 => path.is_json_null(),
            3 => path.eq(self.choices.pick(&[Some(1), Some(7), None])),
            4 => path.ne("x"),
            5 => path.has_key("a"),
            6 => path.has_item("x"),
            7 => f.doc().has_any_key(["a", "k.\"e"]),
            8 => f.doc().contains(json!({"c": [1]})),
            9 => {
                let at = self.below(12) as usize;
                f.doc().contained_by(document(at))
            }
            10 => {
                let at = self.below(12) as usize;
                f.doc().eq(document(at))
            }
            _ => f.doc().is_json_null(),
        }
    }

    /// Sales that meet a condition of their own, or all.
    pub(crate) fn filtered(&mut self, d: u32) -> QuerySet<Sale> {
        match self.below(3) {
            0 => Sale::objects(),
            1 => Sale::objects().filter(|x| self.condition(x, d)),
            _ => Sale::objects().exclude(|x| self.condition(x, d)),
        }
    }

    /// Sales that belong to the row outside.
    pub(crate) fn tied(&mut self, f: &F, d: u32) -> QuerySet<Sale> {
        let query = Sale::objects().filter(|x| match self.below(7) {
            0 => x.shop_id().eq(outer(f.shop_id())),
            1 => x.n().eq(outer(f.m())),
            2 => x.price().eq(outer(f.cost())),
            3 => x.price().lt(outer(f.price())),
            4 => x.s().eq(outer(f.t())),
            5 => x.day().eq(outer(f.day())) & x.m().ne(outer(f.m())),
            _ => x.id().ne(outer(f.id())),
        });
        match self.one_in(3) {
            true => query.filter(|x| self.condition(x, d.min(1))),
            false => query,
        }
    }
}
