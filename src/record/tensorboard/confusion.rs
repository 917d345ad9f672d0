//! Confusion matrices, and their pictures.

use super::raster::{Canvas, Colour, Direction, LETTER, LINE, Raster, mix};
use serde::Serialize;

/// How many samples of each class were taken for which class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// Samples: a row for each true class, a column for each predicted one.
    pub counts: Vec<Vec<u64>>,
    /// The classes' names, in the order of rows and columns.
    pub classes: Vec<String>,
}

/// With more classes the numbers would be too small to read: shades alone are drawn.
const MOST_NUMBERED: usize = 20;
/// Letters of a class's name that are drawn.
const LONGEST_NAME: usize = 16;

const BACKGROUND: Colour = [255, 255, 255];
const INK: Colour = [40, 40, 40];
const GRID: Colour = [225, 225, 225];
/// The colour of a cell that has all samples of its row.
const FULL: Colour = [8, 48, 107];
/// The share of its row from which a cell is so dark that white is read better than black.
const DARK: f64 = 0.45;
/// Space around the drawing, and between its parts, in pixels.
const GAP: usize = 6;
/// The width at which TensorBoard shows every image, in pixels. One that is less wide would be
/// stretched and one that is wider shrunk, either without smoothing: so ten classes of four-digit
/// counts just fit.
const SHOWN_WIDTH: usize = 350;

impl Confusion {
    /// Draws the matrix: the darker a cell, the greater its share of the samples of its true class.
    pub fn draw(&self) -> Raster {
        let classes = self.classes.len();
        let cell = self.cell();
        let names: Vec<String> = self.classes.iter().map(|name| shortened(name)).collect();
        let longest = names.iter().map(|name| name.chars().count()).max();
        // Names stand beside cells that are as high as a line.
        let name_width = if cell.1 >= LINE {
            longest.unwrap_or(0) * LETTER
        } else {
            0
        };
        let is_upright = name_width + LETTER > cell.0;
        let name_height = match (name_width, is_upright) {
            (0, _) => 0,
            (_, true) => name_width,
            (_, false) => LINE,
        };
        let (left, top) = (
            GAP + LINE + GAP + name_width + GAP,
            GAP + LINE + GAP + name_height + GAP,
        );
        let (width, height) = (cell.0 * classes, cell.1 * classes);
        let mut canvas = Canvas::new(
            (left + width + GAP).max(SHOWN_WIDTH),
            (top + height).max(top + "true".len() * LETTER) + GAP,
            BACKGROUND,
        );
        let centred = |text: &str, space: usize| space.saturating_sub(text.len() * LETTER) / 2;
        let predicted = (left + centred("predicted", width), GAP);
        canvas.text(predicted, "predicted", INK, Direction::Right);
        let truth = (GAP, top + centred("true", height));
        canvas.text(truth, "true", INK, Direction::Up);
        if name_width > 0 {
            for (class, name) in names.iter().enumerate() {
                let length = name.chars().count() * LETTER;
                let beside = (
                    left - GAP - length,
                    top + class * cell.1 + (cell.1 - LINE) / 2,
                );
                canvas.text(beside, name, INK, Direction::Right);
                let column = left + class * cell.0;
                if is_upright {
                    let above = (column + (cell.0 - LINE) / 2, top - GAP - length);
                    canvas.text(above, name, INK, Direction::Up);
                } else {
                    let above = (column + (cell.0 - length) / 2, top - GAP - LINE);
                    canvas.text(above, name, INK, Direction::Right);
                }
            }
        }
        canvas.rectangle((left - 1, top - 1), (width + 2, height + 2), GRID);
        for (row, counts) in self.counts.iter().enumerate().take(classes) {
            let total: u64 = counts.iter().sum();
            for (column, &count) in counts.iter().enumerate().take(classes) {
                let share = count as f64 / total.max(1) as f64;
                let corner = (left + column * cell.0, top + row * cell.1);
                // A line of the grid stays free between cells that are large enough.
                let line = usize::from(self.is_numbered());
                let size = (cell.0 - line, cell.1 - line);
                canvas.rectangle(corner, size, mix(BACKGROUND, FULL, share));
                if self.is_numbered() && count > 0 {
                    let ink = if share > DARK { BACKGROUND } else { INK };
                    let text = count.to_string();
                    let middle = (
                        corner.0 + (cell.0 - text.len() * LETTER) / 2,
                        corner.1 + (cell.1 - LINE) / 2,
                    );
                    canvas.text(middle, &text, ink, Direction::Right);
                }
            }
        }
        canvas.image()
    }

    fn is_numbered(&self) -> bool {
        self.classes.len() <= MOST_NUMBERED
    }

    /// Width and height of a cell, in pixels.
    fn cell(&self) -> (usize, usize) {
        if self.is_numbered() {
            let largest = self.counts.iter().flatten().max().unwrap_or(&0);
            let digits = largest.to_string().len();
            ((digits * LETTER + 2).max(28), 28)
        } else {
            // About 700 pixels, and never less than 2 for a cell.
            let side = (700 / self.classes.len()).max(2);
            (side, side)
        }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST_NAME - 2).collect();
    format!("{start}..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(classes: usize, name: &str) -> Raster {
        let counts = (0..classes).map(|row| {
            (0..classes)
                .map(|column| if row == column { 90 } else { 1 })
                .collect()
        });
        let confusion = Confusion {
            counts: counts.collect(),
            classes: (0..classes).map(|class| format!("{name}{class}")).collect(),
        };
        confusion.draw()
    }

    #[test]
    fn any_number_of_classes_and_any_names_are_drawn() {
        for classes in [0, 1, 2, 10, 20, 21, 100, 500] {
            for name in [
                "",
                "a",
                "chat \u{e9}t\u{e9} ",
                "\u{1F98A}",
                "a very long name of a class ",
            ] {
                let image = image(classes, name);
                assert!(image.width >= 40 && image.height >= 40);
                assert!(image.width < 1200 && image.height < 1200);
            }
        }
    }

    #[test]
    fn a_matrix_that_lacks_cells_is_drawn_without_them() {
        let confusion = Confusion {
            counts: vec![vec![1, 2, 3], vec![]],
            classes: vec!["a".into(), "b".into()],
        };
        assert!(!confusion.draw().png.is_empty());
    }
}
