//! What the folder of a collection holds already.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use nbzero_table::{Error, Metadata, Record, Shard, ShardWriter, read_shard};

use super::job::Job;
use crate::cli::command;
use crate::cli::failure::Failure;
use crate::cli::part::Part;

/// This process's shard, and what all shards of the folder hold.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) writer: ShardWriter,
    /// Number of records in this shard.
    pub(super) kept: usize,
    /// Whether the shard was not there before.
    is_new: bool,
    /// The records of all shards.
    pub(super) records: Vec<Record>,
}

impl Folder {
    /// Makes the folder if need be, takes this part's shard, and reads all shards.
    pub(super) fn open(folder: &Path, part: Part) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::Input(anyhow!("cannot make `{}`: {error}", folder.display()))
        })?;
        let name = format!("shard-{}-of-{}.jsonl", part.number, part.of);
        let path = folder.join(name);
        let is_new = !path.exists();
        let (writer, own) = ShardWriter::open(&path).map_err(Failure::input)?;
        let mut opened = Self {
            path,
            writer,
            kept: own.records.len(),
            is_new,
            records: own.records,
        };
        for other in command::shards(folder)? {
            if other != opened.path {
                match read_shard(&other) {
                    // Another process may be writing it: a torn last line is a job that is not done.
                    Ok(Shard { records: more, .. }) => opened.records.extend(more),
                    // It was empty, and its process has ended since.
                    Err(Error::NotFound { .. }) => (),
                    Err(error) => return Err(Failure::input(error)),
                }
            }
        }
        Ok(opened)
    }

    /// Refuses to mix this collection with another one.
    ///
    /// Records with other settings could not be merged with those to come: better to say so now
    /// than after a day of training.
    pub(super) fn require(&self, mut ours: Metadata, images: &str) -> Result<(), Failure> {
        let seeds: BTreeSet<u64> = self.records.iter().map(|record| record.seed).collect();
        ours.seeds = seeds.into_iter().collect();
        for record in &self.records {
            let agreed = ours.admit(record).map_err(anyhow::Error::new);
            agreed
                .and_then(|()| same_images(record, images))
                .with_context(|| {
                    let folder = self.path.parent().unwrap_or(&self.path).display();
                    format!("`{folder}` holds another collection: give this one another --out")
                })
                .map_err(Failure::Input)?;
        }
        Ok(())
    }

    /// Those of the jobs that no shard of the folder has.
    pub(super) fn missing(&self, jobs: Vec<Job>) -> Vec<Job> {
        let key = |record: &Record| (record.arch.clone(), record.seed);
        let done: BTreeSet<(String, u64)> = self.records.iter().map(key).collect();
        let is_missing = |job: &Job| !done.contains(&(job.architecture.to_string(), job.seed));
        jobs.into_iter().filter(is_missing).collect()
    }
}

/// Images of the same name and number may be others; a record of version 1 does not tell.
fn same_images(record: &Record, images: &str) -> anyhow::Result<()> {
    match record.other_images(images) {
        None => Ok(()),
        Some(theirs) => bail!(
            "its images have the same number, and are others (checksums {theirs} against {images})"
        ),
    }
}

/// A shard of which nothing came goes again.
impl Drop for Folder {
    fn drop(&mut self) {
        let is_empty = || fs::metadata(&self.path).is_ok_and(|shard| shard.len() == 0);
        if self.is_new && is_empty() {
            // Should it stay, it does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}
