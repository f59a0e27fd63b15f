//! Published benchmark tables, and tables of one's own, read into tables of ours.
//!
//! What becomes of each column is in the project's book (`docs/src/published-tables.md`). One file
//! a table: where it is read, what its metadata says, how its networks are named and counted.
//!
//! What belongs here: what a file says, brought into our form, and costs that its networks'
//! structure determines. Nothing is measured, and no accuracy stands in for another.

mod accel_nasbench;
mod channel_bench;
mod draft;
mod error;
mod json;
mod naap_440;
mod nas_bench_macro;
mod nats_sss;
mod nb201;
mod own;
mod own_csv;
mod scores;
mod sheet;
mod transnas;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::list;
use crate::{Dataset, Table};

pub use error::{ImportError, ImportResult};
pub use own::{About, OwnNetwork, own_table};
pub use own_csv::{OwnColumns, read_own_csv};
pub use sheet::{Column, Line, Sheet};

/// A published table that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PublishedTable {
    /// NAS-Bench-Macro (Su et al. 2021): 6,561 chains of inverted residuals on CIFAR-10. The JSON
    /// file of its repository.
    NasBenchMacro,
    /// NAS-Bench-201 (Dong and Yang 2020): 15,625 cells on CIFAR-10, CIFAR-100 and
    /// ImageNet-16-120, with published proxy scores. CSV.
    Nb201,
    /// TransNAS-Bench-101, macro level (Duan et al. 2021): 3,256 chains of residual blocks on
    /// tasks of Taskonomy, with published proxy scores. CSV.
    TransnasMacro,
    /// Accel-NASBench (Ahmad et al. 2024): 5,125 chains of inverted residuals on `ImageNet`. CSV.
    AccelNasbench,
    /// Channel-Bench-Macro (Su et al. 2021): 16,384 chains of `ResNet` blocks on CIFAR-10, each
    /// trained three times. The JSON file of its repository.
    ChannelBenchResnet,
    /// The same benchmark: 16,384 chains of MobileNetV2 blocks.
    ChannelBenchMobilenet,
    /// NATS-Bench (Dong et al. 2021), size space: 32,768 networks of five widths on CIFAR-10. CSV.
    NatsSss,
    /// NAAP-440 (Hakim 2022): 440 small chains on CIFAR-10, with what is known after 1 to 90 epochs
    /// as scores. CSV.
    Naap440,
}

impl PublishedTable {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NasBenchMacro,
        Self::Nb201,
        Self::TransnasMacro,
        Self::AccelNasbench,
        Self::ChannelBenchResnet,
        Self::ChannelBenchMobilenet,
        Self::NatsSss,
        Self::Naap440,
    ];

    /// The name in commands, and of the space in the table's metadata.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NasBenchMacro => "nas-bench-macro",
            Self::Nb201 => "nb201",
            Self::TransnasMacro => "transnas-macro",
            Self::AccelNasbench => "accel-nasbench",
            Self::ChannelBenchResnet => "channel-bench-resnet",
            Self::ChannelBenchMobilenet => "channel-bench-mobilenet",
            Self::NatsSss => "nats-sss",
            Self::Naap440 => "naap-440",
        }
    }

    /// The datasets or tasks that a file holds, by the names that [`ImportOptions`] takes.
    pub fn datasets(self) -> Vec<&'static str> {
        match self {
            Self::NasBenchMacro => vec![nas_bench_macro::DATASET],
            Self::Nb201 => nb201::DATASETS
                .into_iter()
                .filter_map(Dataset::published_name)
                .collect(),
            Self::TransnasMacro => transnas::TASKS.iter().map(|task| task.name).collect(),
            Self::AccelNasbench => vec![accel_nasbench::DATASET],
            Self::ChannelBenchResnet | Self::ChannelBenchMobilenet => {
                vec![channel_bench::DATASET]
            }
            Self::NatsSss => vec![nats_sss::DATASET],
            Self::Naap440 => vec![naap_440::DATASET],
        }
    }

    /// The dataset to import: the one asked for, or the only one.
    fn choose(self, wanted: Option<&str>) -> ImportResult<&'static str> {
        let known = self.datasets();
        let found = match (wanted, known.as_slice()) {
            (None, &[only]) => Some(only),
            (None, _) => None,
            (Some(wanted), _) => known.iter().copied().find(|&name| name == wanted),
        };
        found.ok_or_else(|| {
            let (table, known) = (self.name(), list(known));
            match wanted {
                None => ImportError::DatasetMissing { table, known },
                Some(name) => ImportError::UnknownDataset {
                    table,
                    name: name.into(),
                    known,
                },
            }
        })
    }
}

impl fmt::Display for PublishedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for PublishedTable {
    type Err = ImportError;

    fn from_str(name: &str) -> ImportResult<Self> {
        Self::ALL
            .into_iter()
            .find(|table| table.name() == name)
            .ok_or_else(|| ImportError::UnknownTable {
                name: name.into(),
                known: list(Self::ALL),
            })
    }
}

/// What to take from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The dataset or task, one of [`PublishedTable::datasets`]: a table of ours holds one. May be
    /// left out where the file holds no other.
    pub dataset: Option<String>,
}

/// Reads a published table, plain or compressed with gzip, with or without a byte order mark.
///
/// Costs are those of the networks, by the published convention, and the file's own ones have to
/// agree with them.
///
/// ```no_run
/// use nbzero_table::import::{ImportOptions, PublishedTable, import};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let options = ImportOptions { dataset: Some("cifar100".into()) };
/// let table = import(PublishedTable::Nb201, "nas-bench-201.csv.gz", &options)?;
/// table.write("nb201-cifar100.nbz")?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the dataset is missing or unknown, or holds what a table cannot express; if the file cannot
/// be read, is damaged, has two columns of one name, costs that its architectures do not have,
/// fractions in place of percentages, or another value that is not what its column should hold.
/// The error names the file, the row and the column.
pub fn import(
    table: PublishedTable,
    path: impl AsRef<Path>,
    options: &ImportOptions,
) -> ImportResult<Table> {
    let path = path.as_ref();
    let dataset = table.choose(options.dataset.as_deref())?;
    match table {
        PublishedTable::NasBenchMacro => nas_bench_macro::import(path),
        PublishedTable::Nb201 => nb201::import(path, dataset),
        PublishedTable::TransnasMacro => transnas::import(path, dataset),
        PublishedTable::AccelNasbench => accel_nasbench::import(path),
        PublishedTable::ChannelBenchResnet | PublishedTable::ChannelBenchMobilenet => {
            channel_bench::import(path, table)
        }
        PublishedTable::NatsSss => nats_sss::import(path),
        PublishedTable::Naap440 => naap_440::import(path),
    }
}
