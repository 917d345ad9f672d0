//! The title and description of a chart.

/// The title and description of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Title above the chart, which is also its accessible name; may be empty.
    pub title: String,
    /// Accessible description of the chart for screen readers; may be empty.
    pub description: String,
}

impl Heading {
    /// Creates a heading with a title and no description.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
        }
    }

    /// Returns the heading with this description.
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..self
        }
    }
}
