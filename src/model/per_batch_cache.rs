//! What an operation on images keeps for each number of images in a batch.

/// The numbers of images that are remembered: full and last batches of training and evaluation.
const MAX_ENTRIES: usize = 4;

/// Values by the number of images that they were made for; the oldest are forgotten first.
#[derive(Clone, Debug, Default)]
pub(super) struct PerBatchCache<T>(Vec<(usize, T)>);

impl<T: Clone> PerBatchCache<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// The value for so many images, made where it is not known.
    pub(super) fn get(&mut self, images: usize, make: impl FnOnce() -> T) -> T {
        if let Some((_, known)) = self.0.iter().find(|(count, _)| *count == images) {
            return known.clone();
        }
        let made = make();
        if self.0.len() == MAX_ENTRIES {
            self.0.remove(0);
        }
        self.0.push((images, made.clone()));
        made
    }
}
