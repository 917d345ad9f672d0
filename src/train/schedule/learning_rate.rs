//! The learning rate at each position of a run.

use crate::spec::{Count, Schedule, ScheduleUnit, Training};

/// A position in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingPosition {
    /// Epochs finished.
    pub epoch: usize,
    /// Optimizer steps taken since the start of the run.
    pub step: usize,
    /// Optimizer steps of one epoch.
    pub steps_per_epoch: usize,
}

/// The learning rate of the next step. For the schedule `plateau`, it is the initial one (see
/// [`Plateau`](super::Plateau)).
///
/// Uses the closed forms of PyTorch's schedulers. A warm-up is PyTorch's `LinearLR`, followed by the
/// schedule as in `SequentialLR`.
pub fn learning_rate(training: &Training, position: TrainingPosition) -> f64 {
    let base = training.learning_rate.get();
    let (unit, units) = match training.schedule_unit {
        ScheduleUnit::Epoch => (position.epoch, training.epochs.get()),
        ScheduleUnit::Step => (
            position.step,
            training.epochs.get() * position.steps_per_epoch,
        ),
    };
    let warmup = usize::try_from(training.warmup).unwrap_or(usize::MAX);
    if unit < warmup {
        let start = training.warmup_start.get();
        // The warm-up ends at the first learning rate of the schedule.
        let target = match &training.schedule {
            Schedule::OneCycle { divisor, .. } => base / divisor.get(),
            _ => base,
        };
        return target * (start + (1.0 - start) * unit as f64 / warmup as f64);
    }
    let (unit, units) = (unit - warmup, units.saturating_sub(warmup));
    match &training.schedule {
        Schedule::Constant {} | Schedule::Plateau { .. } => base,
        Schedule::Step { every, gamma } => base * gamma.get().powf((unit / every.get()) as f64),
        Schedule::MultiStep { milestones, gamma } => {
            let passed = milestones.iter().filter(|m| m.get() <= unit).count();
            base * gamma.get().powf(passed as f64)
        }
        Schedule::Exponential { gamma } => base * gamma.get().powf(unit as f64),
        Schedule::Cosine { minimum } => {
            half_cosine(base, minimum.get(), unit as f64 / units as f64)
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
            half_cosine(base, minimum.get(), since as f64 / period as f64)
        }
        Schedule::Linear { start, end, over } => {
            let fraction = elapsed_fraction(unit, over.as_ref(), units);
            base * (start.get() + (end.get() - start.get()) * fraction)
        }
        Schedule::Polynomial { power, over } => {
            base * (1.0 - elapsed_fraction(unit, over.as_ref(), units)).powf(power.get())
        }
        Schedule::OneCycle {
            start_share,
            divisor,
            final_divisor,
        } => {
            let lowest = base / divisor.get();
            let up = start_share.get() * units as f64 - 1.0;
            let down = units as f64 - 1.0;
            let unit = unit as f64;
            if unit > up {
                let end = lowest / final_divisor.get();
                half_cosine(base, end, ((unit - up) / (down - up)).min(1.0))
            } else if up <= 0.0 {
                base
            } else {
                half_cosine(lowest, base, unit / up)
            }
        }
    }
}

/// Interpolates from `start` to `end` along half a cosine.
fn half_cosine(start: f64, end: f64, fraction: f64) -> f64 {
    end + (start - end) * (1.0 + (std::f64::consts::PI * fraction).cos()) / 2.0
}

/// The fraction of `over` units, or of all `units`, that has passed: 0 to 1.
fn elapsed_fraction(unit: usize, over: Option<&Count>, units: usize) -> f64 {
    let over = over.map_or(units, |over| over.get());
    (unit as f64 / over as f64).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{EpochMetrics, Scores};
    use crate::pytorch;
    use crate::spec::Config;
    use crate::train::Plateau;

    /// An epoch whose monitored metric has this value.
    fn epoch(number: usize, monitored_value: f64) -> EpochMetrics {
        EpochMetrics {
            epoch: number,
            training: Scores::loss_and_accuracy(0.0, 0.0),
            validation: Scores::loss_and_accuracy(monitored_value, monitored_value),
            learning_rate: 0.0,
            gradient_norms: Vec::new(),
            seconds: 0.0,
        }
    }

    #[test]
    fn every_learning_rate_is_that_of_pytorch() {
        let file = pytorch::file(include_str!("../../../judges/pytorch/schedules.json"));
        let mut rates_compared = 0;
        for case in file["cases"].as_array().unwrap() {
            let mut config = Config::default();
            pytorch::set(&mut config, &case["settings"]);
            let training = &config.training;
            let per_epoch = case["steps_per_epoch"].as_u64().unwrap() as usize;
            let expected = pytorch::doubles(&case["rates"]);
            let mut plateau = Plateau::new(training);
            for (step, expected) in expected.iter().enumerate() {
                let epoch_number = step / per_epoch;
                if let Some(plateau) = &mut plateau
                    && step > 0
                    && step.is_multiple_of(per_epoch)
                {
                    let monitored_value = pytorch::doubles(&case["monitored"])[epoch_number - 1];
                    plateau.on_epoch_end(training, &epoch(epoch_number, monitored_value));
                }
                let position = TrainingPosition {
                    epoch: epoch_number,
                    step,
                    steps_per_epoch: per_epoch,
                };
                let rate = plateau
                    .as_ref()
                    .map_or_else(|| learning_rate(training, position), Plateau::learning_rate);
                assert!(
                    (rate - expected).abs() <= 1e-12 * training.learning_rate.get(),
                    "{} step {step}: {rate}, PyTorch {expected}",
                    case["name"]
                );
                rates_compared += 1;
            }
        }
        assert!(rates_compared >= 3000, "{rates_compared}");
    }
}
