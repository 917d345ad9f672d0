//! How the numbers of a report are measured.

use crate::escape::code;
use crate::plan::Plan;
use crate::record::{Results, TrialProfile};
use crate::report::analysis::conclusions::{Analysis, ComparisonSummary};
use crate::report::locale::Locale;
use crate::report::results::metrics::stops_early;
use crate::spec::{Language, Sweep};
use std::collections::BTreeMap;

/// One item for each kind of number; empty without results.
pub(crate) fn methodology(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    analysis: &Analysis,
) -> Vec<String> {
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
    items.extend(comparisons(locale, analysis));
    if let Some(accuracy) = sweep.options.report.target_accuracy {
        let target = locale.target(accuracy.get());
        items.push(match locale.language {
            Language::English => format!(
                "Epochs to {target} (`mean_epochs_to_target` in the CSV): the first epoch with at \
                 least this validation accuracy, averaged over the runs; empty unless every run of \
                 the trial reaches it."
            ),
            Language::French => format!(
                "Époques jusqu’à {target} (`mean_epochs_to_target` dans le CSV) : la première \
                 époque dont l’exactitude de validation atteint ce seuil, en moyenne sur les \
                 entraînements ; vide si un entraînement de l’essai ne l’atteint pas."
            ),
        });
    }
    items.extend(speed(locale, results));
    items.push(memory(locale, results));
    items.push(
        locale
            .tr(
                "`flop_per_sample` in the CSV: the floating-point operations of the matrix \
                 products in the forward and backward pass of one sample.",
                "`flop_per_sample` dans le CSV : les opérations en virgule flottante des produits \
                 matriciels dans la propagation avant et la rétropropagation d’un exemple.",
            )
            .to_owned(),
    );
    items
}

/// The devices, and how many runs train at a time on each.
fn training(locale: Locale, results: &Results) -> String {
    let mut max_cohort: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for run in results.runs.values() {
        let max_cohort = max_cohort.entry((&run.device, run.workers)).or_default();
        *max_cohort = run.cohort.max(*max_cohort);
    }
    let devices = max_cohort.into_iter().map(|((device, workers), cohort)| {
        let parallel = |count: usize| match locale.language {
            Language::English => format!("{count} cohorts at a time"),
            Language::French => format!("{count} cohortes à la fois"),
        };
        let stacked = |cohort: usize| match locale.language {
            Language::English => {
                format!("up to {cohort} runs stacked into one cohort")
            }
            Language::French => {
                format!("jusqu’à {cohort} entraînements regroupés en une cohorte")
            }
        };
        let how = match (workers, cohort) {
            (1, 0 | 1) => locale
                .tr("one run at a time", "un entraînement à la fois")
                .to_owned(),
            (workers, 0 | 1) => match locale.language {
                Language::English => format!("{workers} runs at a time"),
                Language::French => format!("{workers} entraînements à la fois"),
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

/// The numeric precision.
fn precision(locale: Locale, results: &Results) -> String {
    let runs = results.runs.values();
    let precisions = distinct(runs.map(|run| run.precision.clone())).join("; ");
    let mut text = match locale.language {
        Language::English => format!("Precision: {precisions}."),
        Language::French => format!("Précision : {precisions}."),
    };
    if precisions.contains("TF32") {
        text.push_str(locale.tr(
            " TF32 rounds the factors of a product to 10 mantissa bits (float32 has 23); sums are \
             in float32.",
            " TF32 arrondit les facteurs d’un produit à 10 bits de mantisse (float32 en a 23) ; \
             les sommes sont en float32.",
        ));
    }
    text
}

fn scores(locale: Locale, plan: &Plan) -> String {
    let model = if stops_early(plan) {
        locale.tr(
            "the final model: that of the last epoch or, if a run stops early and \
             `training.restore_best` is true, of the best epoch",
            "le modèle final : celui de la dernière époque ou, si l’entraînement s’arrête tôt et \
             que `training.restore_best` est vrai, de la meilleure",
        )
    } else {
        locale.tr(
            "the model after the last epoch",
            "le modèle après la dernière époque",
        )
    };
    match locale.language {
        Language::English => format!(
            "All scores describe {model}. Macro F1 is the mean of the classes' F1 scores. The test set is evaluated once, at the end, and is not used for any choice."
        ),
        Language::French => format!(
            "Tous les scores décrivent {model}. La macro-F1 est la moyenne des scores F1 des \
             classes. L’ensemble de test est évalué une seule fois, à la fin, et n’intervient dans \
             aucun choix."
        ),
    }
}

/// How trials are compared with the best.
fn comparisons(locale: Locale, analysis: &Analysis) -> Option<String> {
    let ComparisonSummary::Compared { splits, .. } = analysis.comparison else {
        return None;
    };
    Some(match locale.language {
        Language::English => format!(
            "Trials are compared with the best on the same {splits} splits, at the 5 % level, \
             corrected for the number of trials and for having selected the best on the same \
             scores. The levels of a factor are compared in the same way, by their means on \
             each split. Intervals are 95 % intervals of the mean; trials whose intervals overlap \
             may still differ. Tests and intervals allow for overlapping training sets (Nadeau and \
             Bengio 2003)."
        ),
        Language::French => format!(
            "Les essais sont comparés au meilleur sur les mêmes {splits} partages, au seuil de \
             5 %, avec correction pour le nombre d’essais et pour le choix du meilleur sur les \
             mêmes scores. Les niveaux d’un facteur sont comparés de la même façon, par leurs \
             moyennes sur chaque partage. Les intervalles à 95 % sont ceux de la moyenne ; des essais \
             dont les intervalles se chevauchent peuvent différer. Tests et intervalles tiennent \
             compte du recouvrement des exemples d’entraînement (Nadeau et Bengio 2003)."
        ),
    })
}

fn losses(locale: Locale, plan: &Plan) -> String {
    let mut text = locale
        .tr(
            "Losses are the cross-entropy without penalties and label smoothing. The training loss \
             is the mean over an epoch's batches, each measured before its step, with dropout and \
             image augmentation if configured.",
            "Les pertes sont l’entropie croisée, sans pénalités ni lissage des étiquettes. La \
             perte d’entraînement est la moyenne sur les lots d’une époque, chacun mesuré avant \
             son pas, avec dropout et augmentation des images s’ils sont configurés.",
        )
        .to_owned();
    if plan.is_validated() {
        text.push_str(locale.tr(
            " The validation loss is measured after the epoch, without dropout. `gap` is the \
             validation loss minus the training loss of the same epoch. A negative gap is not an \
             error: during the epoch, the model is still improving and dropout hinders it.",
            " La perte de validation est mesurée après l’époque, sans dropout. L’écart est la \
             perte de validation moins la perte d’entraînement de la même époque. Un écart négatif \
             n’est pas une erreur : pendant l’époque, le modèle progresse encore et le dropout le \
             gêne.",
        ));
    }
    text
}

fn speed(locale: Locale, results: &Results) -> Vec<String> {
    let mut items = Vec::new();
    let profiles = || results.profiles.values();
    let steps = || profiles().map(|profile| profile.profile.steps);
    if let (Some(min), Some(max)) = (steps().min(), steps().max()) {
        let steps = if min == max {
            min.to_string()
        } else {
            format!("{min} {} {max}", locale.tr("to", "à"))
        };
        let devices =
            distinct(profiles().map(|profile| code(&profile.conditions.device))).join(", ");
        let spread = spread(locale, profiles());
        items.push(match locale.language {
            Language::English => format!(
                "`s/epoch` (`profile_seconds_per_epoch` in the CSV): measured alone on {devices}, \
                 after all runs, once for all trials whose training steps do the same work: same \
                 layers, batch size and optimizer, and the same choice of dropout and penalties on \
                 or off. In each of several rounds, a fresh model trains for a few steps to warm \
                 up, then the median time of the next steps is taken. The value is the mean over \
                 the rounds without the lowest and the highest fifth, times the steps of an epoch, \
                 without validation. Each measurement times {steps} steps.{spread}"
            ),
            Language::French => format!(
                "`s/époque` (`profile_seconds_per_epoch` dans le CSV) : mesuré seul sur {devices}, \
                 après tous les entraînements, une fois pour tous les essais dont les pas \
                 d’entraînement font le même travail : mêmes couches, taille de lot et optimiseur, \
                 dropout et pénalités actifs ou non. À chaque tour, un nouveau modèle fait \
                 quelques pas d’échauffement, puis on prend la durée médiane des pas suivants. La \
                 valeur est la moyenne des tours, sans le cinquième le plus bas ni le plus élevé, \
                 multipliée par le nombre de pas d’une époque, sans validation. Chaque mesure \
                 porte sur {steps} pas.{spread}"
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
                "`mean_seconds_per_epoch` in the CSV: the time of an epoch's training steps in the \
                 runs themselves, amortised: the time of runs trained together is divided by their \
                 number (`mean_cohort`). Concurrent runs share caches, memory and device, so a run \
                 alone takes a different time. `mean_fit_time` is the time of a whole run, \
                 amortised in the same way.",
                "`mean_seconds_per_epoch` dans le CSV : la durée des pas d’une époque dans les \
                 entraînements eux-mêmes, amortie : le temps d’entraînements menés ensemble est \
                 divisé par leur nombre (`mean_cohort`). Des entraînements simultanés partagent \
                 caches, mémoire et processeur : un entraînement seul prend donc un autre temps. \
                 `mean_fit_time` est la durée d’un entraînement entier, amortie de même.",
            )
            .to_owned(),
    );
    items
}

/// The relative standard errors of the times, and what they mean; empty if none is known.
fn spread<'a>(locale: Locale, profiles: impl Iterator<Item = &'a TrialProfile>) -> String {
    let errors = profiles.filter_map(|profile| profile.profile.relative_error);
    let errors: Vec<f64> = errors.collect();
    let (Some(min), Some(max)) = (
        errors.iter().copied().reduce(f64::min),
        errors.iter().copied().reduce(f64::max),
    ) else {
        return String::new();
    };
    let [min, max] = [min, max].map(|error| locale.share(Some(error)));
    let range = if min == max {
        min
    } else {
        format!("{min} {} {max}", locale.tr("to", "à"))
    };
    match locale.language {
        Language::English => format!(
            " The standard error of the times (`profile_relative_error`) is {range} %. For \
             the Pareto front, two times count as equal if they differ by at most twice the standard \
             error of their difference."
        ),
        Language::French => format!(
            " L’erreur-type des durées (`profile_relative_error`) est de {range} %. Pour le front de \
             Pareto, deux durées comptent comme égales si leur écart est d’au plus deux fois \
             l’erreur-type de cet écart."
        ),
    }
}

fn memory(locale: Locale, results: &Results) -> String {
    let measured = |on_cpu: bool| {
        let mut profiles = results.profiles.values();
        profiles.any(|profile| {
            let is_on_cpu = profile.conditions.device == "cpu";
            profile.profile.peak_bytes.is_some() && is_on_cpu == on_cpu
        })
    };
    let on_cpu = locale.tr(
        "`peak MiB` (`profile_peak_bytes` in the CSV): in the same measurement, the peak of the \
         bytes allocated by its thread while it trains the model: parameters, optimizer state, activations, gradients and batches, without the data set, which all runs share.",
        "`pic Mio` (`profile_peak_bytes` dans le CSV) : dans la même mesure, le maximum des octets \
         alloués par son fil d’exécution pendant l’entraînement du modèle : \
         paramètres, état de l’optimiseur, activations, gradients et lots, sans les données, que \
         tous les entraînements partagent.",
    );
    let on_gpu = locale.tr(
        "`peak MiB` (`profile_peak_bytes` in the CSV): in the same measurement, the peak of the \
         GPU memory in use: parameters, optimizer state, activations, gradients and batches, \
         without the data set, which all runs share.",
        "`pic Mio` (`profile_peak_bytes` dans le CSV) : dans la même mesure, le maximum de la \
         mémoire du GPU utilisée : paramètres, état de l’optimiseur, activations, gradients et \
         lots, sans les données, que tous les entraînements partagent.",
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
