//! Score against seconds, with memory as the area of points.

use super::Figures;
use crate::report::document::figure::Figure;
use charts::{Axis, Categories, Direction, Heading, ParetoScatter, ScatterPoint};

/// The picture, where several trials were measured.
pub(crate) fn figure(figures: &Figures) -> Option<Figure> {
    let (material, words) = (figures.material, figures.words);
    let mut has_bytes = true;
    let points = (0..material.plan.trials.len()).filter_map(|trial| {
        let (profile, _) = material.results.profiles.get(&trial)?;
        has_bytes &= profile.peak_bytes.is_some();
        let is_best = material.analysis.best == Some(trial);
        let is_chosen = material.analysis.chosen == Some(trial) && !is_best;
        Some(ScatterPoint {
            name: material.plan.trials[trial].name.clone(),
            x: profile.seconds_per_epoch,
            y: figures.mean_score(trial)?,
            size: profile
                .peak_bytes
                .map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 20)),
            shape: 0,
            annotation: match (is_best, is_chosen) {
                (true, _) => words.pick("best", "meilleur").to_owned(),
                (_, true) => words.pick("chosen", "choisi").to_owned(),
                _ => String::new(),
            },
        })
    });
    let points: Vec<ScatterPoint> = points.collect();
    if points.len() < 2 {
        return None;
    }
    let caption = words.pick(
        "Score against seconds of an epoch, with the front of score and seconds",
        "Score selon les secondes par époque, avec le front de score et temps",
    );
    let chart = ParetoScatter {
        heading: Heading::new(caption),
        x: Axis::log(
            words.pick("seconds of an epoch, alone", "secondes par époque, seul"),
            "s",
        ),
        y: figures.score_axis(),
        x_direction: Direction::Minimise,
        y_direction: figures.direction(),
        points,
        size_axis: has_bytes.then(|| {
            Axis::linear(
                words.pick("peak memory", "pic de mémoire"),
                words.pick("MiB", "Mio"),
            )
        }),
        shapes: Categories::default(),
        front_label: words.pick("Pareto front", "front de Pareto").to_owned(),
        others_label: words.pick("other trials", "autres essais").to_owned(),
    };
    Some(figures.draw("trade-off", caption.to_owned(), &chart))
}
