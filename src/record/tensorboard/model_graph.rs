//! The graph of a model for TensorBoard: a box for each layer, with its stages inside.

use super::graph::GraphNode;
use crate::spec::Config;
use crate::stages::{DropoutSite, Residual, Stage};

/// The nodes of the model of a configuration, from the input to the loss. Stages without effect (dropout
/// with rate 0) are omitted.
pub fn model_graph(config: &Config) -> Vec<GraphNode> {
    let mut graph = Graph::default();
    let input = match config.image() {
        Some([height, width, channels]) => vec![-1, height as i64, width as i64, channels as i64],
        None => vec![-1, config.features() as i64],
    };
    let mut last = graph.add("input".to_owned(), "Input", &[], input, Vec::new());
    let mut layer = 0;
    for stage in config.stages() {
        let site = stage.dropout_site();
        if site.is_some_and(|site| config.model.dropout_rate(site) == 0.0) {
            continue;
        }
        if let Some(Residual::Start(_)) = stage.shortcut_end() {
            // Not a node: the addition has two inputs.
            graph.skipped = Some(last.clone());
            continue;
        }
        layer += usize::from(stage.is_layer());
        let scope = match site {
            Some(DropoutSite::Input) => "input_dropout".to_owned(),
            _ => format!("layer{layer}"),
        };
        last = graph.add_stage(config, &scope, stage, last);
    }
    let classes = config.classes() as i64;
    let target = graph.add(
        "target".to_owned(),
        "Input",
        &[],
        vec![-1, classes],
        Vec::new(),
    );
    let smoothing = config.training.label_smoothing.get();
    graph.add(
        "loss/cross_entropy".to_owned(),
        "CrossEntropy",
        &[last, target],
        vec![],
        vec![("label_smoothing".to_owned(), smoothing.to_string())],
    );
    graph.nodes
}

#[derive(Default)]
struct Graph {
    nodes: Vec<GraphNode>,
    /// The node whose output the next addition adds.
    skipped: Option<String>,
}

impl Graph {
    /// Adds a node, and returns its name.
    fn add(
        &mut self,
        name: String,
        operation: &str,
        inputs: &[String],
        shape: Vec<i64>,
        attributes: Vec<(String, String)>,
    ) -> String {
        self.nodes.push(GraphNode {
            name: name.clone(),
            operation: operation.to_owned(),
            inputs: inputs.to_vec(),
            shape,
            attributes,
        });
        name
    }

    /// Adds a stage and its parameters after the node `last`, and returns the name of the stage.
    fn add_stage(&mut self, config: &Config, scope: &str, stage: Stage, last: String) -> String {
        let node = stage.node();
        let name = node.name;
        let parameters = stage.parameters();
        let mut inputs = vec![last];
        if stage.shortcut_end().is_some() {
            inputs.extend(self.skipped.take());
        }
        for parameter in &parameters {
            let name = format!("{scope}/{name}/{}", parameter.name);
            let shape = parameter.form.dimensions().into_iter();
            let shape = shape.map(|size| size as i64).collect();
            inputs.push(self.add(name, "Parameter", &[], shape, Vec::new()));
        }
        let mut attributes = vec![
            ("parameters".to_owned(), stage.parameter_count().to_string()),
            ("flop_per_sample".to_owned(), stage.flop().to_string()),
        ];
        if let Some(site) = stage.dropout_site() {
            let rate = config.model.dropout_rate(site);
            attributes.push(("probability".to_owned(), rate.to_string()));
        }
        let settings = node.attributes.into_iter();
        attributes.extend(settings.map(|(name, value)| (name.to_owned(), value)));
        let full_name = if parameters.is_empty() {
            format!("{scope}/{name}")
        } else {
            // In a box together with its parameters.
            format!("{scope}/{name}/{}", node.operation)
        };
        let shape = match node.image {
            Some(image) => image.to_vec(),
            None => vec![stage.features()],
        };
        let shape = shape.into_iter().map(|size| size as i64);
        let shape = [-1].into_iter().chain(shape).collect();
        self.add(full_name, node.operation, &inputs, shape, attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{OrNone, Shortcut};
    use crate::stages::{BatchNormChoice, Norm};
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_every_input_precedes_its_use() {
        let mut config = Config::default();
        config.model.kind = crate::spec::ModelKind::Cnn;
        config.model.norm = Norm::BatchNorm(BatchNormChoice {});
        config.model.dropout = crate::spec::Fraction::new(0.5).unwrap();
        config.model.input_dropout = crate::spec::Fraction::new(0.1).unwrap();
        config.model.shortcut = OrNone(Some(Shortcut::Identity));
        let nodes = model_graph(&config);
        let mut seen = HashSet::new();
        for node in &nodes {
            let known = node.inputs.iter().all(|input| seen.contains(input));
            assert!(known, "{}: {:?}", node.name, node.inputs);
            assert!(seen.insert(node.name.clone()), "{} twice", node.name);
        }
        let parameters: usize = nodes
            .iter()
            .filter(|node| node.operation == "Parameter")
            .map(|node| node.shape.iter().product::<i64>() as usize)
            .sum();
        assert_eq!(parameters as u64, config.parameters());
        let additions = nodes.iter().filter(|node| node.operation == "Add");
        let inputs: Vec<&[String]> = additions.map(|node| &node.inputs[..]).collect();
        let blocks = config.model.block_channels().len();
        assert_eq!(inputs.len(), blocks);
        assert_eq!(
            inputs[0],
            ["layer1/batch_norm/BatchNorm", "input_dropout/dropout"]
        );
        assert_eq!(inputs[1][1], "layer1/pooling");
    }
}
