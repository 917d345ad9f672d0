//! Static charts of experiments, from plain numbers to SVG text and PNG bytes.
//!
//! Each kind of chart is a struct of data and words, and all are a [`Chart`]. They know nothing
//! of where numbers come from, and say no word that the caller did not give them.
//!
//! A chart is laid out once, as a [`Drawing`] of shapes and texts; SVG and PNG are written from
//! that. It is legible without colour: series differ in dashes and markers too, and colours that
//! stand for numbers get darker all the way. Numbers that are not finite are missing values.
//!
//! ```
//! use charts::{Axis, Chart, CurvePoint, Heading, LayerLine, LayerLines, Style};
//!
//! let chart = LayerLines {
//!     heading: Heading::new("Gradient norm of each layer"),
//!     x: Axis::linear("epoch", ""),
//!     y: Axis::log("L2 norm of the gradient", "nats per unit of weight"),
//!     layers: vec![LayerLine {
//!         name: "layer 1".to_owned(),
//!         points: vec![CurvePoint::new(1.0, 0.3), CurvePoint::new(2.0, 0.1)],
//!     }],
//! };
//! let drawing = chart.draw(&Style::default());
//! assert!(drawing.to_svg().starts_with("<svg "));
//! assert!(drawing.to_png(2.0)?.starts_with(b"\x89PNG"));
//! # Ok::<(), charts::PngError>(())
//! ```

#![forbid(unsafe_code)]

#[cfg(test)]
mod arbitrary;
mod axis;
mod category;
mod chart;
#[cfg(test)]
mod checks;
mod colour;
mod colour_bar;
mod colour_map;
mod curve;
mod drawing;
mod font;
mod geometry;
mod heat_map;
mod interval;
mod layer_lines;
mod learning_curves;
mod legend;
mod lines;
mod look;
mod main_effects;
mod marker;
mod number;
mod page;
mod panels;
mod parallel;
mod pareto;
mod placement;
mod plot;
mod png;
#[cfg(test)]
mod samples;
mod scale;
mod style;
mod svg;
mod text;
mod ticks;

pub use axis::Axis;

pub use category::Categories;
pub use chart::Chart;
pub use curve::CurvePoint;
pub use drawing::Drawing;
pub use heat_map::{Cell, HeatMap};
pub use layer_lines::{LayerLine, LayerLines};
pub use learning_curves::{LearningCurves, TrialCurves};
pub use main_effects::{FactorEffect, LevelEffect, MainEffects};
pub use parallel::{ParallelAxis, ParallelCoordinates, ParallelLine};
pub use pareto::{ParetoScatter, ScatterPoint};
pub use png::PngError;
pub use scale::Scale;
pub use statistics::Direction;
pub use style::{Heading, Style};
