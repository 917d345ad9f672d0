//! Charts of learning curves.

use crate::axes::axis::Axis;
use crate::chart::Chart;
use crate::components::legend::{LegendEntry, Swatch};
use crate::components::series_style::{DASHES, SeriesStyle};
use crate::drawing::Drawing;
use crate::heading::Heading;
use crate::line_charts::curve_point::CurvePoint;
use crate::line_charts::line_plot::{BAND_OPACITY, Line, LinePlot};
use crate::primitives::colour::{AXIS, LIGHT_GREY};
use crate::style::Style;

/// Maximum number of trials with their own colour and legend entry.
const MAX_HIGHLIGHTED: usize = 10;

/// Learning curves: a metric of several trials over epochs, in training and validation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearningCurves {
    /// Title and description.
    pub heading: Heading,
    /// Horizontal axis, usually the epoch.
    pub x: Axis,
    /// Axis of the metric.
    pub y: Axis,
    /// Trials, the most important first. The first ten have their own colours; up to 200 more are
    /// grey lines in the background.
    pub trials: Vec<TrialCurves>,
    /// Legend text of solid lines, such as "validation".
    pub validation_label: String,
    /// Legend text of dashed lines, such as "training".
    pub training_label: String,
    /// Legend text of the bands, such as "range over folds"; empty for no entry.
    pub band_label: String,
}

/// The curves of one trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialCurves {
    /// Name in the legend.
    pub name: String,
    /// The solid line; may be empty.
    pub validation: Vec<CurvePoint>,
    /// The dashed line; may be empty.
    pub training: Vec<CurvePoint>,
}

impl Chart for LearningCurves {
    fn draw(&self, style: &Style) -> Drawing {
        let (highlighted, rest) = self.trials.split_at(self.trials.len().min(MAX_HIGHLIGHTED));
        let is_mixed = self.is_mixed();
        let mut lines = Vec::new();
        // Validation curves are drawn on top.
        for is_training in [true, false] {
            for (index, trial) in highlighted.iter().enumerate() {
                let series_style = SeriesStyle::categorical(index);
                let (points, part) = if is_training {
                    (&trial.training, &self.training_label)
                } else {
                    (&trial.validation, &self.validation_label)
                };
                lines.push(Line {
                    name: if is_mixed && !part.is_empty() {
                        format!("{}, {part}", trial.name)
                    } else {
                        trial.name.clone()
                    },
                    points,
                    series_style: if is_mixed && is_training {
                        training_style(series_style)
                    } else {
                        series_style
                    },
                    markers: true,
                });
            }
        }
        // Empty lines must not shift the markers of the others.
        lines.retain(|line| !line.points.is_empty());
        LinePlot {
            heading: &self.heading,
            x: &self.x,
            y: &self.y,
            lines,
            background: rest
                .iter()
                .map(|trial| {
                    if trial.validation.is_empty() {
                        trial.training.as_slice()
                    } else {
                        trial.validation.as_slice()
                    }
                })
                .collect(),
            legend: self.legend(highlighted, rest.len(), style),
        }
        .draw(style)
    }
}

impl LearningCurves {
    /// Returns whether there are both training and validation curves.
    fn is_mixed(&self) -> bool {
        let any = |curve: fn(&TrialCurves) -> &Vec<CurvePoint>| {
            self.trials.iter().any(|trial| !curve(trial).is_empty())
        };
        any(|trial| &trial.training) && any(|trial| &trial.validation)
    }

    fn legend(&self, highlighted: &[TrialCurves], rest: usize, style: &Style) -> Vec<LegendEntry> {
        let mut entries: Vec<LegendEntry> = highlighted
            .iter()
            .enumerate()
            .map(|(index, trial)| LegendEntry {
                swatch: Swatch::Line {
                    series_style: SeriesStyle::categorical(index),
                    markers: true,
                },
                text: trial.name.clone(),
            })
            .collect();
        let grey = SeriesStyle {
            colour: AXIS,
            ..SeriesStyle::categorical(0)
        };
        if rest > 0 {
            let series_style = SeriesStyle {
                colour: LIGHT_GREY,
                width: 1.0,
                ..grey
            };
            entries.push(LegendEntry {
                swatch: Swatch::Line {
                    series_style,
                    markers: false,
                },
                text: style.and_more(rest),
            });
        }
        if self.is_mixed() {
            for (series_style, text) in [
                (grey, &self.validation_label),
                (training_style(grey), &self.training_label),
            ] {
                entries.push(LegendEntry {
                    swatch: Swatch::Line {
                        series_style,
                        markers: false,
                    },
                    text: text.clone(),
                });
            }
        }
        if !self.band_label.is_empty() {
            entries.push(LegendEntry {
                swatch: Swatch::Band(AXIS, 2.0 * BAND_OPACITY),
                text: self.band_label.clone(),
            });
        }
        entries
    }
}

/// Returns the style of the training curve: same colour and marker, but dashed and hollow.
fn training_style(series_style: SeriesStyle) -> SeriesStyle {
    SeriesStyle {
        dash: DASHES[1],
        filled: false,
        width: 1.3,
        ..series_style
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_of_one_kind_are_solid() {
        let curve: Vec<CurvePoint> = (1..=5)
            .map(|epoch| CurvePoint::new(f64::from(epoch), 1.0 / f64::from(epoch)))
            .collect();
        let chart = |training: bool| LearningCurves {
            trials: vec![TrialCurves {
                name: "one".to_owned(),
                training: if training { curve.clone() } else { Vec::new() },
                validation: if training { Vec::new() } else { curve.clone() },
            }],
            training_label: "training".to_owned(),
            validation_label: "validation".to_owned(),
            ..LearningCurves::default()
        };
        let (one, other) = (chart(true), chart(false));
        let svg = one.to_svg(&Style::default());
        assert_eq!(svg, other.to_svg(&Style::default()));
        assert!(!svg.contains("dasharray"));
    }

    #[test]
    fn training_curves_are_dashed_next_to_validation_curves() {
        let curve = [CurvePoint::new(1.0, 2.0), CurvePoint::new(2.0, 1.0)];
        let chart = LearningCurves {
            trials: vec![TrialCurves {
                name: "one".to_owned(),
                training: curve.to_vec(),
                validation: curve.to_vec(),
            }],
            training_label: "training".to_owned(),
            validation_label: "validation".to_owned(),
            ..LearningCurves::default()
        };
        let svg = chart.to_svg(&Style::default());
        // One for the training curve, one for its legend entry.
        assert_eq!(svg.matches("dasharray").count(), 2);
        assert!(svg.contains("<title>one, training</title>"));
        assert!(svg.contains("<title>one, validation</title>"));
    }
}
