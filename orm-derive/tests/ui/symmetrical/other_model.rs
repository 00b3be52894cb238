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
    #[field(symmetrical = false)]
    a: ManyToMany<Author>,
}

fn main() {}
