//! Errors of the commands, and their messages.

use super::export_error::ExportError;
use super::missing_sweep::suggest_for_missing_sweep;
use crate::cli::messages::{format_bytes, with_count};
use crate::data::{DataError, FetchError};
use crate::handin::HandinError;
use crate::launch::LaunchError;
use crate::model_io::ModelError;
use crate::plan::{Plan, PlanError};
use crate::record::{LockHolder, RecordError};
use crate::report::ReportError;
use crate::run::DeviceError;
use crate::spec::{self, Source, SpecError};
use miette::{Diagnostic, LabeledSpan, MietteDiagnostic, MietteHandlerOpts, NamedSource};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The maximum number of errors of a sweep file that are shown at once.
const MAX_SHOWN_ERRORS: usize = 10;

/// An error that ends a command.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The sweep file is invalid.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The first word is neither a command nor a file.
    #[error("no such command or file: {word}; did you mean the command `{command}`?")]
    NoSuchCommand {
        /// The word.
        word: String,
        /// The command that it is a misspelling of.
        command: String,
    },
    /// The data cannot be read or used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A data set cannot be downloaded.
    #[error("{error}")]
    Fetch {
        /// The cause.
        error: FetchError,
        /// Instructions to get the files by hand.
        help: String,
    },
    /// The device is not available.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Another process holds the lock of the sweep.
    #[error("the sweep {name} in {folder} is in use by {holder}")]
    Locked {
        /// The process.
        holder: LockHolder,
        /// The sweep's name.
        name: String,
        /// Its folder.
        folder: PathBuf,
    },
    /// The sweep has changed since this task was launched.
    #[error(
        "the sweep file, the data or tp-sweep changed after this task was launched. Nothing was \
         trained, so that results of two sweeps are not mixed; launch the sweep again"
    )]
    PlanChanged,
    /// The sweep has no results.
    #[error(
        "no results of this sweep in {0}; run `tp-sweep run` first. Results with different \
         settings, data or --set options do not count (`tp-sweep status` shows what the folder \
         contains)"
    )]
    NoResults(PathBuf),
    /// All results of the sweep are in folders from before it was edited.
    #[error(
        "the sweep was edited, and its {} in {folder} {} not in the expected place: `tp-sweep run` moves \
         results into place and trains missing runs; `tp-sweep status` shows details",
        with_count(*.results, "result"),
        if *.results == 1 { "is" } else { "are" }
    )]
    Misplaced {
        /// The number of results.
        results: usize,
        /// The sweep's folder.
        folder: PathBuf,
    },
    /// `clean` would remove results, and `--yes` is not given.
    #[error(
        "this would remove {} ({}) in {folder}, because their settings or trials are no longer in \
         the sweep. Nothing was removed: --dry-run lists the files, --yes removes them",
        with_count(*.results, "result"),
        format_bytes(*.bytes)
    )]
    WouldRemoveResults {
        /// The number of results.
        results: usize,
        /// The bytes of the files that would be removed.
        bytes: u64,
        /// The sweep's folder.
        folder: PathBuf,
    },
    /// The name of a comparison is that of a sweep.
    #[error(
        "the comparison would overwrite {report}, the report of the sweep {name}: choose a \
         different name, such as --name {name}-compared"
    )]
    NameTakenBySweep {
        /// The name.
        name: String,
        /// The sweep's report.
        report: PathBuf,
    },
    /// An output file is also an input file.
    #[error(
        "{output} is {} of this command and would be overwritten. Nothing was written; {remedy}",
        describe_input(.output, .input)
    )]
    WouldOverwriteInput {
        /// The output.
        output: PathBuf,
        /// The input, as the user named it.
        input: PathBuf,
        /// What to do.
        remedy: &'static str,
    },
    /// `init` would replace files.
    #[error(
        "these files exist with different contents: {}. Nothing was written; remove or rename them, \
         or choose a different folder",
        .0.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    WouldReplaceFiles(Vec<PathBuf>),
    /// A report to be opened does not exist.
    #[error("no report at {}; write it with `tp-sweep report`", .0.display())]
    NoPage(PathBuf),
    /// A results folder to be shown does not exist.
    #[error("no results in {}; train the sweep first (`tp-sweep run`)", .0.display())]
    NoTensorBoardData(PathBuf),
    /// An archive cannot be written or read.
    #[error(transparent)]
    Handin(#[from] HandinError),
    /// The sweep file is not the one that was trained last.
    #[error(
        "the sweep file or the --set options are not those of the last training of {0}: run it again, \
         or pass the same --set options, so that the archive has the sweep of its results"
    )]
    SweepEditedBeforePack(String),
    /// A program of the system cannot be used.
    #[error("cannot {action}: {error}")]
    Program {
        /// What it was to do.
        action: String,
        /// The cause.
        error: std::io::Error,
    },
    /// A folder is not a results folder of a sweep.
    #[error(
        "{folder} is not a results folder of a sweep (runs/<sweep>): cannot read its sweep.json: \
         {error}"
    )]
    NotResultsOfSweep {
        /// The folder.
        folder: PathBuf,
        /// The cause.
        error: std::io::Error,
    },
    /// The sweep has no trial of this name.
    #[error("no such trial: {name}{}", suggestion(.nearest.as_ref()))]
    UnknownTrial {
        /// The name given by the user.
        name: String,
        /// The most similar name of a trial.
        nearest: Option<String>,
    },
    /// A trial is to be compared with itself.
    #[error("{0} is given twice: name two different trials")]
    SameTrial(String),
    /// A sweep is to be compared with itself.
    #[error("{}: its results are given twice; name each sweep once", .0.display())]
    SameSweep(PathBuf),
    /// A run cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A cluster refuses a request or does not answer.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// A model cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A file cannot be read or written before the work starts.
    #[error(transparent)]
    BeforeStart(RecordError),
    /// A file cannot be written after the work has started.
    #[error("{0}; completed results are kept: run the same command again to continue")]
    AfterStart(RecordError),
    /// The report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// An operation of the system failed.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl CliError {
    /// An error of a plan, with its location in the sweep file.
    pub fn plan(error: PlanError, source: &Source) -> Self {
        Self::Spec(source.error(vec![error.0]))
    }

    /// The error if another process holds the lock of `folder`, which belongs to a sweep.
    pub(in crate::cli) fn locked(holder: LockHolder, plan: &Plan, folder: &Path) -> Self {
        Self::Locked {
            holder,
            name: plan.name.clone(),
            folder: folder.to_owned(),
        }
    }

    /// The exit code: 2 if the work could not start, 1 if it failed later.
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
            | Self::NoSuchCommand { .. }
            | Self::WouldOverwriteInput { .. }
            | Self::WouldReplaceFiles(_)
            | Self::NoPage(_)
            | Self::NoTensorBoardData(_)
            | Self::Program { .. }
            | Self::Handin(_)
            | Self::SweepEditedBeforePack(_)
            | Self::NotResultsOfSweep { .. }
            | Self::UnknownTrial { .. }
            | Self::SameTrial(_)
            | Self::SameSweep(_)
            | Self::Export(_)
            | Self::Launch(_)
            | Self::Model(_)
            | Self::BeforeStart(_)
            | Self::System(_) => 2,
            Self::Report(ReportError::UnknownColumn { .. }) => 2,
            Self::AfterStart(_) | Self::Report(_) => 1,
        }
    }

    /// The reports to print. An invalid sweep file has one report per error, with an excerpt, and a last one with
    /// the number of errors not shown.
    pub fn reports(self) -> Vec<miette::Report> {
        match self {
            Self::Spec(SpecError::Invalid {
                name,
                text,
                diagnostics,
            }) => {
                let hidden = diagnostics.len().saturating_sub(MAX_SHOWN_ERRORS);
                let source = NamedSource::new(&name, text).with_language("yaml");
                let shown = diagnostics.into_iter().take(MAX_SHOWN_ERRORS);
                let snippets =
                    shown.map(|diagnostic| Snippet::new(&name, &source, diagnostic).into());
                let rest = (hidden > 0).then(|| {
                    miette::Report::msg(format!(
                        "{name}: {} not shown",
                        with_count(hidden, "more error")
                    ))
                });
                snippets.chain(rest).collect()
            }
            Self::Spec(SpecError::Read {
                ref path,
                ref source,
            }) if source.kind() == std::io::ErrorKind::NotFound => {
                let suggestion = suggest_for_missing_sweep(path);
                let report = MietteDiagnostic::new(self.to_string());
                vec![match suggestion {
                    Some(suggestion) => report.with_help(suggestion).into(),
                    None => report.into(),
                }]
            }
            Self::Fetch { error, help } => vec![
                MietteDiagnostic::new(error.to_string())
                    .with_help(help)
                    .into(),
            ],
            error => vec![miette::Report::msg(error.to_string())],
        }
    }
}

/// Prints an error to standard error. Lines are not wrapped, so that messages can be searched.
pub(crate) fn print_error(error: CliError) {
    // Fails only if a hook is already set; then that hook is used.
    let _ = miette::set_hook(Box::new(|_| {
        let options = MietteHandlerOpts::new();
        Box::new(options.wrap_lines(false).break_words(false).build())
    }));
    for report in error.reports() {
        let _ = writeln!(std::io::stderr(), "{report:?}");
    }
}

/// The nearest name in the message about an unknown trial.
fn suggestion(nearest: Option<&String>) -> String {
    match nearest {
        Some(name) => format!("; did you mean {name}?"),
        None => "; the report and the results folder show the names".to_owned(),
    }
}

/// The input in the message about an output that would overwrite it.
fn describe_input(output: &Path, input: &Path) -> String {
    if output == input {
        "an input".to_owned()
    } else {
        format!("the input {}", input.display())
    }
}

#[derive(Debug)]
struct Snippet {
    message: String,
    help: Option<String>,
    label: Option<LabeledSpan>,
    source: NamedSource<String>,
}

impl Snippet {
    fn new(name: &str, source: &NamedSource<String>, diagnostic: spec::Diagnostic) -> Self {
        let text = source.inner();
        let span = &diagnostic.span;
        Self {
            message: diagnostic.describe(name),
            label: (span.line > 0).then(|| {
                let end = text.len();
                let start = span.offset.min(end);
                let length = span.length.min(end - start);
                LabeledSpan::new(Some("here".to_owned()), start, length)
            }),
            help: diagnostic.help,
            source: source.clone(),
        }
    }
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
