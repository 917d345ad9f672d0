//! Each format is trained on, from the file to the table.

use super::*;

#[test]
fn a_csv_table_is_learnt() {
    for separator in [",", ";", "\t"] {
        let project = project("{ set: table, path: points.csv, label: class }");
        project.write("points.csv", &csv(separator));
        assert!(accuracy(&project) > 0.95);
    }
}

#[test]
fn training_and_test_tables_are_matched_by_column_name() {
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

#[test]
fn a_folder_of_images_is_learnt_and_augmented() {
    let plain = project("{ set: images, path: pictures }");
    write_images(&plain.path("pictures"), 60, 1);
    assert!(accuracy(&plain) > 0.95);
    let moved = project("{ set: images, path: pictures, shift: 1 }");
    write_images(&moved.path("pictures"), 60, 3);
    assert!(accuracy(&moved) > 0.95);
    // Mirrored, left and right are indistinguishable.
    let mirrored = project("{ set: images, path: pictures, flip: true }");
    write_images(&mirrored.path("pictures"), 60, 1);
    assert!(accuracy(&mirrored) < 0.9);
}

#[test]
fn images_in_train_and_test_folders_stay_separate_and_jpeg_is_read() {
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

/// Ten CIFAR-10 records in the true format: each class has three bright red rows at a different place.
fn cifar_records(seed: u8) -> Vec<u8> {
    let record = |label: u8| {
        let red = (0..1024).map(move |pixel: usize| {
            if pixel / 32 / 3 == usize::from(label) {
                250
            } else {
                5
            }
        });
        let rest = (0..2048).map(move |position: u32| (position as u8).wrapping_mul(seed));
        std::iter::once(label).chain(red).chain(rest)
    };
    (0..10).flat_map(record).collect()
}

#[test]
fn cifar10_in_its_original_format_is_learnt() {
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
    for batch in 1..=5 {
        std::fs::write(folder.join(format!("data_batch_{batch}.bin")), [1, 2, 3]).unwrap();
    }
    assert!(refused(&project).contains("not a multiple of the record size 3073"));
    for name in ["data_batch_3.bin", "data_batch_1.bin"] {
        std::fs::remove_file(folder.join(name)).unwrap();
        assert!(refused(&project).contains(&format!("it has no file {name}")));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(refused(&project).contains("`tp-sweep data fetch cifar10`"));
    let archive = project.path("data/cifar10/cifar-10-binary.tar.gz");
    std::fs::write(archive, "not the original").unwrap();
    assert!(refused(&project).contains("SHA-256"));
}

#[test]
fn held_out_samples_do_not_affect_the_normalisation() {
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
