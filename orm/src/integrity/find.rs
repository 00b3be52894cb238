//! Looking.

use super::mend::mend;
use super::plan::{Check, Checked, Mend};
use super::sql::{Part, alone, ascending, behind, column, count, count_all, item, rows as fetch};
use super::{DataOptions, DataProgress, EXAMPLES, Fault, FaultKind, Result};
use crate::ast::{BinaryOp, Expr, Select, SelectItem};
use crate::backend::Executor;
use crate::value::Value;

/// Values of one statement.
const VALUES: u64 = 500;

fn fault(of: &Checked, kind: FaultKind, field: &str) -> Fault {
    Fault {
        kind,
        app: of.app.clone(),
        model: of.model.clone(),
        field: field.to_owned(),
        table: of.table.clone(),
        count: 0,
        examples: Vec::new(),
        repaired: 0,
        message: String::new(),
        hint: String::new(),
    }
}

fn shown(values: &[Value]) -> String {
    let one = |value: &Value| match value {
        Value::Int(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::Text(v) | Value::Decimal(v) => v.clone(),
        Value::Date(v) => v.to_string(),
        Value::DateTime(v) => v.to_string(),
        other => format!("{other:?}"),
    };
    let parts: Vec<String> = values.iter().map(one).collect();
    parts.join(", ")
}

fn note(fault: &mut Fault, found: &[Vec<Value>], width: usize) {
    fault.count += found.len() as u64;
    let free = EXAMPLES.saturating_sub(fault.examples.len());
    let some = found.iter().take(free).map(|row| shown(&row[..width]));
    fault.examples.extend(some);
}

/// Values that stand in several rows: part by part, in the order of the values.
pub(super) async fn duplicates(
    db: &dyn Executor,
    of: &Checked,
    check: &Check,
) -> Result<Option<Fault>> {
    let Check::Duplicate { field, columns } = check else {
        return Ok(None);
    };
    let mut fault = fault(of, FaultKind::Duplicate, field);
    let mut last: Option<Vec<Value>> = None;
    loop {
        let known = columns
            .iter()
            .map(|c| Expr::IsNotNull(Box::new(column(super::sql::HERE, c))));
        let mut filter: Vec<Expr> = known.collect();
        filter.extend(last.as_ref().map(|last| behind(columns, last)));
        let mut select = Select {
            columns: columns.iter().map(|c| item(c)).collect(),
            filter: Some(Expr::And(filter)),
            group_by: columns
                .iter()
                .map(|c| column(super::sql::HERE, c))
                .collect(),
            having: Some(Expr::binary(
                count_all(),
                BinaryOp::Gt,
                Expr::Value(Value::Int(1)),
            )),
            order_by: ascending(columns),
            limit: Some(VALUES),
            ..Select::from_table(of.table.clone(), super::sql::HERE)
        };
        select.columns.push(SelectItem {
            expr: count_all(),
            alias: Some("n".into()),
        });
        let found = fetch(db, select).await?;
        note(&mut fault, &found, columns.len());
        if (found.len() as u64) < VALUES {
            break;
        }
        last = found.last().map(|row| row[..columns.len()].to_vec());
    }
    fault.message = format!(
        "{} in several rows though no two may share one: {}",
        counted(fault.count, "value stands", "values stand"),
        listed(&fault)
    );
    fault.hint =
        "change or delete all but one row of each value; nothing else can decide which".into();
    Ok((fault.count > 0).then_some(fault))
}

/// Rows that have no partner: part by part, in the order of the key.
pub(super) async fn rows(
    db: &dyn Executor,
    of: &Checked,
    options: &DataOptions,
    progress: &mut (dyn FnMut(DataProgress<'_>) + Send),
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for check in &of.checks {
        if let Check::Alone { kind, field, .. } = check {
            faults.push((check, fault(of, *kind, field)));
        }
    }
    if faults.is_empty() {
        return Ok(Vec::new());
    }
    let total = count(db, &of.table).await?;
    let mut done = 0;
    let mut part = Part::default();
    loop {
        part = part.next(db, of, options.rows).await?;
        for (check, fault) in &mut faults {
            look(db, of, check, &part, options.fix, fault).await?;
        }
        done += options.rows;
        progress(DataProgress {
            table: &of.table,
            done: if part.to.is_some() {
                done.min(total)
            } else {
                total
            },
            total,
        });
        if part.to.is_none() {
            break;
        }
    }
    let told = faults.into_iter().map(|(check, mut fault)| {
        tell(check, &mut fault, options.fix);
        fault
    });
    Ok(told.filter(|f| f.count > 0).collect())
}

/// Looks for one thing in one part.
async fn look(
    db: &dyn Executor,
    of: &Checked,
    check: &Check,
    part: &Part,
    fix: bool,
    fault: &mut Fault,
) -> Result<()> {
    let Check::Alone {
        other,
        equal,
        mend: how,
        ..
    } = check
    else {
        return Ok(());
    };
    let select = alone(of, part, other, equal);
    let found = fetch(db, select.clone()).await?;
    note(fault, &found, of.key.len());
    if !fix || found.is_empty() || matches!(how, Mend::No(_)) {
        return Ok(());
    }
    let tx = db.begin().await?;
    // Looked at again, now that others see what is done about it.
    let left = async {
        let found = fetch(&tx, select.clone()).await?;
        mend(&tx, of, check, &found).await?;
        Ok(fetch(&tx, select).await?.len() as u64)
    };
    match left.await {
        Ok(left) => {
            tx.commit().await?;
            fault.repaired += (found.len() as u64).saturating_sub(left);
            Ok(())
        }
        Err(error) => {
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn listed(fault: &Fault) -> String {
    let more = if fault.count > fault.examples.len() as u64 {
        "; …"
    } else {
        ""
    };
    format!("{}{more}", fault.examples.join("; "))
}

/// Says what was found and what is done about it.
fn tell(check: &Check, fault: &mut Fault, fix: bool) {
    let Check::Alone {
        kind, other, mend, ..
    } = check
    else {
        return;
    };
    let keys = listed(fault);
    let rows = counted(fault.count, "row", "rows");
    let (table, field) = (&fault.table, &fault.field);
    fault.message = match kind {
        FaultKind::LookupMissing => {
            format!(
                "{rows} of `{table}` with a value of `{field}` that `{other}` does not know: {keys}"
            )
        }
        FaultKind::LookupStray => {
            format!(
                "{rows} of `{table}` with a value of `{field}` that no row of `{other}` has: {keys}"
            )
        }
        _ => format!(
            "{rows} of `{table}` refer by `{field}` to rows of `{other}` that are gone: {keys}"
        ),
    };
    let does = match mend {
        Mend::Null(_) => "sets the column to NULL",
        Mend::Delete => "deletes them",
        Mend::Insert => "inserts what is missing",
        Mend::No(why) => {
            fault.hint = format!("correct or delete them: {why}");
            return;
        }
    };
    fault.hint = match (fix, fault.is_repaired()) {
        (false, _) => format!("`check --data --fix` {does}"),
        (true, true) => format!("repaired all: `--fix` {does}"),
        (true, false) => format!(
            "repaired {} of {}: `--fix` {does}; the others are in the way of each other",
            fault.repaired, fault.count
        ),
    };
}
