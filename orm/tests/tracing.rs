//! What `tracing` hears of statements: text, rows, time; never a parameter.
#![cfg(feature = "sqlite")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use orm::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};

#[derive(Model, Debug, Clone)]
#[model(app = "traced")]
struct Secret {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 40, unique)]
    word: String,
}

/// Keeps each event's fields as text.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?};", field.name()));
    }
}

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("orm")
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().expect("no panic").push(fields.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn statements_are_heard_and_parameters_are_not() {
    let ear = Ear::default();
    let _heard = tracing::subscriber::set_default(ear.clone());
    let db = Db::connect("sqlite::memory:").await.expect("connects");
    orm::create_tables(&db, &[Secret::META])
        .await
        .expect("creates");
    Secret::create(&db, new!(Secret { word: "s3cret" }))
        .await
        .expect("inserts");
    let found = Secret::filter(|s| s.word().icontains("s3cret"))
        .all(&db)
        .await;
    assert_eq!(found.expect("reads").len(), 1);
    let doubled = Secret::create(&db, new!(Secret { word: "s3cret" })).await;
    assert!(doubled.expect_err("taken").is_unique_violation());
    let events = ear.0.lock().expect("no panic").clone();
    let of = |part: &str| {
        let mut events = events.iter().filter(|e| e.contains(part));
        events
            .next()
            .unwrap_or_else(|| panic!("{part}: {events:#?}"))
            .clone()
    };
    let select = of("SELECT t0.");
    assert!(
        select.contains("rows=1;") && select.contains("micros="),
        "{select}"
    );
    assert!(of("INSERT INTO").contains("micros="));
    assert!(of("error=").contains("UniqueViolation"));
    let all = events.concat();
    assert!(!all.contains("s3cret"), "{all}");
}
