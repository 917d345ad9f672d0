//! Maps values to colours.

use crate::primitives::colour::Colour;
use crate::scales::colour_map::sequential;
use crate::scales::domain::Domain;
use statistics::Direction;

/// Maps the values of a domain to colours.
pub(crate) struct ColourScale {
    pub(crate) domain: Domain,
    dark: Direction,
    lightest: f64,
}

impl ColourScale {
    /// Creates a colour scale. `dark` says whether high or low values are dark, and `lightest` is
    /// the position of the lightest colour in the colour map, from 0 to 1.
    pub(crate) fn new(domain: Domain, dark: Direction, lightest: f64) -> Self {
        Self {
            domain,
            dark,
            lightest,
        }
    }

    /// Returns the colour of a value, or `None` if the scale cannot show it.
    pub(crate) fn colour(&self, value: f64) -> Option<Colour> {
        self.domain
            .fraction(value)
            .map(|fraction| self.at(fraction))
    }

    pub(crate) fn at(&self, fraction: f64) -> Colour {
        let fraction = match self.dark {
            Direction::Maximise => fraction,
            Direction::Minimise => 1.0 - fraction,
        };
        sequential(self.lightest + (1.0 - self.lightest) * fraction.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales::scale::Scale;

    #[test]
    fn good_values_are_dark() {
        let domain = Domain::tight(Scale::Linear, [0.0, 10.0]).unwrap();
        let luminance = |dark, value| {
            let colour_scale = ColourScale::new(domain, dark, 0.2);
            colour_scale.colour(value).unwrap().luminance()
        };
        assert!(luminance(Direction::Maximise, 10.0) < luminance(Direction::Maximise, 0.0));
        assert!(luminance(Direction::Minimise, 10.0) > luminance(Direction::Minimise, 0.0));
        assert_eq!(
            luminance(Direction::Maximise, 10.0),
            luminance(Direction::Minimise, 0.0)
        );
        assert!(
            ColourScale::new(domain, Direction::Maximise, 0.0)
                .colour(f64::NAN)
                .is_none()
        );
    }
}
