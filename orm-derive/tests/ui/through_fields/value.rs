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
    #[field(through_fields(a, b))]
    a: ManyToMany<Author>,
    #[field(through = Link, through_fields(a))]
    b: ManyToMany<Author>,
}

fn main() {}
