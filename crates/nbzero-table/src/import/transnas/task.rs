//! The tasks of TransNAS-Bench-101.

use crate::Dataset;

/// A task of Taskonomy.
#[derive(Debug)]
pub(in crate::import) struct Task {
    /// The name in the file.
    pub(in crate::import) name: &'static str,
    /// The dataset of ours; `None` where the metric cannot be expressed as an accuracy.
    pub(super) dataset: Option<Dataset>,
    /// What `val_final` is.
    pub(super) metric: &'static str,
    /// What makes the metric one from 0 to 100.
    pub(super) scale: f64,
    /// What the network ends with.
    pub(super) head: Head,
    /// Number of classes, or of channels where an image comes out.
    pub(super) classes: u32,
    /// The training recipe, of the configurations in yawen-d/TransNASBench.
    pub(super) recipe: &'static str,
    /// Whether `synflow_log` is published.
    pub(super) synflow: bool,
}

/// What follows the blocks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Head {
    /// Average pooling and a linear layer, on the features of so many tiles beside each other.
    Linear {
        /// Outputs of the layer whose costs are published: for both classifications more than
        /// there are classes in training.
        outputs: u64,
        /// Tiles of the image, each through the blocks; the published FLOPs count one of them.
        tiles: u64,
    },
    /// The decoder for segmentation: eight convolutions, some of them transposed.
    Segmentation,
    /// The decoder for images: fourteen convolutions, some of them transposed.
    Generative,
}

impl Task {
    /// Height and width of what the blocks get.
    pub(super) fn resolution(&self) -> u32 {
        match self.head {
            Head::Linear { tiles: 9, .. } => 64,
            _ => 256,
        }
    }
}

const TOP_1: &str = "top-1 accuracy";
const SSIM: &str = "structural similarity (SSIM) times 100";

/// All tasks, in the order of their names.
pub(in crate::import) static TASKS: [Task; 7] = [
    Task {
        name: "autoencoder",
        dataset: Some(Dataset::TaskonomyAutoencoder),
        metric: SSIM,
        scale: 100.0,
        head: Head::Generative,
        classes: 3,
        recipe: "30 epochs, adversarial with an L1 loss, Adam, learning rate 0.0005, weight decay \
            0.0001",
        synflow: false,
    },
    Task {
        name: "class_object",
        dataset: Some(Dataset::TaskonomyObject),
        metric: TOP_1,
        scale: 1.0,
        head: Head::Linear {
            outputs: 100,
            tiles: 1,
        },
        classes: 75,
        recipe: SGD_25,
        synflow: true,
    },
    Task {
        name: "class_scene",
        dataset: Some(Dataset::TaskonomyScene),
        metric: TOP_1,
        scale: 1.0,
        head: Head::Linear {
            outputs: 63,
            tiles: 1,
        },
        classes: 47,
        recipe: SGD_25,
        synflow: true,
    },
    Task {
        name: "jigsaw",
        dataset: Some(Dataset::TaskonomyJigsaw),
        metric: TOP_1,
        scale: 1.0,
        head: Head::Linear {
            outputs: 1000,
            tiles: 9,
        },
        classes: 1000,
        recipe: "10 epochs of batch 128, SGD with Nesterov momentum 0.9, learning rate 0.1 with \
            warm-up and cosine decay, weight decay 0.0005",
        synflow: true,
    },
    Task {
        name: "normal",
        dataset: Some(Dataset::TaskonomyNormal),
        metric: SSIM,
        scale: 100.0,
        head: Head::Generative,
        classes: 3,
        recipe: "30 epochs, adversarial with an L1 loss, Adam, learning rate 0.0001, weight decay \
            0.0001",
        synflow: false,
    },
    Task {
        name: "room_layout",
        dataset: None,
        metric: "negative losses below 0",
        scale: 1.0,
        head: Head::Linear {
            outputs: 9,
            tiles: 1,
        },
        classes: 9,
        recipe: SGD_25,
        synflow: true,
    },
    Task {
        name: "segmentsemantic",
        dataset: Some(Dataset::TaskonomySegmentation),
        metric: "pixel accuracy",
        scale: 1.0,
        head: Head::Segmentation,
        classes: 17,
        recipe: "30 epochs of batch 128, SGD with Nesterov momentum 0.9, learning rate 0.1 with \
            warm-up and cosine decay, weight decay 0.0005",
        synflow: false,
    },
];

const SGD_25: &str = "25 epochs of batch 128, SGD with Nesterov momentum 0.9, learning rate 0.1 \
    with warm-up and cosine decay, weight decay 0.0005";
