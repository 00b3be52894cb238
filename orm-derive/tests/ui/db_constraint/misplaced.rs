use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(db_constraint = false)]
    views: i64,
    #[field(db_constraint)]
    author: ForeignKey<Author>,
    #[field(through = Link, db_constraint = false)]
    authors: ManyToMany<Author>,
}

fn main() {}
