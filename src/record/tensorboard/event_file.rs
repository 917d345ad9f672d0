//! TensorBoard event files.
//!
//! The record framing and the messages come from the `tensorboard-rs` family; its summary writer
//! is not used: it aborts the process on an I/O error and loses events at exit.

use super::histogram::Histogram;
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{is_free, write_before_result};
use crate::record::fs::host::host_label;
use protobuf::{Message, RepeatedField, SingularPtrField};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tensorboard_proto::event::{Event, SessionLog, SessionLog_SessionStatus};
use tensorboard_proto::plugin_hparams::{HParamsPluginData, SessionEndInfo, SessionStartInfo};
use tensorboard_proto::summary::{
    HistogramProto, Summary, Summary_Value, SummaryMetadata, SummaryMetadata_PluginData,
};
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::tensor_shape::{TensorShapeProto, TensorShapeProto_Dim};
use tensorboard_proto::types::DataType;
use tensorboard_rs::record_writer::RecordWriter;

/// An open event file; events are on disk after [`EventFile::flush`].
pub struct EventFile {
    path: PathBuf,
    file: Arc<File>,
    writer: RecordWriter<BufWriter<Arc<File>>>,
}

/// How far an event file had been written at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsMark {
    /// The file's name in its run's folder.
    pub file: String,
    /// Its length, in bytes.
    pub bytes: u64,
}

impl EventsMark {
    /// The mark of a run that has no event file.
    pub(crate) fn none() -> Self {
        Self {
            file: String::new(),
            bytes: 0,
        }
    }
}

/// Bytes that are gathered before they are written: the histograms of an epoch of a small network.
const BUFFER: usize = 64 * 1024;

/// What the names of all event files begin with: TensorBoard knows them by it.
const PREFIX: &str = "events.out.tfevents.";

/// A value of the HParams tab.
#[derive(Clone, Debug, PartialEq)]
pub enum HParam {
    /// A number; must be finite, or TensorBoard's filters break.
    Number(f64),
    /// Text.
    Text(String),
    /// A flag.
    Flag(bool),
}

/// How a session ended, in the HParams tab's numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// It has its results.
    Success = 1,
    /// It has none.
    Failure = 2,
}

impl EventFile {
    /// Creates an event file of a run in `folder`, of a name that no other has.
    ///
    /// `wall_time` is in seconds since 1970, here and in all other methods.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn create(folder: &Path, wall_time: f64) -> Result<Self, RecordError> {
        let (path, file) = new_file(folder, wall_time)?;
        let mut begun = Self::begun(path, file, wall_time)?;
        begun.attempt(wall_time)?;
        Ok(begun)
    }

    /// Creates an event file that begins with what another of the same folder holds up to a mark;
    /// nothing where that is not there any more.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn resume(
        folder: &Path,
        mark: &EventsMark,
        wall_time: f64,
    ) -> Result<Option<Self>, RecordError> {
        // The name is read from a file: it must not lead elsewhere.
        if !is_event_file(&mark.file) || mark.file.contains(['/', '\\']) {
            return Ok(None);
        }
        let old = folder.join(&mark.file);
        let Ok(old) = File::open(&old) else {
            return Ok(None);
        };
        let (path, file) = new_file(folder, wall_time)?;
        let copied =
            std::io::copy(&mut old.take(mark.bytes), &mut &file).map_err(on("write", &path))?;
        if copied != mark.bytes {
            std::fs::remove_file(&path).map_err(on("remove", &path))?;
            return Ok(None);
        }
        Ok(Some(Self::of_file(path, file)))
    }

    /// The path of an event file of the only attempt that a folder ever sees.
    pub(crate) fn path_in(folder: &Path, wall_time: f64) -> PathBuf {
        folder.join(format!("{PREFIX}{:010}.tp-sweep", wall_time as u64))
    }

    /// Creates an event file of any name.
    pub(crate) fn create_at(path: &Path, wall_time: f64) -> Result<Self, RecordError> {
        let file = File::create(path).map_err(on("create", path))?;
        Self::begun(path.to_owned(), file, wall_time)
    }

    fn of_file(path: PathBuf, file: File) -> Self {
        let file = Arc::new(file);
        Self {
            path,
            writer: RecordWriter::new(BufWriter::with_capacity(BUFFER, Arc::clone(&file))),
            file,
        }
    }

    /// An empty file with the event that stands first.
    fn begun(path: PathBuf, file: File, wall_time: f64) -> Result<Self, RecordError> {
        let mut begun = Self::of_file(path, file);
        let mut event = Event::new();
        event.set_file_version("brain.Event:2".to_owned());
        begun.write(event, 0, wall_time)?;
        Ok(begun)
    }

    /// The start of an attempt at step 0, which tells TensorBoard to forget what it has read of the
    /// run: an earlier attempt's file.
    fn attempt(&mut self, wall_time: f64) -> Result<(), RecordError> {
        let mut log = SessionLog::new();
        log.set_status(SessionLog_SessionStatus::START);
        let mut event = Event::new();
        event.set_session_log(log);
        self.write(event, 0, wall_time)
    }

    /// The file's name in its folder.
    pub(crate) fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(std::ffi::OsStr::to_str)
            .unwrap_or_default()
    }

    /// How far the file has been written, once all of that has reached the disk.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn mark(&mut self) -> Result<EventsMark, RecordError> {
        self.flush()?;
        self.file.sync_data().map_err(on("write", &self.path))?;
        let about = self.file.metadata().map_err(on("write", &self.path))?;
        Ok(EventsMark {
            file: self.name().to_owned(),
            bytes: about.len(),
        })
    }

    /// Sees to it that all events have reached the disk, and that the file is there, even if
    /// another process has removed it meanwhile.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn close(mut self) -> Result<Arc<File>, RecordError> {
        self.mark()?;
        #[cfg(unix)]
        if !self.path.exists() {
            let mut bytes = vec![0; self.file.metadata().map_or(0, |about| about.len()) as usize];
            let read = std::os::unix::fs::FileExt::read_exact_at(&*self.file, &mut bytes, 0);
            read.map_err(on("read", &self.path))?;
            write_before_result(&self.path, &bytes)?;
        }
        Ok(self.file)
    }

    /// Writes scalars of one step.
    ///
    /// # Errors
    /// A full disk and the like, here and in all other methods.
    pub fn scalars(
        &mut self,
        values: &[(&str, f64)],
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let values = values.iter();
        let values = values.map(|&(tag, number)| scalar_value(tag, number));
        self.summary(values.collect(), step, wall_time)
    }

    /// Writes a text, shown as Markdown.
    pub fn text(&mut self, tag: &str, text: &str, wall_time: f64) -> Result<(), RecordError> {
        let mut tensor = TensorProto::new();
        tensor.set_dtype(DataType::DT_STRING);
        tensor.set_string_val(RepeatedField::from_vec(vec![text.as_bytes().to_vec()]));
        tensor.set_tensor_shape(shape(&[1]));
        let mut value = plugin_value(&format!("{tag}/text_summary"), "text", Vec::new());
        value.set_tensor(tensor);
        self.summary(vec![value], 0, wall_time)
    }

    /// Writes a histogram of one step; nothing if it has no values.
    pub fn histogram(
        &mut self,
        tag: &str,
        histogram: &Histogram,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let value = histogram_value(tag, histogram);
        self.summary(value.into_iter().collect(), step, wall_time)
    }

    /// Starts a session of the HParams tab; sessions of one `group` are shown as one row.
    pub fn session_start(
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
        self.hparams("_hparams_/session_start_info", &data, wall_time)
    }

    /// Ends the session; the first end that is written is the one that counts.
    pub fn session_end(
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
        self.hparams("_hparams_/session_end_info", &data, wall_time)
    }

    /// Hands all events to the operating system, so that TensorBoard sees them.
    pub fn flush(&mut self) -> Result<(), RecordError> {
        self.writer.flush().map_err(on("write", &self.path))
    }

    fn hparams(
        &mut self,
        tag: &str,
        data: &HParamsPluginData,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let content = encoded(data).map_err(on("write", &self.path))?;
        self.summary(vec![plugin_value(tag, "hparams", content)], 0, wall_time)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes values of one step; nothing if there are none.
    pub(crate) fn summary(
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
        self.write(event, step, wall_time)
    }

    pub(crate) fn write(
        &mut self,
        mut event: Event,
        step: i64,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        event.set_step(step);
        event.set_wall_time(wall_time);
        encoded(&event)
            .and_then(|bytes| self.writer.write(&bytes))
            .map_err(on("write", &self.path))
    }
}

/// Whether TensorBoard takes a file of this name for an event file.
pub(crate) fn is_event_file(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Whether the process that wrote an event file of a run is no more: known only of processes of this
/// machine.
pub(crate) fn is_abandoned_events(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let parts: Vec<&str> = name
        .strip_prefix(PREFIX)
        .unwrap_or_default()
        .split('.')
        .collect();
    match parts[..] {
        [_, host, _, _, _] => host == host_label() && is_free(path),
        // Of an earlier version: time, process, number.
        [_, _, _, _] => is_free(path),
        _ => false,
    }
}

/// An empty file for events in `folder`, of a name that no other has, held by a lock for as long as
/// it is written. Names that come later are also sorted later: in that order TensorBoard reads them.
fn new_file(folder: &Path, wall_time: f64) -> Result<(PathBuf, File), RecordError> {
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
                // Where there are no locks, no process takes the file for abandoned either.
                let _ = file.lock();
                return Ok((path, file));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(on("create", &path)(error)),
        }
    }
    unreachable!("some number is free")
}

pub(crate) fn scalar_value(tag: &str, number: f64) -> Summary_Value {
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value.set_simple_value(number as f32);
    value
}

/// Nothing for a histogram without values: it would have no buckets, no minimum, no maximum.
pub(crate) fn histogram_value(tag: &str, histogram: &Histogram) -> Option<Summary_Value> {
    let (limits, counts) = histogram
        .buckets()
        .into_iter()
        .map(|(limit, count)| (limit, count as f64))
        .unzip();
    let mut message = HistogramProto::new();
    message.set_min(histogram.min);
    message.set_max(histogram.max);
    message.set_num(histogram.num as f64);
    message.set_sum(histogram.sum);
    message.set_sum_squares(histogram.sum_squares);
    message.set_bucket_limit(limits);
    message.set_bucket(counts);
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value.set_histo(message);
    (histogram.num > 0).then_some(value)
}

pub(crate) fn plugin_value(tag: &str, plugin: &str, content: Vec<u8>) -> Summary_Value {
    let mut plugin_data = SummaryMetadata_PluginData::new();
    plugin_data.set_plugin_name(plugin.to_owned());
    plugin_data.set_content(content);
    let mut metadata = SummaryMetadata::new();
    metadata.plugin_data = SingularPtrField::some(plugin_data);
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value.metadata = SingularPtrField::some(metadata);
    value
}

pub(crate) fn shape(sizes: &[i64]) -> TensorShapeProto {
    let dimension = |&size: &i64| {
        let mut dimension = TensorShapeProto_Dim::new();
        dimension.set_size(size);
        dimension
    };
    let mut shape = TensorShapeProto::new();
    shape.set_dim(sizes.iter().map(dimension).collect());
    shape
}

pub(crate) fn encoded(message: &impl Message) -> std::io::Result<Vec<u8>> {
    message.write_to_bytes().map_err(std::io::Error::other)
}
