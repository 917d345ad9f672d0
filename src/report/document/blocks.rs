//! A report as a list of blocks, which Markdown and HTML are made from.

use super::figure::Figure;
use super::table::Table;
use crate::escape::{code_block, markdown, markdown_heading, markdown_paragraphs, single_line};
use crate::report::file::ReportFile;
use std::path::PathBuf;

/// A piece of a report. Paragraphs and list items are plain text that can contain code between
/// backticks; headings, tables and captions are plain text.
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading of level 2 (a section) or 3.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// Items of a list.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Figure),
    /// The text of a YAML file.
    Yaml(String),
}

/// A report: its title and its blocks.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The sweep's name.
    pub title: String,
    /// The first lines, which answer what people ask first; items like those of a list.
    pub summary: Vec<String>,
    /// The blocks, in reading order.
    pub blocks: Vec<Block>,
}

impl Document {
    pub(crate) fn section(&mut self, title: &str) {
        self.blocks.push(Block::Heading(2, title.to_owned()));
    }

    pub(crate) fn subsection(&mut self, title: &str) {
        self.blocks.push(Block::Heading(3, title.to_owned()));
    }

    /// Adds a paragraph, unless it is empty.
    pub(crate) fn paragraph(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Paragraph(text));
        }
    }

    /// Adds a list, unless it is empty.
    pub(crate) fn list(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Adds a figure, if there is one.
    pub(crate) fn figure(&mut self, figure: impl Into<Option<Figure>>) {
        self.blocks.extend(figure.into().map(Block::Figure));
    }

    /// The figures.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        })
    }

    /// The files of the figures, in the folder to which [`Self::to_markdown`] links.
    pub(crate) fn figure_files(&self) -> Vec<ReportFile> {
        let mut files = Vec::new();
        for figure in self.figures() {
            let picture = |extension: &str, contents: &[u8]| ReportFile {
                path: PathBuf::from(&self.title).join(figure.file(extension)),
                contents: contents.to_vec(),
            };
            files.push(picture("svg", figure.svg.as_bytes()));
            files.extend(figure.png.iter().map(|png| picture("png", png)));
        }
        files
    }

    /// The report as Markdown. Links to figures point into the folder `figures`, relative to the
    /// report's file.
    pub fn to_markdown(&self, figures: &str) -> String {
        let mut text = format!("{}\n", markdown_heading(1, &self.title));
        let summary = (!self.summary.is_empty()).then(|| Block::List(self.summary.clone()));
        for block in summary.iter().chain(&self.blocks) {
            text.push('\n');
            text.push_str(block.to_markdown(figures).trim_end());
            text.push('\n');
        }
        text
    }
}

impl Block {
    fn to_markdown(&self, figures: &str) -> String {
        match self {
            Self::Heading(level, title) => markdown_heading(*level, title),
            Self::Paragraph(text) => markdown_paragraphs(text),
            Self::List(items) => {
                let item = |item: &String| {
                    let text = markdown_paragraphs(&single_line(item));
                    format!("- {text}")
                };
                items.iter().map(item).collect::<Vec<_>>().join("\n")
            }
            Self::Table(table) => table.to_markdown(),
            Self::Figure(figure) => {
                let file = figure.file("svg");
                format!("![{}]({figures}/{file})", markdown(&figure.caption))
            }
            Self::Yaml(text) => code_block("yaml", text),
        }
    }
}
