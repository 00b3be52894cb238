//! The first row of each kind.

use super::plan::{OrderRule, ROOT};
use super::{QuerySet, Selection};
use crate::ast::{
    Alias, BinaryOp, Expr, From, Select, SelectItem, Window, WindowFunc, place_select,
};
use crate::model::{Here, Model};
use crate::value::Value;

impl<M: Model> QuerySet<M> {
    /// Of the objects that are equal in these columns the first one, by the query's order:
    /// `.order_by(|a| a.views().desc()).distinct_on(|a| a.author_id())` is the most read article of each
    /// author. Two NULLs are equal.
    ///
    /// What was filtered before is no candidate; what is filtered afterwards is filtered out of the
    /// firsts. An order given afterwards orders the firsts anew. SQL: `ROW_NUMBER()` in a derived table,
    /// since `DISTINCT ON` is PostgreSQL's alone. Django: `distinct(*fields)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let most_read = Article::objects()
    ///     .order_by(|a| a.views().desc())
    ///     .distinct_on(|a| a.author_id())
    ///     .select(|a| a.title())
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(most_read, ["Hello", "Kettles"]);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn distinct_on<S: Selection<M>>(
        mut self,
        columns: impl FnOnce(&M::Fields<M, Here>) -> S,
    ) -> Self {
        let mut nodes = Vec::new();
        self.with_fields(|f| columns(f).nodes(&mut nodes));
        let plan = &mut self.plan;
        if matches!(plan.order, OrderRule::Unordered) {
            plan.misuse = Some(
                "`distinct_on` keeps the first row, so it needs an order: leave `unordered` out"
                    .into(),
            );
        }
        if plan.limit.is_some() || plan.offset.is_some() {
            plan.misuse = Some(
                "`distinct_on` after a limit: limit the firsts, `.distinct_on(…).limit(n)`".into(),
            );
        }
        let partition_by: Vec<Expr> = nodes.into_iter().map(|n| plan.adopt(n)).collect();
        let number = Expr::Window(Box::new(Window {
            func: WindowFunc::RowNumber,
            args: Vec::new(),
            partition_by,
            order_by: plan.row_order(),
            frame: None,
        }));
        let mut items = plan.key_items();
        items.push(SelectItem {
            expr: number,
            alias: Some("rn".into()),
        });
        let mut numbered = plan.bare(items);
        // They are the statement's, which the plan keeps them for.
        numbered.options = None;
        place_select(&mut numbered, &mut plan.next_alias);
        let mut alias = || {
            let alias = Alias(plan.next_alias);
            plan.next_alias = plan.next_alias.saturating_add(1);
            alias
        };
        let (inside, around) = (alias(), alias());
        let firsts = Select {
            columns: (0..M::META.key.len())
                .map(|i| SelectItem {
                    expr: Expr::column(inside, format!("k{i}")),
                    alias: Some(format!("k{i}").into()),
                })
                .collect(),
            from: Some(From::Subquery {
                select: Box::new(numbered),
                alias: inside,
            }),
            filter: Some(Expr::binary(
                Expr::column(inside, "rn"),
                BinaryOp::Eq,
                Expr::Value(Value::Int(1)),
            )),
            ..Select::empty()
        };
        plan.filter = vec![super::plan::keys_in(M::META, ROOT, firsts, around)];
        self
    }
}
