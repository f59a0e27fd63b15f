//! Both sides on the same weights and the same batch, in turns.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use burn::tensor::Device;
use nbzero_benches::timed;
use nbzero_model::Network;
use nbzero_proxy::{Batch, Settings, Suite, Undefined};
use nbzero_space::Architecture;
use tempfile::TempDir;

use crate::limit::{self, Limit};
use crate::report::{Comparison, Times};
use crate::worker::Worker;

/// What both sides have, and the proxies of ours that it is.
pub(crate) type Row = (&'static str, &'static [&'static str]);

/// The proxies up to 2021.
const OLD: [Row; 9] = [
    ("grad_norm", &["grad_norm"]),
    ("snip", &["snip"]),
    ("plain", &["plain"]),
    ("fisher", &["fisher"]),
    ("grasp", &["grasp"]),
    ("jacob_cov", &["jacob_cov"]),
    ("synflow", &["synflow"]),
    ("ntk", &["ntk"]),
    ("zen", &["zen"]),
];

/// Those since. What they draw for themselves cannot be the same on both sides.
const NEWER: [Row; 14] = [
    ("l2_norm", &["l2_norm"]),
    ("snr_snip", &["snr_snip"]),
    ("snr_synflow", &["snr_synflow"]),
    ("free_rea_log_synflow", &["free_rea_log_synflow"]),
    ("linear_regions", &["linear_regions"]),
    ("epe_nas", &["epe_nas"]),
    ("gradsign", &["gradsign"]),
    ("zico", &["zico"]),
    ("zico_bc", &["zico_bc"]),
    ("meco", &["meco"]),
    ("near", &["near"]),
    ("swap", &["swap"]),
    (
        "az",
        &["az_expressivity", "az_progressivity", "az_trainability"],
    ),
    ("vkdnw", &["vkdnw"]),
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
        let ours = Settings::default();
        let settings = serde_json::json!({
            "threads": threads,
            "ntk_images": ours.ntk_images,
            "zen_repeats": ours.zen_repeats,
            "zen_batch": ours.zen_batch,
            "swap_repeats": ours.swap_repeats,
            "swap_images": ours.swap_images,
            "az_images": ours.az_images,
            "vkdnw_images": ours.vkdnw_images,
        });
        let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/torch_proxies.py"));
        let arguments = [
            settings.to_string().into(),
            folder.path().as_os_str().to_owned(),
        ];
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

    /// The old proxies, or the newer ones too, on one network: a round to warm up, then those that count.
    pub(crate) fn run(&mut self, arch: &str, newer: bool, rounds: u16) -> Result<Comparison> {
        let architecture: Architecture = arch.parse()?;
        let graph = architecture.graph(CLASSES, RESOLUTION);
        let network = Network::init(&graph, 0, &self.device);
        network.save(&self.folder.path().join("weights.safetensors"))?;
        let loaded = self.torch.ask(&format!("load {arch}"))?;
        if loaded != "loaded" {
            bail!("PyTorch's side did not load {arch}: {loaded}");
        }
        let mut old = self.warm_up(&OLD, &network)?;
        let rows: &[Row] = if newer { &NEWER } else { &[] };
        let mut newer = self.warm_up(rows, &network)?;
        let mut suites = vec![Suite::named(&names(&old))?];
        if !newer.is_empty() {
            suites.push(Suite::named(&[names(&old), names(&newer)].concat())?);
        }
        let mut totals = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for times in old.iter_mut().chain(&mut newer) {
                let (theirs, _) = self.pytorch(times.name)?;
                let alone = Suite::named(times.proxies)?;
                let (_, ours) = timed(|| alone.score(&network, &self.batch));
                times.pytorch.push(theirs);
                times.nbzero.push(ours);
            }
            for (suite, total) in suites.iter().zip(&mut totals) {
                total.push(timed(|| suite.score(&network, &self.batch)).1);
            }
        }
        let [suite, all] = totals;
        let images = self.batch.size().images;
        Ok(Comparison {
            arch: arch.to_owned(),
            limit: Limit::new(&graph, images, &Settings::default(), limit::speed()),
            old,
            newer,
            suite,
            all,
        })
    }

    /// A round that is not counted. What has no meaning on the network is left out, as no work is done
    /// for it here.
    fn warm_up(&mut self, rows: &[Row], network: &Network) -> Result<Vec<Times>> {
        let mut found = Vec::new();
        for &(name, proxies) in rows {
            let mut times = Times::new(name, proxies);
            let scores = Suite::named(proxies)?.score(network, &self.batch);
            let ours = scores.scores.into_iter().map(|named| named.score).next();
            let ours = ours.context("a suite has a score for each proxy")?;
            if let Err(Undefined::NotApplicable(_)) = ours {
                continue;
            }
            times.nbzero_score = ours.map_err(|reason| reason.to_string());
            (_, times.pytorch_score) = self.pytorch(name)?;
            found.push(times);
        }
        Ok(found)
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

fn names(rows: &[Times]) -> Vec<&'static str> {
    rows.iter()
        .flat_map(|times| times.proxies)
        .copied()
        .collect()
}
