//! TensorBoard event files.
//!
//! The record framing and the messages come from the `tensorboard-rs` crates. Their summary writer is
//! not used, because it aborts the process on an I/O error and loses events at exit.

use super::histogram::Histogram;
use super::messages::{encode, histogram_value, plugin_value, scalar_value, shape};
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::atomic::write_before_result;
use crate::record::fs::host::host_label;
use crate::record::fs::temp_file::is_unlocked;
use protobuf::RepeatedField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tensorboard_proto::event::{Event, SessionLog, SessionLog_SessionStatus};
use tensorboard_proto::plugin_hparams::{HParamsPluginData, SessionEndInfo, SessionStartInfo};
use tensorboard_proto::summary::{Summary, Summary_Value};
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::types::DataType;
use tensorboard_rs::record_writer::RecordWriter;

/// An open event file. Events are buffered; [`EventFile::flush`] makes them visible to readers.
pub struct EventFile {
    path: PathBuf,
    file: Arc<File>,
    writer: RecordWriter<BufWriter<Arc<File>>>,
}

/// The length of an event file at a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFilePosition {
    /// The name of the file in the folder of its run; empty if the run has no event file.
    pub file: String,
    /// The length of the file, in bytes.
    pub bytes: u64,
}

impl EventFilePosition {
    /// The position of a run without an event file.
    pub(crate) fn none() -> Self {
        Self {
            file: String::new(),
            bytes: 0,
        }
    }
}

/// Size of the write buffer: the histograms of one epoch of a small network fit.
const BUFFER_BYTES: usize = 64 * 1024;

/// The prefix of the names of event files, by which TensorBoard finds them.
const PREFIX: &str = "events.out.tfevents.";

/// A value of the HParams tab.
#[derive(Clone, Debug, PartialEq)]
pub enum HParam {
    /// A finite number: other values break the filters of TensorBoard.
    Number(f64),
    /// Text.
    Text(String),
    /// True or false.
    Flag(bool),
}

/// The outcome of a session, numbered as in the HParams tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// The run finished.
    Success = 1,
    /// The run failed.
    Failure = 2,
}

impl EventFile {
    /// Creates an event file with a unique name in `folder`.
    ///
    /// `wall_time` is in seconds since 1970, here and in all other methods.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn create(folder: &Path, wall_time: f64) -> Result<Self, RecordError> {
        let (path, file) = create_unique(folder, wall_time)?;
        let mut events = Self::with_version(path, file, wall_time)?;
        events.write_session_log_start(wall_time)?;
        Ok(events)
    }

    /// Creates an event file with a copy of another file in the same folder up to `position`; `None` if
    /// that file no longer exists, or is shorter.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn resume(
        folder: &Path,
        position: &EventFilePosition,
        wall_time: f64,
    ) -> Result<Option<Self>, RecordError> {
        // The name comes from a file: it must not lead to another folder.
        if !is_event_file(&position.file) || position.file.contains(['/', '\\']) {
            return Ok(None);
        }
        let Ok(old) = File::open(folder.join(&position.file)) else {
            return Ok(None);
        };
        let (path, file) = create_unique(folder, wall_time)?;
        let copied = std::io::copy(&mut old.take(position.bytes), &mut &file)
            .map_err(failed_to("write", &path))?;
        if copied != position.bytes {
            std::fs::remove_file(&path).map_err(failed_to("remove", &path))?;
            return Ok(None);
        }
        Ok(Some(Self::from_file(path, file)))
    }

    /// The path of an event file in a folder that never has more than one attempt.
    pub(crate) fn path_in(folder: &Path, wall_time: f64) -> PathBuf {
        folder.join(format!("{PREFIX}{:010}.tp-sweep", wall_time as u64))
    }

    /// Creates an event file at `path`.
    pub(crate) fn create_at(path: &Path, wall_time: f64) -> Result<Self, RecordError> {
        let file = File::create(path).map_err(failed_to("create", path))?;
        Self::with_version(path.to_owned(), file, wall_time)
    }

    fn from_file(path: PathBuf, file: File) -> Self {
        let file = Arc::new(file);
        Self {
            path,
            writer: RecordWriter::new(BufWriter::with_capacity(BUFFER_BYTES, Arc::clone(&file))),
            file,
        }
    }

    /// Writes the event with the format version, which comes first, into an empty file.
    fn with_version(path: PathBuf, file: File, wall_time: f64) -> Result<Self, RecordError> {
        let mut events = Self::from_file(path, file);
        let mut event = Event::new();
        event.set_file_version("brain.Event:2".to_owned());
        events.write_event(event, 0, wall_time)?;
        Ok(events)
    }

    /// Writes a session start at step 0. TensorBoard then drops the events of earlier attempts at the run.
    fn write_session_log_start(&mut self, wall_time: f64) -> Result<(), RecordError> {
        let mut log = SessionLog::new();
        log.set_status(SessionLog_SessionStatus::START);
        let mut event = Event::new();
        event.set_session_log(log);
        self.write_event(event, 0, wall_time)
    }

    /// The name of the file in its folder.
    pub(crate) fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(std::ffi::OsStr::to_str)
            .unwrap_or_default()
    }

    /// Syncs all events to disk, and returns the position of the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn sync_position(&mut self) -> Result<EventFilePosition, RecordError> {
        self.flush()?;
        self.file
            .sync_data()
            .map_err(failed_to("write", &self.path))?;
        let metadata = self
            .file
            .metadata()
            .map_err(failed_to("write", &self.path))?;
        Ok(EventFilePosition {
            file: self.name().to_owned(),
            bytes: metadata.len(),
        })
    }

    /// Syncs all events to disk, and writes the file again if another process has removed it. Returns the
    /// open file, which still holds its lock.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn close(mut self) -> Result<Arc<File>, RecordError> {
        self.sync_position()?;
        #[cfg(unix)]
        if !self.path.exists() {
            let mut bytes =
                vec![0; self.file.metadata().map_or(0, |metadata| metadata.len()) as usize];
            let read = std::os::unix::fs::FileExt::read_exact_at(&*self.file, &mut bytes, 0);
            read.map_err(failed_to("read", &self.path))?;
            write_before_result(&self.path, &bytes)?;
        }
        Ok(self.file)
    }

    /// Writes scalars of one step.
    ///
    /// # Errors
    /// The file cannot be written; here and in all other methods.
    pub fn write_scalars<T: AsRef<str>>(
        &mut self,
        values: &[(T, f64)],
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let scalars = values
            .iter()
            .map(|(tag, number)| scalar_value(tag.as_ref(), *number));
        self.write_summary(scalars.collect(), step, wall_time)
    }

    /// Writes a text, which TensorBoard shows as Markdown.
    pub fn write_text(&mut self, tag: &str, text: &str, wall_time: f64) -> Result<(), RecordError> {
        let mut tensor = TensorProto::new();
        tensor.set_dtype(DataType::DT_STRING);
        tensor.set_string_val(RepeatedField::from_vec(vec![text.as_bytes().to_vec()]));
        tensor.set_tensor_shape(shape(&[1]));
        let mut value = plugin_value(&format!("{tag}/text_summary"), "text", Vec::new());
        value.set_tensor(tensor);
        self.write_summary(vec![value], 0, wall_time)
    }

    /// Writes a histogram of one step. Omits an empty histogram.
    pub fn write_histogram(
        &mut self,
        tag: &str,
        histogram: &Histogram,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let value = histogram_value(tag, histogram);
        self.write_summary(value.into_iter().collect(), step, wall_time)
    }

    /// Writes the start of a session of the HParams tab, which shows the sessions of one `group` as one row.
    pub fn write_session_start(
        &mut self,
        group: &str,
        hparams: &BTreeMap<String, HParam>,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let mut info = SessionStartInfo::new();
        info.set_group_name(group.to_owned());
        info.set_start_time_secs(wall_time);
        for (name, hparam) in hparams {
            let mut value = protobuf::well_known_types::Value::new();
            match hparam {
                HParam::Number(number) => value.set_number_value(*number),
                HParam::Text(text) => value.set_string_value(text.clone()),
                HParam::Flag(flag) => value.set_bool_value(*flag),
            }
            info.hparams.insert(name.clone(), value);
        }
        let mut data = HParamsPluginData::new();
        data.set_session_start_info(info);
        self.write_hparams("_hparams_/session_start_info", &data, wall_time)
    }

    /// Writes the end of the session. TensorBoard uses the first one.
    pub fn write_session_end(
        &mut self,
        status: SessionStatus,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        use tensorboard_proto::api::Status;
        let mut info = SessionEndInfo::new();
        info.set_status(match status {
            SessionStatus::Success => Status::STATUS_SUCCESS,
            SessionStatus::Failure => Status::STATUS_FAILURE,
        });
        info.set_end_time_secs(wall_time);
        let mut data = HParamsPluginData::new();
        data.set_session_end_info(info);
        self.write_hparams("_hparams_/session_end_info", &data, wall_time)
    }

    /// Writes all buffered events, so that TensorBoard can read them.
    pub fn flush(&mut self) -> Result<(), RecordError> {
        self.writer.flush().map_err(failed_to("write", &self.path))
    }

    fn write_hparams(
        &mut self,
        tag: &str,
        data: &HParamsPluginData,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let content = encode(data).map_err(failed_to("write", &self.path))?;
        self.write_summary(vec![plugin_value(tag, "hparams", content)], 0, wall_time)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the values of one step. Does nothing if there are none.
    pub(crate) fn write_summary(
        &mut self,
        values: Vec<Summary_Value>,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        if values.is_empty() {
            return Ok(());
        }
        let mut summary = Summary::new();
        summary.set_value(RepeatedField::from_vec(values));
        let mut event = Event::new();
        event.set_summary(summary);
        self.write_event(event, step, wall_time)
    }

    pub(crate) fn write_event(
        &mut self,
        mut event: Event,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        event.set_step(step);
        event.set_wall_time(wall_time);
        encode(&event)
            .and_then(|bytes| self.writer.write(&bytes))
            .map_err(failed_to("write", &self.path))
    }
}

/// The step of an epoch.
pub(crate) fn step(epoch: usize) -> i64 {
    i64::try_from(epoch).unwrap_or(i64::MAX)
}

/// Whether this is the name of an event file.
pub(crate) fn is_event_file(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Whether this is an event file of this machine whose process has ended.
pub(crate) fn is_abandoned_event_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let parts: Vec<&str> = name
        .strip_prefix(PREFIX)
        .unwrap_or_default()
        .split('.')
        .collect();
    match parts[..] {
        [_, host, _, _, _] => host == host_label() && is_unlocked(path),
        // Earlier versions wrote only time, process and number.
        [_, _, _, _] => is_unlocked(path),
        _ => false,
    }
}

/// Creates an empty file with a unique name, and locks it until it is dropped. Later files sort after
/// earlier ones: TensorBoard reads them in that order.
fn create_unique(folder: &Path, wall_time: f64) -> Result<(PathBuf, File), RecordError> {
    let (host, process) = (host_label(), std::process::id());
    for number in 0.. {
        let name = format!(
            "{PREFIX}{:010}.{host}.{process}.{number}.tp-sweep",
            wall_time as u64
        );
        let path = folder.join(name);
        let mut options = OpenOptions::new();
        match options.read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                // On a file system without locks, no process considers the file abandoned.
                let _ = file.lock();
                return Ok((path, file));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed_to("create", &path)(error)),
        }
    }
    unreachable!("some number is unused")
}
