//! The validation metric that early stopping and the schedule `plateau` monitor.

use crate::metrics::EpochMetrics;
use crate::spec::Training;
use statistics::Direction;

/// The monitored score of a member, with its sign such that lower is better; `None` without
/// validation samples. A score that is undefined is infinite: no improvement.
pub(super) fn monitored(training: &Training, metrics: &EpochMetrics) -> Option<f64> {
    if metrics.validation.is_empty() {
        return None;
    }
    let score = training.monitor.score;
    let value = metrics.validation.get(score);
    Some(match score.direction {
        Direction::Minimise => value.unwrap_or(f64::INFINITY),
        Direction::Maximise => -value.unwrap_or(f64::NEG_INFINITY),
    })
}

/// For tests of what monitors a metric.
#[cfg(test)]
pub(super) mod tests {
    use crate::metrics::{EpochMetrics, Scores};
    use crate::spec::{Config, Key, Training, YamlNode};

    pub(in crate::train::schedule) fn training(settings: &[(&str, &str)]) -> Training {
        let mut config = Config::default();
        for (path, yaml) in settings {
            let assignment = Key::find(path)
                .unwrap()
                .read(&YamlNode::parse(yaml).unwrap());
            assignment.unwrap().apply(&mut config);
        }
        config.training
    }

    pub(in crate::train::schedule) fn epoch(
        number: usize,
        loss: f64,
        accuracy: f64,
    ) -> EpochMetrics {
        EpochMetrics {
            epoch: number,
            training: Scores::loss_and_accuracy(0.0, 0.0),
            validation: Scores::loss_and_accuracy(loss, accuracy),
            learning_rate: 0.0,
            gradient_norms: Vec::new(),
            seconds: 0.0,
        }
    }
}
