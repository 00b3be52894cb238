use orm::prelude::*;

struct Author {
    name: String,
}

#[derive(Model)]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    author: ForeignKey<Author>,
}

fn main() {
    let _ = Author::objects();
}
