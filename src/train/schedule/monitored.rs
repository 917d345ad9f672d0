//! The validation metric that early stopping and the schedule `plateau` monitor.

use crate::metrics::EpochMetrics;
use crate::spec::{Monitor, Training};

/// The monitored metric of a member, with its sign such that lower is better; `None` without
/// validation samples.
pub(super) fn monitored(training: &Training, metrics: &EpochMetrics) -> Option<f64> {
    match training.monitor {
        Monitor::ValLoss => metrics.val_loss,
        Monitor::ValAccuracy => metrics.val_accuracy.map(|accuracy| -accuracy),
    }
}

/// For tests of what monitors a metric.
#[cfg(test)]
pub(super) mod tests {
    use crate::metrics::EpochMetrics;
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
            train_loss: 0.0,
            train_accuracy: 0.0,
            val_loss: Some(loss),
            val_accuracy: Some(accuracy),
            learning_rate: 0.0,
            gradient_norms: Vec::new(),
            seconds: 0.0,
        }
    }
}
