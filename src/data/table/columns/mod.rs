//! The columns of a table and the values in their cells.
pub(super) mod column;
pub(super) mod column_values;
pub(super) mod date;
pub(super) mod flag;
pub(super) mod hints;
pub(super) mod kind;
pub(super) mod label;
pub(super) mod missing;
pub(super) mod numbers;
pub(super) mod row_names;
pub(super) mod selection;
pub(super) mod similar;
