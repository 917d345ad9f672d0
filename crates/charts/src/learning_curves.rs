//! How trials learn: a metric over epochs, in training and validation.

use crate::axis::Axis;
use crate::chart::Chart;
use crate::colour::{AXIS, PALE};
use crate::curve::CurvePoint;
use crate::drawing::Drawing;
use crate::legend::{Entry, Swatch};
use crate::lines::{BAND_OPACITY, Line, Lines};
use crate::look::{DASHES, Look};
use crate::style::{Heading, Style};

/// Trials that are told apart; further ones are grey lines behind.
const TOLD_APART: usize = 10;

/// A metric of several trials over epochs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearningCurves {
    /// Title and description.
    pub heading: Heading,
    /// Mostly the epoch.
    pub x: Axis,
    /// The metric.
    pub y: Axis,
    /// The most interesting ones first: after ten, trials are grey lines behind, up to 200 of
    /// them.
    pub trials: Vec<TrialCurves>,
    /// What the legend calls unbroken lines: "validation".
    pub validation: String,
    /// What the legend calls dashed lines: "training".
    pub training: String,
    /// What the legend calls the bands: "lowest to highest fold". Empty where there is none.
    pub band: String,
}

/// The curves of one trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialCurves {
    /// As the legend shows it.
    pub name: String,
    /// The unbroken line; may be empty.
    pub validation: Vec<CurvePoint>,
    /// The dashed line; may be empty.
    pub training: Vec<CurvePoint>,
}

impl Chart for LearningCurves {
    fn draw(&self, style: &Style) -> Drawing {
        let (told_apart, rest) = self.trials.split_at(self.trials.len().min(TOLD_APART));
        let is_mixed = self.is_mixed();
        let mut lines = Vec::new();
        // Validation on top.
        for is_training in [true, false] {
            for (index, trial) in told_apart.iter().enumerate() {
                let look = Look::of_category(index);
                let (points, part) = if is_training {
                    (&trial.training, &self.training)
                } else {
                    (&trial.validation, &self.validation)
                };
                lines.push(Line {
                    name: if is_mixed && !part.is_empty() {
                        format!("{}, {part}", trial.name)
                    } else {
                        trial.name.clone()
                    },
                    points,
                    look: if is_mixed && is_training {
                        training_look(look)
                    } else {
                        look
                    },
                    markers: true,
                });
            }
        }
        // Of empty lines nothing is drawn; they should not shift the markers of others.
        lines.retain(|line| !line.points.is_empty());
        Lines {
            heading: &self.heading,
            x: &self.x,
            y: &self.y,
            lines,
            behind: rest
                .iter()
                .map(|trial| {
                    if trial.validation.is_empty() {
                        trial.training.as_slice()
                    } else {
                        trial.validation.as_slice()
                    }
                })
                .collect(),
            legend: self.legend(told_apart, rest.len(), style),
        }
        .draw(style)
    }
}

impl LearningCurves {
    /// Whether there are lines of both kinds.
    fn is_mixed(&self) -> bool {
        let any = |curve: fn(&TrialCurves) -> &Vec<CurvePoint>| {
            self.trials.iter().any(|trial| !curve(trial).is_empty())
        };
        any(|trial| &trial.training) && any(|trial| &trial.validation)
    }

    fn legend(&self, told_apart: &[TrialCurves], rest: usize, style: &Style) -> Vec<Entry> {
        let mut entries: Vec<Entry> = told_apart
            .iter()
            .enumerate()
            .map(|(index, trial)| Entry {
                swatch: Swatch::Line {
                    look: Look::of_category(index),
                    markers: true,
                },
                text: trial.name.clone(),
            })
            .collect();
        let grey = Look {
            colour: AXIS,
            ..Look::of_category(0)
        };
        if rest > 0 {
            let look = Look {
                colour: PALE,
                width: 1.0,
                ..grey
            };
            entries.push(Entry {
                swatch: Swatch::Line {
                    look,
                    markers: false,
                },
                text: style.and_more(rest),
            });
        }
        if self.is_mixed() {
            for (look, text) in [
                (grey, &self.validation),
                (training_look(grey), &self.training),
            ] {
                entries.push(Entry {
                    swatch: Swatch::Line {
                        look,
                        markers: false,
                    },
                    text: text.clone(),
                });
            }
        }
        if !self.band.is_empty() {
            entries.push(Entry {
                swatch: Swatch::Band(AXIS, 2.0 * BAND_OPACITY),
                text: self.band.clone(),
            });
        }
        entries
    }
}

/// The same colour and marker, dashed and hollow.
fn training_look(look: Look) -> Look {
    Look {
        dash: DASHES[1],
        filled: false,
        width: 1.3,
        ..look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_kind_alone_are_unbroken_whichever_it_is() {
        let curve: Vec<CurvePoint> = (1..=5)
            .map(|epoch| CurvePoint::new(f64::from(epoch), 1.0 / f64::from(epoch)))
            .collect();
        let chart = |training: bool| LearningCurves {
            trials: vec![TrialCurves {
                name: "one".to_owned(),
                training: if training { curve.clone() } else { Vec::new() },
                validation: if training { Vec::new() } else { curve.clone() },
            }],
            training: "training".to_owned(),
            validation: "validation".to_owned(),
            ..LearningCurves::default()
        };
        let (one, other) = (chart(true), chart(false));
        let svg = one.to_svg(&Style::default());
        assert_eq!(svg, other.to_svg(&Style::default()));
        assert!(!svg.contains("dasharray"));
    }

    #[test]
    fn lines_of_both_kinds_are_dashed_and_unbroken() {
        let curve = [CurvePoint::new(1.0, 2.0), CurvePoint::new(2.0, 1.0)];
        let chart = LearningCurves {
            trials: vec![TrialCurves {
                name: "one".to_owned(),
                training: curve.to_vec(),
                validation: curve.to_vec(),
            }],
            training: "training".to_owned(),
            validation: "validation".to_owned(),
            ..LearningCurves::default()
        };
        let svg = chart.to_svg(&Style::default());
        // The line of training, and its entry of the legend.
        assert_eq!(svg.matches("dasharray").count(), 2);
        assert!(svg.contains("<title>one, training</title>"));
        assert!(svg.contains("<title>one, validation</title>"));
    }
}
