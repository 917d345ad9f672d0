//! Made-up results for pages.

use super::*;

/// Evenly distributed numbers from 0 to 1 that are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        // Knuth's linear congruential generator (MMIX); its upper bits are good enough here.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1 << 24)
    }

    /// Around 0, with a deviation of about 1.
    fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A trial of a made-up grid, before it has a rank.
struct Trial {
    levels: Vec<Cell>,
    name: String,
    accuracy: f64,
    deviation: f64,
    loss: f64,
    test: f64,
    seconds: f64,
    bytes: f64,
    parameters: f64,
}

const SCHEDULES: [&str; 3] = ["constant", "step every=1 gamma=0.5", "cosine"];

const REGULARISATIONS: [&str; 3] = ["none", "dropout", "weight_decay"];

/// Layers, width, learning rate, schedule and regularisation, in as many repetitions as it takes.
fn trials(count: usize) -> Vec<Trial> {
    let mut numbers = Numbers(5);
    let trial = |index: usize| {
        let layers = 1 + index / 36 % 3;
        let width = [64, 128][index / 18 % 2] * (1 + index / 108 % 4);
        let rate = [0.1, 0.01][index / 9 % 2];
        let (schedule, regularisation) = (index / 3 % 3, index % 3);
        let speed = if rate > 0.05 { 1.0 } else { 0.35 };
        let skill = 0.93 + 0.012 * (width as f64 / 128.0).ln()
            - 0.006 * (layers as f64 - 1.0)
            - 0.09 * (1.0 - speed) * (1.0 + 0.4 * layers as f64)
            - [0.0, 0.012, 0.004][schedule]
            + [0.0, 0.003, 0.001][regularisation];
        let accuracy = (skill + 0.004 * numbers.noise()).clamp(0.1, 0.999);
        let parameters =
            (784 * width + width) + (layers - 1) * (width * width + width) + 10 * width + 10;
        let repetition = match index / 432 {
            0 => String::new(),
            more => format!("_seed{more}"),
        };
        Trial {
            levels: vec![
                (layers as f64).into(),
                (width as f64).into(),
                rate.into(),
                SCHEDULES[schedule].into(),
                REGULARISATIONS[regularisation].into(),
            ],
            name: format!(
                "layers{layers}_width{width}_lr{rate}_{}_{}{repetition}",
                SCHEDULES[schedule].split(' ').next().unwrap_or_default(),
                REGULARISATIONS[regularisation].replace('_', "-"),
            ),
            accuracy,
            deviation: 0.001 + 0.004 * numbers.next(),
            loss: 3.2 * (1.0 - accuracy) + 0.01 * numbers.next(),
            test: accuracy + 0.004 + 0.002 * numbers.noise(),
            seconds: parameters as f64 * 2.5e-7 * (1.0 + 0.05 * numbers.noise().abs()),
            bytes: 2.0e6 + 12.0 * parameters as f64,
            parameters: parameters as f64,
        }
    };
    let mut trials: Vec<Trial> = (0..count).map(trial).collect();
    trials.sort_by(|a, b| b.accuracy.total_cmp(&a.accuracy));
    trials
}

/// Falls towards `floor`, and rises again where it over-fits.
pub(super) fn curve(epochs: usize, start: f64, floor: f64, rise: f64) -> Curve {
    let at = |epoch: usize| {
        let time = 1.0 + epoch as f64;
        Some(floor + (start - floor) * (-0.55 * time).exp() + rise * time * time)
    };
    Curve {
        mean: (0..epochs).map(at).collect(),
        deviation: (0..epochs)
            .map(|epoch| Some(0.03 / (1.0 + epoch as f64).sqrt()))
            .collect(),
    }
}

fn columns() -> Vec<Column> {
    let factor = |key: &str, label: &str, levels: &[&str]| Column {
        levels: levels.iter().map(|&level| level.into()).collect(),
        ..Column::new(key, label, Kind::Factor)
    };
    let metric = |key: &str, label: &str, kind, better, tooltip: &str| Column {
        better,
        tooltip: tooltip.into(),
        ..Column::new(key, label, kind)
    };
    let hidden = |column: Column| Column {
        shown: false,
        ..column
    };
    vec![
        factor("param_layers", "layers", &[]),
        factor("param_width", "width", &[]),
        factor("param_lr", "lr", &[]),
        factor("param_schedule", "schedule", &SCHEDULES),
        factor("param_regularisation", "regularisation", &REGULARISATIONS),
        Column {
            deviation: Some("std_val_accuracy".into()),
            ..metric(
                "mean_val_accuracy",
                "validation accuracy",
                Kind::Percent,
                Better::High,
                "Mean over the folds; ± is the sample standard deviation between them.",
            )
        },
        hidden(metric(
            "std_val_accuracy",
            "deviation of validation accuracy",
            Kind::Percent,
            Better::Low,
            "",
        )),
        metric(
            "mean_test_accuracy",
            "test accuracy",
            Kind::Percent,
            Better::High,
            "Measured once, at the end; no part in any choice.",
        ),
        metric(
            "mean_val_loss",
            "validation loss",
            Kind::Number,
            Better::Low,
            "",
        ),
        metric(
            "seconds_per_epoch",
            "time per epoch",
            Kind::Seconds,
            Better::Low,
            "Each trial alone, median of timed steps.",
        ),
        metric("peak_bytes", "peak memory", Kind::Bytes, Better::Low, ""),
        hidden(metric(
            "parameters",
            "parameters",
            Kind::Count,
            Better::Low,
            "",
        )),
        hidden(metric(
            "converged",
            "converged",
            Kind::Mark,
            Better::None,
            "",
        )),
    ]
}

/// A sweep of this many trials, the last of which failed, with curves of this many epochs.
pub(super) fn grid(language: PageLanguage, count: usize, epochs: usize) -> Page {
    let trials = trials(count);
    // Best first, so that each of the front is quicker than all before it.
    let mut quickest = f64::INFINITY;
    let rows = trials.iter().zip(1_u32..).map(|(trial, rank)| {
        let is_failed = rank as usize == count;
        let pareto = trial.seconds < quickest && !is_failed;
        quickest = quickest.min(trial.seconds);
        let over = trial.accuracy - trials[0].accuracy;
        let known = |value: f64| {
            if is_failed {
                Cell::Missing
            } else {
                value.into()
            }
        };
        let mut values = trial.levels.clone();
        values.extend([
            known(trial.accuracy),
            known(trial.deviation),
            known(trial.test),
            known(trial.loss),
            known(trial.seconds),
            known(trial.bytes),
            trial.parameters.into(),
            (trial.accuracy > 0.9).into(),
        ]);
        Row {
            rank: (!is_failed).then_some(rank),
            state: if is_failed {
                TrialState::Failed
            } else {
                TrialState::Finished
            },
            reason: is_failed.then(|| "the loss of epoch 2 is not finite".to_owned()),
            best: rank == 1,
            chosen: rank == 4,
            not_distinguishable: rank > 1 && over > -0.009,
            worse: over <= -0.009 && !is_failed,
            pareto,
            values,
            curves: (!is_failed).then(|| Curves {
                train_loss: curve(epochs, 2.0, 0.7 * trial.loss, 0.0),
                val_loss: curve(epochs, 1.8, trial.loss, 0.0004),
                val_accuracy: Curve {
                    deviation: vec![Some(trial.deviation); epochs],
                    ..curve(epochs, 0.6, trial.accuracy, 0.0)
                },
            }),
            ..Row::new(&trial.name)
        }
    });
    Page {
        language,
        title: "axe5".into(),
        description: "Layers, width, learning rate, schedule and regularisation on a quarter of MNIST.\n\n\
            Which of them matters, and which differences are smaller than the deviation between folds?".into(),
        summary: vec![format!("Best: `{}`.", trials[0].name)],
        tied_ranks: None,
        overview: vec![
            format!("{count} trials, {} runs: {} finished, 3 failed.", 3 * count, 3 * (count - 1)),
            "3 folds of 15,000 samples".into(),
            "MLP, `sgd`, 3 epochs".into(),
            "CPU, 2 workers".into(),
        ],
        generated_by: "tp-sweep 0.1.0".into(),
        columns: columns(),
        rows: rows.collect(),
        scatter: Some(Scatter { x: "seconds_per_epoch".into(), y: "mean_val_accuracy".into() }),
        sections: sections(),
    }
}

fn sections() -> Vec<Section> {
    let mut table = Table::new([
        ("lr".into(), Align::Left),
        ("trials".into(), Align::Right),
        ("val acc %".into(), Align::Right),
    ]);
    table.row(vec!["0.1".into(), "54".into(), "92.41 ± 1.02".into()]);
    table.row(vec!["0.01".into(), "54".into(), "84.90 ± 2.31".into()]);
    let svg = "<svg viewBox=\"0 0 420 90\" width=\"420\" height=\"90\" font-family=\"sans-serif\" font-size=\"12\">\
        <path d=\"M70 75H410M70 12V75\" stroke=\"#888\" fill=\"none\"/>\
        <text x=\"62\" y=\"32\" text-anchor=\"end\">0.1</text><path d=\"M340 28h50\" stroke=\"#0072b2\"/><circle cx=\"365\" cy=\"28\" r=\"5\" fill=\"#0072b2\"/>\
        <text x=\"62\" y=\"60\" text-anchor=\"end\">0.01</text><path d=\"M100 56h120\" stroke=\"#d55e00\"/><rect x=\"155\" y=\"51\" width=\"10\" height=\"10\" fill=\"#d55e00\"/></svg>";
    vec![
        Section {
            title: "Effect of each factor".into(),
            blocks: vec![
                SectionBlock::Paragraph("Each level's mean over the trials of the grid that have it, that is over all other factors; ± is the sample standard deviation between those trials.".into()),
                SectionBlock::Heading("training.learning_rate".into()),
                SectionBlock::Table(table),
                SectionBlock::Figure(Drawing { svg: svg.into(), caption: "Validation accuracy by learning rate. Points are means, lines one standard deviation.".into() }),
            ],
        },
        Section {
            title: "How it was measured".into(),
            blocks: vec![
                SectionBlock::List(vec![
                    "Training: one run at a time on `cpu`.".into(),
                    "Losses are the cross-entropy alone, without penalties and label smoothing.".into(),
                ]),
                SectionBlock::Code("name: axe5-best\nmodel: { kind: mlp, layers: 1, width: 128 }\ntraining: { epochs: 3, learning_rate: 0.1 }".into()),
            ],
        },
    ]
}

/// Every kind of column, with values that are missing, huge, or as many as there are trials.
pub(super) fn all_column_kinds() -> Page {
    let columns = vec![
        Column::new("momentum", "momentum", Kind::Factor),
        Column {
            better: Better::Low,
            ..Column::new("rate", "learning rate", Kind::Factor)
        },
        Column {
            better: Better::Low,
            ..Column::new("loss", "loss", Kind::Number)
        },
        Column::new("note", "note", Kind::Text),
        Column::new("converged", "converged", Kind::Mark),
        Column::new("nesterov", "nesterov", Kind::Factor),
        Column::new("unknown", "unknown", Kind::Seconds),
        Column {
            better: Better::High,
            ..Column::new("parameters", "parameters", Kind::Count)
        },
        Column::new("steps", "steps", Kind::Count),
    ];
    let rows = (0..40).map(|index| {
        let loss = match index {
            38 => 1e35,
            39 => f64::INFINITY,
            _ => 0.5 + f64::from(index),
        };
        Row {
            rank: (index < 39).then_some(index + 1),
            state: if index < 39 {
                TrialState::Finished
            } else {
                TrialState::Incomplete
            },
            values: vec![
                if index % 2 == 0 {
                    0.9.into()
                } else {
                    Cell::Missing
                },
                (1e-5 * 1.3_f64.powi(index as i32)).into(),
                loss.into(),
                format!("note {index}").into(),
                (index % 4 == 0).into(),
                (index % 8 == 0).into(),
                Cell::Missing,
                f64::from(1000 * (index + 1)).into(),
                // Present for two trials in three, in a different order.
                (index % 3 != 1).then(|| f64::from(index * 7 % 40)).into(),
            ],
            ..Row::new(format!("trial-{index}"))
        }
    });
    Page {
        title: "kinds".into(),
        columns,
        rows: rows.collect(),
        scatter: None,
        sections: vec![],
        ..grid(PageLanguage::En, 1, 1)
    }
}
