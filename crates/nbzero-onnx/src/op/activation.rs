//! Functions of each number.

use std::rc::Rc;

use nbzero_graph::Function;

use super::Inputs;
use crate::formula::{Formula, Term};
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::View;

/// What a node of one input makes of it: a formula.
pub(super) fn unary(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let float = |name, default: f64| -> Result<f64, Trouble> {
        Ok(node.float(name)?.map_or(default, f64::from))
    };
    let function = match node.operator().as_str() {
        "Relu" => Function::Relu,
        "Clip" => clip(inputs)?,
        "LeakyRelu" => Function::LeakyRelu {
            slope: float("alpha", 0.01)?,
        },
        "Sigmoid" => Function::Sigmoid,
        "HardSigmoid" => Function::HardSigmoid {
            slope: sixth(float("alpha", 0.2)?),
            offset: float("beta", 0.5)?,
        },
        "HardSwish" => Function::HardSwish,
        "Swish" if (float("alpha", 1.0)? - 1.0).abs() == 0.0 => Function::Silu,
        "Gelu" => match node.one_of("approximate", &["none", "tanh"], "none")? {
            "tanh" => Function::GeluTanh,
            _ => Function::Gelu,
        },
        "Tanh" => Function::Tanh,
        "Softplus" => Function::Softplus,
        "Mish" => Function::Mish,
        "Elu" => Function::Elu {
            alpha: float("alpha", 1.0)?,
        },
        "Neg" => Function::Affine {
            scale: -1.0,
            shift: 0.0,
        },
        "Reciprocal" => Function::Power { exponent: -1.0 },
        "Sqrt" => Function::Power { exponent: 0.5 },
        "Erf" => return grow(reader, inputs, 0, Term::Erf),
        "Exp" => return grow(reader, inputs, 0, Term::Exp),
        _ => return Err(inputs.refuse("of a map")),
    };
    apply(reader, inputs, 0, function)
}

/// One sixth as a float32, which PyTorch writes for a hard sigmoid, is one sixth.
fn sixth(slope: f64) -> f64 {
    let exact: f64 = 1.0 / 6.0;
    if (slope - exact).abs() < 1e-7 {
        exact
    } else {
        slope
    }
}

fn clip(inputs: &Inputs<'_, '_>) -> Result<Function, Trouble> {
    // The attributes of older versions have the limits of float32 as their defaults.
    let wide = f64::from(f32::MAX);
    let low = inputs.number("min", 1)?.filter(|low| *low > -wide);
    let high = inputs.number("max", 2)?.filter(|high| *high < wide);
    match (low, high) {
        (Some(0.0), None) => Ok(Function::Relu),
        (low, high) => Ok(Function::Clip {
            low: low.unwrap_or(f64::NEG_INFINITY),
            high: high.unwrap_or(f64::INFINITY),
        }),
    }
}

/// A function of an input, as a longer formula.
pub(super) fn apply(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    index: usize,
    function: Function,
) -> Result<Value, Trouble> {
    grow(reader, inputs, index, |inner| {
        Term::Function(function, inner)
    })
}

fn grow(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    index: usize,
    term: impl Fn(Rc<Formula>) -> Term,
) -> Result<Value, Trouble> {
    let (view, formula) = formula(reader, inputs, index)?;
    if let Some(formula) = Formula::new(term(formula)) {
        return Ok(Value::Formula(view, formula));
    }
    let view = inputs.view(reader, index)?;
    Ok(start(view, term))
}

/// A formula of one step.
fn start(view: View, term: impl Fn(Rc<Formula>) -> Term) -> Value {
    let number = Formula::new(Term::Number);
    let formula = number.and_then(|number| Formula::new(term(number)));
    match formula {
        Some(formula) => Value::Formula(view, formula),
        None => Value::Map(view),
    }
}

/// An input as a formula of a node.
pub(super) fn formula(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    index: usize,
) -> Result<(View, Rc<Formula>), Trouble> {
    if let Value::Formula(view, formula) = inputs.get(index) {
        return Ok((view.clone(), formula.clone()));
    }
    let view = inputs.view(reader, index)?;
    let number = Formula::new(Term::Number);
    Ok((
        view,
        number.ok_or_else(|| inputs.refuse("a formula of nothing"))?,
    ))
}
