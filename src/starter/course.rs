//! The course: one sweep file per axis, and a guide.

use super::file::{SCHEMA_FILE, StarterFile};
use crate::spec::Language;
use std::path::Path;

/// The sweep files of an axis: in English, as in the repository, and in French.
struct CourseSweep {
    name: &'static str,
    english: &'static str,
    french: &'static str,
}

/// Declares the sweep files of the course by their names.
macro_rules! course_sweeps {
    ($($name:literal),* $(,)?) => {
        [$(CourseSweep {
            name: concat!($name, ".yaml"),
            english: include_str!(concat!("../../sweeps/", $name, ".yaml")),
            french: include_str!(concat!("templates/course_fr/", $name, ".yaml")),
        }),*]
    };
}

const SWEEPS: [CourseSweep; 8] = course_sweeps![
    "axe1",
    "axe2",
    "axe3",
    "axe4",
    "axe4-overfit",
    "axe5",
    "axe6",
    "cifar10",
];

/// Where a sweep file of the repository finds the schema.
const REPOSITORY_SCHEMA: &str = "../docs/sweep.schema.json";

/// The guide and the sweep files.
pub(super) fn files(language: Language) -> Vec<StarterFile> {
    let guide = match language {
        Language::English => include_str!("../../docs/course.en.md"),
        Language::French => include_str!("../../docs/course.fr.md"),
    };
    let sweep = |sweep: &CourseSweep| {
        let text = match language {
            Language::English => sweep.english.replacen(REPOSITORY_SCHEMA, SCHEMA_FILE, 1),
            Language::French => sweep.french.to_owned(),
        };
        StarterFile::new(Path::new("sweeps").join(sweep.name), text)
    };
    let mut files = vec![StarterFile::new("README.md", guide)];
    files.extend(SWEEPS.iter().map(sweep));
    files
}
