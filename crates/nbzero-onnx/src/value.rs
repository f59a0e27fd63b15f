//! What a name of the file stands for while it is read.

use std::rc::Rc;

use crate::formula::Formula;
use crate::tensor::Tensor;
use crate::view::View;

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// An input of a node that is left out.
    Absent,
    Constant(Constant),
    /// A node of the graph.
    Map(View),
    /// A formula of each number of a node.
    Formula(View, Rc<Formula>),
    /// Several values in a row.
    Sequence(Vec<View>),
    /// Of a node that is not supported, or of one that reads such a value.
    Unknown,
}

/// A tensor of the file, or one computed from such tensors.
#[derive(Debug, Clone)]
pub(crate) struct Constant {
    pub(crate) tensor: Rc<Tensor>,
    /// The name of the parameter whose numbers these are.
    pub(crate) name: Option<Rc<str>>,
}

impl Constant {
    /// One that is no parameter.
    pub(crate) fn unnamed(tensor: Tensor) -> Self {
        Self {
            tensor: Rc::new(tensor),
            name: None,
        }
    }

    /// Whether it has a parameter's name as `PyTorch` gives them: words joined by dots.
    pub(crate) fn is_parameter(&self) -> bool {
        let like_one = |name: &str| name.contains('.') && !name.contains([':', '/']);
        self.name.as_deref().is_some_and(like_one)
    }

    /// The number of a constant that has one and is no parameter.
    pub(crate) fn number(&self) -> Option<f64> {
        self.tensor.scalar().filter(|_| !self.is_parameter())
    }
}
