//! The precision-recall curve of one class.

use super::event_file::EventFile;
use super::messages::{encode, plugin_value, shape};
use crate::metrics::{SCORE_BINS, score_bin};
use crate::record::error::{RecordError, failed_to};
use serde::Serialize;
use tensorboard_proto::plugin_pr_curve::PrCurvePluginData;
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::types::DataType;

/// Histograms of the predicted probability of one class, over the samples of the class and over all
/// others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrCurve {
    /// Samples of the class in each bin of probability.
    positives: Vec<u64>,
    /// Samples of other classes in each bin.
    negatives: Vec<u64>,
}

impl PrCurve {
    /// Number of thresholds and of bins: as in PyTorch's `SummaryWriter.add_pr_curve`.
    pub const THRESHOLDS: usize = SCORE_BINS;

    /// A curve without samples.
    pub fn new() -> Self {
        Self {
            positives: vec![0; Self::THRESHOLDS],
            negatives: vec![0; Self::THRESHOLDS],
        }
    }

    /// A curve from the number of samples in each bin; see [`score_bin`].
    ///
    /// # Panics
    /// If either list does not have [`PrCurve::THRESHOLDS`] bins.
    pub fn from_bins(positives: Vec<u64>, negatives: Vec<u64>) -> Self {
        assert_eq!(positives.len(), Self::THRESHOLDS, "bins of positives");
        assert_eq!(negatives.len(), Self::THRESHOLDS, "bins of negatives");
        Self {
            positives,
            negatives,
        }
    }

    /// Adds a sample, given its predicted probability of the class and whether it is of the class.
    pub fn add(&mut self, probability: f32, is_positive: bool) {
        let bins = if is_positive {
            &mut self.positives
        } else {
            &mut self.negatives
        };
        bins[score_bin(probability)] += 1;
    }

    /// The rows of the plugin, each with a value for each threshold: true positives, false positives, true
    /// negatives, false negatives, precision, recall. A sample counts as positive at the threshold of its
    /// bin and all lower ones.
    ///
    /// As in PyTorch's `compute_curve`, the precision is 0 if no sample counts as positive.
    pub fn rows(&self) -> [Vec<f64>; 6] {
        let true_positives = suffix_sums(&self.positives);
        let false_positives = suffix_sums(&self.negatives);
        let below = |above: &[u64]| above.iter().map(|&n| above[0] - n).collect::<Vec<_>>();
        let (true_negatives, false_negatives) = (below(&false_positives), below(&true_positives));
        let ratio = |part: &[u64], rest: &[u64]| -> Vec<f64> {
            let pairs = part.iter().zip(rest);
            pairs
                .map(|(&part, &rest)| part as f64 / ((part + rest) as f64).max(1.0))
                .collect()
        };
        let precision = ratio(&true_positives, &false_positives);
        let recall = ratio(&true_positives, &false_negatives);
        let numbers = |counts: Vec<u64>| counts.into_iter().map(|count| count as f64).collect();
        [
            numbers(true_positives),
            numbers(false_positives),
            numbers(true_negatives),
            numbers(false_negatives),
            precision,
            recall,
        ]
    }
}

impl Default for PrCurve {
    fn default() -> Self {
        Self::new()
    }
}

/// For each bin, the number of samples in it and all higher bins.
fn suffix_sums(bins: &[u64]) -> Vec<u64> {
    let mut sums = bins.to_vec();
    for bin in (0..sums.len() - 1).rev() {
        sums[bin] += sums[bin + 1];
    }
    sums
}

impl EventFile {
    /// Writes the curve of one step.
    ///
    /// # Errors
    /// The event file cannot be written.
    pub fn write_pr_curve(
        &mut self,
        tag: &str,
        curve: &PrCurve,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let rows = curve.rows();
        let mut tensor = TensorProto::new();
        tensor.set_dtype(DataType::DT_FLOAT);
        tensor.set_tensor_shape(shape(&[rows.len() as i64, PrCurve::THRESHOLDS as i64]));
        tensor.set_float_val(rows.iter().flatten().map(|&value| value as f32).collect());
        let mut data = PrCurvePluginData::new();
        data.set_num_thresholds(PrCurve::THRESHOLDS as u32);
        let content = encode(&data).map_err(failed_to("write", self.path()))?;
        let mut value = plugin_value(tag, "pr_curves", content);
        value.set_tensor(tensor);
        self.write_summary(vec![value], step, wall_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_bin_contains_only_probability_1() {
        assert_eq!(score_bin(0.0), 0);
        assert_eq!(score_bin(0.5), 63);
        assert_eq!(score_bin(1.0_f32.next_down()), 125);
        assert_eq!(score_bin(1.0), 126);
        assert_eq!(score_bin(1.5), 126);
        assert_eq!(score_bin(-0.5), 0);
        assert_eq!(score_bin(f32::NAN), 0);
    }

    proptest! {
        #[test]
        fn each_row_equals_a_count_at_each_threshold(
            samples in prop::collection::vec((0.0_f32..=1.0, any::<bool>()), 1..200),
        ) {
            let mut curve = PrCurve::new();
            for &(probability, is_positive) in &samples {
                curve.add(probability, is_positive);
            }
            let rows = curve.rows();
            for threshold in 0..PrCurve::THRESHOLDS {
                let count = |positive: bool, is_above: bool| {
                    let is_counted = |&&(probability, is_positive): &&(f32, bool)| {
                        let is_at_or_above = probability * 126.0 >= threshold as f32;
                        is_positive == positive && is_at_or_above == is_above
                    };
                    samples.iter().filter(is_counted).count() as f64
                };
                let (tp, fp) = (count(true, true), count(false, true));
                let (tn, fn_) = (count(false, false), count(true, false));
                let at = rows.each_ref().map(|row| row[threshold]);
                prop_assert_eq!(&at[..4], &[tp, fp, tn, fn_]);
                prop_assert_eq!(at[4], if tp == 0.0 { 0.0 } else { tp / (tp + fp) });
                prop_assert_eq!(at[5], if tp == 0.0 { 0.0 } else { tp / (tp + fn_) });
            }
        }
    }
}
