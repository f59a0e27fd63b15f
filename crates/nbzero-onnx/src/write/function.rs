//! Functions of each number as nodes.

use nbzero_graph::Function;

use super::{Writer, float, text};
use crate::OnnxError;

impl Writer {
    pub(super) fn function(&mut self, function: Function, x: &str) -> Result<String, OnnxError> {
        let none = Vec::new;
        Ok(match function {
            Function::Relu => self.add("Relu", &[x], none()),
            Function::Clip { low, high } => {
                let [low, high] = [low, high].map(|bound| {
                    let name = bound.is_finite().then(|| self.number(bound));
                    name.unwrap_or_default()
                });
                self.add("Clip", &[x, &low, &high], none())
            }
            Function::LeakyRelu { slope } => {
                self.add("LeakyRelu", &[x], vec![float("alpha", slope)])
            }
            Function::Sigmoid => self.add("Sigmoid", &[x], none()),
            Function::HardSigmoid { slope, offset } => {
                let settings = vec![float("alpha", slope), float("beta", offset)];
                self.add("HardSigmoid", &[x], settings)
            }
            Function::Silu => {
                let gate = self.add("Sigmoid", &[x], none());
                self.add("Mul", &[x, &gate], none())
            }
            Function::HardSwish => self.add("HardSwish", &[x], none()),
            Function::Gelu => self.add("Gelu", &[x], vec![text("approximate", "none")]),
            Function::GeluTanh => self.add("Gelu", &[x], vec![text("approximate", "tanh")]),
            Function::Tanh => self.add("Tanh", &[x], none()),
            Function::Softplus => self.add("Softplus", &[x], none()),
            Function::Mish => self.add("Mish", &[x], none()),
            Function::Elu { alpha } => self.add("Elu", &[x], vec![float("alpha", alpha)]),
            Function::Affine { scale, shift } => {
                let (scale, shift) = (self.number(scale), self.number(shift));
                let scaled = self.add("Mul", &[x, &scale], none());
                self.add("Add", &[&scaled, &shift], none())
            }
            Function::Power { exponent } => {
                let exponent = self.number(exponent);
                self.add("Pow", &[x, &exponent], none())
            }
            other => {
                return Err(OnnxError::NoClassifier(format!(
                    "{} is not written to ONNX files",
                    other.kind()
                )));
            }
        })
    }
}
