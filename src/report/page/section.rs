//! The sections after the table and charts: headings, paragraphs, tables, drawings.

use crate::escape::{Piece, html, split_code};
use crate::report::{Align, Table};
use std::fmt::Write;

/// A section of the page.
#[derive(Clone, Debug)]
pub struct Section {
    /// The heading, also used in the table of contents.
    pub title: String,
    /// The blocks below the heading.
    pub blocks: Vec<SectionBlock>,
}

/// A block of a section. Texts are plain, except for `` `code` `` in paragraphs and lists.
#[derive(Clone, Debug)]
pub enum SectionBlock {
    /// A heading within the section.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
    /// Preformatted lines.
    Code(String),
    /// A table.
    Table(Table),
    /// A drawing.
    Figure(Drawing),
}

/// A drawing with its caption.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// An `<svg>` element, inserted as it is: its text must be escaped and its ids unique in the
    /// page. It is drawn on white, also in dark mode. With a `viewBox` it shrinks on narrow
    /// screens.
    pub svg: String,
    /// The caption, also the accessible name of the drawing.
    pub caption: String,
}

/// The id of the section at this position from 0.
pub(crate) fn id(position: usize) -> String {
    format!("section-{}", position + 1)
}

/// All sections as HTML.
pub(crate) fn sections(sections: &[Section]) -> String {
    let mut text = String::new();
    for (position, section) in sections.iter().enumerate() {
        let (id, title) = (id(position), html(&section.title));
        let _ = write!(
            text,
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n"
        );
        let mut heading = section.title.as_str();
        for block in &section.blocks {
            if let SectionBlock::Heading(title) = block {
                heading = title;
            }
            text.push_str(&block_html(block, heading));
            text.push('\n');
        }
        text.push_str("</section>\n");
    }
    text
}

/// A block as HTML; `heading` is the one above it, which labels a table.
fn block_html(block: &SectionBlock, heading: &str) -> String {
    match block {
        SectionBlock::Heading(title) => format!("<h3>{}</h3>", html(title)),
        SectionBlock::Paragraph(text) => paragraphs(text),
        SectionBlock::List(remarks) => {
            let items = remarks
                .iter()
                .map(|remark| format!("<li>{}</li>", inline(remark)));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        // Focusable, so that the keyboard can scroll wide content.
        SectionBlock::Code(lines) => {
            format!("<pre tabindex=\"0\"><code>{}</code></pre>", html(lines))
        }
        SectionBlock::Table(table) => format!(
            "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"{}\">{}</div>",
            html(heading),
            table_html(table)
        ),
        SectionBlock::Figure(figure) => {
            format!(
                "<figure class=\"drawing\"><div role=\"img\" aria-label=\"{}\">{}</div>\
                 <figcaption>{}</figcaption></figure>",
                html(&figure.caption),
                figure.svg,
                html(&figure.caption)
            )
        }
    }
}

fn table_html(table: &Table) -> String {
    let cell = |tag: &str, align: Align, text: &str| {
        let class = match align {
            Align::Left => "",
            Align::Right => " class=\"number\"",
        };
        let text = html(text).replace('\n', "<br>");
        match tag {
            "th" => format!("<th scope=\"col\"{class}>{text}</th>"),
            _ => format!("<td{class}>{text}</td>"),
        }
    };
    let mut text = String::from("<table>\n<thead><tr>");
    for (header, align) in table.columns() {
        text.push_str(&cell("th", *align, header));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in table.rows() {
        text.push_str("<tr>");
        for (value, (_, align)) in row.iter().zip(table.columns()) {
            text.push_str(&cell("td", *align, value));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>");
    text
}

/// Paragraphs as HTML; empty lines separate them.
pub(crate) fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|p| !p.is_empty());
    let paragraphs: Vec<String> = paragraphs
        .map(|p| format!("<p>{}</p>", inline(p)))
        .collect();
    paragraphs.join("\n")
}

/// Text with `` `code` `` as HTML; an unmatched backtick stays a backtick.
pub(crate) fn inline(text: &str) -> String {
    let piece = |piece| match piece {
        Piece::Text(text) => html(text),
        Piece::Code(code) => format!("<code>{}</code>", html(code)),
    };
    split_code(text).into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_marked_and_the_rest_is_escaped() {
        assert_eq!(inline("a < `b<c` `d"), "a &lt; <code>b&lt;c</code> `d");
        assert_eq!(
            paragraphs("one\ntwo\n\n\n three "),
            "<p>one\ntwo</p>\n<p>three</p>"
        );
        assert_eq!(paragraphs(" \n\n "), "");
    }

    #[test]
    fn everything_in_a_section_but_its_drawings_is_escaped() {
        let hostile = "<i>`<b>`&\"";
        let mut table = Table::new([(hostile.into(), Align::Left), ("n".into(), Align::Right)]);
        table.row(vec![hostile.into(), "1".into()]);
        let section = Section {
            title: hostile.into(),
            blocks: vec![
                SectionBlock::Heading(hostile.into()),
                SectionBlock::Paragraph(hostile.into()),
                SectionBlock::List(vec![hostile.into(), "two".into()]),
                SectionBlock::Code(hostile.into()),
                SectionBlock::Table(table),
                SectionBlock::Figure(Drawing {
                    svg: "<svg viewBox=\"0 0 1 1\"></svg>".into(),
                    caption: hostile.into(),
                }),
            ],
        };
        insta::assert_snapshot!(sections(&[section]));
    }
}
