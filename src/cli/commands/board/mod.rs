//! `tp-sweep board`: TensorBoard on the results of a sweep.

mod launcher;
mod server;

use super::open::{open_page, sweep_of};
use crate::cli::arguments::BoardArguments;
use crate::cli::context::show;
use crate::cli::errors::CliError;
use crate::cli::messages::warn;
use launcher::Launcher;
use server::Server;

/// Starts TensorBoard and shows it in the browser, until it ends; without TensorBoard, shows the report.
/// Returns the exit code, which is TensorBoard's.
///
/// # Errors
/// The sweep file is invalid, or there are no results.
pub(crate) fn board(arguments: &BoardArguments) -> Result<u8, CliError> {
    let sweep = sweep_of(&arguments.sweep)?;
    let results = arguments.folders.runs.join(&sweep.name);
    if !results.is_dir() {
        return Err(CliError::NoTensorBoardData(results));
    }
    let launchers = Launcher::found();
    for launcher in &launchers {
        let mut server = Server::start(launcher, &results, arguments.port)?;
        if server.wait_until_ready()? {
            show(&server.address())?;
            return server.wait();
        }
        warn(&format!(
            "{} ended before it served a page",
            launcher.description()
        ));
    }
    warn(if launchers.is_empty() {
        "TensorBoard is not installed (pip install tensorboard); showing the report instead"
    } else {
        "TensorBoard does not start; showing the report instead"
    });
    open_page(&sweep, &arguments.folders)?;
    Ok(0)
}
