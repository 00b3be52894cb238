//! Answers to the autodetector's questions: flags first, then a person, if there is one.

use orm::migrate::{
    Answer, AnswerTable, Answers, ProjectState, Question, QuestionKind, parse_default,
};
use orm_schema::ModelId;

use crate::args::MakeMigrations;
use crate::output::Output;
use crate::report::{Diagnostic, Failure};

/// Answers from flags and from a person.
pub(super) struct Asking<'a> {
    table: AnswerTable,
    output: &'a Output,
}

impl<'a> Asking<'a> {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag that does not parse, or an answer that fits nothing.
    pub(super) fn new(
        output: &'a Output,
        args: &MakeMigrations,
        from: &ProjectState,
        to: &ProjectState,
    ) -> Result<Self, Failure> {
        let mut table = AnswerTable {
            allow_drop: args.allow_drop,
            ..AnswerTable::default()
        };
        for text in &args.rename {
            rename(&mut table, text)?;
        }
        for text in &args.defaults {
            let (field, value) = default(text)?;
            table.defaults.insert(field, value);
        }
        table
            .check(from, to)
            .map_err(|e| Failure::usage(e.to_string()))?;
        Ok(Self { table, output })
    }

    /// One value for all rows is right for one row at most; else the field is NULL at first.
    fn first_step(&self, question: &Question) -> Answer {
        let app = &question.model.app;
        let choices = format!(
            "{}\n\
             1: add it as NULL for now, as the first step; then fill it (makemigrations {app} --empty, \
             with run_code), and makemigrations makes it NOT NULL\n\
             2: give a value, for a table with one row at most\n\
             (empty: stop here)\n>",
            question.prompt()
        );
        loop {
            match self.output.ask(&choices).as_deref() {
                Some("1") => return Answer::Leave,
                Some("2") => return self.value(question, Answer::Refuse),
                Some("") | None => return Answer::Refuse,
                Some(_) => self.output.note("Please answer 1 or 2."),
            }
        }
    }

    fn value(&self, question: &Question, otherwise: Answer) -> Answer {
        let way_out = match otherwise {
            Answer::Leave => "empty: leave them, a later step sees to them",
            _ => "empty: stop here",
        };
        loop {
            let Some(text) = self
                .output
                .ask(&format!("{} ({way_out})\n>", question.prompt()))
            else {
                return otherwise;
            };
            if text.is_empty() {
                return otherwise;
            }
            // A text that is meant to be empty is written "".
            let text = if text == "\"\"" { "" } else { text.as_str() };
            let Some(ty) = &question.ty else {
                return otherwise;
            };
            match parse_default(ty, text) {
                Ok(value) => return Answer::Value(value),
                Err(problem) => self.output.note(problem),
            }
        }
    }
}

impl Answers for Asking<'_> {
    fn ask(&mut self, question: &Question) -> Answer {
        let beforehand = self.table.ask(question);
        if !self.output.interactive() || matches!(beforehand, Answer::Value(_) | Answer::Yes) {
            return beforehand;
        }
        match question.kind {
            QuestionKind::RenameModel | QuestionKind::RenameField => {
                if self.output.confirm(&question.prompt()) {
                    Answer::Yes
                } else {
                    Answer::No
                }
            }
            QuestionKind::Drop => {
                if self.output.confirm(&question.prompt()) {
                    Answer::Yes
                } else {
                    Answer::Refuse
                }
            }
            QuestionKind::Default if question.unique => self.first_step(question),
            _ => self.value(question, beforehand),
        }
    }

    fn given_rename(&mut self, model: &ModelId, field: Option<&str>) -> Option<String> {
        self.table.given_rename(model, field)
    }

    fn allows_drops(&self) -> bool {
        self.table.allows_drops()
    }
}

/// Reads `app.Old=New` or `app.Model.old=new`.
fn rename(table: &mut AnswerTable, text: &str) -> Result<(), Failure> {
    let fault = || {
        Failure::from(
            Diagnostic::new(format!("--rename {text}: cannot be read"))
                .hint("write app.Old=New for a model, or app.Model.old=new for a field"),
        )
    };
    let (left, new) = text.split_once('=').ok_or_else(fault)?;
    let parts: Vec<&str> = left.split('.').collect();
    if new.is_empty() || new.contains('.') || parts.iter().any(|p| p.is_empty()) {
        return Err(fault());
    }
    let twice = match parts.as_slice() {
        [app, old] => table
            .renamed_models
            .insert(ModelId::new(*app, new), (*old).to_owned()),
        [app, model, old] => {
            let field = (ModelId::new(*app, *model), new.to_owned());
            table.renamed_fields.insert(field, (*old).to_owned())
        }
        _ => return Err(fault()),
    };
    match twice {
        Some(other) => Err(Failure::usage(format!(
            "--rename {text}: {new} was given another old name, {other}"
        ))),
        None => Ok(()),
    }
}

/// Reads `app.Model.field=value`.
fn default(text: &str) -> Result<((ModelId, String), String), Failure> {
    let parts = text
        .split_once('=')
        .map(|(left, value)| (left.split('.').collect::<Vec<_>>(), value));
    match parts {
        Some((left, value)) if left.len() == 3 && left.iter().all(|p| !p.is_empty()) => Ok((
            (ModelId::new(left[0], left[1]), left[2].to_owned()),
            value.to_owned(),
        )),
        _ => Err(Diagnostic::new(format!("--default {text}: cannot be read"))
            .hint("write app.Model.field=value")
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_and_defaults_are_read() {
        let mut table = AnswerTable::default();
        rename(&mut table, "blog.Old=New").unwrap();
        rename(&mut table, "blog.New.a=b").unwrap();
        assert_eq!(table.renamed_models[&ModelId::new("blog", "New")], "Old");
        assert_eq!(
            table.renamed_fields[&(ModelId::new("blog", "New"), "b".to_owned())],
            "a"
        );
        assert!(rename(&mut table, "blog.Older=New").is_err());
        for wrong in ["", "a", "a=b", "a.b=", "a.b.c.d=e", "a..b=c", "a.b=c.d"] {
            assert!(rename(&mut table, wrong).is_err(), "{wrong}");
        }
        let (field, value) = default("blog.Post.title=a=b.c").unwrap();
        assert_eq!(
            (field.0.name.as_str(), field.1.as_str(), value.as_str()),
            ("Post", "title", "a=b.c")
        );
        assert!(default("blog.title=x").is_err());
    }
}
