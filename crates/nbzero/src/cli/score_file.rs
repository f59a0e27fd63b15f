//! Score files: what proxies say of networks, one JSON line a network, as `nbzero score --out` writes
//! and `nbzero merge` reads them.
//!
//! The first line says what the scores mean, so that no two lists are put together that do not fit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};
use nbzero_space::Architecture;
use nbzero_table::{Line, LineWriter, Score, ScoreDefinition, read_lines};
use serde::{Deserialize, Serialize};

/// A scored network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Network {
    pub(crate) arch: Architecture,
    pub(crate) scores: BTreeMap<String, Score>,
}

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry {
    Definitions(Vec<ScoreDefinition>),
    Network(Network),
}

/// What a file holds.
#[derive(Debug, PartialEq)]
pub(crate) struct ScoreFile {
    /// What the scores mean; none of an empty file.
    pub(crate) definitions: Vec<ScoreDefinition>,
    pub(crate) networks: Vec<Network>,
    /// Whether the last line has no end, and is left out.
    pub(crate) torn: bool,
}

/// Reads a file, plain or compressed with zstd or gzip.
pub(crate) fn read(path: &Path) -> nbzero_table::Result<ScoreFile> {
    let lines = read_lines(path, entry)?;
    of(path, lines.items, lines.torn)
}

/// Adds networks to a file.
#[derive(Debug)]
pub(crate) struct ScoreWriter(LineWriter);

impl ScoreWriter {
    /// Opens a file to go on with it, or begins one, and returns what it holds; scores of other
    /// meanings are refused.
    pub(crate) fn open(path: &Path, ours: &[ScoreDefinition]) -> Result<(Self, Vec<Network>)> {
        let (mut writer, lines) = LineWriter::open(path, entry)?;
        let file = of(path, lines.items, lines.torn)?;
        if file.definitions.is_empty() {
            writer.append(&Entry::Definitions(ours.to_vec()))?;
        } else {
            agree(path, &file.definitions, ours)?;
        }
        Ok((Self(writer), file.networks))
    }

    /// Writes a network, and returns when it is on the disk.
    pub(crate) fn append(&mut self, network: Network) -> nbzero_table::Result<()> {
        self.0.append(&Entry::Network(network))
    }
}

/// Refuses scores of other proxies, or made otherwise, and says in what they differ.
fn agree(path: &Path, theirs: &[ScoreDefinition], ours: &[ScoreDefinition]) -> Result<()> {
    let name = path.display();
    let listed = |of: &[ScoreDefinition]| {
        let names: Vec<&str> = of
            .iter()
            .map(|definition| definition.name.as_str())
            .collect();
        names.join(", ")
    };
    if listed(theirs) != listed(ours) {
        bail!(
            "`{name}` holds scores of {}, and not of {}: give these another file",
            listed(theirs),
            listed(ours)
        );
    }
    match theirs
        .iter()
        .zip(ours)
        .find(|(theirs, ours)| theirs != ours)
    {
        None => Ok(()),
        Some((theirs, ours)) => {
            bail!(
                "`{name}` holds other scores ({theirs}) than these ({ours}): give these another file"
            )
        }
    }
}

fn of(path: &Path, entries: Vec<Entry>, torn: bool) -> nbzero_table::Result<ScoreFile> {
    let mut file = ScoreFile {
        definitions: Vec::new(),
        networks: Vec::new(),
        torn,
    };
    let mut names = BTreeSet::new();
    for (index, entry) in entries.into_iter().enumerate() {
        match entry {
            Entry::Definitions(definitions) => {
                names = definitions.iter().map(|one| one.name.clone()).collect();
                file.definitions = definitions;
            }
            Entry::Network(network) => {
                if !network.scores.keys().eq(&names) {
                    return Err(nbzero_table::Error::BadLine {
                        path: path.into(),
                        line: index + 1,
                        reason: "its scores are not those that the first line names".to_owned(),
                    });
                }
                file.networks.push(network);
            }
        }
    }
    Ok(file)
}

/// The entry of a line, of which the first says what scores mean and no other does.
fn entry(line: Line<'_>) -> nbzero_table::Result<Entry> {
    let entry: Entry = line.object("a line of a score file")?;
    match (&entry, line.number) {
        (Entry::Definitions(some), 1) if !some.is_empty() => Ok(entry),
        (Entry::Network(_), 2..) => Ok(entry),
        _ => Err(line.bad("a score file begins with what its scores mean, and says it once")),
    }
}
