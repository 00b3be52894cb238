//! Validation: all faults at once, before anything is sent.

use orm::prelude::*;
use rust_decimal::Decimal;
use suite::models::forms::{Form, good, tables};

cases! {
    faultless, all_faults_at_once, rules_over_several_fields, values_of_new_objects,
    unique_values, unique_together, everything_at_once, nothing_is_sent, edges,
}

/// Field and code of each fault.
fn faults(of: std::result::Result<(), orm::ValidationErrors>) -> Vec<(&'static str, String)> {
    let errors = of.expect_err("there are faults");
    errors
        .faults()
        .iter()
        .map(|f| (f.field.unwrap_or("*"), f.code.to_string()))
        .collect()
}

fn pairs(list: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    list.iter().map(|(f, c)| (*f, (*c).to_owned())).collect()
}

fn bad() -> Form {
    let mut form = good("ääääää", 1);
    form.state = "lost".to_owned();
    form.number = 3;
    form.grade = Some(6);
    form.price = Some(Decimal::new(1_234_567, 3));
    form.bytes = Some(vec![0; 4]);
    form.weight = f64::NAN;
    form.mail = Some("nobody".to_owned());
    form.parent = Some(ForeignKey::new(0));
    form
}

async fn faultless(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut form = good("ääääü", 1);
    form.validate()?;
    form.full_validate(db).await?;
    form.insert(db).await?;
    form.full_validate(db).await?;
    Form::get(db, form.id.get().expect("a key"))
        .await?
        .full_validate(db)
        .await
}

async fn all_faults_at_once(_: &Db) -> Result<()> {
    let form = bad();
    let wanted = [
        ("code", "max_length"),
        ("state", "choices"),
        ("number", "invalid"),
        ("grade", "range"),
        ("price", "max_digits"),
        ("bytes", "max_length"),
        ("weight", "range"),
        ("mail", "invalid"),
        ("parent", "range"),
    ];
    assert_eq!(faults(form.validate()), pairs(&wanted));
    let text = form.validate().expect_err("faults").to_string();
    for part in [
        "Form is not valid: `code` has 6 characters, at most 5 fit; ",
        "`state` is none of its choices: \"draft\", \"sent\"",
        "`number` is 3, which is odd",
        "`grade` is 6, at most 5 is allowed",
    ] {
        assert!(text.contains(part), "{text}");
    }
    Ok(())
}

async fn rules_over_several_fields(_: &Db) -> Result<()> {
    let mut form = good("a", 1);
    form.first = 2;
    form.state = "sent".to_owned();
    form.price = None;
    form.number = 1;
    let wanted = [("number", "invalid"), ("first", "order"), ("*", "invalid")];
    assert_eq!(faults(form.validate()), pairs(&wanted));
    Ok(())
}

async fn values_of_new_objects(_: &Db) -> Result<()> {
    let new = new!(Form {
        code: "abcdef",
        number: 1,
        ..
    });
    let wanted = [
        ("code", "max_length"),
        ("number", "invalid"),
        ("weight", "required"),
    ];
    assert_eq!(faults(new.validate()), pairs(&wanted));
    let new = new!(Form {
        code: "abc",
        weight: 1.0,
        first: 3
    });
    assert_eq!(faults(new.validate()), pairs(&[("first", "order")]));
    let new = new!(Form {
        code: "abc",
        weight: 1.0
    });
    Ok(new.validate()?)
}

async fn unique_values(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut one = good("one", 1);
    one.insert(db).await?;
    let mut two = good("one", 2);
    let error = two.validate_unique(db).await.expect_err("taken");
    let Error::Validation(errors) = error else {
        panic!("{error}");
    };
    assert_eq!(faults(Err(errors)), pairs(&[("code", "unique")]));
    assert!(two.insert(db).await.is_err_and(|e| e.is_unique_violation()));
    two.code = "two".to_owned();
    two.validate_unique(db).await?;
    two.insert(db).await?;
    two.validate_unique(db).await?;
    two.code = "one".to_owned();
    assert!(two.validate_unique(db).await.is_err());
    Ok(())
}

async fn unique_together(db: &Db) -> Result<()> {
    tables(db).await?;
    good("one", 1).insert(db).await?;
    let error = good("two", 1).validate_unique(db).await.expect_err("taken");
    let text = error.to_string();
    assert!(
        text.contains("`first`, `last` are taken together"),
        "{text}"
    );
    Ok(())
}

async fn everything_at_once(db: &Db) -> Result<()> {
    tables(db).await?;
    good("one", 1).insert(db).await?;
    let mut form = good("one", 1);
    form.number = 1;
    let error = form.full_validate(db).await.expect_err("faults");
    let Error::Validation(errors) = error else {
        panic!("{error}");
    };
    let wanted = [
        ("number", "invalid"),
        ("code", "unique"),
        ("*", "unique_together"),
    ];
    assert_eq!(faults(Err(errors)), pairs(&wanted));
    Ok(())
}

async fn nothing_is_sent(db: &Db) -> Result<()> {
    tables(db).await?;
    let before = db.statements();
    assert!(bad().validate().is_err());
    assert!(bad().insert(db).await.is_err());
    assert!(Form::bulk_create(db, [good("a", 1), bad()]).await.is_err());
    assert_eq!(db.statements() - before, 0);
    assert_eq!(Form::objects().count(db).await?, 0);
    Ok(())
}

async fn edges(_: &Db) -> Result<()> {
    let mut form = good("", 1);
    form.validate()?;
    form.price = Some(Decimal::new(-99_999, 2));
    form.bytes = Some(vec![0; 3]);
    form.grade = Some(1);
    form.validate()?;
    form.price = Some(Decimal::new(100_000, 2));
    assert_eq!(faults(form.validate()), pairs(&[("price", "max_digits")]));
    Ok(())
}
