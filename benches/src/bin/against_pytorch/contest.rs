//! Both sides on the same weights and the same batch, in turns.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use burn::tensor::Device;
use nbzero_benches::timed;
use nbzero_model::Network;
use nbzero_proxy::{Batch, Settings, Suite};
use nbzero_space::Architecture;
use tempfile::TempDir;

use crate::report::{Comparison, Times};
use crate::worker::Worker;

/// The proxies that both sides have.
const PROXIES: [&str; 9] = [
    "grad_norm",
    "snip",
    "plain",
    "fisher",
    "grasp",
    "jacob_cov",
    "synflow",
    "ntk",
    "zen",
];

const CLASSES: usize = 100;
const RESOLUTION: usize = 32;

/// Both sides, ready for a network.
#[derive(Debug)]
pub(crate) struct Contest {
    torch: Worker,
    device: Device,
    batch: Batch,
    /// Where the other side finds weights and batch.
    folder: TempDir,
}

impl Contest {
    /// Starts the other side and shows it the batch.
    pub(crate) fn start(python: &Path, threads: u16, batch: u16) -> Result<Self> {
        let device = Device::flex();
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let batch = Batch::random(batch.into(), CLASSES, RESOLUTION, 0, &device);
        let pixels = batch.images.to_data().convert::<f32>();
        let targets = batch.targets.to_data().convert::<i64>();
        for (name, data) in [("images", pixels), ("targets", targets)] {
            fs::write(folder.path().join(name), data.as_bytes())
                .with_context(|| format!("cannot write the batch's {name}"))?;
        }
        let Settings {
            ntk_images,
            zen_repeats,
            zen_batch,
            ..
        } = Settings::default();
        let numbers = [
            threads.to_string(),
            ntk_images.to_string(),
            zen_repeats.to_string(),
            zen_batch.to_string(),
        ];
        let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/torch_proxies.py"));
        let arguments = numbers.into_iter().map(Into::into);
        let arguments = arguments.chain([folder.path().as_os_str().to_owned()]);
        let torch = Worker::start(python, script, arguments)
            .with_context(|| format!("cannot start {}", python.display()))?;
        Ok(Self {
            torch,
            device,
            batch,
            folder,
        })
    }

    /// `PyTorch`'s version.
    pub(crate) fn version(&mut self) -> Result<String> {
        Ok(self.torch.ask("version")?)
    }

    /// All proxies on one network: a round to warm up, then those that count.
    pub(crate) fn run(&mut self, arch: &str, rounds: u16) -> Result<Comparison> {
        let architecture: Architecture = arch.parse()?;
        let graph = architecture.graph(CLASSES, RESOLUTION);
        let network = Network::init(&graph, 0, &self.device);
        network.save(&self.folder.path().join("weights.safetensors"))?;
        let loaded = self.torch.ask(&format!("load {arch}"))?;
        if loaded != "loaded" {
            bail!("PyTorch's side did not load {arch}: {loaded}");
        }
        let all = Suite::named(&PROXIES)?;
        let mut proxies = PROXIES.map(Times::new);
        let mut suite = Vec::new();
        for round in 0..=rounds {
            for times in &mut proxies {
                let (theirs, their_score) = self.pytorch(times.proxy)?;
                let alone = Suite::named(&[times.proxy])?;
                let (scores, ours) = timed(|| alone.score(&network, &self.batch));
                if round == 0 {
                    times.pytorch_score = their_score;
                    let ours = scores.scores.into_iter().map(|named| named.score).next();
                    let ours = ours.context("a suite of one proxy has one score")?;
                    times.nbzero_score = ours.map_err(|reason| reason.to_string());
                } else {
                    times.pytorch.push(theirs);
                    times.nbzero.push(ours);
                }
            }
            let (_, seconds) = timed(|| all.score(&network, &self.batch));
            if round > 0 {
                suite.push(seconds);
            }
        }
        Ok(Comparison {
            arch: arch.to_owned(),
            proxies: proxies.into(),
            suite,
        })
    }

    /// Seconds and score of the other side.
    fn pytorch(&mut self, proxy: &str) -> Result<(f64, f64)> {
        let answer = self.torch.ask(&format!("score {proxy}"))?;
        let numbers = answer
            .split_once(' ')
            .and_then(|(seconds, score)| Some((seconds.parse().ok()?, score.parse().ok()?)));
        numbers.ok_or_else(|| anyhow!("PyTorch's side answered \"{answer}\" to {proxy}"))
    }
}
