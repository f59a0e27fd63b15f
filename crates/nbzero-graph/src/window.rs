//! The window that a convolution or a pool moves over a map.

/// Zeros (for a maximum: nothing) around a map, in rows and columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Padding {
    /// Rows above.
    pub top: usize,
    /// Columns before.
    pub left: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns behind.
    pub right: usize,
}

impl Padding {
    /// The same on all sides.
    pub const fn same(size: usize) -> Self {
        Self {
            top: size,
            left: size,
            bottom: size,
            right: size,
        }
    }

    /// What is before and behind the map, of rows and of columns.
    pub const fn ends(self) -> [[usize; 2]; 2] {
        [[self.top, self.bottom], [self.left, self.right]]
    }
}

/// Where the values lie that a convolution or a pool reads for each result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Rows and columns that are read.
    pub kernel: [usize; 2],
    /// Rows and columns from one result to the next.
    pub stride: [usize; 2],
    /// Rows and columns from one value that is read to the next, 1 where they touch.
    pub dilation: [usize; 2],
    /// What is put around the map.
    pub padding: Padding,
}

impl Window {
    /// A square window with padding `kernel / 2`.
    pub const fn square(kernel: usize, stride: usize) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            padding: Padding::same(kernel / 2),
        }
    }

    /// The same window with another padding.
    #[must_use]
    pub const fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// Kernel and stride, where the window is [`square`](Self::square) with an odd kernel.
    pub fn as_square(&self) -> Option<[usize; 2]> {
        let ([kernel, _], [stride, _]) = (self.kernel, self.stride);
        (!kernel.is_multiple_of(2) && *self == Self::square(kernel, stride))
            .then_some([kernel, stride])
    }

    /// Rows and columns that the window spans, gaps included; sizes beyond 128 bits stop at the
    /// largest number.
    pub fn span(&self) -> [u128; 2] {
        [0, 1].map(|i| {
            let steps = (self.kernel[i] as u128).saturating_sub(1);
            steps
                .saturating_mul(self.dilation[i] as u128)
                .saturating_add(1)
        })
    }

    /// Results over a map of height and width `size`; `None` where there is none, where a size is 0, or
    /// where it is beyond what a number holds.
    ///
    /// `ceil` has a last result that is not whole: it must begin on the map or before it (as in
    /// PyTorch).
    pub fn results(&self, size: [usize; 2], ceil: bool) -> Option<[usize; 2]> {
        let span = self.span();
        let ends = self.padding.ends();
        let along = |i: usize| {
            if [self.kernel[i], self.stride[i], self.dilation[i], size[i]].contains(&0) {
                return None;
            }
            let [before, behind] = ends[i].map(|padding| padding as u128);
            let (size, stride) = (size[i] as u128, self.stride[i] as u128);
            let free = (size + before + behind).checked_sub(span[i])?;
            let mut results = free / stride + 1;
            if ceil && !free.is_multiple_of(stride) && results * stride < size + before {
                results += 1;
            }
            usize::try_from(results).ok()
        };
        Some([along(0)?, along(1)?])
    }

    /// Whether each result over such a map reads at least one value of it: what a pool needs.
    pub(crate) fn always_meets(&self, size: [usize; 2]) -> bool {
        let (span, ends) = (self.span(), self.padding.ends());
        (0..2).all(|i| {
            let reaches = ends[i].iter().all(|&padding| (padding as u128) < span[i]);
            reaches && (self.kernel[i] == 1 || self.dilation[i] <= size[i])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_window_rounds_an_odd_size_up() {
        assert_eq!(Window::square(3, 2).results([7, 8], false), Some([4, 4]));
        assert_eq!(Window::square(3, 2).as_square(), Some([3, 2]));
        assert_eq!(Window::square(2, 2).as_square(), None);
        let bare = Window::square(3, 2).with_padding(Padding::default());
        assert_eq!(bare.as_square(), None);
    }

    /// `MaxPool2d(3, 2, ceil_mode=True)` and `MaxPool2d(2, 2, padding=1, ceil_mode=True)` of
    /// PyTorch, the second of which would begin behind the map.
    #[test]
    fn a_last_result_that_is_not_whole_begins_on_the_map() {
        let pool = Window::square(3, 2).with_padding(Padding::default());
        assert_eq!(pool.results([6, 7], true), Some([3, 3]));
        assert_eq!(pool.results([6, 7], false), Some([2, 3]));
        let pool = Window::square(2, 2);
        assert_eq!(pool.results([3, 4], true), Some([2, 3]));
        assert_eq!(pool.results([1, 1], true), Some([1, 1]));
    }

    #[test]
    fn a_window_larger_than_the_map_has_no_results() {
        let mut window = Window::square(3, 1).with_padding(Padding::default());
        assert_eq!(window.results([2, 5], false), None);
        window.dilation = [1, 3];
        assert_eq!(window.results([5, 6], false), None);
        assert_eq!(window.results([5, 7], false), Some([3, 1]));
        window.padding.left = usize::MAX;
        assert_eq!(window.results([5, usize::MAX], false), None);
        window.stride = [0, 1];
        assert_eq!(window.results([9, 9], false), None);
    }
}
