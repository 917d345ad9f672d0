//! The columns of tables that distinguish trials.

use crate::spec::{FactorKind, Key, Sweep};
use std::collections::HashSet;

/// A column of the tables that distinguishes trials.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterColumn {
    /// The factor's name or the key's path.
    pub name: String,
    /// The short name, for reports.
    pub short_name: String,
    pub(super) source: ParameterSource,
}

/// Where the values of a column come from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ParameterSource {
    /// A key of the configuration.
    Key(&'static Key),
    /// The labels of the factor at this position.
    Labels(usize),
}

/// The columns that distinguish trials: factors in the order of the grid, then keys that only
/// `include` changes.
pub(super) fn parameter_columns(sweep: &Sweep) -> Vec<ParameterColumn> {
    let mut columns: Vec<ParameterColumn> = Vec::new();
    let by_key = |key: &'static Key| ParameterColumn {
        name: key.path.to_owned(),
        short_name: key.short_name.to_owned(),
        source: ParameterSource::Key(key),
    };
    for (index, factor) in sweep.factors.iter().enumerate() {
        match &factor.kind {
            FactorKind::Key(key) => columns.push(by_key(key)),
            FactorKind::Zip(keys) => columns.extend(keys.iter().map(|key| by_key(key))),
            FactorKind::Labelled => columns.push(ParameterColumn {
                name: factor.name.clone(),
                short_name: factor.name.clone(),
                source: ParameterSource::Labels(index),
            }),
        }
    }
    // Several conditional factors may set the same key.
    let mut names = HashSet::new();
    columns.retain(|column| names.insert(column.name.clone()));
    let included = sweep.include.iter().flat_map(|include| &include.settings);
    for assignment in included {
        if !columns
            .iter()
            .any(|column| column.name == assignment.key.path)
        {
            columns.push(by_key(assignment.key));
        }
    }
    columns
}
