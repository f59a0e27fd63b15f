//! How many images the activations tell apart.
//!
//! - **Formula**: number of distinct rows of the 0/1 matrix images x activations: which outputs of
//!   every ReLU and ReLU6 are positive
//! - **Source**: Chen et al. 2021 (TE-NAS); VITA-Group/TENAS, `lib/procedures/linear_region_counter.py`
//! - **Deviations**: the images are those of the batch, all at once, where TE-NAS cuts thousands of small
//!   ones; the count is at most the number of images, which many networks reach
//! - **Direction**: higher is better
//! - **Sweep**: forward
//! - **Cost**: next to none beside the forward pass: images that differ are not compared again

use burn::tensor::Tensor;

use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct LinearRegions {
    /// For each image the first one with the same codes so far.
    first_alike: Vec<usize>,
    is_broken: bool,
}

impl LinearRegions {
    fn count(&self) -> usize {
        let firsts = self.first_alike.iter().enumerate();
        firsts.filter(|(image, first)| image == *first).count()
    }
}

impl Proxy for LinearRegions {
    fn definition(&self) -> Definition {
        Definition {
            name: "linear_regions",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Forward,
            year: Some(2021),
            needs: Needs::Images,
        }
    }

    fn activation(&mut self, output: &Tensor<4>) {
        let [images, ..] = output.dims();
        self.first_alike.resize(images, 0);
        if self.count() == images {
            return;
        }
        let values = output
            .try_to_vec_as::<f32>()
            .expect("activations are floats");
        self.is_broken |= values.iter().any(|value| !value.is_finite());
        let codes: Vec<&[f32]> = values.chunks_exact(values.len() / images).collect();
        let alike = |i: usize, j: usize| {
            let mut both = codes[i].iter().zip(codes[j]);
            both.all(|(a, b)| (*a > 0.0) == (*b > 0.0))
        };
        let before = std::mem::take(&mut self.first_alike);
        for image in 0..images {
            let mut earlier = (0..image).filter(|one| self.first_alike[*one] == *one);
            let first = earlier.find(|one| before[*one] == before[image] && alike(*one, image));
            self.first_alike.push(first.unwrap_or(image));
        }
    }

    fn score(&mut self) -> Score {
        if self.is_broken {
            return Err(Undefined::NotFinite);
        }
        match self.first_alike.len() {
            0 => Err(Undefined::NotApplicable("no ReLU")),
            1 => Err(crate::score::ONE_IMAGE),
            _ => finite(self.count() as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    fn regions(outputs: &[&[f32]]) -> Score {
        let mut proxy = LinearRegions::default();
        for output in outputs {
            let data = TensorData::new(output.to_vec(), [4, output.len() / 4, 1, 1]);
            proxy.activation(&Tensor::from_data(data, &Device::flex()));
        }
        proxy.score()
    }

    #[test]
    fn images_are_apart_if_any_activation_tells_them_apart() {
        let first: &[f32] = &[1.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 3.0];
        let second: &[f32] = &[1.0, 0.0, 1.0, 1.0];
        assert_eq!(regions(&[first]), Ok(2.0));
        assert_eq!(regions(&[second]), Ok(2.0));
        assert_eq!(regions(&[first, second]), Ok(3.0));
        assert_eq!(regions(&[second, first]), Ok(3.0));
        assert_eq!(regions(&[]), Err(Undefined::NotApplicable("no ReLU")));
    }
}
