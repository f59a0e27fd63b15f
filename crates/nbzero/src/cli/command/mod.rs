//! One file a command: its arguments and what it does.

pub(crate) mod collect;
pub(crate) mod export;
pub(crate) mod export_network;
pub(crate) mod import;
pub(crate) mod info;
pub(crate) mod judge;
pub(crate) mod merge;
pub(crate) mod predict;
pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod sample;
pub(crate) mod score;
pub(crate) mod search;
pub(crate) mod train;

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use anyhow::anyhow;
use nbzero_graph::{Graph, Resolution};
use nbzero_space::{ArchitectureError, Cell};
use nbzero_table::Table;
use nbzero_train::{Recipe, training_bytes};

use super::data::DataFolder;
use super::failure::Failure;
use super::memory;
use super::network::{Given, GivenError};

/// Classes and resolution where neither an option nor the data says otherwise.
pub(crate) const DEFAULT_CLASSES: usize = 100;
pub(crate) const DEFAULT_RESOLUTION: usize = 32;

/// The most pixels in a row and the most classes. Far more are slips.
pub(crate) const MOST: usize = 1 << 16;

/// Parses a number of pixels or classes.
pub(crate) fn size(text: &str) -> Result<NonZeroUsize, String> {
    let size = text
        .parse()
        .ok()
        .filter(|&size: &NonZeroUsize| size.get() <= MOST);
    size.ok_or_else(|| format!("expected a whole number from 1 to {MOST}"))
}

/// Parses height and width of images.
pub(crate) fn resolution(text: &str) -> Result<Resolution, String> {
    let fits = |length| (1..=MOST).contains(&length);
    let found = text.parse::<Resolution>().ok();
    let found = found.filter(|found| fits(found.height) && fits(found.width));
    found.ok_or_else(|| {
        format!(
            "expected a whole number from 1 to {MOST}, or height and width in pixels such as 48x64"
        )
    })
}

/// Parses how many of something.
pub(crate) fn count(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse().ok();
    count.ok_or_else(|| "expected a whole number of at least 1".to_owned())
}

/// Parses the seed of random numbers.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    let seed = text.parse().ok();
    seed.ok_or_else(|| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// Reads a network given at the command line, and says what its user should know.
pub(crate) fn network(text: &str) -> Result<Given, Failure> {
    let given = Given::parse(text).map_err(|error| match error {
        GivenError::Architecture(error) => Failure::Input(refused(text, &error)),
        GivenError::Onnx(failure) => failure,
    })?;
    given.warn();
    Ok(given)
}

/// What is wrong with an architecture, with its string.
pub(crate) fn refused(text: &str, error: &ArchitectureError) -> anyhow::Error {
    /// Characters by which a string is known; what is longer is cut.
    const KNOWN: usize = 60;
    let sentence = error.to_string();
    let known: String = text.chars().take(KNOWN).collect();
    let is_named = |begin: &str| sentence.contains(&format!("`{begin}"));
    let begin: String = text.chars().take(KNOWN / 3).collect();
    if is_named(&begin) {
        return anyhow!(sentence);
    }
    let more = if known.len() < text.len() { "..." } else { "" };
    anyhow!("`{known}{more}`: {sentence}")
}

/// The name in a table of what a person calls a network: a cell of NAS-Bench-201 may be given
/// without its skeleton, as other programs write it, and an ONNX file with its folder.
pub(crate) fn name_in(table: &Table, text: &str) -> String {
    let path = Path::new(text);
    if path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("onnx"))
    {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let known = [Cow::from(text), file]
            .into_iter()
            .find(|name| table.find(name).is_some());
        return known.map_or(text.to_owned(), Cow::into_owned);
    }
    let skeleton = table.architectures().first().and_then(|first| {
        let (skeleton, _) = first.rsplit_once(':')?;
        skeleton.starts_with("nb201:").then_some(skeleton)
    });
    match (skeleton, Cell::from_any_notation(text)) {
        (Some(skeleton), Ok(cell)) => format!("{skeleton}:{cell}"),
        _ => text.to_owned(),
    }
}

/// Refuses, before any work is done, a place where no file can be written, and to write over what is read,
/// whether it is there yet or not.
pub(crate) fn check_out<I>(out: &Path, inputs: I) -> Result<(), Failure>
where
    I: IntoIterator<Item: AsRef<Path>>,
{
    nbzero_files::check_place(out)
        .map_err(|error| Failure::Input(anyhow!("{} cannot be written: {error}", out.display())))?;
    let Some(place) = place_of(out) else {
        return Ok(());
    };
    let mut inputs = inputs.into_iter();
    match inputs.find(|input| place_of(input.as_ref()).as_ref() == Some(&place)) {
        None => Ok(()),
        Some(input) => Err(Failure::Input(anyhow!(
            "{}, which is read, cannot be written: give another name",
            input.as_ref().display()
        ))),
    }
}

/// The one path of a file by whatever links and detours it is given; of one that is not there yet, that of its
/// folder and its name.
fn place_of(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent()?;
        let here = folder.as_os_str().is_empty();
        let folder = if here { Path::new(".") } else { folder };
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    })
}

/// Refuses a training that would not fit in memory.
pub(crate) fn training_must_fit(
    network: &impl fmt::Display,
    graph: &Graph,
    recipe: &Recipe,
) -> Result<(), Failure> {
    let batch = recipe.batch.get();
    memory::must_fit(
        &format!("training {network} with batches of {batch} images"),
        training_bytes(graph, batch),
        memory::available(),
        "take a smaller network or --resolution, or a recipe with smaller batches (`short,batch=32`)",
    )
}

/// The resolution to read images at: as asked for, or as stored.
pub(crate) fn resolution_of(
    data: &DataFolder,
    asked: Option<Resolution>,
) -> Result<Resolution, Failure> {
    asked.map_or_else(|| data.native_resolution(), Ok)
}

/// The shard files that a path stands for, in the order of their names.
pub(crate) fn shards(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.exists() {
        return Err(Failure::Input(anyhow!(
            "`{}` does not exist: check the path",
            path.display()
        )));
    }
    let unreadable = |error| Failure::Input(anyhow!("cannot read `{}`: {error}", path.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let endings = [".jsonl", ".jsonl.zst", ".jsonl.gz"];
        if endings.into_iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path());
        }
    }
    if found.is_empty() {
        return Err(Failure::Input(anyhow!(
            "`{}` has no shards: expected files named *.jsonl, as `nbzero collect` writes them, *.jsonl.zst or *.jsonl.gz",
            path.display()
        )));
    }
    found.sort();
    Ok(found)
}
