use orm::prelude::*;

#[derive(Model)]
struct Account {
    #[field(primary_key, max_length = 20, serialize = false)]
    name: String,
    #[field(max_length = 80, serialize = false)]
    password: String,
    #[field(default = 0, serialize = false)]
    fine: i64,
}

#[derive(Model)]
struct Visit {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(serialize = "no")]
    address: Option<String>,
}

fn main() {}
