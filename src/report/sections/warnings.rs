//! Warnings about the data.

use crate::escape::code;
use crate::report::locale::Locale;
use crate::spec::{DataWarning, FeatureName, Language, listed};

/// A paragraph for each warning about the data.
pub(crate) fn warnings(locale: Locale, warnings: &[DataWarning]) -> Vec<String> {
    let paragraph = |warning: &DataWarning| match locale.language {
        Language::English => format!("Warning: {}.", warning.in_english(code)),
        Language::French => format!("Attention : {}.", french(warning)),
    };
    warnings.iter().map(paragraph).collect()
}

/// The text of [`DataWarning::in_english`] in French.
fn french(warning: &DataWarning) -> String {
    match warning {
        DataWarning::TargetLeakage { features } => {
            let is_table = matches!(features.first(), Some(FeatureName::Column(_)));
            let names = listed(
                features.iter().map(|feature| feature.shown(code)),
                "et",
                "autres",
            );
            let what = match (is_table, features.len()) {
                (true, 1) => format!("la colonne {names} détermine à elle seule"),
                (true, _) => format!("les colonnes {names} déterminent chacune à elle seule"),
                (false, 1) => format!("la variable {names} détermine à elle seule"),
                (false, _) => format!("les variables {names} déterminent chacune à elle seule"),
            };
            let (which, remedy) = match features.len() {
                1 => ("elle", "retirez-la, sauf si elle a été mesurée avant"),
                _ => (
                    "l’une d’elles",
                    "retirez-les, sauf si elles ont été mesurées avant",
                ),
            };
            format!(
                "{what} la classe dans toutes les lignes d’entraînement et de validation : si {which} \
                 n’est connue qu’une fois la classe connue (une fuite), aucun score de ce rapport n’a \
                 de valeur ; {remedy}"
            )
        }
        DataWarning::ClassesWithoutTrainingSamples {
            classes,
            splits,
            of,
        } => {
            let names = listed(classes.iter().map(|class| code(class)), "et", "autres");
            let (what, them) = match classes.len() {
                1 => (format!("la classe {names} n’a"), "d’elle"),
                _ => (format!("les classes {names} n’ont"), "d’elles"),
            };
            let partitions = if *of == 1 { "partage" } else { "partages" };
            format!(
                "{what} aucun exemple d’entraînement dans {splits} {partitions} sur {of} : \
                 data.limit, la validation et l’ensemble de test en laissent trop peu ; les scores \
                 de ces partages ne tiennent pas compte {them}"
            )
        }
        DataWarning::TrainTestOverlap { samples, of } => format!(
            "{samples} des {of} exemples de test {} : le score de test dit donc peu de choses sur \
             de nouveaux exemples ; retirez-les de l’un des deux ensembles",
            match samples {
                1 => "est aussi un exemple d’entraînement",
                _ => "sont aussi des exemples d’entraînement",
            }
        ),
        DataWarning::Table(warning) => warning.in_french(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_in_the_reports_language() {
        let text = |language, warning| warnings(Locale { language }, &[warning]).remove(0);
        let determined = DataWarning::TargetLeakage {
            features: vec![FeatureName::Column("x".to_owned())],
        };
        let english = text(Language::English, determined.clone());
        assert!(
            english.starts_with("Warning: the column `x` alone determines the class"),
            "{english}"
        );
        let french = text(Language::French, determined);
        assert!(
            french.starts_with("Attention : la colonne `x` détermine à elle seule la classe"),
            "{french}"
        );
        let untrained = DataWarning::ClassesWithoutTrainingSamples {
            classes: vec!["a".to_owned(), "b".to_owned()],
            splits: 1,
            of: 2,
        };
        let french = text(Language::French, untrained);
        assert!(
            french.contains("les classes `a`, `b` n’ont aucun exemple"),
            "{french}"
        );
    }
}
