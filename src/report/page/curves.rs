//! What a trial's runs were like after each epoch.

use serde::{Serialize, Serializer};

/// What a trial's runs were like after each epoch. A curve that is not known is empty.
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

/// One quantity over the epochs; the first value is that of epoch 1.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Curve {
    /// The mean over the runs; none where no run has it.
    #[serde(serialize_with = "rounded")]
    pub mean: Vec<Option<f64>>,
    /// The sample standard deviation between the runs; empty or none where there is none.
    #[serde(serialize_with = "rounded", skip_serializing_if = "Vec::is_empty")]
    pub deviation: Vec<Option<f64>>,
}

impl Curve {
    fn is_empty(&self) -> bool {
        self.mean.is_empty()
    }
}

/// Five significant digits: more than a drawing shows or a reading needs, a third of the bytes.
fn rounded<S: Serializer>(values: &[Option<f64>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(|value| value.map(five_digits)))
}

fn five_digits(value: f64) -> f64 {
    // What `{:e}` writes is always a number.
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
