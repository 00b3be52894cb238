use orm::prelude::*;

#[derive(DbType)]
struct Point {
    x: i64,
    y: i64,
}

#[derive(DbType)]
enum Shape {
    Circle(i64),
}

#[derive(DbType)]
enum Nothing {}

#[derive(DbType)]
struct Maybe(Option<i64>);

fn main() {}
