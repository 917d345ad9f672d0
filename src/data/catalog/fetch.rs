//! Downloads data sets over HTTP. An interrupted download resumes; a file gets its name only after its checksum is
//! verified.

use super::checksum::sha256;
use crate::datasets::KnownFile;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

/// Why a file could not be downloaded.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server cannot be reached, or the connection broke.
    #[error("cannot fetch {url}: {reason}")]
    Network {
        /// The URL.
        url: String,
        /// Why it failed.
        reason: String,
    },
    /// The server responded with an error status.
    #[error("cannot fetch {url}: the server returned HTTP status {status}")]
    HttpStatus {
        /// The URL.
        url: String,
        /// The status code.
        status: u16,
    },
    /// The connection ended too early; the received bytes are kept.
    #[error(
        "the download of {url} ended after {received} of {expected} bytes; run the same command \
         again to resume it"
    )]
    Truncated {
        /// The URL.
        url: String,
        /// The number of bytes received.
        received: u64,
        /// The size of the whole file in bytes.
        expected: u64,
    },
    /// The downloaded file is not the original; it is removed.
    #[error(
        "the download of {url} is damaged or modified and was removed: its SHA-256 is {found}, \
         expected {expected}"
    )]
    Checksum {
        /// The URL.
        url: String,
        /// The SHA-256 of the downloaded file.
        found: String,
        /// The SHA-256 of the original.
        expected: String,
    },
    /// The proxy is not a URL.
    #[error("invalid proxy `{0}`: expected a URL such as http://proxy.example:3128")]
    Proxy(String),
    /// The system has no trusted certificates.
    #[error("the system has no certificates for https: install the package ca-certificates")]
    Certificates,
    /// Another process is downloading the same file.
    #[error("another process is downloading {0}; wait until it ends")]
    Locked(PathBuf),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// How often an interrupted download is resumed automatically.
const MAX_RETRIES: usize = 5;

/// The maximum time to wait for a connection, a response or the next bytes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An HTTP client.
#[derive(Debug)]
pub struct Client(Agent);

impl Client {
    /// A client that uses `proxy`, or the proxy in the environment variables `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY`,
    /// with the exceptions in `NO_PROXY`.
    ///
    /// # Errors
    /// An invalid proxy; no certificates if `https` is needed.
    pub fn new(proxy: Option<&str>, https: bool) -> Result<Self, FetchError> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(TIMEOUT))
            .timeout_recv_response(Some(TIMEOUT))
            .timeout_per_read(Some(TIMEOUT))
            .user_agent(concat!("tp-sweep/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            let proxy = Proxy::new(proxy).map_err(|_| FetchError::Proxy(proxy.to_owned()))?;
            config = config.proxy(Some(proxy));
        }
        let system = rustls_native_certs::load_native_certs().certs;
        if https && system.is_empty() {
            return Err(FetchError::Certificates);
        }
        // Also for http, which may redirect to https.
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

/// Downloads a file from `base_url` into `folder`, and calls `progress` with the number of bytes received.
///
/// The received bytes are in a file with the extension `.part` until the file is complete and verified.
///
/// # Errors
/// See [`FetchError`]. The received bytes are kept if the connection ends, but not if the file is not the original.
pub fn fetch(
    client: &Client,
    base_url: &str,
    file: &KnownFile,
    folder: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(), FetchError> {
    let url = format!("{}/{}", base_url.trim_end_matches('/'), file.name);
    let path = folder.join(file.name);
    let partial = folder.join(format!("{}.part", file.name));
    let mut download = Download {
        client,
        url,
        file,
        part: PartialFile::open(partial.clone())?,
        progress,
    };
    let mut retries = 0;
    loop {
        let before = download.part.length()?;
        match download.attempt() {
            Ok(()) => break,
            Err(FetchError::Truncated { .. })
                if retries < MAX_RETRIES && download.part.length()? > before =>
            {
                retries += 1;
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
    part: PartialFile,
    progress: &'a mut dyn FnMut(u64),
}

impl Download<'_> {
    /// Requests the missing bytes and appends them.
    fn attempt(&mut self) -> Result<(), FetchError> {
        let (mut received, expected) = (self.part.length()?, self.file.size_bytes);
        if received > expected {
            self.part.truncate(0)?;
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
        let response = request.call().map_err(|error| self.network_error(&error))?;
        match response.status().as_u16() {
            206 if starts_at(response.headers().get("Content-Range"), received) => {}
            // A server without support for ranges sends the whole file. One that rejects the range has a different
            // file.
            200 | 206 | 416 if received > 0 => {
                self.part.truncate(0)?;
                if response.status() != 200 {
                    return self.attempt();
                }
                received = 0;
            }
            200 => {}
            status => {
                return Err(FetchError::HttpStatus {
                    url: self.url.clone(),
                    status,
                });
            }
        }
        // One byte more than expected shows that the file is a different one.
        let limit = expected + 1 - received;
        let mut body = response.into_body().into_reader().take(limit);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                // The bytes received before are kept.
                Err(_) if received > 0 => break,
                Err(error) => return Err(self.network_error(&error)),
            };
            self.part.append(&buffer[..read])?;
            received += read as u64;
            (self.progress)(received);
        }
        if received < expected {
            return Err(FetchError::Truncated {
                url: self.url.clone(),
                received,
                expected,
            });
        }
        Ok(())
    }

    /// Refuses and removes a file that is not the original.
    fn verify(&mut self) -> Result<(), FetchError> {
        let found = self.part.sha256_digest()?;
        if found == self.file.sha256 {
            return self.part.sync();
        }
        self.part.remove()?;
        Err(FetchError::Checksum {
            url: self.url.clone(),
            found,
            expected: self.file.sha256.to_owned(),
        })
    }

    fn network_error(&self, error: &dyn std::error::Error) -> FetchError {
        FetchError::Network {
            url: self.url.clone(),
            reason: error.to_string(),
        }
    }
}

/// Whether a `ColumnValues-Range` such as `bytes 500-999/1000` starts at this byte.
fn starts_at(range: Option<&ureq::http::HeaderValue>, start: u64) -> bool {
    range
        .and_then(|range| range.to_str().ok())
        .and_then(|range| range.strip_prefix("bytes "))
        .and_then(|range| range.split('-').next())
        .is_some_and(|first| first.parse() == Ok(start))
}

/// The file of the bytes received so far.
struct PartialFile {
    path: PathBuf,
    file: File,
}

impl PartialFile {
    /// Opens and locks the file.
    fn open(path: PathBuf) -> Result<Self, FetchError> {
        let opened = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path);
        match opened {
            Ok(file) if file.try_lock().is_ok() => Ok(Self { path, file }),
            Ok(_) => Err(FetchError::Locked(path)),
            Err(source) => Err(FetchError::Write { path, source }),
        }
    }

    fn length(&self) -> Result<u64, FetchError> {
        self.map_error(self.file.metadata()).map(|file| file.len())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        let written = self.file.write_all(bytes);
        self.map_error(written)
    }

    fn truncate(&mut self, length: u64) -> Result<(), FetchError> {
        self.map_error(self.file.set_len(length))
    }

    fn sha256_digest(&mut self) -> Result<String, FetchError> {
        let sha256_digest = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| sha256(&self.file));
        self.map_error(sha256_digest)
    }

    /// Flushes the file to disk.
    fn sync(&mut self) -> Result<(), FetchError> {
        self.map_error(self.file.sync_all())
    }

    fn remove(&mut self) -> Result<(), FetchError> {
        self.map_error(std::fs::remove_file(&self.path))
    }

    /// Removes the file if nothing was received.
    fn remove_if_empty(&self) {
        if self.length().is_ok_and(|length| length == 0) {
            // An empty file that cannot be removed does no harm.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn map_error<T>(&self, result: std::io::Result<T>) -> Result<T, FetchError> {
        result.map_err(|source| FetchError::Write {
            path: self.path.clone(),
            source,
        })
    }
}
