//! The learning-rate schedule `plateau`.

use super::monitored::monitored;
use crate::metrics::EpochMetrics;
use crate::spec::{Schedule, Training};
use crate::training_state::PlateauState;

/// The learning rate of the schedule `plateau`, as `torch.optim.lr_scheduler.ReduceLROnPlateau`.
#[derive(Clone, Debug)]
pub struct Plateau(PlateauState);

/// PyTorch's `eps`: smaller changes of the learning rate are ignored.
const MIN_CHANGE: f64 = 1e-8;

impl Plateau {
    /// The schedule at the start of a run; `None` if the settings have another schedule.
    pub fn new(training: &Training) -> Option<Self> {
        matches!(training.schedule, Schedule::Plateau { .. }).then(|| {
            Self(PlateauState {
                learning_rate: training.learning_rate.get(),
                best: None,
                num_bad_epochs: 0,
                cooldown_counter: 0,
            })
        })
    }

    /// The schedule in this state.
    pub fn from_state(state: PlateauState) -> Self {
        Self(state)
    }

    /// Its state.
    pub fn state(&self) -> PlateauState {
        self.0
    }

    /// The learning rate of the next epoch.
    pub fn learning_rate(&self) -> f64 {
        self.0.learning_rate
    }

    /// Records a finished epoch. Epochs of the warm-up do not count.
    pub fn on_epoch_end(&mut self, training: &Training, metrics: &EpochMetrics) {
        let Schedule::Plateau {
            factor,
            patience,
            threshold,
            cooldown,
            minimum,
        } = &training.schedule
        else {
            return;
        };
        let in_warmup = (metrics.epoch as u64) <= training.warmup;
        let Some(value) = monitored(training, metrics).filter(|_| !in_warmup) else {
            return;
        };
        let state = &mut self.0;
        // Relative to the absolute value of the best, which may be negative. Lower is better.
        let is_better = |best: f64| value < best - best.abs() * threshold.get();
        // An undefined score is infinite, and never the best.
        if value.is_finite() && state.best.is_none_or(is_better) {
            state.best = Some(value);
            state.num_bad_epochs = 0;
        } else {
            state.num_bad_epochs += 1;
        }
        if state.cooldown_counter > 0 {
            state.cooldown_counter -= 1;
            state.num_bad_epochs = 0;
        }
        if state.num_bad_epochs > *patience {
            let reduced = (state.learning_rate * factor.get()).max(minimum.get());
            if state.learning_rate - reduced > MIN_CHANGE {
                state.learning_rate = reduced;
            }
            state.cooldown_counter = *cooldown;
            state.num_bad_epochs = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::monitored::tests::{epoch, training};
    use super::*;

    #[test]
    fn an_undefined_score_is_a_bad_epoch_and_never_the_best() {
        let training = training(&[
            ("training.learning_rate", "1"),
            ("training.monitor", "val_cohen_kappa"),
            (
                "training.schedule",
                "{ plateau: { factor: 0.5, patience: 1 } }",
            ),
        ]);
        let mut plateau = Plateau::new(&training).unwrap();
        for number in 1..=2 {
            assert_eq!(plateau.learning_rate(), 1.0);
            plateau.on_epoch_end(&training, &epoch(number, 1.0, 0.5));
        }
        assert_eq!(plateau.learning_rate(), 0.5);
        assert_eq!(plateau.state().best, None, "it can be saved as JSON");
    }

    #[test]
    fn a_plateau_waits_until_the_warm_up_is_over() {
        let training = training(&[
            ("training.learning_rate", "1"),
            ("training.warmup", "2"),
            (
                "training.schedule",
                "{ plateau: { factor: 0.5, patience: 0 } }",
            ),
        ]);
        let mut plateau = Plateau::new(&training).unwrap();
        let mut rate_after = |number, loss| {
            plateau.on_epoch_end(&training, &epoch(number, loss, 0.0));
            plateau.learning_rate()
        };
        // The first two epochs do not count: the third is the first that is monitored.
        assert_eq!(rate_after(1, 1.0), 1.0);
        assert_eq!(rate_after(2, 1.0), 1.0);
        assert_eq!(rate_after(3, 1.0), 1.0);
        assert_eq!(rate_after(4, 1.0), 0.5);
    }
}
