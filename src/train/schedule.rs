//! The learning rate at each point of a run.

use crate::spec::{Count, Schedule, ScheduleUnit, Training};

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

/// The learning rate of the next step; of the schedule `plateau` the one at its start (see
/// [`Plateau`](super::Plateau)).
///
/// Closed forms of PyTorch's schedulers, behind its `LinearLR` for the warm-up as `SequentialLR`
/// chains them.
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
    let (unit, units) = (unit - warmup, units.saturating_sub(warmup));
    match &training.schedule {
        Schedule::Constant {} | Schedule::Plateau { .. } => full,
        Schedule::Step { every, gamma } => full * gamma.get().powf((unit / every.get()) as f64),
        Schedule::MultiStep { milestones, gamma } => {
            let passed = milestones.iter().filter(|m| m.get() <= unit).count();
            full * gamma.get().powf(passed as f64)
        }
        Schedule::Exponential { gamma } => full * gamma.get().powf(unit as f64),
        Schedule::Cosine { minimum } => {
            half_cosine(full, minimum.get(), unit as f64 / units as f64)
        }
        Schedule::CosineWarmRestarts {
            period,
            multiplier,
            minimum,
        } => {
            let (mut period, mut since) = (period.get(), unit);
            while since >= period {
                since -= period;
                period = period.saturating_mul(multiplier.get());
            }
            half_cosine(full, minimum.get(), since as f64 / period as f64)
        }
        Schedule::Linear { start, end, over } => {
            let share = share_of(unit, over.as_ref(), units);
            full * (start.get() + (end.get() - start.get()) * share)
        }
        Schedule::Polynomial { power, over } => {
            full * (1.0 - share_of(unit, over.as_ref(), units)).powf(power.get())
        }
        Schedule::OneCycle {
            start_share,
            divisor,
            final_divisor,
        } => {
            let lowest = full / divisor.get();
            let up = start_share.get() * units as f64 - 1.0;
            let down = units as f64 - 1.0;
            let unit = unit as f64;
            match unit <= up {
                true if up <= 0.0 => full,
                true => half_cosine(lowest, full, unit / up),
                false => {
                    let end = lowest / final_divisor.get();
                    half_cosine(full, end, ((unit - up) / (down - up)).min(1.0))
                }
            }
        }
    }
}

/// From `start` to `end` along half a cosine.
fn half_cosine(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * (1.0 + (std::f64::consts::PI * share).cos()) / 2.0
}

/// How much of `over` units, or of all `units`, has passed: 0 to 1.
fn share_of(unit: usize, over: Option<&Count>, units: usize) -> f64 {
    let over = over.map_or(units, |over| over.get());
    (unit as f64 / over as f64).min(1.0)
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
