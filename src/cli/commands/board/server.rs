//! A running TensorBoard.

use super::launcher::Launcher;
use crate::cli::errors::CliError;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

/// A running TensorBoard.
pub(super) struct Server {
    child: Child,
    port: u16,
    /// The launcher, for messages.
    launcher: String,
}

/// TensorBoard's usual port.
const USUAL_PORT: u16 = 6006;

/// The time between two attempts to connect.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);

impl Server {
    /// Starts TensorBoard on a results folder, at this port; without one, at its usual port if it is free.
    ///
    /// # Errors
    /// The port is in use, or the launcher cannot be run.
    pub(super) fn start(
        launcher: &Launcher,
        results: &Path,
        port: Option<u16>,
    ) -> Result<Self, CliError> {
        let port = match port {
            Some(port) => free_port(port),
            None => free_port(USUAL_PORT).or_else(|_| free_port(0)),
        }
        .map_err(|error| CliError::Program {
            action: match port {
                Some(port) => format!("serve at port {port}"),
                None => "serve at any port".to_owned(),
            },
            error,
        })?;
        let mut command = launcher.command();
        command.arg("--logdir").arg(results);
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        let child = command.spawn().map_err(|error| CliError::Program {
            action: format!("start {}", launcher.description()),
            error,
        })?;
        Ok(Self {
            child,
            port,
            launcher: launcher.description(),
        })
    }

    /// The address of the page.
    pub(super) fn address(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    /// Waits until TensorBoard accepts connections; false if it ends before.
    ///
    /// # Errors
    /// The state of the process cannot be read.
    pub(super) fn wait_until_ready(&mut self) -> Result<bool, CliError> {
        loop {
            if self.child.try_wait()?.is_some() {
                return Ok(false);
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(true);
            }
            sleep(RETRY_INTERVAL);
        }
    }

    /// Waits for the end of TensorBoard; returns its exit code, 1 if a signal ended it.
    ///
    /// # Errors
    /// The state of the process cannot be read.
    pub(super) fn wait(mut self) -> Result<u8, CliError> {
        let status = self.child.wait().map_err(|error| CliError::Program {
            action: format!("wait for {}", self.launcher),
            error,
        })?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.unwrap_or(1))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail if TensorBoard has ended, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port, or for 0 any port, if no program of this machine uses it.
fn free_port(port: u16) -> std::io::Result<u16> {
    let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_not_free() {
        let port = free_port(0).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        assert!(free_port(port).is_err());
        drop(listener);
    }
}
