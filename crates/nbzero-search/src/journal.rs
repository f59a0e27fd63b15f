//! The journal of a search: what was measured, one JSON line each, so that a search that is killed
//! goes on where it was.
//!
//! The first line says which search it is. Whoever goes on begins the search anew with the same
//! random numbers, and takes from the journal what it has: so the result is that of an undisturbed
//! search.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use nbzero_space::Architecture;
use nbzero_table::{Line, LineWriter, Score, difference};
use serde::{Deserialize, Serialize};

use crate::{Candidate, Costs, Error, Plan};

/// What a search was asked for, in words that a person can compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u32,
    space: String,
    /// Of a space from a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    space_definition: Option<String>,
    strategy: String,
    budgets: String,
    proxies: String,
    candidates: usize,
    relaxed: usize,
    seed: u64,
    /// How scores and latencies are measured.
    settings: String,
}

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry {
    Search(Header),
    Latency { arch: Architecture, ms: Option<f64> },
    Scored(Candidate),
}

const VERSION: u32 = 1;

/// A journal that is open, with what it held.
#[derive(Debug)]
pub struct Journal {
    writer: LineWriter,
    scored: HashMap<Architecture, Candidate>,
    latencies: HashMap<Architecture, Option<f64>>,
}

impl Journal {
    /// Opens a journal to go on with it, or begins one. `settings` says how scores and latencies are
    /// measured, as far as they depend on it.
    ///
    /// # Errors
    ///
    /// If it is the journal of another search, is damaged, is written by another process, or cannot
    /// be read or written. A last line that a killed process left unfinished is cut off.
    pub fn open(path: impl AsRef<Path>, plan: &Plan, settings: &str) -> Result<Self, Error> {
        let path = path.as_ref();
        let ours = Header::of(plan, settings);
        let members = plan.objective.members().len();
        let (mut writer, lines) = LineWriter::open(path, |line| entry(line, members))?;
        let mut entries = lines.items.into_iter();
        match entries.next() {
            Some(Entry::Search(theirs)) => ours.require(&theirs, path)?,
            _ => writer.append(&Entry::Search(ours))?,
        }
        let (mut scored, mut latencies) = (HashMap::new(), HashMap::new());
        for entry in entries {
            match entry {
                Entry::Search(_) => {}
                Entry::Latency { arch, ms } => {
                    latencies.insert(arch, ms);
                }
                Entry::Scored(candidate) => {
                    scored.insert(candidate.arch.clone(), candidate);
                }
            }
        }
        Ok(Self {
            writer,
            scored,
            latencies,
        })
    }

    /// How many candidates it has.
    pub fn scored(&self) -> usize {
        self.scored.len()
    }

    /// The scores of a network that it has, if its costs are those.
    pub(crate) fn scores(
        &self,
        arch: &Architecture,
        costs: &Costs,
    ) -> Result<Option<Vec<Score>>, Error> {
        match self.scored.get(arch) {
            None => Ok(None),
            Some(known) if known.costs == *costs => Ok(Some(known.scores.clone())),
            Some(_) => Err(self.other(format!("its costs of {arch} are others"))),
        }
    }

    /// What was found of a network's latency, if it was asked for: it may be unknown.
    pub(crate) fn latency(&self, arch: &Architecture) -> Option<&Option<f64>> {
        self.latencies.get(arch)
    }

    pub(crate) fn add_latency(
        &mut self,
        arch: &Architecture,
        ms: Option<f64>,
    ) -> Result<(), Error> {
        let arch = arch.clone();
        Ok(self.writer.append(&Entry::Latency { arch, ms })?)
    }

    pub(crate) fn add(&mut self, candidate: &Candidate) -> Result<(), Error> {
        Ok(self.writer.append(&Entry::Scored(candidate.clone()))?)
    }

    fn other(&self, what: String) -> Error {
        Error::OtherSearch {
            path: self.writer.path().into(),
            what,
        }
    }
}

impl Header {
    fn of(plan: &Plan, settings: &str) -> Self {
        let budgets = plan.budgets.iter();
        let budgets = budgets.map(|(resource, limit)| format!("{resource} {limit}"));
        let budgets: Vec<String> = budgets.collect();
        Self {
            version: VERSION,
            space: plan.space.to_string(),
            space_definition: plan.space.definition(),
            strategy: plan.strategy.to_string(),
            budgets: budgets.join(", "),
            proxies: plan.objective.to_string(),
            candidates: plan.candidates,
            relaxed: plan.relaxed,
            seed: plan.seed,
            settings: settings.to_owned(),
        }
    }

    /// Refuses the journal of another search, and says in what it differs.
    fn require(&self, theirs: &Self, path: &Path) -> Result<(), Error> {
        let texts = |of: &Self| {
            [
                ("version", of.version.to_string()),
                ("space", of.space.clone()),
                ("strategy", of.strategy.clone()),
                ("budgets", of.budgets.clone()),
                ("proxies", of.proxies.clone()),
                ("candidates", of.candidates.to_string()),
                ("relaxed", of.relaxed.to_string()),
                ("seed", of.seed.to_string()),
                ("settings", of.settings.clone()),
            ]
        };
        let pairs = texts(theirs).into_iter().zip(texts(self));
        let differs = pairs.into_iter().find(|(theirs, ours)| theirs != ours);
        let differs = differs.map(|((what, theirs), (_, ours))| (what, theirs, ours));
        let definition = || {
            let [theirs, ours] = [theirs, self].map(|of| of.space_definition.as_deref());
            let (theirs, ours) = difference(theirs, ours)?;
            Some(("the definition of the space", theirs, ours))
        };
        match differs.or_else(definition) {
            None => Ok(()),
            Some((what, theirs, ours)) => Err(Error::OtherSearch {
                path: PathBuf::from(path),
                what: format!("{what}: `{theirs}` there, `{ours}` here"),
            }),
        }
    }
}

/// The entry of a line, of which the first is the header and no other is.
fn entry(line: Line<'_>, members: usize) -> nbzero_table::Result<Entry> {
    let entry: Entry = line.object("a line of a search's journal")?;
    match (&entry, line.number) {
        (Entry::Search(_), 1) => {}
        (_, 1) => return Err(line.bad("a journal begins with what its search was asked for")),
        (Entry::Search(_), _) => return Err(line.bad("a second search begins here")),
        (Entry::Latency { ms: Some(ms), .. }, _) if !(ms.is_finite() && *ms >= 0.0) => {
            return Err(line.bad("the latency is no time"));
        }
        (Entry::Scored(candidate), _) if candidate.scores.len() != members => {
            let found = candidate.scores.len();
            return Err(line.bad(format!("there are {found} scores, not {members}")));
        }
        _ => {}
    }
    Ok(entry)
}
