//! The confusion matrix of the best trial.

use super::Figures;
use crate::report::document::figure::Figure;
use crate::report::sections::classes::TrialClasses;
use charts::{Heading, HeatMap};

/// Classes that a picture can show.
const MOST_CLASSES: usize = 40;

/// The picture: of the validation samples, or of the test set where none are held out.
pub(crate) fn figure(figures: &Figures, classes: &TrialClasses) -> Option<Figure> {
    let words = figures.words;
    let (scores, caption) = match &classes.scores.validation {
        Some(validation) => (
            validation,
            words.pick(
                "Confusion matrix of the validation samples",
                "Matrice de confusion des exemples de validation",
            ),
        ),
        None => (
            &classes.scores.test,
            words.pick(
                "Confusion matrix of the test set",
                "Matrice de confusion de l’ensemble de test",
            ),
        ),
    };
    if classes.names.len() > MOST_CLASSES {
        return None;
    }
    let chart = HeatMap::confusion(
        Heading::new(caption),
        (
            words.pick("true class", "vraie classe"),
            words.pick("predicted class", "classe prédite"),
        ),
        &classes.names,
        &scores.confusion,
        words.pick("share of the true class", "part de la vraie classe"),
    );
    Some(figures.draw("confusion", caption.to_owned(), &chart))
}
