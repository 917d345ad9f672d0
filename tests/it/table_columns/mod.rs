//! Raw tables: text, categories, missing values and columns that are not features.

mod features;
mod models;
mod values;

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

/// What a plan prints about the data, with its warnings.
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

/// The text of a value in the answers of `predict`, row by row.
fn answers(csv: &str, column: &str) -> Vec<String> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let column = names
        .iter()
        .position(|name| *name == column)
        .expect("the file exists");
    lines
        .map(|line| line.split(',').nth(column).unwrap_or_default().to_owned())
        .collect()
}
