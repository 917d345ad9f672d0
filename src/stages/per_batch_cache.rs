//! Caches a value for each batch size.

/// Full and last batches of training and evaluation have different sizes.
const MAX_ENTRIES: usize = 4;

/// Values by the number of images in a batch. The oldest value is evicted first.
#[derive(Clone, Debug, Default)]
pub(super) struct PerBatchCache<T>(Vec<(usize, T)>);

impl<T: Clone> PerBatchCache<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// The value for this number of images, computed if it is not cached.
    pub(super) fn get(&mut self, images: usize, make: impl FnOnce() -> T) -> T {
        if let Some((_, cached)) = self.0.iter().find(|(count, _)| *count == images) {
            return cached.clone();
        }
        let made = make();
        if self.0.len() == MAX_ENTRIES {
            self.0.remove(0);
        }
        self.0.push((images, made.clone()));
        made
    }
}
