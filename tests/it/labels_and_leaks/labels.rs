//! Labels are names, and no class drops out silently.

use super::*;

#[test]
fn csv_labels_are_read_as_names() {
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
fn labels_name_the_same_classes_in_files_of_different_types() {
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

#[test]
fn array_labels_may_be_floats_with_integer_values() {
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
fn a_class_without_training_samples_is_reported() {
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
    // The remaining samples of the class are in the validation part of one fold, which does not learn it.
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
fn a_limit_that_omits_classes_gives_a_warning() {
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
