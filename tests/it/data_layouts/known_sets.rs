//! IDX, MNIST and CIFAR-10 files where torchvision and Kaggle put them.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use tp_sweep::datasets::{IdxFiles, KnownSet, Layout};

/// The files of a small data set in MNIST's format, by their names in `folder`.
fn write_idx(folder: &Path, images: &str, labels: &str) {
    for (name, dimensions, size) in [(images, &[40_u32, 4, 4][..], 640), (labels, &[40], 40)] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let sizes = dimensions.iter().flat_map(|size| size.to_be_bytes());
        let header = [0, 0, 8, dimensions.len() as u8].into_iter().chain(sizes);
        let bytes: Vec<u8> = header
            .chain((0..size).map(|index| (index % 2) as u8))
            .collect();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn idx_files_are_found_where_torchvision_and_kaggle_put_them() {
    let (images, labels) = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    let cases = [
        // Uncompressed, under the name of the compressed file.
        format!("{images}.gz {labels}.gz"),
        format!("MNIST/raw/{images} MNIST/raw/{labels}"),
        format!("raw/{images} raw/{labels}"),
        "train-images.idx3-ubyte train-labels.idx1-ubyte".to_owned(),
        format!("{images}/{images} {labels}/{labels}"),
        format!("{images}/train-images-idx3-ubyte {labels}"),
    ];
    for names in cases {
        let project = project("{ set: idx, path: digits }");
        let (images, labels) = names.split_once(' ').unwrap();
        write_idx(&project.path("digits"), images, labels);
        planned(&project).unwrap_or_else(|error| panic!("{names}: {error}"));
    }
    // As Kaggle has them: each file twice.
    let twice = project("{ set: idx, path: digits }");
    write_idx(&twice.path("digits"), images, labels);
    write_idx(
        &twice.path("digits"),
        "train-images.idx3-ubyte",
        "train-labels.idx1-ubyte",
    );
    planned(&twice).unwrap();
    let several = project("{ set: idx, path: digits }");
    for set in ["KMNIST", "QMNIST"] {
        let folder = several.path("digits").join(set).join("raw");
        write_idx(&folder, images, labels);
    }
    let message = planned(&several).unwrap_err();
    assert!(
        message.contains("set data.path to one of them"),
        "{message}"
    );
}

#[test]
fn mnist_is_found_where_torchvision_and_kaggle_put_it() {
    let original = repository().join("data/mnist");
    let layouts: [fn(&str) -> String; 4] = [
        |name| format!("MNIST/raw/{name}.gz"),
        |name| format!("mnist/raw/{name}.gz"),
        |name| format!("mnist/{}.gz", name.replace("-idx", ".idx")),
        |name| format!("{name}/{name}"),
    ];
    for layout in layouts {
        let project = Project::new(SETTINGS);
        for part in ["train", "t10k"] {
            for kind in ["images-idx3", "labels-idx1"] {
                let name = format!("{part}-{kind}-ubyte");
                let path = project.path("elsewhere").join(layout(&name));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                // A compressed file is recognised under any name.
                std::fs::copy(original.join(format!("{name}.gz")), path).unwrap();
            }
        }
        let done = project.run(&["data", "check", "mnist", "--data", "elsewhere"]);
        assert_eq!(done.code, 0, "{}: {}", layout("NAME"), done.output);
        assert_eq!(done.output.matches(" ok ").count(), 4, "{}", done.output);
    }
}

/// The bytes of an IDX file.
fn idx(dimensions: &[usize], values: impl Iterator<Item = u8>) -> Vec<u8> {
    let sizes = dimensions
        .iter()
        .flat_map(|&size| (size as u32).to_be_bytes());
    let header = [0, 0, 8, dimensions.len() as u8].into_iter().chain(sizes);
    header.chain(values).collect()
}

/// Small files of a data set in its original format; `None` if only the originals are accepted.
fn small_files(set: KnownSet) -> Option<Vec<(String, Vec<u8>)>> {
    let classes = set.classes.len();
    match &set.definition().layout {
        Layout::Idx(layout) if layout.files[0].sha256.is_some() => None,
        Layout::Idx(layout) => {
            let [height, width, _] = set.image;
            let count = 3 * classes;
            let images = idx(
                &[count, height, width],
                (0..count * height * width).map(|index| index as u8),
            );
            let labels = idx(&[count], (0..count).map(|index| (index % classes) as u8));
            let contents = [&images, &labels, &images, &labels].map(Vec::clone);
            let names = layout.files.iter().map(|file| file.name.to_owned());
            Some(names.zip(contents).collect())
        }
        Layout::Cifar(layout) => {
            let record = |index: usize| {
                let label = (index % classes) as u8;
                // The bytes before the label, if any, are not it.
                let labels = vec![255; layout.label_bytes - 1].into_iter().chain([label]);
                let image = (0..set.features()).map(move |value| (value + index) as u8);
                labels.chain(image)
            };
            let file = |name: &str| {
                let records = (0..3 * classes).flat_map(record);
                let name = format!("{}/{name}", layout.archive_folder);
                (name, records.collect())
            };
            Some(layout.files().map(|unpacked| file(unpacked.name)).collect())
        }
    }
}

#[test]
fn every_data_set_is_read_in_its_original_format() {
    let mut count = 0;
    for set in KnownSet::all() {
        let Some(files) = small_files(set) else {
            continue;
        };
        let project = Project::new(&format!(
            "data: {{ set: {set} }}\nmodel: {{ width: 4 }}\ntraining: {{ epochs: 1 }}\n\
             validation: {{ folds: 2 }}\n"
        ));
        let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
        let fetch = format!("`tp-sweep data fetch {set}`");
        assert!(
            done.code == 2 && done.error.contains(&fetch),
            "{}",
            done.error
        );
        for (name, contents) in &files {
            let path = project.path("data").join(set.folder).join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, contents).unwrap();
        }
        let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
        assert_eq!((done.code, done.error.as_str()), (0, ""), "{set}");
        let report = project.read("reports/sweep.md");
        assert!(report.contains(set.classes[0]), "{set}: {report}");
        let result = project.read("runs/sweep/base/fold-0/classes.json");
        let classes: serde_json::Value = serde_json::from_str(&result).unwrap();
        let confusion = classes["test"]["confusion"].as_array().unwrap();
        let rows = confusion.iter().map(|row| row.as_array().unwrap().iter());
        let samples = |row: &mut dyn Iterator<Item = &serde_json::Value>| -> u64 {
            row.map(|count| count.as_u64().unwrap()).sum()
        };
        let of_classes: Vec<u64> = rows.map(|mut row| samples(&mut row)).collect();
        assert_eq!(
            of_classes,
            vec![3; set.classes.len()],
            "{set}: three test samples of each"
        );
        let listed = project.run(&["data", "list", "--data", "data"]);
        let is_listed = |line: &str| line.starts_with(set.name) && !line.contains("missing");
        assert!(listed.output.lines().any(is_listed), "{}", listed.output);
        count += 1;
    }
    assert!(count >= 1, "{count} data sets");
}

/// A zip archive with these files, gzipped, in a folder.
fn zipped(folder: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, contents) in files {
        let options = zip::write::SimpleFileOptions::default();
        let stored = options.compression_method(zip::CompressionMethod::Stored);
        let member = format!("{folder}/{name}.gz");
        archive.start_file(member, stored).unwrap();
        let mut packer = GzEncoder::new(&mut archive, Compression::fast());
        packer.write_all(contents).unwrap();
        packer.finish().unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn an_archive_must_be_the_original_and_may_be_unpacked() {
    let mut count = 0;
    for set in KnownSet::all() {
        let Layout::Idx(IdxFiles {
            folder_in_archive: Some(inside),
            ..
        }) = &set.definition().layout
        else {
            continue;
        };
        let project = Project::new(&format!(
            "data: {{ set: {set} }}\nmodel: {{ width: 4 }}\ntraining: {{ epochs: 1 }}\n"
        ));
        let files = small_files(set).unwrap();
        let folder = project.path("data").join(set.folder);
        std::fs::create_dir_all(folder.join(inside)).unwrap();
        // A different archive with good files.
        let archive = folder.join(set.files[0].name);
        std::fs::write(&archive, zipped(inside, &files)).unwrap();
        let refused = |what: &str| {
            let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
            let is_refused = done.code == 2 && done.error.contains("SHA-256");
            assert!(is_refused, "{what}: {}", done.error);
            let checked = project.run(&["data", "check", set.name, "--data", "data"]);
            assert_eq!(checked.code, 1, "{}", checked.output);
            assert!(checked.output.contains("damaged"), "{}", checked.output);
        };
        refused("another archive");
        // One of the files does not hide the archive; all of them do, as `unzip` leaves them.
        for (name, contents) in &files {
            refused("some unpacked files");
            std::fs::write(folder.join(inside).join(name), contents).unwrap();
        }
        let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
        assert_eq!((done.code, done.error.as_str()), (0, ""), "{set}");
        let checked = project.run(&["data", "check", set.name, "--data", "data"]);
        assert_eq!(checked.code, 0, "{}", checked.output);
        assert_eq!(
            checked.output.matches("unknown").count(),
            files.len(),
            "{}",
            checked.output
        );
        count += 1;
    }
    assert!(count >= 2, "{count} data sets");
}

#[test]
fn other_formats_of_cifar10_are_refused_with_a_fix() {
    let trained = |files: &[&str]| {
        let project = project("{ set: cifar10 }");
        for file in files {
            let path = project.path("data/cifar10").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, [0; 4 * 3073]).unwrap();
        }
        let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
        let words: Vec<&str> = done.error.split_whitespace().collect();
        (done.code, words.join(" "))
    };
    for (file, remedy) in [
        (
            "cifar-10-python.tar.gz",
            "get the binary version, cifar-10-binary.tar.gz, with `tp-sweep data fetch",
        ),
        ("cifar-10-batches-py/data_batch_1", "get the binary version"),
        ("cifar-10-matlab.tar.gz", "get the binary version"),
        ("cifar-10-binary.tar", "`tar -xf`"),
        ("cifar-10-binary.tar.gz", "replace it with a fresh copy"),
        (
            "cifar-10-batches-bin/data_batch_1.bin",
            "it has no file data_batch_2.bin",
        ),
    ] {
        let (code, message) = trained(&[file]);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(remedy), "{message}");
    }
    // A folder that has the name of its archive.
    let names = ["1", "2", "3", "4", "5"].map(|number| format!("data_batch_{number}.bin"));
    let names = names.iter().map(String::as_str).chain(["test_batch.bin"]);
    let files: Vec<String> = names
        .map(|name| format!("cifar-10-binary.tar.gz/cifar-10-batches-bin/{name}"))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (code, message) = trained(&files);
    assert_eq!(code, 0, "{message}");
}
