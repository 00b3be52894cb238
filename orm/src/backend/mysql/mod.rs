//! The MySQL protocol.

use super::session::{Connector, Session};
use super::url::{DbUrl, Server};
use super::{BoxFuture, DbError, DbErrorKind};

pub(crate) struct MysqlConnector;

impl MysqlConnector {
    pub(crate) fn new(_: &Server, _: &DbUrl) -> Result<Self, DbError> {
        Err(DbError::new(DbErrorKind::Unsupported, "not yet"))
    }
}

impl Connector for MysqlConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, DbError>> {
        Box::pin(async { Err(DbError::new(DbErrorKind::Unsupported, "not yet")) })
    }
}
