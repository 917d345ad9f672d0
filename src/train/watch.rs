//! What watches a validation metric from epoch to epoch: early stopping, and the schedule
//! `plateau`.

use crate::metrics::EpochMetrics;
use crate::spec::{Monitor, Schedule, Training};
use crate::training_state::{EarlyStoppingState, PlateauState};

/// The metric that a member watches, turned so that lower is better; nothing where nothing is
/// held out.
fn watched(training: &Training, metrics: &EpochMetrics) -> Option<f64> {
    match training.monitor {
        Monitor::ValLoss => metrics.val_loss,
        Monitor::ValAccuracy => metrics.val_accuracy.map(|accuracy| -accuracy),
    }
}

/// Whether a run has stopped getting better.
#[derive(Clone, Debug)]
pub(super) struct EarlyStopping {
    patience: usize,
    min_delta: f64,
    state: EarlyStoppingState,
}

/// What an epoch was to early stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The best so far.
    Improved,
    /// No better, but patience is left.
    Waiting,
    /// No better, and patience has run out.
    Stop,
}

impl EarlyStopping {
    /// Early stopping as these settings ask for it, if they do.
    pub(super) fn new(training: &Training) -> Option<Self> {
        training.patience.map(|patience| Self {
            patience: patience.get(),
            min_delta: training.min_delta.get(),
            state: EarlyStoppingState {
                best: None,
                waited: 0,
            },
        })
    }

    /// What it remembers.
    pub(super) fn state(&self) -> EarlyStoppingState {
        self.state
    }

    /// Goes on from what it remembered.
    pub(super) fn restore(&mut self, state: EarlyStoppingState) {
        self.state = state;
    }

    /// Judges an epoch: an improvement is more than `min_delta` better than the best.
    pub(super) fn judge(&mut self, training: &Training, metrics: &EpochMetrics) -> Verdict {
        let Some(value) = watched(training, metrics) else {
            return Verdict::Waiting;
        };
        let best = self.state.best.unwrap_or(f64::INFINITY);
        if value < best - self.min_delta {
            self.state.best = Some(value);
            self.state.waited = 0;
            return Verdict::Improved;
        }
        self.state.waited += 1;
        match self.state.waited >= self.patience {
            true => Verdict::Stop,
            false => Verdict::Waiting,
        }
    }
}

/// The learning rate of the schedule `plateau`, as `torch.optim.lr_scheduler.ReduceLROnPlateau`.
#[derive(Clone, Debug)]
pub struct Plateau(PlateauState);

/// PyTorch's `eps`: a smaller change of the learning rate is not made.
const SMALLEST_CHANGE: f64 = 1e-8;

impl Plateau {
    /// The schedule at its start, if it is the one.
    pub fn new(training: &Training) -> Option<Self> {
        matches!(training.schedule, Schedule::Plateau { .. }).then(|| {
            Self(PlateauState {
                rate: training.learning_rate.get(),
                best: None,
                waited: 0,
                resting: 0,
            })
        })
    }

    /// The schedule that goes on from what it remembered.
    pub fn of_state(state: PlateauState) -> Self {
        Self(state)
    }

    /// What it remembers.
    pub fn state(&self) -> PlateauState {
        self.0
    }

    /// The learning rate of the next epoch.
    pub fn rate(&self) -> f64 {
        self.0.rate
    }

    /// Takes note of a finished epoch; those of a warm-up do not count.
    pub fn epoch_finished(&mut self, training: &Training, metrics: &EpochMetrics) {
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
        let Some(value) = watched(training, metrics).filter(|_| !in_warmup) else {
            return;
        };
        let state = &mut self.0;
        // Relative to the size of the best, whichever its sign: lower is better here.
        let better = |best: f64| value < best - best.abs() * threshold.get();
        if state.best.is_none_or(better) {
            state.best = Some(value);
            state.waited = 0;
        } else {
            state.waited += 1;
        }
        if state.resting > 0 {
            state.resting -= 1;
            state.waited = 0;
        }
        if state.waited > *patience {
            let reduced = (state.rate * factor.get()).max(minimum.get());
            if state.rate - reduced > SMALLEST_CHANGE {
                state.rate = reduced;
            }
            state.resting = *cooldown;
            state.waited = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Config, Key, YamlNode};

    fn training(settings: &[(&str, &str)]) -> Training {
        let mut config = Config::default();
        for (path, yaml) in settings {
            let assignment = Key::find(path)
                .unwrap()
                .read(&YamlNode::parse(yaml).unwrap());
            assignment.unwrap().apply(&mut config);
        }
        config.training
    }

    fn epoch(number: usize, loss: f64, accuracy: f64) -> EpochMetrics {
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

    fn verdicts(training: &Training, losses: &[f64]) -> Vec<Verdict> {
        let mut stopping = EarlyStopping::new(training).unwrap();
        let numbered = (1..).zip(losses);
        // The accuracy falls with the loss: what is watched makes a difference.
        numbered
            .map(|(number, &loss)| stopping.judge(training, &epoch(number, loss, loss)))
            .collect()
    }

    #[test]
    fn patience_is_counted_from_the_last_improvement() {
        use Verdict::*;
        let patient = training(&[("training.patience", "2")]);
        assert_eq!(
            verdicts(&patient, &[1.0, 1.0, 0.9, 0.95, 0.9]),
            [Improved, Waiting, Improved, Waiting, Stop]
        );
        let strict = training(&[("training.patience", "1"), ("training.min_delta", "0.2")]);
        assert_eq!(
            verdicts(&strict, &[1.0, 0.7, 0.6]),
            [Improved, Improved, Stop]
        );
        let accurate = [
            ("training.patience", "1"),
            ("training.monitor", "val_accuracy"),
        ];
        assert_eq!(
            verdicts(&training(&accurate), &[0.5, 0.6, 0.6]),
            [Improved, Improved, Stop]
        );
        assert!(EarlyStopping::new(&training(&[])).is_none());
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
            plateau.epoch_finished(&training, &epoch(number, loss, 0.0));
            plateau.rate()
        };
        // The first two epochs do not count: the third is the first that is watched.
        assert_eq!(rate_after(1, 1.0), 1.0);
        assert_eq!(rate_after(2, 1.0), 1.0);
        assert_eq!(rate_after(3, 1.0), 1.0);
        assert_eq!(rate_after(4, 1.0), 0.5);
    }
}
