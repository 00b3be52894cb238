use orm::prelude::*;
#[allow(unused_imports)]
use orm::query::{exists, outer, row_number, scalar, window};

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 100)]
    name: String,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
    author: ForeignKey<Author>,
    views: i64,
    rating: f64,
}

fn main() {
    let _ = Article::objects().select(|a| a.views()).as_table().filter(|_| {
        let mut inside = None;
        let _ = Article::objects().filter(|a| {
            inside = Some(a.views());
            a.views().gt(0)
        });
        inside.expect("set").gt(1)
    });
}
