//! A trial's learning curves.

use serde::{Serialize, Serializer};

/// A trial's learning curves. A curve without values is empty.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Curves {
    /// Training loss.
    #[serde(skip_serializing_if = "Curve::is_empty")]
    pub train_loss: Curve,
    /// Validation loss.
    #[serde(skip_serializing_if = "Curve::is_empty")]
    pub val_loss: Curve,
    /// Validation accuracy, 0 to 1.
    #[serde(skip_serializing_if = "Curve::is_empty")]
    pub val_accuracy: Curve,
}

impl Curves {
    /// The number of values.
    pub(crate) fn values(&self) -> usize {
        let all = [&self.train_loss, &self.val_loss, &self.val_accuracy];
        all.iter()
            .map(|curve| curve.mean.len() + curve.deviation.len())
            .sum()
    }
}

/// One metric over the epochs; the first value is that of epoch 1.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Curve {
    /// The mean over the runs; `None` for epochs that no run has.
    #[serde(serialize_with = "rounded")]
    pub mean: Vec<Option<f64>>,
    /// The sample standard deviation across the runs; empty or `None` for fewer than two.
    #[serde(serialize_with = "rounded", skip_serializing_if = "Vec::is_empty")]
    pub deviation: Vec<Option<f64>>,
}

impl Curve {
    fn is_empty(&self) -> bool {
        self.mean.is_empty()
    }
}

/// Rounds to five significant digits, more than a chart shows, which needs a third of the bytes.
fn rounded<S: Serializer>(values: &[Option<f64>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(|value| value.map(five_digits)))
}

fn five_digits(value: f64) -> f64 {
    // The output of `{:e}` is always a number.
    format!("{value:.4e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_compact_and_gaps_are_null() {
        let curves = Curves {
            train_loss: Curve {
                mean: vec![Some(1.0 / 3.0), None, Some(f64::NAN), Some(123_456_789.0)],
                deviation: vec![],
            },
            val_loss: Curve {
                mean: vec![Some(1.0)],
                deviation: vec![Some(0.000_012_345_67)],
            },
            val_accuracy: Curve::default(),
        };
        assert_eq!(
            serde_json::to_string(&curves).unwrap(),
            r#"{"train_loss":{"mean":[0.33333,null,null,123460000.0]},"#.to_owned()
                + r#""val_loss":{"mean":[1.0],"deviation":[0.000012346]}}"#
        );
    }
}
