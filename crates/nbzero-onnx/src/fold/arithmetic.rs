//! Numbers from numbers, each alone or two and two.

use super::Arguments;
use crate::tensor::{Numbers, Tensor, narrow, signed};
use crate::trouble::Trouble;

impl Arguments<'_, '_> {
    pub(super) fn unary(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let operator = self.node.operator();
        let numbers = match &tensor.numbers {
            Numbers::Float(floats) => {
                let each = floats.iter().map(|&x| match operator.as_str() {
                    "Abs" => x.abs(),
                    "Ceil" => x.ceil(),
                    "Exp" => x.exp(),
                    "Floor" => x.floor(),
                    "Neg" => -x,
                    "Reciprocal" => x.recip(),
                    "Sqrt" => x.sqrt(),
                    _ => f32::NAN,
                });
                Numbers::Float(each.collect())
            }
            Numbers::Int(ints) => {
                let each = ints.iter().map(|&i| match operator.as_str() {
                    "Abs" => i.checked_abs(),
                    "Neg" => i.checked_neg(),
                    "Not" => Some(i64::from(i == 0)),
                    _ => None,
                });
                let each: Option<Vec<i64>> = each.collect();
                Numbers::Int(each.ok_or_else(|| self.refuse("of whole numbers"))?)
            }
        };
        self.tensor(tensor.shape.clone(), numbers)
    }

    pub(super) fn binary(&self) -> Result<Tensor, Trouble> {
        let operator = self.node.operator();
        let (left, right) = (self.get(0)?, self.get(1)?);
        if self.tensors.len() > 2 {
            return Err(self.refuse("of more than two constants"));
        }
        self.node.ignore(&["fmod"]);
        let shape = self.broadcast(&left.shape, &right.shape)?;
        self.count(&shape)?;
        let (left_at, right_at) = (
            positions(&left.shape, &shape),
            positions(&right.shape, &shape),
        );
        let pairs = left_at.zip(right_at);
        let truth = matches!(operator.as_str(), "Equal" | "Greater" | "Less");
        let numbers = match (&left.numbers, &right.numbers) {
            (Numbers::Int(left), Numbers::Int(right)) => {
                let each = pairs.map(|(l, r)| whole(&operator, left[l], right[r]));
                let each: Option<Vec<i64>> = each.collect();
                Numbers::Int(each.ok_or_else(|| self.refuse("of these whole numbers"))?)
            }
            (left, right) => {
                let number = |numbers: &Numbers, at: usize| match numbers {
                    Numbers::Float(floats) => f64::from(floats[at]),
                    Numbers::Int(ints) => ints[at] as f64,
                };
                let each = pairs.map(|(l, r)| real(&operator, number(left, l), number(right, r)));
                if truth {
                    Numbers::Int(each.map(|x| i64::from(x != 0.0)).collect())
                } else {
                    Numbers::Float(each.map(narrow).collect())
                }
            }
        };
        self.tensor(shape, numbers)
    }

    /// A clip by the inputs 1 and 2, either of which may be left out.
    pub(super) fn clip(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let numbers = match &tensor.numbers {
            Numbers::Float(floats) => {
                let bound = |index, default| -> Result<f32, Trouble> {
                    let bound = self.optional(index).map(|bound| bound.scalar().map(narrow));
                    bound
                        .map_or(Some(default), |bound| bound)
                        .ok_or_else(|| self.refuse("a bound that is not one number"))
                };
                let (low, high) = (bound(1, f32::NEG_INFINITY)?, bound(2, f32::INFINITY)?);
                Numbers::Float(floats.iter().map(|x| x.max(low).min(high)).collect())
            }
            Numbers::Int(ints) => {
                let bound = |index, default| -> Result<i64, Trouble> {
                    match self.optional(index).map(Tensor::ints) {
                        None => Ok(default),
                        Some(Some(&[bound])) => Ok(bound),
                        Some(_) => Err(self.refuse("a bound that is not one whole number")),
                    }
                };
                let (low, high) = (bound(1, i64::MIN)?, bound(2, i64::MAX)?);
                Numbers::Int(ints.iter().map(|&i| i.max(low).min(high)).collect())
            }
        };
        self.tensor(tensor.shape.clone(), numbers)
    }

    pub(super) fn choose(&self) -> Result<Tensor, Trouble> {
        let conditions = self.ints(0)?;
        let (yes, no) = (self.get(1)?, self.get(2)?);
        let shape = self.broadcast(&yes.shape, &no.shape)?;
        let shape = self.broadcast(&shape, &self.get(0)?.shape)?;
        self.count(&shape)?;
        let [condition_at, yes_at, no_at] =
            [self.get(0)?, yes, no].map(|tensor| positions(&tensor.shape, &shape));
        let places = condition_at.zip(yes_at).zip(no_at);
        let numbers = match (&yes.numbers, &no.numbers) {
            (Numbers::Int(yes), Numbers::Int(no)) => {
                let each =
                    places.map(|((c, y), n)| if conditions[c] != 0 { yes[y] } else { no[n] });
                Numbers::Int(each.collect())
            }
            (Numbers::Float(yes), Numbers::Float(no)) => {
                let each =
                    places.map(|((c, y), n)| if conditions[c] != 0 { yes[y] } else { no[n] });
                Numbers::Float(each.collect())
            }
            _ => return Err(self.refuse("of floats and whole numbers")),
        };
        self.tensor(shape, numbers)
    }

    pub(super) fn range(&self) -> Result<Tensor, Trouble> {
        let number = |index: usize| -> Result<i64, Trouble> {
            match self.ints(index)? {
                [number] => Ok(*number),
                _ => Err(self.refuse("of more than one number each")),
            }
        };
        let (start, end, step) = (number(0)?, number(1)?, number(2)?);
        let steps = end.checked_sub(start).and_then(|span| {
            let short = span.checked_rem(step)? != 0;
            span.checked_div(step)?.checked_add(i64::from(short))
        });
        let steps = steps.ok_or_else(|| self.refuse("of these numbers"))?;
        let steps = self.count(&[usize::try_from(steps).unwrap_or(0)])?;
        let each = (0..signed(steps)).map(|i| start + i * step);
        Ok(Tensor::vector(each.collect()))
    }

    pub(super) fn product(&self) -> Result<Tensor, Trouble> {
        let keep = self.node.flag("keepdims", true)?;
        let tensor = self.get(0)?;
        let product = self
            .ints(0)?
            .iter()
            .try_fold(1_i64, |p, &i| p.checked_mul(i));
        let product = product.ok_or_else(|| self.refuse("of these numbers"))?;
        let axes = self
            .node
            .ints("axes")?
            .or(self.optional(1).and_then(Tensor::ints));
        if tensor.shape.len() > 1 && axes.is_some() {
            return Err(self.refuse("of more than one dimension"));
        }
        let shape = if keep {
            vec![1; tensor.shape.len()]
        } else {
            Vec::new()
        };
        self.tensor(shape, Numbers::Int(vec![product]))
    }

    /// The shape that two shapes have together where sizes of 1 are repeated.
    pub(super) fn broadcast(&self, left: &[usize], right: &[usize]) -> Result<Vec<usize>, Trouble> {
        let dims = left.len().max(right.len());
        let size = |shape: &[usize], dim: usize| {
            let missing = dims - shape.len();
            dim.checked_sub(missing).map_or(1, |at| shape[at])
        };
        let sizes = (0..dims).map(|dim| match (size(left, dim), size(right, dim)) {
            (l, r) if l == r => Ok(l),
            (1, size) | (size, 1) => Ok(size),
            _ => Err(self.refuse(format!("of tensors of {left:?} and {right:?}"))),
        });
        sizes.collect()
    }
}

/// Of each number of a tensor of shape `to`, where it stands in one of shape `from` that is repeated.
pub(super) fn positions(from: &[usize], to: &[usize]) -> impl Iterator<Item = usize> + use<> {
    let missing = to.len() - from.len();
    let mut strides = vec![0; to.len()];
    let mut stride = 1;
    for dim in (0..from.len()).rev() {
        if from[dim] != 1 {
            strides[missing + dim] = stride;
        }
        stride *= from[dim];
    }
    let sizes = to.to_vec();
    let count: usize = sizes.iter().product();
    (0..count).map(move |mut index| {
        let mut position = 0;
        for (size, stride) in sizes.iter().zip(&strides).rev() {
            position += index % size * stride;
            index /= size;
        }
        position
    })
}

fn whole(operator: &str, left: i64, right: i64) -> Option<i64> {
    match operator {
        "Add" => left.checked_add(right),
        "Sub" => left.checked_sub(right),
        "Mul" => left.checked_mul(right),
        "Div" => left.checked_div(right),
        "Mod" => left.checked_rem_euclid(right),
        "Max" => Some(left.max(right)),
        "Min" => Some(left.min(right)),
        "Pow" => left.checked_pow(u32::try_from(right).ok()?),
        "Equal" => Some(i64::from(left == right)),
        "Greater" => Some(i64::from(left > right)),
        "Less" => Some(i64::from(left < right)),
        _ => None,
    }
}

fn real(operator: &str, left: f64, right: f64) -> f64 {
    let truth = |yes: bool| if yes { 1.0 } else { 0.0 };
    match operator {
        "Add" => left + right,
        "Sub" => left - right,
        "Mul" => left * right,
        "Div" => left / right,
        "Mod" => left.rem_euclid(right),
        "Max" => left.max(right),
        "Min" => left.min(right),
        "Pow" => left.powf(right),
        "Equal" => truth((left - right).abs() == 0.0),
        "Greater" => truth(left > right),
        "Less" => truth(left < right),
        _ => f64::NAN,
    }
}
