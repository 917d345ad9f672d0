//! Columns of numbers.

use super::super::imputation::MISSING;
use super::super::precision::Spread;
use super::column::{Cells, Column};
use super::hints;
use super::missing::{Missing, is_marker};

/// The numbers of a column less `offset`; nothing where a value is missing. True counts as 1, false as 0.
///
/// # Errors
/// Text that is no number, values of another type.
pub(super) fn numbers(
    column: &Column,
    missing: &Missing,
    offset: f64,
) -> Result<Vec<Option<f64>>, String> {
    let is_present = |number: f64| !missing.is_number(number);
    let present = |number: f64| is_present(number).then_some(number - offset);
    // Not by way of floats, which round large whole numbers.
    let whole = |number: i128| {
        is_present(number as f64).then(|| match offset.fract() == 0.0 {
            true => (number - offset as i128) as f64,
            false => number as f64 - offset,
        })
    };
    Ok(match &column.cells {
        Cells::Numbers(cells) => cells.iter().map(|cell| cell.and_then(present)).collect(),
        Cells::Whole(cells) => cells
            .iter()
            .map(|cell| cell.and_then(|number| whole(number.into())))
            .collect(),
        Cells::Unsigned(cells) => cells
            .iter()
            .map(|cell| cell.and_then(|number| whole(number.into())))
            .collect(),
        Cells::Flags(cells) => cells.iter().map(|cell| cell.map(f64::from)).collect(),
        Cells::Texts(cells) | Cells::Written(cells) => {
            let number = |(row, text): (usize, &Option<String>)| match text.as_deref() {
                None => Ok(None),
                Some(text) if missing.is_text(text) || is_marker(text) => Ok(None),
                Some(text) => match text.trim().parse() {
                    Ok(number) => Ok(present(number)),
                    Err(_) => Err(column.fault(row, &hints::not_a_number(text))),
                },
            };
            cells
                .iter()
                .enumerate()
                .map(number)
                .collect::<Result<_, _>>()?
        }
        Cells::Other(kind) => return Err(column.wrong_type(kind)),
    })
}

/// A number in 32 bits.
///
/// # Errors
/// One that 32 bits do not have.
pub(super) fn narrow(column: &Column, row: usize, number: f64) -> Result<f32, String> {
    let narrow = number as f32;
    match narrow.is_finite() && narrow != MISSING {
        true => Ok(narrow),
        false => Err(column.fault(row, &format!("{number} is no finite 32-bit number"))),
    }
}

/// What to subtract from the numbers of a column in 64 bits, so that 32 bits tell them apart; 0 where they do so
/// already.
///
/// # Errors
/// Numbers that 32 bits cannot tell apart, where they are to be kept or not even the differences fit.
pub(super) fn offset(column: &Column, missing: &Missing, keeps: bool) -> Result<f64, String> {
    let is_present = |&number: &f64| !missing.is_number(number);
    let mut spread = Spread::default();
    let mut smallest = f64::INFINITY;
    match &column.cells {
        Cells::Numbers(cells) => {
            for number in cells.iter().flatten().copied().filter(is_present) {
                spread.add_float(number);
                smallest = smallest.min(number);
            }
        }
        Cells::Whole(cells) => {
            for &number in cells.iter().flatten().filter(|&&n| is_present(&(n as f64))) {
                spread.add_whole(number.into());
                smallest = smallest.min(number as f64);
            }
        }
        Cells::Unsigned(cells) => {
            for &number in cells.iter().flatten().filter(|&&n| is_present(&(n as f64))) {
                spread.add_whole(number.into());
                smallest = smallest.min(number as f64);
            }
        }
        _ => {}
    }
    let Some(reason) = spread.lost() else {
        return Ok(0.0);
    };
    let mut rest = Spread::default();
    for number in numbers(column, missing, smallest)?.into_iter().flatten() {
        rest.add_float(number);
    }
    match keeps || rest.lost().is_some() {
        true => Err(format!("column `{}`: {reason}", column.name)),
        false => Ok(smallest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: Cells) -> Column {
        Column {
            name: "t".to_owned(),
            cells,
            is_index: false,
        }
    }

    #[test]
    fn what_32_bits_cannot_tell_apart_is_shifted_in_64() {
        let missing = Missing::default();
        let seconds = column(Cells::Whole(vec![
            Some(1_700_000_040),
            None,
            Some(1_700_000_003),
        ]));
        let offset_of = |column: &Column| offset(column, &missing, false).unwrap();
        assert_eq!(offset_of(&seconds), 1_700_000_003.0);
        assert_eq!(
            numbers(&seconds, &missing, 1_700_000_003.0).unwrap(),
            [Some(37.0), None, Some(0.0)]
        );
        assert!(
            offset(&seconds, &missing, true)
                .unwrap_err()
                .contains("column `t`: its values")
        );
        // Differences that 64-bit floats would round away as well.
        let large = column(Cells::Whole(vec![Some((1 << 60) + 1), Some(1 << 60)]));
        let shifted = numbers(&large, &missing, offset_of(&large)).unwrap();
        assert_eq!(shifted, [Some(1.0), Some(0.0)]);
        assert_eq!(
            offset_of(&column(Cells::Whole(vec![Some(3), Some(40)]))),
            0.0
        );
    }
}
