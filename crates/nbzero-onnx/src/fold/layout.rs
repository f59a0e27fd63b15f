//! The same numbers in other shapes and orders.

use super::Arguments;
use super::arithmetic::positions;
use crate::op::axis::{axes, axis};
use crate::op::range::{Range, ranges};
use crate::tensor::{Numbers, Tensor, signed};
use crate::trouble::Trouble;

impl Arguments<'_, '_> {
    pub(super) fn shape_of(&self) -> Result<Tensor, Trouble> {
        let shape = &self.get(0)?.shape;
        crate::op::shape::part_of(self.node, shape)
    }

    pub(super) fn reshape(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let keep_zero = self.node.flag("allowzero", false)?;
        let shape = reshape_target(self.ints(1)?, &tensor.shape, keep_zero);
        let shape = shape.map_err(|what| self.refuse(what))?;
        self.tensor(shape, tensor.numbers.clone())
    }

    pub(super) fn unsqueeze(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let added = self.listed_axes()?.unwrap_or_default();
        let rank = tensor.shape.len() + added.len();
        let added = axes(self.node, added, rank)?;
        let mut old = tensor.shape.iter();
        let sizes = (0..rank).map(|dim| {
            let new = added.contains(&dim).then_some(1);
            new.or_else(|| old.next().copied())
        });
        let shape: Option<Vec<usize>> = sizes.collect();
        let shape = shape.ok_or_else(|| self.refuse("its axes"))?;
        self.tensor(shape, tensor.numbers.clone())
    }

    pub(super) fn squeeze(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let gone = match self.listed_axes()? {
            Some(gone) => axes(self.node, gone, tensor.shape.len())?,
            None => (0..tensor.shape.len())
                .filter(|&d| tensor.shape[d] == 1)
                .collect(),
        };
        let kept = tensor
            .shape
            .iter()
            .enumerate()
            .filter(|(d, _)| !gone.contains(d));
        self.tensor(
            kept.map(|(_, &size)| size).collect(),
            tensor.numbers.clone(),
        )
    }

    /// The axes of an attribute in older versions, of the second input in newer ones.
    fn listed_axes(&self) -> Result<Option<&[i64]>, Trouble> {
        if self.opset < 13 {
            return Ok(self.node.ints("axes")?);
        }
        self.optional(1).map(|_| self.ints(1)).transpose()
    }

    pub(super) fn transpose(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let rank = tensor.shape.len();
        let reversed: Vec<i64> = (0..signed(rank)).rev().collect();
        let order = self.node.ints("perm")?.unwrap_or(&reversed);
        let order = axes(self.node, order, rank)?;
        if order.len() != rank {
            return Err(self.refuse("attribute `perm`"));
        }
        let mut strides = vec![1; rank];
        for dim in (1..rank).rev() {
            strides[dim - 1] = strides[dim] * tensor.shape[dim];
        }
        let shape: Vec<usize> = order.iter().map(|&dim| tensor.shape[dim]).collect();
        let strides: Vec<usize> = order.iter().map(|&dim| strides[dim]).collect();
        self.picked(
            tensor,
            shape.clone(),
            (0..tensor.len()).map(|mut index| {
                let mut position = 0;
                for (size, stride) in shape.iter().zip(&strides).rev() {
                    position += index % size * stride;
                    index /= size;
                }
                position
            }),
        )
    }

    pub(super) fn expand(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let sizes = self.ints(1)?.iter().map(|&size| usize::try_from(size).ok());
        let sizes: Option<Vec<usize>> = sizes.collect();
        let sizes = sizes.ok_or_else(|| self.refuse("to a negative size"))?;
        let shape = self.broadcast(&tensor.shape, &sizes)?;
        self.count(&shape)?;
        let places = positions(&tensor.shape, &shape);
        self.picked(tensor, shape, places)
    }

    pub(super) fn constant_of_shape(&self) -> Result<Tensor, Trouble> {
        let sizes = self.ints(0)?.iter().map(|&size| usize::try_from(size).ok());
        let sizes: Option<Vec<usize>> = sizes.collect();
        let shape = sizes.ok_or_else(|| self.refuse("of a negative size"))?;
        let count = self.count(&shape)?;
        let value = self.node.tensor("value")?;
        let value = value.map(|proto| Tensor::decode(proto, None)).transpose();
        let value = value.map_err(|what| self.refuse(what))?;
        let numbers = match value.map(|tensor| tensor.numbers) {
            None => Numbers::Float(vec![0.0; count]),
            Some(Numbers::Float(one)) if one.len() == 1 => Numbers::Float(vec![one[0]; count]),
            Some(Numbers::Int(one)) if one.len() == 1 => Numbers::Int(vec![one[0]; count]),
            Some(_) => return Err(self.refuse("attribute `value` is not one number")),
        };
        self.tensor(shape, numbers)
    }

    pub(super) fn concat(&self) -> Result<Tensor, Trouble> {
        let first = self.get(0)?;
        let along = axis(self.node, "axis", None, first.shape.len())?;
        let mut shape = first.shape.clone();
        shape[along] = 0;
        for index in 0..self.tensors.len() {
            let part = &self.get(index)?.shape;
            let others = |s: &[usize]| {
                s.iter()
                    .enumerate()
                    .all(|(d, &n)| d == along || n == shape[d])
            };
            if part.len() != shape.len() || !others(part) {
                return Err(self.refuse("of tensors that do not fit"));
            }
            shape[along] = shape[along].saturating_add(part[along]);
        }
        self.count(&shape)?;
        let outer: usize = shape[..along].iter().product();
        let inner: usize = shape[along + 1..].iter().product();
        let (mut floats, mut ints) = (Vec::new(), Vec::new());
        for row in 0..outer {
            for index in 0..self.tensors.len() {
                let part = self.get(index)?;
                let length = part.shape[along] * inner;
                let rows = row * length..(row + 1) * length;
                match &part.numbers {
                    Numbers::Float(numbers) => floats.extend_from_slice(&numbers[rows]),
                    Numbers::Int(numbers) => ints.extend_from_slice(&numbers[rows]),
                }
            }
        }
        match (floats.is_empty(), first.ints().is_some()) {
            (true, true) => self.tensor(shape, Numbers::Int(ints)),
            (_, false) if ints.is_empty() => self.tensor(shape, Numbers::Float(floats)),
            _ => Err(self.refuse("of floats and whole numbers")),
        }
    }

    pub(super) fn gather(&self) -> Result<Tensor, Trouble> {
        let tensor = self.get(0)?;
        let along = axis(self.node, "axis", Some(0), tensor.shape.len())?;
        let size = tensor.shape[along];
        let wanted = self.ints(1)?.iter().map(|&index| {
            let from_end = if index < 0 { signed(size) } else { 0 };
            let index = index
                .checked_add(from_end)
                .and_then(|i| usize::try_from(i).ok());
            index.filter(|&index| index < size)
        });
        let wanted: Option<Vec<usize>> = wanted.collect();
        let wanted = wanted.ok_or_else(|| self.refuse("an index is not in the tensor"))?;
        let mut shape = tensor.shape.clone();
        shape.splice(along..=along, self.get(1)?.shape.iter().copied());
        self.count(&shape)?;
        let places = lines(&tensor.shape, along, &wanted);
        self.picked(tensor, shape, places.into_iter())
    }

    pub(super) fn slice(&self) -> Result<Tensor, Trouble> {
        let mut tensor = self.get(0)?.clone();
        let mut listed: [Option<Vec<i64>>; 5] = Default::default();
        for (index, list) in listed.iter_mut().enumerate().skip(1) {
            if self.optional(index).is_some() {
                *list = Some(self.ints(index)?.to_vec());
            }
        }
        for (along, taken) in ranges(self.node, &tensor.shape, &listed)? {
            tensor = self.taken(&tensor, along, taken)?;
        }
        Ok(tensor)
    }

    pub(super) fn split(&self) -> Result<Vec<Tensor>, Trouble> {
        let tensor = self.get(0)?;
        let along = axis(self.node, "axis", Some(0), tensor.shape.len())?;
        let parts = crate::op::split::parts(self.node, tensor.shape[along], self.optional(1))?;
        let parts = parts
            .into_iter()
            .map(|taken| self.taken(tensor, along, taken));
        parts.collect()
    }

    fn taken(&self, tensor: &Tensor, along: usize, taken: Range) -> Result<Tensor, Trouble> {
        let wanted: Vec<usize> = taken.indices().collect();
        let mut shape = tensor.shape.clone();
        shape[along] = wanted.len();
        let places = lines(&tensor.shape, along, &wanted);
        self.picked(tensor, shape, places.into_iter())
    }

    /// The numbers at these places.
    fn picked(
        &self,
        tensor: &Tensor,
        shape: Vec<usize>,
        places: impl Iterator<Item = usize>,
    ) -> Result<Tensor, Trouble> {
        let numbers = match &tensor.numbers {
            Numbers::Float(numbers) => Numbers::Float(places.map(|at| numbers[at]).collect()),
            Numbers::Int(numbers) => Numbers::Int(places.map(|at| numbers[at]).collect()),
        };
        self.tensor(shape, numbers)
    }
}

/// The places of the lines `wanted` along a dimension.
fn lines(shape: &[usize], along: usize, wanted: &[usize]) -> Vec<usize> {
    let outer: usize = shape[..along].iter().product();
    let inner: usize = shape[along + 1..].iter().product();
    let size = shape[along];
    let mut places = Vec::with_capacity(outer * wanted.len() * inner);
    for row in 0..outer {
        for &line in wanted {
            let start = (row * size + line) * inner;
            places.extend(start..start + inner);
        }
    }
    places
}

/// The sizes that a reshape asks for: 0 keeps a size, -1 is what is left.
pub(crate) fn reshape_target(
    wanted: &[i64],
    from: &[usize],
    keep_zero: bool,
) -> Result<Vec<usize>, String> {
    let refused = || format!("from {from:?} to {wanted:?}");
    let mut free = None;
    let mut sizes = Vec::with_capacity(wanted.len());
    for (dim, &size) in wanted.iter().enumerate() {
        sizes.push(match size {
            0 if !keep_zero => *from.get(dim).ok_or_else(refused)?,
            -1 if free.is_none() => {
                free = Some(dim);
                1
            }
            size => usize::try_from(size).map_err(|_| refused())?,
        });
    }
    let count = |sizes: &[usize]| crate::tensor::count(sizes).ok_or_else(refused);
    let (have, need) = (count(from)?, count(&sizes)?);
    if let Some(dim) = free {
        if need == 0 || !have.is_multiple_of(need) {
            return Err(refused());
        }
        sizes[dim] = have / need;
    } else if have != need {
        return Err(refused());
    }
    Ok(sizes)
}
