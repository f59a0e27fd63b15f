//! Score files into one CSV, as `nbzero score --format csv` prints it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use nbzero_table::{Score, ScoreDefinition, read_shard};

use crate::cli::command::{check_out, shards};
use crate::cli::failure::Failure;
use crate::cli::score_file::read;

/// Merges score files; rows are in the order of their architectures, however the work was divided, by
/// networks or by proxies.
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
    let left_out = all.leave_out_partial();
    if all.networks.is_empty() {
        let names: Vec<&str> = all.names().collect();
        return Err(Failure::Input(anyhow!(
            "no network has scores of all of {}: files of different proxies must be of the same networks",
            names.join(", ")
        )));
    }
    let text = all.csv().map_err(Failure::Run)?;
    nbzero_report::write_whole(out, &text)?;
    let more = match left_out {
        0 => String::new(),
        _ => format!("; {left_out} that not all proxies have scored are left out"),
    };
    let (out, count) = (out.display(), all.networks.len());
    writeln!(
        io::stdout().lock(),
        "wrote {out}: scores of {count} networks{more}"
    )?;
    Ok(())
}

#[derive(Default)]
struct Merged {
    files: Vec<PathBuf>,
    definitions: Vec<ScoreDefinition>,
    /// The scores of each network by the proxies' names, each with the place of the file that it was read in.
    networks: BTreeMap<String, BTreeMap<String, (Score, usize)>>,
}

impl Merged {
    fn add(&mut self, path: &Path) -> Result<()> {
        let file = read(path).or_else(|error| match read_shard(path) {
            Ok(_) => bail!(
                "{} is a shard of a collection, and those merge into a table: give --out FILE.nbz, or files that \
                 `nbzero score --out` wrote",
                path.display()
            ),
            Err(_) => Err(error.into()),
        })?;
        if file.torn {
            let _ = writeln!(
                io::stderr(),
                "warning: {} ends in the middle of a line, which is left out: the copy is not whole, \
                 or its writer was stopped",
                path.display()
            );
        }
        for definition in file.definitions {
            if let Some(first) = self
                .definitions
                .first()
                .filter(|f| f.settings != definition.settings)
            {
                bail!(
                    "`{}` holds scores made otherwise ({definition}) than the files before it ({first}): leave it \
                     out",
                    path.display()
                );
            }
            let mut known = self.definitions.iter();
            match known.find(|known| known.name == definition.name) {
                Some(known) if *known != definition => bail!(
                    "`{}` holds other scores ({definition}) than the files before it ({known}): leave it out",
                    path.display()
                ),
                Some(_) => {}
                None => self.definitions.push(definition),
            }
        }
        let place = self.files.len();
        self.files.push(path.to_owned());
        for network in file.networks {
            let name = network.arch.to_string();
            let scores = self.networks.entry(name).or_default();
            for (proxy, score) in network.scores {
                match scores.get(&proxy) {
                    Some((known, other)) if *known != score => bail!(
                        "{} has another {proxy} in {} than in {}: leave one of them out",
                        network.arch,
                        path.display(),
                        self.files[*other].display()
                    ),
                    Some(_) => {}
                    None => {
                        scores.insert(proxy, (score, place));
                    }
                }
            }
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let definitions = self.definitions.iter();
        definitions.map(|definition| definition.name.as_str())
    }

    /// Leaves out networks that only some of the proxies have scored, and counts them.
    fn leave_out_partial(&mut self) -> usize {
        let before = self.networks.len();
        let names: Vec<String> = self.names().map(str::to_owned).collect();
        self.networks
            .retain(|_, scores| names.iter().all(|name| scores.contains_key(name)));
        before - self.networks.len()
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut rows = csv::Writer::from_writer(Vec::new());
        let names: Vec<&str> = self.names().collect();
        let header = ["arch"].into_iter().chain(names.iter().copied());
        rows.write_record(header.chain(["undefined"]))?;
        for (arch, scores) in &self.networks {
            let mut row = vec![arch.clone()];
            let mut reasons = Vec::new();
            for &name in &names {
                let (score, _) = &scores[name];
                row.push(cell(score));
                reasons.extend(score.reason().map(|reason| format!("{name}: {reason}")));
            }
            row.push(reasons.join("; "));
            rows.write_record(row)?;
        }
        rows.into_inner()
            .map_err(|error| anyhow!("cannot write a row of CSV: {error}"))
    }
}

fn cell(score: &Score) -> String {
    score
        .value()
        .map(|value| value.to_string())
        .unwrap_or_default()
}
