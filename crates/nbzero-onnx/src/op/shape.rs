//! `Shape`: the sizes of a value, or some of them.

use crate::attributes::Node;
use crate::tensor::{Tensor, signed};
use crate::trouble::Trouble;

/// The part of a shape that the attributes `start` and `end` name.
pub(crate) fn part_of(node: &Node<'_>, shape: &[usize]) -> Result<Tensor, Trouble> {
    let rank = signed(shape.len());
    let clamp = |number: i64| {
        let from_end = if number < 0 { rank } else { 0 };
        usize::try_from(number.saturating_add(from_end).clamp(0, rank)).unwrap_or(0)
    };
    let start = clamp(node.int("start")?.unwrap_or(0));
    let end = clamp(node.int("end")?.unwrap_or(rank));
    let part = shape.get(start..end).unwrap_or_default();
    let sizes = part.iter().map(|&size| i64::try_from(size).ok());
    let sizes: Option<Vec<i64>> = sizes.collect();
    let sizes = sizes.ok_or_else(|| node.refuse("of a size beyond 64 bits"))?;
    Ok(Tensor::vector(sizes))
}
