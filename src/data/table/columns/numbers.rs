//! Columns of numbers.

use super::column::{Cells, Column};
use super::missing::{Missing, is_marker};
use crate::data::quality::precision::Spread;
use crate::data::samples::imputation::MISSING;
use crate::data::table::encoding::hints;

/// Whole numbers beyond it are rounded by floats of 64 bits: 2⁵³.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number as a file has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A whole number, which a float may round.
    Whole(i128),
    Float(f64),
}

impl Number {
    pub(crate) fn float(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    /// This number less an offset, subtracted before floats round whole numbers.
    fn less(self, offset: f64) -> f64 {
        match self {
            Self::Whole(number) if offset.fract() == 0.0 => {
                number.saturating_sub(offset as i128) as f64
            }
            _ => self.float() - offset,
        }
    }
}

/// The number that a text is; nothing where it is none.
pub(crate) fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let whole = text.parse().ok().map(Number::Whole);
    whole.or_else(|| text.parse().ok().map(Number::Float))
}

/// The numbers of a column; nothing where a value is missing. True counts as 1, false as 0.
///
/// # Errors
/// Text that is no number, values of another type.
pub(crate) fn numbers(column: &Column, missing: &Missing) -> Result<Vec<Option<Number>>, String> {
    let present = |number: Number| Some(number).filter(|number| !missing.is_number(number.float()));
    Ok(match &column.cells {
        Cells::Numbers(cells) => cells
            .iter()
            .map(|cell| cell.and_then(|number| present(Number::Float(number))))
            .collect(),
        Cells::Whole(cells) => cells
            .iter()
            .map(|cell| cell.and_then(|number| present(Number::Whole(number.into()))))
            .collect(),
        Cells::Unsigned(cells) => cells
            .iter()
            .map(|cell| cell.and_then(|number| present(Number::Whole(number.into()))))
            .collect(),
        Cells::Flags(cells) => cells
            .iter()
            .map(|cell| cell.map(|flag| Number::Whole(flag.into())))
            .collect(),
        Cells::Texts(cells) | Cells::Written(cells) => {
            let cell = |(row, text): (usize, &Option<String>)| match text.as_deref() {
                None => Ok(None),
                Some(text) if missing.is_text(text) || is_marker(text) => Ok(None),
                Some(text) => match number(text) {
                    Some(number) => Ok(present(number)),
                    None => Err(column.fault(row, &hints::not_a_number(text))),
                },
            };
            let cells = cells.iter().enumerate();
            cells.map(cell).collect::<Result<_, _>>()?
        }
        Cells::Other(kind) => return Err(column.wrong_type(kind)),
    })
}

/// A number less the offset of its column, in 32 bits.
///
/// # Errors
/// A number that 32 bits do not have, or that 64 bits have rounded where the column has large whole numbers.
pub(crate) fn narrow(
    column: &Column,
    row: usize,
    number: Number,
    offset: f64,
) -> Result<f32, String> {
    if offset.abs() >= EXACT && matches!(number, Number::Float(_)) {
        return Err(column.fault(
            row,
            "a number of this size is rounded where it is written as a float; write it as a whole \
             number",
        ));
    }
    let narrow = number.less(offset) as f32;
    match narrow.is_finite() && narrow != MISSING {
        true => Ok(narrow),
        false => Err(column.fault(
            row,
            &format!(
                "{} is not a finite 32-bit number; correct it, or empty the cell",
                number.float()
            ),
        )),
    }
}

/// What to subtract from the numbers of a column in 64 bits, so that 32 bits tell those at the positions `rows`
/// apart; 0 where they do so already.
///
/// # Errors
/// Numbers that 32 bits cannot tell apart in any way.
pub(crate) fn offset(
    column: &Column,
    numbers: &[Option<Number>],
    rows: &[u32],
) -> Result<f64, String> {
    let present = || rows.iter().filter_map(|&row| numbers[row as usize]);
    let mut spread = Spread::default();
    let are_whole = present().all(|number| matches!(number, Number::Whole(_)));
    for number in present() {
        match number {
            Number::Whole(number) if are_whole => spread.add_whole(number),
            _ => spread.add_float(number.float()),
        }
    }
    let Some(reason) = spread.lost() else {
        return Ok(0.0);
    };
    let smallest = present().map(Number::float).fold(f64::INFINITY, f64::min);
    let mut rest = Spread::default();
    present().for_each(|number| rest.add_float(number.less(smallest)));
    match rest.lost() {
        Some(_) => Err(format!("column `{}`: {reason}", column.name)),
        None => Ok(smallest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: Cells) -> Column {
        Column {
            name: "t".to_owned(),
            cells,
            ..Column::default()
        }
    }

    /// The offset of a column, and its numbers less that.
    fn shifted(cells: Cells) -> (f64, Vec<Option<f32>>) {
        let column = column(cells);
        let numbers = numbers(&column, &Missing::default()).unwrap();
        let rows: Vec<u32> = (0..numbers.len() as u32).collect();
        let offset = offset(&column, &numbers, &rows).unwrap();
        let narrow =
            |number: &Option<Number>| number.map(|n| narrow(&column, 0, n, offset).unwrap());
        (offset, numbers.iter().map(narrow).collect())
    }

    #[test]
    fn what_32_bits_cannot_tell_apart_is_shifted_in_64_whatever_the_file_calls_it() {
        let expected = (1_700_000_003.0, vec![Some(37.0), None, Some(0.0)]);
        let (large, small) = (1_700_000_040, 1_700_000_003);
        assert_eq!(
            shifted(Cells::Whole(vec![Some(large), None, Some(small)])),
            expected
        );
        let unsigned = [Some(large as u64), None, Some(small as u64)];
        assert_eq!(shifted(Cells::Unsigned(unsigned.into())), expected);
        let floats = [Some(large as f64), None, Some(small as f64)];
        assert_eq!(shifted(Cells::Numbers(floats.into())), expected);
        // One marker makes a CSV reader take the column for text.
        let texts = ["1700000040", "NA", "1700000003"].map(|text| Some(text.to_owned()));
        assert_eq!(shifted(Cells::Texts(texts.into())), expected);
        // Differences that 64-bit floats would round away as well.
        let large = Cells::Whole(vec![Some((1 << 60) + 1), Some(1 << 60)]);
        assert_eq!(shifted(large).1, [Some(1.0), Some(0.0)]);
        let large = [(1_i64 << 60) + 1, 1 << 60].map(|number| Some(number.to_string()));
        assert_eq!(
            shifted(Cells::Texts(large.into())).1,
            [Some(1.0), Some(0.0)]
        );
        assert_eq!(shifted(Cells::Whole(vec![Some(3), Some(40)])).0, 0.0);
    }

    #[test]
    fn only_the_rows_to_learn_from_decide_the_offset() {
        let column = column(Cells::Whole(vec![
            Some(1_700_000_040),
            Some(0),
            Some(1_700_000_003),
        ]));
        let numbers = numbers(&column, &Missing::default()).unwrap();
        assert_eq!(offset(&column, &numbers, &[0, 2]), Ok(1_700_000_003.0));
        assert_eq!(offset(&column, &numbers, &[0, 1, 2]), Ok(0.0));
    }

    #[test]
    fn a_float_that_has_lost_its_digits_is_refused() {
        let column = column(Cells::Numbers(vec![Some(1.7e18)]));
        let message = narrow(&column, 0, Number::Float(1.7e18), 1.7e18).unwrap_err();
        assert!(message.contains("as a whole number"), "{message}");
        assert_eq!(narrow(&column, 0, Number::Whole(5), 0.0), Ok(5.0));
        assert!(narrow(&column, 0, Number::Float(1e60), 0.0).is_err());
        assert!(narrow(&column, 0, Number::Float(f64::from(f32::MIN)), 0.0).is_err());
    }
}
