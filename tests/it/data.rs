//! Data of the user's own, and data sets known by name in files of their true form, are trained
//! on from the file to the table; what is wrong with them is told at its line.

use crate::support::formats::{Column, npy, write_parquet};
use crate::support::{Done, Project, repository};
use std::fs::File;
use std::io::Write;
use std::path::Path;

const SETTINGS: &str = "training: { epochs: 20, batch_size: 10, learning_rate: 0.2 }\n\
                        model: { width: 8 }\nvalidation: { folds: 2 }\n";

/// A project whose sweep has this `data:` section and little training.
fn project(data: &str) -> Project {
    Project::new(&format!("data: {data}\n{SETTINGS}"))
}

/// Trains; the validation accuracy of the only trial.
fn accuracy(project: &Project) -> f64 {
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
    // Most of these data sets are as easy as can be, and warned of.
    const WARNINGS: [&str; 2] = [
        " alone determines the class in all",
        "are also training samples",
    ];
    let is_expected = |line: &str| WARNINGS.iter().any(|warning| line.contains(warning));
    let (code, error) = (done.code, done.error.as_str());
    assert!(code == 0 && error.lines().all(is_expected), "{error}");
    reported(project, "mean_val_accuracy")
}

/// A number of the only trial in the report.
fn reported(project: &Project, name: &str) -> f64 {
    let table = project.read("reports/sweep.csv");
    let mut lines = table
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let (header, row) = (lines.next().unwrap(), lines.next().unwrap());
    let column = header.iter().position(|column| *column == name);
    row[column.unwrap()].parse().unwrap()
}

fn refused(project: &Project) -> String {
    let done = project.run(&["sweep.yaml", "--device", "cpu"]);
    assert_eq!(done.code, 2, "{}", done.error);
    assert!(!project.path("runs").exists(), "nothing is written");
    done.error
        .replace(project.path("").to_str().unwrap(), "FOLDER/")
}

/// Rows of two features, of which only the first tells the two classes apart.
fn rows() -> Vec<(f64, f64, &'static str)> {
    let row = |index: u32| {
        let noise = f64::from(index * 7 % 11);
        match index % 2 {
            0 => (f64::from(index % 5), noise, "left"),
            _ => (10.0 + f64::from(index % 5), noise, "right"),
        }
    };
    (0..60).map(row).collect()
}

fn csv(separator: &str) -> String {
    let row = |&(x, y, class): &(f64, f64, &str)| format!("{x}{separator}{class}{separator}{y}\n");
    let rows: String = rows().iter().map(row).collect();
    format!("x{separator}class{separator}noise\n{rows}")
}

#[test]
fn a_csv_table_is_learnt() {
    for separator in [",", ";", "\t"] {
        let project = project("{ set: table, path: points.csv, label: class }");
        project.write("points.csv", &csv(separator));
        assert!(accuracy(&project) > 0.95);
    }
}

#[test]
fn tables_for_training_and_test_are_matched_by_their_columns_names() {
    let project = project("{ set: table, path: points, label: class }");
    std::fs::create_dir(project.path("points")).unwrap();
    project.write("points/train.csv", &csv(","));
    // The same columns in another order; and flags and whole numbers are numbers.
    project.write(
        "points/test.csv",
        "class,noise,x\nleft,1,0\nright,2,12\nright,3,13\n",
    );
    assert!(accuracy(&project) > 0.95);
    assert_eq!(reported(&project, "mean_test_accuracy"), 1.0);
}

#[test]
fn a_parquet_table_is_learnt() {
    let project = project("{ set: table, path: points.parquet, label: class }");
    write_points(&project.path("points.parquet"));
    assert!(accuracy(&project) > 0.95);
}

/// The rows as a Parquet file.
fn write_points(path: &Path) {
    let schema = "message points { required double x; required int32 noise; \
                  required binary class (UTF8); }";
    let columns = [
        Column::Doubles(rows().iter().map(|row| row.0).collect()),
        Column::Int32s(rows().iter().map(|row| row.1 as i32).collect()),
        Column::Texts(rows().iter().map(|row| row.2.to_owned()).collect()),
    ];
    let compression = parquet::basic::Compression::SNAPPY;
    write_parquet(path, schema, compression, None, &columns);
}

/// An image of 6 × 8 pixels whose right half is bright, or whose left half is.
fn picture(index: usize, channels: usize) -> Vec<u8> {
    let bright = |x: usize| (x >= 4) == index.is_multiple_of(2);
    let value = |x: usize| {
        if bright(x) {
            200 + (index % 50) as u8
        } else {
            index as u8 % 50
        }
    };
    let pixels = (0..6).flat_map(|_| 0..8).map(value);
    pixels
        .flat_map(|value| std::iter::repeat_n(value, channels))
        .collect()
}

fn write_png(path: &Path, index: usize, channels: usize) {
    let mut encoder = png::Encoder::new(File::create(path).unwrap(), 8, 6);
    encoder.set_color(match channels {
        1 => png::ColorType::Grayscale,
        _ => png::ColorType::Rgb,
    });
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&picture(index, channels)).unwrap();
}

fn write_images(folder: &Path, count: usize, channels: usize) {
    for index in 0..count {
        let class = folder.join(["right", "left"][index % 2]);
        std::fs::create_dir_all(&class).unwrap();
        write_png(&class.join(format!("{index:03}.png")), index, channels);
    }
}

#[test]
fn a_folder_of_images_is_learnt_also_moved_and_mirrored() {
    let plain = project("{ set: images, path: pictures }");
    write_images(&plain.path("pictures"), 60, 1);
    assert!(accuracy(&plain) > 0.95);
    let moved = project("{ set: images, path: pictures, shift: 1 }");
    write_images(&moved.path("pictures"), 60, 3);
    assert!(accuracy(&moved) > 0.95);
    // Mirrored, left and right cannot be told apart.
    let mirrored = project("{ set: images, path: pictures, flip: true }");
    write_images(&mirrored.path("pictures"), 60, 1);
    assert!(accuracy(&mirrored) < 0.9);
}

#[test]
fn images_in_train_and_test_are_kept_apart_and_jpeg_is_read() {
    let project = project("{ set: images, path: pictures, normalise: none }");
    for part in ["train", "test"] {
        for (class, file) in [("grey", "grey.jpg"), ("colour", "colour.jpg")] {
            let folder = project.path("pictures").join(part).join(class);
            std::fs::create_dir_all(&folder).unwrap();
            let picture = repository().join("tests/fixtures").join(file);
            for copy in 0..10 {
                std::fs::copy(&picture, folder.join(format!("{copy}.JPEG"))).unwrap();
            }
        }
    }
    assert_eq!(accuracy(&project), 1.0);
    assert_eq!(reported(&project, "mean_test_accuracy"), 1.0);
}

#[test]
fn numpy_arrays_are_learnt() {
    let vectors = project("{ set: npy, path: arrays }");
    std::fs::create_dir(vectors.path("arrays")).unwrap();
    let values: Vec<u8> = rows()
        .iter()
        .flat_map(|&(x, noise, _)| [x as f32, noise as f32])
        .flat_map(f32::to_le_bytes)
        .collect();
    // Labels need not start at 0.
    let labels: Vec<u8> = (0..60_i64)
        .flat_map(|row| (row % 2 * 3 + 4).to_le_bytes())
        .collect();
    std::fs::write(
        vectors.path("arrays/x_train.npy"),
        npy("<f4", &[60, 2], &values),
    )
    .unwrap();
    std::fs::write(
        vectors.path("arrays/y_train.npy"),
        npy("<i8", &[60], &labels),
    )
    .unwrap();
    assert!(accuracy(&vectors) > 0.95);

    let images = project("{ set: npy, path: arrays, shift: 1 }");
    std::fs::create_dir(images.path("arrays")).unwrap();
    for (part, count) in [("train", 60), ("test", 20)] {
        let values: Vec<u8> = (0..count).flat_map(|index| picture(index, 3)).collect();
        let labels: Vec<u8> = (0..count).map(|index| index as u8 % 2).collect();
        let file = |name: &str| images.path(&format!("arrays/{name}_{part}.npy"));
        std::fs::write(file("x"), npy("|u1", &[count, 6, 8, 3], &values)).unwrap();
        std::fs::write(file("y"), npy("|u1", &[count, 1], &labels)).unwrap();
    }
    assert!(accuracy(&images) > 0.95);
}

fn idx(dimensions: &[usize], values: &[u8]) -> Vec<u8> {
    let sizes = dimensions
        .iter()
        .flat_map(|&size| (size as u32).to_be_bytes());
    let header: Vec<u8> = [0, 0, 8, dimensions.len() as u8]
        .into_iter()
        .chain(sizes)
        .collect();
    [&header, values].concat()
}

#[test]
fn idx_files_are_learnt_gzipped_or_not() {
    let project = project("{ set: idx, path: digits }");
    std::fs::create_dir(project.path("digits")).unwrap();
    let values: Vec<u8> = (0..60).flat_map(|index| picture(index, 1)).collect();
    let labels: Vec<u8> = (0..60).map(|index| index % 2 + 1).collect();
    let file = File::create(project.path("digits/emnist-train-images-idx3-ubyte.gz")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gzip.write_all(&idx(&[60, 6, 8], &values)).unwrap();
    gzip.finish().unwrap();
    std::fs::write(
        project.path("digits/emnist-train-labels-idx1-ubyte"),
        idx(&[60], &labels),
    )
    .unwrap();
    assert!(accuracy(&project) > 0.95);
}

/// Ten CIFAR-10 records in the true format: each class has three bright red rows of its own.
fn cifar_records(seed: u8) -> Vec<u8> {
    let record = |label: u8| {
        let red = (0..1024).map(
            move |pixel: usize| match pixel / 32 / 3 == usize::from(label) {
                true => 250,
                false => 5,
            },
        );
        let rest = (0..2048).map(move |position: u32| (position as u8).wrapping_mul(seed));
        std::iter::once(label).chain(red).chain(rest)
    };
    (0..10).flat_map(record).collect()
}

#[test]
fn cifar10_in_its_true_format_is_learnt() {
    // Thousands of features need smaller steps.
    let settings = SETTINGS
        .replace("learning_rate: 0.2", "learning_rate: 0.01")
        .replace("width: 8", "width: 64");
    let data = "data: { set: cifar10, shift: 2, flip: true }\n";
    let project = Project::new(&(data.to_owned() + &settings));
    let folder = project.path("data/cifar10/cifar-10-batches-bin");
    std::fs::create_dir_all(&folder).unwrap();
    for batch in 1..=5 {
        let file = folder.join(format!("data_batch_{batch}.bin"));
        std::fs::write(file, cifar_records(batch)).unwrap();
    }
    std::fs::write(folder.join("test_batch.bin"), cifar_records(9)).unwrap();
    let plan = project.run(&["plan", "sweep.yaml"]);
    // 2 folds of 50 samples in 20 epochs of 3 steps.
    assert!(
        plan.output.contains("40 epochs, 120 steps"),
        "{}",
        plan.output
    );
    // Chance is 0.1. Each class has the five samples of the five batches.
    let accuracy = accuracy(&project);
    assert!(accuracy > 0.6, "{accuracy}");
    // The sweep of the repository, as it is but for its size: an MLP and a convolutional network.
    let sweep = repository().join("sweeps/cifar10.yaml");
    let done = project.run(&[
        sweep.to_str().unwrap(),
        "--set",
        "data.limit=50",
        "--set",
        "training.epochs=2",
        "--device",
        "cpu",
        "--quiet",
    ]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let report = project.read("reports/cifar10.md");
    assert!(report.contains("4 trials, 4 runs: 4 finished"), "{report}");
    assert!(report.contains("airplane"), "{report}");

    std::fs::write(folder.join("data_batch_3.bin"), [1, 2, 3]).unwrap();
    std::fs::remove_dir_all(project.path("runs")).unwrap();
    assert!(refused(&project).contains("not a multiple of the record size 3073"));
    std::fs::remove_file(folder.join("data_batch_3.bin")).unwrap();
    assert!(refused(&project).contains("data_batch_3.bin"));
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(refused(&project).contains("`tp-sweep data fetch cifar10`"));
    let archive = project.path("data/cifar10/cifar-10-binary.tar.gz");
    std::fs::write(archive, "not the original").unwrap();
    assert!(refused(&project).contains("SHA-256"));
}

#[test]
fn changed_contents_are_trained_again_and_equal_ones_are_not() {
    let project = project("{ set: table, path: points.csv, label: class }");
    project.write("points.csv", &csv(","));
    accuracy(&project);
    let done =
        |project: &Project| -> Done { project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]) };
    // Another separator, the same contents.
    project.write("points.csv", &csv(";"));
    let error = done(&project).error;
    assert!(!error.contains("archived"), "{error}");
    project.write(
        "points.csv",
        &csv(",").replacen("0,left,0", "0.5,left,0", 1),
    );
    let again = done(&project);
    assert_eq!(again.code, 0);
    assert!(
        again.error.contains("2 results archived"),
        "{}",
        again.error
    );
}

#[test]
fn a_path_is_looked_for_here_and_above_the_sweep_file() {
    let project = project("{ set: table, path: own/points.csv, label: class }");
    for folder in ["own", "sweeps", "elsewhere"] {
        std::fs::create_dir(project.path(folder)).unwrap();
    }
    project.write("own/points.csv", &csv(","));
    std::fs::rename(
        project.path("sweep.yaml"),
        project.path("sweeps/sweep.yaml"),
    )
    .unwrap();
    let mut command = project.command(&["plan", "../sweeps/sweep.yaml"]);
    let output = command
        .current_dir(project.path("elsewhere"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_is_wrong_with_a_table_is_told_at_its_line() {
    let cases = [
        ("no such file", None, "class"),
        ("no such column", Some("x,kind\n1,a\n2,b\n"), "knd"),
        ("an empty label", Some("x,class\n1,a\n2,\n3,a\n"), "class"),
        (
            "text in a feature",
            Some("x,class\n1,a\n2,b\nhigh,a\n4,b\n5,a\n6,b\n"),
            "class",
        ),
        (
            "infinity",
            Some("x,class\n1,a\n1e60,b\n3,a\n4,b\n5,a\n6,b\n"),
            "class",
        ),
        ("one class", Some("x,class\n1,a\n2,a\n"), "class"),
        ("no rows", Some("x,class\n"), "class"),
        ("nothing", Some(""), "class"),
        ("only labels", Some("class\na\nb\n"), "class"),
        ("an index", Some(",x,class\n0,1,a\n1,2,b\n"), "class"),
        ("a regression", Some("x,y\n1,0.5\n2,1.25\n"), "y"),
        ("a row too long", Some("x,class\n1,a\n2,b,c\n"), "class"),
    ];
    let mut told = String::new();
    for (fault, text, label) in cases {
        let data = format!("{{ set: table, path: points.csv, label: {label} }}");
        let project = project(&data);
        if let Some(text) = text {
            project.write("points.csv", text);
        }
        let message = refused(&project);
        let first = message.lines().next().unwrap_or_default();
        told += &format!("# {fault}\n{}\n\n", shortened(first));
    }
    insta::assert_snapshot!(told);
}

/// A message without the folders above the temporary one, which differ between machines.
fn shortened(message: &str) -> String {
    match message.split_once("points.csv, ") {
        Some((start, _)) => format!("{start}points.csv, …"),
        None => message.to_owned(),
    }
}

#[test]
fn what_is_wrong_with_images_names_the_file() {
    let project = project("{ set: images, path: pictures }");
    write_images(&project.path("pictures"), 6, 1);
    let file = project.path("pictures/left/001.png");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(refused(&project).contains("left/001.png cannot be decoded"));
    std::fs::write(&file, "text").unwrap();
    assert!(refused(&project).contains("left/001.png cannot be decoded: it is neither"));
    // A header may claim any size, and memory must not be asked for it.
    let mut boastful = whole.clone();
    boastful[16..20].copy_from_slice(&200_000_u32.to_be_bytes());
    boastful[20..24].copy_from_slice(&200_000_u32.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&boastful[12..29]);
    boastful[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    std::fs::write(&file, boastful).unwrap();
    let message = refused(&project);
    assert!(
        message.contains("it is too large for a sample"),
        "{message}"
    );
    let picture = repository().join("tests/fixtures/grey.jpg");
    std::fs::copy(picture, &file).unwrap();
    let message = refused(&project);
    assert!(
        message.contains("left/003.png has 8 × 6 pixels, but left/001.png has 8 × 8"),
        "{message}"
    );
    std::fs::remove_dir_all(project.path("pictures/left")).unwrap();
    std::fs::create_dir(project.path("pictures/left")).unwrap();
    assert!(refused(&project).contains("the class left has no PNG or JPEG"));
}

#[test]
fn settings_that_do_not_go_together_are_told() {
    let cases = [
        "{ set: table }",
        "{ set: table, path: points.csv }",
        "{ set: mnist, path: points.csv }",
        "{ set: images, path: pictures, label: class }",
        "{ set: mnist, test_fraction: 0.3 }",
        "{ set: table, path: points.csv, label: class, test_fraction: 0 }",
        "{ set: table, path: points.csv, label: class, normalise: known }",
        "{ set: table, path: points.csv, label: class, shift: 1 }",
        "{ set: table, path: points.csv, label: class, flip: true }",
        "{ set: mnist, shift: 28 }",
        "{ set: table, path: [a], label: class }",
    ];
    let mut told = String::new();
    for data in cases {
        let project = project(data);
        project.write("points.csv", &csv(","));
        told += &format!("# data: {data}\n{}\n", refused(&project));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_held_out_takes_no_part_in_the_normalisation() {
    use tp_sweep::data::partition;
    use tp_sweep::spec::{Config, Count, DatasetInfo};

    let labels: Vec<u16> = (0..60).map(|row| row % 2).collect();
    let mut config = Config::default();
    config.validation.folds = Count::new(2);
    config.dataset_info = DatasetInfo {
        training_samples: 60,
        ..DatasetInfo::default()
    };
    let held_out = partition(&labels, &config, 0, 0).validation;
    // Trains with the values of these training rows, and of the test part, a hundredfold.
    let losses = |changed: &[u32]| {
        let project = project("{ set: npy, path: arrays }");
        std::fs::create_dir(project.path("arrays")).unwrap();
        for (part, count) in [("train", 60), ("test", 20)] {
            let factor = |row: usize| match part {
                "train" => changed.contains(&(row as u32)),
                _ => !changed.is_empty(),
            };
            let row = |row: usize| {
                let (x, noise, _) = rows()[row];
                let factor = if factor(row) { 100.0 } else { 1.0 };
                [(x * factor) as f32, (noise * factor) as f32]
            };
            let values: Vec<u8> = (0..count)
                .flat_map(row)
                .flat_map(f32::to_le_bytes)
                .collect();
            let labels: Vec<u8> = (0..count).map(|row| row as u8 % 2).collect();
            let file = |name: &str| project.path(&format!("arrays/{name}_{part}.npy"));
            std::fs::write(file("x"), npy("<f4", &[count, 2], &values)).unwrap();
            std::fs::write(file("y"), npy("|u1", &[count], &labels)).unwrap();
        }
        accuracy(&project);
        // The metrics of the fold's last epoch.
        let csv = project.read("runs/sweep/base/fold-0/epochs.csv");
        let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let last: Vec<&str> = csv.lines().last().unwrap().split(',').collect();
        let value = |name: &str| {
            let column = header.iter().position(|column| *column == name);
            last[column.unwrap()].to_owned()
        };
        (value("train_loss"), value("val_loss"))
    };
    let (train, validation) = losses(&[]);
    let (changed_train, changed_validation) = losses(&held_out);
    assert_eq!(train, changed_train);
    assert_ne!(validation, changed_validation);
}
