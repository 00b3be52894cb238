use orm::prelude::*;
use orm::query::Nearest;

#[derive(Model)]
#[model(index(fields(look), kind = "vector"))]
struct Picture {
    #[field(primary_key)]
    id: Auto<i64>,
    look: Option<Vector<3>>,
}

fn main() {
    let wanted = Vector::from([1.0, 0.0, 0.0]);
    let _ = Picture::objects()
        .order_by(|p| p.look().nearest(&wanted, Nearest::euclidean_distance()))
        .limit(3);
}
