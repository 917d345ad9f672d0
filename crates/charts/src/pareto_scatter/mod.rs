//! Scatter plots of two or three objectives with their Pareto front.

mod data;
mod labelled_plot;
mod legend;
mod point_size;
mod point_style;

pub use data::{ParetoScatter, ScatterPoint};

use crate::chart::Chart;
use crate::components::frame::no_data_drawing;
use crate::components::legend::LegendEntry;
use crate::components::plot::{Plot, PlotSpec};
use crate::drawing::Drawing;
use crate::pareto_scatter::labelled_plot::{LabelledPlot, MAX_SHORT_NAME_WIDTH};
use crate::pareto_scatter::legend::{MAX_NAMED, front_key, legend_entries};
use crate::pareto_scatter::point_size::PointSizes;
use crate::primitives::text::FONT_SIZE;
use crate::primitives::text_width::text_width;
use crate::scales::domain::Domain;
use crate::style::Style;
use statistics::{Direction, Measured};

/// Room for labels beyond the best point, as a fraction of the height.
const FRONT_PADDING: f64 = 0.09;

impl ParetoScatter {
    /// Returns the indices of the points on the Pareto front, from the best to the worst in x.
    fn front(&self, shown: &[&ScatterPoint]) -> Vec<usize> {
        let measured = |point: &&ScatterPoint| {
            let x = Measured {
                value: point.x,
                standard_error: point.x_error,
            };
            let size = self.size_direction.map(|_| point.size.into());
            [x, point.y.into()].into_iter().chain(size).collect()
        };
        let values: Vec<Vec<Measured>> = shown.iter().map(measured).collect();
        let objectives: Vec<Direction> = [self.x_direction, self.y_direction]
            .into_iter()
            .chain(self.size_direction)
            .collect();
        // Each point has a value for each objective, so there is no error.
        let mut front = statistics::pareto_front(&objectives, &values).unwrap_or_default();
        let x_cost = |index: usize| self.x_direction.cost(values[index][0].value);
        front.sort_by(|&one, &other| x_cost(one).total_cmp(&x_cost(other)));
        front
    }
}

impl Chart for ParetoScatter {
    fn draw(&self, style: &Style) -> Drawing {
        let shown: Vec<&ScatterPoint> = self
            .points
            .iter()
            .filter(|point| self.x.scale.can_show(point.x) && self.y.scale.can_show(point.y))
            .collect();
        let x = Domain::padded(self.x.scale, shown.iter().map(|point| point.x));
        let y = Domain::padded(self.y.scale, shown.iter().map(|point| point.y));
        let (Some(x), Some(y)) = (x, y) else {
            return no_data_drawing(&self.heading, style);
        };
        // Labels of points on the front are beyond it.
        let y = match self.y_direction {
            Direction::Maximise => y.expanded(0.0, FRONT_PADDING),
            Direction::Minimise => y.expanded(FRONT_PADDING, 0.0),
        };
        let front = self.front(&shown);
        let point_sizes = PointSizes::new(self.size_axis.as_ref(), &shown);
        let spec = |key: Vec<LegendEntry>| PlotSpec {
            heading: &self.heading,
            x: (&self.x, x),
            y: (&self.y, y),
            integer_x: false,
            legend: legend_entries(self, &point_sizes, style)
                .into_iter()
                .chain(key)
                .collect(),
            style,
        };
        let names: Vec<&str> = front
            .iter()
            .map(|&index| shown[index].name.as_str())
            .collect();
        let labelled_plot = |key| {
            let plot = Plot::new(spec(key));
            LabelledPlot::new(self, plot, &shown, &front, &point_sizes)
        };
        // Use names next to the points if there is room for all of them, otherwise numbers and a
        // key in the legend.
        let is_short = |name: &&str| text_width(name, FONT_SIZE) <= MAX_SHORT_NAME_WIDTH;
        if names.iter().all(is_short) {
            let mut labelled_plot = labelled_plot(Vec::new());
            if labelled_plot.write_labels(&names) {
                return labelled_plot.plot.into_drawing();
            }
        }
        let numbers: Vec<String> = (1..=names.len().min(MAX_NAMED))
            .map(|number| number.to_string())
            .collect();
        let mut labelled_plot = labelled_plot(front_key(&numbers, &names, style));
        labelled_plot.write_labels(&numbers);
        labelled_plot.plot.into_drawing()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axes::axis::Axis;

    fn chart(names: &[&str]) -> ParetoScatter {
        let point = |(index, name): (usize, &&str)| ScatterPoint {
            name: (*name).to_owned(),
            x: index as f64,
            y: (index as f64).sqrt(),
            annotation: if index == 1 {
                "best".to_owned()
            } else {
                String::new()
            },
            ..ScatterPoint::default()
        };
        ParetoScatter {
            x_direction: Direction::Minimise,
            y_direction: Direction::Maximise,
            points: names.iter().enumerate().map(point).collect(),
            ..ParetoScatter::default()
        }
    }

    fn texts(chart: &ParetoScatter) -> Vec<String> {
        let drawing = chart.draw(&Style::default());
        let texts = drawing.texts();
        texts.iter().map(|text| text.label.plain.clone()).collect()
    }

    #[test]
    fn short_names_are_next_to_their_points() {
        let texts = texts(&chart(&["linear", "small", "large"]));
        for expected in ["linear", "small (best)", "large"] {
            assert!(texts.iter().any(|text| text == expected), "{texts:?}");
        }
    }

    #[test]
    fn long_names_are_in_the_legend_with_numbers_next_to_the_points() {
        let long = "layers=3-width=128-lr=0.01-cosine-weight_decay";
        let texts = texts(&chart(&["linear", long, "large"]));
        for expected in ["1", "2 (best)", "3", "linear", long, "large"] {
            assert!(texts.iter().any(|text| text == expected), "{texts:?}");
        }
    }

    #[test]
    fn points_without_a_position_are_omitted() {
        let mut chart = chart(&["linear", "small", "large"]);
        chart.x = Axis::log("time", "s");
        chart.points[2].y = f64::NAN;
        let texts = texts(&chart);
        assert!(texts.iter().any(|text| text == "small (best)"));
        assert!(!texts.iter().any(|text| text == "linear" || text == "large"));
    }

    #[test]
    fn a_time_within_the_noise_does_not_lead_to_the_front() {
        let mut chart = chart(&["fast", "good", "large"]);
        (chart.points[0].x, chart.points[1].x) = (0.99, 1.0);
        let front = |chart: &ParetoScatter| {
            let shown: Vec<&ScatterPoint> = chart.points.iter().collect();
            chart.front(&shown)
        };
        assert_eq!(front(&chart), [0, 1, 2]);
        for point in &mut chart.points {
            point.x_error = 0.01;
        }
        assert_eq!(front(&chart), [1, 2]);
    }

    #[test]
    fn a_small_point_is_on_the_front_if_the_size_is_an_objective() {
        let mut chart = chart(&["fast", "small", "large"]);
        (chart.points[1].y, chart.points[2].y) = (-1.0, 1.0);
        for (point, size) in chart.points.iter_mut().zip([20.0, 10.0, 30.0]) {
            point.size = size;
        }
        let front = |chart: &ParetoScatter| {
            let shown: Vec<&ScatterPoint> = chart.points.iter().collect();
            chart.front(&shown)
        };
        assert_eq!(front(&chart), [0, 2]);
        chart.size_direction = Some(Direction::Minimise);
        assert_eq!(front(&chart), [0, 1, 2]);
    }

    #[test]
    fn area_is_proportional_to_size() {
        let points: Vec<ScatterPoint> = [100.0, 50.0, 1.0]
            .into_iter()
            .map(|size| ScatterPoint {
                size,
                ..ScatterPoint::default()
            })
            .collect();
        let points: Vec<&ScatterPoint> = points.iter().collect();
        let point_sizes = PointSizes::new(Some(&Axis::linear("parameters", "")), &points);
        let area = |size: f64| point_sizes.radius(size).powi(2);
        assert!((area(100.0) / area(50.0) - 2.0).abs() < 1e-9);
        // The smallest points remain visible.
        assert!(point_sizes.radius(0.0) > 2.0);
    }
}
