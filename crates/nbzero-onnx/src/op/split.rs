//! `Split` and `SplitToSequence`: a tensor in parts along a dimension.

use super::range::Range;
use crate::attributes::Node;
use crate::tensor::Tensor;
use crate::trouble::Trouble;

/// The most parts that a dimension is taken apart into.
const MOST_PARTS: usize = 1 << 12;

/// The parts of a dimension of `size`: their sizes are an attribute or the second input, else they are
/// equal, as many as the node has outputs.
pub(crate) fn parts(
    node: &Node<'_>,
    size: usize,
    input: Option<&Tensor>,
) -> Result<Vec<Range>, Trouble> {
    let refuse = |what: &str| Trouble::from(node.refuse(what));
    let listed = match (node.ints("split")?, input) {
        (Some(sizes), _) => Some(sizes.to_vec()),
        (None, Some(tensor)) => {
            let sizes = tensor
                .ints()
                .ok_or_else(|| refuse("its sizes are no whole numbers"))?;
            if tensor.shape.is_empty() {
                Some(
                    chunks(size, sizes[0])
                        .ok_or_else(|| refuse("into more parts than there are"))?,
                )
            } else {
                Some(sizes.to_vec())
            }
        }
        (None, None) => None,
    };
    let sizes = if let Some(sizes) = listed {
        sizes
    } else {
        let outputs = node.outputs().len();
        let parts = node
            .int("num_outputs")?
            .map_or(Some(outputs), |n| usize::try_from(n).ok());
        let parts = parts.filter(|&parts| parts > 0 && parts == outputs);
        let parts = parts.ok_or_else(|| refuse("attribute `num_outputs`"))?;
        let each = i64::try_from(size.div_ceil(parts)).unwrap_or(i64::MAX);
        chunks(size, each).ok_or_else(|| refuse("into more parts than there are"))?
    };
    let mut start = 0;
    let mut ranges = Vec::new();
    for part in sizes {
        let length = usize::try_from(part).map_err(|_| refuse("a part is negative"))?;
        ranges.push(Range {
            start,
            length,
            step: 1,
            backwards: false,
        });
        start = start.saturating_add(length);
    }
    if start != size {
        return Err(refuse("its parts are not the whole"));
    }
    Ok(ranges)
}

/// Parts of `each`, the last one smaller where they do not come out.
fn chunks(size: usize, each: i64) -> Option<Vec<i64>> {
    let each = usize::try_from(each).ok().filter(|&each| each > 0)?;
    if size.div_ceil(each) > MOST_PARTS {
        return None;
    }
    let starts = (0..size).step_by(each);
    starts
        .map(|start| i64::try_from(each.min(size - start)).ok())
        .collect()
}
