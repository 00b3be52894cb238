use orm::prelude::*;

#[derive(Model)]
struct Account {
    #[field(primary_key, max_length = 20, serialize = false)]
    name: String,
    #[field(max_length = 80, serialize = false)]
    password: String,
    #[field(serialize = "no")]
    visits: i64,
    #[field(default = 0, serialize = false)]
    fine: i64,
}

fn main() {}
