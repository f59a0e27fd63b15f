//! `nbzero score --out FILE`: one JSON line a network, on the disk before the next one ends, so that a
//! long list survives a power failure; compressed where the name ends in `.zst`.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use nbzero_model::ModelError;
use nbzero_proxy::Suite;
use nbzero_space::{Architecture, Costs};
use nbzero_table::ScoreDefinition;

use super::Score;
use super::hybrid::Hybrid;
use super::print::Scored;
use crate::cli::failure::Failure;
use crate::cli::network::Given;
use crate::cli::parallel::in_order;
use crate::cli::part::Part;
use crate::cli::progress::Progress;
use crate::cli::score_file::{Network, ScoreWriter};
use crate::cli::stored;

/// Scores the networks that the file does not have.
pub(super) fn score(
    command: &Score,
    out: &Path,
    networks: Vec<Given>,
    proxies: &[String],
    hybrids: &[Hybrid],
) -> Result<(), Failure> {
    if let Some(hybrid) = hybrids.first() {
        return Err(Failure::Input(anyhow!(
            "{} ranks the networks of one call among each other, which the lines of --out are not: \
             give its members, separated by commas",
            hybrid.name
        )));
    }
    if out.extension().is_some_and(|end| end == "gz") {
        return Err(Failure::Input(anyhow!(
            "nothing can be appended to `{}`, which would be compressed with gzip: give it a name that \
             ends in .jsonl, or in .jsonl.zst to compress it with zstd",
            out.display()
        )));
    }
    let architectures = networks.into_iter().map(Given::into_architecture);
    let architectures = architectures.collect::<Result<Vec<_>, _>>().map_err(|file| {
        Failure::Input(anyhow!(
            "{file} is no architecture string, and the lines of --out are of those: score it without"
        ))
    })?;
    let bench = command.setup.prepare(proxies, None, &[])?;
    let part = command.shard.unwrap_or(Part { number: 1, of: 1 });
    let out = command
        .shard
        .map_or(out.to_owned(), |part| path_of(out, part));
    let definitions = definitions(bench.suite(), &bench.settings);
    let (mut writer, known) = ScoreWriter::open(&out, &definitions).map_err(Failure::Input)?;
    let mut known: HashSet<Architecture> = known.into_iter().map(|network| network.arch).collect();
    let flops =
        |network: &Architecture| Costs::of(&network.graph_on(bench.classes, bench.image)).flops;
    let ours = part.of_jobs(architectures, flops);
    let all = ours.len();
    let missing = ours
        .into_iter()
        .filter(|network| known.insert(network.clone()));
    let missing: Vec<Architecture> = missing.collect();
    let mut bar = Progress::new(missing.len() as u64, "networks");
    in_order(
        &missing,
        command.setup.jobs,
        |one| Ok::<_, ModelError>((one.clone(), bench.score(&one.clone().into())?)),
        |scored| {
            let (network, scored) = scored.map_err(Failure::input)?;
            let message = network.to_string();
            let written = writer.append(line(network, scored));
            written.context("stopped").map_err(Failure::Run)?;
            bar.step(|| message);
            Ok::<_, Failure>(())
        },
    )?;
    bar.finish();
    writeln!(
        io::stdout().lock(),
        "{}: {all} networks, {} of them new",
        out.display(),
        missing.len()
    )?;
    Ok(())
}

/// The file of a part: `scores-1-of-4.jsonl.zst` of `scores.jsonl.zst`.
fn path_of(out: &Path, part: Part) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let plain = name.strip_suffix(".zst").unwrap_or(&name);
    let stem = Path::new(plain).file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy();
    let endings = &name[stem.len()..];
    out.with_file_name(format!("{stem}-{}-of-{}{endings}", part.number, part.of))
}

fn definitions(suite: &Suite, settings: &str) -> Vec<ScoreDefinition> {
    let each = suite.definitions();
    each.map(|definition| stored::definition(&definition, settings.to_owned()))
        .collect()
}

fn line(arch: Architecture, scored: Scored) -> Network {
    let scores = scored.scores.scores.into_iter().map(|named| {
        let name = named.definition.name.to_owned();
        (name, stored::score(named.score))
    });
    Network {
        scores: scores.collect::<BTreeMap<_, _>>(),
        arch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_a_file_of_its_own() {
        let part = Part { number: 2, of: 4 };
        for (out, path) in [
            ("a/scores.jsonl", "a/scores-2-of-4.jsonl"),
            ("scores.jsonl.zst", "scores-2-of-4.jsonl.zst"),
            ("scores", "scores-2-of-4"),
        ] {
            assert_eq!(path_of(Path::new(out), part), Path::new(path));
        }
    }
}
