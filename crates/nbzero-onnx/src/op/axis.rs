//! Dimensions by number, counted from the end where negative.

use crate::Unsupported;
use crate::attributes::Node;
use crate::tensor::signed;

/// The dimension that an attribute names, of a tensor of `rank` dimensions.
pub(crate) fn axis(
    node: &Node<'_>,
    name: &'static str,
    default: Option<i64>,
    rank: usize,
) -> Result<usize, Unsupported> {
    let number = node.int(name)?.or(default);
    let number = number.ok_or_else(|| node.refuse(format!("it lacks the attribute `{name}`")))?;
    resolve(node, number, rank)
}

/// The dimensions that a list names, of a tensor of `rank` dimensions, each once.
pub(crate) fn axes(
    node: &Node<'_>,
    numbers: &[i64],
    rank: usize,
) -> Result<Vec<usize>, Unsupported> {
    let mut found = Vec::new();
    for &number in numbers {
        let dim = resolve(node, number, rank)?;
        if found.contains(&dim) {
            return Err(node.refuse(format!("dimension {number} twice")));
        }
        found.push(dim);
    }
    Ok(found)
}

fn resolve(node: &Node<'_>, number: i64, rank: usize) -> Result<usize, Unsupported> {
    let from_end = if number < 0 { signed(rank) } else { 0 };
    let dim = number
        .checked_add(from_end)
        .and_then(|dim| usize::try_from(dim).ok());
    dim.filter(|&dim| dim < rank)
        .ok_or_else(|| node.refuse(format!("dimension {number} of {rank}")))
}
