//! The kinds of figures: the one list of the names of their files.

/// Declares the kinds with the names of their files.
macro_rules! figure_kinds {
    ($($kind:ident = $name:literal,)+) => {
        /// What a figure shows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum FigureKind { $($kind,)+ }

        impl FigureKind {
            const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The name of its file, or the beginning of it, without the extension.
            fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }
        }
    };
}

figure_kinds! {
    BestScores = "best-scores",
    Confusion = "confusion",
    DifficultSamples = "difficult-samples",
    HeatMap = "heat-map",
    LearningCurves = "learning-curves",
    MainEffects = "main-effects",
    ParallelCoordinates = "parallel-coordinates",
    TradeOff = "trade-off",
    // Several per report: their names end with that of a factor or a trial.
    FactorCurves = "learning-curves-",
    Gradients = "gradients-",
}

impl FigureKind {
    /// The name of a figure's file without the extension, of the only one of this kind if `of` is
    /// empty.
    pub(super) fn file_name(self, of: &str) -> String {
        format!("{}{of}", self.name())
    }

    fn is_single(self) -> bool {
        !self.name().ends_with('-')
    }
}

/// Whether a report may have a figure whose file has this name, without the extension.
pub(crate) fn is_figure_name(name: &str) -> bool {
    FigureKind::ALL.iter().any(|kind| {
        if kind.is_single() {
            name == kind.name()
        } else {
            name.starts_with(kind.name())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_all_figures_are_recognised_and_no_others() {
        for kind in FigureKind::ALL {
            let of = if kind.is_single() { "" } else { "width" };
            assert!(is_figure_name(&kind.file_name(of)), "{kind:?}");
        }
        for other in ["confusion-2", "my-heat-map", "gradient", "learning", ""] {
            assert!(!is_figure_name(other), "{other}");
        }
    }
}
