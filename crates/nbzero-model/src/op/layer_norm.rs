//! Layer normalisation over the channels at each position.
//!
//! With h = (x - mean) r, r = 1 / sqrt(variance + epsilon) and means m over channels, y is
//! gamma h + beta. h moves by L(x') = r (x' - m(x') - h m(h x')), and r by -r^2 m(h x'). L is
//! symmetric: the gradient of x is L(u), u = gamma g, and moves by
//! L(u') - r m(h x') L(u) - r (h' m(h u) + h m(h' u)).

use burn::tensor::Tensor;
use nbzero_ops::Activation;

use super::copies::each;
use super::{At, Exponents, Moved, Pair, Rule};
use crate::scaled::{self, Scaled};

/// A layer norm of the graph.
#[derive(Debug)]
pub(super) struct LayerNorm<'g>(pub(super) &'g nbzero_graph::LayerNorm);

/// An input without its scale and mean.
struct Normalised {
    h: Tensor<4>,
    /// 1 / sqrt(variance + epsilon).
    r: Tensor<4>,
}

impl Normalised {
    fn new(x: Tensor<4>, epsilon: f64) -> Self {
        let centred = x.clone() - x.mean_dim(1);
        let variance = centred.clone().square().mean_dim(1);
        let r = variance.add_scalar(epsilon).sqrt().recip();
        Self {
            h: centred * r.clone(),
            r,
        }
    }

    /// The Jacobian L.
    fn through(&self, x: Tensor<4>) -> Tensor<4> {
        let along = (self.h.clone() * x.clone()).mean_dim(1);
        let rest = x.clone() - x.mean_dim(1) - self.h.clone() * along;
        rest * self.r.clone()
    }
}

impl LayerNorm<'_> {
    fn affine(&self, at: &At<'_>) -> [Tensor<4>; 2] {
        let layer = at.network.layer_norm(&self.0.name);
        [&layer.weight, &layer.bias].map(|parameter| {
            let values = parameter.val();
            let [channels] = values.dims();
            values.reshape([1, channels, 1, 1])
        })
    }

    fn normalised(&self, at: &At<'_>) -> Normalised {
        Normalised::new(at.input(0), self.0.epsilon)
    }

    /// The epsilon of a map that 2^exponent is left out of; `None` where the map is so small beside it
    /// that the variance is nothing.
    fn epsilon_at(&self, exponent: i64) -> Option<f64> {
        let epsilon = || self.0.epsilon * scaled::power_of_two(exponent.saturating_mul(-2));
        // Not 0: channels that are all the same have no variance either.
        (exponent > -scaled::RANGE).then(|| epsilon().max(f64::MIN_POSITIVE))
    }
}

impl Rule for LayerNorm<'_> {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let [gamma, beta] = self.affine(at);
        self.normalised(at).h * gamma + beta
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let [gamma, _] = self.affine(at);
        let normalised = self.normalised(at);
        let [images, ..] = normalised.h.dims();
        vec![each(gradient * gamma, images, |u| normalised.through(u))]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn weight_rows(&self, at: &At<'_>, gradient: Tensor<4>) -> Option<Tensor<2>> {
        let h = self.normalised(at).h;
        let ([all, channels, _, _], [images, ..]) = (gradient.dims(), h.dims());
        let products = each(gradient, images, |gradient| gradient * h.clone());
        let sums = products.sum_dims(&[2, 3]);
        let rows: Tensor<3> = sums.reshape([all / images, images, channels]);
        Some(rows.sum_dim(1).reshape([all / images, channels]))
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let [gamma, _] = self.affine(at);
        let moved = moved.whole(at, 0)?;
        Some(self.normalised(at).through(moved) * gamma)
    }

    fn adjoint_tangent(&self, at: &At<'_>, moved: &Moved, gradients: Pair) -> Vec<Pair> {
        let [gamma, _] = self.affine(at);
        let [u, u_moved] = gradients.map(|gradient| gradient * gamma.clone());
        let normalised = self.normalised(at);
        let (gradient, mut change) = (normalised.through(u.clone()), normalised.through(u_moved));
        if let Some(x_moved) = moved.whole(at, 0) {
            let Normalised { h, r } = &normalised;
            let mean = |a: &Tensor<4>, b: &Tensor<4>| (a.clone() * b.clone()).mean_dim(1);
            let h_moved = normalised.through(x_moved.clone());
            let turned = h_moved.clone() * mean(h, &u) + h.clone() * mean(&h_moved, &u);
            let shrunk = gradient.clone() * mean(h, &x_moved);
            change = change - (turned + shrunk) * r.clone();
        }
        vec![[gradient, change]]
    }

    /// A norm takes the exponent away, but for that of epsilon.
    fn scaled(&self, at: &At<'_>, mut inputs: Vec<Scaled>) -> Scaled {
        let Scaled { map, exponent, .. } = inputs.remove(0);
        let [gamma, beta] = self.affine(at);
        let (h, exponent) = match self.epsilon_at(exponent) {
            Some(epsilon) => (Normalised::new(map, epsilon).h, 0),
            None => (linear(map, self.0.epsilon), exponent),
        };
        let product = Scaled::new(h * gamma, exponent);
        Scaled::sum(product, Scaled::new(beta, 0), Activation::Identity)
    }

    fn scaled_adjoint(&self, at: &At<'_>, exponents: &Exponents, gradient: Scaled) -> Vec<Scaled> {
        let [gamma, _] = self.affine(at);
        let u = gradient.map * gamma;
        let exponent = exponents.inputs[0];
        vec![match self.epsilon_at(exponent) {
            Some(epsilon) => {
                let normalised = Normalised::new(at.input(0), epsilon);
                Scaled::new(normalised.through(u), gradient.exponent - exponent)
            }
            None => Scaled::new(linear(u, self.0.epsilon), gradient.exponent),
        }]
    }
}

/// The norm where the variance is nothing beside epsilon.
fn linear(x: Tensor<4>, epsilon: f64) -> Tensor<4> {
    let centred = x.clone() - x.mean_dim(1);
    centred.div_scalar(epsilon.sqrt())
}
