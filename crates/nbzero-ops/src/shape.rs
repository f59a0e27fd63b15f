//! The sizes of one convolution, checked once.

use std::fmt;

/// Sizes of a two-dimensional convolution without bias, with padding `kernel / 2` or, where every channel is
/// convolved alone, any other.
///
/// Tensors are contiguous and row-major: input `[n, c_in, h, w]`, weight
/// `[c_out, c_in / groups, kernel, kernel]`, output `[n, c_out, out_h, out_w]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvShape {
    n: usize,
    c_in: usize,
    h: usize,
    w: usize,
    c_out: usize,
    kernel: usize,
    stride: usize,
    groups: usize,
    padding: [[usize; 2]; 2],
}

/// Why a [`ConvShape`] cannot exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// A size that must be at least 1 is 0; holds its name.
    Zero(&'static str),
    /// The kernel is even, so padding `kernel / 2` would not be symmetric; holds the kernel.
    EvenKernel(usize),
    /// Channels are mixed, and the padding is not `kernel / 2`.
    Padding,
    /// The kernel is larger than the input with its padding; holds the kernel.
    LargeKernel(usize),
    /// The groups do not divide the channels; holds groups, input and output channels.
    Groups(usize, usize, usize),
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero(name) => write!(f, "convolution with {name} = 0: it must be at least 1"),
            Self::EvenKernel(k) => {
                write!(
                    f,
                    "convolution with kernel {k}: only odd kernels are supported"
                )
            }
            Self::Padding => f.write_str(
                "convolution that mixes channels with another padding than kernel / 2: only depthwise ones \
                 have any",
            ),
            Self::LargeKernel(k) => write!(
                f,
                "convolution with kernel {k}: it is larger than the input with its padding"
            ),
            Self::Groups(groups, c_in, c_out) => write!(
                f,
                "convolution with {groups} groups of {c_in} input and {c_out} output channels: \
                 the groups must divide both"
            ),
        }
    }
}

impl std::error::Error for ShapeError {}

/// Elements of a tensor; a wrapped number would pass the length checks of the kernels.
fn product(sizes: [usize; 4]) -> usize {
    let product = sizes.into_iter().try_fold(1, usize::checked_mul);
    product.expect("a tensor has fewer elements than usize::MAX")
}

impl ConvShape {
    /// A dense convolution (one group) of `n` images `[c_in, h, w]`, stride 1.
    ///
    /// # Errors
    /// When a size is 0 or the kernel is even.
    pub fn new(
        n: usize,
        [c_in, h, w]: [usize; 3],
        c_out: usize,
        kernel: usize,
    ) -> Result<Self, ShapeError> {
        let sizes = [
            ("n", n),
            ("c_in", c_in),
            ("h", h),
            ("w", w),
            ("c_out", c_out),
            ("kernel", kernel),
        ];
        for (name, size) in sizes {
            if size == 0 {
                return Err(ShapeError::Zero(name));
            }
        }
        if kernel.is_multiple_of(2) {
            return Err(ShapeError::EvenKernel(kernel));
        }
        Ok(Self {
            n,
            c_in,
            h,
            w,
            c_out,
            kernel,
            stride: 1,
            groups: 1,
            padding: [[kernel / 2; 2]; 2],
        })
    }

    /// The same convolution with another stride (1 or more).
    ///
    /// # Errors
    /// When the stride is 0.
    pub fn with_stride(self, stride: usize) -> Result<Self, ShapeError> {
        if stride == 0 {
            return Err(ShapeError::Zero("stride"));
        }
        Ok(Self { stride, ..self })
    }

    /// The same convolution with another number of groups; `c_in` groups are a depthwise one.
    ///
    /// # Errors
    /// When `groups` is 0 or does not divide both channel counts, or the padding is one of depthwise
    /// convolutions alone and this is none.
    pub fn with_groups(self, groups: usize) -> Result<Self, ShapeError> {
        if groups == 0 {
            return Err(ShapeError::Zero("groups"));
        }
        if !self.c_in.is_multiple_of(groups) || !self.c_out.is_multiple_of(groups) {
            return Err(ShapeError::Groups(groups, self.c_in, self.c_out));
        }
        let shape = Self { groups, ..self };
        shape.with_padding(self.padding)
    }

    /// The same convolution, which is depthwise, with so many zeros before and behind its rows and columns.
    ///
    /// # Errors
    /// When it mixes channels and the padding is not `kernel / 2`, or the kernel is larger than the input with
    /// its padding.
    pub fn with_padding(self, padding: [[usize; 2]; 2]) -> Result<Self, ShapeError> {
        let shape = Self { padding, ..self };
        if !shape.has_own_padding() && !shape.is_depthwise() {
            return Err(ShapeError::Padding);
        }
        let padded = [0, 1].map(|axis| shape.padded(axis));
        if padded.iter().any(|&size| size < self.kernel) {
            return Err(ShapeError::LargeKernel(self.kernel));
        }
        Ok(shape)
    }

    /// Whether the padding is `kernel / 2` everywhere.
    pub(crate) fn has_own_padding(&self) -> bool {
        self.padding == [[self.kernel / 2; 2]; 2]
    }

    /// Rows or columns of the input with its padding.
    fn padded(&self, axis: usize) -> usize {
        let [before, behind] = self.padding[axis];
        before + [self.h, self.w][axis] + behind
    }

    /// Images in the batch.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }
    /// Input channels.
    #[must_use]
    pub fn c_in(&self) -> usize {
        self.c_in
    }
    /// Input height.
    #[must_use]
    pub fn h(&self) -> usize {
        self.h
    }
    /// Input width.
    #[must_use]
    pub fn w(&self) -> usize {
        self.w
    }
    /// Output channels.
    #[must_use]
    pub fn c_out(&self) -> usize {
        self.c_out
    }
    /// Side of the square kernel, odd.
    #[must_use]
    pub fn kernel(&self) -> usize {
        self.kernel
    }
    /// Stride, the same in both directions.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }
    /// Groups: 1 is dense, `c_in` (= `c_out`) depthwise.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups
    }
    /// Zeros before and behind the rows of the input, and its columns.
    #[must_use]
    pub fn padding(&self) -> [[usize; 2]; 2] {
        self.padding
    }
    /// Output height.
    #[must_use]
    pub fn out_h(&self) -> usize {
        (self.padded(0) - self.kernel) / self.stride + 1
    }
    /// Output width.
    #[must_use]
    pub fn out_w(&self) -> usize {
        (self.padded(1) - self.kernel) / self.stride + 1
    }
    /// Whether every channel is convolved alone.
    #[must_use]
    pub fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.c_in && self.groups == self.c_out
    }
    /// Elements of the input.
    #[must_use]
    pub fn input_len(&self) -> usize {
        product([self.n, self.c_in, self.h, self.w])
    }
    /// Elements of the weight.
    #[must_use]
    pub fn weight_len(&self) -> usize {
        product([
            self.c_out,
            self.c_in / self.groups,
            self.kernel,
            self.kernel,
        ])
    }
    /// Elements of the output.
    #[must_use]
    pub fn output_len(&self) -> usize {
        product([self.n, self.c_out, self.out_h(), self.out_w()])
    }

    /// The convolution that makes the same output from an input of the output's size.
    pub(crate) fn without_stride(self) -> Self {
        Self {
            h: self.out_h(),
            w: self.out_w(),
            stride: 1,
            ..self
        }
    }

    /// A pointwise convolution does not care how positions form rows: the same convolution
    /// on rows of a length that suits the vectors and the caches.
    pub(crate) fn with_long_rows(self) -> Self {
        if self.kernel != 1 || self.stride != 1 {
            return self;
        }
        let positions = self.h * self.w;
        let fits = |w: &usize| positions.is_multiple_of(*w);
        let width = (16..=64)
            .rev()
            .step_by(16)
            .find(fits)
            .or_else(|| Some(8).filter(fits));
        let w = width.unwrap_or(if positions <= 256 { positions } else { self.w });
        Self {
            h: positions / w,
            w,
            ..self
        }
    }
}
