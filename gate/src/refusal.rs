//! What a statement is refused with.

/// An error of the server: number, SQLSTATE and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Error number.
    pub code: u16,
    /// SQLSTATE, five characters.
    pub state: &'static str,
    /// Message.
    pub message: String,
}

impl Refusal {
    /// An error with SQLSTATE `HY000`, as SingleStore's own have it.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            state: state(code),
            message: message.into(),
        }
    }

    /// 1706: "Feature '…' is not supported by SingleStore".
    pub fn feature(name: &str) -> Self {
        Self::new(
            1706,
            format!("Feature '{name}' is not supported by SingleStore"),
        )
    }

    /// 1749: the same for a cluster of several nodes.
    pub fn distributed(name: &str) -> Self {
        Self::new(
            1749,
            format!("Feature '{name}' is not supported by SingleStore Distributed"),
        )
    }

    /// 1707, unconfirmed number: the family of query shapes.
    pub fn shape(name: &str) -> Self {
        Self::new(
            1707,
            format!(
                "The query cannot be executed. SingleStore does not support this type of query: {name}"
            ),
        )
    }

    /// 1706, unconfirmed number: "ALTER TABLE which …".
    pub fn alter(what: &str) -> Self {
        Self::new(1706, format!("ALTER TABLE which {what}"))
    }

    /// 1064: a syntax error near `near`.
    pub fn syntax(near: &str) -> Self {
        let near: String = near.chars().take(80).collect();
        Self::new(
            1064,
            format!(
                "You have an error in your SQL syntax; check the manual that corresponds to your MySQL \
                 server version for the right syntax to use near '{near}' at line 1"
            ),
        )
    }
}

fn state(code: u16) -> &'static str {
    match code {
        1046 => "3D000",
        1048 | 1062 => "23000",
        1064 | 1305 => "42000",
        1146 | 1109 => "42S02",
        1317 => "70100",
        1213 => "40001",
        _ => "HY000",
    }
}
