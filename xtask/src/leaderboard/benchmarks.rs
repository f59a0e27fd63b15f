//! The benchmarks: where each one's accuracies and scores are, and what is lacking.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nbzero_report::{Contest, Kind};
use nbzero_table::Table;
use nbzero_table::import::{ImportOptions, PublishedTable, import};

use super::committed::{Scored, seconds};
use crate::failure::Failure;

/// A benchmark whose accuracies others have published.
pub(super) struct Published {
    table: PublishedTable,
    /// The file of accuracies, plain or compressed with gzip.
    file: &'static str,
    /// Who publishes it.
    from: &'static str,
    /// Those to judge on; none where the file holds only one.
    datasets: &'static [&'static str],
    /// The dataset whose published scores are judged beside ours.
    quoted: Option<&'static str>,
}

pub(super) const PUBLISHED: [Published; 7] = [
    Published {
        table: PublishedTable::Nb201,
        file: "nas-bench-201.csv",
        from: "NiccoloCavagnero/FreeREA and automl/NASLib",
        datasets: &["cifar10", "cifar100", "imagenet16"],
        quoted: Some("cifar10"),
    },
    Published {
        table: PublishedTable::NasBenchMacro,
        file: "nas-bench-macro_cifar10.json",
        from: "xiusu/NAS-Bench-Macro",
        datasets: &[],
        quoted: None,
    },
    Published {
        table: PublishedTable::ChannelBenchResnet,
        file: "channel-bench-macro_resnet.json",
        from: "xiusu/Channel-Bench-Macro, as Results_ResNet.json",
        datasets: &[],
        quoted: None,
    },
    Published {
        table: PublishedTable::ChannelBenchMobilenet,
        file: "channel-bench-macro_mobilenet.json",
        from: "xiusu/Channel-Bench-Macro, as Results_MobileNet.json",
        datasets: &[],
        quoted: None,
    },
    Published {
        table: PublishedTable::NatsSss,
        file: "nats-bench-sss_cifar10.csv",
        from: "changlin31/BossNAS",
        datasets: &[],
        quoted: None,
    },
    // The tasks that end in classes, as our networks do.
    Published {
        table: PublishedTable::TransnasMacro,
        file: "transnas-bench-101-macro.csv",
        from: "automl/NASLib",
        datasets: &["class_object", "class_scene", "jigsaw"],
        quoted: None,
    },
    Published {
        table: PublishedTable::Naap440,
        file: "naap-440.csv",
        from: "talcs/NAAP-440, as naap440.csv",
        datasets: &[],
        quoted: None,
    },
];

/// The columns of NAAP-440 that say what a training knew after a few epochs.
const EPOCHS: &str = "accuracy_";

impl Published {
    /// The space, which the file of our scores is called after.
    pub(super) fn name(&self) -> &'static str {
        self.table.name()
    }

    /// The file in the folder, or what to say where there is none.
    fn path(&self, folder: &Path) -> Result<PathBuf, String> {
        let plain = folder.join(self.file);
        let compressed = folder.join(format!("{}.gz", self.file));
        let mut found = [plain, compressed].into_iter();
        found.find(|path| path.exists()).ok_or_else(|| {
            format!(
                "without {}: there is no {} (or .gz) in {}: get it from {}, see \
                 docs/src/published-tables.md",
                self.name(),
                self.file,
                folder.display(),
                self.from
            )
        })
    }

    /// Our scores with the published accuracies, a table for each dataset, or a line for each file that is
    /// not there.
    fn scored(
        &self,
        root: &Path,
        folder: &Path,
        epochs: Epochs,
    ) -> Result<Result<Vec<Judged>, Vec<String>>> {
        let (path, scores) = (self.path(folder), Scored::open(root, self.name())?);
        let (path, scores) = match (path, scores) {
            (Ok(path), Ok(scores)) => (path, scores),
            (path, scores) => {
                let lacks = path.err().into_iter().chain(scores.err());
                return Ok(Err(lacks.collect()));
            }
        };
        let datasets = match self.datasets {
            [] => vec![None],
            some => some.iter().copied().map(Some).collect(),
        };
        let judged = datasets.into_iter().map(|dataset| {
            let all = self.import(&path, dataset)?;
            let table = scores.put_on(&all, epochs)?;
            let (scored, of) = (table.len(), all.len());
            let scored = format!("{scored} of {of} networks: {}", settings(&table));
            Ok(Judged {
                table,
                kind: Kind::Benchmark,
                scored,
            })
        });
        judged.collect::<Result<_>>().map(Ok)
    }

    fn import(&self, path: &Path, dataset: Option<&str>) -> Result<Table> {
        let options = ImportOptions {
            dataset: dataset.map(str::to_owned),
        };
        Ok(import(self.table, path, &options)?)
    }
}

/// Everything that can be judged on.
pub(super) struct Benchmarks {
    tables: Vec<Judged>,
    seconds: BTreeMap<String, BTreeMap<String, f64>>,
    /// A line for each file that is not there.
    pub(super) lacks: Vec<String>,
}

struct Judged {
    table: Table,
    kind: Kind,
    scored: String,
}

impl Benchmarks {
    /// Those whose accuracies are in the folder and whose scores are in the workspace, and its tables.
    pub(super) fn open(root: &Path, folder: &Path) -> Result<Self, Failure> {
        let (seconds, lack) = seconds(root).map_err(Failure::Input)?;
        let mut all = Self {
            tables: Vec::new(),
            seconds,
            lacks: lack.into_iter().collect(),
        };
        for published in &PUBLISHED {
            all.add(published, root, folder).map_err(Failure::Input)?;
        }
        for path in collected(root).map_err(Failure::Run)? {
            let table = own(root, &path).map_err(Failure::Input)?;
            let scored = settings(&table);
            all.tables.push(Judged {
                table,
                kind: Kind::Table,
                scored,
            });
        }
        Ok(all)
    }

    fn add(&mut self, published: &Published, root: &Path, folder: &Path) -> Result<()> {
        if let (Ok(path), Some(dataset)) = (published.path(folder), published.quoted) {
            self.tables.push(Judged {
                table: published.import(&path, Some(dataset))?,
                kind: Kind::Quoted,
                scored: "by others, see the page of published tables".to_owned(),
            });
        }
        match published.scored(root, folder, Epochs::LeftOut)? {
            Ok(tables) => self.tables.extend(tables),
            Err(lacks) => self.lacks.extend(lacks),
        }
        Ok(())
    }

    /// Those with published accuracies first.
    pub(super) fn contests(&self) -> Vec<Contest<'_>> {
        let mut all: Vec<Contest<'_>> = self.tables.iter().map(|j| self.contest(j)).collect();
        let place = |contest: &Contest<'_>| match contest.kind {
            Kind::Benchmark => 0,
            Kind::Table => 1,
            Kind::Quoted => 2,
        };
        all.sort_by_key(place);
        all
    }

    fn contest<'a>(&'a self, judged: &'a Judged) -> Contest<'a> {
        let about = judged.table.metadata();
        let quoted = match judged.kind {
            Kind::Quoted => ", others' scores",
            Kind::Benchmark | Kind::Table => "",
        };
        let seconds = match judged.kind {
            Kind::Quoted => None,
            Kind::Benchmark | Kind::Table => self.seconds.get(&about.space),
        };
        Contest {
            name: format!("{}{quoted}", name(&judged.table)),
            // A small size of a space has the same cells or the same kind of chains.
            family: about.space.trim_end_matches("-mini").to_owned(),
            kind: judged.kind,
            scored: judged.scored.clone(),
            table: &judged.table,
            seconds: seconds.cloned().unwrap_or_default(),
        }
    }
}

/// Space and dataset of a table, for headings.
pub(crate) fn name(table: &Table) -> String {
    let about = table.metadata();
    let dataset = about.dataset.to_string();
    format!(
        "{}, {}",
        about.space,
        dataset.trim_start_matches("taskonomy-")
    )
}

/// What becomes of published accuracies after a few epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Epochs {
    /// They stand beside our scores.
    Kept,
    LeftOut,
}

/// Published accuracies with our scores, as far as both are there: a table for each benchmark and dataset,
/// and a line for each file that is not there. What a training knew early stands beside our scores.
pub(crate) fn published(root: &Path, folder: &Path) -> Result<(Vec<Table>, Vec<String>)> {
    let (mut tables, mut lacks) = (Vec::new(), Vec::new());
    for benchmark in &PUBLISHED {
        match benchmark.scored(root, folder, Epochs::Kept)? {
            Ok(judged) => tables.extend(judged.into_iter().map(|judged| judged.table)),
            Err(lack) => lacks.extend(lack),
        }
    }
    Ok((tables, lacks))
}

/// The project's own tables.
fn collected(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join("data");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let read = || format!("cannot read the folder {}", folder.display());
    let mut paths = Vec::new();
    for entry in folder.read_dir().with_context(read)? {
        paths.push(entry.with_context(read)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|end| end == "nbz"));
    paths.sort();
    Ok(paths)
}

/// A table of the project, with scores of all proxies in place of its own where they are committed.
fn own(root: &Path, path: &Path) -> Result<Table> {
    let table = Table::open(path)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    match Scored::open(root, &name)? {
        Ok(scores) => scores.put_on(&table, Epochs::LeftOut),
        Err(_) => Ok(table),
    }
}

/// What the scores of a table depend on, each once.
fn settings(table: &Table) -> String {
    let mut all: Vec<&str> = Vec::new();
    for definition in &table.metadata().scores {
        if !all.contains(&definition.settings.as_str()) {
            all.push(&definition.settings);
        }
    }
    all.join("; ")
}

impl Scored {
    /// The table's networks that are scored.
    fn put_on(&self, table: &Table, epochs: Epochs) -> Result<Table> {
        let mut definitions = self.definitions.clone();
        let mut networks = self.table.networks.clone();
        if epochs == Epochs::Kept {
            let published = table.metadata().scores.iter();
            let early = published.filter(|definition| definition.name.starts_with(EPOCHS));
            for definition in early {
                let column = table.scores(&definition.name)?;
                for (arch, scores) in &mut networks {
                    // What the table lacks is said below.
                    scores.extend(table.find(arch).map(|row| column[row.index()].clone()));
                }
                definitions.push(definition.clone());
            }
        }
        let judged = table.rescored(definitions, &networks);
        judged.with_context(|| self.path.display().to_string())
    }
}
