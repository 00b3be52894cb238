use orm::prelude::*;

#[derive(DbType)]
#[db(rename_all = "snake_case")]
enum State {
    #[db(repr = "int")]
    Draft,
    Live,
}

fn main() {}
