//! The confusion matrix of one trial.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::report::document::figure::Figure;
use crate::report::results::trial_classes::TrialClasses;
use charts::{Heading, HeatMap};

/// Maximum number of classes in the figure.
const MAX_CLASSES: usize = 40;

/// Draws the matrix of the validation samples, or of the test set if nothing is held out. `None`
/// for more than [`MAX_CLASSES`] classes.
pub(crate) fn confusion_matrix(plotter: &Plotter, classes: &TrialClasses) -> Option<Figure> {
    let locale = plotter.locale;
    let (scores, caption) = match &classes.scores.validation {
        Some(validation) => (
            validation,
            locale.tr(
                "Confusion matrix of the validation samples",
                "Matrice de confusion des exemples de validation",
            ),
        ),
        None => (
            &classes.scores.test,
            locale.tr(
                "Confusion matrix of the test set",
                "Matrice de confusion de l’ensemble de test",
            ),
        ),
    };
    if classes.names.len() > MAX_CLASSES {
        return None;
    }
    let chart = HeatMap::confusion(
        Heading::new(caption),
        (
            locale.tr("true class", "vraie classe"),
            locale.tr("predicted class", "classe prédite"),
        ),
        &classes.names,
        &scores.confusion,
        locale.tr("share of the true class", "part de la vraie classe"),
    );
    Some(plotter.draw(FigureKind::Confusion, caption.to_owned(), &chart))
}
