use orm::prelude::*;

#[derive(DbType)]
#[db(repr = "int")]
struct Cents(i64);

fn main() {}
