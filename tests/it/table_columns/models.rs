//! Trained and exported models encode new rows as their training did.

use super::*;

#[test]
fn a_raw_table_of_passengers_is_learnt() {
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

#[test]
fn an_exported_model_encodes_new_rows_as_its_training_did() {
    let project = project(&PASSENGERS.replace("t.csv", "ship"));
    std::fs::create_dir(project.path("ship")).expect("the folder can be written to");
    project.write("ship/train.csv", &passengers(0..160));
    let test = passengers(160..240);
    project.write("ship/test.csv", &test);
    assert_eq!(project.train(&[]).code, 0);
    std::fs::rename(project.path("ship"), project.path("gone")).expect("it can be renamed");
    // The data is removed: the model holds all that it needs.
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
    // Different columns, in a different order, and without the label.
    project.write(
        "new.csv",
        "Embarked,Sex,Fare,Age,Pclass,Name\nS,male,7.5,,3,x\nMars,female,80,33,1,y\n",
    );
    let done = project.run(&["predict", "model", "new.csv"]);
    assert_eq!(done.code, 0, "{}", done.error);
    assert_eq!(answers(&done.output, "class").len(), 2);
    let error = done.error.split_whitespace().collect::<Vec<_>>().join(" ");
    let message =
        "these columns have categories that are not in the training set: `Embarked` (1: `Mars`)";
    assert!(error.contains(message), "{error}");
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
fn equivalent_settings_keep_their_results() {
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
    // Different features are different data.
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

#[test]
fn a_model_fills_missing_values_of_new_rows_even_if_its_training_had_none() {
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

#[test]
fn a_model_reads_truth_values_and_refuses_ambiguous_decimal_separators() {
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
fn equivalent_trials_share_their_results_and_merge_keeps_all() {
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
