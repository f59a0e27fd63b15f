//! Parts along a dimension, as `Slice` and `Split` name them.

use super::axis::axes;
use crate::attributes::Node;
use crate::tensor::signed;
use crate::trouble::Trouble;

/// Every `step`-th of a dimension's lines: `length` of them, from `start`, towards the first where
/// `backwards`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) step: usize,
    pub(crate) backwards: bool,
}

impl Range {
    pub(crate) fn indices(self) -> impl Iterator<Item = usize> {
        let place = move |i| {
            if self.backwards {
                self.start - i * self.step
            } else {
                self.start + i * self.step
            }
        };
        (0..self.length).map(place)
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
    let all: Vec<i64> = (0..signed(starts.len())).collect();
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
        let pace = steps.map_or(1, |steps| steps[i]);
        let step = usize::try_from(pace.unsigned_abs())
            .ok()
            .filter(|&step| step > 0);
        let step = step.ok_or_else(|| node.refuse("in steps of 0"))?;
        let backwards = pace < 0;
        let size = shape[dim];
        // Backwards, the place before the first is an end as well, and the last one the largest start.
        let clamp = |number: i64| {
            let from_end = if number < 0 { signed(size) } else { 0 };
            let least = if backwards { -1 } else { 0 };
            let most = signed(size) - i64::from(backwards);
            number
                .saturating_add(from_end)
                .clamp(least, most.max(least))
        };
        let (start, end) = (clamp(starts[i]), clamp(ends[i]));
        let span = if backwards { start - end } else { end - start };
        let length = usize::try_from(span).unwrap_or(0).div_ceil(step);
        let range = Range {
            start: usize::try_from(start).unwrap_or(0),
            length,
            step,
            backwards,
        };
        Ok((dim, range))
    });
    each.collect()
}
