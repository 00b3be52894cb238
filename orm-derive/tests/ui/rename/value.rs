use orm::prelude::*;

#[derive(DbType)]
enum State {
    #[db(rename = "")]
    Draft,
    #[db(rename = 3)]
    Live,
}

fn main() {}
