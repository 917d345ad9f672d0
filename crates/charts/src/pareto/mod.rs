//! Two qualities that pull against each other, and the points that are best in both.

mod points;
mod scene;
mod sizes;

use crate::axis::Axis;
use crate::better::{Better, pareto_front};
use crate::category::Categories;
use crate::chart::Chart;
use crate::drawing::Drawing;
use crate::legend::{Entry, Swatch};
use crate::page::without_data;
use crate::plot::{Layout, Plot};
use crate::scale::Span;
use crate::style::{Heading, Style};
use crate::text::{FONT_SIZE, width};
use scene::Scene;
use sizes::Sizes;

/// Points of two qualities, with the front of those that no other point beats in both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParetoScatter {
    /// Title and description.
    pub heading: Heading,
    /// The cost, mostly; may be logarithmic.
    pub x: Axis,
    /// The gain, mostly.
    pub y: Axis,
    /// Which values along x are the good ones.
    pub x_better: Better,
    /// Which values along y are the good ones.
    pub y_better: Better,
    /// In any order.
    pub points: Vec<ScatterPoint>,
    /// What the areas of points stand for.
    pub size: Option<Axis>,
    /// What the shapes of points stand for; without names all are circles.
    pub shapes: Categories,
    /// What the legend calls points on the front.
    pub front: String,
    /// What the legend calls all others.
    pub others: String,
}

/// A point. Without a finite x and y it is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterPoint {
    /// Stands beside it, or in the legend, when it is on the front.
    pub name: String,
    /// Along the horizontal axis.
    pub x: f64,
    /// Along the vertical axis.
    pub y: f64,
    /// Gives the area where areas stand for something; without it a point is of middle size.
    pub size: f64,
    /// Gives the shape: an index into the names of `shapes`.
    pub shape: usize,
    /// Stands beside it, and rings it: "best". Empty for most points.
    pub mark: String,
}

/// Points of the front that the legend names.
const NAMED: usize = 20;
/// Names of this width stand beside their points if all find room, in CSS pixels.
const SHORT_NAME: f64 = 110.0;
/// Beyond the best point, as a share of the height.
const ROOM_BEYOND: f64 = 0.09;

impl Chart for ParetoScatter {
    fn draw(&self, style: &Style) -> Drawing {
        let shown: Vec<&ScatterPoint> = self
            .points
            .iter()
            .filter(|point| self.x.scale.shows(point.x) && self.y.scale.shows(point.y))
            .collect();
        let x = Span::around(self.x.scale, shown.iter().map(|point| point.x));
        let y = Span::around(self.y.scale, shown.iter().map(|point| point.y));
        let (Some(x), Some(y)) = (x, y) else {
            return without_data(&self.heading, style);
        };
        // Names of points on the front stand beyond it.
        let y = match self.y_better {
            Better::Higher => y.extended(0.0, ROOM_BEYOND),
            Better::Lower => y.extended(ROOM_BEYOND, 0.0),
        };
        let values: Vec<(f64, f64)> = shown.iter().map(|point| (point.x, point.y)).collect();
        let front = pareto_front(&values, self.x_better, self.y_better);
        let sizes = Sizes::new(self.size.as_ref(), &shown);
        let layout = |key: Vec<Entry>| Layout {
            heading: &self.heading,
            x: (&self.x, x),
            y: (&self.y, y),
            whole_x: false,
            legend: self.legend(&sizes, style).into_iter().chain(key).collect(),
            style,
        };
        let names: Vec<&str> = front
            .iter()
            .map(|&index| shown[index].name.as_str())
            .collect();
        let scene = |key| {
            let plot = Plot::new(layout(key));
            Scene::new(self, plot, &shown, &front, &sizes)
        };
        // Names beside the points where all of them find room; otherwise numbers, and the names
        // in the legend.
        let short = |name: &&str| width(name, FONT_SIZE) <= SHORT_NAME;
        if names.iter().all(short) {
            let mut scene = scene(Vec::new());
            if scene.write_names(&names) {
                return scene.plot.finished();
            }
        }
        let numbers: Vec<String> = (1..=names.len().min(NAMED))
            .map(|number| number.to_string())
            .collect();
        let mut scene = scene(key(&numbers, &names, style));
        scene.write_names(&numbers);
        scene.plot.finished()
    }
}

/// The names of the points on the front, by their numbers.
fn key(numbers: &[String], names: &[&str], style: &Style) -> Vec<Entry> {
    let entries = numbers.iter().zip(names);
    let more = names.len() - numbers.len();
    let more = (more > 0).then(|| Entry {
        swatch: Swatch::Nothing,
        text: style.and_more(more),
    });
    entries
        .map(|(number, name)| Entry {
            swatch: Swatch::Tag(number.clone()),
            text: (*name).to_owned(),
        })
        .chain(more)
        .collect()
}
