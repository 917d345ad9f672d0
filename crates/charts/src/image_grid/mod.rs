//! Contact sheets of small images.

mod data;
mod layout;

pub use data::{ImageGrid, LabelledImage};

use crate::chart::Chart;
use crate::components::frame::no_data_drawing;
use crate::drawing::Drawing;
use crate::image_grid::layout::Layout;
use crate::style::Style;

/// Maximum number of images.
const MAX_SHOWN: usize = 60;

impl Chart for ImageGrid {
    fn draw(&self, style: &Style) -> Drawing {
        if self.images.is_empty() {
            return no_data_drawing(&self.heading, style);
        }
        let shown = self.images.len().min(MAX_SHOWN);
        let omitted = self.images.len() - shown;
        Layout::new(&self.images[..shown], omitted, style).draw(&self.heading, style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::geometry::Rectangle;
    use crate::primitives::mark::Mark;

    fn image(side: usize) -> LabelledImage {
        LabelledImage {
            width: side,
            height: side,
            rgb: (0..3 * side * side).map(|byte| byte as u8).collect(),
            caption: "4 → 9".to_owned(),
            note: "107 of 108 wrong".to_owned(),
            tooltip: "sample 12".to_owned(),
        }
    }

    fn grid(images: Vec<LabelledImage>) -> ImageGrid {
        ImageGrid {
            images,
            ..ImageGrid::default()
        }
    }

    fn with_width(width: f64) -> Style {
        Style {
            width,
            ..Style::default()
        }
    }

    /// The areas of the images that have pixels.
    fn areas(drawing: &Drawing) -> Vec<Rectangle> {
        let marks = drawing.marks.iter().filter_map(|mark| match mark {
            Mark::Group { marks, .. } => Some(marks),
            _ => None,
        });
        let areas = marks.flatten().filter_map(|mark| match mark {
            Mark::Image { area, .. } => Some(*area),
            _ => None,
        });
        areas.collect()
    }

    #[test]
    fn as_many_columns_as_fit_the_width_are_used() {
        for (width, expected) in [(320.0, 3), (720.0, 6), (1440.0, 14)] {
            let drawing = grid(vec![image(28); 24]).draw(&with_width(width));
            let areas = areas(&drawing);
            assert_eq!(areas.len(), 24);
            let columns = areas.iter().filter(|area| area.top == areas[0].top).count();
            assert_eq!(columns, expected, "{width}");
            assert!(drawing.width() <= width);
        }
    }

    #[test]
    fn few_images_need_less_width() {
        let drawing = grid(vec![image(28); 4]).draw(&Style::default());
        assert!((360.0..500.0).contains(&drawing.width()));
    }

    #[test]
    fn images_are_at_whole_coordinates() {
        let drawing = grid(vec![image(28), image(33), image(95)]).draw(&Style::default());
        for area in areas(&drawing) {
            let edges = [area.left, area.top, area.right, area.bottom];
            assert!(edges.iter().all(|edge| edge.fract() == 0.0), "{area:?}");
        }
    }

    #[test]
    fn an_image_with_a_wrong_number_of_bytes_is_an_empty_cell_with_its_texts() {
        let mut short = image(28);
        short.rgb.pop();
        let none = LabelledImage {
            rgb: Vec::new(),
            ..image(0)
        };
        let overflow = LabelledImage {
            height: usize::MAX,
            ..image(28)
        };
        let drawing = grid(vec![image(28), short, none, overflow]).draw(&Style::default());
        assert_eq!(areas(&drawing).len(), 1);
        let svg = drawing.to_svg();
        assert_eq!(svg.matches("<image ").count(), 1);
        assert_eq!(svg.matches("<title>sample 12</title>").count(), 4);
        assert_eq!(svg.matches(">4 → 9</text>").count(), 4);
        assert_eq!(svg.matches(">107 of 108 wrong</text>").count(), 4);
    }

    #[test]
    fn long_captions_are_truncated_to_the_cell() {
        let long = LabelledImage {
            caption: "automobile → truck with a trailer".to_owned(),
            ..image(28)
        };
        let drawing = grid(vec![long; 12]).draw(&Style::default());
        for text in drawing.texts() {
            let is_caption = text.label.plain.starts_with("automobile");
            assert_eq!(is_caption, text.label.plain.ends_with('…'), "{text:?}");
        }
    }

    #[test]
    fn omitted_images_are_counted() {
        let svg = grid(vec![image(4); 65]).to_svg(&Style::default());
        assert_eq!(svg.matches("<image ").count(), 60);
        assert!(svg.contains(">… and 5 more</text>"));
        assert!(
            !grid(vec![image(4); 60])
                .to_svg(&Style::default())
                .contains(" more</text>")
        );
    }
}
