//! Builders of the protobuf messages in event files.

use super::histogram::Histogram;
use protobuf::{Message, SingularPtrField};
use tensorboard_proto::summary::{
    HistogramProto, Summary_Value, SummaryMetadata, SummaryMetadata_PluginData,
};
use tensorboard_proto::tensor_shape::{TensorShapeProto, TensorShapeProto_Dim};

/// A scalar, rounded to 32 bits.
pub(super) fn scalar_value(tag: &str, number: f64) -> Summary_Value {
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value.set_simple_value(number as f32);
    value
}

/// A histogram; `None` if it is empty: it would have no buckets, no minimum and no maximum.
pub(super) fn histogram_value(tag: &str, histogram: &Histogram) -> Option<Summary_Value> {
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

/// A value for a plugin of TensorBoard; `content` is the metadata of the plugin.
pub(super) fn plugin_value(tag: &str, plugin: &str, content: Vec<u8>) -> Summary_Value {
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

/// The shape of a tensor.
pub(super) fn shape(sizes: &[i64]) -> TensorShapeProto {
    let dimension = |&size: &i64| {
        let mut dimension = TensorShapeProto_Dim::new();
        dimension.set_size(size);
        dimension
    };
    let mut shape = TensorShapeProto::new();
    shape.set_dim(sizes.iter().map(dimension).collect());
    shape
}

/// The bytes of a message.
///
/// # Errors
/// The message lacks a required field.
pub(super) fn encode(message: &impl Message) -> std::io::Result<Vec<u8>> {
    message.write_to_bytes().map_err(std::io::Error::other)
}
