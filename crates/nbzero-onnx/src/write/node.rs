//! Operations of a graph as nodes.

use nbzero_graph::{
    Axis, BatchNorm, LayerNorm, Op, Over, Pool2d, PoolKind, Reduction, Shape, Slice, Window,
};

use super::{Value, Writer, float, int, ints, text};
use crate::OnnxError;
use crate::proto::AttributeProto;
use crate::tensor::signed;

/// Dimensions of channels that come last, and back.
const LAST: [usize; 4] = [0, 2, 3, 1];
const FIRST: [usize; 4] = [0, 3, 1, 2];

impl Writer {
    /// Adds an operation; returns the name of its value, `[batch, channels, height, width]`.
    pub(super) fn node(
        &mut self,
        op: &Op,
        from: &[Value],
        shape: Shape,
    ) -> Result<String, OnnxError> {
        let x = from.first().map_or("", |value| value.name.as_str());
        let both = || [x, from.get(1).map_or("", |value| value.name.as_str())];
        let none = Vec::new;
        Ok(match op {
            Op::Conv2d(conv) => {
                let weight = self.weight(&conv.name, ".weight")?;
                let mut settings = window(&conv.window);
                settings.push(int("group", signed(conv.groups)));
                if conv.bias {
                    let bias = self.weight(&conv.name, ".bias")?;
                    return Ok(self.add("Conv", &[x, &weight, &bias], settings));
                }
                self.add("Conv", &[x, &weight], settings)
            }
            Op::Linear(linear) => self.linear(&linear.name, linear.bias, &from[0])?,
            Op::BatchNorm(norm) => self.batch_norm(norm, x)?,
            Op::LayerNorm(norm) => self.layer_norm(norm, x)?,
            Op::Parameter(parameter) => {
                let name = self.weight(&parameter.name, "")?;
                let Shape {
                    channels,
                    height,
                    width,
                } = parameter.shape;
                let sizes = [1, channels, height, width].map(signed);
                self.reshape(&name, &sizes)
            }
            Op::Zeros => {
                let zero = self.number(0.0);
                self.add("Mul", &[x, &zero], none())
            }
            Op::Function(function) => self.function(*function, x)?,
            Op::Softmax { groups } => {
                let Shape { height, width, .. } = shape;
                let inner = shape.channels / groups;
                let split = [
                    0,
                    signed(*groups),
                    signed(inner),
                    signed(height),
                    signed(width),
                ];
                let split = self.reshape(x, &split);
                let parts = self.add("Softmax", &[&split], vec![int("axis", 1)]);
                self.map(&parts, shape)
            }
            Op::Add | Op::Sum => self.add("Add", &both(), none()),
            Op::Multiply => self.add("Mul", &both(), none()),
            Op::Pool(pool) => self.pool(pool, x),
            Op::Reduce { reduction, over } => self.reduce(*reduction, *over, x),
            Op::Concat => {
                let names: Vec<&str> = from.iter().map(|value| value.name.as_str()).collect();
                self.add("Concat", &names, vec![int("axis", 1)])
            }
            Op::Slice(slice) => self.slice(slice, x),
            Op::Pad {
                axis,
                before,
                behind,
            } => {
                let mut pads = [0; 8];
                pads[dimension(*axis)] = signed(*before);
                pads[4 + dimension(*axis)] = signed(*behind);
                let pads = self.ints(&pads);
                self.add("Pad", &[x, &pads], none())
            }
            Op::Shuffle { groups } => {
                let inner = shape.channels / groups;
                let sizes = [
                    0,
                    signed(*groups),
                    signed(inner),
                    signed(shape.height),
                    signed(shape.width),
                ];
                let split = self.reshape(x, &sizes);
                let order = vec![ints("perm", &[0, 2, 1, 3, 4])];
                let swapped = self.add("Transpose", &[&split], order);
                self.map(&swapped, shape)
            }
            Op::Reshape => self.map(x, shape),
            Op::Upsample { factor } => {
                let sizes = [1.0, 1.0, factor[0] as f64, factor[1] as f64];
                let scales = self.numbers(&sizes);
                let settings = vec![
                    text("mode", "nearest"),
                    text("coordinate_transformation_mode", "asymmetric"),
                    text("nearest_mode", "floor"),
                ];
                self.add("Resize", &[x, "", &scales], settings)
            }
            other => {
                return Err(OnnxError::NoClassifier(format!(
                    "{} is not written to ONNX files",
                    other.kind()
                )));
            }
        })
    }

    fn batch_norm(&mut self, norm: &BatchNorm, x: &str) -> Result<String, OnnxError> {
        let mut inputs = vec![x.to_owned()];
        for part in [".weight", ".bias", ".running_mean", ".running_var"] {
            inputs.push(self.weight(&norm.name, part)?);
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let settings = vec![
            float("epsilon", norm.epsilon),
            float("momentum", 1.0 - norm.momentum),
        ];
        Ok(self.add("BatchNormalization", &inputs, settings))
    }

    fn layer_norm(&mut self, norm: &LayerNorm, x: &str) -> Result<String, OnnxError> {
        let weight = self.weight(&norm.name, ".weight")?;
        let bias = self.weight(&norm.name, ".bias")?;
        let last = self.add("Transpose", &[x], vec![ints("perm", &LAST)]);
        let settings = vec![int("axis", -1), float("epsilon", norm.epsilon)];
        let normed = self.add("LayerNormalization", &[&last, &weight, &bias], settings);
        Ok(self.add("Transpose", &[&normed], vec![ints("perm", &FIRST)]))
    }

    fn pool(&mut self, pool: &Pool2d, x: &str) -> String {
        let mut settings = window(&pool.window);
        settings.push(int("ceil_mode", i64::from(pool.ceil)));
        match pool.kind {
            PoolKind::Max => self.add("MaxPool", &[x], settings),
            PoolKind::Average { count_padding } => {
                settings.push(int("count_include_pad", i64::from(count_padding)));
                self.add("AveragePool", &[x], settings)
            }
        }
    }

    fn reduce(&mut self, reduction: Reduction, over: Over, x: &str) -> String {
        let operator = match reduction {
            Reduction::Mean => "ReduceMean",
            Reduction::Sum => "ReduceSum",
            Reduction::Max => "ReduceMax",
            Reduction::Norm => "ReduceL2",
        };
        let axes = match over {
            Over::Positions => self.ints(&[2, 3]),
            Over::Channels => self.ints(&[1]),
        };
        self.add(operator, &[x, &axes], vec![int("keepdims", 1)])
    }

    fn slice(&mut self, slice: &Slice, x: &str) -> String {
        let end = slice.start + (slice.length - 1) * slice.step + 1;
        let numbers = [slice.start, end, dimension(slice.axis), slice.step];
        let [start, end, axis, step] = numbers.map(|number| self.ints(&[signed(number)]));
        self.add("Slice", &[x, &start, &end, &axis, &step], Vec::new())
    }

    /// A value as a map of this shape.
    fn map(&mut self, name: &str, shape: Shape) -> String {
        let sizes = [
            0,
            signed(shape.channels),
            signed(shape.height),
            signed(shape.width),
        ];
        self.reshape(name, &sizes)
    }

    /// A layer on a vector, or on the channels at each position.
    fn linear(&mut self, name: &str, bias: bool, from: &Value) -> Result<String, OnnxError> {
        let weight = self.weight(name, ".weight")?;
        let bias = bias.then(|| self.weight(name, ".bias")).transpose()?;
        if from.shape.is_vector() {
            let flat = self.add("Flatten", &[&from.name], Vec::new());
            let inputs: Vec<&str> = [flat.as_str(), &weight]
                .into_iter()
                .chain(bias.as_deref())
                .collect();
            let made = self.add("Gemm", &inputs, vec![int("transB", 1)]);
            return Ok(self.reshape(&made, &[0, -1, 1, 1]));
        }
        let last = self.add("Transpose", &[&from.name], vec![ints("perm", &LAST)]);
        let turned = self.add("Transpose", &[&weight], vec![ints("perm", &[1, 0])]);
        let mut made = self.add("MatMul", &[&last, &turned], Vec::new());
        if let Some(bias) = bias {
            made = self.add("Add", &[&made, &bias], Vec::new());
        }
        Ok(self.add("Transpose", &[&made], vec![ints("perm", &FIRST)]))
    }
}

fn window(window: &Window) -> Vec<AttributeProto> {
    let padding = window.padding;
    vec![
        ints("kernel_shape", &window.kernel),
        ints("strides", &window.stride),
        ints("dilations", &window.dilation),
        ints(
            "pads",
            &[padding.top, padding.left, padding.bottom, padding.right],
        ),
    ]
}

fn dimension(axis: Axis) -> usize {
    match axis {
        Axis::Channels => 1,
        Axis::Height => 2,
        Axis::Width => 3,
    }
}
