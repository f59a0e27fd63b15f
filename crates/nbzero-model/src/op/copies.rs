//! Gradients of which several lie one after another along the batch, and values of which a batch of 1 is
//! every image's.

use burn::tensor::Tensor;

/// The product of one gradient or several and a factor, of which lengths of 1 are repeated.
pub(super) fn times(gradient: Tensor<4>, factor: Tensor<4>) -> Tensor<4> {
    let ([all, channels, height, width], [images, ..]) = (gradient.dims(), factor.dims());
    if images == 1 || images == all {
        return gradient * factor;
    }
    let [_, c, h, w] = factor.dims();
    let copies: Tensor<5> = gradient.reshape([all / images, images, channels, height, width]);
    let product = copies * factor.reshape([1, images, c, h, w]);
    let [_, _, channels, height, width] = product.dims();
    product.reshape([all, channels, height, width])
}

/// What `of` makes of each of the gradients, whose values have a batch of `images`.
pub(super) fn each(
    gradient: Tensor<4>,
    images: usize,
    of: impl Fn(Tensor<4>) -> Tensor<4>,
) -> Tensor<4> {
    let [all, ..] = gradient.dims();
    if all == images {
        return of(gradient);
    }
    let one = |copy| of(gradient.clone().narrow(0, copy * images, images));
    Tensor::cat((0..all / images).map(one).collect(), 0)
}
