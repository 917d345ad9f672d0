//! Confusion matrices, drawn as images.

use super::raster::{CHARACTER_WIDTH, Canvas, Colour, Direction, LINE_HEIGHT, Raster, mix};
use serde::Serialize;

/// The number of samples of each class that were classified as each class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfusionMatrix {
    /// Samples by true class (row) and predicted class (column).
    pub counts: Vec<Vec<u64>>,
    /// The names of the classes, in the order of rows and columns.
    pub classes: Vec<String>,
}

/// With more classes, only shades are drawn: numbers would be too small to read.
const MAX_NUMBERED_CLASSES: usize = 20;
/// Longer names of classes are shortened.
const MAX_NAME_CHARS: usize = 16;

const BACKGROUND: Colour = [255, 255, 255];
const INK: Colour = [40, 40, 40];
const GRID: Colour = [225, 225, 225];
/// The colour of a cell with all samples of its row.
const FULL: Colour = [8, 48, 107];
/// Cells with a greater fraction of their row get white text.
const DARK_FRACTION: f64 = 0.45;
/// Space around and between the parts of the drawing, in pixels.
const GAP: usize = 6;
/// The width at which TensorBoard shows every image, in pixels. It scales other widths without
/// smoothing. Ten classes with counts of four digits just fit.
const TENSORBOARD_WIDTH: usize = 350;

impl ConfusionMatrix {
    /// Draws the matrix. The shade of a cell shows its fraction of the samples of its true class.
    pub fn draw(&self) -> Raster {
        let classes = self.classes.len();
        let cell = self.cell_size();
        let names: Vec<String> = self.classes.iter().map(|name| shortened(name)).collect();
        let longest = names.iter().map(|name| name.chars().count()).max();
        // Names are drawn only if cells are at least as high as a line.
        let name_width = if cell.1 >= LINE_HEIGHT {
            longest.unwrap_or(0) * CHARACTER_WIDTH
        } else {
            0
        };
        let is_upright = name_width + CHARACTER_WIDTH > cell.0;
        let name_height = match (name_width, is_upright) {
            (0, _) => 0,
            (_, true) => name_width,
            (_, false) => LINE_HEIGHT,
        };
        let (left, top) = (
            GAP + LINE_HEIGHT + GAP + name_width + GAP,
            GAP + LINE_HEIGHT + GAP + name_height + GAP,
        );
        let (width, height) = (cell.0 * classes, cell.1 * classes);
        let mut canvas = Canvas::new(
            (left + width + GAP).max(TENSORBOARD_WIDTH),
            (top + height).max(top + "true".len() * CHARACTER_WIDTH) + GAP,
            BACKGROUND,
        );
        let centred =
            |text: &str, space: usize| space.saturating_sub(text.len() * CHARACTER_WIDTH) / 2;
        let predicted = (left + centred("predicted", width), GAP);
        canvas.text(predicted, "predicted", INK, Direction::Right);
        let truth = (GAP, top + centred("true", height));
        canvas.text(truth, "true", INK, Direction::Up);
        if name_width > 0 {
            for (class, name) in names.iter().enumerate() {
                let length = name.chars().count() * CHARACTER_WIDTH;
                let row_label = (
                    left - GAP - length,
                    top + class * cell.1 + (cell.1 - LINE_HEIGHT) / 2,
                );
                canvas.text(row_label, name, INK, Direction::Right);
                let column = left + class * cell.0;
                if is_upright {
                    let column_label = (column + (cell.0 - LINE_HEIGHT) / 2, top - GAP - length);
                    canvas.text(column_label, name, INK, Direction::Up);
                } else {
                    let column_label = (column + (cell.0 - length) / 2, top - GAP - LINE_HEIGHT);
                    canvas.text(column_label, name, INK, Direction::Right);
                }
            }
        }
        canvas.rectangle((left - 1, top - 1), (width + 2, height + 2), GRID);
        for (row, counts) in self.counts.iter().enumerate().take(classes) {
            let total: u64 = counts.iter().sum();
            for (column, &count) in counts.iter().enumerate().take(classes) {
                let fraction = count as f64 / total.max(1) as f64;
                let corner = (left + column * cell.0, top + row * cell.1);
                // Numbered cells leave a line of the grid between them.
                let line = usize::from(self.is_numbered());
                let size = (cell.0 - line, cell.1 - line);
                canvas.rectangle(corner, size, mix(BACKGROUND, FULL, fraction));
                if self.is_numbered() && count > 0 {
                    let ink = if fraction > DARK_FRACTION {
                        BACKGROUND
                    } else {
                        INK
                    };
                    let text = count.to_string();
                    let middle = (
                        corner.0 + (cell.0 - text.len() * CHARACTER_WIDTH) / 2,
                        corner.1 + (cell.1 - LINE_HEIGHT) / 2,
                    );
                    canvas.text(middle, &text, ink, Direction::Right);
                }
            }
        }
        canvas.encode()
    }

    fn is_numbered(&self) -> bool {
        self.classes.len() <= MAX_NUMBERED_CLASSES
    }

    /// Width and height of a cell, in pixels.
    fn cell_size(&self) -> (usize, usize) {
        if self.is_numbered() {
            let max_count = self.counts.iter().flatten().max().unwrap_or(&0);
            let digits = max_count.to_string().len();
            ((digits * CHARACTER_WIDTH + 2).max(28), 28)
        } else {
            // About 700 pixels in total, and at least 2 for each cell.
            let side = (700 / self.classes.len()).max(2);
            (side, side)
        }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let start: String = name.chars().take(MAX_NAME_CHARS - 2).collect();
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
        let confusion = ConfusionMatrix {
            counts: counts.collect(),
            classes: (0..classes).map(|class| format!("{name}{class}")).collect(),
        };
        confusion.draw()
    }

    #[test]
    fn any_number_of_classes_and_any_names_can_be_drawn() {
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
    fn a_matrix_with_missing_cells_can_be_drawn() {
        let confusion = ConfusionMatrix {
            counts: vec![vec![1, 2, 3], vec![]],
            classes: vec!["a".into(), "b".into()],
        };
        assert!(!confusion.draw().png.is_empty());
    }
}
