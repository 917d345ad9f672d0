//! Folders of images: train and test parts, damaged files, 16 bits per channel.

use super::*;

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
fn train_and_test_folders_match_in_any_case_and_none_is_dropped() {
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
fn a_truncated_jpeg_is_refused_and_macos_metadata_is_not_a_class() {
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
fn images_of_16_bits_are_read_if_8_bits_suffice() {
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
