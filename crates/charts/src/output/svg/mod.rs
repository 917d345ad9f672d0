//! Writes drawings as SVG documents. Writing to a `String` never fails.

mod image;
mod number;

use crate::drawing::Drawing;
use crate::output::svg::image::data_uri;
use crate::output::svg::number::{After, Hundredths, Number, hundredths};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::Paint;
use crate::primitives::pixel_image::PixelImage;
use crate::primitives::text::{
    Anchor, FONT_SIZE, HALO_WIDTH, SUPERSCRIPT_RISE, SUPERSCRIPT_SCALE, Text,
};

use std::fmt::{self, Display, Formatter, Write};

/// Fonts in order of preference.
const FONT_FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/// Returns the SVG document.
pub(crate) fn write(drawing: &Drawing) -> String {
    let mut body = String::new();
    for mark in &drawing.marks {
        write_mark(&mut body, mark);
    }
    let id = hash(&[&drawing.title, &drawing.description, &body]);
    let (width, height) = (Number(drawing.width), Number(drawing.height));
    let (title, description) = (Escaped(&drawing.title), Escaped(&drawing.description));
    let (named_by, description) = if drawing.description.is_empty() {
        (format!("t{id:016x}"), String::new())
    } else {
        (
            format!("t{id:016x} d{id:016x}"),
            format!("<desc id=\"d{id:016x}\">{description}</desc>\n"),
        )
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"{named_by}\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"{FONT_FAMILY}\" font-size=\"{FONT_SIZE}\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">\n\
         <title id=\"t{id:016x}\">{title}</title>\n{description}\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

fn write_mark(to: &mut String, mark: &Mark) {
    match mark {
        Mark::Shape { outline, paint } => write_shape(to, outline, paint),
        Mark::Image { image, area } => write_image(to, image, area),
        Mark::Text(text) => write_text(to, text),
        Mark::Group { tooltip, marks } => {
            if !tooltip.is_empty() {
                let _ = writeln!(to, "<g><title>{}</title>", Escaped(tooltip));
            }
            for mark in marks {
                write_mark(to, mark);
            }
            if !tooltip.is_empty() {
                to.push_str("</g>\n");
            }
        }
    }
}

fn write_shape(to: &mut String, outline: &Outline, paint: &Paint) {
    match outline {
        Outline::Rectangle(rectangle) => {
            let _ = write!(
                to,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                Number(rectangle.left),
                Number(rectangle.top),
                Number(rectangle.width()),
                Number(rectangle.height())
            );
        }
        Outline::Lines(runs) => write_path(to, runs, ""),
        Outline::Polygons(runs) => write_path(to, runs, "z"),
        Outline::Circles { centres, radius } => write_circles(to, centres, *radius),
    }
    write_paint(to, paint);
    to.push_str("/>\n");
}

fn write_image(to: &mut String, image: &PixelImage, area: &Rectangle) {
    // Encoding into memory does not fail; if it did, the area would stay empty.
    let Ok(uri) = data_uri(image) else {
        return;
    };
    let _ = writeln!(
        to,
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
         image-rendering=\"pixelated\" href=\"{uri}\"/>",
        Number(area.left),
        Number(area.top),
        Number(area.width()),
        Number(area.height())
    );
}

/// Writes runs of points as path data, with relative coordinates after the first because they are
/// shorter.
fn write_path(to: &mut String, runs: &[Vec<Point>], end: &str) {
    to.push_str("<path d=\"");
    for run in runs {
        let mut last = (0, 0);
        for (index, point) in run.iter().enumerate() {
            let (x, y) = (hundredths(point.x), hundredths(point.y));
            let _ = match index {
                0 => write!(to, "M{}{}", Hundredths(x), After(y)),
                1 => write!(to, "l{}{}", Hundredths(x - last.0), After(y - last.1)),
                _ => write!(to, "{}{}", After(x - last.0), After(y - last.1)),
            };
            last = (x, y);
        }
        to.push_str(end);
    }
    to.push('"');
}

fn write_circles(to: &mut String, centres: &[Point], radius: f64) {
    if let [centre] = centres {
        let (x, y) = (Number(centre.x), Number(centre.y));
        let _ = write!(to, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"", Number(radius));
        return;
    }
    to.push_str("<path d=\"");
    for centre in centres {
        let (left, y) = (Number(centre.x - radius), Number(centre.y));
        let (radius, diameter) = (Number(radius), Number(2.0 * radius));
        let _ = write!(
            to,
            "M{left} {y}a{radius} {radius} 0 1 0 {diameter} 0a{radius} {radius} 0 1 0-{diameter} 0z"
        );
    }
    to.push('"');
}

fn write_paint(to: &mut String, paint: &Paint) {
    match paint.fill {
        None => to.push_str(" fill=\"none\""),
        Some(fill) => {
            let _ = write!(to, " fill=\"{}\"", fill.colour.to_hex());
            if fill.opacity < 1.0 {
                let _ = write!(to, " fill-opacity=\"{}\"", Number(fill.opacity));
            }
        }
    }
    if let Some(stroke) = paint.stroke {
        let _ = write!(to, " stroke=\"{}\"", stroke.colour.to_hex());
        if stroke.width != 1.0 {
            let _ = write!(to, " stroke-width=\"{}\"", Number(stroke.width));
        }
        if stroke.opacity < 1.0 {
            let _ = write!(to, " stroke-opacity=\"{}\"", Number(stroke.opacity));
        }
        if !stroke.dash.is_empty() {
            let lengths: Vec<String> = stroke
                .dash
                .iter()
                .map(|&length| Number(length).to_string())
                .collect();
            let _ = write!(to, " stroke-dasharray=\"{}\"", lengths.join(" "));
        }
    }
}

fn write_text(to: &mut String, text: &Text) {
    let (x, y) = (Number(text.at.x), Number(text.at.y));
    let _ = write!(to, "<text x=\"{x}\" y=\"{y}\"");
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => to.push_str(" text-anchor=\"middle\""),
        Anchor::End => to.push_str(" text-anchor=\"end\""),
    }
    if text.angle != 0.0 {
        let angle = Number(text.angle);
        let _ = write!(to, " transform=\"rotate({angle} {x} {y})\"");
    }
    if text.size != FONT_SIZE {
        let _ = write!(to, " font-size=\"{}\"", Number(text.size));
    }
    if text.halo {
        let width = Number(HALO_WIDTH);
        let _ = write!(
            to,
            " stroke=\"#ffffff\" stroke-width=\"{width}\" paint-order=\"stroke\""
        );
    }
    let colour = text.colour.to_hex();
    let _ = write!(to, " fill=\"{colour}\">{}", Escaped(&text.label.plain));
    if !text.label.superscript.is_empty() {
        let _ = write!(
            to,
            "<tspan dy=\"{}\" font-size=\"{}\">{}</tspan>",
            Number(-SUPERSCRIPT_RISE * text.size),
            Number(SUPERSCRIPT_SCALE * text.size),
            Escaped(&text.label.superscript)
        );
    }
    to.push_str("</text>\n");
}

/// Text as XML content or attribute. Line breaks become spaces, and characters that XML 1.0 does
/// not allow become replacement characters.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => to.write_str("&amp;")?,
                '<' => to.write_str("&lt;")?,
                '>' => to.write_str("&gt;")?,
                '"' => to.write_str("&quot;")?,
                '\'' => to.write_str("&#39;")?,
                '\t' | '\n' | '\r' => to.write_char(' ')?,
                '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => to.write_char('\u{fffd}')?,
                other => to.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Returns the 64-bit FNV-1a hash (Fowler, Noll and Vo) of the zero-terminated texts.
fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::colour::{BLUE, Colour};
    use crate::primitives::paint::Stroke;
    use crate::primitives::text::Label;

    fn drawing(marks: Vec<Mark>) -> Drawing {
        Drawing {
            width: 200.0,
            height: 100.0,
            title: "Loss & <accuracy>".to_owned(),
            description: "\"Falls\" to 'zero'".to_owned(),
            marks,
        }
    }

    #[test]
    fn paths_run_through_their_points() {
        let points = vec![
            Point::new(1.0, 2.5),
            Point::new(3.0, 2.0),
            Point::new(2.0, 4.0),
        ];
        let mut text = String::new();
        write_path(&mut text, &[points], "z");
        assert_eq!(text, "<path d=\"M1 2.5l2-.5-1 2z\"");
    }

    #[test]
    fn texts_are_escaped() {
        let text = Text::new("a<b>&\"c\"\u{1}\n".to_owned(), Point::new(1.0, 2.0));
        let svg = write(&drawing(vec![Mark::Text(text)]));
        let document = roxmltree::Document::parse(&svg).unwrap();
        let node = document
            .descendants()
            .find(|node| node.has_tag_name("text"))
            .unwrap();
        assert_eq!(node.text(), Some("a<b>&\"c\"\u{fffd} "));
    }

    #[test]
    fn images_are_not_smoothed_and_fill_their_area() {
        let mark = Mark::Image {
            image: PixelImage::new(2, 1, &[255, 0, 0, 0, 0, 255]).unwrap(),
            area: Rectangle::new(10.0, 20.0, 70.0, 50.0),
        };
        let svg = write(&drawing(vec![mark]));
        let document = roxmltree::Document::parse(&svg).unwrap();
        let node = document
            .descendants()
            .find(|node| node.has_tag_name("image"))
            .unwrap();
        for (name, value) in [
            ("x", "10"),
            ("y", "20"),
            ("width", "60"),
            ("height", "30"),
            ("image-rendering", "pixelated"),
            ("preserveAspectRatio", "none"),
        ] {
            assert_eq!(node.attribute(name), Some(value));
        }
        let uri = node.attribute("href").unwrap();
        assert!(
            uri.starts_with("data:image/png;base64,iVBORw0KGgo"),
            "{uri}"
        );
    }

    #[test]
    fn exponents_are_superscripts() {
        let label = Label {
            plain: "10".to_owned(),
            superscript: "−3".to_owned(),
        };
        let svg = write(&drawing(vec![Mark::Text(Text::new(
            label,
            Point::new(1.0, 2.0),
        ))]));
        assert!(
            svg.contains(">10<tspan dy=\"-4.56\" font-size=\"9\">−3</tspan></text>"),
            "{svg}"
        );
    }

    #[test]
    fn the_document_has_an_accessible_name() {
        let svg = write(&drawing(Vec::new()));
        let document = roxmltree::Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("viewBox"), Some("0 0 200 100"));
        let named_by: Vec<&str> = root
            .attribute("aria-labelledby")
            .unwrap()
            .split(' ')
            .collect();
        let elements: Vec<_> = root
            .children()
            .filter(roxmltree::Node::is_element)
            .collect();
        assert_eq!(elements[0].attribute("id"), Some(named_by[0]));
        assert_eq!(elements[0].text(), Some("Loss & <accuracy>"));
        assert_eq!(elements[1].attribute("id"), Some(named_by[1]));
        assert_eq!(elements[1].text(), Some("\"Falls\" to 'zero'"));
    }

    #[test]
    fn different_charts_have_different_ids() {
        let id = |colour: Colour| {
            let line = Mark::line(
                Point::new(0.0, 0.0),
                Point::new(1.0, 1.0),
                Stroke::new(colour, 1.0),
            );
            let svg = write(&drawing(vec![line]));
            let start = svg.find("<title id=").unwrap();
            svg[start..start + 30].to_owned()
        };
        assert_eq!(id(BLUE), id(BLUE));
        assert_ne!(id(BLUE), id(Colour::new(0)));
    }
}
