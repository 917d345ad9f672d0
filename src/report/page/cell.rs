//! The value of a cell.

use serde::Serialize;

/// The value of a cell, which the page sorts, filters, formats and exports.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// A number in the unit of the column's [`Kind`](super::Kind). A number that is not finite is
    /// shown like [`Cell::Missing`].
    Number(f64),
    /// A text; markup in it is escaped.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// No value: shown as a dash, sorted last.
    Missing,
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Missing, Self::Number)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_plain_json_and_what_is_not_finite_is_missing() {
        let cells: [Cell; 6] = [
            0.1.into(),
            "0.1".into(),
            true.into(),
            None.into(),
            f64::NAN.into(),
            f64::INFINITY.into(),
        ];
        let text = serde_json::to_string(&cells).unwrap();
        assert_eq!(text, r#"[0.1,"0.1",true,null,null,null]"#);
    }
}
