//! Folders of images: every image belongs to a class, or is refused.

use super::*;

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
fn folders_named_like_parts_are_not_classes() {
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
fn linked_folders_are_read_and_link_cycles_are_reported() {
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
fn class_folders_with_names_that_are_not_utf8_are_refused() {
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
fn a_part_that_would_be_ignored_is_refused() {
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
