//! A model of the past as columns.

use orm_schema::{
    LOOKUP_VALUE, ModelDef, ModelId, OrderField, lookup_owner, lookup_table, nearest,
};

use super::HistoricalError;
use super::referred::{Holder, holders};
use crate::dialect::Features;
use crate::migrate::row_columns::{RowColumn, row_columns, tables_of_rows};
use crate::migrate::{MappedTable, ProjectState};

/// The columns of a model, in the order of its fields.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// `app.Model`, for messages.
    pub(super) label: String,
    pub(crate) table: String,
    pub(super) columns: Vec<RowColumn>,
    /// Numbers of the columns of the primary key.
    pub(super) key: Vec<usize>,
    /// The order of the model, for queries that name none.
    pub(super) ordering: Vec<(usize, bool)>,
    /// Who refers to its columns, where no server watches over that.
    pub(super) holders: Vec<Holder>,
}

impl Shape {
    /// The shape of a model.
    pub(crate) fn of(
        state: &ProjectState,
        features: &Features,
        app: &str,
        model: &str,
    ) -> Result<Self, HistoricalError> {
        let def = found(state, app, model)?;
        let tables = tables(state, features, def)?;
        let own = tables.into_iter().find(|t| t.field.is_none());
        let own = own.ok_or_else(|| no_model(state, app, model))?;
        let mut shape = Self::from_table(def.id().to_string(), &own, def, features);
        shape.holders = holders(state, features, &own.table, def)?;
        let place = |o: &OrderField| {
            let at = shape.columns.iter().position(|c| c.field == o.field)?;
            Some((at, o.descending))
        };
        shape.ordering = def.ordering.iter().filter_map(place).collect();
        Ok(shape)
    }

    /// The shape of the pairs of a many-to-many field.
    pub(super) fn of_pairs(
        state: &ProjectState,
        features: &Features,
        app: &str,
        model: &str,
        field: &str,
    ) -> Result<Self, HistoricalError> {
        let def = found(state, app, model)?;
        let label = format!("{}.{field}", def.id());
        if let Some(relation) = def.field(field).and_then(|f| f.ty.relation())
            && let Some(through) = &relation.through
        {
            return Err(HistoricalError::Usage(format!(
                "the pairs of {label} are rows of {through}: use models.get(\"{}\", \"{}\")",
                through.app, through.name
            )));
        }
        let mut tables = tables(state, features, def)?.into_iter();
        match tables.find(|t| !t.lookup && t.field.as_deref() == Some(field)) {
            Some(pairs) => Ok(Self::from_table(label, &pairs, def, features)),
            None => Err(HistoricalError::Usage(format!(
                "{label} is no many-to-many field at this point of history"
            ))),
        }
    }

    fn from_table(
        label: String,
        mapped: &MappedTable,
        def: &ModelDef,
        features: &Features,
    ) -> Self {
        let columns = row_columns(mapped, def, features);
        let place = |name: &String| columns.iter().position(|c| c.name == *name);
        let key = mapped.table.primary_key.iter().filter_map(place).collect();
        Self {
            label,
            table: mapped.table.name.clone(),
            columns,
            key,
            ordering: Vec::new(),
            holders: Vec::new(),
        }
    }

    /// The number of a column, by its name or that of its field.
    pub(super) fn column(&self, name: &str) -> Result<usize, HistoricalError> {
        let by = |of: fn(&RowColumn) -> &String| self.columns.iter().position(|c| of(c) == name);
        by(|c| &c.name)
            .or_else(|| by(|c| &c.field))
            .ok_or_else(|| HistoricalError::NoColumn {
                model: self.label.clone(),
                column: name.to_owned(),
                known: self.columns.iter().map(|c| c.name.clone()).collect(),
            })
    }

    /// The numbers of the key's columns, of which there is at least one.
    pub(crate) fn key(&self) -> Result<&[usize], HistoricalError> {
        if self.key.is_empty() {
            let text = format!("{} has no primary key to tell its rows apart", self.label);
            return Err(HistoricalError::Usage(text));
        }
        Ok(&self.key)
    }

    /// The side table of a column, its column of values, and those of the owner.
    pub(super) fn side_table(&self, column: usize) -> (String, &'static str, Vec<String>) {
        let parts = self.key.len();
        let owner = (0..parts)
            .map(|at| lookup_owner(at, parts).into_owned())
            .collect();
        let table = lookup_table(&self.table, &self.columns[column].name);
        (table, LOOKUP_VALUE, owner)
    }

    pub(super) fn has_lookups(&self) -> bool {
        self.columns.iter().any(|c| c.lookup)
    }

    pub(super) fn misfit(&self, column: usize, problem: impl Into<String>) -> HistoricalError {
        HistoricalError::Value {
            model: self.label.clone(),
            column: self.columns[column].name.clone(),
            problem: problem.into(),
        }
    }
}

fn found<'s>(
    state: &'s ProjectState,
    app: &str,
    model: &str,
) -> Result<&'s ModelDef, HistoricalError> {
    let id = ModelId::new(app, model);
    state.model(&id).ok_or_else(|| no_model(state, app, model))
}

fn no_model(state: &ProjectState, app: &str, model: &str) -> HistoricalError {
    let all: Vec<String> = state.models().map(|m| m.id().to_string()).collect();
    let wanted = format!("{app}.{model}");
    HistoricalError::NoModel {
        near: nearest(&wanted, all.iter().map(String::as_str)).map(str::to_owned),
        app: app.to_owned(),
        model: model.to_owned(),
    }
}

pub(super) fn tables(
    state: &ProjectState,
    features: &Features,
    def: &ModelDef,
) -> Result<Vec<MappedTable>, HistoricalError> {
    tables_of_rows(state, def, features).map_err(|e| HistoricalError::Usage(e.to_string()))
}
