//! What is connected must be an `async fn` of this event of this model.
use orm::prelude::*;
use orm::signals::{PostSave, PreSave};

#[derive(Model)]
#[model(app = "blog")]
struct Article {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
}

#[derive(Model)]
#[model(app = "blog")]
struct Tag {
    #[field(primary_key)]
    id: Auto<i64>,
}

async fn of_another_model(_: PreSave<'_, Tag>) -> Result<()> {
    Ok(())
}

async fn of_another_signal(_: PostSave<'_, Article>) -> Result<()> {
    Ok(())
}

fn not_async(_: PreSave<'_, Article>) -> Result<()> {
    Ok(())
}

async fn returns_nothing(_: PreSave<'_, Article>) {}

async fn not_send(event: PreSave<'_, Article>) -> Result<()> {
    let local = std::rc::Rc::new(1);
    Article::objects().count(event.tx).await?;
    drop(local);
    Ok(())
}

fn main() {}

fn connect(db: &Db) {
    let articles = db.signals().of::<Article>();
    articles.pre_save("1", of_another_model);
    articles.pre_save("2", of_another_signal);
    articles.pre_save("3", not_async);
    articles.pre_save("4", returns_nothing);
    articles.pre_save("5", not_send);
    articles.pre_save("6", "a name");
}
