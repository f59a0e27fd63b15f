//! Convolutions.

use std::rc::Rc;

use nbzero_graph::{Conv2d, Padding, Window};

use super::{Inputs, fits};
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::{Constant, Value};

pub(super) fn conv(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let map = inputs.map(reader, 0)?;
    let from = reader.graph.shape(map);
    let weight = inputs.constant(1)?;
    let &[out_channels, in_group, height, width] = weight.tensor.shape.as_slice() else {
        let sizes = &weight.tensor.shape;
        return Err(inputs.refuse(format!(
            "a weight of {sizes:?}: only 2D convolutions are read"
        )));
    };
    fits(weight, &weight.tensor.shape)
        .map_err(|what| inputs.refuse(format!("its weight {what}")))?;
    let groups = node.int("group")?.unwrap_or(1);
    let groups = usize::try_from(groups).map_err(|_| inputs.refuse("attribute `group`"))?;
    let window = window(inputs, [height, width], from.size())?;
    let in_channels = in_group.checked_mul(groups);
    let in_channels = in_channels.ok_or_else(|| inputs.refuse("attribute `group`"))?;
    let bias = match inputs.optional(2)? {
        Some(_) => Some(inputs.floats(2, &[out_channels])?).filter(|bias| is_learned(bias)),
        None => None,
    };
    let learned: Vec<&Constant> = std::iter::once(weight).chain(bias).collect();
    let name = reader.tensors.layer(&learned, node.name());
    let mut conv = Conv2d::new(name.clone(), in_channels, out_channels, 1, 1)
        .with_window(window)
        .with_groups(groups);
    let shape = weight.tensor.shape.clone();
    reader
        .tensors
        .put(&name, "weight", shape, weight.tensor.clone());
    if let Some(bias) = bias {
        conv = conv.with_bias();
        reader
            .tensors
            .put(&name, "bias", vec![out_channels], Rc::clone(&bias.tensor));
    }
    let made = reader.graph.conv(map, conv)?;
    Ok(Value::Map(reader.tensor(made, 4)))
}

/// Zeros that were computed are how an exporter says that there is no bias.
fn is_learned(bias: &Constant) -> bool {
    let zero = |numbers: &[f32]| numbers.iter().all(|x| x.abs() == 0.0);
    bias.name.is_some() || !bias.tensor.floats().is_some_and(zero)
}

/// The window of a convolution or pool over a map of this height and width.
pub(super) fn window(
    inputs: &Inputs<'_, '_>,
    kernel: [usize; 2],
    size: [usize; 2],
) -> Result<Window, Trouble> {
    let node = inputs.node;
    if let Some(shape) = node.ints("kernel_shape")?
        && pair(shape) != Some(kernel)
    {
        return Err(inputs.refuse(format!("attribute `kernel_shape` is {shape:?}")));
    }
    let two = |name: &'static str| -> Result<[usize; 2], Trouble> {
        match node.ints(name)? {
            None => Ok([1; 2]),
            Some(values) => {
                let both = pair(values).filter(|both| !both.contains(&0));
                both.ok_or_else(|| inputs.refuse(format!("attribute `{name}` is {values:?}")))
            }
        }
    };
    let (stride, dilation) = (two("strides")?, two("dilations")?);
    let mut window = Window {
        kernel,
        stride,
        dilation,
        padding: Padding::same(0),
    };
    let same = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"];
    match node.one_of("auto_pad", &same, "NOTSET")? {
        "NOTSET" => {
            if let Some(pads) = node.ints("pads")? {
                let sizes: Vec<Option<usize>> =
                    pads.iter().map(|&pad| usize::try_from(pad).ok()).collect();
                let &[Some(top), Some(left), Some(bottom), Some(right)] = sizes.as_slice() else {
                    return Err(inputs.refuse(format!("attribute `pads` is {pads:?}")));
                };
                window.padding = Padding {
                    top,
                    left,
                    bottom,
                    right,
                };
            }
        }
        "VALID" => {}
        mode => window.padding = same_padding(&window, size, mode == "SAME_UPPER"),
    }
    // One result has no next one, and a step beyond the map is as good as one to its end.
    let ends = window.padding.ends();
    for (axis, stride) in window.stride.iter_mut().enumerate() {
        let [before, behind] = ends[axis];
        let whole = size[axis].saturating_add(before).saturating_add(behind);
        *stride = (*stride).min(whole.max(1));
    }
    Ok(window)
}

/// Padding under which there is a result for each `stride` positions; an odd row or column is behind
/// the map where `upper`, before it elsewhere.
fn same_padding(window: &Window, size: [usize; 2], upper: bool) -> Padding {
    let span = window.span();
    let [(top, bottom), (left, right)] = [0, 1].map(|i| {
        let stride = window.stride[i];
        let results = size[i].div_ceil(stride).max(1);
        let span = usize::try_from(span[i]).unwrap_or(usize::MAX);
        let needed = ((results - 1) * stride).saturating_add(span);
        let missing = needed.saturating_sub(size[i]);
        let (less, more) = (missing / 2, missing.div_ceil(2));
        if upper { (less, more) } else { (more, less) }
    });
    Padding {
        top,
        left,
        bottom,
        right,
    }
}

/// Two sizes.
pub(super) fn pair(values: &[i64]) -> Option<[usize; 2]> {
    let &[first, second] = values else {
        return None;
    };
    Some([usize::try_from(first).ok()?, usize::try_from(second).ok()?])
}
