//! Servers that speak the MySQL protocol: SingleStore, MySQL, MariaDB.

mod connect;
mod error;
mod load;
mod session;
mod tls;
mod unit;
mod values;

pub(crate) use connect::MysqlConnector;
