//! Data as other programs leave it is read where its meaning is certain, and else refused with what
//! to do.

use crate::support::formats::npy_with_header;
use crate::support::{Project, repository};
use std::fs::File;
use std::io::Write;
use std::path::Path;

const SETTINGS: &str = "training: { epochs: 1, batch_size: 10 }\nmodel: { width: 2 }\n\
                        validation: { folds: 2 }\n";

/// A project with this `data:` section.
fn project(data: &str) -> Project {
    Project::new(&format!("data: {data}\n{SETTINGS}"))
}

/// What a plan says of the data, or its error.
fn planned(project: &Project) -> Result<String, String> {
    let done = project.run(&["plan", "sweep.yaml"]);
    match done.code {
        0 => Ok(done.output),
        2 => Err(done.error),
        code => panic!("exit code {code}: {}", done.error),
    }
}

/// Plans with a table of these bytes.
fn with_table(name: &str, bytes: &[u8]) -> Result<String, String> {
    let project = project(&format!("{{ set: table, path: {name}, label: class }}"));
    std::fs::write(project.path(name), bytes).unwrap();
    // Names differ from case to case.
    let is_kept = |line: &&str| !line.trim_start().starts_with("numbers: ");
    planned(&project).map(|plan| {
        let lines: Vec<&str> = plan.lines().filter(is_kept).collect();
        lines.join("\n").replace(name, "p.csv")
    })
}

/// Forty rows `x, y, class`, with these cells and line ends.
fn table(header: &str, row: impl Fn(usize) -> String, end: &str) -> String {
    let rows: String = (0..40).map(|index| row(index) + end).collect();
    format!("{header}{end}{rows}")
}

fn class(index: usize) -> &'static str {
    ["a", "b"][index % 2]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn tables_are_read_as_other_programs_write_them() {
    let plain = |index: usize| format!("{index},{}.5,{}", index % 7, class(index));
    let expected = with_table("p.csv", table("x,y,class", plain, "\n").as_bytes()).unwrap();
    assert!(
        expected.contains("32 training + 8 test samples, 2 features"),
        "{expected}"
    );
    let quoted = |index: usize| format!("\"{index}\",\"{}.5\",\"{}\"", index % 7, class(index));
    let semicolons = |index: usize| format!("{index};{},5;{}", index % 7, class(index));
    let tabs = |index: usize| format!("{index}\t{},5\t{}", index % 7, class(index));
    let trailing = |index: usize| plain(index) + ",";
    let cases = [
        ("CRLF", table("x,y,class", plain, "\r\n")),
        ("CR alone", table("x,y,class", plain, "\r")),
        ("a BOM", table("\u{feff}x,y,class", plain, "\r\n")),
        ("quotes", table("\"x\",\"y\",\"class\"", quoted, "\n")),
        (
            "blank last lines",
            table("x,y,class", plain, "\n") + "\n\r\n  \n",
        ),
        (
            "blank first lines",
            "\n\n".to_owned() + &table("x,y,class", plain, "\n"),
        ),
        ("blank lines", table("x,y,class", plain, "\n\n")),
        ("empty rows", table("x,y,class", plain, "\n") + ",,\n,,\n"),
        (
            "separators at the ends",
            table("x,y,class,", trailing, "\n"),
        ),
        (
            "separators at the ends of rows",
            table("x,y,class", trailing, "\n"),
        ),
        (
            "spaces after separators",
            table("x, y, class", |i| plain(i).replace(',', ", "), "\n"),
        ),
        (
            "comments",
            "# Made by hand,\n# in 2024\n".to_owned() + &table("x,y,class", plain, "\n#\n"),
        ),
        ("decimal commas", table("x;y;class", semicolons, "\n")),
        (
            "decimal commas and tabulators",
            table("x\ty\tclass", tabs, "\n"),
        ),
        (
            "Excel's line",
            "sep=;\r\n".to_owned() + &table("x;y;class", semicolons, "\r\n"),
        ),
        (
            "commas in quoted names",
            table("\"x, cm\";\"y, cm\";class", semicolons, "\n"),
        ),
        (
            "commas in names",
            table("x, cm;y, cm;class", semicolons, "\n"),
        ),
        (
            "semicolons in names",
            table("\"x;;;\",\"y;\",class", plain, "\n"),
        ),
        (
            "line ends in names",
            table("\"x\n(cm)\",y,class", plain, "\n"),
        ),
        (
            "`|`",
            table("x|y|class", |i| plain(i).replace(',', "|"), "\n"),
        ),
    ];
    for (what, text) in cases {
        assert_eq!(
            with_table("p.csv", text.as_bytes()).as_ref(),
            Ok(&expected),
            "{what}"
        );
    }
    let text = table("x,y,class", plain, "\n");
    let utf16: Vec<u8> = format!("\u{feff}{}", text.replace(',', "\t"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(with_table("p.csv", &utf16).as_ref(), Ok(&expected));
    // Whether a file is packed, its contents say.
    for (name, bytes) in [
        ("p.csv.gz", gzip(text.as_bytes())),
        ("P.TSV.GZ", gzip(text.as_bytes())),
        ("p.csv", gzip(text.as_bytes())),
        ("p.csv.gz", text.clone().into_bytes()),
        ("p.DATA", text.into_bytes()),
    ] {
        assert_eq!(with_table(name, &bytes).as_ref(), Ok(&expected), "{name}");
    }
}

#[test]
fn a_decimal_comma_is_the_number_that_its_point_is() {
    let values = |separator: &str, comma: &str| {
        let project = project("{ set: table, path: p.csv, label: class }");
        let row = |index: usize| {
            ["x", "class"].map(|name| match name {
                "x" => format!("{}{comma}25", index as i64 - 20),
                _ => class(index).to_owned(),
            })
        };
        let header = ["x", "class"].join(separator);
        project.write("p.csv", &table(&header, |i| row(i).join(separator), "\n"));
        let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
        assert_eq!((done.code, done.error.as_str()), (0, ""));
        let epochs = project.read("runs/sweep/base/fold-0/epochs.csv");
        let rows = epochs
            .lines()
            .map(|line| line.split(',').take(4).collect::<Vec<_>>());
        rows.map(|row| row.join(",")).collect::<Vec<_>>()
    };
    assert_eq!(values(";", ","), values(",", "."));
}

#[test]
fn a_table_that_cannot_be_read_is_refused_with_what_to_do() {
    let plain = |index: usize| format!("{index},{}", class(index));
    let latin = table("x,class", |i| format!("{i},caf\u{e9}"), "\n");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    let text = |text: String| text.into_bytes();
    let cases = [
        (
            latin,
            "line 2, column 6: the byte 0xE9 is not valid UTF-8 (in Windows-1252 it is `é`); save",
        ),
        (
            text(table("x,class", plain, "\n") + "\"1,a\n"),
            "line 42: a quotation mark at the start of a cell",
        ),
        (
            text(table("x,class", |i| format!("r{i},{}", plain(i)), "\n")),
            "row.names = FALSE",
        ),
        (
            text(table("1,b", plain, "\n")),
            "a line with the columns' names above it",
        ),
        (
            text(table("x class", plain, "\n").replace(',', " ")),
            "separate columns",
        ),
        (
            text(table("x,class", plain, "\n") + "high,a\n"),
            "row 41: `high` is text, but 32 of 33 cells are numbers",
        ),
        (
            text(table(
                "x;class",
                |i| format!("{},500;{}", i + 1, class(i)),
                "\n",
            )),
            "`1,500` is not a plain number; write a point before decimals",
        ),
        (b"PK\x03\x04...".to_vec(), "an Excel workbook"),
    ];
    for (bytes, expected) in cases {
        let message = with_table("p.csv", &bytes).unwrap_err();
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(message.contains(expected), "{message}");
    }
    let kaggle = project("{ set: table, path: digits, label: class }");
    std::fs::create_dir(kaggle.path("digits")).unwrap();
    kaggle.write("digits/train.csv", &table("x,class", plain, "\n"));
    kaggle.write("digits/test.csv", "x\n1\n");
    assert!(
        planned(&kaggle)
            .unwrap_err()
            .contains("as in Kaggle's test.csv")
    );
}

#[test]
fn a_tilde_in_a_path_is_the_home_folder() {
    let project = project("{ set: table, path: ~/own/p.csv, label: class }");
    std::fs::create_dir_all(project.path("me/own")).unwrap();
    let row = |index: usize| format!("{index},{}", class(index));
    project.write("me/own/p.csv", &table("x,class", row, "\n"));
    assert!(planned(&project).unwrap_err().contains("own/p.csv"));
    let mut command = project.command(&["plan", "sweep.yaml"]);
    let output = command.env("HOME", project.path("me")).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

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
        // Unpacked, under the packed name.
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
                // A packed file stays so under any name.
                std::fs::copy(original.join(format!("{name}.gz")), path).unwrap();
            }
        }
        let done = project.run(&["data", "check", "mnist", "--data", "elsewhere"]);
        assert_eq!(done.code, 0, "{}: {}", layout("NAME"), done.output);
        assert_eq!(done.output.matches(" ok ").count(), 4, "{}", done.output);
    }
}

/// A grey image of 4 × 4 pixels.
fn write_png(path: &Path, depth: png::BitDepth, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut encoder = png::Encoder::new(File::create(path).unwrap(), 4, 4);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(bytes).unwrap();
}

/// Images of two classes below `part` of a project's folder `pictures`.
fn write_part(project: &Project, part: &str) {
    for index in 0..12_u8 {
        let file = format!("pictures/{part}/{}/{index}.png", class(index.into()));
        write_png(&project.path(&file), png::BitDepth::Eight, &[index; 16]);
    }
}

#[test]
fn parts_of_images_are_known_in_any_case_of_letters_and_none_is_dropped() {
    for names in ["train test", "Train Test", "TRAINING TESTING"] {
        let project = project("{ set: images, path: pictures }");
        for part in names.split(' ') {
            write_part(&project, part);
        }
        planned(&project).unwrap_or_else(|error| panic!("{names}: {error}"));
    }
    for (names, remedy) in [
        ("train val test", "move the images of `val` to the"),
        ("Train Valid Test", "move the images of `Valid` to the"),
        ("train val", "rename `val` to `test`"),
    ] {
        let project = project("{ set: images, path: pictures }");
        for part in names.split(' ') {
            write_part(&project, part);
        }
        let message = planned(&project).unwrap_err();
        assert!(message.contains(remedy), "{message}");
    }
}

#[test]
fn a_jpeg_that_was_cut_off_is_refused_and_macos_notes_are_no_class() {
    let project = project("{ set: images, path: pictures }");
    let picture = std::fs::read(repository().join("tests/fixtures/grey.jpg")).unwrap();
    let write = |file: &str, bytes: &[u8]| {
        let path = project.path("pictures").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for index in 0..12 {
        write(&format!("{}/{index}.jpg", class(index)), &picture);
    }
    write("__MACOSX/a/._0.jpg", b"Mac OS X");
    let plan = planned(&project).unwrap();
    assert!(plan.contains("2 classes"), "{plan}");
    write("a/0.jpg", &picture[..picture.len() * 3 / 4]);
    let message = planned(&project).unwrap_err();
    assert!(
        message.contains("a/0.jpg cannot be decoded: the file is truncated"),
        "{message}"
    );
}

#[test]
fn images_of_16_bits_are_read_where_8_hold_them() {
    let project = project("{ set: images, path: pictures }");
    write_part(&project, ".");
    let sixteen = project.path("pictures/a/0.png");
    write_png(&sixteen, png::BitDepth::Sixteen, &[7; 32]);
    planned(&project).unwrap();
    let fine: Vec<u8> = (0..32).collect();
    write_png(&sixteen, png::BitDepth::Sixteen, &fine);
    let message = planned(&project).unwrap_err();
    assert!(
        message.contains("a/0.png cannot be decoded: it has 16-bit values"),
        "{message}"
    );
    assert!(message.contains("convert it to 8 bits"), "{message}");
}

#[test]
fn a_number_is_shown_as_the_file_has_it() {
    for (epochs, shown) in [("010", "`010`"), ("1e1", "`1e1`"), ("-0", "`-0`")] {
        let project = Project::new(&format!("training: {{ epochs: {epochs} }}\n"));
        let message = planned(&project).unwrap_err();
        assert!(message.contains(&format!("found {shown}")), "{message}");
        let set = format!("training.epochs={epochs}");
        let done = project.run(&["plan", "sweep.yaml", "--set", &set]);
        assert!(
            done.error.contains(&format!("found {shown}")),
            "{}",
            done.error
        );
    }
}

/// An array as NumPy writes it.
fn npy(kind: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    npy_with_header(&header, data)
}

/// What a plan says of these files in a folder of arrays, or its error in one line.
fn with_arrays(files: &[(&str, &[u8])]) -> Result<String, String> {
    let project = project("{ set: npy, path: arrays }");
    std::fs::create_dir(project.path("arrays")).unwrap();
    for (name, bytes) in files {
        std::fs::write(project.path("arrays").join(name), bytes).unwrap();
    }
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    planned(&project).map_err(words)
}

#[test]
fn arrays_are_read_as_other_programs_leave_them() {
    let noise: Vec<u8> = (0..80_u16).map(|value| (value * 7 % 11) as u8).collect();
    let classes: Vec<u8> = (0..40).map(|row| row % 2).collect();
    let x = npy("|u1", "False", "(40, 2)", &noise);
    let y = npy("|u1", "False", "(40,)", &classes);
    let expected = with_arrays(&[("x_train.npy", &x), ("y_train.npy", &y)]).unwrap();
    assert!(
        expected.contains("32 training + 8 test samples"),
        "{expected}"
    );
    let (x_gz, y_gz) = (gzip(&x), gzip(&y));
    let columns: Vec<u8> = [0, 1]
        .into_iter()
        .flat_map(|c| noise.iter().skip(c).step_by(2))
        .copied()
        .collect();
    let fortran = npy("|u1", "True", "(40, 2)", &columns);
    for files in [
        [("x_train.npy.gz", &x_gz), ("y_train.npy.gz", &y_gz)],
        [("x_train.npy", &x_gz), ("y_train.npy", &y)],
        [("X_train.npy", &x), ("Y_TRAIN.NPY", &y)],
        [("x_train.npy", &fortran), ("y_train.npy", &y)],
    ] {
        let files = files.map(|(name, bytes)| (name, bytes.as_slice()));
        assert_eq!(with_arrays(&files).unwrap(), expected, "{}", files[0].0);
    }
    // A test part is not dropped, whatever its form.
    let train = [("x_train.npy", x.as_slice()), ("y_train.npy", y.as_slice())];
    let with = |test: &[(&str, &[u8])]| with_arrays(&[&train, test].concat());
    let own = with(&[("X_test.npy.gz", &x_gz), ("y_test.npy", &y)]).unwrap();
    assert!(own.contains("40 training + 40 test samples"), "{own}");
    // It is the training part once more.
    let project = project("{ set: npy, path: arrays }");
    std::fs::create_dir(project.path("arrays")).unwrap();
    for part in ["train", "test"] {
        let values: Vec<u8> = (0..80).collect();
        let rows = npy("|u1", "False", "(40, 2)", &values);
        std::fs::write(project.path(&format!("arrays/x_{part}.npy")), rows).unwrap();
        std::fs::write(project.path(&format!("arrays/y_{part}.npy")), &y).unwrap();
    }
    let done = project.run(&["plan", "sweep.yaml"]);
    assert!(
        done.error
            .contains("! 40 of the 40 test samples are also training samples"),
        "{}",
        done.error
    );
    let message = with(&[("x_test.npz", b"PK")]).unwrap_err();
    assert!(
        message.contains("x_test.npz would not be read"),
        "{message}"
    );
    let message = with(&[("X_Val.npy.gz", &x_gz)]).unwrap_err();
    assert!(
        message.contains("X_Val.npy.gz would not be read"),
        "{message}"
    );
    let message = with(&[("X_train.npy", &x)]).unwrap_err();
    assert!(message.contains("several files for x_train"), "{message}");
    // The archive that the arrays are from does no harm.
    assert_eq!(with(&[("mnist.npz", b"PK")]).unwrap(), expected);
}

#[test]
fn arrays_that_are_not_read_are_refused_with_what_to_do() {
    let x = npy("|u1", "False", "(40, 2)", &[1; 80]);
    let y = |kind: &str, shape: &str, bytes: usize| npy(kind, "False", shape, &vec![0; bytes]);
    for (labels, remedy) in [
        (
            y("<U1", "(40,)", 160),
            "numpy.unique(values, return_inverse=True)[1]",
        ),
        (y("|O", "(40,)", 320), ".astype(numpy.float32)"),
        (y("<f2", "(40,)", 80), ".astype(numpy.float32)"),
        (y("|u1", "(40, 2)", 80), "y.argmax(axis=1)"),
        (y("|u1", "(1, 40)", 40), "y.ravel()"),
    ] {
        let message = with_arrays(&[("x_train.npy", &x), ("y_train.npy", &labels)]).unwrap_err();
        assert!(message.contains(remedy), "{message}");
    }
    let message = with_arrays(&[("mnist.npz", b"PK")]).unwrap_err();
    assert!(
        message.contains("it has no file x_train.npy, but mnist.npz: .npz files are not supported: open the file with numpy.load"),
        "{message}"
    );
    let project = project("{ set: npy, path: mnist.npz }");
    project.write("mnist.npz", "PK");
    assert!(planned(&project).unwrap_err().contains("numpy.load"));
}

#[test]
fn other_forms_of_cifar10_are_refused_with_what_to_do() {
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
