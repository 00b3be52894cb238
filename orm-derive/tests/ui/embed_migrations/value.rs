use orm_derive::embed_migrations;

fn main() {
    let _ = embed_migrations!(migrations);
    let _ = embed_migrations!();
}
