//! The programs of docs/signals.md: they compile, run, and are what it shows.
#![allow(missing_docs, reason = "the guide says what its models are")]
#![expect(clippy::print_stdout, reason = "in place of a mail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::model::AnyModel;
use orm::signals::{Cause, M2mAction, M2mChanged, PostSave, PreDelete, PreSave, Receiver};

include!("../../orm/doctest/blog.rs");

#[rustfmt::skip]
mod connect_and_disconnect {
    use super::*;
    // guide: block
async fn tidy(event: PreSave<'_, Article>) -> Result<()> {
    event.object.title = event.object.title.trim().to_owned();
    Ok(())
}

async fn welcome(event: PostSave<'_, Author>) -> Result<()> {
    if event.created {
        let title = format!("{} is new here", event.object.name);
        Article::create(event.tx, new!(Article { title, author: event.object })).await?;
    }
    Ok(())
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    // guide: block
db.signals().of::<Article>().pre_save("tidy", tidy);
db.signals().of::<Author>().post_save("welcome", welcome);

let cy = Author::create(&db, new!(Author { name: "Cy" })).await?;
let titles = cy.articles.query().select(|a| a.title()).all(&db).await?;
assert_eq!(titles, ["Cy is new here"]);
let tea = Article::create(&db, new!(Article { title: "  Tea ", author: &cy })).await?;
assert_eq!(tea.title, "Tea");
    // guide: end
    // guide: block
assert!(db.signals().of::<Article>().disconnect("tidy"));
assert!(!db.signals().disconnect("tidy")); // whatever it hears of; it is gone
    // guide: end
    Ok(())
}
}

#[rustfmt::skip]
mod compares_with_the_row {
    use super::*;
    // guide: block
async fn no_way_back(event: PreSave<'_, Article>) -> Result<()> {
    let Some(id) = event.object.id.get() else {
        return Ok(()); // a new one
    };
    let stored = Article::objects().filter(|a| a.id().eq(id)).first(event.tx).await?;
    match stored {
        Some(stored) if stored.views > event.object.views => {
            Err(orm::Error::Usage("views are never taken back".into()))
        }
        _ => Ok(()),
    }
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    // guide: block
db.signals().of::<Article>().pre_save("no way back", no_way_back);
let mut hello = Article::get(&db, 1).await?;
hello.views = 0;
let refused = hello.save(&db).await.unwrap_err();
assert_eq!(
    refused.to_string(),
    "the receiver `no way back` of pre_save of Article refused: views are never taken back"
);
    // guide: end
    Ok(())
}
}

#[rustfmt::skip]
mod mails_after_the_commit {
    use super::*;
    // guide: block
async fn mail(event: PostSave<'_, Article>) -> Result<()> {
    if event.created {
        let title = event.object.title.clone();
        event.tx.on_commit(move || async move {
            println!("mail to all: {title}"); // not if the transaction is rolled back
        })?;
    }
    Ok(())
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    db.signals().of::<Article>().post_save("mail", mail);
    Article::create(&db, new!(Article { title: "News", author: 1 })).await?;
    Ok(())
}
}

#[rustfmt::skip]
mod keeps_copies {
    use super::*;
    // guide: block
async fn keep_a_copy(event: PreDelete<'_, Article>) -> Result<()> {
    let name = format!("gone: {}", event.object.title);
    Tag::create(event.tx, new!(Tag { name })).await?;
    Ok(())
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    // guide: block
db.signals().of::<Article>().pre_delete("keep a copy", keep_a_copy);
let ann = Author::get(&db, 1).await?;
ann.delete(&db).await?; // two articles go by the cascade
let copies = Tag::filter(|t| t.name().startswith("gone: "));
assert_eq!(copies.count(&db).await?, 2);
    // guide: end
    Ok(())
}
}

#[rustfmt::skip]
mod counts_tags {
    use super::*;
    // guide: block
async fn count_tags(event: M2mChanged<'_>) -> Result<()> {
    if event.field == "tags" && event.action == M2mAction::PostAdd && !event.reverse {
        let article: i64 = event.owner_as()?;
        let added: Vec<i64> = event.keys_as()?;
        Article::objects()
            .filter(|a| a.id().eq(article))
            .update(|a| a.views().set(a.views() + added.len() as i64))
            .exec(event.tx)
            .await?;
    }
    Ok(())
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    // guide: block
db.signals().of::<Article>().m2m_changed("count tags", count_tags);
let hello = Article::get(&db, 1).await?; // it has the tag 1, and 120 views
hello.tags.add(&db, [1, 2]).await?;
assert_eq!(Article::get(&db, 1).await?.views, 121);
    // guide: end
    Ok(())
}
}

#[rustfmt::skip]
mod audits {
    use super::*;
    // guide: block
async fn audit(event: PostSave<'_, dyn AnyModel>) -> Result<()> {
    let meta = event.object.meta();
    if meta.name == "Tag" {
        return Ok(()); // here: what the receiver itself writes
    }
    let name = format!("{}.{} {:?}", meta.app, meta.name, event.object.key_values());
    Tag::create(event.tx, new!(Tag { name })).await?;
    Ok(())
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    // guide: block
db.signals().of_all().post_save("audit", audit);
Author::get(&db, 1).await?.save(&db).await?;
assert_eq!(Tag::filter(|t| t.name().eq("blog.Author [Int(1)]")).count(&db).await?, 1);
    // guide: end
    Ok(())
}
}

#[rustfmt::skip]
mod keeps_something {
    use super::*;
    // guide: block
struct Mailer {
    to: String,
    sent: Arc<AtomicUsize>,
}

impl Receiver<PostSave<'static, Author>> for Mailer {
    async fn receive(&self, event: PostSave<'_, Author>) -> Result<(), Cause> {
        if self.to.is_empty() {
            return Err("nobody to write to".into());
        }
        let sent = Arc::clone(&self.sent);
        event.tx.on_commit(move || async move {
            sent.fetch_add(1, Ordering::Relaxed);
        })?;
        Ok(())
    }
}
    // guide: end

pub(super) async fn program(db: Db) -> Result<()> {
    // guide: block
let sent = Arc::new(AtomicUsize::new(0));
let mailer = Mailer { to: "ann@example.org".into(), sent: Arc::clone(&sent) };
db.signals().of::<Author>().post_save("mailer", mailer);
Author::create(&db, new!(Author { name: "Cy" })).await?;
assert_eq!(sent.load(Ordering::Relaxed), 1);
    // guide: end
    Ok(())
}
}

macro_rules! runs {
    ($($name:ident),* $(,)?) => {
        mod runs {$(
            #[test]
            fn $name() {
                super::run(super::$name::program).expect("runs");
            }
        )*}
    };
}

runs! {
    connect_and_disconnect,
    compares_with_the_row,
    mails_after_the_commit,
    keeps_copies,
    counts_tags,
    audits,
    keeps_something,
}

#[test]
fn the_guide_shows_them() {
    let guide = include_str!("../../docs/signals.md");
    let shown = guide.split("```rust\n").skip(1);
    let mut shown = shown.map(|block| block.split("```").next().unwrap_or_default());
    let (source, _) = include_str!("signals_guide.rs")
        .split_once("macro_rules!")
        .expect("the programs come first");
    for part in source.split("    // guide: block\n").skip(1) {
        let code = part.split("    // guide: end").next();
        assert_eq!(shown.next(), code);
    }
    assert_eq!(shown.next(), None, "a block that is not compiled");
}
