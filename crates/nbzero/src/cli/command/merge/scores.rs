//! Score files into one CSV, as `nbzero score --format csv` prints it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use nbzero_table::{Score, ScoreDefinition};

use crate::cli::command::{check_out, shards};
use crate::cli::failure::Failure;
use crate::cli::score_file::{Network, agree, read};

/// Merges score files; rows are in the order of their architectures, however the work was divided.
pub(super) fn merge(from: &[PathBuf], out: &Path) -> Result<(), Failure> {
    let mut all = Merged::default();
    for path in from {
        for file in shards(path)? {
            check_out(out, [&file])?;
            all.add(&file).map_err(Failure::Input)?;
        }
    }
    if all.networks.is_empty() {
        return Err(Failure::Input(anyhow!(
            "there is no whole line of scores: give files that `nbzero score --out` wrote"
        )));
    }
    let text = all.csv().map_err(Failure::Run)?;
    nbzero_report::write_whole(out, &text)?;
    let count = all.networks.len();
    writeln!(
        io::stdout().lock(),
        "wrote {}: scores of {count} networks",
        out.display()
    )?;
    Ok(())
}

#[derive(Default)]
struct Merged {
    definitions: Vec<ScoreDefinition>,
    /// By name, with the file that each was read in.
    networks: BTreeMap<String, (Network, PathBuf)>,
}

impl Merged {
    fn add(&mut self, path: &Path) -> Result<()> {
        let file = read(path)?;
        if file.torn {
            let _ = writeln!(
                io::stderr(),
                "warning: {} ends in the middle of a line, which is left out: the copy is not whole, \
                 or its writer was stopped",
                path.display()
            );
        }
        if self.definitions.is_empty() {
            self.definitions = file.definitions;
        } else if !file.definitions.is_empty() {
            agree(path, &file.definitions, &self.definitions)?;
        }
        for network in file.networks {
            let name = network.arch.to_string();
            match self.networks.get(&name) {
                Some((known, other)) if *known != network => bail!(
                    "{name} has other scores in {} than in {}: leave one of them out",
                    path.display(),
                    other.display()
                ),
                Some(_) => {}
                None => {
                    self.networks.insert(name, (network, path.to_owned()));
                }
            }
        }
        Ok(())
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut rows = csv::Writer::from_writer(Vec::new());
        let names = self
            .definitions
            .iter()
            .map(|definition| definition.name.as_str());
        let names: Vec<&str> = names.collect();
        let header = ["arch"].into_iter().chain(names.iter().copied());
        rows.write_record(header.chain(["undefined"]))?;
        for (arch, (network, _)) in &self.networks {
            let mut row = vec![arch.clone()];
            let mut reasons = Vec::new();
            for &name in &names {
                let score = network.scores.get(name);
                row.push(cell(score));
                let reason = match score {
                    None => Some("not scored"),
                    Some(score) => score.reason(),
                };
                reasons.extend(reason.map(|reason| format!("{name}: {reason}")));
            }
            row.push(reasons.join("; "));
            rows.write_record(row)?;
        }
        rows.into_inner()
            .map_err(|error| anyhow!("cannot write a row of CSV: {error}"))
    }
}

fn cell(score: Option<&Score>) -> String {
    let value = score.and_then(Score::value);
    value.map(|value| value.to_string()).unwrap_or_default()
}
