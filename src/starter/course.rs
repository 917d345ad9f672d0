//! The course: a sweep file and a notebook per axis, and a guide.

use super::file::{SCHEMA_FILE, StarterFile};
use crate::spec::Language;
use std::path::Path;

/// A file of the course, in both languages.
struct CourseFile {
    name: &'static str,
    english: &'static str,
    french: &'static str,
}

impl CourseFile {
    fn text(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::French => self.french,
        }
    }
}

/// Declares files of the course by their names, and the folders and the ending of both languages.
macro_rules! course_files {
    ($english:literal, $french:literal, $ending:literal, [$($name:literal),* $(,)?]) => {
        [$(CourseFile {
            name: concat!($name, $ending),
            english: include_str!(concat!($english, $name, $ending)),
            french: include_str!(concat!($french, $name, $ending)),
        }),*]
    };
}

/// The English ones are those of the repository.
const SWEEPS: [CourseFile; 8] = course_files!(
    "../../sweeps/",
    "templates/course_fr/",
    ".yaml",
    [
        "axe1",
        "axe2",
        "axe3",
        "axe4",
        "axe4-overfit",
        "axe5",
        "axe6",
        "cifar10",
    ]
);

/// `notebooks/build.py` writes them.
const NOTEBOOKS: [CourseFile; 6] = course_files!(
    "../../notebooks/en/",
    "../../notebooks/fr/",
    ".ipynb",
    ["axe1", "axe2", "axe3", "axe4", "axe5", "axe6"]
);

/// Where a sweep file of the repository finds the schema.
const REPOSITORY_SCHEMA: &str = "../docs/sweep.schema.json";

/// The guide, the notebooks and the sweep files.
pub(super) fn files(language: Language) -> Vec<StarterFile> {
    let guide = match language {
        Language::English => include_str!("../../docs/course.en.md"),
        Language::French => include_str!("../../docs/course.fr.md"),
    };
    let sweep = |sweep: &CourseFile| {
        let text = sweep
            .text(language)
            .replacen(REPOSITORY_SCHEMA, SCHEMA_FILE, 1);
        StarterFile::new(Path::new("sweeps").join(sweep.name), text)
    };
    let notebook = |notebook: &CourseFile| StarterFile::new(notebook.name, notebook.text(language));
    let mut files = vec![StarterFile::new("README.md", guide)];
    files.extend(SWEEPS.iter().map(sweep));
    files.extend(NOTEBOOKS.iter().map(notebook));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The text of a field of a notebook that is a list of lines.
    fn joined(lines: &Value) -> String {
        let lines = lines.as_array().unwrap().iter();
        lines.map(|line| line.as_str().unwrap()).collect()
    }

    /// The cells of a notebook.
    fn cells(notebook: &StarterFile) -> Vec<Value> {
        let notebook: Value = serde_json::from_slice(&notebook.contents).unwrap();
        notebook["cells"].as_array().unwrap().clone()
    }

    fn is_notebook(file: &StarterFile) -> bool {
        file.path
            .extension()
            .is_some_and(|extension| extension == "ipynb")
    }

    #[test]
    fn notebooks_write_the_sweep_files_of_the_course() {
        for &language in Language::ALL {
            let files = files(language);
            for notebook in files.iter().filter(|file| is_notebook(file)) {
                let mut written = 0;
                for cell in cells(notebook) {
                    let source = joined(&cell["source"]);
                    let Some(rest) = source.strip_prefix("%%writefile ") else {
                        continue;
                    };
                    let (path, text) = rest.split_once('\n').unwrap();
                    let sweep = files.iter().find(|file| file.path == Path::new(path));
                    let sweep = &sweep.unwrap().contents;
                    // `%%writefile` adds the final newline.
                    assert_eq!(format!("{text}\n").as_bytes(), sweep, "{path}");
                    written += 1;
                }
                assert!(written > 0, "{}", notebook.path.display());
            }
        }
    }

    /// Whether a cell has this tag.
    fn has_tag(cell: &Value, tag: &str) -> bool {
        let tags = cell["metadata"]["tags"].as_array();
        tags.is_some_and(|tags| tags.contains(&Value::from(tag)))
    }

    #[test]
    fn every_exercise_of_a_notebook_has_a_solution_and_no_cell_has_outputs() {
        for &language in Language::ALL {
            for notebook in files(language).iter().filter(|file| is_notebook(file)) {
                let name = notebook.path.display();
                let cells = cells(notebook);
                let exercises = cells
                    .iter()
                    .filter(|cell| has_tag(cell, "exercise"))
                    .count();
                assert!(exercises >= 2, "{name}");
                for number in 1..=exercises {
                    let is_solution = |cell: &&Value| {
                        has_tag(cell, "solution")
                            && joined(&cell["source"]).starts_with(&format!("**{number}.** "))
                    };
                    assert_eq!(
                        cells.iter().filter(is_solution).count(),
                        1,
                        "{name} {number}"
                    );
                }
                for cell in cells.iter().filter(|cell| cell["cell_type"] == "code") {
                    assert_eq!(cell["outputs"], serde_json::json!([]));
                    assert_eq!(cell["execution_count"], Value::Null);
                }
            }
        }
    }

    #[test]
    fn both_languages_of_a_notebook_have_the_same_code() {
        let code = |language| {
            let files = files(language).into_iter();
            let cells = files.filter(is_notebook).flat_map(|file| cells(&file));
            let code = cells.filter(|cell| {
                let is_sweep = joined(&cell["source"]).starts_with("%%writefile ");
                cell["cell_type"] == "code" && !is_sweep && !has_tag(cell, "exercise")
            });
            code.map(|cell| joined(&cell["source"])).collect::<Vec<_>>()
        };
        assert_eq!(code(Language::English), code(Language::French));
    }
}
