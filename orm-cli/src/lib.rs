//! The command line of orm.
