//! An exported model predicts as it did in its test, whatever the format of the samples; samples
//! and folders that do not fit are refused with the reason.

use crate::support::formats::npy;
use crate::support::{Done, Project, repository};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// Trains `sweep.yaml`, exports the best trial into `model`, and gives the accuracy on the test set
/// that was recorded.
fn exported(project: &Project) -> f64 {
    let done = project.train(&["--quiet"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let data = repository().join("data");
    let arguments = ["export", "sweep.yaml", "--output", "model", "--data"];
    let done = project.run(&[&arguments, &[data.to_str().unwrap()][..]].concat());
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let description: serde_json::Value =
        serde_json::from_str(&project.read("model/model.json")).unwrap();
    description["run"]["test"]["accuracy"].as_f64().unwrap()
}

fn predict(project: &Project, arguments: &[&str]) -> Done {
    project.run(&[&["predict", "model"], arguments].concat())
}

/// The rows of the answers, by the names of the columns.
fn answers(done: &Done) -> Vec<HashMap<String, String>> {
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let mut lines = done.output.lines().map(|line| line.split(','));
    let header: Vec<String> = lines.next().unwrap().map(str::to_owned).collect();
    let row = |cells: std::str::Split<char>| {
        let cells: Vec<String> = cells.map(str::to_owned).collect();
        assert_eq!(cells.len(), header.len());
        header.iter().cloned().zip(cells).collect()
    };
    lines.map(row).collect()
}

/// The share of rows whose class is that of `truth`.
fn accuracy(rows: &[HashMap<String, String>], truth: impl Fn(usize) -> String) -> f64 {
    let rows_right = rows
        .iter()
        .enumerate()
        .filter(|(index, row)| row["class"] == truth(*index));
    rows_right.count() as f64 / rows.len() as f64
}

fn gunzipped(name: &str) -> Vec<u8> {
    let file = std::fs::File::open(repository().join("data/mnist").join(name)).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

#[test]
fn the_test_set_has_the_accuracy_that_was_recorded_in_every_format() {
    let project = Project::new(
        "data: { limit: 1500 }\nmodel: { kind: cnn, channels: [4, 6], width: 16, norm: batch }\n\
         training: { epochs: 1, learning_rate: 0.1 }\n",
    );
    let recorded = exported(&project);
    let labels = gunzipped("t10k-labels-idx1-ubyte.gz")[8..].to_vec();
    let pixels = gunzipped("t10k-images-idx3-ubyte.gz")[16..].to_vec();
    let truth = |index: usize| labels[index].to_string();
    let idx = repository().join("data/mnist/t10k-images-idx3-ubyte.gz");
    let of_idx = predict(&project, &[idx.to_str().unwrap()]);
    let rows = answers(&of_idx);
    assert_eq!(rows.len(), 10_000);
    assert_eq!(accuracy(&rows, truth), recorded);
    assert_eq!(
        (rows[0]["row"].as_str(), rows[9_999]["row"].as_str()),
        ("1", "10000")
    );
    let sum: f64 = (0..10)
        .map(|class| rows[7][&format!("p_{class}")].parse::<f64>().unwrap())
        .sum();
    assert!((sum - 1.0).abs() < 1e-5);
    let class = &rows[7]["class"];
    assert_eq!(rows[7]["probability"], rows[7][&format!("p_{class}")]);

    let write = |name: &str, bytes: &[u8]| std::fs::write(project.path(name), bytes).unwrap();
    write("bytes.npy", &npy("|u1", &[10_000, 28, 28], &pixels));
    let floats = pixels
        .iter()
        .flat_map(|&pixel| (f32::from(pixel) / 255.0).to_le_bytes());
    write(
        "floats.npy",
        &npy("<f4", &[10_000, 784], &floats.collect::<Vec<u8>>()),
    );
    let of_bytes = predict(&project, &["bytes.npy"]);
    let renamed = |done: &Done, name: &str| done.output.replace(name, "INPUT");
    assert_eq!(
        renamed(&of_bytes, "bytes.npy"),
        renamed(&of_idx, idx.to_str().unwrap())
    );
    let rows = answers(&predict(&project, &["floats.npy"]));
    assert!(
        (accuracy(&rows, truth) - recorded).abs() < 2e-4,
        "rounded once more"
    );

    // Into a file, which is the same; and several inputs one after the other.
    assert_eq!(
        predict(&project, &["bytes.npy", "--output", "all.csv"]).output,
        ""
    );
    assert_eq!(project.read("all.csv"), of_bytes.output);
    let both = answers(&predict(&project, &["bytes.npy", "floats.npy"]));
    assert_eq!(
        (both.len(), both[10_000]["input"].as_str()),
        (20_000, "floats.npy")
    );

    // Images one by one.
    std::fs::create_dir_all(project.path("digits/some")).unwrap();
    for index in 0..60 {
        let image = &pixels[index * 784..][..784];
        write_png(
            &project.path(&format!("digits/some/{index:02}.png")),
            image,
            28,
            28,
        );
    }
    let rows = answers(&predict(&project, &["digits"]));
    assert_eq!(rows.len(), 60);
    assert_eq!(
        (rows[3]["input"].as_str(), rows[3]["row"].as_str()),
        ("digits/some/03.png", "")
    );
    for (of_files, of_bytes) in rows.iter().zip(answers(&of_bytes)) {
        assert_eq!(of_files["class"], of_bytes["class"]);
    }
    let one = answers(&predict(&project, &["digits/some/03.png", "--logits"]));
    assert_eq!(one[0]["class"], rows[3]["class"]);
    let logit: f64 = one[0]["logit_0"].parse().unwrap();
    assert!(logit.is_finite());
}

/// Writes an image of one channel.
fn write_png(path: &Path, pixels: &[u8], width: u32, height: u32) {
    let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
}

/// Rows of two features, with the class in the middle.
fn table(count: usize) -> String {
    let row = |index: usize| {
        let (left, noise) = (index.is_multiple_of(2), index * 7 % 11);
        let x = index % 5 + if left { 0 } else { 4 };
        format!("{x},{},{noise}\n", if left { "left" } else { "right" })
    };
    format!("x,class,noise\n{}", (0..count).map(row).collect::<String>())
}

#[test]
fn table_columns_are_matched_by_name() {
    let project = Project::new(
        "data: { set: table, path: points, label: class }\nmodel: { width: 8 }\n\
         training: { epochs: 5, batch_size: 10, learning_rate: 0.1 }\n",
    );
    std::fs::create_dir(project.path("points")).unwrap();
    project.write("points/train.csv", &table(200));
    project.write("points/test.csv", &table(60));
    let recorded = exported(&project);
    assert!((0.6..1.0).contains(&recorded), "{recorded}");
    // With the label, which is ignored, or without it and in a different order.
    let rows = answers(&predict(&project, &["points/test.csv"]));
    let truth = |index: usize| ["left", "right"][index % 2].to_owned();
    assert_eq!((rows.len(), accuracy(&rows, truth)), (60, recorded));
    let unlabelled: String = table(60)
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{}\t{}\n", cells[2], cells[0])
        })
        .collect();
    project.write("new.tsv", &unlabelled);
    let again = answers(&predict(&project, &["new.tsv"]));
    assert_eq!(again.len(), rows.len());
    for (row, again) in rows.iter().zip(&again) {
        assert_eq!(row["probability"], again["probability"]);
    }
    let refused = |text: &str| {
        project.write("wrong.csv", text);
        let done = predict(&project, &["wrong.csv"]);
        assert_eq!((done.code, done.output.as_str()), (2, ""));
        done.error
    };
    assert!(refused("x\n1\n").contains("no column `noise`"));
    assert!(refused("x,noise,id\n1,2,3\n").contains("without a column `id`; leave it out"));
    assert!(refused("x,noise\n1,high\n").contains("column `noise`, row 1: `high` is text"));
    let done = predict(&project, &["points/train.csv", "nowhere.csv"]);
    assert!(done.error.contains("nowhere.csv"), "{}", done.error);
    assert_eq!((done.code, done.output.as_str()), (2, ""), "all or nothing");
}

/// A project with a model of grey images of 28 × 28.
fn grey() -> Project {
    let project =
        Project::new("data: { limit: 200 }\nmodel: { width: 4 }\ntraining: { epochs: 1 }\n");
    exported(&project);
    project
}

fn refused(project: &Project, input: &str) -> String {
    let done = predict(project, &[input, "--output", "answers.csv"]);
    assert_eq!((done.code, done.output.as_str()), (2, ""), "{}", done.error);
    assert!(!project.path("answers.csv").exists());
    done.error
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn incompatible_samples_are_refused_with_the_reason() {
    let project = grey();
    write_png(&project.path("small.png"), &[9; 64], 8, 8);
    assert!(
        refused(&project, "small.png")
            .contains("small.png: it has 8 × 8 pixels, but the model takes 28 × 28")
    );
    let colour = repository().join("tests/fixtures/colour.jpg");
    std::fs::copy(colour, project.path("colour.jpg")).unwrap();
    let message = refused(&project, "colour.jpg");
    assert!(
        message.contains("pixels, but the model takes 28 × 28"),
        "{message}"
    );
    let mut encoder = png::Encoder::new(
        std::fs::File::create(project.path("rgb.png")).unwrap(),
        28,
        28,
    );
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[9; 28 * 28 * 3])
        .unwrap();
    assert!(refused(&project, "rgb.png").contains("in colour, but the model takes grey images"));
    let write = |name: &str, bytes: &[u8]| std::fs::write(project.path(name), bytes).unwrap();
    write("other.npy", &npy("|u1", &[2, 3], &[0; 6]));
    assert!(refused(&project, "other.npy").contains(
        "shape [3]; the model takes samples of the shape [784] or [28, 28, 1] or [28, 28]"
    ));
    let raw: Vec<u8> = (0..784)
        .flat_map(|value| (value as f32).to_le_bytes())
        .collect();
    write("raw.npy", &npy("<f4", &[1, 784], &raw));
    assert!(refused(&project, "raw.npy").contains("divide by 255"));
    let nan: Vec<u8> = (0..784).flat_map(|_| f32::NAN.to_le_bytes()).collect();
    write("nan.npy", &npy("<f4", &[1, 784], &nan));
    assert!(refused(&project, "nan.npy").contains("is not a finite 32-bit number"));
    write("text.doc", b"hello");
    assert!(refused(&project, "text.doc").contains("expected a PNG or JPEG image, a table"));
    assert!(refused(&project, "nowhere").contains("no such file or folder: nowhere"));
    assert!(refused(&project, "model").contains("no PNG or JPEG image"));
}

#[test]
fn a_folder_with_an_incomplete_model_is_refused() {
    let project = grey();
    let text = project.read("model/model.json");
    let error_of = |project: &Project| refused(project, "small.png");
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        project.write("model/model.json", &text.replacen(from, to, 1));
        let error = error_of(&project);
        assert!(error.contains("model/model.json cannot be used"), "{error}");
        error
    };
    assert!(with("\"format\": 1", "\"format\": 3").contains("version 3"));
    assert!(with("{", "").contains("not a valid model description"));
    assert!(with("\"outputs\": 4", "\"outputs\": 5").contains("but expected"));
    assert!(with("\"inputs\": 784", "\"inputs\": 783").contains("but expected"));
    assert!(with("\"relu\"", "\"mish\"").contains("unknown activation mish"));
    assert!(with("\"height\": 28", "\"height\": 4000000000").contains("not supported"));
    assert!(with("\"height\": 28", "\"height\": 0").contains("not supported"));
    assert!(with("\"features\": 784", "\"features\": 785").contains("does not have 785 values"));
    assert!(with("0.3081", "0").contains("no standard deviation may be 0"));
    assert!(with("\"9\"\n", "\"9\", \"10\"\n").contains("names 11 classes"));
    // Fitting by themselves, and not the weights that are there.
    let wider = text
        .replace("\"outputs\": 4", "\"outputs\": 6")
        .replace("\"inputs\": 4", "\"inputs\": 6");
    project.write("model/model.json", &wider);
    assert!(
        error_of(&project)
            .contains("its tensor layer1.weight is F32 [4, 784], expected F32 [6, 784]")
    );
    project.write("model/model.json", &text);
    let path = project.path("model/model.safetensors");
    let mut weights = std::fs::read(&path).unwrap();
    *weights.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &weights).unwrap();
    assert!(error_of(&project).contains("its BLAKE3 hash differs"));
    weights.pop();
    std::fs::write(&path, &weights).unwrap();
    assert!(error_of(&project).contains("it is damaged"));
    std::fs::remove_file(&path).unwrap();
    assert!(error_of(&project).contains("cannot read model/model.safetensors"));
    std::fs::remove_file(project.path("model/model.json")).unwrap();
    assert!(error_of(&project).contains("model has no model.json; run `tp-sweep export SWEEP`"));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_not_a_regular_file_is_written_to_and_not_replaced() {
    let project =
        Project::new("data: { limit: 200 }\nmodel: { width: 4 }\ntraining: { epochs: 1 }\n");
    exported(&project);
    let images = repository().join("data/mnist/t10k-images-idx3-ubyte.gz");
    let images = images.to_str().unwrap();
    let predict_into = |output: &str| predict(&project, &[images, "--output", output]);
    let answers = predict(&project, &[images]).output;
    assert!(answers.len() > 100_000, "more than a pipe holds");
    // A device that is full, by its name and by a link: an error, and still a device.
    std::os::unix::fs::symlink("/dev/full", project.path("full")).unwrap();
    for output in ["/dev/full", "full"] {
        let done = predict_into(output);
        assert_eq!(done.code, 2, "{}", done.error);
        let message = format!("cannot write {output}: No space left on device");
        assert!(done.error.contains(&message), "{}", done.error);
    }
    use std::os::unix::fs::FileTypeExt;
    let kind = |path: &Path| path.symlink_metadata().unwrap().file_type();
    assert!(kind(Path::new("/dev/full")).is_char_device());
    assert!(kind(&project.path("full")).is_symlink());
    // A pipe.
    let pipe = project.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap())
    };
    assert_eq!(predict_into("pipe").code, 0);
    assert!(kind(&pipe).is_fifo());
    assert_eq!(reader.join().unwrap(), answers);
    // A link to a file, which need not be there yet.
    std::fs::create_dir(project.path("inner")).unwrap();
    std::os::unix::fs::symlink("inner/second", project.path("first")).unwrap();
    std::os::unix::fs::symlink("answers.csv", project.path("inner/second")).unwrap();
    for _ in 0..2 {
        assert_eq!(predict_into("first").code, 0);
        assert!(kind(&project.path("first")).is_symlink());
        assert!(kind(&project.path("inner/answers.csv")).is_file());
        assert_eq!(project.read("inner/answers.csv"), answers);
    }
    // A link that leads to itself.
    std::os::unix::fs::symlink("round", project.path("round")).unwrap();
    let done = predict_into("round");
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("too many levels of symbolic links"),
        "{}",
        done.error
    );
}
