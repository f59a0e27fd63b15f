//! Values with their derivatives along two directions.

use burn::tensor::Tensor;

/// x + a `a` + b `b` + a b `ab`: a value, its derivatives along the directions a and b, and the
/// mixed second one. What is of order a^2 or b^2 is never needed.
#[derive(Debug, Clone)]
pub(crate) struct Jet {
    pub(crate) x: Tensor<4>,
    pub(crate) a: Tensor<4>,
    pub(crate) b: Tensor<4>,
    pub(crate) ab: Tensor<4>,
}

impl Jet {
    /// A value that depends on neither direction.
    pub(crate) fn constant(x: Tensor<4>) -> Self {
        let zeros = x.zeros_like();
        Self {
            x,
            a: zeros.clone(),
            b: zeros.clone(),
            ab: zeros,
        }
    }

    /// A linear map of the jet.
    pub(crate) fn map(self, linear: impl Fn(Tensor<4>) -> Tensor<4>) -> Self {
        Self {
            x: linear(self.x),
            a: linear(self.a),
            b: linear(self.b),
            ab: linear(self.ab),
        }
    }

    /// The bilinear map `apply(weight, jet)` where the weight is w + a w + b g.
    ///
    /// `y = W x`, `y_a = W x + W x_a`, `y_b = W x_b + G x`, `y_ab = W x_b + W x_ab + G x_a`.
    pub(crate) fn weighted(
        self,
        weight: impl Fn(Tensor<4>) -> Tensor<4>,
        gradient: impl Fn(Tensor<4>) -> Tensor<4>,
    ) -> Self {
        let x = weight(self.x.clone());
        let b = weight(self.b);
        let ab = b.clone() + weight(self.ab) + gradient(self.a.clone());
        Self {
            a: x.clone() + weight(self.a),
            x,
            b: b + gradient(self.x),
            ab,
        }
    }

    /// An activation function and its adjoint, which is diagonal and so its derivative too; its
    /// second derivative is zero.
    pub(crate) fn activated(
        self,
        forward: impl Fn(Tensor<4>) -> Tensor<4>,
        backward: impl Fn(Tensor<4>, Tensor<4>) -> Tensor<4>,
    ) -> Self {
        let x = forward(self.x);
        let pass = |derivative| backward(x.clone(), derivative);
        Self {
            a: pass(self.a),
            b: pass(self.b),
            ab: pass(self.ab),
            x,
        }
    }

    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            x: self.x + other.x,
            a: self.a + other.a,
            b: self.b + other.b,
            ab: self.ab + other.ab,
        }
    }
}
