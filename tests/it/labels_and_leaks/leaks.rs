//! Columns that name the row, repeat the label or lose digits are refused or reported.

use super::*;

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
fn a_parquet_index_is_not_a_feature() {
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
fn a_csv_index_is_not_a_feature() {
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
    // A feature that counts may be time: it is used, with a warning.
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
fn a_copy_of_the_label_is_not_a_feature() {
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
fn values_that_32_bits_cannot_distinguish_are_shifted_or_refused_with_their_column() {
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
fn digits_that_32_bits_lose_are_reported_for_arrays() {
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

#[test]
fn a_feature_that_alone_determines_the_class_gives_a_warning() {
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
fn row_names_of_r_are_reported_as_row_names() {
    let project = project("table", "t.csv");
    let row = |row: usize| format!("\"{row}\",{},{}\n", row * 7 % 11, ["a", "b"][row % 2]);
    project.write(
        "t.csv",
        &format!("x,class\n{}", (1..40).map(row).collect::<String>()),
    );
    assert!(refused(&project).contains("(row.names = FALSE)"));
}
