//! Time limits.

use super::text_value::text_value;
use serde_json::json;
use std::fmt;
use std::str::FromStr;

/// The time limit of a task, in seconds; at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit(u32);

impl TimeLimit {
    /// The limit in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// In the notation of Slurm: `H:MM:SS` or `D-HH:MM:SS`.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0 / 86_400, self.0 % 86_400);
        let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
        match days {
            0 => write!(f, "{hours}:{minutes:02}:{seconds:02}"),
            _ => write!(f, "{days}-{hours:02}:{minutes:02}:{seconds:02}"),
        }
    }
}

impl FromStr for TimeLimit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let example = || "write hours, minutes and seconds: 2:00:00 is two hours".to_owned();
        let number = |text: &str| -> Result<u32, String> {
            if (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
                text.parse().map_err(|_| example())
            } else {
                Err(example())
            }
        };
        let (days, clock) = match text.split_once('-') {
            Some((days, clock)) => (number(days)?, clock),
            None => (0, text),
        };
        let has_days = text.contains('-');
        let section_and_field: Vec<u32> = clock.split(':').map(number).collect::<Result<_, _>>()?;
        let seconds = match (&section_and_field[..], has_days) {
            ([hours], true) => hours * 3600,
            ([hours, minutes], true) => hours * 3600 + minutes * 60,
            ([hours, minutes, seconds], _) if *minutes < 60 && *seconds < 60 => {
                hours * 3600 + minutes * 60 + seconds
            }
            // Ambiguous: minutes in Slurm, hours or seconds elsewhere.
            ([minutes], false) => {
                let limit = Self(minutes * 60);
                return Err(format!("write {limit} for {minutes} minutes"));
            }
            ([first, second], false) => {
                let (hours, minutes) = (first * 3600 + second * 60, first * 60 + second);
                return Err(format!(
                    "write {} for hours and minutes, {} for minutes and seconds",
                    Self(hours),
                    Self(minutes)
                ));
            }
            _ => return Err(example()),
        };
        let total = days
            .checked_mul(86_400)
            .and_then(|d| d.checked_add(seconds));
        match total {
            Some(total @ 1..) => Ok(Self(total)),
            _ => Err(example()),
        }
    }
}

text_value!(
    TimeLimit,
    "a time such as 2:00:00 (hours, minutes, seconds) or 1-12:00:00 (with days)",
    json!({ "type": "string",
            "pattern": "^([0-9]{1,5}-[0-9]{1,5}(:[0-9]{2}(:[0-9]{2})?)?|[0-9]{1,5}:[0-9]{2}:[0-9]{2})$" })
);
