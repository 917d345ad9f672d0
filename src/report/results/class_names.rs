//! The names of classes.

/// The names of the classes of a data set; may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClassNames<'a>(pub(crate) &'a [String]);

impl ClassNames<'_> {
    /// The name of a class; its number if it has none.
    pub(crate) fn of(self, class: u16) -> String {
        let name = self.0.get(usize::from(class));
        name.cloned().unwrap_or_else(|| class.to_string())
    }
}
