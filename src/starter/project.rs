//! The files of each kind of starter project.

use super::file::{SCHEMA_FILE, StarterFile};
use super::kind::StarterKind;
use super::{course, single};
use crate::spec::{Language, schema_text};
use std::path::Path;

/// Results and downloaded data are not for Git.
const GITIGNORE: &str = include_str!("templates/gitignore");

impl StarterKind {
    /// The files of the project, with its guide, comments and reports in this language.
    pub fn files(self, language: Language) -> Vec<StarterFile> {
        let (sweeps, mut files) = match self {
            Self::Course => (Path::new("sweeps"), course::files(language)),
            Self::Mlp | Self::Cnn | Self::Table | Self::Images => {
                (Path::new(""), single::files(self, language))
            }
        };
        files.push(StarterFile::new(sweeps.join(SCHEMA_FILE), schema_text()));
        files.push(StarterFile::new(".gitignore", GITIGNORE));
        files
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::spec::{DatasetInfo, Source, Sweep};
    use std::collections::HashSet;

    /// The sweep files of a project, by name.
    fn sweeps(kind: StarterKind, language: Language) -> Vec<(String, Sweep)> {
        let files = kind.files(language).into_iter();
        let sweeps = files.filter(|file| file.path.extension().is_some_and(|e| e == "yaml"));
        let parse = |file: StarterFile| {
            let name = file.path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = String::from_utf8(file.contents).unwrap();
            assert!(
                text.starts_with("# yaml-language-server: $schema=sweep.schema.json\n"),
                "{name}: {text}"
            );
            let source = Source {
                name: format!("{name}.yaml"),
                text,
            };
            let sweep = Sweep::parse(source, &name, &[]).unwrap();
            (name, sweep)
        };
        sweeps.map(parse).collect()
    }

    #[test]
    fn both_languages_describe_the_same_trials() {
        for kind in StarterKind::ALL {
            let english = sweeps(kind, Language::English);
            let french = sweeps(kind, Language::French);
            assert_eq!(english.len(), french.len());
            for ((name, english), (french_name, french)) in english.iter().zip(&french) {
                assert_eq!(name, french_name);
                assert_eq!(&english.name, name);
                let trials = |sweep: &Sweep| {
                    // The sizes of MNIST stand for those of every data set.
                    let info = |_: &_| Ok(DatasetInfo::default());
                    let plan = Plan::with_dataset_info(sweep, &info).unwrap();
                    let trials = plan.trials.into_iter();
                    let described = trials.map(|trial| (trial.name, trial.config));
                    described.collect::<Vec<_>>()
                };
                assert_eq!(trials(english), trials(french), "{name}");
                assert_eq!(english.options.report.language, Language::English);
                assert_eq!(french.options.report.language, Language::French, "{name}");
            }
        }
    }

    #[test]
    fn a_project_has_no_path_twice_and_the_sweep_that_it_starts_with() {
        for kind in StarterKind::ALL {
            for &language in Language::ALL {
                let files = kind.files(language);
                let paths: HashSet<_> = files.iter().map(|file| &file.path).collect();
                assert_eq!(paths.len(), files.len());
                assert!(paths.contains(&kind.first_sweep()), "{}", kind.name());
                assert!(paths.iter().all(|path| path.is_relative()));
            }
        }
    }
}
