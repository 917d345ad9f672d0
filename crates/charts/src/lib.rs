#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod axes;
mod chart;
mod components;
mod drawing;
mod heading;
mod heat_map;
mod image_grid;
mod line_charts;
mod main_effects;
mod output;
mod parallel_coordinates;
mod pareto_scatter;
mod primitives;
mod scales;
mod style;
#[cfg(test)]
mod tests;

pub use axes::axis::Axis;
pub use axes::categories::Categories;
pub use chart::Chart;
pub use drawing::Drawing;
pub use heading::Heading;
pub use heat_map::{HeatMap, HeatMapCell};
pub use image_grid::{ImageGrid, LabelledImage};
pub use line_charts::{CurvePoint, LayerLine, LayerLines, LearningCurves, TrialCurves};
pub use main_effects::{FactorEffect, LevelEffect, MainEffects};
pub use output::PngError;
pub use parallel_coordinates::{ParallelAxis, ParallelCoordinates, ParallelLine};
pub use pareto_scatter::{ParetoScatter, ScatterPoint};
pub use scales::scale::Scale;
pub use statistics::Direction;
pub use style::Style;
