//! The learning rate at each point of a run.

use crate::spec::{Schedule, ScheduleUnit, Training};

/// A point of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Epochs finished.
    pub epoch: usize,
    /// Optimizer steps taken since the start of the run.
    pub step: usize,
    /// Optimizer steps of one epoch.
    pub steps_per_epoch: usize,
}

/// The learning rate of the next step.
///
/// Closed forms of PyTorch's `LinearLR` (the warm-up) followed by `StepLR`, `ExponentialLR` or
/// `CosineAnnealingLR`, as `SequentialLR` chains them.
pub fn learning_rate(training: &Training, progress: Progress) -> f64 {
    let full = training.learning_rate.get();
    let (unit, units) = match training.schedule_unit {
        ScheduleUnit::Epoch => (progress.epoch, training.epochs.get()),
        ScheduleUnit::Step => (
            progress.step,
            training.epochs.get() * progress.steps_per_epoch,
        ),
    };
    let warmup = usize::try_from(training.warmup).unwrap_or(usize::MAX);
    if unit < warmup {
        let start = training.warmup_start.get();
        return full * (start + (1.0 - start) * unit as f64 / warmup as f64);
    }
    let unit = unit - warmup;
    match &training.schedule {
        Schedule::Constant => full,
        Schedule::Step { every, gamma } => full * gamma.get().powf((unit / every.get()) as f64),
        Schedule::Exponential { gamma } => full * gamma.get().powf(unit as f64),
        Schedule::Cosine { minimum } => {
            let share = unit as f64 / (units - warmup) as f64;
            let swing = (1.0 + (std::f64::consts::PI * share).cos()) / 2.0;
            minimum.get() + (full - minimum.get()) * swing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Config, Count, Key, Node};

    fn training(settings: &[(&str, &str)]) -> Training {
        let mut config = Config::default();
        for (path, yaml) in settings {
            let key = Key::find(path).unwrap();
            key.read(&Node::parse(yaml).unwrap())
                .unwrap()
                .apply(&mut config);
        }
        config.training.epochs = Count::new(4).unwrap();
        config.training
    }

    fn by_epoch(training: &Training) -> Vec<f64> {
        (0..4)
            .map(|epoch| {
                let progress = Progress {
                    epoch,
                    step: epoch * 10,
                    steps_per_epoch: 10,
                };
                let rate = learning_rate(training, progress);
                (rate * 1e9).round() / 1e9
            })
            .collect()
    }

    #[test]
    fn schedules_have_pytorchs_closed_forms() {
        let rate = ("training.learning_rate", "0.1");
        let with = |schedule| by_epoch(&training(&[rate, ("training.schedule", schedule)]));
        assert_eq!(with("constant"), [0.1, 0.1, 0.1, 0.1]);
        assert_eq!(
            with("{ step: { every: 2, gamma: 0.5 } }"),
            [0.1, 0.1, 0.05, 0.05]
        );
        assert_eq!(
            with("{ exponential: { gamma: 0.5 } }"),
            [0.1, 0.05, 0.025, 0.0125]
        );
        // torch.optim.lr_scheduler.CosineAnnealingLR(T_max=4), lr 0.1.
        assert_eq!(with("cosine"), [0.1, 0.085355339, 0.05, 0.014644661]);
    }

    #[test]
    fn a_warm_up_comes_before_the_schedule() {
        let warm = training(&[
            ("training.learning_rate", "0.1"),
            ("training.schedule", "{ exponential: { gamma: 0.5 } }"),
            ("training.warmup", "2"),
            ("training.warmup_start", "0.5"),
        ]);
        // SequentialLR([LinearLR(start_factor=0.5, total_iters=2), ExponentialLR(0.5)], [2]).
        assert_eq!(by_epoch(&warm), [0.05, 0.075, 0.1, 0.05]);
    }

    #[test]
    fn a_schedule_per_step_changes_within_an_epoch() {
        let stepwise = training(&[
            ("training.learning_rate", "0.1"),
            ("training.schedule", "{ step: { every: 10, gamma: 0.5 } }"),
            ("training.schedule_unit", "step"),
        ]);
        assert_eq!(by_epoch(&stepwise), [0.1, 0.05, 0.025, 0.0125]);
    }
}
