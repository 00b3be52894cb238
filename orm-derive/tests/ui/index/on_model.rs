use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(b)), index(a), index(fields(a), kind = "btre"), index(name = "1st", fields(a)))]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    a: i64,
}

fn main() {}
