//! How the numbers of a report were measured, in locale.

use crate::escape::code;
use crate::plan::Plan;
use crate::record::Results;
use crate::report::locale::Locale;
use crate::report::results::metrics::stops_early;
use crate::spec::{Language, Sweep};
use std::collections::BTreeMap;

/// An item for each kind of number; none without results.
pub(crate) fn methodology(sweep: &Sweep, plan: &Plan, results: &Results) -> Vec<String> {
    if results.runs.is_empty() {
        return Vec::new();
    }
    let locale = Locale::of(sweep);
    let mut items = vec![
        training(locale, results),
        precision(locale, results),
        scores(locale, plan),
        losses(locale, plan),
    ];
    if let Some(accuracy) = sweep.report.target_accuracy {
        let target = locale.target(accuracy.get());
        items.push(match locale.language {
            Language::English => format!(
                "Epochs to {target} (`mean_epochs_to_target` in the CSV): the first epoch after \
                 which the validation accuracy was at least that, mean over the runs; empty unless \
                 every run of the trial reached it."
            ),
            Language::French => format!(
                "Époques jusqu’à {target} (`mean_epochs_to_target` dans le CSV) : la première \
                 époque après laquelle l’exactitude de validation atteint ce seuil, moyenne des \
                 entraînements ; vide si l’un d’eux ne l’atteint pas."
            ),
        });
    }
    items.extend(speed(locale, results));
    items.push(memory(locale, results));
    items.push(
        locale
            .tr(
                "`flop_per_sample` in the CSV: the operations of the matrix products in one \
                 sample's forward and backward pass.",
                "`flop_per_sample` dans le CSV : les opérations des produits matriciels pour les \
                 passes avant et arrière d’un exemple.",
            )
            .to_owned(),
    );
    items
}

/// On which devices, and how many runs at a time.
fn training(locale: Locale, results: &Results) -> String {
    let mut max_cohort: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for run in results.runs.values() {
        let max_cohort = max_cohort.entry((&run.device, run.workers)).or_default();
        *max_cohort = run.cohort.max(*max_cohort);
    }
    let devices = max_cohort.into_iter().map(|((device, workers), cohort)| {
        let parallel = |count: usize| match locale.language {
            Language::English => format!("{count} such programs beside each other"),
            Language::French => format!("{count} tels programmes côte à côte"),
        };
        let stacked = |cohort: usize| match locale.language {
            Language::English => {
                format!("up to {cohort} runs together, as one stacked program")
            }
            Language::French => {
                format!("jusqu’à {cohort} entraînements ensemble, empilés en un seul programme")
            }
        };
        let how = match (workers, cohort) {
            (1, 0 | 1) => locale
                .tr("one run at a time", "un entraînement à la fois")
                .to_owned(),
            (workers, 0 | 1) => match locale.language {
                Language::English => format!("{workers} runs beside each other"),
                Language::French => format!("{workers} entraînements côte à côte"),
            },
            (1, cohort) => stacked(cohort),
            (workers, cohort) => format!(
                "{}{} {}",
                stacked(cohort),
                locale.tr(", and", ", et"),
                parallel(workers)
            ),
        };
        format!("{} {}, {how}", locale.tr("on", "sur"), code(device))
    });
    let devices = distinct(devices).join(locale.tr("; ", " ; "));
    match locale.language {
        Language::English => format!("Training: {devices}."),
        Language::French => format!("Entraînement : {devices}."),
    }
}

/// In which numbers.
fn precision(locale: Locale, results: &Results) -> String {
    let runs = results.runs.values();
    let precisions = distinct(runs.map(|run| run.precision.clone())).join("; ");
    let mut text = match locale.language {
        Language::English => format!("Precision: {precisions}."),
        Language::French => format!("Précision : {precisions}."),
    };
    if precisions.contains("TF32") {
        text.push_str(locale.tr(
            " TF32 rounds the factors of a product to 10 bits behind the point (float32 has 23); \
             sums are in float32.",
            " TF32 arrondit les facteurs d’un produit à 10 bits après la virgule (float32 en a \
             23) ; les sommes sont en float32.",
        ));
    }
    text
}

fn scores(locale: Locale, plan: &Plan) -> String {
    let model = if stops_early(plan) {
        locale.tr(
            "the final model, which is that of the last epoch or, where a run stops early and \
             `training.restore_best` holds, of the best",
            "du modèle final, c’est-à-dire celui de la dernière époque ou, si l’entraînement \
             s’arrête tôt et que `training.restore_best` est vrai, de la meilleure",
        )
    } else {
        locale.tr(
            "the model after the last epoch",
            "du modèle après la dernière époque",
        )
    };
    match locale.language {
        Language::English => format!(
            "Accuracy, loss and macro F1 (the mean of the classes' F1 scores): of {model}. The \
             test set is measured once, at the end, and takes no part in any choice."
        ),
        Language::French => format!(
            "Exactitude, perte et macro-F1 (moyenne des scores F1 des classes) : {model}. \
             L’ensemble de test est mesuré une seule fois, à la fin, et n’intervient dans aucun \
             choix."
        ),
    }
}

fn losses(locale: Locale, plan: &Plan) -> String {
    let mut text = locale
        .tr(
            "Losses are the cross-entropy alone, without penalties and label smoothing. The \
             training loss is the mean over an epoch's batches, each before its step, with dropout \
             and changes of the images where there are such.",
            "Les pertes sont l’entropie croisée seule, sans pénalités ni lissage des étiquettes. \
             La perte d’entraînement est la moyenne sur les lots d’une époque, chacun avant son \
             pas, avec dropout et transformations des images s’il y en a.",
        )
        .to_owned();
    if plan.is_validated() {
        text.push_str(locale.tr(
            " The validation loss is taken after the epoch, of the whole model. `gap` is the \
             validation loss minus the training loss of the same epoch. It can be below 0 without \
             anything being wrong: the training loss is of a model that was still improving, and \
             that dropout hindered.",
            " La perte de validation est celle du modèle entier, après l’époque. L’écart est la \
             perte de validation moins la perte d’entraînement de la même époque. Il peut être \
             négatif sans que rien ne soit faux : la perte d’entraînement est celle d’un modèle \
             qui progressait encore, et que le dropout gênait.",
        ));
    }
    text
}

fn speed(locale: Locale, results: &Results) -> Vec<String> {
    let mut items = Vec::new();
    let profiles = || results.profiles.values();
    let steps = || profiles().map(|(profile, _)| profile.steps);
    if let (Some(min), Some(max)) = (steps().min(), steps().max()) {
        let steps = if min == max {
            min.to_string()
        } else {
            format!("{min} {} {max}", locale.tr("to", "à"))
        };
        let devices = distinct(profiles().map(|(_, device)| code(device))).join(", ");
        items.push(match locale.language {
            Language::English => format!(
                "`s/epoch` (`profile_seconds_per_epoch` in the CSV): each trial alone on \
                 {devices}, after all runs: a fresh model is trained for a few steps to warm up, \
                 then {steps} steps are timed; their median, times the steps of an epoch. Without \
                 validation. The fastest of three rounds over all trials: other programs on the \
                 machine only slow down, so small differences mean little."
            ),
            Language::French => format!(
                "`s/époque` (`profile_seconds_per_epoch` dans le CSV) : chaque essai seul sur \
                 {devices}, après tous les entraînements : un modèle neuf fait quelques pas pour \
                 s’échauffer, puis {steps} pas sont chronométrés ; leur médiane, multipliée par \
                 le nombre de pas d’une époque. Sans validation. Le plus rapide de trois tours \
                 sur tous les essais : les autres programmes de la machine ne font que ralentir, \
                 de petites différences ne veulent donc rien dire."
            ),
        });
    } else {
        items.push(
            locale
                .tr(
                    "`s/epoch`: not measured yet.",
                    "`s/époque` : pas encore mesuré.",
                )
                .to_owned(),
        );
    }
    items.push(
        locale
            .tr(
                "`mean_seconds_per_epoch` in the CSV: the training steps of an epoch as they took \
                 in the runs themselves, amortised: the time of runs trained together is divided \
                 by their number (`mean_cohort`), and runs beside each other share caches, memory \
                 and device. So it is not what a run alone would take. `mean_fit_time` is a whole \
                 run from start to end, amortised likewise.",
                "`mean_seconds_per_epoch` dans le CSV : la durée des pas d’une époque pendant les \
                 entraînements eux-mêmes, amortie : le temps d’entraînements menés ensemble est \
                 divisé par leur nombre (`mean_cohort`), et ceux qui tournent côte à côte \
                 partagent caches, mémoire et processeur. Ce n’est donc pas ce que prendrait un \
                 entraînement seul. `mean_fit_time` est un entraînement entier, du début à la \
                 fin, amorti de même.",
            )
            .to_owned(),
    );
    items
}

fn memory(locale: Locale, results: &Results) -> String {
    let measured = |on_cpu: bool| {
        let mut profiles = results.profiles.values();
        profiles
            .any(|(profile, device)| profile.peak_bytes.is_some() && (device == "cpu") == on_cpu)
    };
    let on_cpu = locale.tr(
        "`peak MiB` (`profile_peak_bytes` in the CSV): in the same measurement, the most bytes \
         that its thread held at one time from the process's allocator, while the model was \
         set up and trained: parameters, optimizer state, activations, gradients and batches; \
         without the data set, which all runs share.",
        "`pic Mio` (`profile_peak_bytes` dans le CSV) : dans la même mesure, le plus grand \
         nombre d’octets tenus à la fois par son fil d’exécution, pendant que le modèle était \
         construit et entraîné : paramètres, état de l’optimiseur, activations, gradients et \
         lots ; sans les données, que tous les entraînements partagent.",
    );
    let on_gpu = locale.tr(
        "`peak MiB` (`profile_peak_bytes` in the CSV): in the same measurement, the most bytes of \
         GPU memory that were in use at one time: parameters, optimizer state, activations, \
         gradients and batches; without the data set, which all runs share.",
        "`pic Mio` (`profile_peak_bytes` dans le CSV) : dans la même mesure, le plus grand \
         nombre d’octets de mémoire du GPU utilisés à la fois : paramètres, état de \
         l’optimiseur, activations, gradients et lots ; sans les données, que tous les \
         entraînements partagent.",
    );
    match (measured(true), measured(false)) {
        (true, true) => format!("{on_cpu} {on_gpu}"),
        (true, false) => on_cpu.to_owned(),
        (false, true) => on_gpu.to_owned(),
        (false, false) => locale
            .tr(
                "`peak MiB`: memory was not measured.",
                "`pic Mio` : la mémoire n’a pas été mesurée.",
            )
            .to_owned(),
    }
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}
