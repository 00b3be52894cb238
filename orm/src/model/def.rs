//! From a linked model's metadata to the description that migrations work on.

use orm_schema::{
    ConstraintDef, FieldDef, FieldType, FixtureDef, IndexDef, ModelDef, ModelId, ObjectDef,
    OrderField, RelationDef, Storage,
};

use super::{ColumnMeta, DefaultMeta, ModelMeta, RelationKind, RelationMeta};

impl ModelMeta {
    /// The description of the model, by what rustc knows of it.
    pub fn def(&self) -> ModelDef {
        let extra = &self.extra;
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let mut def = ModelDef::new(self.app, self.name);
        def.table = self.table.to_owned();
        def.fields = extra
            .fields
            .iter()
            .filter_map(|f| self.field_def(f))
            .collect();
        def.primary_key = self
            .key
            .iter()
            .map(|&c| self.columns[c].field.to_owned())
            .collect();
        def.storage = Storage {
            storage_type: extra.storage_type,
            shard_key: extra.shard_key.map(owned),
            sort_key: extra.sort_key.iter().map(|(f, d)| order(f, *d)).collect(),
        };
        def.unique_together = extra.unique_together.iter().map(|g| owned(g)).collect();
        def.indexes = extra
            .indexes
            .iter()
            .map(|(name, fields, kind, options)| IndexDef {
                name: (*name).to_owned(),
                fields: owned(fields),
                kind: *kind,
                options: *options,
            })
            .collect();
        def.constraints = extra
            .constraints
            .iter()
            .map(|(name, fields, unenforced)| ConstraintDef {
                name: (*name).to_owned(),
                fields: owned(fields),
                unenforced: *unenforced,
            })
            .collect();
        let term = |(c, d): &(usize, bool)| order(self.columns[*c].field, *d);
        def.ordering = self.ordering.iter().map(term).collect();
        def.comment = extra.comment.map(str::to_owned);
        def.managed = extra.managed;
        def.objects = self
            .relations
            .iter()
            .filter_map(|r| self.object_def(r))
            .collect();
        def.fixtures = FixtureDef {
            natural_key: owned(extra.natural_key),
            left_out: owned(extra.left_out),
        };
        def
    }

    fn object_def(&self, relation: &RelationMeta) -> Option<ObjectDef> {
        let RelationKind::Columns {
            own,
            to_fields,
            on_delete,
        } = relation.kind
        else {
            return None;
        };
        let target = (relation.target)();
        Some(ObjectDef {
            name: relation.field.to_owned(),
            to: ModelId::new(target.app, target.name),
            from_fields: own
                .iter()
                .map(|&c| self.columns[c].field.to_owned())
                .collect(),
            to_fields: to_fields.iter().map(|f| (*f).to_owned()).collect(),
            on_delete,
        })
    }

    fn field_def(&self, name: &str) -> Option<FieldDef> {
        let relation = self.relations.iter().find(|r| r.field == name);
        if let Some(column) = self.columns.iter().find(|c| c.field == name) {
            return Some(column_def(column, relation));
        }
        let relation = relation?;
        matches!(relation.kind, RelationKind::ManyToMany { .. })
            .then(|| FieldDef::new(name, FieldType::ManyToMany(relation_def(relation))))
    }
}

fn order(field: &str, descending: bool) -> OrderField {
    OrderField {
        field: field.to_owned(),
        descending,
    }
}

fn relation_def(relation: &RelationMeta) -> RelationDef {
    let target = (relation.target)();
    let mut def = RelationDef::new(ModelId::new(target.app, target.name));
    def.db_constraint = relation.db_constraint;
    match relation.kind {
        RelationKind::ToOne {
            on_delete,
            to_field,
            ..
        } => {
            def.on_delete = on_delete;
            def.to_field = to_field.map(str::to_owned);
        }
        RelationKind::ManyToMany { through, .. } => {
            def.through = through.map(|meta| {
                let meta = meta();
                ModelId::new(meta.app, meta.name)
            });
        }
        RelationKind::Reverse { .. } | RelationKind::Columns { .. } => {}
    }
    def
}

fn column_def(column: &ColumnMeta, relation: Option<&RelationMeta>) -> FieldDef {
    let extra = &column.extra;
    let ty = match (relation, extra.sql_type) {
        (Some(relation), _) if extra.one_to_one => FieldType::OneToOne(relation_def(relation)),
        (Some(relation), _) => FieldType::ForeignKey(relation_def(relation)),
        (None, Some(text)) => FieldType::Sql(text.to_owned()),
        (None, None) => column.ty.clone(),
    };
    let text = |t: Option<&str>| t.map(str::to_owned);
    let named = *column.column != *FieldDef::default_column(column.field, &ty);
    FieldDef {
        name: column.field.to_owned(),
        column: named.then(|| column.column.to_owned()),
        ty,
        null: column.null,
        auto: column.auto,
        default: match column.default {
            DefaultMeta::Literal(literal) => Some(literal.literal()),
            _ => None,
        },
        db_default: text(extra.db_default),
        unique: extra.unique,
        index: extra.index,
        collation: text(extra.collation),
        comment: text(extra.comment),
        computed: text(extra.computed),
    }
}
