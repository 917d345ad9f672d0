//! How cells are read: missing values, codes, truth values and decimal commas.

use super::*;

#[test]
fn missing_values_are_empty_cells_and_markers_that_the_user_names() {
    for cell in ["", " ", "NA", "nan", "?", "#N/A", "null"] {
        let table = rows(|row| {
            if row % 10 == 3 {
                cell.to_owned()
            } else {
                format!("{}", row % 7)
            }
        });
        let plan = accepted(PLAIN, &table);
        assert!(
            plan.contains("3 features") && plan.contains("missing values: x ("),
            "{cell}: {plan}"
        );
        let error = refused(&with("impute: none"), &table);
        assert!(
            error.contains("column `x`, row 4: the cell has no value"),
            "{cell}: {error}"
        );
    }
    // Numbers that stand for a missing value.
    let coded = rows(|row| {
        if row % 10 == 3 {
            "-999".to_owned()
        } else {
            format!("{}", row % 7)
        }
    });
    assert!(accepted(PLAIN, &coded).contains("2 features"));
    assert!(accepted(&with("na_values: -999"), &coded).contains("3 features"));
    // In a column of text it may be a level, such as the code of Namibia.
    let text = rows(|row| ["NA", "DE", "FR"][row % 3].to_owned());
    let project = project(PLAIN);
    project.write("t.csv", &text);
    let (plan, error) = planned(&project);
    assert!(
        plan.contains("one-hot, with the number of categories: x (3)"),
        "{plan}"
    );
    let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        error.contains("has the category `NA`; if it means a missing value"),
        "{error}"
    );
    assert!(
        accepted(&with("na_values: NA"), &text)
            .contains("one-hot, with the number of categories: x (2)")
    );
}

#[test]
fn levels_and_missing_values_that_occur_only_in_the_test_part_are_reported() {
    let project = project("{ set: table, path: parts, label: class }");
    std::fs::create_dir(project.path("parts")).expect("the folder can be written to");
    project.write(
        "parts/train.csv",
        &rows(|row| ["red", "green"][row % 2].to_owned()),
    );
    let test = "x,y,class\nred,1,a\nblue,2,b\nblack,,a\nblue,4,b\n";
    project.write("parts/test.csv", test);
    let (plan, error) = planned(&project);
    assert!(
        plan.contains("60 training + 4 test samples, 3 features"),
        "{plan}"
    );
    let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        error.contains("categories that are not in the training set: `x` (3: `black`, `blue`)"),
        "{error}"
    );
    assert!(
        error.contains(
            "values are missing in columns that are complete in the training set: `y` (1)"
        ),
        "{error}"
    );
    assert_eq!(project.train(&[]).code, 0);
}

#[test]
fn codes_keep_their_zeros_and_true_is_true_in_any_spelling() {
    let codes = rows(|row| ["01", "1", "001"][row % 3].to_owned());
    assert!(
        accepted(&with("categorical: [x]"), &codes)
            .contains("one-hot, with the number of categories: x (3)")
    );
    for [yes, no] in [["True", "False"], ["TRUE", "FALSE"], ["true", "false"]] {
        let table = rows(|row| [yes, no, no][row % 3].to_owned());
        assert!(accepted(PLAIN, &table).contains("2 features"), "{yes}");
        let gaps = rows(|row| ["", yes, no, no][row % 4].to_owned());
        assert!(accepted(PLAIN, &gaps).contains("3 features"), "{yes}");
    }
}

#[test]
fn a_missing_value_does_not_hide_a_row_number_a_copy_of_the_label_or_lost_digits() {
    for gap in ["", "NA"] {
        let table = |header: &str, cell: &dyn Fn(usize) -> String| {
            let mut table = format!("{header},y,class\n");
            for row in 0..60 {
                let cell = if row == 7 { gap.to_owned() } else { cell(row) };
                let _ = writeln!(
                    table,
                    "{cell},{},{}",
                    row * 7 % 11,
                    ["a", "b"][row * 5 % 7 % 2]
                );
            }
            table
        };
        let number = table("PassengerId", &|row| format!("{}", 100 + row));
        let error = refused(PLAIN, &number);
        assert!(
            error.contains("`PassengerId` has a different number in each row"),
            "{error}"
        );
        let copy = table("code", &|row| format!("{}", row * 5 % 7 % 2));
        let error = refused(PLAIN, &copy);
        assert!(
            error.contains("the column `code` repeats the label"),
            "{error}"
        );
        assert!(error.contains("data.drop: [\"code\"]"), "{error}");
        let text = table("code", &|row| ["no", "yes"][row * 5 % 7 % 2].to_owned());
        let error = refused(PLAIN, &text);
        assert!(
            error.contains("the column `code` repeats the label"),
            "{error}"
        );
        let seconds = table("t", &|row| format!("{}", 1_700_000_000 + row * 11 % 60));
        let plan = accepted(PLAIN, &seconds);
        assert!(
            plan.contains("an offset is subtracted in 64 bits: t (17000000"),
            "{plan}"
        );
        assert!(plan.contains("missing values: t (1/48)"), "{plan}");
    }
}

#[test]
fn german_numbers_are_read_where_they_are_unambiguous() {
    let table = |cell: &dyn Fn(usize) -> String| {
        let mut table = "x;v;class\n".to_owned();
        for row in 0..60 {
            let _ = writeln!(table, "{};{}.1;{}", cell(row), row % 3, ["a", "b"][row % 2]);
        }
        table
    };
    // With what Excel and R write for a missing value, and next to a column with decimal points.
    for marker in ["#NV", "NA", "", "k.A."] {
        let gaps = table(&|row| match row % 10 {
            3 => marker.to_owned(),
            _ => format!("-{},{}", row % 4, 1 + row % 7),
        });
        let plan = accepted(&with("na_values: k.A."), &gaps);
        assert!(
            plan.contains("missing values: x (4/48)"),
            "{marker}: {plan}"
        );
    }
    let slip = table(&|row| {
        if row == 8 {
            "viel".into()
        } else {
            format!("{},5", row % 9)
        }
    });
    let error = refused(PLAIN, &slip);
    assert!(
        error.contains("row 9: `viel` is not a number") && error.contains("[\"viel\"]"),
        "{error}"
    );
    let thousands = table(&|row| {
        if row % 2 == 0 {
            format!("{row}")
        } else {
            format!("{row}.792")
        }
    });
    let error = refused(PLAIN, &thousands);
    assert!(
        error.contains(".792` is ambiguous, because its point may separate thousands"),
        "{error}"
    );
    let versions = table(&|row| format!("10.0.0.{}", row % 5));
    assert!(accepted(PLAIN, &versions).contains("one-hot, with the number of categories: x (5)"));
}

#[test]
fn truth_values_are_not_numbers_and_a_level_has_one_spelling() {
    let write = |setting: &str, train: &dyn Fn(usize) -> String, test: &str| {
        let project = project(&with(setting).replace("t.csv", "parts"));
        std::fs::create_dir(project.path("parts")).expect("the folder can be written to");
        project.write("parts/train.csv", &rows(train));
        project.write("parts/test.csv", test);
        project
    };
    let flags = |row: usize| ["True", "False", "False"][row % 3].to_owned();
    let good = write(
        "test_fraction: 0.2",
        &flags,
        "x,y,class\n1,1,a\n0,2,b\nTRUE,3,a\n",
    );
    assert_eq!(planned(&good).1, "");
    let bad = write("test_fraction: 0.2", &flags, "x,y,class\n1,1,a\n7,2,b\n");
    let error = bad.run(&["plan", "sweep.yaml"]).error;
    assert!(error.contains("`7` is neither true nor false"), "{error}");
    let listed = write(
        "categorical: x",
        &flags,
        "x,y,class\nTRUE,1,a\nFALSE,2,b\nn/a,3,a\n",
    );
    let warning = planned(&listed).1;
    assert!(warning.contains("`x` (1: `n/a`)"), "{warning}");
    let ordered = write(
        "ordinal: { x: [\"False\", \"True\"] }",
        &flags,
        "x,y,class\nTRUE,1,a\n",
    );
    assert_eq!(planned(&ordered).1, "");
    let grades = |row: usize| ["1.0", "2.0", "3.0"][row % 3].to_owned();
    let ordinal = write(
        "ordinal: { x: [1.0, 2, 3.0] }",
        &grades,
        "x,y,class\n1,1,a\n3,2,b\n",
    );
    assert_eq!(planned(&ordinal).1, "");
    let missing = write("na_values: [\"false\"]", &flags, "x,y,class\ntrue,1,a\n");
    assert!(planned(&missing).0.contains("missing values: x (40/60)"));
    let coded = rows(|row| ["-999", "5", "7"][row % 3].to_owned());
    let plan = accepted(&with("categorical: x, na_values: -999.0"), &coded);
    assert!(
        plan.contains("one-hot, with the number of categories: x (2)")
            && plan.contains("missing values: x ("),
        "{plan}"
    );
    // A column that only the test part has can be dropped.
    let extra = |setting: &str| write(setting, &grades, "x,y,extra,class\n1.0,1,5,a\n2.0,1,5,b\n");
    let error = extra("test_fraction: 0.2")
        .run(&["plan", "sweep.yaml"])
        .error;
    let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        error.contains("no column `extra`") && error.contains("data.drop: [\"extra\"]"),
        "{error}"
    );
    assert_eq!(planned(&extra("drop: extra")).1, "");
}
