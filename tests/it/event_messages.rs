//! The messages of each TensorBoard plugin, parsed back from the file.
//!
//! `judges/tensorboard/check.py` reads the same with TensorBoard itself.

use crate::support::events::{event_file, events, scalar, value};
use crate::support::files;
use protobuf::Message;
use std::io::Read;
use std::path::Path;
use tensorboard_proto::event::Event;
use tensorboard_proto::graph::GraphDef;
use tensorboard_proto::plugin_pr_curve::PrCurvePluginData;
use tensorboard_proto::types::DataType;
use tp_sweep::metrics::LayerValues;
use tp_sweep::record::{
    BestTrial, ConfusionMatrix, EventFile, GraphNode, Histogram, PrCurve, Raster, RecordError,
    has_best, remove_best, write_best,
};

/// The events of a file after its first, which holds the version.
fn written(write: impl FnOnce(&mut EventFile) -> Result<(), RecordError>) -> Vec<Event> {
    let folder = tempfile::tempdir().unwrap();
    let mut file = EventFile::create(folder.path(), 1.0).unwrap();
    write(&mut file).unwrap();
    file.flush().unwrap();
    // Behind the version of the format and the start of the attempt.
    events(&event_file(folder.path())).split_off(2)
}

/// What PyTorch's `make_histogram` gives for the same numbers with the bins of its `SummaryWriter`
/// (numpy 2.4): upper edges, counts, sum, sum of squares.
type Golden = (&'static [f32], &'static [f64], &'static [f64], f64, f64);

#[test]
fn a_histogram_is_that_of_pytorch() {
    let cases: [Golden; 3] = [
        (
            &[0.5, 0.5, 0.51, 0.625, 0.875],
            &[
                0.47069243095356195,
                0.5177616740489182,
                0.56953784145381,
                0.6264916255991911,
                0.6891407881591103,
                0.7580548669750213,
                0.8338603536725235,
                0.917246389039776,
            ],
            &[0.0, 3.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
            3.009999990463257,
            1.916349990272522,
        ),
        (
            &[-1.25, -1.0, -1.5],
            &[
                -1.624957930213695,
                -1.47723448201245,
                -1.3429404381931362,
                -1.220854943811942,
                -1.109868130738129,
                -1.0089710279437536,
                -0.917246389039776,
            ],
            &[0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0],
            -3.75,
            4.8125,
        ),
        (
            &[-1e-13, 0.0, 1.05e-12],
            &[-1e-12, 0.0, 1e-12, 1.1000000000000002e-12],
            &[0.0, 1.0, 1.0, 1.0],
            9.50000040927327e-13,
            1.1125000819112722e-24,
        ),
    ];
    for (numbers, limits, counts, sum, sum_squares) in cases {
        let histogram = Histogram::of(numbers);
        let events = written(|file| file.write_histogram("Weights/layer1", &histogram, 7, 2.5));
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].get_step(), events[0].get_wall_time()), (7, 2.5));
        let value = value(&events, "Weights/layer1");
        let message = value.get_histo();
        assert_eq!(message.bucket_limit, limits);
        assert_eq!(message.bucket, counts);
        assert_eq!(message.num, numbers.len() as f64);
        let extreme = |pick: fn(f32, f32) -> f32| numbers.iter().copied().reduce(pick).unwrap();
        assert_eq!(message.min, f64::from(extreme(f32::min)));
        assert_eq!(message.max, f64::from(extreme(f32::max)));
        // Sums in another order round differently.
        assert!((message.sum - sum).abs() <= 1e-15 * sum.abs());
        assert!((message.sum_squares - sum_squares).abs() <= 1e-15 * sum_squares);
    }
}

#[test]
fn the_edges_are_those_of_pytorch() {
    // A value in every bucket: their upper edges are all edges there are.
    let mut numbers = vec![0.0_f32, f32::MIN, f32::MAX];
    let mut size = 1e-13_f32;
    while size < 1e21 {
        numbers.extend([size, -size]);
        size *= 1.05;
    }
    let buckets = Histogram::of(&numbers).buckets();
    let limits: Vec<f64> = buckets.iter().map(|bucket| bucket.0).collect();
    assert!(buckets.iter().all(|bucket| bucket.1 > 0));
    // 774 on each side, and 0; then what is beyond them all.
    assert_eq!(limits.len(), 774 + 1 + 774 + 1);
    let positive = &limits[775..1549];
    assert_eq!(
        positive[..4],
        [
            1e-12,
            1.1000000000000002e-12,
            1.2100000000000003e-12,
            1.3310000000000005e-12
        ]
    );
    assert_eq!(positive[100], 1.3780612339822385e-08);
    assert_eq!(positive[400], 36064.01402752554);
    assert_eq!(
        positive[772..],
        [9.018886928963438e19, 9.920775621859783e19]
    );
    assert_eq!(limits[774], 0.0);
    assert_eq!(limits[1549], f64::MAX);
    let mirrored: Vec<f64> = limits[..774].iter().rev().map(|limit| -limit).collect();
    assert_eq!(mirrored, positive);
}

#[test]
fn values_that_are_not_finite_are_reported_next_to_the_histogram() {
    let layer = LayerValues {
        name: "layer2".to_owned(),
        weights: vec![1.0, f32::NAN, 2.0],
        gradients: vec![f32::INFINITY, f32::NEG_INFINITY],
    };
    let events = written(|file| file.write_layers(&[layer], 3, 1.0));
    let tags: Vec<&str> = events
        .iter()
        .flat_map(|event| event.get_summary().get_value())
        .map(tensorboard_proto::summary::Summary_Value::get_tag)
        .collect();
    assert_eq!(
        tags,
        [
            "Weights/layer2",
            "NotFinite/Weights/layer2",
            "NotFinite/Gradients/layer2"
        ]
    );
    assert_eq!(value(&events, "Weights/layer2").get_histo().num, 2.0);
    assert_eq!(scalar(&events, "NotFinite/Weights/layer2"), [(3, 1.0)]);
    assert_eq!(scalar(&events, "NotFinite/Gradients/layer2"), [(3, 2.0)]);
}

#[test]
fn a_layer_without_values_writes_nothing() {
    let layer = LayerValues {
        name: "layer1".to_owned(),
        weights: Vec::new(),
        gradients: Vec::new(),
    };
    assert!(written(|file| file.write_layers(&[layer], 1, 1.0)).is_empty());
}

#[test]
fn a_graph_has_its_nodes_with_inputs_shapes_and_attributes() {
    let nodes = [
        GraphNode {
            name: "input".to_owned(),
            operation: "Placeholder".to_owned(),
            inputs: Vec::new(),
            shape: vec![-1, 784],
            attributes: Vec::new(),
        },
        GraphNode {
            name: "layer1/dense".to_owned(),
            operation: "Linear".to_owned(),
            inputs: vec!["input".to_owned()],
            shape: vec![-1, 128],
            attributes: vec![("weights".to_owned(), "784 × 128".to_owned())],
        },
    ];
    let events = written(|file| file.write_graph(&nodes, 1.0));
    assert_eq!(events.len(), 1);
    let graph = GraphDef::parse_from_bytes(events[0].get_graph_def()).unwrap();
    assert_eq!(graph.get_versions().get_producer(), 22);
    assert_eq!(graph.get_node().len(), 2);
    for (written, read) in nodes.iter().zip(graph.get_node()) {
        assert_eq!(read.get_name(), written.name);
        assert_eq!(read.get_op(), written.operation);
        assert_eq!(read.get_input(), written.inputs);
        let shapes = read.attr["_output_shapes"].get_list().get_shape();
        let sizes = shapes[0]
            .get_dim()
            .iter()
            .map(tensorboard_proto::tensor_shape::TensorShapeProto_Dim::get_size);
        assert_eq!(sizes.collect::<Vec<_>>(), written.shape);
        assert_eq!(read.attr.len(), 1 + written.attributes.len());
        for (name, text) in &written.attributes {
            assert_eq!(read.attr[name].get_s(), text.as_bytes());
        }
    }
}

#[test]
fn a_curve_is_a_tensor_of_the_plugin() {
    let mut curve = PrCurve::new();
    for (probability, is_positive) in [(0.75, true), (0.25, false), (1.0, true), (0.5, false)] {
        curve.add(probability, is_positive);
    }
    let events = written(|file| file.write_pr_curve("PR/7", &curve, 4, 1.0));
    let value = value(&events, "PR/7");
    let plugin = value.metadata.get_ref().plugin_data.get_ref();
    assert_eq!(plugin.get_plugin_name(), "pr_curves");
    let data = PrCurvePluginData::parse_from_bytes(plugin.get_content()).unwrap();
    assert_eq!((data.get_version(), data.get_num_thresholds()), (0, 127));
    let tensor = value.get_tensor();
    assert_eq!(tensor.get_dtype(), DataType::DT_FLOAT);
    let sizes = tensor
        .get_tensor_shape()
        .get_dim()
        .iter()
        .map(tensorboard_proto::tensor_shape::TensorShapeProto_Dim::get_size);
    assert_eq!(sizes.collect::<Vec<_>>(), [6, 127]);
    assert_eq!(tensor.get_float_val().len(), 6 * 127);
    // The thresholds 0, 63/126 and 1: true and false positives, true and false negatives,
    // precision, recall.
    let at = |threshold| {
        let rows = tensor.get_float_val().chunks_exact(127);
        rows.map(|row| row[threshold]).collect::<Vec<_>>()
    };
    assert_eq!(at(0), [2.0, 2.0, 0.0, 0.0, 0.5, 1.0]);
    assert_eq!(at(63), [2.0, 1.0, 1.0, 0.0, 2.0 / 3.0, 1.0]);
    assert_eq!(at(126), [1.0, 0.0, 2.0, 1.0, 1.0, 0.5]);
}

/// The pixels of an image, row by row: a minimal PNG reader for this format only.
fn pixels(image: &Raster) -> Vec<Vec<[u8; 3]>> {
    let mut rest = image
        .png
        .strip_prefix(b"\x89PNG\r\n\x1a\n")
        .expect("a PNG file");
    let mut compressed = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let (chunk, after) = rest[4..].split_at(4 + length);
        match &chunk[..4] {
            b"IHDR" => {
                let side = |at: usize| u32::from_be_bytes(chunk[at..at + 4].try_into().unwrap());
                assert_eq!((side(4), side(8)), (image.width, image.height));
                assert_eq!(chunk[12..], [8, 2, 0, 0, 0]);
            }
            b"IDAT" => compressed.extend(&chunk[4..]),
            _ => {}
        }
        rest = &after[4..];
    }
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(&*compressed)
        .read_to_end(&mut bytes)
        .unwrap();
    let rows: Vec<_> = bytes.chunks_exact(1 + 3 * image.width as usize).collect();
    assert_eq!(rows.len(), image.height as usize);
    let pixels = |row: &&[u8]| row[1..].as_chunks().0.to_vec();
    rows.iter().map(pixels).collect()
}

#[test]
fn the_cells_of_a_confusion_matrix_are_as_dark_as_their_shares() {
    let (none, half, full) = ([255, 255, 255], [132, 152, 181], [8, 48, 107]);
    // With numbers in the cells, and without.
    for (classes, (width, height)) in [(10, (28, 28)), (40, (17, 17))] {
        // All samples are classified correctly, except half of the first class, classified as the last.
        let mut counts = vec![vec![0; classes]; classes];
        for (class, row) in counts.iter_mut().enumerate() {
            row[class] = 60;
        }
        counts[0][0] = 30;
        counts[0][classes - 1] = 30;
        let names = (0..classes).map(|class| format!("class {class}")).collect();
        let confusion = ConfusionMatrix {
            counts,
            classes: names,
        };
        let pixels = pixels(&confusion.draw());
        let top = pixels.iter().position(|row| row.contains(&half)).unwrap();
        let left = pixels[top].iter().position(|&pixel| pixel == half).unwrap();
        for row in 0..classes {
            for column in 0..classes {
                // Near the corner, where no number is.
                let pixel = pixels[top + row * height + 1][left + column * width + 1];
                let expected = match (row, column) {
                    (0, column) if column == 0 || column == classes - 1 => half,
                    _ if row == column => full,
                    _ => none,
                };
                assert_eq!(pixel, expected, "{row}, {column} of {classes}");
            }
        }
    }
}

#[test]
fn the_best_trial_is_written_atomically() {
    let folder = tempfile::tempdir().unwrap();
    let confusion = ConfusionMatrix {
        counts: vec![vec![3, 1], vec![0, 4]],
        classes: vec!["cat".to_owned(), "dog".to_owned()],
    };
    let mut curve = PrCurve::new();
    curve.add(0.9, true);
    let best = BestTrial {
        confusions: vec![
            ("validation".to_owned(), confusion.clone()),
            ("test".to_owned(), confusion.clone()),
        ],
        curves: vec![("cat".to_owned(), curve.clone()), ("dog".to_owned(), curve)],
    };
    assert!(!has_best(folder.path()));
    // What a killed attempt left.
    std::fs::create_dir(folder.path().join("best")).unwrap();
    std::fs::write(folder.path().join("best/events.part"), "half").unwrap();
    assert!(!has_best(folder.path()));
    for wall_time in [10.0, 20.0] {
        write_best(folder.path(), &best, 5, wall_time).unwrap();
        assert!(has_best(folder.path()));
        assert_eq!(
            files(folder.path()).len(),
            1,
            "one file, and no part of one"
        );
        let events = events(&event_file(&folder.path().join("best")));
        for samples in ["validation", "test"] {
            let value = value(&events, &format!("Confusion/{samples}"));
            let image = value.get_image();
            let drawn = confusion.draw();
            assert_eq!(image.get_width(), drawn.width as i32);
            assert_eq!(image.get_height(), drawn.height as i32);
            assert_eq!(image.get_colorspace(), 3);
            assert_eq!(image.get_encoded_image_string(), drawn.png);
        }
        for class in ["cat", "dog"] {
            let value = value(&events, &format!("PR/{class}"));
            assert_eq!(value.get_tensor().get_float_val().len(), 6 * 127);
        }
        assert!(events[1..].iter().all(|event| event.get_step() == 5));
    }
    remove_best(folder.path()).unwrap();
    assert!(!has_best(folder.path()));
    assert_eq!(files(folder.path()), Vec::<std::path::PathBuf>::new());
    remove_best(Path::new("/there/is/no/such/trial")).unwrap();
}
