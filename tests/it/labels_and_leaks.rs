//! A label is a name, with every digit that its file has; what names the row or repeats the label is
//! no feature; and no sample or class drops out without a word.

use crate::support::formats::{self, Column, npy};
use crate::support::{Done, Project, repository};
use parquet::basic::Compression;
use std::collections::HashMap;
use std::path::Path;

/// The plan of a sweep over data of this form at `path`.
fn project(set: &str, path: &str) -> Project {
    let label = if set == "table" { ", label: class" } else { "" };
    Project::new(&format!(
        "data: {{ set: {set}, path: {path}{label} }}\nmodel: {{ width: 4 }}\n\
         training: {{ epochs: 1, batch_size: 8 }}\nvalidation: {{ folds: 2 }}\n"
    ))
}

fn plan(project: &Project) -> Done {
    project.run(&["plan", "sweep.yaml"])
}

/// The message, in one line, with which a plan is refused.
fn refused(project: &Project) -> String {
    let done = plan(project);
    assert_eq!(done.code, 2, "{}{}", done.output, done.error);
    let words: Vec<&str> = done
        .error
        .split_whitespace()
        .filter(|word| *word != "│")
        .collect();
    words.join(" ")
}

/// The plan of a table of noise, whose rows end in these labels, over and over.
fn labelled(labels: &[&str]) -> Project {
    let project = project("table", "t.csv");
    project.write("t.csv", &table(labels, 60));
    project
}

fn table(labels: &[&str], rows: usize) -> String {
    let row = |row: usize| format!("{},{}\n", row * 7 % 11, labels[row % labels.len()]);
    format!("x,class\n{}", (0..rows).map(row).collect::<String>())
}

fn classes(project: &Project) -> String {
    let done = plan(project);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let words: Vec<&str> = done.output.split_whitespace().collect();
    let at = words.iter().position(|word| word.starts_with("classes"));
    words[at.expect("a plan that tells the classes") - 1].to_owned()
}

#[test]
fn labels_of_a_csv_file_are_names() {
    for (labels, count) in [
        (&["01", "1", "10"][..], "3"),
        (&["\"007\"", "\"07\"", "\"7\""], "3"),
        (&["9007199254740992", "9007199254740993", "5"], "3"),
        (&["18446744073709551615", "18446744073709551614"], "2"),
        (&["-0.0", "0.0", "1.0"], "2"),
        (&["1E2", "100", "1e2"], "3"),
        (
            &["0.000000000000000000e+00", "1.000000000000000000e+00"],
            "2",
        ),
        (&["True", "False"], "2"),
    ] {
        assert_eq!(classes(&labelled(labels)), count, "{labels:?}");
    }
    let message = refused(&labelled(&["1", "1.0", "2"]));
    assert!(
        message.contains("`1.0` and the `1` of row 1 are the same number"),
        "{message}"
    );
    // As written, from the file to the report.
    let project = labelled(&["01", "1", "10"]);
    assert_eq!(
        project.run(&["sweep.yaml", "--device", "cpu", "-q"]).code,
        0
    );
    assert!(project.read("reports/sweep.md").contains("| 01 "));
}

#[test]
fn labels_are_the_same_classes_in_each_file_whatever_its_types() {
    for (train, test) in [
        (&["0", "1"][..], &["0.0", "1.0"][..]),
        (&["0.0", "-0.0", "1.0"], &["1", "0"]),
        (&["True", "False"], &["TRUE", "FALSE"]),
        (&["True", "False", "unknown"], &["True", "False"]),
        (&["1", "2", "x"], &["2", "1"]),
        (&["01", "02", "x"], &["01", "02"]),
    ] {
        let project = project("table", "t");
        std::fs::create_dir(project.path("t")).unwrap();
        project.write("t/train.csv", &table(train, 60));
        project.write("t/test.csv", &table(test, 20));
        let done = plan(&project);
        assert_eq!(done.code, 0, "{train:?}, {test:?}: {}", done.error);
    }
}

/// A Parquet file of noise, a whole number, and a class, with pandas' notes on it.
fn write_parquet(path: &Path, number: &str, numbers: &[i64], notes: &str) {
    let schema = format!(
        "message rows {{ required int64 x; required int64 {number}; required binary class (UTF8); }}"
    );
    let rows = 0..numbers.len();
    let columns = [
        Column::Int64s(rows.clone().map(|row| row as i64 * 7 % 11).collect()),
        Column::Int64s(numbers.to_vec()),
        Column::Texts(rows.map(|row| ["a", "b"][row % 2].to_owned()).collect()),
    ];
    let compression = Compression::UNCOMPRESSED;
    formats::write_parquet(path, &schema, compression, Some(notes), &columns);
}

#[test]
fn an_index_in_parquet_is_no_feature() {
    let shuffled: Vec<i64> = (0..40).map(|row| row * 7 % 40).collect();
    let stations: Vec<i64> = (0..40).map(|row| row % 3).collect();
    let with = |name: &str, numbers: &[i64], notes: &str| {
        let project = project("table", "t.parquet");
        write_parquet(&project.path("t.parquet"), name, numbers, notes);
        project
    };
    let message = refused(&with("__index_level_0__", &shuffled, "{}"));
    assert!(
        message.contains("`__index_level_0__` has an index that pandas wrote"),
        "{message}"
    );
    assert!(message.contains("index=False"), "{message}");
    let named = r#"{"index_columns": ["station"]}"#;
    let message = refused(&with("station", &stations, named));
    assert!(message.contains("`station` has an index"), "{message}");
    let message = refused(&with("row_nr", &shuffled, "{}"));
    assert!(
        message.contains("`row_nr` has a different number in each row"),
        "{message}"
    );
    let range = r#"{"index_columns": [{"kind": "range", "start": 0}]}"#;
    for notes in [range, "no JSON", "{}", "[]"] {
        assert_eq!(plan(&with("station", &stations, notes)).code, 0, "{notes}");
    }
}

#[test]
fn an_index_in_csv_is_no_feature() {
    let rows = |header: &str, cell: &dyn Fn(usize) -> String| {
        let project = project("table", "t.csv");
        let row = |row: usize| format!("{},{},{}\n", cell(row), row * 7 % 11, ["a", "b"][row % 2]);
        let rows: String = (0..40).map(row).collect();
        project.write("t.csv", &format!("{header},x,class\n{rows}"));
        project
    };
    let count = |row: usize| row.to_string();
    for name in [
        "Unnamed: 0",
        "Id",
        "index",
        "PassengerId",
        "...1",
        "\"X\"",
        "\"\"",
    ] {
        assert!(
            refused(&rows(name, &count)).contains("can reveal the class"),
            "{name}"
        );
    }
    // A feature that counts may be time: it is warned of, and read.
    let done = plan(&rows("t", &count));
    assert_eq!(done.code, 0);
    assert!(
        done.error.contains("the column `t` numbers the rows"),
        "{}",
        done.error
    );
    let done = plan(&rows("t", &|row| (row * 5 % 7).to_string()));
    assert_eq!((done.code, done.error.as_str()), (0, ""));
}

#[test]
fn what_repeats_the_label_is_no_feature() {
    let rows = |header: &str, row: &dyn Fn(usize) -> String| {
        let project = project("table", "t.csv");
        let rows: String = (0..60).map(|index| row(index) + "\n").collect();
        project.write("t.csv", &format!("{header}\n{rows}"));
        project
    };
    let class = |row: usize| ["a", "b", "c"][row * row % 7 % 3];
    let noise = |row: usize| row * 7 % 11;
    let code = |row: usize| row * row % 7 % 3;
    let twice = rows("x,class,class", &|row| {
        format!("{},{},{}", noise(row), class(row), code(row))
    });
    assert!(refused(&twice).contains("two label columns `class`"));
    let twice = rows("x,x,class", &|row| {
        format!("{},{},{}", noise(row), row % 5, class(row))
    });
    assert!(refused(&twice).contains("two columns `x`"));
    let coded = rows("x,class,target", &|row| {
        format!("{},{},{}", noise(row), class(row), code(row))
    });
    assert!(refused(&coded).contains("the column `target` repeats the label"));
    let equal = rows("x,class,class.1", &|row| {
        format!("{},{}0,{}0", noise(row), code(row), code(row))
    });
    assert!(refused(&equal).contains("`class.1` repeats the label"));
    let flags = rows("is_a,is_b,class,is_c", &|row| {
        let is = |other: &str| class(row) == other;
        format!("{},{},{},{}", is("a"), is("b"), class(row), is("c"))
    });
    assert!(refused(&flags).contains("`is_a` and similar features repeat the label"));
}

#[test]
fn what_32_bits_cannot_tell_apart_is_shifted_first_or_refused_with_its_column() {
    let rows = |cell: &dyn Fn(usize) -> String| {
        let project = project("table", "t.csv");
        let row = |row: usize| format!("{},{},{}\n", row * 7 % 11, cell(row), ["a", "b"][row % 2]);
        project.write(
            "t.csv",
            &format!("x,t,class\n{}", (0..60).map(row).collect::<String>()),
        );
        project
    };
    let kept = |project: Project| {
        let sweep = project.read("sweep.yaml");
        let sweep = sweep.replace("label: class", "label: class, normalise: none");
        project.write("sweep.yaml", &sweep);
        project
    };
    let seconds = |row: usize| (1_700_000_000 + row % 2 * 40 + row * 7 % 10).to_string();
    let message = refused(&kept(rows(&seconds)));
    assert!(
        message.contains("column `t`: 32-bit floats cannot distinguish its values"),
        "{message}"
    );
    assert!(message.contains("subtract an offset"), "{message}");
    let shifted = "an offset is subtracted in 64 bits: t (";
    for cell in [
        |row: usize| (1_700_000_000 + row % 2 * 40 + row * 7 % 10).to_string(),
        |row: usize| format!("{}", 1_700_000_000_000_000_000_u64 + row as u64 % 7),
        |row: usize| format!("48.85837{}", row % 7),
        |row: usize| format!("{}", 16_777_216 + row % 3),
    ] {
        assert!(refused(&kept(rows(&cell))).contains("column `t`"));
        let output = plan(&rows(&cell)).output;
        assert!(output.contains(shifted), "{output}");
    }
    // The column alone determines the class, which is learnt.
    let project = rows(&seconds);
    let trained = project.train(&[
        "--set",
        "training.epochs=30",
        "--set",
        "training.learning_rate=0.5",
    ]);
    assert_eq!(trained.code, 0, "{}", trained.error);
    let mut csv = first_row(&project.read("reports/sweep.csv"));
    let accuracy = csv.remove("mean_val_accuracy").expect("a column");
    assert_eq!(accuracy, "1.0");
    for cell in [
        |row: usize| format!("{}", 1_700_000_000 + row * 86_400 * 7 % 1_000_003),
        |_: usize| "9007199254740993".to_owned(),
        |row: usize| format!("{}", 16_777_216 + row % 3 * 2),
    ] {
        let done = plan(&rows(&cell));
        assert_eq!(done.code, 0);
        assert!(!done.output.contains(shifted), "{}", done.output);
    }
}

/// The first row of a table, by its columns' names.
fn first_row(csv: &str) -> HashMap<String, String> {
    let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned));
    let (names, cells) = (
        lines.next().expect("a header"),
        lines.next().expect("a row"),
    );
    names.zip(cells).collect()
}

#[test]
fn labels_of_an_array_may_be_floats_that_are_whole() {
    let with = |kind: &str, label: &dyn Fn(usize) -> Vec<u8>| {
        let project = project("npy", "arrays");
        std::fs::create_dir(project.path("arrays")).unwrap();
        let values: Vec<u8> = (0..60)
            .flat_map(|value| (value as f32 * 7.0 % 11.0).to_le_bytes())
            .collect();
        std::fs::write(
            project.path("arrays/x_train.npy"),
            npy("<f4", &[30, 2], &values),
        )
        .unwrap();
        let labels: Vec<u8> = (0..30).flat_map(label).collect();
        std::fs::write(
            project.path("arrays/y_train.npy"),
            npy(kind, &[30], &labels),
        )
        .unwrap();
        project
    };
    let doubles = |of: [f64; 3]| with("<f8", &move |row| of[row % 3].to_le_bytes().to_vec());
    let singles = with(">f4", &|row| [0.0_f32, 1.0][row % 2].to_be_bytes().to_vec());
    assert_eq!(classes(&singles), "2");
    assert_eq!(classes(&doubles([0.0, -0.0, 1.0])), "2");
    assert_eq!(
        classes(&doubles([
            9_007_199_254_740_991.0,
            9_007_199_254_740_992.0,
            5.0
        ])),
        "3"
    );
    let large = with("<u8", &|row| {
        (u64::MAX - row as u64 % 2).to_le_bytes().to_vec()
    });
    assert_eq!(classes(&large), "2");
    let message = refused(&doubles([0.0, 1.0, 0.5]));
    assert!(
        message.contains("y_train.npy, sample 3: 0.5 is not a whole number"),
        "{message}"
    );
    assert!(refused(&doubles([0.0, f64::NAN, 1.0])).contains("sample 2: NaN is not a label"));
}

#[test]
fn digits_that_32_bits_lose_are_told_of_arrays_too() {
    let project = project("npy", "arrays");
    std::fs::create_dir(project.path("arrays")).unwrap();
    let value = |index: usize| (index % 2 * 1_700_000_000 + index * 7 % 60) as i64;
    let values: Vec<u8> = (0..60)
        .flat_map(|index| value(index).to_le_bytes())
        .collect();
    std::fs::write(
        project.path("arrays/x_train.npy"),
        npy("<i8", &[30, 2], &values),
    )
    .unwrap();
    let labels: Vec<u8> = (0..30).map(|row| row % 2).collect();
    std::fs::write(
        project.path("arrays/y_train.npy"),
        npy("|u1", &[30], &labels),
    )
    .unwrap();
    let message = refused(&project);
    assert!(
        message.contains("x_train.npy, feature 2: 32-bit floats cannot distinguish its values"),
        "{message}"
    );
}

fn write_images(folder: &Path, count: usize) {
    std::fs::create_dir_all(folder).unwrap();
    // No image of a test part is one of the training part.
    let below = folder.to_string_lossy().to_lowercase();
    let is_test = below
        .rsplit("pics")
        .next()
        .is_some_and(|below| below.contains("test"));
    for index in 0..count {
        let file = std::fs::File::create(folder.join(format!("{index}.png"))).unwrap();
        let encoder = png::Encoder::new(file, 2, 2);
        let mut writer = encoder.write_header().unwrap();
        writer
            .write_image_data(&[index as u8 + 100 * u8::from(is_test); 4])
            .unwrap();
    }
}

/// The training and test samples of a plan.
fn samples(project: &Project) -> usize {
    let done = plan(project);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let line = done
        .output
        .lines()
        .find(|line| line.contains(" training + "))
        .unwrap();
    let numbers = line.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<usize> = numbers.filter_map(|number| number.parse().ok()).collect();
    numbers[0] + numbers[1]
}

#[test]
fn images_in_folders_below_a_class_are_read() {
    let project = project("images", "pics");
    for folder in ["oak", "oak/summer", "oak/winter/2020", "fir"] {
        write_images(&project.path("pics").join(folder), 6);
    }
    assert_eq!(samples(&project), 24);
    // A hidden folder is no sample.
    write_images(&project.path("pics/oak/.ipynb_checkpoints"), 6);
    assert_eq!(samples(&project), 24);
    // JPEG and PNG are known by their first bytes.
    std::fs::copy(
        project.path("pics/oak/0.png"),
        project.path("pics/oak/0.jfif"),
    )
    .unwrap();
    assert_eq!(samples(&project), 25);
    std::fs::copy(
        project.path("pics/oak/0.png"),
        project.path("pics/stray.png"),
    )
    .unwrap();
    assert!(refused(&project).contains("stray.png is not in the folder of a class"));
    std::fs::remove_file(project.path("pics/stray.png")).unwrap();
    project.write("pics/oak/summer/x.ppm", "P6");
    assert!(refused(&project).contains("oak/summer/x.ppm is neither PNG nor JPEG"));
}

#[test]
fn folders_that_look_like_parts_are_no_classes() {
    let with = |parts: &[&str]| {
        let project = project("images", "pics");
        for part in parts {
            for class in ["oak", "fir"] {
                write_images(&project.path("pics").join(part).join(class), 6);
            }
        }
        project
    };
    assert_eq!(samples(&with(&["train", "test"])), 24);
    assert_eq!(samples(&with(&["Training", "Testing"])), 24);
    for (parts, reason) in [
        (
            &["train", "test", "val"][..],
            "the folder `val` would not be read",
        ),
        (&["train", "val"], "rename `val` to `test`"),
        (
            &["train", "test", "more"],
            "the images in the folder more next to train and test",
        ),
        (&["train", "eval"], "looks like a training or test set"),
    ] {
        let message = refused(&with(parts));
        assert!(message.contains(reason), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn linked_folders_are_read_and_circles_are_told() {
    use std::os::unix::fs::symlink;
    let project = project("images", "pics");
    for folder in ["pics/oak", "pics/fir", "more"] {
        write_images(&project.path(folder), 6);
    }
    symlink(project.path("more"), project.path("pics/oak/more")).unwrap();
    assert_eq!(samples(&project), 18);
    symlink(project.path("pics/oak"), project.path("pics/oak/round")).unwrap();
    assert!(refused(&project).contains("oak/round is a link to a folder above it"));
}

#[cfg(target_os = "linux")]
#[test]
fn class_folders_whose_names_are_no_text_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let project = project("images", "pics");
    for folder in [&b"caf\xe9"[..], b"caf\xe8", b"the"] {
        write_images(&project.path("pics").join(OsStr::from_bytes(folder)), 6);
    }
    assert!(
        refused(&project).contains(r#"the class folder "caf\xE8" is not valid UTF-8; rename it"#)
    );
}

#[test]
fn a_class_that_is_never_trained_is_named() {
    let with = |rare: &[&str], keys: &str| {
        let project = Project::new(&format!(
            "data: {{ set: table, path: t.csv, label: class{keys} }}\nmodel: {{ width: 4 }}\n\
             training: {{ epochs: 1, batch_size: 8 }}\nvalidation: {{ folds: 3 }}\n"
        ));
        let rare: String = rare.iter().map(|class| format!("3,{class}\n")).collect();
        project.write("t.csv", &(table(&["a", "b"], 60) + &rare));
        project
    };
    let message = refused(&with(&["z0", "z1", "z2", "z3", "z4"], ""));
    assert!(message.contains("all samples of the class"), "{message}");
    assert!(message.contains("`z"), "{message}");
    assert!(message.contains("are in the test set"), "{message}");
    // What is left in the training part is validated on, in one fold, without having been learnt.
    let done = plan(&with(&["A"], ", test_fraction: 0.05"));
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.error
            .contains("the class `A` has no training sample in 1 of 3 splits"),
        "{}",
        done.error
    );
    let done = plan(&with(&[], ", limit: 6"));
    assert_eq!((done.code, done.error.as_str()), (0, ""));
}

#[test]
fn a_limit_that_leaves_out_classes_of_a_known_set_is_warned_of() {
    let data = repository().join("data");
    let with = |limit: usize| {
        let project = Project::new(&format!(
            "data: {{ set: mnist, limit: {limit} }}\nvalidation: {{ folds: 2 }}\n"
        ));
        project.run(&["plan", "sweep.yaml", "--data", data.to_str().unwrap()])
    };
    let done = with(5);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.error.contains("no training sample in 2 of 2 splits"),
        "{}",
        done.error
    );
    for limit in [200, 1000] {
        assert_eq!(with(limit).error, "", "{limit}");
    }
}

#[test]
fn a_feature_that_alone_tells_the_class_is_warned_of() {
    let of = |feature: &dyn Fn(usize) -> f32| {
        let project = project("npy", "arrays");
        std::fs::create_dir(project.path("arrays")).unwrap();
        let row = |row: usize| [row as f32 * 7.0 % 11.0, feature(row)];
        let values: Vec<u8> = (0..60).flat_map(row).flat_map(f32::to_le_bytes).collect();
        let labels: Vec<u8> = (0..60).map(|row| row as u8 % 2).collect();
        let write = |name: &str, bytes| std::fs::write(project.path(name), bytes).unwrap();
        write("arrays/x_train.npy", npy("<f4", &[60, 2], &values));
        write("arrays/y_train.npy", npy("|u1", &[60], &labels));
        let done = plan(&project);
        assert_eq!(done.code, 0, "{}", done.error);
        done.error
    };
    let message = of(&|row| (row % 2) as f32 * 100.0 - row as f32);
    assert!(
        message.starts_with(
            "! feature 2 alone determines the class in all training and validation rows"
        ),
        "{message}"
    );
    assert!(of(&|row| [0.5, 2.0, 3.0, 1.0][row % 4]).contains("feature 2 alone"));
    // One class on both sides of the other, constants, and what is nearly a leak.
    assert_eq!(of(&|row| [0.0, 1.0, 0.0, -1.0][row % 4] * row as f32), "");
    assert_eq!(of(&|_| 1.0), "");
    assert_eq!(
        of(&|row| ((row % 2) ^ usize::from(row < 9)) as f32 * 100.5 + row as f32),
        ""
    );
}

#[test]
fn a_part_that_would_not_be_read_is_refused() {
    let tables = project("table", "t");
    std::fs::create_dir(tables.path("t")).unwrap();
    for part in ["train.csv", "test.csv", "val.csv"] {
        tables.write(&format!("t/{part}"), &table(&["a", "b"], 30));
    }
    assert!(refused(&tables).contains("val.csv would not be read"));
    std::fs::remove_file(tables.path("t/val.csv")).unwrap();
    assert_eq!(plan(&tables).code, 0);
    tables.write("t/train.tsv", "");
    assert!(refused(&tables).contains("several tables train.*"));
    let arrays = project("npy", "arrays");
    std::fs::create_dir(arrays.path("arrays")).unwrap();
    arrays.write("arrays/x_val.npy", "");
    assert!(refused(&arrays).contains("x_val.npy would not be read"));
}

#[test]
fn row_names_of_r_are_told_as_such() {
    let project = project("table", "t.csv");
    let row = |row: usize| format!("\"{row}\",{},{}\n", row * 7 % 11, ["a", "b"][row % 2]);
    project.write(
        "t.csv",
        &format!("x,class\n{}", (1..40).map(row).collect::<String>()),
    );
    assert!(refused(&project).contains("(row.names = FALSE)"));
}
