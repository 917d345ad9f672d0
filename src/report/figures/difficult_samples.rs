//! The most difficult validation samples of an image data set.

use super::figure_kind::FigureKind;
use super::plotter::Plotter;
use crate::report::analysis::sample_outcomes::DifficultSample;
use crate::report::document::figure::Figure;
use crate::report::results::class_names::ClassNames;
use crate::spec::Language;
use charts::{Heading, ImageGrid, LabelledImage};

/// Draws the samples as images; `None` if they are not images, or if the data is not at hand.
pub(crate) fn difficult_samples(
    plotter: &Plotter,
    trial: usize,
    names: ClassNames,
    found: &[DifficultSample],
) -> Option<Figure> {
    let locale = plotter.locale;
    let image = |found: &DifficultSample| {
        let picture = plotter.context.details.picture(trial, found.sample)?;
        let (label, predicted) = (names.of(found.label), names.of(found.most_predicted));
        let (wrong, all) = (found.wrong, found.predictions);
        Some(LabelledImage {
            width: picture.width,
            height: picture.height,
            rgb: picture.rgb,
            caption: format!("{label} → {predicted}"),
            note: match locale.language {
                Language::English => format!("{wrong} of {all}"),
                Language::French => format!("{wrong} sur {all}"),
            },
            tooltip: match locale.language {
                Language::English => format!(
                    "Sample {}: label {label}, most often predicted as {predicted}; {wrong} of {all} \
                     predictions are wrong",
                    found.sample
                ),
                Language::French => format!(
                    "Exemple {} : étiquette {label}, prédit le plus souvent comme {predicted} ; \
                     {wrong} prédictions fausses sur {all}",
                    found.sample
                ),
            },
        })
    };
    let images: Option<Vec<LabelledImage>> = found.iter().map(image).collect();
    let caption = locale.tr(
        "The most difficult validation samples: label → class predicted most often, wrong predictions",
        "Les exemples de validation les plus difficiles : étiquette → classe prédite le plus \
         souvent, prédictions fausses",
    );
    let chart = ImageGrid {
        heading: Heading::new(caption),
        images: images.filter(|images| !images.is_empty())?,
    };
    Some(plotter.draw(FigureKind::DifficultSamples, caption.to_owned(), &chart))
}
