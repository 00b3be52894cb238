//! The command line of orm.
fn main() {}
