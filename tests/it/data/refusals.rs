//! Faulty data and settings are refused with file and line.

use super::*;

#[test]
fn errors_in_a_table_are_reported_with_their_line() {
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
    let mut messages = String::new();
    for (fault, text, label) in cases {
        let data = format!("{{ set: table, path: points.csv, label: {label} }}");
        let project = project(&data);
        if let Some(text) = text {
            project.write("points.csv", text);
        }
        let message = refused(&project);
        let first = message.lines().next().unwrap_or_default();
        messages += &format!("# {fault}\n{}\n\n", shortened(first));
    }
    insta::assert_snapshot!(messages);
}

/// A message without the folders above the temporary one, which differ between machines.
fn shortened(message: &str) -> String {
    match message.split_once("points.csv, ") {
        Some((start, _)) => format!("{start}points.csv, …"),
        None => message.to_owned(),
    }
}

#[test]
fn errors_in_images_name_the_file() {
    let project = project("{ set: images, path: pictures }");
    write_images(&project.path("pictures"), 6, 1);
    let file = project.path("pictures/left/001.png");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(refused(&project).contains("left/001.png cannot be decoded"));
    std::fs::write(&file, "text").unwrap();
    assert!(refused(&project).contains("left/001.png cannot be decoded: it is neither"));
    // A header may claim any size, which must not be allocated.
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
fn conflicting_settings_are_reported() {
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
    let mut messages = String::new();
    for data in cases {
        let project = project(data);
        project.write("points.csv", &csv(","));
        messages += &format!("# data: {data}\n{}\n", refused(&project));
    }
    insta::assert_snapshot!(messages);
}
