//! Settings that apply to every kind of chart.

/// Size, decimal mark and language of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Width in CSS pixels, clamped to 320–4000. Heat maps, small multiples and image grids are
    /// narrower if they need less space; charts with many axes, rows or levels are wider.
    pub width: f64,
    /// Height in CSS pixels, clamped to 240–4000. A legend below the plot adds to it, and heat
    /// maps, small multiples and image grids are as high as their rows require.
    pub height: f64,
    /// Decimal mark of numbers on axes and in cells: `'.'` or `','`.
    pub decimal: char,
    /// Text of a chart that has nothing to show.
    pub no_data: String,
    /// Text that replaces omitted items; `{count}` becomes their number.
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
    /// Returns the width, clamped to its limits.
    pub(crate) fn usable_width(&self) -> f64 {
        within(self.width, 320.0, Self::default().width)
    }

    /// Returns the height, clamped to its limits.
    pub(crate) fn usable_height(&self) -> f64 {
        within(self.height, 240.0, Self::default().height)
    }

    /// Returns the text that replaces `count` omitted items.
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
    fn omitted_items_are_counted() {
        assert_eq!(Style::default().and_more(98), "… and 98 more");
    }
}
