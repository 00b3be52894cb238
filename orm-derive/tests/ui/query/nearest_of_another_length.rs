use orm::prelude::*;
use orm::query::Nearest;

#[derive(Model)]
struct Picture {
    #[field(primary_key)]
    id: Auto<i64>,
    look: Vector<3>,
    sketch: Option<Vector<3>>,
    likes: i64,
}

fn main() {
    let wanted = Vector::from([0.5, 0.5, 0.5]);
    let other = Vector::from([0.5, 0.5]);
    let by = Nearest::dot_product();
    let _ = Picture::objects().order_by(|p| p.look().nearest(&other, by));
    let _ = (wanted, other, by);
}
