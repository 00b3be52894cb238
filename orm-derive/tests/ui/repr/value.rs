use orm::prelude::*;

#[derive(DbType)]
#[db(repr = "integer")]
enum State {
    Draft,
    Live,
}

fn main() {}
