//! Strategies for random charts: any numbers, labels and counts.

use super::samples::french;
use crate::{
    Axis, Categories, CurvePoint, Direction, FactorEffect, Heading, HeatMap, HeatMapCell,
    ImageGrid, LabelledImage, LayerLine, LayerLines, LearningCurves, LevelEffect, MainEffects,
    ParallelAxis, ParallelCoordinates, ParallelLine, ParetoScatter, Scale, ScatterPoint, Style,
    TrialCurves,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Labels from users, or from faulty programs.
fn any_label() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{1,9}",
        2 => "[a-z_=. ]{20,60}",
        1 => Just("<script>&amp;\"'</script>\u{0}\u{7}\n]]>".to_owned()),
        1 => Just("W".repeat(300)),
        1 => "\\PC{0,30}",
        1 => Just(String::new()),
    ]
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => 0.0..1.0,
        3 => -1000.0..1000.0,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN,
            f64::MIN_POSITIVE, 5e-324, 1e300, -1e300, 1e-300, 1e15, 1e-9,
        ]),
    ]
}

/// Numbers that are all random, all equal, or all missing.
fn any_numbers(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        5 => vec(any_number(), count.clone()),
        1 => (any_number(), count.clone()).prop_map(|(number, count)| vec![number; count]),
        1 => count.prop_map(|count| vec![f64::NAN; count]),
    ]
}

fn any_heading() -> impl Strategy<Value = Heading> {
    (any_label(), any_label()).prop_map(|(title, description)| Heading { title, description })
}

fn any_axis() -> impl Strategy<Value = Axis> {
    (any_label(), any_label(), any::<bool>()).prop_map(|(label, unit, log)| Axis {
        label,
        unit,
        scale: if log { Scale::Log } else { Scale::Linear },
    })
}

fn any_categories(count: std::ops::Range<usize>) -> impl Strategy<Value = Categories> {
    (any_label(), any_label(), vec(any_label(), count))
        .prop_map(|(label, unit, names)| Categories { label, unit, names })
}

fn any_direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![Direction::Maximise, Direction::Minimise])
}

pub(crate) fn any_style() -> impl Strategy<Value = Style> {
    let size = || prop_oneof![3 => Just(720.0), 1 => 100.0..1500.0, 1 => any::<f64>()];
    (size(), size(), any_label()).prop_map(|(width, height, no_data)| Style {
        // Larger charts reveal nothing more, but are slow.
        width: if width > 2000.0 { 2000.0 } else { width },
        height: if height > 2000.0 { 2000.0 } else { height },
        no_data,
        ..french()
    })
}

fn any_curve() -> impl Strategy<Value = Vec<CurvePoint>> {
    let integers = vec(any_number(), 0..30).prop_map(|values| {
        let points = values.into_iter().zip(1..);
        points
            .map(|(value, x)| CurvePoint::new(f64::from(x), value))
            .collect()
    });
    let wild = vec(
        [any_number(), any_number(), any_number(), any_number()],
        0..30,
    )
    .prop_map(|points| {
        let point = |[x, value, low, high]: [f64; 4]| CurvePoint::with_band(x, value, low, high);
        points.into_iter().map(point).collect()
    });
    prop_oneof![integers, wild]
}

pub(crate) fn any_learning_curves() -> impl Strategy<Value = LearningCurves> {
    let trial = (any_label(), any_curve(), any_curve()).prop_map(|(name, validation, training)| {
        TrialCurves {
            name,
            validation,
            training,
        }
    });
    let words = [any_label(), any_label(), any_label()];
    (
        any_heading(),
        any_axis(),
        any_axis(),
        vec(trial, 0..15),
        words,
    )
        .prop_map(
            |(heading, x, y, trials, [validation_label, training_label, band_label])| {
                LearningCurves {
                    heading,
                    x,
                    y,
                    trials,
                    validation_label,
                    training_label,
                    band_label,
                }
            },
        )
}

pub(crate) fn any_layer_lines() -> impl Strategy<Value = LayerLines> {
    let layer = (any_label(), any_curve()).prop_map(|(name, points)| LayerLine { name, points });
    (any_heading(), any_axis(), any_axis(), vec(layer, 0..16)).prop_map(
        |(heading, x, y, layers)| LayerLines {
            heading,
            x,
            y,
            layers,
        },
    )
}

pub(crate) fn any_main_effects() -> impl Strategy<Value = MainEffects> {
    let level = (any_label(), [any_number(), any_number(), any_number()]).prop_map(
        |(name, [value, low, high])| LevelEffect {
            name,
            value,
            low,
            high,
        },
    );
    let factor = (any_label(), any_label(), vec(level, 0..20))
        .prop_map(|(name, unit, levels)| FactorEffect { name, unit, levels });
    let words = [any_label(), any_label(), any_label()];
    (
        any_heading(),
        any_axis(),
        vec(factor, 0..8),
        prop::option::of(any_number()),
        words,
    )
        .prop_map(
            |(heading, y, factors, reference, [point_label, interval_label, reference_label])| {
                MainEffects {
                    heading,
                    y,
                    factors,
                    reference,
                    point_label,
                    interval_label,
                    reference_label,
                }
            },
        )
}

pub(crate) fn any_heat_map() -> impl Strategy<Value = HeatMap> {
    let cells = vec(any_numbers(0..45), 0..45).prop_map(|rows| {
        let row = |row: Vec<f64>| row.into_iter().map(HeatMapCell::new).collect();
        rows.into_iter().map(row).collect()
    });
    (
        any_heading(),
        any_categories(0..45),
        any_categories(0..45),
        cells,
        any_axis(),
        prop::option::of((any_number(), any_number())),
        0_usize..6,
    )
        .prop_map(
            |(heading, rows, columns, cells, colour_axis, range, decimals)| HeatMap {
                heading,
                rows,
                columns,
                cells,
                colour_axis,
                range,
                decimals,
            },
        )
}

pub(crate) fn any_confusion() -> impl Strategy<Value = HeatMap> {
    let count = prop_oneof![4 => 0_u64..2000, 1 => Just(0), 1 => any::<u64>()];
    let counts = vec(vec(count, 0..12), 0..12);
    (
        any_heading(),
        [any_label(), any_label(), any_label()],
        vec(any_label(), 0..12),
        counts,
    )
        .prop_map(|(heading, [truth, predicted, fraction], classes, counts)| {
            HeatMap::confusion(heading, (truth, predicted), &classes, &counts, fraction)
        })
}

pub(crate) fn any_pareto() -> impl Strategy<Value = ParetoScatter> {
    let point = (
        any_label(),
        [any_number(), any_number(), any_number(), any_number()],
        0_usize..9,
        prop_oneof![6 => Just(String::new()), 1 => any_label()],
    )
        .prop_map(
            |(name, [x, x_error, y, size], shape, annotation)| ScatterPoint {
                name,
                x,
                x_error,
                y,
                size,
                shape,
                annotation,
            },
        );
    (
        any_heading(),
        [any_axis(), any_axis()],
        [any_direction(), any_direction()],
        vec(point, 0..60),
        (
            prop::option::of(any_axis()),
            prop::option::of(any_direction()),
        ),
        any_categories(0..9),
        [any_label(), any_label()],
    )
        .prop_map(
            |(
                heading,
                [x, y],
                [x_direction, y_direction],
                points,
                (size_axis, size_direction),
                shapes,
                [front_label, others_label],
            )| {
                ParetoScatter {
                    heading,
                    x,
                    y,
                    x_direction,
                    y_direction,
                    points,
                    size_axis,
                    size_direction,
                    shapes,
                    front_label,
                    others_label,
                }
            },
        )
}

pub(crate) fn any_parallel() -> impl Strategy<Value = ParallelCoordinates> {
    let axis = prop_oneof![
        any_categories(0..8).prop_map(ParallelAxis::Categories),
        any_axis().prop_map(ParallelAxis::Numbers),
    ];
    let value = || prop_oneof![3 => (0_u8..8).prop_map(f64::from), 1 => any_number()];
    let line = (any_label(), vec(value(), 0..10), any_number()).prop_map(
        |(name, values, colour_value)| ParallelLine {
            name,
            values,
            colour_value,
        },
    );
    (
        any_heading(),
        vec(axis, 0..9),
        vec(line, 0..40),
        any_axis(),
        any_direction(),
    )
        .prop_map(
            |(heading, axes, lines, colour_axis, direction)| ParallelCoordinates {
                heading,
                axes,
                lines,
                colour_axis,
                direction,
            },
        )
}

/// Images whose number of bytes may not match their size.
fn any_image() -> impl Strategy<Value = (usize, usize, Vec<u8>)> {
    let filled = |(width, height, step): (usize, usize, u8)| {
        let bytes = (0..3 * width * height).map(move |index| (index as u8).wrapping_mul(step));
        (width, height, bytes.collect())
    };
    let side = || 1..150_usize;
    prop_oneof![
        8 => (1..9_usize, 1..9_usize, any::<u8>()).prop_map(filled),
        2 => (Just(28), Just(28), any::<u8>()).prop_map(filled),
        1 => (side(), side(), any::<u8>()).prop_map(filled),
        1 => (1..3_usize, 1000..2000_usize, any::<u8>()).prop_map(filled),
        1 => (any::<usize>(), any::<usize>(), vec(any::<u8>(), 0..20)),
        1 => (0..3_usize, 0..3_usize, vec(any::<u8>(), 0..20)),
    ]
}

fn any_labelled_image() -> impl Strategy<Value = LabelledImage> {
    let texts = [any_label(), any_label(), any_label()];
    (any_image(), texts).prop_map(|((width, height, rgb), [caption, note, tooltip])| {
        LabelledImage {
            width,
            height,
            rgb,
            caption,
            note,
            tooltip,
        }
    })
}

pub(crate) fn any_image_grid() -> impl Strategy<Value = ImageGrid> {
    // Grids with more images than are shown are slow.
    let count = prop_oneof![7 => 0..20_usize, 1 => 55..70_usize];
    let images = count.prop_flat_map(|count| vec(any_labelled_image(), count));
    (any_heading(), images).prop_map(|(heading, images)| ImageGrid { heading, images })
}
