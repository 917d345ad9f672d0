//! Turns results into tables and figures. Pure: equal results give equal bytes.

mod analysis;
mod compare;
mod context;
mod detailed_trial;
mod diff;
mod document;
mod error;
mod figures;
mod file;
mod formats;
mod locale;
pub mod page;
mod results;
mod score_text;
mod sections;
mod sweep_report;
mod trial_details;

pub use compare::{ComparedSweep, ComparisonReport};
pub use detailed_trial::DetailedTrial;
pub use diff::assemble::diff_trials;
pub use diff::recorded_trial::RecordedTrial;
pub use document::blocks::{Block, Document};
pub use document::figure::Figure;
pub use document::table::{Align, Table};
pub use error::ReportError;
pub(crate) use figures::is_figure_name;
pub use file::ReportFile;
pub use formats::to_sweep_yaml::to_sweep_yaml;
pub use results::listing::{Listing, ListingOrder};
pub use results::run_tables::{TableRows, table_csv};
pub use results::trial_classes::TrialClasses;
pub use results::trial_predictions::TrialPredictions;
pub use results::trial_state::TrialState;
pub use sweep_report::Report;
pub use trial_details::{NoDetails, SamplePicture, TrialDetails};
