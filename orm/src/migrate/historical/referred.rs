//! What foreign keys refuse elsewhere: a value that changes while rows refer to it.

use orm_schema::{FieldType, ModelDef, TableDef, hashed_name};

use super::HistoricalError;
use super::shape::{Shape, tables};
use crate::ast::{Alias, BinaryOp, Expr, From, Join, JoinKind, Select, SelectItem, Statement};
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::dialect::Features;
use crate::migrate::ProjectState;
use crate::migrate::recorder::render_error;
use crate::value::Value;

/// The table whose rows change; conditions on them are written with it.
const ROOT: Alias = Alias(0);
const HOLDER: Alias = Alias(1);

/// A column of another table, or of the same, that a foreign key would hold to one of the model's.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    /// The column referred to.
    to: String,
    table: String,
    column: String,
    /// Who refers, as `app.Model`.
    model: String,
}

/// Who refers to a model's table, where no server watches over that.
pub(super) fn holders(
    state: &ProjectState,
    features: &Features,
    own: &TableDef,
    def: &ModelDef,
) -> Result<Vec<Holder>, HistoricalError> {
    if features.foreign_keys {
        return Ok(Vec::new());
    }
    // Those that would be made.
    let held = Features {
        foreign_keys: true,
        ..features.clone()
    };
    let id = def.id();
    let mut out = Vec::new();
    for model in state.models() {
        let leads_here = model.fields.iter().any(|f| {
            let pairs = model.id() == id && matches!(f.ty, FieldType::ManyToMany(_));
            pairs || f.ty.relation().is_some_and(|r| r.to.same(&id))
        });
        if !leads_here {
            continue;
        }
        for mapped in tables(state, &held, model)? {
            for key in &mapped.table.foreign_keys {
                if key.ref_table != own.name {
                    continue;
                }
                let columns = key.columns.iter().zip(&key.ref_columns);
                out.extend(columns.map(|(column, to)| Holder {
                    to: to.clone(),
                    table: mapped.table.name.clone(),
                    column: column.clone(),
                    model: model.id().to_string(),
                }));
            }
        }
    }
    Ok(out)
}

impl Shape {
    /// Raises the foreign key's error if rows refer to a value that would go: of the column `at`, in
    /// the rows that `filter` finds, which get `new`.
    ///
    /// SQL: one `SELECT … LIMIT 1` for each relation that refers to the column.
    pub(super) async fn refuse_referred(
        &self,
        db: &dyn Executor,
        at: usize,
        filter: Option<&Expr>,
        new: &Value,
    ) -> Result<(), HistoricalError> {
        let name = &self.columns[at].name;
        for holder in self.holders.iter().filter(|h| h.to == *name) {
            let own = || Expr::column(ROOT, name.clone());
            let refers = Expr::column(HOLDER, holder.column.clone());
            let same = Expr::binary(own(), BinaryOp::NullSafeEq, Expr::Value(new.clone()));
            let mut parts = vec![Expr::Not(Box::new(same))];
            parts.extend(filter.cloned());
            let select = Select {
                columns: vec![SelectItem {
                    expr: Expr::Value(Value::Int(1)),
                    alias: Some("one".into()),
                }],
                joins: vec![Join {
                    kind: JoinKind::Inner,
                    source: From::Table {
                        name: holder.table.clone().into(),
                        alias: HOLDER,
                    },
                    on: Expr::binary(refers, BinaryOp::Eq, own()),
                }],
                filter: Some(Expr::And(parts)),
                limit: Some(1),
                ..Select::from_table(self.table.clone(), ROOT)
            };
            let sql = db.dialect().render(&Statement::Select(select));
            if !db.fetch(sql.map_err(render_error)?).await?.is_empty() {
                return Err(self.referred(name, holder));
            }
        }
        Ok(())
    }

    fn referred(&self, name: &str, holder: &Holder) -> HistoricalError {
        let kind = DbErrorKind::ForeignKey {
            constraint: Some(hashed_name(&holder.table, &[&holder.column], "fk")),
        };
        let message = format!(
            "`{name}` of {} cannot change while rows refer to it by `{}` of {}",
            self.label, holder.column, holder.model
        );
        DbError::new(kind, message).into()
    }
}
