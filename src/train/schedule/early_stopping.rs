//! Early stopping.

use super::monitored::monitored;
use crate::metrics::EpochMetrics;
use crate::spec::Training;
use crate::training_state::EarlyStoppingState;

/// Stops a run whose monitored metric no longer improves.
#[derive(Clone, Debug)]
pub(in crate::train) struct EarlyStopping {
    patience: usize,
    min_delta: f64,
    state: EarlyStoppingState,
}

/// The effect of an epoch on early stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::train) enum Verdict {
    /// The metric is the best so far.
    Improved,
    /// The metric has not improved, but patience is left.
    Waiting,
    /// The metric has not improved, and patience has run out.
    Stop,
}

impl EarlyStopping {
    /// Early stopping with these settings; `None` if they have no patience.
    pub(in crate::train) fn new(training: &Training) -> Option<Self> {
        training.patience.map(|patience| Self {
            patience: patience.get(),
            min_delta: training.min_delta.get(),
            state: EarlyStoppingState {
                best: None,
                num_bad_epochs: 0,
            },
        })
    }

    /// Its state.
    pub(in crate::train) fn state(&self) -> EarlyStoppingState {
        self.state
    }

    /// Continues from this state.
    pub(in crate::train) fn restore(&mut self, state: EarlyStoppingState) {
        self.state = state;
    }

    /// Judges an epoch. An improvement must exceed the best by more than `min_delta`.
    pub(in crate::train) fn judge(
        &mut self,
        training: &Training,
        metrics: &EpochMetrics,
    ) -> Verdict {
        let Some(value) = monitored(training, metrics) else {
            return Verdict::Waiting;
        };
        let best = self.state.best.unwrap_or(f64::INFINITY);
        if value < best - self.min_delta {
            self.state.best = Some(value);
            self.state.num_bad_epochs = 0;
            return Verdict::Improved;
        }
        self.state.num_bad_epochs += 1;
        if self.state.num_bad_epochs >= self.patience {
            Verdict::Stop
        } else {
            Verdict::Waiting
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::monitored::tests::{epoch, training};
    use super::*;

    fn verdicts(training: &Training, losses: &[f64]) -> Vec<Verdict> {
        let mut stopping = EarlyStopping::new(training).unwrap();
        let numbered = (1..).zip(losses);
        // The accuracy equals the loss, so that the two monitors differ.
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
}
