//! The layout of TensorBoard's Custom Scalars tab: curves with a band.

use super::event_file::EventFile;
use super::messages::{encode, plugin_value, shape};
use crate::record::error::{RecordError, failed_to};
use protobuf::RepeatedField;
use tensorboard_proto::layout::{
    Category, Chart, Layout, MarginChartContent, MarginChartContent_Series,
};
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::types::DataType;

/// The tags of a chart with a band: a curve between two others.
pub(crate) struct Band {
    pub(crate) title: String,
    pub(crate) value: String,
    pub(crate) lower: String,
    pub(crate) upper: String,
}

/// The tag by which the plugin finds a layout.
const TAG: &str = "custom_scalars__config__";

impl EventFile {
    /// Writes the layout of a category with a chart for each band. TensorBoard shows the layouts of all
    /// runs as one: equal charts in categories of the same title appear once, with all runs.
    pub(crate) fn write_margin_charts(
        &mut self,
        category: &str,
        bands: Vec<Band>,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        let mut all = Category::new();
        all.set_title(category.to_owned());
        all.set_chart(bands.into_iter().map(chart).collect());
        let mut layout = Layout::new();
        layout.set_category(RepeatedField::from_vec(vec![all]));
        let content = encode(&layout).map_err(failed_to("write", self.path()))?;
        let mut tensor = TensorProto::new();
        tensor.set_dtype(DataType::DT_STRING);
        tensor.set_string_val(RepeatedField::from_vec(vec![content]));
        tensor.set_tensor_shape(shape(&[]));
        let mut value = plugin_value(TAG, "custom_scalars", Vec::new());
        value.set_tensor(tensor);
        self.write_summary(vec![value], 0, wall_time)
    }
}

fn chart(band: Band) -> Chart {
    let mut series = MarginChartContent_Series::new();
    series.set_value(band.value);
    series.set_lower(band.lower);
    series.set_upper(band.upper);
    let mut content = MarginChartContent::new();
    content.set_series(RepeatedField::from_vec(vec![series]));
    let mut chart = Chart::new();
    chart.set_title(band.title);
    chart.set_margin(content);
    chart
}
