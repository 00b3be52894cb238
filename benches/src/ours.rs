//! The work through orm, as a program writes it.

use anyhow::{Context, Result, ensure};
use orm::backend::Db;
use orm::dialect::{Dialect, Sql};
use orm::prelude::*;
use orm::query::{row_number, window};

use crate::data::{self, checksum, fold};
use crate::side::Side;

/// Who writes articles.
#[derive(Model, Debug, Clone)]
#[model(table = "bench_author")]
pub(crate) struct Author {
    #[field(primary_key)]
    pub(crate) id: Auto<i64>,
    #[field(max_length = 100)]
    pub(crate) name: String,
    #[field(max_length = 2)]
    pub(crate) country: String,
    #[field(by = "author")]
    pub(crate) articles: Reverse<Article>,
}

/// A row of seven columns.
#[derive(Model, Debug, Clone)]
#[model(table = "bench_article")]
pub(crate) struct Article {
    #[field(primary_key)]
    pub(crate) id: Auto<i64>,
    #[field(max_length = 200)]
    pub(crate) title: String,
    pub(crate) author: ForeignKey<Author>,
    pub(crate) views: i64,
    pub(crate) score: Option<f64>,
    pub(crate) published: bool,
    pub(crate) published_at: DateTime<Utc>,
}

/// The same columns in the table that is streamed.
#[derive(Model, Debug, Clone)]
#[model(table = "bench_event")]
pub(crate) struct Event {
    #[field(primary_key)]
    pub(crate) id: Auto<i64>,
    #[field(max_length = 200)]
    pub(crate) title: String,
    pub(crate) author_id: i64,
    pub(crate) views: i64,
    pub(crate) score: Option<f64>,
    pub(crate) published: bool,
    pub(crate) published_at: DateTime<Utc>,
}

impl Article {
    fn of(row: &data::Row) -> Self {
        Self {
            id: Auto::unset(),
            title: row.title.clone(),
            author: ForeignKey::new(row.author),
            views: row.views,
            score: row.score,
            published: row.published,
            published_at: row.published_at,
        }
    }

    fn checksum(&self) -> u64 {
        let id = self.id.get().unwrap_or_default();
        let author = *self.author.id();
        checksum(
            id,
            &self.title,
            author,
            self.views,
            self.score,
            self.published,
            self.published_at,
        )
    }
}

impl Event {
    fn checksum(&self) -> u64 {
        let id = self.id.get().unwrap_or_default();
        checksum(
            id,
            &self.title,
            self.author_id,
            self.views,
            self.score,
            self.published,
            self.published_at,
        )
    }
}

/// orm on a database.
#[derive(Clone)]
pub(crate) struct Orm {
    db: Db,
}

impl Orm {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }
}

impl Side for Orm {
    fn name(&self) -> &'static str {
        "orm"
    }

    async fn clear(&self) -> Result<()> {
        // As the raw sides do it: not measured, and the ids begin at 1 again.
        for statement in data::clearing(self.db.dialect().name() != "sqlite") {
            self.db
                .execute(orm::dialect::Sql {
                    text: (*statement).into(),
                    ..Default::default()
                })
                .await?;
        }
        Ok(())
    }

    async fn bulk_insert(&self, rows: &[data::Row]) -> Result<u64> {
        Ok(Article::bulk_create(&self.db, rows.iter().map(Article::of)).await?)
    }

    async fn bulk_load(&self, rows: &[data::Row]) -> Result<u64> {
        Ok(Article::bulk_load(&self.db, rows.iter().map(Article::of)).await?)
    }

    async fn select(&self) -> Result<u64> {
        let articles = Article::objects().all(&self.db).await?;
        Ok(articles
            .iter()
            .fold(0, |sum, article| fold(sum, article.checksum())))
    }

    async fn stream(&self) -> Result<u64> {
        let mut rows = Event::objects().stream(&self.db).await?;
        let mut sum = 0;
        while let Some(event) = rows.next().await? {
            sum = fold(sum, event.checksum());
        }
        Ok(sum)
    }

    async fn get(&self, id: i64) -> Result<u64> {
        Ok(Article::get(&self.db, id).await?.checksum())
    }

    async fn join(&self, country: &str, views: i64) -> Result<u64> {
        let articles = joined(country, views).all(&self.db).await?;
        articles.iter().try_fold(0, |sum, article| {
            let name = &article.author.get()?.name;
            Ok(fold(sum, article.checksum() + name.len() as u64))
        })
    }

    async fn prefetch(&self) -> Result<u64> {
        let authors = Author::objects()
            .prefetch(|a| a.articles())
            .all(&self.db)
            .await?;
        let mut sum = 0;
        for author in &authors {
            for article in author.articles.get()? {
                sum = fold(sum, article.checksum());
            }
        }
        Ok(sum)
    }

    async fn updates(&self, ids: &[i64]) -> Result<u64> {
        let tx = self.db.begin().await?;
        let mut changed = 0;
        for id in ids {
            changed += Article::objects()
                .filter(|a| a.id().eq(*id))
                .update(|a| a.views().set(a.views() + 1))
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    async fn group(&self) -> Result<u64> {
        let groups: Vec<(String, i64, Option<f64>)> = Article::objects()
            .group_by(|a| a.author().name())
            .aggregate(|a| (count(), a.views().avg()))
            .all(&self.db)
            .await?;
        ensure!(groups.iter().all(|g| g.2.is_some()), "a group has no mean");
        Ok(groups.iter().fold(0, |sum, (name, n, _)| {
            fold(sum, name.len() as u64 + n.cast_unsigned())
        }))
    }
}

/// Filter, join, order and limit: the query of the work `join`, and the one that is built and rendered.
pub(crate) fn joined(country: &str, views: i64) -> QuerySet<Article> {
    Article::objects()
        .filter(|a| a.author().country().eq(country) & a.views().gt(views))
        .order_by(|a| a.published_at().desc())
        .with(|a| a.author())
        .limit(50)
}

/// Articles of whose titles one has a word.
pub(crate) fn worded(word: &str) -> QuerySet<Article> {
    Article::objects()
        .filter(|a| a.title().contains(word) | a.author().name().istartswith(word))
        .limit(50)
}

/// Articles with their place among their author's, and the views so far: rendered.
pub(crate) fn ranked(views: i64, dialect: &dyn Dialect) -> orm::Result<Sql> {
    Article::objects()
        .filter(|a| a.views().gt(views))
        .select(|a| {
            let by_author = window()
                .partition_by(a.author_id())
                .order_by(a.views().desc());
            (
                a.id(),
                row_number().over(by_author.clone()),
                a.views().sum().over(by_author),
            )
        })
        .limit(50)
        .to_sql(dialect)
}

/// Connects with a pool of `size`.
pub(crate) async fn connect(url: &str, size: usize) -> Result<Db> {
    Db::builder(url)
        .pool_max(size)
        .connect()
        .await
        .with_context(|| "orm connects".to_owned())
}
