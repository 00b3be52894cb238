//! The step of a recursive table selects fewer columns than its first query.

use orm::prelude::*;
use orm::query::value;

#[derive(Model)]
#[model(app = "shop")]
pub struct Category {
    #[field(primary_key)]
    pub id: i64,
    pub parent: Option<ForeignKey<Category>>,
    #[field(max_length = 50)]
    pub name: String,
}

fn main() {
    let _tree = Category::objects()
        .select(|c| (c.id(), value(0_i64)))
        .as_table()
        .recursive("tree", 10, |found| {
            Category::objects()
                .join(found, |(c, (id, _))| c.parent_id().eq(id))
                .select(|(c, _)| c.id())
        });
}
