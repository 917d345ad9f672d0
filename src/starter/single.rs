//! Projects with one sweep file.

use super::file::StarterFile;
use super::kind::StarterKind;
use super::shapes;
use crate::spec::Language;

/// The example of a table: two spirals, made for this project.
const TABLE: &str = include_str!("templates/table.csv");

/// The texts of a project in one language.
struct Texts {
    sweep: &'static str,
    guide: &'static str,
    /// The sentence of the guide on the data.
    data: &'static str,
}

/// The texts of a project: its sweep file, the guide, and the sentences on the data in English and French.
macro_rules! texts {
    ($language:expr, $name:literal, $english:literal, $french:literal) => {
        match $language {
            Language::English => Texts {
                sweep: include_str!(concat!("templates/", $name, ".en.yaml")),
                guide: include_str!("templates/guide.en.md"),
                data: $english,
            },
            Language::French => Texts {
                sweep: include_str!(concat!("templates/", $name, ".fr.yaml")),
                guide: include_str!("templates/guide.fr.md"),
                data: $french,
            },
        }
    };
}

/// The sweep file, the guide and the example data of a project other than the course.
pub(super) fn files(kind: StarterKind, language: Language) -> Vec<StarterFile> {
    let texts = match kind {
        StarterKind::Cnn => texts!(
            language,
            "cnn",
            "MNIST comes with tp-sweep.",
            "MNIST est fourni avec tp-sweep."
        ),
        StarterKind::Table => texts!(
            language,
            "table",
            "`table.csv` is an example: replace it with your table.",
            "`table.csv` est un exemple, à remplacer par votre tableau."
        ),
        StarterKind::Images => texts!(
            language,
            "images",
            "`images/` has examples, one folder per class: replace them with yours.",
            "`images/` contient des exemples, à remplacer par les vôtres : un dossier par classe."
        ),
        StarterKind::Mlp | StarterKind::Course => texts!(
            language,
            "mlp",
            "MNIST comes with tp-sweep.",
            "MNIST est fourni avec tp-sweep."
        ),
    };
    let name = kind.name();
    let guide = texts.guide.replace("{name}", name);
    let guide = guide.replace("{data}", texts.data);
    let mut files = vec![
        StarterFile::new("README.md", guide),
        StarterFile::new(format!("{name}.yaml"), texts.sweep),
    ];
    match kind {
        StarterKind::Table => files.push(StarterFile::new("table.csv", TABLE)),
        StarterKind::Images => files.extend(shapes::files()),
        StarterKind::Course | StarterKind::Mlp | StarterKind::Cnn => {}
    }
    files
}
