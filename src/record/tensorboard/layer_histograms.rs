//! The distributions of each layer's weights and gradients, epoch by epoch.

use super::event_file::{EventFile, histogram_value, scalar_value};
use super::histogram::Histogram;
use crate::metrics::LayerValues;
use crate::record::error::RecordError;

impl EventFile {
    /// Writes histograms `Weights/<layer>` and `Gradients/<layer>`.
    ///
    /// Values that are not finite are in no histogram; where there are any, their number is the
    /// scalar `NotFinite/Weights/<layer>` or `NotFinite/Gradients/<layer>`.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn layers(
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
        self.summary(values, step, wall_time)
    }
}
