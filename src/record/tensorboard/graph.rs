//! Graphs of models, as PyTorch's `SummaryWriter.add_graph` writes them.

use super::event_file::EventFile;
use super::messages::{encode, shape};
use crate::record::error::{RecordError, failed_to};
use protobuf::{RepeatedField, SingularPtrField};
use tensorboard_proto::attr_value::{AttrValue, AttrValue_ListValue};
use tensorboard_proto::event::Event;
use tensorboard_proto::graph::GraphDef;
use tensorboard_proto::node_def::NodeDef;
use tensorboard_proto::versions::VersionDef;

/// The version of TensorFlow's graph format that PyTorch declares.
const PRODUCER_VERSION: i32 = 22;

/// One operation of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// The name with its scopes, such as `layer1/dense`. TensorBoard draws a scope as a box that opens.
    pub name: String,
    /// The operation, such as `Linear`.
    pub operation: String,
    /// The names of the nodes whose outputs it uses.
    pub inputs: Vec<String>,
    /// The shape of its output; -1 for a size that is not fixed.
    pub shape: Vec<i64>,
    /// Further attributes that TensorBoard shows: name and value.
    pub attributes: Vec<(String, String)>,
}

impl EventFile {
    /// Writes a graph. TensorBoard shows the last one of a run.
    ///
    /// # Errors
    /// The event file cannot be written.
    pub fn write_graph(&mut self, nodes: &[GraphNode], wall_time: f64) -> Result<(), RecordError> {
        let mut versions = VersionDef::new();
        versions.set_producer(PRODUCER_VERSION);
        let mut graph = GraphDef::new();
        graph.versions = SingularPtrField::some(versions);
        graph.set_node(nodes.iter().map(node_def).collect());
        let mut event = Event::new();
        event.set_graph_def(encode(&graph).map_err(failed_to("write", self.path()))?);
        self.write_event(event, 0, wall_time)
    }
}

fn node_def(node: &GraphNode) -> NodeDef {
    let mut definition = NodeDef::new();
    definition.set_name(node.name.clone());
    definition.set_op(node.operation.clone());
    definition.set_input(node.inputs.iter().cloned().collect());
    for (name, text) in &node.attributes {
        let mut value = AttrValue::new();
        value.set_s(text.as_bytes().to_vec());
        definition.attr.insert(name.clone(), value);
    }
    // A list, because a TensorFlow node can have several outputs.
    let mut shapes = AttrValue_ListValue::new();
    shapes.set_shape(RepeatedField::from_vec(vec![shape(&node.shape)]));
    let mut output_shapes = AttrValue::new();
    output_shapes.set_list(shapes);
    definition
        .attr
        .insert("_output_shapes".to_owned(), output_shapes);
    definition
}
