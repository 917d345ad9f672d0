//! IDX, MNIST and CIFAR-10 files where torchvision and Kaggle put them.

use super::*;

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
