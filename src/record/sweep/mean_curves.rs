//! The mean curves of a trial over its runs, with a band of one standard deviation.

use crate::metrics::EpochMetrics;
use crate::record::run::epoch_scalars::model_scalars;
use crate::record::tensorboard::margin_charts::Band;
use std::collections::BTreeMap;

/// The mean, and the sample standard deviation (with divisor n − 1) of two or more values; `None` for no
/// values.
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let count = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / count;
    Some((mean, statistics::sample_deviation(values, mean)))
}

/// The mean and the standard deviation of a metric over the runs, for each epoch that two or more of
/// them reached.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanCurve {
    /// The tag of the metric in the event files of the runs, such as `Loss/val`.
    pub(super) tag: String,
    /// Epoch, mean and sample standard deviation, in the order of epochs.
    pub(super) points: Vec<(usize, f64, f64)>,
}

impl MeanCurve {
    /// The tags of the mean and of the edges of the band.
    pub(super) fn band(&self) -> Band {
        let tag = |end: &str| format!("CV_curves/{}/{end}", self.tag);
        Band {
            title: self.tag.clone(),
            value: tag("mean"),
            lower: tag("mean_minus_sd"),
            upper: tag("mean_plus_sd"),
        }
    }
}

/// The mean curves of the losses, accuracies and gradient norms of these runs, in the order of tags.
///
/// Runs that stopped early are missing from later epochs, as in the report's learning curves.
pub fn mean_curves(runs: &[&[EpochMetrics]]) -> Vec<MeanCurve> {
    let mut values: BTreeMap<String, BTreeMap<usize, Vec<f64>>> = BTreeMap::new();
    for metrics in runs.iter().copied().flatten() {
        for (tag, value) in model_scalars(metrics) {
            let epochs = values.entry(tag).or_default();
            epochs.entry(metrics.epoch).or_default().push(value);
        }
    }
    let curve = |(tag, epochs): (String, BTreeMap<usize, Vec<f64>>)| {
        let points = epochs.iter().filter_map(|(&epoch, values)| {
            let (mean, deviation) = mean_and_deviation(values)?;
            Some((epoch, mean, deviation?))
        });
        MeanCurve {
            tag,
            points: points.collect(),
        }
    };
    let curves = values.into_iter().map(curve);
    curves.filter(|curve| !curve.points.is_empty()).collect()
}

/// The scalars of each epoch: the mean and the edges of the band of each curve.
pub(super) fn band_scalars(curves: &[MeanCurve]) -> BTreeMap<usize, Vec<(String, f64)>> {
    let mut scalars: BTreeMap<usize, Vec<(String, f64)>> = BTreeMap::new();
    for curve in curves {
        let band = curve.band();
        for &(epoch, mean, deviation) in &curve.points {
            scalars.entry(epoch).or_default().extend([
                (band.value.clone(), mean),
                (band.lower.clone(), mean - deviation),
                (band.upper.clone(), mean + deviation),
            ]);
        }
    }
    scalars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Scores;

    #[test]
    fn the_deviation_is_the_sample_deviation() {
        assert_eq!(mean_and_deviation(&[]), None);
        assert_eq!(mean_and_deviation(&[3.0]), Some((3.0, None)));
        assert_eq!(
            mean_and_deviation(&[1.0, 3.0]),
            Some((2.0, Some(2.0_f64.sqrt())))
        );
    }

    fn run(losses: &[f64]) -> Vec<EpochMetrics> {
        let epoch = |(index, &loss): (usize, &f64)| EpochMetrics {
            epoch: index + 1,
            training: Scores::loss_and_accuracy(loss, 0.5),
            validation: Scores::default(),
            learning_rate: 0.1,
            gradient_norms: vec![2.0 * loss],
            seconds: loss,
        };
        losses.iter().enumerate().map(epoch).collect()
    }

    #[test]
    fn a_curve_ends_where_fewer_than_two_runs_are_left() {
        let runs = [run(&[1.0, 2.0, 3.0]), run(&[3.0, 2.0]), run(&[5.0])];
        let runs: Vec<&[EpochMetrics]> = runs.iter().map(Vec::as_slice).collect();
        let curves = mean_curves(&runs);
        let tags: Vec<&str> = curves.iter().map(|curve| curve.tag.as_str()).collect();
        let expected = ["Accuracy/train", "GradientNorm/layer1", "Loss/train"];
        assert_eq!(tags, expected);
        assert_eq!(curves[2].points, [(1, 3.0, 2.0), (2, 2.0, 0.0)]);
        assert_eq!(curves[1].points[0], (1, 6.0, 4.0));
        let scalars = &band_scalars(&curves[2..])[&1];
        let expected = [("mean", 3.0), ("mean_minus_sd", 1.0), ("mean_plus_sd", 5.0)];
        for (scalar, (end, value)) in scalars.iter().zip(expected) {
            assert_eq!(*scalar, (format!("CV_curves/Loss/train/{end}"), value));
        }
    }

    #[test]
    fn a_single_run_has_no_mean_curve() {
        assert_eq!(mean_curves(&[&run(&[1.0, 2.0])]), []);
    }
}
