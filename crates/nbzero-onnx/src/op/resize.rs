//! Upsampling to the nearest neighbour by whole factors.

use super::Inputs;
use crate::reader::Reader;
use crate::tensor::narrow;
use crate::trouble::Trouble;
use crate::value::Value;

pub(super) fn resize(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let map = inputs.map(reader, 0)?;
    let shape = reader.graph.shape(map);
    node.one_of("mode", &["nearest"], "nearest")?;
    // For whole factors these agree: each value becomes a rectangle.
    let places = [
        "half_pixel",
        "asymmetric",
        "pytorch_half_pixel",
        "half_pixel_symmetric",
    ];
    let place = node.one_of("coordinate_transformation_mode", &places, "half_pixel")?;
    let roundings = ["round_prefer_floor", "floor", "round_prefer_ceil"];
    let rounding = node.one_of("nearest_mode", &roundings, "round_prefer_floor")?;
    let floors = rounding == "floor";
    if node.operator() == "Resize" && reader.opset > 10 && (place == "asymmetric") != floors {
        return Err(inputs.refuse(format!("`{place}` coordinates with `{rounding}`")));
    }
    node.ignore(&[
        "cubic_coeff_a",
        "extrapolation_value",
        "exclude_outside",
        "antialias",
        "keep_aspect_ratio_policy",
    ]);
    let sizes = inputs.ints(3)?;
    let factors = if let Some(sizes) = sizes {
        from_sizes(sizes, [shape.height, shape.width])
    } else {
        let index = if node.operator() == "Upsample" || reader.opset < 11 {
            1
        } else {
            2
        };
        let scales = match node.floats("scales")? {
            Some(scales) => scales.to_vec(),
            None => inputs
                .constant(index)?
                .tensor
                .floats()
                .unwrap_or_default()
                .to_vec(),
        };
        from_scales(&scales)
    };
    let factors = factors.ok_or_else(|| inputs.refuse("not by a whole factor"))?;
    if factors == [1, 1] {
        return Ok(Value::Map(reader.tensor(map, 4)));
    }
    let made = reader.graph.upsample(map, factors)?;
    Ok(Value::Map(reader.tensor(made, 4)))
}

fn from_sizes(sizes: &[i64], from: [usize; 2]) -> Option<[usize; 2]> {
    let (&width, rest) = sizes.split_last()?;
    let (&height, _) = rest.split_last()?;
    let factor = |to: i64, from: usize| {
        let to = usize::try_from(to).ok().filter(|&to| to > 0)?;
        (from > 0 && to.is_multiple_of(from)).then(|| to / from)
    };
    Some([factor(height, from[0])?, factor(width, from[1])?])
}

fn from_scales(scales: &[f32]) -> Option<[usize; 2]> {
    let &[batch, channels, height, width] = scales else {
        return None;
    };
    let whole = |scale: f32| {
        let nearest = scale.round();
        let near = (scale - nearest).abs() < narrow(1e-6);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 256"
        )]
        let factor = nearest as usize;
        (near && (1.0..=256.0).contains(&nearest)).then_some(factor)
    };
    if whole(batch)? != 1 || whole(channels)? != 1 {
        return None;
    }
    Some([whole(height)?, whole(width)?])
}
