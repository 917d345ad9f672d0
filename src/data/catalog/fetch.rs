//! Data sets from their homes: over HTTP, resumed where a download was cut, and under their names
//! only when their sums are right.

use super::checksum::sha256;
use super::known_dataset::KnownFile;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

/// A file that could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server cannot be reached, or the connection broke.
    #[error("cannot fetch {url}: {reason}")]
    Network {
        /// What was asked for.
        url: String,
        /// Why it failed.
        reason: String,
    },
    /// The server answered that it has no such file, or will not give it.
    #[error("cannot fetch {url}: the server answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// Its answer.
        status: u16,
    },
    /// The connection ended too early; what has come is kept.
    #[error("{url} was cut at {received} of {expected} bytes; the same command continues there")]
    Cut {
        /// What was asked for.
        url: String,
        /// Bytes that have come.
        received: u64,
        /// Bytes of the whole file.
        expected: u64,
    },
    /// Another file than the original has come.
    #[error(
        "{url} is not the original: its SHA-256 is {found}, expected {expected}; it is not kept"
    )]
    Sum {
        /// What was asked for.
        url: String,
        /// The sum of what has come.
        found: String,
        /// The sum of the original.
        expected: String,
    },
    /// A proxy that is no URL.
    #[error("`{0}` is no proxy: expected a URL such as http://proxy.example:3128")]
    Proxy(String),
    /// The system has no certificates to trust.
    #[error("the system has no certificates for https: install its package ca-certificates")]
    Certificates,
    /// Another process is fetching the same file.
    #[error("{0} is being fetched by another process")]
    Busy(PathBuf),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// Times that a cut download is continued by itself.
const TRIES: usize = 5;

/// Seconds without an answer, or without a byte, after which a server is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who asks.
#[derive(Debug)]
pub struct Client(Agent);

impl Client {
    /// A client that goes through `proxy`, or through the one that the environment names in
    /// `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY`, with the exceptions of `NO_PROXY`.
    ///
    /// # Errors
    /// A proxy that is no URL; no certificates where `https` is asked for.
    pub fn new(proxy: Option<&str>, https: bool) -> Result<Self, FetchError> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .user_agent(concat!("tp-sweep/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            let proxy = Proxy::new(proxy).map_err(|_| FetchError::Proxy(proxy.to_owned()))?;
            config = config.proxy(Some(proxy));
        }
        let system = rustls_native_certs::load_native_certs().certs;
        if https && system.is_empty() {
            return Err(FetchError::Certificates);
        }
        // Also for http, which may lead on to https.
        let certificates = system
            .iter()
            .map(|certificate| Certificate::from_der(certificate).to_owned())
            .collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(certificates)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config.tls_config(tls.build());
        Ok(Self(config.build().new_agent()))
    }
}

/// Fetches a file from below `home` into `folder`. `progress` is told the bytes that have come.
///
/// What has come stands in a file with the ending `.part` until it is whole and its sum is right.
///
/// # Errors
/// See [`FetchError`]. After a cut, what has come is kept; of a wrong file nothing is.
pub fn fetch(
    client: &Client,
    home: &str,
    file: &KnownFile,
    folder: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(), FetchError> {
    let url = format!("{}/{}", home.trim_end_matches('/'), file.name);
    let path = folder.join(file.name);
    let partial = folder.join(format!("{}.part", file.name));
    let mut download = Download {
        client,
        url,
        file,
        part: Part::open(partial.clone())?,
        progress,
    };
    let mut tries = 0;
    loop {
        let before = download.part.length()?;
        match download.attempt() {
            Ok(()) => break,
            Err(FetchError::Cut { .. }) if tries < TRIES && download.part.length()? > before => {
                tries += 1;
            }
            Err(error) => {
                download.part.remove_if_empty();
                return Err(error);
            }
        }
    }
    download.verify()?;
    std::fs::rename(&partial, &path).map_err(|source| FetchError::Write { path, source })
}

struct Download<'a> {
    client: &'a Client,
    url: String,
    file: &'a KnownFile,
    part: Part,
    progress: &'a mut dyn FnMut(u64),
}

impl Download<'_> {
    /// Asks for what is missing, and appends it.
    fn attempt(&mut self) -> Result<(), FetchError> {
        let (mut received, expected) = (self.part.length()?, self.file.bytes);
        if received > expected {
            self.part.cut(0)?;
            received = 0;
        }
        (self.progress)(received);
        if received == expected {
            return Ok(());
        }
        let mut request = self.client.0.get(&self.url);
        if received > 0 {
            request = request.header("Range", format!("bytes={received}-"));
        }
        let response = request.call().map_err(|error| self.broken(&error))?;
        match response.status().as_u16() {
            206 if starts_at(response.headers().get("Content-Range"), received) => {}
            // A server that knows no ranges gives the whole file; one that takes the range to be
            // none has another file than ours.
            200 | 206 | 416 if received > 0 => {
                self.part.cut(0)?;
                if response.status() != 200 {
                    return self.attempt();
                }
                received = 0;
            }
            200 => {}
            status => {
                return Err(FetchError::Status {
                    url: self.url.clone(),
                    status,
                });
            }
        }
        // One byte more than there should be is enough to know that the file is another.
        let limit = expected + 1 - received;
        let mut body = response.into_body().into_reader().take(limit);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                // What has come before is kept.
                Err(_) if received > 0 => break,
                Err(error) => return Err(self.broken(&error)),
            };
            self.part.append(&buffer[..read])?;
            received += read as u64;
            (self.progress)(received);
        }
        match received < expected {
            true => Err(FetchError::Cut {
                url: self.url.clone(),
                received,
                expected,
            }),
            false => Ok(()),
        }
    }

    /// Refuses, and removes, another file than the original.
    fn verify(&mut self) -> Result<(), FetchError> {
        let found = self.part.sum()?;
        if found == self.file.sha256 {
            return self.part.finish();
        }
        self.part.remove()?;
        Err(FetchError::Sum {
            url: self.url.clone(),
            found,
            expected: self.file.sha256.to_owned(),
        })
    }

    fn broken(&self, error: &dyn std::error::Error) -> FetchError {
        FetchError::Network {
            url: self.url.clone(),
            reason: error.to_string(),
        }
    }
}

/// Whether a `Content-Range` such as `bytes 500-999/1000` starts where what has come ends.
fn starts_at(range: Option<&ureq::http::HeaderValue>, start: u64) -> bool {
    range
        .and_then(|range| range.to_str().ok())
        .and_then(|range| range.strip_prefix("bytes "))
        .and_then(|range| range.split('-').next())
        .is_some_and(|first| first.parse() == Ok(start))
}

/// The file of what has come so far.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    /// Opens the file, and keeps other processes from writing it.
    fn open(path: PathBuf) -> Result<Self, FetchError> {
        let opened = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path);
        match opened {
            Ok(file) if file.try_lock().is_ok() => Ok(Self { path, file }),
            Ok(_) => Err(FetchError::Busy(path)),
            Err(source) => Err(FetchError::Write { path, source }),
        }
    }

    fn length(&self) -> Result<u64, FetchError> {
        self.told(self.file.metadata()).map(|file| file.len())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        let written = self.file.write_all(bytes);
        self.told(written)
    }

    fn cut(&mut self, length: u64) -> Result<(), FetchError> {
        self.told(self.file.set_len(length))
    }

    fn sum(&mut self) -> Result<String, FetchError> {
        let sum = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| sha256(&self.file));
        self.told(sum)
    }

    /// Makes sure that all is on the disk.
    fn finish(&mut self) -> Result<(), FetchError> {
        self.told(self.file.sync_all())
    }

    fn remove(&mut self) -> Result<(), FetchError> {
        self.told(std::fs::remove_file(&self.path))
    }

    /// Leaves nothing behind of an attempt that brought nothing.
    fn remove_if_empty(&self) {
        if self.length().is_ok_and(|length| length == 0) {
            // An empty file does no harm where it cannot be removed.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn told<T>(&self, result: std::io::Result<T>) -> Result<T, FetchError> {
        result.map_err(|source| FetchError::Write {
            path: self.path.clone(),
            source,
        })
    }
}
