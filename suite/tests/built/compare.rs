//! One query on every database.

use orm::dialect::RenderError;
use orm::prelude::*;
use suite::backend::{Backend, Scratch};

use crate::cells::{same, shown};
use crate::model::{self, Rows};
use crate::queries::Made;

/// What became of a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There were rows, the same everywhere.
    Rows,
    /// There were none.
    Nothing,
    /// A database has no form of it and said so before it was sent.
    Refused(String),
}

pub(crate) struct Databases {
    sqlite: Db,
    /// With text and with prepared statements.
    mariadb: [Db; 2],
    /// The stand-in for SingleStore.
    singlestore: [Db; 2],
    _scratches: Vec<Scratch>,
}

impl Databases {
    /// Empty tables on each; `None` where there is no server.
    pub(crate) async fn open() -> Option<Self> {
        let (mut scratches, mut dbs) = (Vec::new(), Vec::new());
        for backend in [
            Backend::Sqlite,
            Backend::MariadbText,
            Backend::MariadbPrepared,
            Backend::SingleStoreText,
            Backend::SingleStorePrepared,
        ] {
            let scratch = backend.scratch().await?;
            let db = Db::connect(&scratch.url).await.expect("connects");
            model::create(&db).await.expect("tables are made");
            dbs.push(db);
            scratches.push(scratch);
        }
        let mut dbs = dbs.into_iter();
        let mut next = || dbs.next().expect("there are five");
        Some(Self {
            sqlite: next(),
            mariadb: [next(), next()],
            singlestore: [next(), next()],
            _scratches: scratches,
        })
    }

    pub(crate) async fn fill(&self, rows: &Rows) {
        let all = std::iter::once(&self.sqlite)
            .chain(&self.mariadb)
            .chain(&self.singlestore);
        for db in all {
            model::fill(db, rows).await.expect("rows are written");
        }
    }

    /// Runs the query everywhere; says where the answers differ.
    pub(crate) async fn compare(&self, made: &Made, prepared: bool) -> Result<Outcome, String> {
        let at = usize::from(prepared);
        let expected = match (made.run)(&self.sqlite).await {
            Ok(rows) => rows,
            Err(error) => return refused(&error, made, &self.sqlite),
        };
        let mut outcome = match expected.is_empty() {
            true => Outcome::Nothing,
            false => Outcome::Rows,
        };
        for db in [&self.mariadb[at], &self.singlestore[at]] {
            let found = match (made.run)(db).await {
                Ok(rows) => rows,
                Err(error) => {
                    outcome = refused(&error, made, db)?;
                    continue;
                }
            };
            if !same(&found, &expected) {
                return Err(format!(
                    "{} answers\n  {}\nSQLite\n  {}\nto\n  {}\nwhich is\n  {}",
                    db.dialect().name(),
                    shown(&found),
                    shown(&expected),
                    text(made, db),
                    text(made, &self.sqlite)
                ));
            }
        }
        Ok(outcome)
    }
}

fn text(made: &Made, db: &Db) -> String {
    let dialect = db.dialect();
    let sql = (made.sql)(dialect).and_then(|sql| Ok(dialect.inline(&sql)?));
    sql.unwrap_or_else(|error| error.to_string())
}

/// A refusal that names a shape or a feature is an answer; anything else is not.
fn refused(error: &Error, made: &Made, db: &Db) -> Result<Outcome, String> {
    match error {
        Error::Render(
            RenderError::UnsupportedQueryShape { .. } | RenderError::Unsupported { .. },
        ) => Ok(Outcome::Refused(error.to_string())),
        other => Err(format!(
            "{}: {other}\n  {}",
            db.dialect().name(),
            text(made, db)
        )),
    }
}
