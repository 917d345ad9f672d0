//! Texts and numbers in the report's language.

use crate::spec::{Language, Sweep};
use crate::wording::grouped;

/// The language of a report: its texts and decimal sign.
///
/// Texts are written in both languages where they are used, so that whoever changes one sees the
/// other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Locale {
    pub(super) language: Language,
}

impl Locale {
    pub(super) fn of(sweep: &Sweep) -> Self {
        Self {
            language: sweep.options.report.language,
        }
    }

    /// Selects the text of the report's language.
    pub(super) fn tr<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self.language {
            Language::English => english,
            Language::French => french,
        }
    }

    /// A number of runs: `1 run`, `3 entraînements`.
    pub(super) fn runs(self, count: usize) -> String {
        self.counted(count, ["run", "runs"], ["entraînement", "entraînements"])
    }

    /// A number of trials: `1 trial`, `3 essais`.
    pub(super) fn trials(self, count: usize) -> String {
        self.counted(count, ["trial", "trials"], ["essai", "essais"])
    }

    /// A count with a noun, which is given in singular and plural.
    pub(super) fn counted(self, count: usize, english: [&str; 2], french: [&str; 2]) -> String {
        let [one, several] = match self.language {
            Language::English => english,
            Language::French => french,
        };
        let is_one = match self.language {
            Language::English => count == 1,
            Language::French => count < 2,
        };
        format!("{count} {}", if is_one { one } else { several })
    }

    /// A count with separators of thousands: `15,000`.
    pub(super) fn grouped(self, count: usize) -> String {
        let text = grouped(count as u64);
        match self.language {
            Language::English => text,
            // A narrow no-break space.
            Language::French => text.replace(',', "\u{202f}"),
        }
    }

    /// A value of the CSV file; a number gets the language's decimal sign.
    pub(super) fn localize(self, text: String) -> String {
        match text.parse::<f64>() {
            Ok(_) => self.number(text),
            Err(_) => text,
        }
    }

    /// A number formatted by Rust, with the language's decimal sign.
    fn number(self, text: String) -> String {
        match self.language {
            Language::English => text,
            Language::French => text.replace('.', ","),
        }
    }

    /// An accuracy (0 to 1) in percent with two decimals: `94.65`.
    pub(super) fn percent(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            self.number(format!("{:.2}", 100.0 * value))
        })
    }

    /// A difference of two accuracies in percentage points with its sign: `+0.35`.
    pub(super) fn points(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            self.number(format!("{:+.2}", 100.0 * value))
        })
    }

    /// A rank. The leading ties share the range of their ranks: `1–17`.
    pub(super) fn rank(self, rank: Option<u32>, tied_ranks: Option<u32>) -> String {
        match (rank, tied_ranks) {
            (Some(rank), Some(last)) if rank <= last => format!("1–{last}"),
            (Some(rank), _) => rank.to_string(),
            (None, _) => missing(),
        }
    }

    /// A training time in words: `45 seconds`, `3 minutes`, `2 hours`, `4 days`.
    pub(super) fn duration(self, seconds: f64) -> String {
        if seconds < 0.95 {
            return self.tr("under 1 second", "moins d’une seconde").to_owned();
        }
        let (size, english, french) = match seconds {
            s if s < 99.5 => (1.0, ["second", "seconds"], ["seconde", "secondes"]),
            s if s < 99.5 * 60.0 => (60.0, ["minute", "minutes"], ["minute", "minutes"]),
            s if s < 48.0 * 3600.0 => (3600.0, ["hour", "hours"], ["heure", "heures"]),
            _ => (86_400.0, ["day", "days"], ["jour", "jours"]),
        };
        let count = (seconds / size).round() as usize;
        self.counted(count, english, french)
    }

    /// The bounds of an interval: `94.55 to 94.75`.
    pub(super) fn interval(self, low: String, high: String) -> String {
        format!("{low} {} {high}", self.tr("to", "à"))
    }

    /// A share (0 to 1) in percent with one decimal: `71.3`.
    pub(super) fn share(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            self.number(format!("{:.1}", 100.0 * value))
        })
    }

    /// A p value: `0.034`, `< 0.001`.
    pub(super) fn p_value(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| match value {
            p if p < 0.001 => format!("< {}", self.number("0.001".to_owned())),
            p => self.number(format!("{p:.3}")),
        })
    }

    /// A p value in a sentence: `p = 0.034`, `p < 0.001`.
    pub(super) fn p_equality(self, value: f64) -> String {
        match self.p_value(Some(value)) {
            p if p.starts_with('<') => format!("p {p}"),
            p => format!("p = {p}"),
        }
    }

    /// An accuracy as the sweep file has it, in percent: `97.5 %`.
    pub(super) fn target(self, accuracy: f64) -> String {
        // Rounds to 9 decimals: 0.07 · 100 is 7.000000000000001.
        let percent = (100.0 * accuracy * 1e9).round() / 1e9;
        format!("{} %", self.number(percent.to_string()))
    }

    /// A number with four decimals: `0.1963`; large ones as `3.552e35`.
    pub(super) fn four_decimals(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            self.number(match value {
                v if v >= 1e4 => format!("{v:.3e}"),
                v => format!("{v:.4}"),
            })
        })
    }

    /// A difference with four decimals and its sign: `+0.0153`.
    pub(super) fn difference(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            self.number(match value.abs() {
                size if size >= 1e4 => format!("{value:+.3e}"),
                _ => format!("{value:+.4}"),
            })
        })
    }

    /// A mean of whole numbers: `3`, `2.7`.
    pub(super) fn mean_count(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            if value.fract() == 0.0 {
                format!("{value:.0}")
            } else {
                self.number(format!("{value:.1}"))
            }
        })
    }

    /// A non-negative number of any size with three significant digits: `1.25`, `0.0125`,
    /// `1.25e-5`.
    pub(super) fn three_digits(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            if value == 0.0 {
                return "0".to_owned();
            }
            // The exponent after rounding: 0.9996 is 1.00.
            let shown = format!("{value:.2e}");
            let exponent = shown
                .split_once('e')
                .and_then(|(_, e)| e.parse::<i32>().ok());
            self.number(match exponent {
                Some(exponent @ -3..=2) => format!("{value:.*}", (2 - exponent) as usize),
                _ => shown,
            })
        })
    }

    /// Seconds with three significant digits: `0.149`.
    pub(super) fn seconds(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            self.number(match value {
                v if v >= 100.0 => format!("{v:.0}"),
                v if v >= 10.0 => format!("{v:.1}"),
                v if v >= 1.0 => format!("{v:.2}"),
                v if v >= 0.01 => format!("{v:.3}"),
                v => format!("{v:.5}"),
            })
        })
    }

    /// Bytes in mebibytes: `1.2`.
    pub(super) fn mebibytes(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |bytes| {
            self.number(format!("{:.1}", bytes / f64::from(1 << 20)))
        })
    }

    /// A ratio: `1.27 ×`.
    pub(super) fn ratio(self, value: Option<f64>) -> String {
        value.map_or_else(missing, |value| {
            format!("{} ×", self.number(format!("{value:.2}")))
        })
    }
}

pub(super) fn missing() -> String {
    "–".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: Locale = Locale {
        language: Language::English,
    };
    const FRENCH: Locale = Locale {
        language: Language::French,
    };

    #[test]
    fn three_digits_are_three_whatever_the_size() {
        let shown = |value| ENGLISH.three_digits(Some(value));
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(123.456), "123");
        assert_eq!(shown(1.0), "1.00");
        assert_eq!(shown(0.9996), "1.00");
        assert_eq!(shown(0.012_349), "0.0123");
        assert_eq!(shown(0.001), "0.00100");
        assert_eq!(shown(0.000_123_4), "1.23e-4");
        assert_eq!(shown(999.9), "1.00e3");
        assert_eq!(shown(f64::INFINITY), "inf");
        assert_eq!(ENGLISH.three_digits(None), "–");
    }

    #[test]
    fn differences_have_a_sign_and_means_no_needless_decimals() {
        assert_eq!(ENGLISH.difference(Some(0.01534)), "+0.0153");
        assert_eq!(ENGLISH.difference(Some(-0.5)), "-0.5000");
        assert_eq!(ENGLISH.difference(Some(-1e35)), "-1.000e35");
        assert_eq!(ENGLISH.points(Some(0.00354)), "+0.35");
        assert_eq!(ENGLISH.mean_count(Some(3.0)), "3");
        assert_eq!(ENGLISH.mean_count(Some(8.0 / 3.0)), "2.7");
    }

    #[test]
    fn leading_ties_share_a_range_of_ranks_and_durations_are_words() {
        assert_eq!(ENGLISH.rank(Some(17), Some(17)), "1–17");
        assert_eq!(ENGLISH.rank(Some(18), Some(17)), "18");
        assert_eq!(ENGLISH.rank(Some(1), None), "1");
        assert_eq!(ENGLISH.rank(None, Some(17)), "–");
        assert_eq!(ENGLISH.duration(0.2), "under 1 second");
        assert_eq!(ENGLISH.duration(1.2), "1 second");
        assert_eq!(ENGLISH.duration(180.0), "3 minutes");
        assert_eq!(FRENCH.duration(7200.0), "2 heures");
        assert_eq!(FRENCH.duration(432_000.0), "5 jours");
    }

    #[test]
    fn french_numbers_have_a_comma() {
        assert_eq!(FRENCH.percent(Some(0.9465)), "94,65");
        assert_eq!(FRENCH.p_value(Some(0.0001)), "< 0,001");
        assert_eq!(FRENCH.target(0.975), "97,5 %");
        assert_eq!(FRENCH.three_digits(Some(0.000_123_4)), "1,23e-4");
        assert_eq!(FRENCH.seconds(Some(0.1494)), "0,149");
    }
}
