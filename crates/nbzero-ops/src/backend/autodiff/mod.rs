//! The operations as nodes of Burn's autodiff graph.

mod activation;
mod batch_norm;
mod conv;

fn no_second_gradients() -> ! {
    panic!("gradients of gradients are not supported: use a device without autodiff")
}
