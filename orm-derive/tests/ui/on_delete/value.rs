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
    #[field(on_delete = "casade")]
    a: ForeignKey<Author>,
    #[field(on_delete = "set_null")]
    b: ForeignKey<Author>,
    #[field(on_delete = "set_default")]
    c: ForeignKey<Author>,
}

fn main() {}
