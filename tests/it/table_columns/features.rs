//! Which columns are features: dates, free text and unnamed columns.

use super::*;

#[test]
fn unusable_columns_are_refused_and_the_suggested_fix_works() {
    let names = rows(|row| format!("person {row}"));
    let error = refused(PLAIN, &names);
    assert!(
        error.contains("`x` has 48 different texts in 48 rows"),
        "{error}"
    );
    assert!(error.contains("data.drop: [\"x\"]"), "{error}");
    assert!(accepted(&with("drop: x"), &names).contains("1 feature,"));
    // Listed, they are still names of rows.
    assert!(
        refused(&with("categorical: [x]"), &names)
            .contains("a different category in each of 48 rows")
    );

    let tickets = rows(|row| {
        if row % 2 == 0 {
            format!("PC {row}")
        } else {
            format!("{row}")
        }
    });
    let error = refused(PLAIN, &tickets);
    assert!(
        error.contains("cells are numbers; leave the column out: data.drop: [\"x\"], or"),
        "{error}"
    );
    assert!(accepted(&with("drop: [x]"), &tickets).contains("left out: x"));

    let sizes = rows(|row| ["10", "12", "12a"][row % 3].to_owned());
    let error = refused(PLAIN, &sizes);
    assert!(
        error.contains("`12a` is text") && error.contains("data.categorical: [\"x\"]"),
        "{error}"
    );
    assert!(
        accepted(&with("categorical: [x]"), &sizes)
            .contains("one-hot, with the number of categories: x (3)")
    );
    let plan = accepted(&with("na_values: [12a]"), &sizes);
    assert!(plan.contains("missing values: x (13/48)"), "{plan}");

    let dates = rows(|row| format!("2024-05-{:02}", 1 + row % 28));
    let error = refused(PLAIN, &dates);
    assert!(
        error.contains("`x` has dates or times (`2024-05-"),
        "{error}"
    );
    assert!(error.contains("data.drop: [\"x\"]"), "{error}");

    let prices = rows(|row| format!("\"{},5\"", row % 9));
    let error = refused(PLAIN, &prices);
    assert!(error.contains("write a point before decimals"), "{error}");
    let empty = rows(|_| String::new());
    assert!(refused(PLAIN, &empty).contains("`x` has no value in the training set"));
}

#[test]
fn column_names_in_the_settings_must_exist_in_the_table() {
    let table = rows(|row| ["red", "green", "blue"][row % 3].to_owned());
    for (setting, message) in [
        ("drop: [z]", "data.drop: no column matches `z`"),
        ("drop: [\"z*\"]", "data.drop: no column matches `z*`"),
        (
            "categorical: [X]",
            "data.categorical: it has no column `X`; did you mean `x`?",
        ),
        ("drop: [x], categorical: [x]", "data.drop removes it"),
        (
            "ordinal: { z: [a, b] }",
            "data.ordinal: it has no column `z`",
        ),
        ("drop: [class]", "`class` is the column of the classes"),
        (
            "categorical: [x], ordinal: { x: [red, green] }",
            "`x` is in both lists",
        ),
        ("drop: [x, y]", "there are no features"),
        (
            "ordinal: { x: [red, green] }",
            "`blue` is not one of its categories: red, green",
        ),
        ("ordinal: { x: [red, green, red] }", "`red` is listed twice"),
        ("impute: mean", "one of median, none"),
    ] {
        let error = refused(&with(setting), &table);
        assert!(error.contains(message), "{setting}: {error}");
    }
    let plan = accepted(&with("ordinal: { x: [red, green, blue] }"), &table);
    assert!(
        plan.contains("2 features") && plan.contains("ordinal: x (red < green < blue)"),
        "{plan}"
    );
    let error = refused("{ set: npy, path: t.csv, drop: [x] }", &table);
    assert!(
        error.contains("data.drop applies to a `table`, not to `npy`"),
        "{error}"
    );
}

#[test]
fn all_unusable_columns_are_reported_at_once_with_fixes_as_yaml() {
    let name = r#"x "cm" [a, b]: #1"#;
    let quoted = name.replace('"', "\"\"");
    let mut table = format!("\"{quoted}\",when,a*,ab,class\n");
    for row in 0..60 {
        let _ = writeln!(
            table,
            "person {row},2024-05-{:02},text {row},{},{}",
            1 + row % 28,
            row % 7,
            ["a", "b"][row % 2]
        );
    }
    let project = project(PLAIN);
    project.write("t.csv", &table);
    let done = project.run(&["plan", "sweep.yaml"]);
    assert_eq!(done.code, 2, "{}", done.output);
    assert!(
        done.error.contains("3 columns cannot be used"),
        "{}",
        done.error
    );
    let words = done.error.replace("\n  │ ", " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = words.split("to leave all of them out: data.drop: ").nth(1);
    let all = all.and_then(|rest| Some(&rest[..rest.find("\"]")? + 2]));
    let all = all.expect("one setting for all of them");
    // Unquoted; the message states where the line belongs.
    let done = project.run(&["plan", "sweep.yaml", "--set", &format!("data.drop={all}")]);
    assert_eq!(done.code, 0, "{}", done.error);
    project.write("wrong.yaml", &format!("data.drop: {all}\ndata: {PLAIN}\n"));
    let wrong = project.run(&["plan", "wrong.yaml"]).error;
    assert!(
        wrong.contains("write it in its section: data: { drop: … }"),
        "{wrong}"
    );
    let sweep = format!("data: {}\n{SETTINGS}", with(&format!("drop: {all}")));
    project.write("sweep.yaml", &sweep);
    let (plan, _) = planned(&project);
    assert!(
        plan.contains("1 feature,") && plan.contains("numbers: ab\n"),
        "{plan}"
    );
}

#[test]
fn a_column_without_a_name_gets_the_name_that_pandas_gives() {
    let table = rows(|row| format!("{row}")).replacen("x,", ",", 1);
    let error = refused(PLAIN, &table);
    assert!(
        error.contains("`Unnamed: 0` has an index that pandas wrote"),
        "{error}"
    );
    assert!(error.contains("data.drop: [\"Unnamed: 0\"]"), "{error}");
    assert!(accepted(&with("drop: [\"Unnamed: 0\"]"), &table).contains("left out: Unnamed: 0"));
}

/// A Parquet table with a column `t` of this type, and text that looks like numbers.
fn parquet_table(project: &Project, kind: &str, note: Option<&str>) {
    let schema = format!(
        "message t {{ required int64 t {kind}; required binary zip (UTF8); required binary class (UTF8); }}"
    );
    let texts = |text: &dyn Fn(usize) -> String| Column::Texts((0..60).map(text).collect());
    let days = (0..60).map(|row| 1_700_000_000 + row % 7 * 86_400);
    let columns = [
        Column::Int64s(days.collect()),
        texts(&|row| format!("0{}", 501 + row % 3)),
        texts(&|row| ["a", "b"][row * 5 % 7 % 2].to_owned()),
    ];
    let path = project.path("t.parquet");
    let compression = parquet::basic::Compression::UNCOMPRESSED;
    write_parquet(&path, &schema, compression, note, &columns);
}

#[test]
fn typed_files_determine_dates_texts_and_categories() {
    let data = PLAIN.replace("t.csv", "t.parquet");
    let project = project(&data);
    let planned = || {
        let done = project.run(&["plan", "sweep.yaml"]);
        let text = format!("{}{}", done.output, done.error);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    parquet_table(&project, "", None);
    let plan = planned();
    assert!(
        plan.contains("numbers: t one-hot, with the number of categories: zip (3)"),
        "{plan}"
    );
    for kind in [
        "(TIMESTAMP(NANOS,true))",
        "(TIMESTAMP(MILLIS,false))",
        "(TIME(NANOS,true))",
    ] {
        parquet_table(&project, kind, None);
        let error = planned();
        assert!(
            error.contains("the column `t` has dates or times ("),
            "{kind}: {error}"
        );
        assert!(error.contains("data.drop: [\"t\"]"), "{error}");
    }
    let about = |kind: &str, numpy: &str| {
        format!(
            r#"{{"columns": [{{"name": "t", "field_name": "t", "pandas_type": "{kind}", "numpy_type": "{numpy}"}}]}}"#
        )
    };
    parquet_table(&project, "", Some(&about("timedelta", "timedelta64[ns]")));
    assert!(planned().contains("`t` has dates or times (duration)"));
    parquet_table(&project, "", Some(&about("categorical", "int8")));
    assert!(
        planned().contains("one-hot, with the number of categories: t ("),
        "{}",
        planned()
    );
}

#[test]
fn which_columns_are_used_may_vary_and_trials_are_compared() {
    let project = Project::new(&format!(
        "data: {{ set: table, path: t.csv, label: Survived }}\n{SETTINGS}grid:\n  \
         data.drop: [[PassengerId, Name, Ticket, Cabin], [PassengerId, Name, Ticket, Cabin, Sex]]\n  \
         data.categorical: [null, Pclass]\n"
    ));
    project.write("t.csv", &passengers(0..120));
    let done = project.train(&[]);
    assert_eq!(done.code, 0, "{}", done.error);
    let csv = project.read("reports/sweep.csv");
    assert_eq!(csv.lines().count(), 5, "{csv}");
    // All were validated on the same rows, and so each is tested against the best.
    let tested = answers(&csv, "p_against_best");
    let tested = tested.iter().filter(|cell| !cell.is_empty()).count();
    assert_eq!(tested, 3, "{csv}");
    let report = project.read("reports/sweep.md");
    assert!(!report.contains("different splits"), "{report}");
}
