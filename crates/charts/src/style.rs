//! What all charts have in common, and may differ from report to report.

/// Size, decimal mark and the words that a chart says of its own accord.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Of a chart, in CSS pixels, 320 to 4000. Heat maps and small multiples are narrower where
    /// they need less; charts of very many axes, rows or levels are wider.
    pub width: f64,
    /// Of a chart, in CSS pixels, 240 to 4000; taller where a legend stands below, and whatever
    /// their rows need for heat maps and small multiples.
    pub height: f64,
    /// `'.'` or `','`.
    pub decimal: char,
    /// Stands in a chart that has nothing to show.
    pub no_data: String,
    /// Stands for what is left out; `{count}` becomes how many are.
    pub more: String,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 720.0,
            height: 420.0,
            decimal: '.',
            no_data: "no data".to_owned(),
            more: "… and {count} more".to_owned(),
        }
    }
}

impl Style {
    /// The width within its limits.
    pub(crate) fn usable_width(&self) -> f64 {
        within(self.width, 320.0, Self::default().width)
    }

    /// The height within its limits.
    pub(crate) fn usable_height(&self) -> f64 {
        within(self.height, 240.0, Self::default().height)
    }

    /// Says how many are left out.
    pub(crate) fn and_more(&self, count: usize) -> String {
        self.more.replace("{count}", &count.to_string())
    }
}

fn within(length: f64, least: f64, usual: f64) -> f64 {
    if length.is_finite() {
        length.clamp(least, 4000.0).round()
    } else {
        usual
    }
}

/// What a chart is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Stands above the chart; may be empty. Also its name for those who do not see it.
    pub title: String,
    /// What there is to see, for those who do not see it; may be empty.
    pub description: String,
}

impl Heading {
    /// A title alone.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
        }
    }

    /// The same with a description.
    #[must_use]
    pub fn described(self, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_stay_within_their_limits() {
        let style = |width| Style {
            width,
            ..Style::default()
        };
        assert_eq!(style(500.4).usable_width(), 500.0);
        assert_eq!(style(-1.0).usable_width(), 320.0);
        assert_eq!(style(1e9).usable_width(), 4000.0);
        assert_eq!(style(f64::NAN).usable_width(), 720.0);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        assert_eq!(Style::default().and_more(98), "… and 98 more");
    }
}
