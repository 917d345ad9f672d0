//! What a report reads of single trials from the results and the data.

use super::best_trial::trial_classes;
use crate::data::DatasetCache;
use crate::plan::Plan;
use crate::record::Store;
use crate::report::{SamplePicture, TrialClasses, TrialDetails, TrialPredictions};

/// The details of trials in the folder of a sweep.
pub(crate) struct RecordedDetails<'a> {
    pub(crate) dataset_cache: &'a DatasetCache,
    pub(crate) store: &'a Store,
    pub(crate) plan: &'a Plan,
}

impl TrialDetails for RecordedDetails<'_> {
    fn classes(&self, trial: usize) -> Option<TrialClasses> {
        trial_classes(self.dataset_cache, self.store, self.plan, trial)
    }

    fn predictions(&self, trial: usize) -> Option<TrialPredictions> {
        let runs = self.store.trial_predictions(self.plan, trial)?;
        Some(TrialPredictions::new(runs))
    }

    fn picture(&self, trial: usize, sample: u32) -> Option<SamplePicture> {
        let data = &self.plan.trials[trial].config.data;
        // Reports do not need the data: it may be missing.
        let dataset = self.dataset_cache.load(data).ok()?;
        let picture = dataset.picture(sample as usize)?;
        Some(SamplePicture {
            height: picture.height,
            width: picture.width,
            rgb: picture.rgb,
        })
    }
}
