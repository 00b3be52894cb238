//! Validation of whole objects: all faults at once, before anything is sent.

use super::plan::{ROOT, key_equals};
use super::validate::fault;
use super::{New, QuerySet};
use crate::ast::{BinaryOp, Expr};
use crate::backend::{DbErrorKind, Executor};
use crate::error::Result;
use crate::model::{ColumnMeta, Invalid, Key, LiteralMeta, Model, ModelMeta, ValidationErrors};
use crate::value::Value;

/// Validation of objects; every model has it.
pub trait Validate: Model {
    /// Finds everything that is wrong with the object, without a database.
    ///
    /// Of each field: NULL where there may be none, the length in characters (bytes of `Vec<u8>`), the
    /// digits of decimals, years, numbers that are none, `choices`, and the function of
    /// `#[field(validate = …)]`, which is called when the rest holds. Then the function of
    /// `#[model(validate = …)]` on the whole object. Django: `full_clean` without the database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut hello = Article::get(&db, 1).await?;
    /// hello.title = "x".repeat(201);
    /// let errors = hello.validate().unwrap_err();
    /// assert_eq!(errors.to_string(), "Article is not valid: `title` has 201 characters, at most 200 fit");
    /// assert_eq!(errors.faults()[0].code, "max_length");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`ValidationErrors`], with all faults.
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        let meta = Self::META;
        let mut errors = ValidationErrors::new();
        errors.model = meta.name;
        for (i, column) in meta.columns.iter().enumerate() {
            if !column.computed {
                check_column(meta, column, self.value(i), &mut errors);
            }
        }
        if let Some(validate) = meta.validate
            && let Err(found) = validate(self)
        {
            errors.extend(found);
        }
        errors.into_result()
    }

    /// Asks the database whether another row has the values that must be unique: columns with `unique`,
    /// `unique_together` and `unique(…)`, also those that a server does not enforce. Groups with a NULL
    /// are unique. Another task may still take a value before the object is saved; then saving raises
    /// `UniqueViolation`. Django: `validate_unique`, `validate_constraints`.
    ///
    /// SQL: one `SELECT EXISTS` for each.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) with all faults, [`Error::Db`](crate::Error::Db).
    fn validate_unique(&self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        async move {
            let mut errors = ValidationErrors::new();
            errors.model = Self::META.name;
            taken(self, db, &mut errors).await?;
            Ok(errors.into_result()?)
        }
    }

    /// [`validate`](Self::validate) and [`validate_unique`](Self::validate_unique), all faults at once.
    /// Django: `full_clean`.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) with all faults, [`Error::Db`](crate::Error::Db).
    fn full_validate(&self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        async move {
            let mut errors = self.validate().err().unwrap_or_default();
            errors.model = Self::META.name;
            taken(self, db, &mut errors).await?;
            Ok(errors.into_result()?)
        }
    }
}

impl<M: Model> Validate for M {}

impl<M: Model> New<M> {
    /// Finds everything that is wrong with the values, defaults filled in, as
    /// [`Validate::validate`] does for an object; missing ones have the code `required`.
    ///
    /// # Errors
    /// [`ValidationErrors`], with all faults; those of `#[model(validate = …)]` only if there is no
    /// other, since there is no object before.
    pub fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        let meta = M::META;
        let mut errors = ValidationErrors::new();
        errors.model = meta.name;
        errors.extend(self.misuse().map(Invalid::from));
        let (values, missing) = self.known();
        for (i, (column, value)) in meta.columns.iter().zip(&values).enumerate() {
            match value {
                Some(value) => check_column(meta, column, value.clone(), &mut errors),
                None if missing.contains(&i) => {
                    errors.add(Invalid::new("is missing").of(column.field).code("required"));
                }
                None => {}
            }
        }
        if let (true, Some(validate)) = (errors.is_empty(), meta.validate) {
            let values = values.into_iter().map(Option::unwrap_or_default).collect();
            if let Ok(object) = super::new::object_of::<M>(values)
                && let Err(found) = validate(&object)
            {
                errors.extend(found);
            }
        }
        errors.into_result()
    }
}

fn code(kind: &DbErrorKind, value: &Value) -> &'static str {
    match (kind, value) {
        (DbErrorKind::NotNull { .. }, _) => "null",
        (DbErrorKind::DataTooLong { .. }, _) => "max_length",
        (_, Value::Decimal(_)) => "max_digits",
        _ => "range",
    }
}

fn check_column(
    meta: &'static ModelMeta,
    column: &'static ColumnMeta,
    value: Value,
    errors: &mut ValidationErrors,
) {
    let before = errors.faults().len();
    if let Some((kind, why)) = fault(meta, column, &value) {
        errors.add(Invalid::new(why).of(column.field).code(code(&kind, &value)));
    }
    if value.is_null() {
        return;
    }
    let choices = column.extra.choices;
    if !choices.is_empty() && !choices.iter().any(|c| same(&c.value(&column.ty), &value)) {
        let list: Vec<String> = choices.iter().map(shown).collect();
        let why = format!("is none of its choices: {}", list.join(", "));
        errors.add(Invalid::new(why).of(column.field).code("choices"));
    }
    if let Some(validate) = column.extra.validate
        && errors.faults().len() == before
        && let Err(found) = validate(value)
    {
        errors.extend(found.into_iter().map(|fault| match fault.field {
            Some(_) => fault,
            None => fault.of(column.field),
        }));
    }
}

fn shown(choice: &LiteralMeta) -> String {
    match choice {
        LiteralMeta::Bool(v) => v.to_string(),
        LiteralMeta::Int(v) => v.to_string(),
        LiteralMeta::Float(v) => v.to_string(),
        LiteralMeta::Text(v) => format!("\"{v}\""),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    use crate::model::HashKey;
    match (a, b) {
        (Value::Decimal(a), Value::Decimal(b)) => plain_decimal(a) == plain_decimal(b),
        (Value::Double(a), Value::Float(b)) => *a == f64::from(*b),
        _ => HashKey(a.clone()) == HashKey(b.clone()),
    }
}

/// A decimal without the zeros that do not count.
fn plain_decimal(digits: &str) -> &str {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    }
}

/// The groups of columns whose values no other row may have; the key is left out: it is the object's
/// own.
fn groups(meta: &'static ModelMeta) -> Vec<Vec<usize>> {
    let single = (0..meta.columns.len()).filter(|&c| meta.columns[c].unique);
    let mut groups: Vec<Vec<usize>> = single.map(|c| vec![c]).collect();
    groups.extend(meta.uniques.iter().map(|g| g.to_vec()));
    groups.extend(meta.extra.constraints.iter().map(|(_, fields, _)| {
        let columns = fields.iter().filter_map(|f| meta.column_of(f));
        columns.collect()
    }));
    groups.retain(|g| g.as_slice() != meta.key);
    groups.sort();
    groups.dedup();
    groups
}

async fn taken<M: Model>(
    object: &M,
    db: &dyn Executor,
    errors: &mut ValidationErrors,
) -> Result<()> {
    let meta = M::META;
    for group in groups(meta) {
        let values: Vec<Value> = group.iter().map(|&c| object.value(c)).collect();
        if values.iter().any(Value::is_null) {
            continue;
        }
        let mut query = QuerySet::<M>::new();
        for (&column, value) in group.iter().zip(values) {
            let column = Expr::column(ROOT, meta.columns[column].column);
            query
                .plan
                .add_filter(Expr::binary(column, BinaryOp::Eq, Expr::Value(value)));
        }
        if let Some(key) = object.key() {
            let own = key_equals(meta, ROOT, key.to_values());
            query.plan.add_filter(Expr::Not(Box::new(own)));
        }
        if query.exists_dyn(db).await? {
            let fields: Vec<&'static str> = group.iter().map(|&c| meta.columns[c].field).collect();
            errors.add(match fields.as_slice() {
                [field] => Invalid::new("is taken").of(field).code("unique"),
                many => Invalid::new(format!("`{}` are taken together", many.join("`, `")))
                    .code("unique_together"),
            });
        }
    }
    Ok(())
}
