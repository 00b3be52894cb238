//! Rows as a person likes to read them.

use std::fmt::Write as _;

/// A table with a line around it; columns of numbers stand to the right.
pub(crate) fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells
            .chain([heads[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let is_number = |column: usize| {
        !rows.is_empty() && rows.iter().all(|row| row[column].parse::<f64>().is_ok())
    };
    let right: [bool; N] = std::array::from_fn(is_number);
    let rule = |left: &str, middle: &str, end: &str| {
        let parts = widths.map(|w| "─".repeat(w + 2));
        format!("  {left}{}{end}\n", parts.join(middle))
    };
    let line = |cells: [&str; N]| {
        let mut out = "  │".to_owned();
        for ((cell, width), right) in cells.iter().zip(widths).zip(right) {
            let gap = " ".repeat(width - cell.chars().count());
            let (before, after) = if right {
                (gap.as_str(), "")
            } else {
                ("", gap.as_str())
            };
            // Writing to a String cannot fail.
            let _ = write!(out, " {before}{cell}{after} │");
        }
        out + "\n"
    };
    let mut out = rule("┌", "┬", "┐") + &line(heads) + &rule("├", "┼", "┤");
    for row in rows {
        out += &line(row.each_ref().map(String::as_str));
    }
    out + &rule("└", "┴", "┘")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn numbers_stand_to_the_right_and_text_to_the_left() {
        let rows = [
            ["Ann".to_owned(), "7".to_owned()],
            ["Zoë".to_owned(), "12.5".to_owned()],
        ];
        let expected = "  ┌──────┬──────┐
  │ name │ mean │
  ├──────┼──────┤
  │ Ann  │    7 │
  │ Zoë  │ 12.5 │
  └──────┴──────┘
";
        assert_eq!(table(["name", "mean"], &rows), expected);
    }
}
