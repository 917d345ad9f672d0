//! The trials of a plan.

use super::parameter_column::{ParameterColumn, ParameterSource};
use crate::spec::{Config, Sweep, short_text};

/// One configuration of the sweep.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The name of its folder, unique in the sweep.
    pub name: String,
    /// The level of each factor; `None` if the factor is absent.
    pub levels: Vec<Option<usize>>,
    /// The position of the `include` entry that it comes from, if any.
    pub included: Option<usize>,
    /// The whole configuration.
    pub config: Config,
}

impl Trial {
    /// The trial's value in a column, which may be `null`. `None` if the factor is absent, or if the
    /// key is `null` and no factor varies it.
    pub fn value(&self, sweep: &Sweep, column: &ParameterColumn) -> Option<serde_json::Value> {
        match column.source {
            ParameterSource::Labels(factor) => {
                let level = self.levels[factor]?;
                Some(sweep.factors[factor].levels[level].label.clone().into())
            }
            ParameterSource::Key(key) => {
                let factors_of_key = sweep
                    .factors
                    .iter()
                    .zip(&self.levels)
                    .filter(|(factor, _)| factor.keys().any(|k| k == key));
                let (mut is_varied, mut is_present, mut is_conditional) = (false, false, false);
                for (factor, level) in factors_of_key {
                    is_varied = true;
                    is_present |= level.is_some();
                    is_conditional |= factor.when.is_some();
                }
                let is_included = self
                    .included
                    .is_some_and(|index| sweep.include[index].assigns(key));
                let has_value = match self.included {
                    // The conditions of factors do not apply to a trial of `include`, only the keys that it sets.
                    Some(_) => !is_conditional || is_included,
                    None => !is_varied || is_present,
                };
                let value = has_value.then(|| key.value_in(&self.config))?;
                (is_varied || is_included || !value.is_null()).then_some(value)
            }
        }
    }

    /// The trial's value in a column as short text: `none` for `null`, `–` if the factor is absent.
    pub fn value_text(&self, sweep: &Sweep, column: &ParameterColumn) -> String {
        self.value(sweep, column)
            .map_or_else(|| "–".to_owned(), |value| short_text(&value))
    }
}
