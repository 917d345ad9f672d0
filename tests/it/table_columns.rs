//! Tables as they are: text, categories, missing values and columns that are no features.

use crate::support::Project;
use crate::support::formats::{Column, write_parquet};
use serde_json::Value;
use std::fmt::Write;

const SETTINGS: &str = "training: { epochs: 2, batch_size: 16 }\nmodel: { width: 4 }\n\
                        validation: { folds: 2 }\nkeep: all\n";

/// A project with this `data:` section.
fn project(data: &str) -> Project {
    Project::new(&format!("data: {data}\n{SETTINGS}"))
}

/// What a plan says of the data, with its warnings.
fn planned(project: &Project) -> (String, String) {
    let done = project.run(&["plan", "sweep.yaml"]);
    assert_eq!(done.code, 0, "{}", done.error);
    (done.output, done.error)
}

/// Why a sweep is refused, on one line.
fn refused(data: &str, table: &str) -> String {
    let project = project(data);
    project.write("t.csv", table);
    let done = project.run(&["plan", "sweep.yaml"]);
    assert_eq!(done.code, 2, "{}", done.output);
    done.error.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn accepted(data: &str, table: &str) -> String {
    let project = project(data);
    project.write("t.csv", table);
    planned(&project).0
}

/// Passengers of a ship: numbers from a fixed rule, no two rows alike.
fn passengers(rows: std::ops::Range<usize>) -> String {
    let mut table =
        "PassengerId,Survived,Pclass,Name,Sex,Age,Ticket,Fare,Cabin,Embarked\n".to_owned();
    for row in rows {
        let sex = ["male", "female", "male"][row % 3];
        let age = match row % 5 {
            0 => String::new(),
            _ => format!("{}", 1 + row * 7 % 80),
        };
        let ticket = match row % 2 {
            0 => format!("PC {}", 17_000 + row),
            _ => format!("{}", 113_000 + row),
        };
        let cabin = match row % 4 {
            0 => format!("C{row}"),
            _ => String::new(),
        };
        let embarked = match row {
            _ if row % 31 == 7 => "",
            _ => ["S", "C", "S", "Q"][row % 4],
        };
        let survived = u8::from(sex == "female") ^ u8::from(row % 7 == 0);
        let _ = writeln!(
            table,
            "{},{survived},{},\"Doe, Mr. {row}\",{sex},{age},{ticket},{}.5,{cabin},{embarked}",
            row + 1,
            1 + row % 3,
            row * 13 % 90,
        );
    }
    table
}

const PASSENGERS: &str = "{ set: table, path: t.csv, label: Survived, \
                          drop: [PassengerId, Name, Ticket, \"Cab*\"], categorical: [Pclass] }";

#[test]
fn a_table_of_passengers_is_learnt_as_it_is() {
    let project = project(PASSENGERS);
    project.write("t.csv", &passengers(0..200));
    let (plan, _) = planned(&project);
    // Pclass 3, Sex 2, Age 1 + 1, Fare 1, Embarked 3 + 1.
    assert!(
        plan.contains("160 training + 40 test samples, 12 features, 2 classes"),
        "{plan}"
    );
    assert!(
        plan.contains("left out: PassengerId, Name, Ticket, Cabin\n"),
        "{plan}"
    );
    assert!(
        plan.contains(
            "one-hot, with the number of categories: Pclass (3), Sex (2), Embarked (3)\n"
        ),
        "{plan}"
    );
    assert!(
        plan.contains("missing values: Age (29/160), Embarked (7/160); numbers"),
        "{plan}"
    );
    let done = project.train(&[]);
    assert_eq!(done.code, 0, "{}", done.error);
}

/// The text of a value in the answers of `predict`, row by row.
fn answers(csv: &str, column: &str) -> Vec<String> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let column = names
        .iter()
        .position(|name| *name == column)
        .expect("it is there");
    lines
        .map(|line| line.split(',').nth(column).unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn an_exported_model_encodes_new_rows_as_its_training_did() {
    let project = project(&PASSENGERS.replace("t.csv", "ship"));
    std::fs::create_dir(project.path("ship")).expect("the folder can be written to");
    project.write("ship/train.csv", &passengers(0..160));
    let test = passengers(160..240);
    project.write("ship/test.csv", &test);
    assert_eq!(project.train(&[]).code, 0);
    std::fs::rename(project.path("ship"), project.path("gone")).expect("it can be renamed");
    // The data is gone: what is needed of it was kept.
    let done = project.run(&[
        "export",
        "sweep.yaml",
        "--trial",
        "base",
        "--output",
        "model",
    ]);
    assert_eq!(done.code, 0, "{}", done.error);
    let about: Value = serde_json::from_str(&project.read("model/model.json")).expect("JSON");
    assert_eq!(about["format"], 2);
    assert_eq!(about["input"]["fill"].as_array().map(Vec::len), Some(12));
    assert_eq!(about["input"]["columns"][3], "Sex=female");
    let done = project.run(&["predict", "model", "gone/test.csv"]);
    assert_eq!(done.code, 0, "{}", done.error);
    let classes = answers(&done.output, "class");
    let labels = test
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(1).unwrap_or_default());
    let right = classes
        .iter()
        .zip(labels)
        .filter(|(class, label)| class == label)
        .count();
    let accuracy = about["run"]["test"]["accuracy"].as_f64().expect("a number");
    assert!(
        (right as f64 / 80.0 - accuracy).abs() < 1e-9,
        "{right} of 80, {accuracy}"
    );
    // Other columns, in another order, and without the label.
    project.write(
        "new.csv",
        "Embarked,Sex,Fare,Age,Pclass,Name\nS,male,7.5,,3,x\nMars,female,80,33,1,y\n",
    );
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert_eq!(answers(&done.output, "class").len(), 2);
    let error = done.error.split_whitespace().collect::<Vec<_>>().join(" ");
    let said =
        "these columns have categories that are not in the training set: `Embarked` (1: `Mars`)";
    assert!(error.contains(said), "{error}");
    // A column that the model does not know.
    project.write(
        "new.csv",
        "Embarked,Sex,Fare,Age,Pclass,Deck\nS,male,7.5,,3,x\n",
    );
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 2, "{}", done.output);
    assert!(
        done.error.contains("trained without a column `Deck`"),
        "{}",
        done.error
    );
    // One that it needs, under another name.
    project.write("new.csv", "Embarked,sex,Fare,Age,Pclass\nS,male,7.5,,3\n");
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 2, "{}", done.output);
    assert!(
        done.error.contains("no column `Sex`; did you mean `sex`?"),
        "{}",
        done.error
    );
}

#[test]
fn results_stay_where_only_the_wording_of_the_settings_differs() {
    let project = project(PASSENGERS);
    project.write("t.csv", &passengers(0..100));
    assert_eq!(project.train(&[]).code, 0);
    let result = project.read("runs/sweep/base/fold-0/result.json");
    let done = project.train(&["--set", "data.impute=median"]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert_eq!(project.read("runs/sweep/base/fold-0/result.json"), result);
    for same in [
        "data.drop=[PassengerId, Name, \"Tick*\", Cabin]",
        "data.categorical=[Pclass, Sex]",
        "data.na_values=[nowhere]",
    ] {
        assert_eq!(project.train(&["--set", same]).code, 0);
        let now = project.read("runs/sweep/base/fold-0/result.json");
        assert_eq!(now, result, "{same}");
    }
    // Other features are other data.
    let other = "data.drop=[PassengerId, Name, Ticket, Cabin, Fare]";
    assert_eq!(project.train(&["--set", other]).code, 0);
    let now = project.read("runs/sweep/base/fold-0/result.json");
    let identity = |text: &str| -> Value {
        let result: Value = serde_json::from_str(text).expect("JSON");
        result["result"]["identity"].clone()
    };
    assert!(identity(&now).is_string());
    assert_ne!(identity(&now), identity(&result));
}

/// Sixty rows of `x, y, class`.
fn rows(cell: impl Fn(usize) -> String) -> String {
    let mut table = "x,y,class\n".to_owned();
    for row in 0..60 {
        let _ = writeln!(
            table,
            "{},{}.5,{}",
            cell(row),
            row * 7 % 11,
            ["a", "b"][row * 5 % 7 % 2]
        );
    }
    table
}

const PLAIN: &str = "{ set: table, path: t.csv, label: class }";

fn with(setting: &str) -> String {
    PLAIN.replace(" }", &format!(", {setting} }}"))
}

#[test]
fn what_is_no_feature_is_refused_and_the_remedy_works() {
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
fn names_in_the_settings_are_those_of_columns() {
    let table = rows(|row| ["red", "green", "blue"][row % 3].to_owned());
    for (setting, said) in [
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
        assert!(error.contains(said), "{setting}: {error}");
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
fn a_missing_value_is_one_that_the_file_lacks_or_the_user_names() {
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
    // Numbers that stand for nothing.
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
fn levels_and_gaps_of_the_test_part_alone_are_reported() {
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
fn one_gap_hides_neither_a_row_number_nor_a_copy_of_the_label_nor_lost_digits() {
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
fn all_columns_that_cannot_be_used_are_named_at_once_and_their_remedies_are_yaml() {
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
    // As it stands, which is answered with where it belongs.
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
fn numbers_as_germans_write_them_are_read_where_they_are_certain() {
    let table = |cell: &dyn Fn(usize) -> String| {
        let mut table = "x;v;class\n".to_owned();
        for row in 0..60 {
            let _ = writeln!(table, "{};{}.1;{}", cell(row), row % 3, ["a", "b"][row % 2]);
        }
        table
    };
    // With what Excel and R write for a missing value, and beside a column with points.
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
fn a_truth_value_is_nothing_else_and_a_level_has_one_spelling() {
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

#[test]
fn a_column_without_a_name_is_called_as_pandas_calls_it() {
    let table = rows(|row| format!("{row}")).replacen("x,", ",", 1);
    let error = refused(PLAIN, &table);
    assert!(
        error.contains("`Unnamed: 0` has an index that pandas wrote"),
        "{error}"
    );
    assert!(error.contains("data.drop: [\"Unnamed: 0\"]"), "{error}");
    assert!(accepted(&with("drop: [\"Unnamed: 0\"]"), &table).contains("left out: Unnamed: 0"));
}

#[test]
fn a_model_fills_what_new_rows_lack_though_its_training_lacked_nothing() {
    let project = project(PLAIN);
    project.write("t.csv", &rows(|row| format!("{}", row % 9)));
    assert_eq!(project.train(&[]).code, 0);
    let done = project.run(&["export", "sweep.yaml", "--output", "model"]);
    assert_eq!(done.code, 0, "{}", done.error);
    project.write("new.csv", "x,y\n1,\n,2\n");
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(done.error.contains("they are filled"), "{}", done.error);
    let probability = answers(&done.output, "probability");
    assert!(
        probability
            .iter()
            .all(|text| text.parse::<f64>().is_ok_and(|p| p >= 0.5))
    );
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
fn a_file_that_has_types_says_what_is_a_date_a_text_or_a_category() {
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

#[test]
fn a_model_reads_truth_values_and_refuses_numbers_whose_point_is_unclear() {
    let project = project(PLAIN);
    project.write(
        "t.csv",
        &rows(|row| ["True", "False", "False"][row % 3].to_owned()),
    );
    assert_eq!(project.train(&[]).code, 0);
    let done = project.run(&["export", "sweep.yaml", "--output", "model"]);
    assert_eq!(done.code, 0, "{}", done.error);
    project.write("new.csv", "x,y\nTrue,0.3\nNA,0.2\n1,0.1\n");
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 0, "{}", done.error);
    project.write("new.csv", "x;y\nTrue;1.792\nFalse;345\n");
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 2, "{}", done.output);
    assert!(
        done.error.contains("`1.792` is ambiguous"),
        "{}",
        done.error
    );
}

#[test]
fn trials_that_mean_the_same_share_their_results_and_merge_keeps_all() {
    let project = Project::new(&format!(
        "data: {{ set: table, path: t.csv, label: class, drop: z }}\n{SETTINGS}grid:\n  data.na_values: \
         [null, nowhere, elsewhere]\n"
    ));
    let table = rows(|row| format!("{}", row % 9));
    let with_number = |(row, line): (usize, &str)| match row {
        0 => "x,y,z,class\n".to_owned(),
        _ => {
            let (cells, class) = line.rsplit_once(',').expect("cells");
            format!("{cells},{row},{class}\n")
        }
    };
    let table: String = table.lines().enumerate().map(with_number).collect();
    project.write("t.csv", &table);
    for shard in ["1/2", "2/2"] {
        let runs = format!("runs-{}", &shard[..1]);
        let done = project.train(&["--shard", shard, "--runs", &runs]);
        assert_eq!(done.code, 0, "{}", done.error);
    }
    let done = project.run(&["merge", "runs/sweep", "runs-1/sweep", "runs-2/sweep"]);
    assert_eq!(done.code, 0, "{}{}", done.output, done.error);
    assert!(
        done.output.contains("6 of 6 runs"),
        "{}{}",
        done.output,
        done.error
    );
}
