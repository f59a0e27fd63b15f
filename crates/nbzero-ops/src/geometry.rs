//! What a convolution reads for each result, in one form for both directions.
//!
//! Results lie on a *grid*. A result is a sum over source channels and *taps*; a tap reads the
//! packed source at the grid position plus a constant. A forward convolution is one *pass* over
//! the grid. The input gradient of stride `s` is `s * s` passes, one for each residue of the input
//! position modulo `s`, each with its own taps, and their grids interleave to the whole.

use crate::ConvShape;

/// One weight of the kernel and where it reads, relative to the grid position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tap {
    /// Phase of the source row and column.
    pub(crate) phase: [usize; 2],
    /// Packed rows and columns beyond the grid position.
    pub(crate) shift: [usize; 2],
    /// Index in the kernel.
    pub(crate) weight: usize,
}

/// The results at destination positions `out_step * grid + offset`.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) offset: [usize; 2],
    pub(crate) taps: Vec<Tap>,
}

/// The passes of a convolution and the sizes they share. Channels are those of one group.
#[derive(Clone, Debug)]
pub(crate) struct Geometry {
    pub(crate) n: usize,
    pub(crate) groups: usize,
    pub(crate) src_c: usize,
    pub(crate) src: [usize; 2],
    pub(crate) dst_c: usize,
    pub(crate) dst: [usize; 2],
    pub(crate) grid: [usize; 2],
    /// Packed row `j` of phase `a` is source row `a + step * j - lead`; columns alike, with a lead of their own.
    pub(crate) step: usize,
    pub(crate) lead: [usize; 2],
    /// Phases in each direction.
    pub(crate) phases: usize,
    /// Largest shift of a tap.
    pub(crate) reach: [usize; 2],
    pub(crate) out_step: usize,
    pub(crate) passes: Vec<Pass>,
    /// Elements of the kernel.
    pub(crate) kernel_len: usize,
    /// Elements from a weight to that of the next destination channel, and source channel.
    pub(crate) weight_strides: [usize; 2],
}

impl Geometry {
    /// The forward convolution: source is the input, destination the output.
    pub(crate) fn forward(shape: &ConvShape) -> Self {
        let (k, s) = (shape.kernel(), shape.stride());
        let grid = [shape.out_h(), shape.out_w()];
        let taps = (0..k * k)
            .map(|i| Tap {
                phase: [i / k % s, i % k % s],
                shift: [i / k / s, i % k / s],
                weight: i,
            })
            .collect();
        let (src_c, dst_c) = (
            shape.c_in() / shape.groups(),
            shape.c_out() / shape.groups(),
        );
        Self {
            n: shape.n(),
            groups: shape.groups(),
            src_c,
            src: [shape.h(), shape.w()],
            dst_c,
            dst: grid,
            grid,
            step: s,
            lead: shape.padding().map(|[before, _]| before),
            phases: s.min(k),
            reach: [(k - 1) / s; 2],
            out_step: 1,
            passes: vec![Pass {
                offset: [0, 0],
                taps,
            }],
            kernel_len: k * k,
            weight_strides: [src_c * k * k, k * k],
        }
    }

    /// The input gradient: source is the output gradient, destination the input gradient.
    pub(crate) fn input_grad(shape: &ConvShape) -> Self {
        let (k, s) = (shape.kernel(), shape.stride());
        let pad = shape.padding().map(|[before, _]| before);
        let (src_c, dst_c) = (
            shape.c_out() / shape.groups(),
            shape.c_in() / shape.groups(),
        );
        // Input position s * grid + offset meets tap t of output (position + pad - t) / s, which is at least
        // grid - lead.
        let lead = pad.map(|pad| (k - 1).saturating_sub(pad) / s);
        let meets = |axis: usize, offset: usize, t: usize| {
            (offset + pad[axis] + s * k - t).is_multiple_of(s)
        };
        let shift =
            |axis: usize, offset: usize, t: usize| (offset + pad[axis] + s * lead[axis] - t) / s;
        let pass = |oy: usize, ox: usize| Pass {
            offset: [oy, ox],
            taps: (0..k * k)
                .filter(|i| meets(0, oy, i / k) && meets(1, ox, i % k))
                .map(|i| Tap {
                    phase: [0, 0],
                    shift: [shift(0, oy, i / k), shift(1, ox, i % k)],
                    weight: i,
                })
                .collect(),
        };
        Self {
            n: shape.n(),
            groups: shape.groups(),
            src_c,
            src: [shape.out_h(), shape.out_w()],
            dst_c,
            dst: [shape.h(), shape.w()],
            grid: [shape.h().div_ceil(s), shape.w().div_ceil(s)],
            step: 1,
            lead,
            phases: 1,
            reach: [0, 1].map(|axis| lead[axis] + pad[axis].div_ceil(s)),
            out_step: s,
            passes: (0..s * s).map(|i| pass(i / s, i % s)).collect(),
            kernel_len: k * k,
            weight_strides: [k * k, dst_c * k * k],
        }
    }

    /// Elements of one source plane.
    pub(crate) fn src_plane(&self) -> usize {
        self.src[0] * self.src[1]
    }

    /// Elements of one destination plane.
    pub(crate) fn dst_plane(&self) -> usize {
        self.dst[0] * self.dst[1]
    }
}
