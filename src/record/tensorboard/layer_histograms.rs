//! Histograms of the weights and gradients of each layer.

use super::event_file::EventFile;
use super::histogram::Histogram;
use super::messages::{histogram_value, scalar_value};
use crate::metrics::LayerValues;
use crate::record::error::RecordError;

impl EventFile {
    /// Writes histograms `Weights/<layer>` and `Gradients/<layer>`.
    ///
    /// Histograms omit values that are not finite. If there are any, their number is written as the scalar
    /// `NotFinite/Weights/<layer>` or `NotFinite/Gradients/<layer>`.
    ///
    /// # Errors
    /// The event file cannot be written.
    pub fn write_layers(
        &mut self,
        layers: &[LayerValues],
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let mut values = Vec::new();
        for layer in layers {
            for (kind, numbers) in [("Weights", &layer.weights), ("Gradients", &layer.gradients)] {
                let tag = format!("{kind}/{}", layer.name);
                let histogram = Histogram::of(numbers);
                values.extend(histogram_value(&tag, &histogram));
                if histogram.not_finite > 0 {
                    let tag = format!("NotFinite/{tag}");
                    values.push(scalar_value(&tag, histogram.not_finite as f64));
                }
            }
        }
        self.write_summary(values, step, wall_time)
    }
}
