//! NAS-Bench-Macro: `{"02012100": {"test_acc": [a, b, c], "params": p, "flops": f, ...}, ...}`.
//!
//! - **Space**: [`MacroNetwork`], whose layer graph gives the depth
//! - **Source**: Su et al. 2021; xiusu/NAS-Bench-Macro, `nas-bench-macro_cifar10.json`

use std::fmt;
use std::path::Path;

use nbzero_space::{Architecture, MacroLayer, MacroNetwork};
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;

use super::draft::{Costs, Draft, Network, Run};
use super::{ImportError, ImportResult, PublishedTable, source};
use crate::{Dataset, Metadata, StageAttributes, Table};

/// The only dataset of the file.
pub(super) const DATASET: &str = "cifar10";

/// Training runs of each network.
const RUNS: usize = 3;

const NAME: &str = PublishedTable::NasBenchMacro.name();

/// Reads the file.
pub(super) fn import(path: &Path) -> ImportResult<Table> {
    let bytes = source::read(path)?;
    let mut draft = Draft::new(path);
    for (key, value) in entries(path, &bytes)? {
        let network = Entry {
            path,
            key: &key,
            value: &value,
        }
        .network()?;
        draft.add(format!("entry {key:?}"), network)?;
    }
    draft.finish(metadata())
}

/// The keys and values in their order. A map would keep one of two equal keys, and say nothing.
fn entries(path: &Path, bytes: &[u8]) -> ImportResult<Vec<(String, Value)>> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(String, Value)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of architectures")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }

    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let entries = reader.deserialize_map(Entries);
    let entries = entries.and_then(|entries| reader.end().map(|()| entries));
    entries.map_err(|error| ImportError::Malformed {
        path: path.into(),
        table: NAME,
        format: "JSON",
        reason: error.to_string(),
    })
}

/// An architecture of the file.
struct Entry<'a> {
    path: &'a Path,
    key: &'a str,
    value: &'a Value,
}

impl Entry<'_> {
    fn network(&self) -> ImportResult<Network> {
        let network = self.architecture()?;
        let runs = self.runs();
        let runs = runs.ok_or_else(|| self.bad("test_acc", "three numbers from 0 to 100"))?;
        Ok(Network {
            arch: network.to_string(),
            costs: Costs {
                flops: self.count("flops")?,
                params: self.count("params")?,
                depth: Architecture::Macro(network).costs(10, 32).depth,
            },
            stages: stages(network),
            scores: Vec::new(),
            runs,
        })
    }

    /// The training runs; `None` where one is not an accuracy, or there are more or fewer.
    fn runs(&self) -> Option<Vec<Run>> {
        let accuracies = self.value.get("test_acc")?.as_array()?;
        let run = |accuracy: &Value| {
            let test = accuracy
                .as_f64()
                .filter(|test| (0.0..=100.0).contains(test))?;
            Some(Run {
                test,
                nas_validation: None,
            })
        };
        let runs: Vec<Run> = accuracies.iter().map(run).collect::<Option<_>>()?;
        (runs.len() == RUNS).then_some(runs)
    }

    fn architecture(&self) -> ImportResult<MacroNetwork> {
        let network = format!("{NAME}:{}", self.key).parse();
        network.map_err(|_| ImportError::BadValue {
            path: self.path.into(),
            place: format!("entry {:?}", self.key),
            column: "key".into(),
            expected: "eight layers, each 0, 1 or 2".into(),
            found: format!("{:?}", self.key),
        })
    }

    fn count(&self, column: &str) -> ImportResult<u64> {
        let count = self
            .value
            .get(column)
            .and_then(Value::as_u64)
            .filter(|&count| count > 0);
        count.ok_or_else(|| self.bad(column, "a whole number above 0"))
    }

    fn bad(&self, column: &str, expected: &str) -> ImportError {
        ImportError::BadValue {
            path: self.path.into(),
            place: format!("entry {:?}", self.key),
            column: column.into(),
            expected: expected.into(),
            found: match self.value.get(column) {
                None => "nothing".into(),
                Some(value) => value.to_string(),
            },
        }
    }
}

/// A stage's blocks are its inverted residuals: an identity is none.
fn stages(network: MacroNetwork) -> Vec<StageAttributes> {
    let attributes = |(input, layers): (u32, &[MacroLayer])| StageAttributes {
        input,
        output: 2 * input,
        stride: 2,
        depth: layers
            .iter()
            .map(|l| u32::from(*l != MacroLayer::Identity))
            .sum(),
    };
    let stages = [32, 64, 128].into_iter().zip(network.stages());
    stages.map(attributes).collect()
}

fn metadata() -> Metadata {
    Metadata {
        space: NAME.into(),
        dataset: Dataset::Cifar10,
        classes: 10,
        resolution: 32,
        recipe: "nas-bench-macro".into(),
        recipe_details: "50 epochs of batch 256, SGD with momentum 0.9, learning rate 0.1 with \
            cosine decay, weight decay 0.0005; the published accuracy is that of the best epoch \
            on the test images"
            .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from xiusu/NAS-Bench-Macro (Su et al. 2021), Apache-2.0; FLOPs and \
            parameters as published, depth from the architecture"
            .into(),
        scores: Vec::new(),
        images: "all 50,000 training and 10,000 test images of CIFAR-10".into(),
    }
}
