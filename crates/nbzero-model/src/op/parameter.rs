//! Parameters as a value, the same for every image.

use burn::tensor::Tensor;

use super::{At, Moved, Rule};
use crate::scaled::Scaled;

/// Parameters of the graph.
#[derive(Debug)]
pub(super) struct Parameter<'g>(pub(super) &'g nbzero_graph::Parameter);

impl Rule for Parameter<'_> {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let value = at.network.values(&self.0.name).value.val();
        value.unsqueeze_dim(0)
    }

    fn adjoint(&self, _at: &At<'_>, _gradient: Tensor<4>) -> Vec<Tensor<4>> {
        Vec::new()
    }

    fn tangent(&self, _at: &At<'_>, _moved: &Moved) -> Option<Tensor<4>> {
        None
    }

    fn scaled(&self, at: &At<'_>, _inputs: Vec<Scaled>) -> Scaled {
        Scaled::new(self.forward(at), 0)
    }

    /// Those called `weight` are counted with those of layers.
    fn weight_rows(&self, at: &At<'_>, gradient: Tensor<4>) -> Option<Tensor<2>> {
        let is_weight = self.0.name.rsplit('.').next() == Some("weight");
        is_weight.then(|| {
            let [all, channels, height, width] = gradient.dims();
            let (images, rows) = (at.images, all / at.images);
            let numbers = channels * height * width;
            let gradients: Tensor<3> = gradient.reshape([rows, images, numbers]);
            gradients.sum_dim(1).reshape([rows, numbers])
        })
    }
}
