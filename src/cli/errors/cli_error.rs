//! What the command line says when something cannot be done.

use super::export_error::ExportError;
use crate::cli::messages::{format_bytes, with_count};
use crate::data::{DataError, FetchError};
use crate::launch::LaunchError;
use crate::model_io::ModelError;
use crate::plan::{PlanError, grouped};
use crate::record::{LockHolder, RecordError};
use crate::report::ReportError;
use crate::run::DeviceError;
use crate::spec::{Source, SpecError};
use miette::{Diagnostic, LabeledSpan, MietteDiagnostic, MietteHandlerOpts, NamedSource};
use std::fmt;
use std::io::Write;

/// Anything that ends a command early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A sweep file that is no valid sweep.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Data that cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Data that could not be fetched.
    #[error("{error}")]
    Fetch {
        /// Why.
        error: FetchError,
        /// How to get it by hand.
        help: String,
    },
    /// A device that is not there.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Another process at work on the same sweep.
    #[error("the sweep {name} is already being run by {holder}, in {folder}")]
    Locked {
        /// Who.
        holder: LockHolder,
        /// The sweep's name.
        name: String,
        /// Its folder.
        folder: std::path::PathBuf,
    },
    /// A task of a launch whose sweep has changed since.
    #[error(
        "the sweep has changed since this task was launched: its file, its data, or this program. \
         Nothing is trained, so that results of two sweeps are not mixed; launch the sweep again"
    )]
    PlanChanged,
    /// A report of nothing.
    #[error(
        "there are no results of this sweep in {0}; train it first: results of other settings, of \
         an edited sweep file, of data that has changed or of other --set options are not its own \
         (`tp-sweep status` shows what is there)"
    )]
    NoResults(std::path::PathBuf),
    /// Results of a sweep that stand where they did before it was edited.
    #[error(
        "no result of this sweep is at its place in {folder}, but {} elsewhere in it, since the sweep was \
         edited: `tp-sweep run` puts what belongs in place and trains what is missing; \
         `tp-sweep status` tells more",
        stand_verb(*.results)
    )]
    Misplaced {
        /// How many.
        results: usize,
        /// The sweep's folder.
        folder: std::path::PathBuf,
    },
    /// Results that would be removed without having been asked for.
    #[error(
        "{} ({}) in {folder} would be removed: of settings, or of trials, that the sweep \
         does not ask for as it is now. Nothing was removed: --dry-run lists what would be, \
         --yes removes it",
        with_count(*.results, "result"),
        format_bytes(*.bytes)
    )]
    WouldRemoveResults {
        /// How many.
        results: usize,
        /// What is removed with them, in bytes of the files.
        bytes: u64,
        /// The sweep's folder.
        folder: std::path::PathBuf,
    },
    /// A comparison that is called like a sweep.
    #[error(
        "{report} is the report of the sweep {name}, which the comparison would replace: give the \
         comparison another name, such as --name {name}-compared"
    )]
    NameTakenBySweep {
        /// The name.
        name: String,
        /// The sweep's report.
        report: std::path::PathBuf,
    },
    /// An output that is an input.
    #[error(
        "{output} is {}, which this command reads: writing would replace it. Nothing was written; {remedy}",
        describe_input(.output, .input)
    )]
    WouldOverwriteInput {
        /// The output.
        output: std::path::PathBuf,
        /// The input, as it was named.
        input: std::path::PathBuf,
        /// What to do.
        remedy: &'static str,
    },
    /// A folder that holds no results of a sweep.
    #[error(
        "{folder} is no folder of a sweep's results (runs/<sweep>): its sweep.json cannot be read: \
         {error}"
    )]
    NotResultsOfSweep {
        /// The folder.
        folder: std::path::PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A run that cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A cluster that refuses, or cannot be asked.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// A model that cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Folders that cannot be written to before anything was trained.
    #[error(transparent)]
    BeforeStart(RecordError),
    /// Results that could not be written while training.
    #[error("{0}; what is complete is kept: the same command continues")]
    AfterStart(RecordError),
    /// Tables that could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A system that refuses something basic.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl CliError {
    /// An error of a plan, at its place in the sweep file.
    pub fn plan(error: PlanError, source: &Source) -> Self {
        Self::Spec(source.error(error.0))
    }

    /// The exit code: 2 where nothing could start, 1 where something broke on the way.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Spec(_)
            | Self::Data(_)
            | Self::Fetch { .. }
            | Self::Device(_)
            | Self::Locked { .. }
            | Self::PlanChanged
            | Self::NoResults(_)
            | Self::Misplaced { .. }
            | Self::WouldRemoveResults { .. }
            | Self::NameTakenBySweep { .. }
            | Self::WouldOverwriteInput { .. }
            | Self::NotResultsOfSweep { .. }
            | Self::Export(_)
            | Self::Launch(_)
            | Self::Model(_)
            | Self::BeforeStart(_)
            | Self::System(_) => 2,
            Self::Report(ReportError::UnknownColumn { .. }) => 2,
            Self::AfterStart(_) | Self::Report(_) => 1,
        }
    }

    /// The error for a person: with the piece of the sweep file that it is about.
    pub fn report(self) -> miette::Report {
        match self {
            Self::Spec(SpecError::Invalid {
                name,
                text,
                diagnostic,
            }) => miette::Report::new(Snippet {
                message: SpecError::Invalid {
                    name: name.clone(),
                    text: String::new(),
                    diagnostic: diagnostic.clone(),
                }
                .to_string(),
                help: diagnostic.help,
                label: (diagnostic.span.line > 0).then(|| {
                    let span = &diagnostic.span;
                    let end = text.len();
                    let start = span.offset.min(end);
                    let length = span.length.min(end - start);
                    LabeledSpan::new(Some("here".to_owned()), start, length)
                }),
                source: NamedSource::new(name, text).with_language("yaml"),
            }),
            Self::Fetch { error, help } => MietteDiagnostic::new(error.to_string())
                .with_help(help)
                .into(),
            other => miette::Report::msg(other.to_string()),
        }
    }
}

/// Prints an error to standard error; lines are left whole, so that messages can be searched.
pub(crate) fn print_error(error: CliError) {
    // Fails only where a hook is set already, and then that one is used.
    let _ = miette::set_hook(Box::new(|_| {
        let options = MietteHandlerOpts::new();
        Box::new(options.wrap_lines(false).break_words(false).build())
    }));
    let _ = writeln!(std::io::stderr(), "{:?}", error.report());
}

/// An input as the message of an output that is it names it.
fn describe_input(output: &std::path::Path, input: &std::path::Path) -> String {
    match output == input {
        true => "an input".to_owned(),
        false => format!("the input {}", input.display()),
    }
}

/// `1 stands`, `2,000 stand`.
fn stand_verb(count: usize) -> String {
    let verb = if count == 1 { "stands" } else { "stand" };
    format!("{} {verb}", grouped(count as u64))
}

#[derive(Debug)]
struct Snippet {
    message: String,
    help: Option<String>,
    label: Option<LabeledSpan>,
    source: NamedSource<String>,
}

impl fmt::Display for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Snippet {}

impl Diagnostic for Snippet {
    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.label
            .as_ref()
            .map(|_| &self.source as &dyn miette::SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.label.clone()?;
        Some(Box::new(std::iter::once(label)))
    }
}
