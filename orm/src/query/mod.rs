//! What the user holds: query sets, conditions, writes.
//!
//! Thin typed shells over the untyped AST. Types decide what may be written; a [`Plan`] of plain
//! data decides what is sent. The bodies of the terminals are not generic where they can be.

mod aggregate;
mod annotate;
mod arithmetic;
mod assign;
mod bits;
mod bulk;
mod bulk_load;
mod bulk_update;
mod case;
mod change;
mod combine;
mod custom;
mod dates;
mod delete;
mod distinct;
mod expression;
mod fetch;
mod finders;
mod fulltext;
mod functions;
mod get_or_create;
mod group;
mod heard;
mod hint;
mod insert;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "json")]
mod json_edit;
mod load;
mod locking;
mod lookup;
mod lookups;
mod maintain;
mod manager;
mod new;
mod only;
mod operand;
mod order;
mod page;
mod plan;
mod predicate;
mod prefetch;
mod queryset;
mod raw;
mod read;
mod record;
mod refused;
mod relation;
mod rollup;
mod row;
mod rows;
mod save;
mod select;
mod selection;
mod source;
mod subquery;
mod table;
mod text_query;
mod tuple;
mod update;
mod upsert;
mod validate;
mod validation;
mod vector;
mod window;
mod windowed;
mod with;

pub use crate::ast::Bound;
pub use aggregate::{Aggregate, Numeric, count};
pub use annotate::Annotated;
pub use arithmetic::{Minus, Number, Plus, Side, Term, Times, Whole};
pub use assign::{Assignment, Assignments, IntoValue, RelationValue, object_key, object_keys};
pub use bulk_load::BulkLoad;
pub use case::{Case, Truth, when};
pub use combine::{Part, SetQuery};
pub use custom::{aggregate, custom, places};
pub use dates::{Calendar, CalendarOf, DateLike, Unit, Units, days, months, now, weeks, years};
pub use delete::Deleted;
pub use expression::{Column, Expression, PerGroup, PerRow};
pub use fulltext::{Search, SearchedTexts, match_against};
pub use functions::{CastFrom, coalesce, concat, pi, random, value};
pub use group::{GroupBy, GroupKeys, Groups};
pub use hint::Hint;
#[cfg(feature = "json")]
pub use json::{Document, JsonItems, JsonPairs, JsonPath, json_array, json_object};
#[cfg(feature = "json")]
pub use json_edit::{ColumnPath, Member};
pub use load::{LoadNode, Loads, WithList};
pub use lookups::{Contains, Texts};
pub use maintain::{Maintain, Optimize};
pub use new::{IntoInsert, New, check_new};
pub use only::Only;
pub use operand::{Lift, List, Operand};
pub use order::{OrderBy, Ordering};
pub use page::{ObjectPage, Page, PageQuery};
pub use plan::Plan;
pub use predicate::{Condition, GroupCondition, Pred};
pub use prefetch::{Prefetch, PrefetchList, PrefetchNode, ToOneQuery, prefetch_objects};
pub use queryset::QuerySet;
pub use raw::{FromRows, Param, Params, Raw, raw};
pub use record::{Record, Saved, clock};
#[cfg(feature = "json")]
pub use refused::Knows;
pub use refused::{Begins, Completes, Filters, Options, Reuses, Sets, ThisQuery};
pub use relation::{Referred, ToMany, ToOne, referred};
pub use rollup::{RollupKeys, Totals};
pub use row::{Fills, Row, rows_by_name};
pub use rows::Rows;
pub use select::SelectQuery;
pub use selection::{Concat, Selection};
pub use source::{Columns, Derived, Handles, Joinable, Joined, Source};
pub use subquery::{
    Existing, OneValue, Outward, Single, Subquery, exists, outer, outer_outer, scalar,
};
pub use table::Query;
pub use text_query::{TextQuery, match_fields};
pub use tuple::{Tuple, TupleOperand, TupleParts, TupleSubquery, tuple};
pub use update::UpdateQuery;
pub use validation::Validate;
pub use vector::{Nearest, NeverNull, Vectors};
pub use window::{
    Window, WindowFunction, Windowed, cume_dist, dense_rank, ntile, percent_rank, rank, row_number,
    window,
};
pub use with::{Continues, NullAs};
