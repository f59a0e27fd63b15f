//! Parts along a dimension, as `Slice` and `Split` name them.

use super::axis::axes;
use crate::attributes::Node;
use crate::trouble::Trouble;

/// Every `step`-th of a dimension's lines: `length` of them, from `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) step: usize,
}

impl Range {
    pub(crate) fn indices(self) -> impl Iterator<Item = usize> {
        (0..self.length).map(move |i| self.start + i * self.step)
    }
}

/// What a `Slice` takes of a tensor of this shape: in older versions by attributes, in newer ones by the
/// inputs 1 to 4 (starts, ends, axes, steps), which are given.
pub(crate) fn ranges(
    node: &Node<'_>,
    shape: &[usize],
    inputs: &[Option<Vec<i64>>; 5],
) -> Result<Vec<(usize, Range)>, Trouble> {
    let list = |index: usize, name: &'static str| -> Result<Option<&[i64]>, Trouble> {
        Ok(node.ints(name)?.or(inputs[index].as_deref()))
    };
    let starts = list(1, "starts")?;
    let ends = list(2, "ends")?;
    let (Some(starts), Some(ends)) = (starts, ends) else {
        return Err(node.refuse("it lacks its starts or ends").into());
    };
    let all: Vec<i64> = (0..starts.len() as i64).collect();
    let along = axes(node, list(3, "axes")?.unwrap_or(&all), shape.len())?;
    let steps = inputs[4].as_deref();
    let lengths = [
        ends.len(),
        along.len(),
        steps.map_or(starts.len(), <[i64]>::len),
    ];
    if lengths.iter().any(|&length| length != starts.len()) {
        return Err(node
            .refuse("its starts, ends, axes and steps differ in number")
            .into());
    }
    let each = along.into_iter().enumerate().map(|(i, dim)| {
        let step = steps.map_or(1, |steps| steps[i]);
        let step = usize::try_from(step).ok().filter(|&step| step > 0);
        let step = step.ok_or_else(|| node.refuse("backwards"))?;
        let size = shape[dim];
        let clamp = |number: i64| {
            let from_end = if number < 0 { size as i64 } else { 0 };
            let number = number.saturating_add(from_end).max(0);
            usize::try_from(number).unwrap_or(size).min(size)
        };
        let (start, end) = (clamp(starts[i]), clamp(ends[i]));
        let length = end.saturating_sub(start).div_ceil(step);
        Ok((
            dim,
            Range {
                start,
                length,
                step,
            },
        ))
    });
    each.collect()
}
