//! Which part of a map stands where in a tensor of the file.
//!
//! A value of the graph is a map: channels, height, width. ONNX reshapes and transposes tensors of any
//! number of dimensions. A [`View`] says of each dimension of such a tensor which pieces of which axes
//! of the map it runs over; reshaping and transposing change the view alone, and only an operation that
//! needs the map as it stands makes nodes of what has changed.

use nbzero_graph::{NodeId, Shape};

/// An axis of a batch of maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Axis {
    Batch,
    Channel,
    Height,
    Width,
}

/// A piece of an axis: `size` steps of `stride` positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) axis: Axis,
    pub(crate) size: usize,
    pub(crate) stride: usize,
}

/// A tensor of the file as a view of a map of the graph. Dimensions of size 1 have no pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) node: NodeId,
    pub(crate) dims: Vec<Vec<Piece>>,
}

/// How the pieces of a dimension of channels stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// As in the map.
    Straight,
    /// As after a shuffle of the map in so many groups.
    Shuffled(usize),
}

impl View {
    /// `[batch, channels, height, width]`.
    pub(crate) fn of_map(node: NodeId, batch: usize, shape: Shape) -> Self {
        let dim = |axis, size| {
            let whole = Piece {
                axis,
                size,
                stride: 1,
            };
            if size == 1 { Vec::new() } else { vec![whole] }
        };
        let dims = vec![
            dim(Axis::Batch, batch),
            dim(Axis::Channel, shape.channels),
            dim(Axis::Height, shape.height),
            dim(Axis::Width, shape.width),
        ];
        Self { node, dims }
    }

    /// The same view of the value of another node, of the same shape.
    pub(crate) fn with_node(&self, node: NodeId) -> Self {
        Self {
            node,
            dims: self.dims.clone(),
        }
    }

    /// Sizes of the tensor.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.dims.iter().map(|dim| size(dim)).collect()
    }

    /// The tensor with its dimensions in another order, or `None` where that is no order of them.
    pub(crate) fn transposed(&self, order: &[usize]) -> Option<Self> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..self.dims.len()) {
            return None;
        }
        Some(Self {
            node: self.node,
            dims: order.iter().map(|&i| self.dims[i].clone()).collect(),
        })
    }

    /// The tensor with other sizes, or `None` where they cut across the pieces.
    pub(crate) fn reshaped(&self, sizes: &[usize]) -> Option<Self> {
        let mut pieces: Vec<Piece> = self.dims.iter().flatten().rev().copied().collect();
        let mut dims = Vec::with_capacity(sizes.len());
        for &wanted in sizes {
            let mut dim = Vec::new();
            let mut left = wanted;
            while left > 1 {
                let piece = pieces.pop()?;
                let (taken, rest) = cut(piece, left)?;
                left /= taken.size;
                pieces.extend(rest);
                push(&mut dim, taken);
            }
            if left == 0 {
                return None;
            }
            dims.push(dim);
        }
        pieces.is_empty().then_some(Self {
            node: self.node,
            dims,
        })
    }

    /// All pieces in order, those that continue each other as one.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        let mut all = Vec::new();
        for piece in self.dims.iter().flatten() {
            push(&mut all, *piece);
        }
        all
    }

    /// Whether the numbers stand in the order of the map.
    pub(crate) fn is_straight(&self) -> bool {
        let pieces = self.pieces();
        let whole = |piece: &Piece| piece.stride == 1;
        pieces.iter().all(whole) && pieces.is_sorted_by(|a, b| a.axis < b.axis)
    }

    /// How the channels stand in a tensor in which the other axes are as in the map and the axes
    /// follow each other, or `None` of another.
    pub(crate) fn channels(&self) -> Option<Channels> {
        if self.is_straight() {
            return Some(Channels::Straight);
        }
        let pieces = self.pieces();
        if !pieces.is_sorted_by(|a, b| a.axis <= b.axis) {
            return None;
        }
        let of = |axis| pieces.iter().filter(move |piece| piece.axis == axis);
        let others = [Axis::Batch, Axis::Height, Axis::Width];
        if others.into_iter().flat_map(of).any(|p| p.stride != 1) {
            return None;
        }
        let channels: Vec<&Piece> = of(Axis::Channel).collect();
        match channels.as_slice() {
            [inner, outer] if inner.stride == 1 && outer.stride == inner.size => {
                Some(Channels::Shuffled(outer.size))
            }
            _ => None,
        }
    }

    /// The axis that a dimension runs over whole and alone; `None` of one of size 1 too.
    pub(crate) fn whole(&self, dim: usize) -> Option<Axis> {
        match self.dims.get(dim)?.as_slice() {
            [piece] if piece.stride == 1 => {
                let others = self.dims.iter().enumerate();
                let mut others = others.filter(|(i, _)| *i != dim).flat_map(|(_, d)| d);
                others.all(|p| p.axis != piece.axis).then_some(piece.axis)
            }
            _ => None,
        }
    }
}

/// Positions of a dimension.
pub(crate) fn size(dim: &[Piece]) -> usize {
    dim.iter().map(|piece| piece.size).product()
}

/// The outer part of a piece, of at most `left` steps, and what is left of it.
fn cut(piece: Piece, left: usize) -> Option<(Piece, Option<Piece>)> {
    if left.is_multiple_of(piece.size) {
        return Some((piece, None));
    }
    if !piece.size.is_multiple_of(left) {
        return None;
    }
    let inner = piece.size / left;
    let outer = Piece {
        size: left,
        stride: piece.stride * inner,
        ..piece
    };
    let rest = Piece {
        size: inner,
        ..piece
    };
    Some((outer, Some(rest)))
}

/// Adds a piece, as part of the last one where it continues it.
fn push(dim: &mut Vec<Piece>, piece: Piece) {
    match dim.last_mut() {
        Some(last) if last.axis == piece.axis && last.stride == piece.stride * piece.size => {
            last.size *= piece.size;
            last.stride = piece.stride;
        }
        _ => dim.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(batch: usize, channels: usize, height: usize, width: usize) -> View {
        let shape = Shape {
            channels,
            height,
            width,
        };
        View::of_map(NodeId::INPUT, batch, shape)
    }

    #[test]
    fn a_shuffle_is_two_reshapes_and_a_transposition() {
        let map = view(8, 12, 4, 6);
        let split = map.reshaped(&[8, 3, 4, 4, 6]).unwrap();
        assert_eq!(split.sizes(), [8, 3, 4, 4, 6]);
        let swapped = split.transposed(&[0, 2, 1, 3, 4]).unwrap();
        let back = swapped.reshaped(&[8, 12, 4, 6]).unwrap();
        assert_eq!(back.channels(), Some(Channels::Shuffled(3)));
        let again = back.reshaped(&[8, 4, 3, 4, 6]).unwrap();
        let again = again.transposed(&[0, 2, 1, 3, 4]).unwrap();
        assert_eq!(again.reshaped(&[8, 12, 4, 6]).unwrap(), map);
    }

    #[test]
    fn channels_last_is_a_transposition_of_whole_axes() {
        let last = view(1, 12, 4, 6).transposed(&[0, 2, 3, 1]).unwrap();
        assert_eq!(last.whole(3), Some(Axis::Channel));
        assert_eq!(last.whole(0), None);
        assert_eq!(last.channels(), None);
        assert!(!last.is_straight());
        assert_eq!(last.transposed(&[0, 3, 1, 2]).unwrap(), view(1, 12, 4, 6));
        assert_eq!(last.transposed(&[0, 3, 3, 2]), None);
    }

    #[test]
    fn flattening_keeps_the_order_and_sizes_must_fit() {
        let map = view(8, 12, 4, 6);
        let flat = map.reshaped(&[8, 288]).unwrap();
        assert!(flat.is_straight());
        assert_eq!(
            flat.reshaped(&[8, 12, 4, 6, 1]).unwrap().sizes(),
            [8, 12, 4, 6, 1]
        );
        for sizes in [
            &[8, 12, 4][..],
            &[8, 12, 4, 7],
            &[5, 12, 4, 6],
            &[8, 0],
            &[16, 144, 2],
        ] {
            assert_eq!(map.reshaped(sizes), None, "{sizes:?}");
        }
    }
}
