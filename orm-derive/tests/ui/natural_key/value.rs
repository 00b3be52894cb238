use orm::prelude::*;

#[derive(Model)]
#[model(natural_key(id))]
struct Numbered {
    #[field(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
#[model(natural_key(title))]
struct Alike {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 80)]
    title: String,
}

#[derive(Model)]
#[model(natural_key(writer, titel))]
struct Misspelt {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 80)]
    writer: String,
    #[field(max_length = 80)]
    title: String,
}

#[derive(Model)]
#[model(natural_key(writer, title), unique_together(writer, year))]
struct Other {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 80)]
    writer: String,
    #[field(max_length = 80)]
    title: String,
    year: i32,
}

#[derive(Model)]
#[model(natural_key(code, weight, code, secret))]
struct Inexact {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 80, unique)]
    code: Option<String>,
    weight: f64,
    #[field(max_length = 80, serialize = false, default = "")]
    secret: String,
}

#[derive(Model)]
#[model(natural_key = "title")]
struct Spelt {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 80, unique)]
    title: String,
}

fn main() {}
