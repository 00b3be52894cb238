//! A newsroom whose articles got addresses after the fact: `migrations/newsroom/0002_slug.toml` adds
//! the column, fills it by the code below, and then demands it.
//!
//! `cargo run -p newsroom -- migrate` does it on `db.sqlite3`; `DATABASE_URL` takes another database.

use orm::migrate::{DynRow, EmbeddedMigrations, Models};
use orm::prelude::*;

/// What the program carries, so that it can migrate where there is no source.
pub const MIGRATIONS: EmbeddedMigrations<'static> = orm::embed_migrations!("migrations");

/// Something to read.
#[derive(Model, Debug, Clone)]
pub struct Article {
    /// Handed out by the database.
    #[field(primary_key)]
    pub id: Auto<i64>,
    /// A line.
    #[field(max_length = 200)]
    pub title: String,
    /// Its address.
    #[field(max_length = 80)]
    pub slug: String,
    /// How often it was changed.
    #[field(default = 0)]
    pub revision: i64,
}

/// Gives each article an address, and counts that as a change.
///
/// The rows are those of migration 0002: `slug` may still be NULL there, whatever [`Article`] says
/// today. Each batch is one transaction with the note that it is through, so a run that is killed
/// counts no article twice.
#[orm::data_migration("fill_slugs", each = "newsroom.Article", batch = 500)]
async fn fill_slugs(models: &Models<'_>, articles: Vec<DynRow>) -> Result<()> {
    for mut article in articles {
        let slug = slug(article.get("id")?, &article.get::<String>("title")?);
        let revision: i64 = article.get("revision")?;
        article.set("slug", slug)?.set("revision", revision + 1)?;
        models.save(&mut article).await?;
    }
    Ok(())
}

/// The way back: the column goes next, so only the count is taken back.
#[orm::data_migration("forget_slugs", each = "newsroom.Article")]
async fn forget_slugs(models: &Models<'_>, articles: Vec<DynRow>) -> Result<()> {
    for mut article in articles {
        let revision: i64 = article.get("revision")?;
        article.set("revision", revision - 1)?;
        models.save(&mut article).await?;
    }
    Ok(())
}

/// `7-how-to-boil-water`: words of letters and digits, at most 80 characters.
fn slug(id: i64, title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let all = format!("{id}-{}", words.join("-"));
    let short: String = all.chars().take(80).collect();
    short.trim_end_matches('-').to_owned()
}
