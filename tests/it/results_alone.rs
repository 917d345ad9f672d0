//! Results can be read without their data: on another machine, or after a disk was
//! given back.

use crate::support::formats::two_classes;
use crate::support::{Done, Project};
use std::path::Path;

const SWEEP: &str = "
name: s
data: { set: table, path: p.csv, label: class }
model: { width: 4 }
training: { epochs: 2, batch_size: 16 }
validation: { folds: 2 }
grid: { training.learning_rate: [0.1, 0.01] }
keep: all
";

/// A sweep that was trained on `p.csv`.
fn trained(sweep: &str) -> Project {
    let project = Project::new(sweep);
    project.write("p.csv", &two_classes());
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    project
}

fn fine(project: &Project, arguments: &[&str]) -> Done {
    let done = project.run(arguments);
    assert_eq!(done.code, 0, "{arguments:?}: {}", done.error);
    done
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn reports_are_the_same_without_the_data() {
    let project = trained(SWEEP);
    fine(&project, &["report", "sweep.yaml"]);
    let with = ["reports/s.md", "reports/s.csv"].map(|file| project.read(file));
    std::fs::remove_file(project.path("p.csv")).unwrap();
    let done = fine(&project, &["report", "sweep.yaml"]);
    assert!(
        done.error
            .contains("p.csv; using the description of the data in the results"),
        "{}",
        done.error
    );
    assert_eq!(
        with,
        ["reports/s.md", "reports/s.csv"].map(|file| project.read(file))
    );
    // The names of the classes too.
    assert!(with[0].contains("yes"), "{}", with[0]);
    let status = fine(&project, &["status", "sweep.yaml"]);
    assert!(
        status.output.contains("finished          4\n"),
        "{}",
        status.output
    );
    fine(&project, &["clean", "sweep.yaml", "--dry-run"]);
    fine(&project, &["compare", "sweep.yaml"]);
    // Training, and checks before it, need the data.
    for command in ["run", "plan", "verify"] {
        let done = project.run(&[command, "sweep.yaml"]);
        assert_eq!(done.code, 2, "{command}");
        assert!(done.error.contains("p.csv"), "{command}: {}", done.error);
    }
}

#[test]
fn a_results_folder_is_self_contained_under_any_name() {
    let project = trained(SWEEP);
    let elsewhere = Project::new("");
    for name in ["one", "two"] {
        copy(&project.path("runs/s"), &elsewhere.path(name));
    }
    std::fs::remove_dir_all(elsewhere.path("two/lr0.1")).unwrap();
    fine(&elsewhere, &["compare", "one"]);
    let table = elsewhere.read("reports/course.csv");
    assert_eq!(table.lines().count(), 3, "{table}");
    let done = fine(&elsewhere, &["merge", "two", "one"]);
    assert!(
        done.output
            .contains("one: 2 results copied, 2 already present with equal values"),
        "{}",
        done.output
    );
    let done = fine(&elsewhere, &["merge", "new", "one", "two"]);
    assert!(
        done.output.contains("results for 4 of 4 runs"),
        "{}",
        done.output
    );
}

#[test]
fn kept_weights_are_exported_without_the_data_as_with_it() {
    for normalise in ["training", "none"] {
        let data = format!("label: class, normalise: {normalise} }}");
        let project = trained(&SWEEP.replace("label: class }", &data));
        let export = |fold: &str, folder: &str| {
            fine(
                &project,
                &["export", "sweep.yaml", "--fold", fold, "--output", folder],
            );
            ["model.json", "model.safetensors"]
                .map(|file| std::fs::read(project.path(folder).join(file)).unwrap())
        };
        let with = ["0", "1"].map(|fold| export(fold, &format!("with-{fold}")));
        std::fs::remove_file(project.path("p.csv")).unwrap();
        let without = ["0", "1"].map(|fold| export(fold, &format!("without-{fold}")));
        assert!(with == without, "{normalise}");
        project.write("asked.csv", "a,b\n0.0,1.0\n2.0,-1.0\n");
        fine(&project, &["predict", "without-0", "asked.csv"]);
    }
}

#[test]
fn changed_data_is_not_used_with_earlier_results() {
    let project = trained(SWEEP);
    project.write("p.csv", &two_classes().replace("yes", "perhaps"));
    let done = project.run(&["report", "sweep.yaml"]);
    assert_eq!(done.code, 3, "{}", done.error);
    std::fs::remove_file(project.path("p.csv")).unwrap();
    // A different file or column: the results do not describe it.
    for other in ["data.path=q.csv", "data.label=b", "data.test_fraction=0.3"] {
        let done = project.run(&["report", "sweep.yaml", "--set", other]);
        assert_eq!(done.code, 2, "{other}: {}", done.error);
        assert!(
            done.error.contains("no") && done.error.contains(".csv"),
            "{}",
            done.error
        );
    }
}

#[test]
fn an_included_data_set_is_recorded_next_to_the_first() {
    let sweep = SWEEP.replace(
        "grid:",
        "include: [{ data.path: q.csv, data.label: b }]\ngrid:",
    );
    let project = Project::new(&sweep);
    project.write("p.csv", &two_classes());
    // Here `b` is the class, and `class` a feature that says nothing of it.
    let rows = two_classes();
    let rows = rows.lines().enumerate().map(|(row, line)| match row {
        0 => format!("{line}\n"),
        // Without it `a` alone would determine `b`.
        1 => "0.005,-1,0\n".to_owned(),
        _ => format!("{},{}\n", line.rsplit_once(',').unwrap().0, row / 2 % 2),
    });
    project.write("q.csv", &rows.collect::<String>());
    let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    for file in ["p.csv", "q.csv"] {
        std::fs::remove_file(project.path(file)).unwrap();
    }
    let done = fine(&project, &["status", "sweep.yaml"]);
    assert!(
        done.error.contains("p.csv") && done.error.contains("q.csv"),
        "{}",
        done.error
    );
}

#[test]
fn a_plan_without_its_data_states_it() {
    let project = Project::new("data: { limit: 500 }\n");
    let done = fine(&project, &["plan", "sweep.yaml", "--data", "nowhere"]);
    assert!(done.output.contains("80 steps"), "{}", done.output);
    let is_refused = done.error.contains("cannot train yet: ");
    assert!(
        is_refused && done.error.contains("nowhere"),
        "{}",
        done.error
    );
}

#[test]
fn a_report_without_the_data_still_shows_its_warnings() {
    for (language, warning) in [
        (
            "en",
            "Warning: the column `c` alone determines the class in all training",
        ),
        (
            "fr",
            "Attention : la colonne `c` détermine à elle seule la classe",
        ),
    ] {
        let sweep = format!("{SWEEP}report: {{ language: {language} }}\n");
        let project = Project::new(&sweep);
        let rows = two_classes();
        let rows = rows.lines().enumerate().map(|(row, line)| match row {
            0 => format!("c,{line}\n"),
            _ => format!("{},{line}\n", 0.7 * (row % 2) as f64 + 0.01 * row as f64),
        });
        project.write("p.csv", &rows.collect::<String>());
        let done = fine(&project, &["sweep.yaml", "--device", "cpu", "--quiet"]);
        let printed = "! the column `c` alone determines the class in all training and validation rows: if it \
                    is known only after the class (a leak), the scores are meaningless";
        assert!(done.error.starts_with(printed), "{}", done.error);
        let with = ["reports/s.md", "reports/s.html"].map(|file| project.read(file));
        // Before the ranking.
        let head = with[0].split("\n## ").next().unwrap();
        assert!(head.contains(warning), "{head}");
        assert!(with[1].contains(&warning.replace("`c`", "<code>c</code>")));
        std::fs::remove_file(project.path("p.csv")).unwrap();
        let done = fine(&project, &["report", "sweep.yaml"]);
        assert!(done.error.contains(printed), "{}", done.error);
        assert_eq!(
            with,
            ["reports/s.md", "reports/s.html"].map(|file| project.read(file))
        );
        fine(&project, &["compare", "runs/s"]);
        assert!(project.read("reports/course.md").contains(warning));
    }
}

#[test]
fn results_without_recorded_warnings_are_read() {
    let project = trained(SWEEP);
    let kept = project.read("runs/s/sweep.json");
    let older = kept.replacen("\"warnings\": []", "\"unknown\": []", 1);
    assert_ne!(kept, older);
    project.write("runs/s/sweep.json", &older);
    std::fs::remove_file(project.path("p.csv")).unwrap();
    fine(&project, &["report", "sweep.yaml"]);
}
