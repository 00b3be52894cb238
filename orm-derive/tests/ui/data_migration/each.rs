// What the attribute says is read before the function is looked at.

#[orm_derive::data_migration("a", each = "Article")]
async fn no_app(_models: &Models<'_>, _rows: Vec<DynRow>) -> orm::Result<()> {
    Ok(())
}

#[orm_derive::data_migration("b", batch = 500)]
async fn no_each(_models: &Models<'_>, _rows: Vec<DynRow>) -> orm::Result<()> {
    Ok(())
}

#[orm_derive::data_migration("c", each = "blog.Article", batch = 0)]
async fn no_rows(_models: &Models<'_>, _rows: Vec<DynRow>) -> orm::Result<()> {
    Ok(())
}

#[orm_derive::data_migration("d", every = "blog.Article")]
async fn unknown(_models: &Models<'_>) -> orm::Result<()> {
    Ok(())
}

#[orm_derive::data_migration("e", reverse = "f")]
async fn reverse(_models: &Models<'_>) -> orm::Result<()> {
    Ok(())
}

#[orm_derive::data_migration("g", each = "blog.Article", each = "blog.Tag")]
async fn twice(_models: &Models<'_>, _rows: Vec<DynRow>) -> orm::Result<()> {
    Ok(())
}

fn main() {}
