//! Pools.

use nbzero_graph::{Over, Pool2d, PoolKind, Reduction};

use super::Inputs;
use super::convolution::{pair, window as window_of};
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::Value;

pub(super) fn window(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let map = inputs.map(reader, 0)?;
    let kernel = node.ints("kernel_shape")?.unwrap_or_default();
    let both = pair(kernel).filter(|both| !both.contains(&0));
    let both =
        both.ok_or_else(|| inputs.refuse(format!("attribute `kernel_shape` is {kernel:?}")))?;
    let window = window_of(inputs, both, reader.graph.shape(map).size())?;
    let count_padding = node.flag("count_include_pad", false)?;
    let kind = if node.operator() == "MaxPool" {
        node.ignore(&["storage_order"]);
        PoolKind::Max
    } else {
        PoolKind::Average { count_padding }
    };
    let pool = Pool2d {
        kind,
        window,
        ceil: node.flag("ceil_mode", false)?,
    };
    let made = reader.graph.pool(map, pool)?;
    Ok(Value::Map(reader.tensor(made, 4)))
}

pub(super) fn global(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let map = inputs.map(reader, 0)?;
    let reduction = match inputs.node.operator().as_str() {
        "GlobalMaxPool" => Reduction::Max,
        _ => Reduction::Mean,
    };
    let made = reader.graph.reduce(map, reduction, Over::Positions);
    Ok(Value::Map(reader.tensor(made, 4)))
}
