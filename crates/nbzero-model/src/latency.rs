//! How long a network takes.

use std::time::{Duration, Instant};

use burn::tensor::{Distribution, Tensor};

use crate::Network;

/// Forward passes before the first that counts: caches, and the memory that later ones find free.
const WARM_UP: usize = 5;

/// Passes that count, and the least time that they take together: of a small network there are more.
const LEAST_PASSES: usize = 15;
const LEAST_TIME: Duration = Duration::from_millis(100);
const MOST_PASSES: usize = 301;

/// The time of a forward pass of one image in evaluation mode: the median of at least 15 passes after
/// a warm-up, on the network's device and with the threads of the process's rayon pool.
///
/// Running statistics of batch norms stand for those of the batch, as in use. The median, because what
/// disturbs a pass makes it longer and never shorter.
pub fn latency(network: &Network) -> Duration {
    let shape = network.graph().input_shape();
    let size = [1, shape.channels, shape.height, shape.width];
    let image = Tensor::<4>::random(size, Distribution::Default, &network.device());
    let pass = || {
        let start = Instant::now();
        // A device may still be at work until its result is asked for.
        let _ = network.forward(image.clone()).into_data();
        start.elapsed()
    };
    // A parallel loop begun outside rayon's threads is handed to one of them and waited for.
    rayon::scope(|_| {
        for _ in 0..WARM_UP {
            pass();
        }
        let start = Instant::now();
        let mut passes = Vec::new();
        while passes.len() < LEAST_PASSES
            || (start.elapsed() < LEAST_TIME && passes.len() < MOST_PASSES)
        {
            passes.push(pass());
        }
        passes.sort_unstable();
        passes[passes.len() / 2]
    })
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use nbzero_space::Architecture;

    use super::*;

    #[test]
    fn a_pass_takes_some_time() {
        let architecture: Architecture = "r1:8:8x1s2,16x1s2,32x1s2".parse().expect("a network");
        let network = Network::init(&architecture.graph(10, 32), 0, &Device::flex());
        assert!(latency(&network) > Duration::ZERO);
    }
}
