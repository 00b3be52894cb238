use orm::prelude::*;
#[allow(unused_imports)]
use orm::query::{coalesce, days, when};

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
    views: i64,
    rating: f64,
    at: DateTime<Utc>,
}

fn main() {
    let _ = Article::objects().select(|a| a.at().cast::<bool>());
}
