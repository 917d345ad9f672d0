//! Columns of numbers.

use super::column::{Cells, Column};
use super::hints;
use super::missing::{MissingValues, is_missing_marker};
use crate::data::formats::number::{MAX_EXACT_FLOAT, Number};
use crate::data::quality::precision::Spread;
use crate::data::samples::imputation::MISSING;

/// The number in a text; `None` if it is not a number.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    let whole = text.parse().ok().map(Number::Whole);
    whole.or_else(|| text.parse().ok().map(Number::Float))
}

/// The numbers of a column; `None` for a missing value. True is 1, false 0.
///
/// # Errors
/// Text that is not a number, values of an unsupported type.
pub(crate) fn read_numbers(
    column: &Column,
    missing: &MissingValues,
) -> Result<Vec<Option<Number>>, String> {
    let present =
        |number: Number| Some(number).filter(|number| !missing.is_number(number.to_f64()));
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
        Cells::Texts(cells) | Cells::Untyped(cells) => {
            let cell = |(row, text): (usize, &Option<String>)| match text.as_deref() {
                None => Ok(None),
                Some(text) if missing.is_text(text) || is_missing_marker(text) => Ok(None),
                Some(text) => match parse_number(text) {
                    Some(number) => Ok(present(number)),
                    None => Err(column.cell_error(row, &hints::not_a_number(text))),
                },
            };
            let cells = cells.iter().enumerate();
            cells.map(cell).collect::<Result<_, _>>()?
        }
        Cells::Unsupported(kind) => return Err(column.unsupported_type(kind)),
    })
}

/// A number minus the offset of its column, rounded to 32 bits.
///
/// # Errors
/// A number beyond the range of 32 bits; in a column of large whole numbers, one that the file has as a rounded float.
pub(crate) fn shift_to_f32(
    column: &Column,
    row: usize,
    number: Number,
    offset: f64,
) -> Result<f32, String> {
    if offset.abs() >= MAX_EXACT_FLOAT && matches!(number, Number::Float(_)) {
        return Err(column.cell_error(
            row,
            "a float of this size is rounded; write it as a whole number",
        ));
    }
    let narrow = number.minus(offset) as f32;
    if narrow.is_finite() && narrow != MISSING {
        return Ok(narrow);
    }
    Err(column.cell_error(
        row,
        &format!(
            "{} is not a finite 32-bit number; correct it, or empty the cell",
            number.to_f64()
        ),
    ))
}

/// The offset to subtract from the numbers of a column in 64 bits, so that 32-bit floats can distinguish those at the
/// positions `rows`; 0 if they already can.
///
/// # Errors
/// Numbers that 32-bit floats cannot distinguish with any offset.
pub(crate) fn fit_offset(
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
            _ => spread.add_float(number.to_f64()),
        }
    }
    let Some(reason) = spread.precision_loss() else {
        return Ok(0.0);
    };
    let smallest = present().map(Number::to_f64).fold(f64::INFINITY, f64::min);
    let mut shifted = Spread::default();
    present().for_each(|number| shifted.add_float(number.minus(smallest)));
    match shifted.precision_loss() {
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

    /// The offset of a column, and its numbers minus the offset.
    fn shifted(cells: Cells) -> (f64, Vec<Option<f32>>) {
        let column = column(cells);
        let numbers = read_numbers(&column, &MissingValues::default()).unwrap();
        let rows: Vec<u32> = (0..numbers.len() as u32).collect();
        let offset = fit_offset(&column, &numbers, &rows).unwrap();
        let narrow =
            |number: &Option<Number>| number.map(|n| shift_to_f32(&column, 0, n, offset).unwrap());
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
        // Because of one marker, a CSV reader reads the column as text.
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
        let numbers = read_numbers(&column, &MissingValues::default()).unwrap();
        assert_eq!(fit_offset(&column, &numbers, &[0, 2]), Ok(1_700_000_003.0));
        assert_eq!(fit_offset(&column, &numbers, &[0, 1, 2]), Ok(0.0));
    }

    #[test]
    fn a_float_that_has_lost_its_digits_is_refused() {
        let column = column(Cells::Numbers(vec![Some(1.7e18)]));
        let message = shift_to_f32(&column, 0, Number::Float(1.7e18), 1.7e18).unwrap_err();
        assert!(message.contains("as a whole number"), "{message}");
        assert_eq!(shift_to_f32(&column, 0, Number::Whole(5), 0.0), Ok(5.0));
        assert!(shift_to_f32(&column, 0, Number::Float(1e60), 0.0).is_err());
        assert!(shift_to_f32(&column, 0, Number::Float(f64::from(f32::MIN)), 0.0).is_err());
    }
}
