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
    a: ForeignKey<Option<Author>>,
    b: Option<ManyToMany<Author>>,
}

fn main() {}
