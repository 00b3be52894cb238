use orm::prelude::*;

#[derive(Model)]
#[model(index(fields(look), kind = "vector", index_type = "ivf_flat", ef = 16))]
struct Picture {
    #[field(primary_key)]
    id: Auto<i64>,
    look: Vector<3>,
}

fn main() {}
