//! Operations with parameters.

use crate::{
    BatchNorm, Conv2d, Function, GraphBuilder, GraphError, LayerNorm, Linear, NodeId, Op,
    Parameter, Shape,
};

impl GraphBuilder {
    /// Adds a convolution.
    pub fn conv(&mut self, input: NodeId, conv: Conv2d) -> Result<NodeId, GraphError> {
        let from = self.shape(input);
        self.expect_channels(input, &conv.name, conv.in_channels)?;
        let size = |what| GraphError::Size {
            layer: conv.name.clone(),
            what,
            rule: "positive",
        };
        if conv.out_channels == 0 || conv.in_channels == 0 {
            return Err(size("channels"));
        }
        for (what, sizes) in [
            ("kernel", conv.window.kernel),
            ("stride", conv.window.stride),
            ("dilation", conv.window.dilation),
        ] {
            if sizes.contains(&0) {
                return Err(size(what));
            }
        }
        for channels in [conv.in_channels, conv.out_channels] {
            if conv.groups == 0 || !channels.is_multiple_of(conv.groups) {
                return Err(GraphError::Groups {
                    layer: conv.name.clone(),
                    channels,
                    groups: conv.groups,
                });
            }
        }
        let results = conv.window.results(from.size(), false);
        let [height, width] = results.ok_or_else(|| GraphError::Window {
            layer: format!("layer `{}`", conv.name),
            input: from,
        })?;
        self.claim(&conv.name)?;
        let shape = Shape::new(conv.out_channels, height, width);
        Ok(self.push(Op::Conv2d(conv), vec![input], shape))
    }

    /// Adds a batch norm with PyTorch's epsilon and momentum over the input's channels.
    pub fn batch_norm(
        &mut self,
        input: NodeId,
        name: impl Into<String>,
    ) -> Result<NodeId, GraphError> {
        self.batch_norm_layer(input, BatchNorm::new(name))
    }

    /// Adds a batch norm over the input's channels.
    pub fn batch_norm_layer(
        &mut self,
        input: NodeId,
        norm: BatchNorm,
    ) -> Result<NodeId, GraphError> {
        expect_epsilon(&norm.name, norm.epsilon)?;
        if !(0.0..=1.0).contains(&norm.momentum) {
            return Err(GraphError::Size {
                layer: norm.name,
                what: "momentum",
                rule: "from 0 to 1",
            });
        }
        self.claim(&norm.name)?;
        let shape = self.shape(input);
        Ok(self.push(Op::BatchNorm(norm), vec![input], shape))
    }

    /// Adds a layer norm over the channels at each position.
    pub fn layer_norm(&mut self, input: NodeId, norm: LayerNorm) -> Result<NodeId, GraphError> {
        expect_epsilon(&norm.name, norm.epsilon)?;
        self.claim(&norm.name)?;
        let shape = self.shape(input);
        Ok(self.push(Op::LayerNorm(norm), vec![input], shape))
    }

    /// Adds a linear layer with bias on the input's channels.
    pub fn linear(
        &mut self,
        input: NodeId,
        name: impl Into<String>,
        out_features: usize,
    ) -> Result<NodeId, GraphError> {
        let in_features = self.shape(input).channels;
        self.linear_layer(input, Linear::new(name, in_features, out_features))
    }

    /// Adds a linear layer on the input's channels.
    pub fn linear_layer(&mut self, input: NodeId, linear: Linear) -> Result<NodeId, GraphError> {
        self.expect_channels(input, &linear.name, linear.in_features)?;
        if linear.in_features == 0 || linear.out_features == 0 {
            return Err(GraphError::Size {
                layer: linear.name,
                what: "features",
                rule: "positive",
            });
        }
        self.claim(&linear.name)?;
        let shape = Shape {
            channels: linear.out_features,
            ..self.shape(input)
        };
        Ok(self.push(Op::Linear(linear), vec![input], shape))
    }

    /// Adds parameters as a value, for a product or sum with others.
    pub fn parameter(&mut self, parameter: Parameter) -> Result<NodeId, GraphError> {
        if parameter.shape.numbers() == 0 || !parameter.initial.is_finite() {
            return Err(GraphError::Size {
                layer: parameter.name,
                what: "the shape and the initial number",
                rule: "positive and finite",
            });
        }
        self.claim(&parameter.name)?;
        let shape = parameter.shape;
        Ok(self.push(Op::Parameter(parameter), Vec::new(), shape))
    }

    /// Adds a parametric ReLU: x where it is positive, elsewhere x times the parameters `slope`, which
    /// begin at 0.25.
    ///
    /// `shape` is that of the slopes: one number, or one a channel.
    pub fn prelu(
        &mut self,
        input: NodeId,
        slope: impl Into<String>,
        shape: Shape,
    ) -> Result<NodeId, GraphError> {
        // No ReLU by name: a proxy that looks for one does not find it here.
        let [positive, negative] = [(0.0, f64::INFINITY), (f64::NEG_INFINITY, 0.0)];
        let part = |(low, high)| Function::Clip { low, high };
        let slope = self.parameter(Parameter {
            name: slope.into(),
            shape,
            initial: 0.25,
        })?;
        let negative = self.function(input, part(negative))?;
        let negative = self.multiply(negative, slope)?;
        let positive = self.function(input, part(positive))?;
        self.sum(positive, negative)
    }

    fn expect_channels(
        &self,
        input: NodeId,
        layer: &str,
        expected: usize,
    ) -> Result<(), GraphError> {
        let found = self.shape(input).channels;
        if found == expected {
            return Ok(());
        }
        Err(GraphError::Channels {
            layer: layer.to_owned(),
            expected,
            found,
        })
    }
}

fn expect_epsilon(layer: &str, epsilon: f64) -> Result<(), GraphError> {
    if epsilon.is_finite() && epsilon >= 0.0 {
        return Ok(());
    }
    Err(GraphError::Size {
        layer: layer.to_owned(),
        what: "epsilon",
        rule: "a number of at least 0",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Graph, Padding, Window};

    #[test]
    fn misfits_are_refused_with_the_layer_and_the_numbers() {
        let mut builder = Graph::builder(3, 8);
        let input = builder.input();
        let error = builder
            .conv(input, Conv2d::new("c", 4, 4, 3, 1))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "layer `c` takes 4 channels, but its input has 3"
        );
        let refused = [
            Conv2d::new("c", 3, 4, 3, 0),
            Conv2d::new("c", 3, 0, 3, 1),
            Conv2d::new("c", 3, 4, 0, 1),
            Conv2d::new("c", 3, 4, 3, 1).depthwise(),
            Conv2d::new("c", 3, 3, 3, 1).with_groups(0),
            Conv2d::new("c", 3, 3, 3, 1).with_groups(2),
        ];
        for conv in refused {
            assert!(builder.conv(input, conv.clone()).is_err(), "{conv:?}");
        }
        let wide = Window::square(9, 1).with_padding(Padding::default());
        let error = builder.conv(input, Conv2d::new("c", 3, 4, 9, 1).with_window(wide));
        assert_eq!(
            error.unwrap_err().to_string(),
            "layer `c`: its window gives nothing on a map of 3x8x8"
        );
        let conv = builder.conv(input, Conv2d::new("c", 3, 4, 3, 1)).unwrap();
        assert!(builder.conv(input, Conv2d::new("c", 3, 4, 3, 1)).is_err());
        assert!(builder.add(conv, input).is_err());
        assert!(builder.linear(conv, "head", 0).is_err());
        let error = builder.batch_norm_layer(conv, BatchNorm::new("b").with_epsilon(-1.0));
        assert!(error.is_err());
    }

    #[test]
    fn a_window_has_two_sizes_in_each_direction() {
        let mut builder = Graph::builder_on(Shape::new(3, 9, 12));
        let window = Window {
            kernel: [1, 4],
            stride: [2, 3],
            dilation: [1, 2],
            padding: Padding {
                top: 1,
                left: 2,
                bottom: 0,
                right: 3,
            },
        };
        let conv = Conv2d::new("c", 3, 6, 1, 1).with_window(window);
        let conv = builder
            .conv(builder.input(), conv.with_groups(3).with_bias())
            .unwrap();
        assert_eq!(builder.shape(conv), Shape::new(6, 5, 4));
        let pooled = builder.global_average_pool(conv);
        builder.linear(pooled, "head", 2).unwrap();
        let graph = builder.finish().unwrap();
        assert_eq!(graph.params(), 6 * 4 + 6 + 12 + 2);
        assert_eq!(graph.flops(), 6 * 4 * 5 * 4 + 12);
    }
}
