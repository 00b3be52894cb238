//! Every type a field can have.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use orm::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

/// The names of half of the columns are words of SQL.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "kinds")]
pub struct Kinds {
    #[field(primary_key)]
    pub id: i64,
    pub tiny: i8,
    pub small: i16,
    pub int: i32,
    pub big: i64,
    pub utiny: u8,
    pub usmall: u16,
    pub uint: u32,
    pub ubig: u64,
    pub single: f32,
    pub double: f64,
    pub flag: bool,
    #[field(max_length = 20)]
    pub short: String,
    pub text: String,
    pub bytes: Vec<u8>,
    #[field(max_length = 4)]
    pub few: Vec<u8>,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub naive: NaiveDateTime,
    pub at: DateTime<Utc>,
    pub span: Duration,
    pub delta: TimeDelta,
    pub uuid: Uuid,
    #[field(precision = 12, scale = 4)]
    pub price: Decimal,
    pub json: Json,
    pub ip: IpAddr,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "kinds")]
pub struct MaybeKinds {
    #[field(primary_key)]
    pub id: i64,
    pub tiny: Option<i8>,
    pub small: Option<i16>,
    pub int: Option<i32>,
    pub big: Option<i64>,
    pub utiny: Option<u8>,
    pub usmall: Option<u16>,
    pub uint: Option<u32>,
    pub ubig: Option<u64>,
    pub single: Option<f32>,
    pub double: Option<f64>,
    pub flag: Option<bool>,
    #[field(max_length = 20)]
    pub short: Option<String>,
    pub text: Option<String>,
    pub bytes: Option<Vec<u8>>,
    #[field(max_length = 4)]
    pub few: Option<Vec<u8>>,
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub naive: Option<NaiveDateTime>,
    pub at: Option<DateTime<Utc>>,
    pub span: Option<Duration>,
    pub delta: Option<TimeDelta>,
    pub uuid: Option<Uuid>,
    #[field(precision = 12, scale = 4)]
    pub price: Option<Decimal>,
    pub json: Option<Json>,
    pub ip: Option<IpAddr>,
}

impl Kinds {
    /// A row of ordinary values.
    ///
    /// # Panics
    /// Never: the date exists.
    pub fn plain(id: i64) -> Self {
        let date = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day");
        let time = NaiveTime::from_hms_micro_opt(13, 14, 15, 123_456).expect("a time");
        Self {
            id,
            tiny: -1,
            small: 2,
            int: -3,
            big: 4,
            utiny: 5,
            usmall: 6,
            uint: 7,
            ubig: 8,
            single: 0.5,
            double: -0.1,
            flag: true,
            short: "short".to_owned(),
            text: "text".to_owned(),
            bytes: vec![0, 1, 2, 255],
            few: vec![1, 2],
            date,
            time,
            naive: date.and_time(time),
            at: date.and_time(time).and_utc(),
            span: Duration::from_micros(1_500_000),
            delta: TimeDelta::microseconds(-2_500_000),
            uuid: Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0),
            price: Decimal::new(123_456, 4),
            json: serde_json::json!({"a": [1, null, "x"], "b": {"c": true}}),
            ip: IpAddr::from([192, 168, 0, 1]),
        }
    }
}

impl From<Kinds> for MaybeKinds {
    fn from(k: Kinds) -> Self {
        Self {
            id: k.id,
            tiny: Some(k.tiny),
            small: Some(k.small),
            int: Some(k.int),
            big: Some(k.big),
            utiny: Some(k.utiny),
            usmall: Some(k.usmall),
            uint: Some(k.uint),
            ubig: Some(k.ubig),
            single: Some(k.single),
            double: Some(k.double),
            flag: Some(k.flag),
            short: Some(k.short),
            text: Some(k.text),
            bytes: Some(k.bytes),
            few: Some(k.few),
            date: Some(k.date),
            time: Some(k.time),
            naive: Some(k.naive),
            at: Some(k.at),
            span: Some(k.span),
            delta: Some(k.delta),
            uuid: Some(k.uuid),
            price: Some(k.price),
            json: Some(k.json),
            ip: Some(k.ip),
        }
    }
}

impl MaybeKinds {
    /// A row of NULLs.
    pub fn nothing(id: i64) -> Self {
        Self {
            id,
            tiny: None,
            small: None,
            int: None,
            big: None,
            utiny: None,
            usmall: None,
            uint: None,
            ubig: None,
            single: None,
            double: None,
            flag: None,
            short: None,
            text: None,
            bytes: None,
            few: None,
            date: None,
            time: None,
            naive: None,
            at: None,
            span: None,
            delta: None,
            uuid: None,
            price: None,
            json: None,
            ip: None,
        }
    }
}
