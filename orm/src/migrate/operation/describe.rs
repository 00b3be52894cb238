//! What an operation is called: for people, and in file names.

use super::Operation;

/// The longest name built from operations, as in Django.
const MAX_NAME: usize = 52;

impl Operation {
    /// One line that says what the operation does.
    ///
    /// Django: `Operation.describe`.
    pub fn describe(&self) -> String {
        match self {
            Self::CreateModel(m) => format!("Create model {}", m.name),
            Self::DeleteModel(m) => format!("Delete model {}", m.name),
            Self::RenameModel { from, to } => format!("Rename model {from} to {to}"),
            Self::AlterModelTable { model, to, .. } => format!("Rename table of {model} to {to}"),
            Self::AlterModelTableComment { model, .. } => {
                format!("Change table comment of {model}")
            }
            Self::AlterUniqueTogether { model, to, .. } => {
                format!("Change unique together of {model} ({} groups)", to.len())
            }
            Self::AlterPrimaryKey { model, to, .. } => {
                format!("Change primary key of {model} to {}", to.join(", "))
            }
            Self::AlterModelOptions { model, .. } => format!("Change options of {model}"),
            Self::AlterStorage { model, .. } => format!("Change storage of {model}"),
            Self::AddField { model, field, .. } => format!("Add field {} to {model}", field.name),
            Self::RemoveField { model, field } => {
                format!("Remove field {} from {model}", field.name)
            }
            Self::AlterField { model, to, .. } => format!("Alter field {} on {model}", to.name),
            Self::RenameField { model, from, to } => {
                format!("Rename field {from} on {model} to {to}")
            }
            Self::AddIndex { model, index } => {
                format!(
                    "Add index {} on {} of {model}",
                    index.name,
                    index.fields.join(", ")
                )
            }
            Self::RemoveIndex { model, index } => {
                format!("Remove index {} from {model}", index.name)
            }
            Self::RenameIndex { model, from, to } => {
                format!("Rename index {from} on {model} to {to}")
            }
            Self::AddConstraint { model, constraint } => {
                format!("Add constraint {} to {model}", constraint.name)
            }
            Self::RemoveConstraint { model, constraint } => {
                format!("Remove constraint {} from {model}", constraint.name)
            }
            Self::RunSql { .. } => "Run SQL".to_owned(),
            Self::RunCode { name, .. } if name.is_empty() => "Run no code".to_owned(),
            Self::RunCode { name, .. } => format!("Run code {name}"),
            Self::SeparateDatabaseAndState { .. } => {
                "Change database and state separately".to_owned()
            }
        }
    }

    /// The part of a migration's name that stands for this operation, if it has one.
    ///
    /// Django: `Operation.migration_name_fragment`.
    pub fn suggested_name(&self) -> Option<String> {
        let low = |s: &str| s.to_lowercase();
        Some(match self {
            Self::CreateModel(m) => low(&m.name),
            Self::DeleteModel(m) => format!("delete_{}", low(&m.name)),
            Self::RenameModel { from, to } => format!("rename_{}_{}", low(from), low(to)),
            Self::AlterModelTable { model, .. } => format!("alter_{}_table", low(model)),
            Self::AlterModelTableComment { model, .. } => {
                format!("alter_{}_table_comment", low(model))
            }
            Self::AlterUniqueTogether { model, .. } => {
                format!("alter_{}_unique_together", low(model))
            }
            Self::AlterPrimaryKey { model, .. } => format!("alter_{}_primary_key", low(model)),
            Self::AlterModelOptions { model, .. } => format!("alter_{}_options", low(model)),
            Self::AlterStorage { model, .. } => format!("alter_{}_storage", low(model)),
            Self::AddField { model, field, .. } => format!("{}_{}", low(model), low(&field.name)),
            Self::RemoveField { model, field } => {
                format!("remove_{}_{}", low(model), low(&field.name))
            }
            Self::AlterField { model, to, .. } => format!("alter_{}_{}", low(model), low(&to.name)),
            Self::RenameField { model, from, to } => {
                format!("rename_{}_{}_{}", low(from), low(model), low(to))
            }
            Self::AddIndex { model, index } => format!("{}_{}", low(model), low(&index.name)),
            Self::RemoveIndex { model, index } => {
                format!("remove_{}_{}", low(model), low(&index.name))
            }
            Self::RenameIndex { from, to, .. } => format!("rename_{}_{}", low(from), low(to)),
            Self::AddConstraint { model, constraint } => {
                format!("{}_{}", low(model), low(&constraint.name))
            }
            Self::RemoveConstraint { model, constraint } => {
                format!("remove_{}_{}", low(model), low(&constraint.name))
            }
            Self::RunCode { name, .. } => low(name),
            Self::RunSql { .. } | Self::SeparateDatabaseAndState { .. } => return None,
        })
    }
}

/// The name, without its number, of a migration that holds these operations.
///
/// `initial` is the first one of an application; else the operations' parts joined, up to 52
/// characters, then `_and_more`; else `auto_` and the date, which the caller gives as
/// `YYYYMMDD_HHMM`.
///
/// Django: `Migration.suggest_name`.
pub fn suggest_name(operations: &[Operation], initial: bool, date: &str) -> String {
    if initial {
        return "initial".to_owned();
    }
    let fragments: Vec<String> = operations
        .iter()
        .filter_map(Operation::suggested_name)
        .map(|f| identifier(&f))
        .collect();
    if fragments.is_empty() || fragments.len() != operations.len() {
        return format!("auto_{date}");
    }
    let mut name = String::new();
    for fragment in &fragments {
        let length = name.len() + usize::from(!name.is_empty()) + fragment.len();
        if length > MAX_NAME {
            return if name.is_empty() {
                format!("auto_{date}")
            } else {
                format!("{name}_and_more")
            };
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(fragment);
    }
    name
}

/// Makes a fragment fit for a file name.
fn identifier(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use orm_schema::{FieldDef, FieldType, ModelDef};

    use super::*;

    fn add(model: &str, field: &str) -> Operation {
        Operation::AddField {
            model: model.into(),
            field: FieldDef::new(field, FieldType::Text),
            preserve_default: true,
        }
    }

    #[test]
    fn names_follow_the_operations() {
        let rename = Operation::RenameField {
            model: "Article".into(),
            from: "title".into(),
            to: "headline".into(),
        };
        let delete = Operation::DeleteModel(ModelDef::new("blog", "Article"));
        let sql = Operation::RunSql {
            sql: Default::default(),
            reverse: None,
        };
        let cases: Vec<(Vec<Operation>, bool, &str)> = vec![
            (vec![add("Article", "slug")], true, "initial"),
            (vec![add("Article", "slug")], false, "article_slug"),
            (vec![rename], false, "rename_title_article_headline"),
            (vec![delete], false, "delete_article"),
            (vec![add("A", "x"), add("A", "y")], false, "a_x_a_y"),
            (vec![sql], false, "auto_20260101_1200"),
            (vec![], false, "auto_20260101_1200"),
            (
                vec![add("A", "x"), add("A", &"y".repeat(60))],
                false,
                "a_x_and_more",
            ),
            (vec![add("A", &"y".repeat(60))], false, "auto_20260101_1200"),
        ];
        for (operations, initial, expected) in cases {
            assert_eq!(
                suggest_name(&operations, initial, "20260101_1200"),
                expected
            );
        }
    }

    #[test]
    fn descriptions_are_one_line() {
        assert_eq!(
            add("Article", "slug").describe(),
            "Add field slug to Article"
        );
    }
}
