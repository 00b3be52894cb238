//! Fields with rules of every sort.

use orm::prelude::*;
use orm::{Invalid, ValidationErrors, validators};
use rust_decimal::Decimal;

fn even(n: &i64) -> std::result::Result<(), String> {
    if n % 2 == 0 {
        return Ok(());
    }
    Err(format!("is {n}, which is odd"))
}

/// The rules over several fields.
fn whole(form: &Form) -> std::result::Result<(), ValidationErrors> {
    let mut errors = ValidationErrors::new();
    if form.first > form.last {
        errors.add(Invalid::new("is behind the last").of("first").code("order"));
    }
    if form.state == "sent" && form.price.is_none() {
        errors.add("a form that was sent has a price");
    }
    errors.into_result()
}

#[derive(Model, Debug, Clone)]
#[model(
    app = "forms",
    storage_type = "reference",
    validate = whole,
    unique_together(first, last)
)]
pub struct Form {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 5, unique)]
    pub code: String,
    #[field(max_length = 10, choices("draft", "sent"), default = "draft")]
    pub state: String,
    #[field(validate = even, default = 0)]
    pub number: i64,
    #[field(validate = validators::between::<1, 5>)]
    pub grade: Option<i32>,
    #[field(precision = 5, scale = 2)]
    pub price: Option<Decimal>,
    #[field(max_length = 3)]
    pub bytes: Option<Vec<u8>>,
    pub weight: f64,
    #[field(max_length = 100, validate = validators::email)]
    pub mail: Option<String>,
    #[field(default = 0)]
    pub first: i32,
    #[field(default = 0)]
    pub last: i32,
    #[field(validate = validators::at_least::<1>)]
    pub parent: Option<ForeignKey<Form>>,
}

/// A form without faults.
pub fn good(code: &str, number: i32) -> Form {
    Form {
        id: Auto::unset(),
        code: code.to_owned(),
        state: "draft".to_owned(),
        number: 2,
        grade: None,
        price: Some(Decimal::new(12_345, 2)),
        bytes: None,
        weight: 1.5,
        mail: Some("ann@example.org".to_owned()),
        first: number,
        last: number,
        parent: None,
    }
}

/// The table, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Form::META]).await
}
