//! Tables as they are: text, categories, missing values and columns that are no features.

mod support;

use serde_json::Value;
use std::fmt::Write;
use support::Project;

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
        plan.contains("one-hot: Pclass (3 levels), Sex (2 levels), Embarked (3 levels)\n"),
        "{plan}"
    );
    assert!(
        plan.contains("missing values: Age (29 of 160), Embarked (7 of 160); numbers"),
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
    assert!(
        error.contains("column `Embarked`: 1 cell of these rows has no level"),
        "{error}"
    );
    assert!(error.contains("`Mars`"), "{error}");
    // A column that the model does not know.
    project.write(
        "new.csv",
        "Embarked,Sex,Fare,Age,Pclass,Deck\nS,male,7.5,,3,x\n",
    );
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 2, "{}", done.output);
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
    // Other features are other data.
    let done = project.train(&["--set", "data.categorical=[Pclass, Sex]"]);
    assert_eq!(done.code, 0, "{}", done.error);
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
            .contains("a category of its own in each of 48 rows")
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
        error.contains("cells are numbers; correct it, or"),
        "{error}"
    );
    assert!(accepted(&with("drop: [x]"), &tickets).contains("left out: x"));

    let sizes = rows(|row| ["10", "12", "12a"][row % 3].to_owned());
    let error = refused(PLAIN, &sizes);
    assert!(
        error.contains("`12a` is text") && error.contains("data.categorical: [\"x\"]"),
        "{error}"
    );
    assert!(accepted(&with("categorical: [x]"), &sizes).contains("one-hot: x (3 levels)"));
    let plan = accepted(&with("na_values: [12a]"), &sizes);
    assert!(plan.contains("missing values: x (13 of 48)"), "{plan}");

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
    assert!(refused(PLAIN, &empty).contains("`x` has no value in the training part"));
}

#[test]
fn names_in_the_settings_are_those_of_columns() {
    let table = rows(|row| ["red", "green", "blue"][row % 3].to_owned());
    for (setting, said) in [
        ("drop: [z]", "data.drop: no column fits `z`"),
        ("drop: [\"z*\"]", "data.drop: no column fits `z*`"),
        (
            "categorical: [X]",
            "data.categorical: it has no column `X`; did you mean `x`?",
        ),
        ("drop: [x], categorical: [x]", "data.drop takes it out"),
        (
            "ordinal: { z: [a, b] }",
            "data.ordinal: it has no column `z`",
        ),
        ("drop: [class]", "`class` is the column of the classes"),
        (
            "categorical: [x], ordinal: { x: [red, green] }",
            "`x` is in both",
        ),
        ("drop: [x, y]", "nothing to learn from"),
        (
            "ordinal: { x: [red, green] }",
            "`blue` is none of its levels: red, green",
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
    assert!(error.contains("for the columns of a `table`"), "{error}");
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
    assert!(plan.contains("one-hot: x (3 levels)"), "{plan}");
    let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        error.contains("has the level `NA`, which may stand for a missing value"),
        "{error}"
    );
    assert!(accepted(&with("na_values: NA"), &text).contains("one-hot: x (2 levels)"));
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
        error.contains("column `x`: 3 cells of the test part have no level of the training part (`black`, `blue`)"),
        "{error}"
    );
    assert!(
        error.contains("column `y`: 1 cell of the test part has no value"),
        "{error}"
    );
    assert_eq!(project.train(&[]).code, 0);
}

#[test]
fn codes_keep_their_zeros_and_true_is_true_in_any_spelling() {
    let codes = rows(|row| ["01", "1", "001"][row % 3].to_owned());
    assert!(accepted(&with("categorical: [x]"), &codes).contains("one-hot: x (3 levels)"));
    for [yes, no] in [["True", "False"], ["TRUE", "FALSE"], ["true", "false"]] {
        let table = rows(|row| [yes, no, no][row % 3].to_owned());
        assert!(accepted(PLAIN, &table).contains("2 features"), "{yes}");
        let gaps = rows(|row| ["", yes, no, no][row % 4].to_owned());
        assert!(accepted(PLAIN, &gaps).contains("3 features"), "{yes}");
    }
}
