use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(look), kind = "vector", nlist = 128))]
struct Picture {
    #[field(primary_key)]
    id: Auto<i64>,
    look: Vector<3>,
}

fn main() {}
