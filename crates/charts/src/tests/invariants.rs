//! Invariants of every chart, whatever its data and labels, tested with random charts and typical
//! samples.

use super::{any_chart, samples};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::text::Text;
use crate::{
    Chart, Drawing, HeatMap, ImageGrid, LayerLines, LearningCurves, MainEffects,
    ParallelCoordinates, ParetoScatter, Style,
};
use proptest::prelude::*;

/// Panics if the drawing violates an invariant.
fn check(drawing: &Drawing) {
    assert!((100.0..5000.0).contains(&drawing.width()));
    assert!((100.0..5000.0).contains(&drawing.height()));
    check_texts(drawing);
    check_shapes(drawing, &drawing.marks);
    check_images(drawing);
    check_svg(drawing);
}

fn check_texts(drawing: &Drawing) {
    let texts: Vec<&Text> = drawing
        .texts()
        .into_iter()
        .filter(|text| !text.label.to_plain_text().trim().is_empty())
        .collect();
    let corners: Vec<[Point; 4]> = texts.iter().map(|text| text.corners()).collect();
    for (text, corners) in texts.iter().zip(&corners) {
        for corner in corners {
            let inside = (-0.5..=drawing.width + 0.5).contains(&corner.x)
                && (-0.5..=drawing.height + 0.5).contains(&corner.y);
            assert!(inside, "{text:?} leaves the chart at {corner:?}");
        }
    }
    for (index, one) in corners.iter().enumerate() {
        for (other_index, other) in corners.iter().enumerate().skip(index + 1) {
            assert!(
                overlap(one, other) <= 1.5,
                "{:?} and {:?} overlap",
                texts[index],
                texts[other_index]
            );
        }
    }
}

/// Returns how far two boxes overlap: the minimum over the directions of their edges (separating
/// axis theorem).
fn overlap(one: &[Point; 4], two: &[Point; 4]) -> f64 {
    let edges = [
        (one[0], one[1]),
        (one[1], one[2]),
        (two[0], two[1]),
        (two[1], two[2]),
    ];
    edges
        .into_iter()
        .map(|(start, end)| {
            let (x, y) = (end.x - start.x, end.y - start.y);
            let length = x.hypot(y);
            let ends = |corners: &[Point; 4]| {
                let along = corners.map(|corner| (corner.x * x + corner.y * y) / length);
                (
                    along.into_iter().fold(f64::INFINITY, f64::min),
                    along.into_iter().fold(f64::NEG_INFINITY, f64::max),
                )
            };
            let ((one_low, one_high), (two_low, two_high)) = (ends(one), ends(two));
            one_high.min(two_high) - one_low.max(two_low)
        })
        .fold(f64::INFINITY, f64::min)
}

fn check_shapes(drawing: &Drawing, marks: &[Mark]) {
    let inside = |point: &Point| {
        assert!(
            (-1.0..=drawing.width + 1.0).contains(&point.x)
                && (-1.0..=drawing.height + 1.0).contains(&point.y),
            "{point:?} is outside"
        );
    };
    for mark in marks {
        match mark {
            Mark::Text(_) | Mark::Image { .. } => {}
            Mark::Group { marks, .. } => check_shapes(drawing, marks),
            Mark::Shape { outline, .. } => match outline {
                Outline::Rectangle(rectangle) => {
                    assert!(rectangle.width() > 0.0 && rectangle.height() > 0.0);
                    rectangle.corners().iter().for_each(inside);
                }
                Outline::Lines(runs) => {
                    assert!(runs.iter().all(|run| run.len() >= 2));
                    runs.iter().flatten().for_each(inside);
                }
                Outline::Polygons(runs) => {
                    assert!(runs.iter().all(|run| run.len() >= 3));
                    runs.iter().flatten().for_each(inside);
                }
                Outline::Circles { centres, radius } => {
                    assert!(*radius > 0.0 && !centres.is_empty());
                    centres.iter().for_each(inside);
                }
            },
        }
    }
}

fn check_images(drawing: &Drawing) {
    fn collect(marks: &[Mark], areas: &mut Vec<Rectangle>) {
        for mark in marks {
            match mark {
                Mark::Image { area, .. } => areas.push(*area),
                Mark::Group { marks, .. } => collect(marks, areas),
                Mark::Text(_) | Mark::Shape { .. } => {}
            }
        }
    }
    let mut areas = Vec::new();
    collect(&drawing.marks, &mut areas);
    let whole = Rectangle::new(0.0, 0.0, drawing.width, drawing.height);
    for (index, area) in areas.iter().enumerate() {
        assert!(area.width() > 0.0 && area.height() > 0.0);
        assert!(whole.contains(area), "{area:?} is outside");
        for other in &areas[index + 1..] {
            assert!(!area.overlaps(other), "{area:?} and {other:?} overlap");
        }
        for text in drawing.texts() {
            let overlaps = overlap(&area.corners(), &text.corners()) > 0.0;
            assert!(!overlaps, "{text:?} is on the image at {area:?}");
        }
    }
}

/// Attributes that contain numbers and path commands only.
const NUMERIC: [&str; 13] = [
    "x",
    "y",
    "width",
    "height",
    "cx",
    "cy",
    "r",
    "d",
    "dy",
    "stroke-width",
    "stroke-dasharray",
    "fill-opacity",
    "font-size",
];

fn check_svg(drawing: &Drawing) {
    let svg = drawing.to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{e}: {svg}"));
    let mut ids = Vec::new();
    for node in document.descendants() {
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            if NUMERIC.contains(&name) {
                let allowed = |letter: char| "0123456789.- Mlaz".contains(letter);
                assert!(value.chars().all(allowed), "{name}={value}");
                let longest = value
                    .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
                    .filter_map(|number| number.split_once('.'))
                    .map(|(_, decimals)| decimals.split('.').next().map_or(0, str::len))
                    .max();
                assert!(longest.unwrap_or(0) <= 2, "{name}={value}");
            }
            if name == "id" {
                ids.push(value);
            }
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids are unique");
}

#[test]
fn samples_hold_the_invariants_and_are_small_and_deterministic() {
    for (name, chart) in samples::all() {
        for style in [Style::default(), samples::french(), samples::narrow()] {
            let drawing = chart.draw(&style);
            println!("{name}");
            check(&drawing);
            let svg = drawing.to_svg();
            assert!(svg.len() < 60_000, "{name}: {} bytes", svg.len());
            assert_eq!(svg, chart.to_svg(&style));
        }
    }
}

#[test]
fn samples_can_be_embedded_in_one_page() {
    let mut ids: Vec<String> = Vec::new();
    for (_, chart) in samples::all() {
        let svg = chart.to_svg(&Style::default());
        let document = roxmltree::Document::parse(&svg).unwrap();
        let found = document
            .descendants()
            .filter_map(|node| node.attribute("id"));
        ids.extend(found.map(str::to_owned));
    }
    let count = ids.len();
    assert!(count >= samples::all().len());
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn every_series_is_present() {
    for (name, chart) in samples::all() {
        let svg = chart.to_svg(&Style::default());
        let document = roxmltree::Document::parse(&svg).unwrap();
        let found: Vec<&str> = document
            .descendants()
            .filter(|node| node.has_tag_name("text") || node.has_tag_name("title"))
            .filter_map(|node| node.text())
            .collect();
        for expected in samples::series(name) {
            let count = found.iter().filter(|text| text.contains(&expected)).count();
            assert!(count > 0, "{name} lacks {expected:?} among {found:?}");
        }
    }
}

#[test]
fn a_french_chart_has_no_decimal_point() {
    let is_point = |letters: &[char]| {
        letters[0].is_ascii_digit() && letters[1] == '.' && letters[2].is_ascii_digit()
    };
    for (name, chart) in samples::all() {
        let drawing = chart.draw(&samples::french());
        for text in drawing.texts() {
            let letters: Vec<char> = text.label.to_plain_text().chars().collect();
            // The caller chooses the names of levels and trials.
            let is_number = letters.iter().all(|letter| !letter.is_alphabetic());
            let has_point = letters.windows(3).any(is_point);
            assert!(
                !(is_number && has_point) || samples::levels().contains(&text.label.plain),
                "{name}: {text:?}"
            );
        }
    }
}

#[test]
fn charts_without_data_show_a_message() {
    let charts: [Box<dyn Chart>; 7] = [
        Box::new(LearningCurves::default()),
        Box::new(MainEffects::default()),
        Box::new(HeatMap::default()),
        Box::new(ParetoScatter::default()),
        Box::new(ParallelCoordinates::default()),
        Box::new(LayerLines::default()),
        Box::new(ImageGrid::default()),
    ];
    for chart in charts {
        let drawing = chart.draw(&Style::default());
        check(&drawing);
        let says_so = |text: &&Text| text.label.plain == "no data";
        assert!(drawing.texts().iter().any(says_so));
    }
}

#[test]
fn images_have_the_requested_size() {
    for (name, chart) in samples::all() {
        let drawing = chart.draw(&Style::default());
        for scale in [1.0, 2.0] {
            let file = drawing.to_png(scale).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(&file))
                .read_info()
                .unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let frame = reader.next_frame(&mut pixels).unwrap();
            assert_eq!(
                f64::from(frame.width),
                (drawing.width() * scale).round(),
                "{name}"
            );
            assert_eq!(
                f64::from(frame.height),
                (drawing.height() * scale).round(),
                "{name}"
            );
            let is_white = |pixel: &&[u8]| pixel.iter().all(|&channel| channel == 255);
            let (pixels, count) = (pixels.chunks_exact(3), pixels.len() / 3);
            let white = pixels.filter(is_white).count();
            assert!(white > count / 5 && white < count * 99 / 100, "{name}");
        }
    }
}

#[test]
fn empty_and_oversized_images_are_rejected() {
    let drawing = LayerLines::default().draw(&Style::default());
    for scale in [0.0, -1.0, f64::NAN, 1e-9] {
        let error = drawing.to_png(scale).unwrap_err().to_string();
        assert!(error.contains("use a positive scale"), "{error}");
    }
    for scale in [100.0, f64::INFINITY] {
        let error = drawing.to_png(scale).unwrap_err().to_string();
        assert!(error.contains("use a smaller scale"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_learning_curves_are_valid(chart in any_chart::any_learning_curves(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }

    #[test]
    fn any_layer_lines_are_valid(chart in any_chart::any_layer_lines(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }

    #[test]
    fn any_main_effects_are_valid(chart in any_chart::any_main_effects(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }

    #[test]
    fn any_heat_map_is_valid(chart in any_chart::any_heat_map(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }

    #[test]
    fn any_confusion_matrix_is_valid(chart in any_chart::any_confusion(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }

    #[test]
    fn any_scatter_is_valid(chart in any_chart::any_pareto(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }

    #[test]
    fn any_parallel_coordinates_are_valid(chart in any_chart::any_parallel(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }
    #[test]
    fn any_image_grid_is_valid(chart in any_chart::any_image_grid(), style in any_chart::any_style()) {
        check(&chart.draw(&style));
    }
}
