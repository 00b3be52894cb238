use orm::prelude::*;

#[orm_derive::data_migration("")]
async fn empty(_db: &dyn Executor) -> Result<()> {
    Ok(())
}

#[orm_derive::data_migration("fill_slugs")]
struct NotAFunction;

#[orm_derive::data_migration(fill_slugs)]
async fn unquoted(_db: &dyn Executor) -> Result<()> {
    Ok(())
}

fn main() {}
