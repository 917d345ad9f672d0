//! Dates and times of day, which are neither numbers nor categories.

use crate::data::quality::remedy;

/// The error for a column of dates or times; `example` is a cell in backquotes, or the name of the type.
pub(crate) fn refusal(name: &str, example: &str) -> String {
    let column = format!("table[{}]", serde_json::Value::from(name));
    let text = example.trim_matches('`');
    let starts_with_day = text
        .split(['.', '/', '-'])
        .next()
        .and_then(number)
        .is_some_and(|day| day > 12 || text.contains('.'));
    let code = if example == "duration" {
        format!("{column}.dt.total_seconds()")
    } else if is_time(text) {
        format!("{column}.str.split(\":\").str[0].astype(int)")
    } else if example.starts_with("Time") && !example.starts_with("Timestamp") || example == "time"
    {
        format!("{column}.map(lambda time: time.hour)")
    } else if starts_with_day && is_date(text) {
        format!("pandas.to_datetime({column}, dayfirst=True).dt.month")
    } else {
        format!("pandas.to_datetime({column}).dt.month")
    };
    format!(
        "the column `{name}` has dates or times ({example}): convert them to numbers that may matter, such as \
         the year, month, weekday, hour or days since a fixed day (in pandas, `{code}`), or leave the column \
         out: {}",
        remedy::drop_setting(name)
    )
}

/// Whether a type, by its name, is one of dates or times.
pub(crate) fn is_date_type(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    ["date", "time", "duration", "period"]
        .iter()
        .any(|part| kind.contains(part))
}

/// Whether a text is a date, a time of day, or both: `2024-05-31`, `31.5.2024`, `5/31/24 13:05`, `31 May 2024`,
/// `2024-05-31T13:05:00Z`, `13:05`.
pub(crate) fn is_date(text: &str) -> bool {
    let text = text.trim();
    is_time(text)
        || is_day(text)
        || text
            .split_once(['T', ' '])
            .is_some_and(|(day, time)| is_day(day) && is_time(time.trim()))
        || is_day_with_month_name(text)
        || is_month_of_year(text)
}

/// Three parts with the same separator: a day, a month and a year.
fn is_day(text: &str) -> bool {
    ['-', '/', '.'].iter().any(|&separator| {
        let parts: Vec<&str> = text.split(separator).collect();
        let [first, second, third] = parts[..] else {
            return false;
        };
        let in_range = |part: &str, max: u32| {
            let is_short = (1..=2).contains(&part.len());
            is_short && number(part).is_some_and(|number| (1..=max).contains(&number))
        };
        let is_year = |part: &str| part.len() == 4 && number(part).is_some_and(|y| y >= 1000);
        let is_short_year = |part: &str| part.len() == 2 && number(part).is_some();
        let is_month_and_day = |a: &str, b: &str| {
            in_range(a, 12) && in_range(b, 31) || in_range(a, 31) && in_range(b, 12)
        };
        let has_month_name = is_month(second) && in_range(first, 31);
        (is_year(first) && is_month_and_day(second, third))
            || (is_month_and_day(first, second) || has_month_name)
                && (is_year(third) || is_short_year(third))
    })
}

/// `13:05`, `1:05:09 PM`, `13:05:09.250+02:00`, `13:05Z`.
fn is_time(text: &str) -> bool {
    let text = text.trim_end_matches('Z').trim_end();
    let text = ["AM", "PM", "am", "pm"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text)
        .trim_end();
    let text = match text.find(['+', '-']) {
        Some(zone) if zone >= 4 => &text[..zone],
        _ => text,
    };
    let parts: Vec<&str> = text.split(':').collect();
    let below = |part: &str, limit: u32| {
        (1..=2).contains(&part.len()) && number(part).is_some_and(|number| number < limit)
    };
    let seconds = |part: &str| {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
        below(whole, 61) && number(fraction).is_some()
    };
    match parts[..] {
        [hours, minutes] => below(hours, 25) && minutes.len() == 2 && below(minutes, 60),
        [hours, minutes, rest] => below(hours, 25) && below(minutes, 60) && seconds(rest),
        _ => false,
    }
}

/// `31 May 2024`, `May 31, 2024`.
fn is_day_with_month_name(text: &str) -> bool {
    let words: Vec<&str> = text
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    match words[..] {
        [a, b, year, ..] => {
            let day = |word: &str| number(word.strip_suffix('.').unwrap_or(word));
            let is_day = |word: &str| day(word).is_some_and(|day| (1..=31).contains(&day));
            let is_year = year.len() == 4 && number(year).is_some();
            is_year && (is_month(a) && is_day(b) || is_day(a) && is_month(b))
        }
        _ => false,
    }
}

/// `2024-05`, `05/2024`, `May 2024`.
fn is_month_of_year(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', ' ']).collect();
    let [first, second] = parts[..] else {
        return false;
    };
    let is_year = |part: &str| {
        part.len() == 4 && number(part).is_some_and(|year| (1800..2200).contains(&year))
    };
    let is_number =
        |part: &str| part.len() == 2 && number(part).is_some_and(|m| (1..=12).contains(&m));
    let is_any = |part: &str| is_number(part) || is_month(part);
    is_year(first) && is_any(second) || is_any(first) && is_year(second)
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_lowercase();
    MONTHS.contains(&word.as_str()) || NAMES.contains(&word.as_str())
}

fn number(text: &str) -> Option<u32> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_known_by_their_form() {
        for text in [
            "2024-05-31",
            "2024/5/1",
            "31.05.2024",
            "5/31/24",
            "31/5/2024",
            "2024-05-31T13:05:00Z",
            "2024-05-31 13:05:09.250+02:00",
            "1/2/2024 1:05 PM",
            "13:05",
            "01:05:09",
            "31 May 2024",
            "May 31, 2024",
            "31-May-24",
            "1 September 2024",
            "13. March 2020",
            "March 2020",
            "2020-03",
            "03/2020",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "",
            "a",
            "3.5",
            "25-34",
            "1.2.3",
            "192.168.0.1",
            "2024",
            "555-12-3456",
            "2024-13-45",
            "may",
            "4:3",
            "10:1",
            "a b 2024",
            "Mar 1",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
