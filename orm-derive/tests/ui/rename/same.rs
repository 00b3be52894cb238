use orm::prelude::*;

#[derive(DbType)]
enum State {
    Draft,
    #[db(rename = "draft")]
    Live,
}

fn main() {}
