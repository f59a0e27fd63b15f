//! Chains of scalar operations, and which function of a graph they are.
//!
//! Exporters write an activation as one node or as several: a GELU as a division, an error function,
//! a sum and two products. Such a chain is kept as a formula until something else reads it. Then it is
//! compared with the functions that a graph knows at many points, however it was written.

use std::rc::Rc;

use nbzero_graph::Function;

/// The longest formula; what grows beyond becomes nodes.
const LONGEST: usize = 48;

/// A formula of one number.
#[derive(Debug)]
pub(crate) struct Formula {
    pub(crate) term: Term,
    size: usize,
}

/// The last step of a formula.
#[derive(Debug)]
pub(crate) enum Term {
    /// The number itself.
    Number,
    Function(Function, Rc<Formula>),
    /// The error function.
    Erf(Rc<Formula>),
    Exp(Rc<Formula>),
    Sum(Rc<Formula>, Rc<Formula>),
    Product(Rc<Formula>, Rc<Formula>),
}

/// What a formula computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    /// The number that it is given.
    Same,
    Function(Function),
}

impl Formula {
    /// A formula with this last step; `None` if it is too long.
    pub(crate) fn new(term: Term) -> Option<Rc<Self>> {
        let size = 1 + match &term {
            Term::Number => 0,
            Term::Function(_, inner) | Term::Erf(inner) | Term::Exp(inner) => inner.size,
            Term::Sum(left, right) | Term::Product(left, right) => left.size + right.size,
        };
        (size <= LONGEST).then(|| Rc::new(Self { term, size }))
    }

    /// Its value where `part` is `x`; none if it depends on the number other than through that part.
    fn at(&self, part: &Self, x: f64) -> Option<f64> {
        if std::ptr::eq(self, part) {
            return Some(x);
        }
        Some(match &self.term {
            Term::Number => return matches!(part.term, Term::Number).then_some(x),
            Term::Function(function, inner) => value(*function, inner.at(part, x)?),
            Term::Erf(inner) => libm::erf(inner.at(part, x)?),
            Term::Exp(inner) => inner.at(part, x)?.exp(),
            Term::Sum(left, right) => left.at(part, x)? + right.at(part, x)?,
            Term::Product(left, right) => left.at(part, x)? * right.at(part, x)?,
        })
    }

    /// The shortest part of which it is a function that a graph has, with the function: of an activation
    /// in steps this is what the activation is of.
    pub(crate) fn meaning(self: &Rc<Self>) -> Option<(Rc<Self>, Meaning)> {
        let mut parts = Vec::new();
        self.parts(&mut parts);
        parts.sort_by_key(|part| part.size);
        parts.into_iter().find_map(|part| {
            let meaning = self.meaning_of(&part)?;
            Some((part, meaning))
        })
    }

    /// Its parts without itself, unless it is the number.
    fn parts(self: &Rc<Self>, found: &mut Vec<Rc<Self>>) {
        match &self.term {
            Term::Number => found.push(self.clone()),
            Term::Function(_, inner) | Term::Erf(inner) | Term::Exp(inner) => {
                found.push(inner.clone());
                inner.parts(found);
            }
            Term::Sum(left, right) | Term::Product(left, right) => {
                for side in [left, right] {
                    found.push(side.clone());
                    side.parts(found);
                }
            }
        }
    }

    fn meaning_of(&self, part: &Rc<Self>) -> Option<Meaning> {
        match &self.term {
            Term::Number => return Some(Meaning::Same),
            Term::Function(function, inner)
                if Rc::ptr_eq(inner, part) || matches!(inner.term, Term::Number) =>
            {
                let same = Function::Affine {
                    scale: 1.0,
                    shift: 0.0,
                };
                let meaning = if *function == same {
                    Meaning::Same
                } else {
                    Meaning::Function(*function)
                };
                return Some(meaning);
            }
            _ => {}
        }
        let points: Vec<f64> = points().collect();
        let values: Option<Vec<f64>> = points.iter().map(|&x| self.at(part, x)).collect();
        let values = values?;
        let is = |candidate: &dyn Fn(f64) -> f64| {
            let close = |(x, y): (&f64, &f64)| {
                let other = candidate(*x);
                (other - y).abs() <= 1e-6 * (1.0 + y.abs())
            };
            points.iter().zip(&values).all(close)
        };
        if is(&|x| x) {
            return Some(Meaning::Same);
        }
        let [at_zero, at_one, at_minus_one] = [0.0, 1.0, -1.0].map(|x| self.at(part, x));
        let (at_zero, at_one, at_minus_one) = (at_zero?, at_one?, at_minus_one?);
        let known = [
            Function::Relu,
            Function::RELU6,
            Function::HARD_SIGMOID,
            Function::HardSwish,
            Function::Sigmoid,
            Function::Silu,
            Function::Gelu,
            Function::GeluTanh,
            Function::Tanh,
            Function::Softplus,
            Function::Mish,
            Function::Affine {
                scale: at_one - at_zero,
                shift: at_zero,
            },
            Function::LeakyRelu {
                slope: -at_minus_one,
            },
        ];
        let found = known.into_iter().find(|f| is(&|x| value(*f, x)));
        found.map(Meaning::Function)
    }
}

/// Points on both sides of every bend of the functions, and far away from them.
fn points() -> impl Iterator<Item = f64> {
    let near = (-140..=140).map(|i| f64::from(i) / 13.0);
    near.chain([-1000.0, -30.0, 30.0, 1000.0])
}

/// A function's value; not a number for one that is not known here.
fn value(function: Function, x: f64) -> f64 {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
    match function {
        Function::Relu => x.max(0.0),
        Function::Clip { low, high } => x.max(low).min(high),
        Function::LeakyRelu { slope } => x.max(0.0) + slope * x.min(0.0),
        Function::Sigmoid => sigmoid(x),
        Function::HardSigmoid { slope, offset } => (slope * x + offset).clamp(0.0, 1.0),
        Function::Silu => x * sigmoid(x),
        Function::HardSwish => x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
        Function::Gelu => 0.5 * x * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2)),
        Function::GeluTanh => {
            let inner = std::f64::consts::FRAC_2_PI.sqrt() * (x + 0.044_715 * x.powi(3));
            0.5 * x * (1.0 + inner.tanh())
        }
        Function::Tanh => x.tanh(),
        Function::Softplus => softplus(x),
        Function::Mish => x * softplus(x).tanh(),
        Function::Elu { alpha } => x.max(0.0) + alpha * x.min(0.0).exp_m1(),
        Function::Affine { scale, shift } => scale * x + shift,
        Function::Power { exponent } => x.powf(exponent),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(term: Term) -> Rc<Formula> {
        Formula::new(term).unwrap()
    }

    fn affine(inner: &Rc<Formula>, scale: f64, shift: f64) -> Rc<Formula> {
        new(Term::Function(
            Function::Affine { scale, shift },
            inner.clone(),
        ))
    }

    /// What it is of the number itself.
    fn of_number(formula: &Rc<Formula>) -> Option<Meaning> {
        let (part, meaning) = formula.meaning()?;
        matches!(part.term, Term::Number).then_some(meaning)
    }

    #[test]
    fn activations_are_known_in_whatever_steps_they_come() {
        let x = new(Term::Number);
        let root = affine(&x, f64::from(std::f32::consts::FRAC_1_SQRT_2), 0.0);
        let erf = affine(&new(Term::Erf(root)), 1.0, 1.0);
        let gelu = affine(&new(Term::Product(x.clone(), erf.clone())), 0.5, 0.0);
        let halved = new(Term::Product(affine(&x, 0.5, 0.0), erf));
        for formula in [gelu, halved] {
            assert_eq!(of_number(&formula), Some(Meaning::Function(Function::Gelu)));
        }

        let clip = new(Term::Function(Function::RELU6, affine(&x, 1.0, 3.0)));
        let sixth = affine(&clip, 1.0 / 6.0, 0.0);
        let hard = Some(Meaning::Function(Function::HARD_SIGMOID));
        assert_eq!(of_number(&sixth), hard);
        let swish = new(Term::Product(x.clone(), sixth));
        let hard = Some(Meaning::Function(Function::HardSwish));
        assert_eq!(of_number(&swish), hard);

        let sigmoid = new(Term::Function(Function::Sigmoid, x.clone()));
        let silu = new(Term::Product(sigmoid, x.clone()));
        assert_eq!(of_number(&silu), Some(Meaning::Function(Function::Silu)));

        let back = affine(&affine(&x, 2.0, 0.0), 0.5, 0.0);
        assert_eq!(of_number(&back), Some(Meaning::Same));
    }

    #[test]
    fn what_no_function_computes_has_no_meaning() {
        let x = new(Term::Number);
        let erf = new(Term::Erf(x.clone()));
        assert_eq!(of_number(&erf), None);
        let relu = new(Term::Function(Function::Relu, x.clone()));
        assert_eq!(of_number(&new(Term::Product(relu, erf))), None);
        // A GELU of a number that is scaled a little differently.
        let close = affine(&x, 0.71, 0.0);
        let erf = affine(&new(Term::Erf(close)), 0.5, 0.5);
        assert_eq!(of_number(&new(Term::Product(x, erf))), None);
    }

    #[test]
    fn formulas_do_not_grow_without_end() {
        let mut formula = new(Term::Number);
        let mut steps = 0;
        while let Some(longer) = Formula::new(Term::Sum(formula.clone(), formula.clone())) {
            formula = longer;
            steps += 1;
        }
        assert_eq!(steps, 4);
    }
}
