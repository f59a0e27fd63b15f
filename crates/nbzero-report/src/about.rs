//! What a report was measured on.

use nbzero_metrics::{Bootstrap, RankScale};
use nbzero_table::Resolution;
use serde::Serialize;

use crate::Result;
use crate::number::counted;
use crate::pool::Pool;

/// What a report was measured on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct About {
    /// The search space.
    pub space: String,
    /// The dataset.
    pub dataset: String,
    /// Which of its images, in words.
    pub images: String,
    /// Height and width of the images.
    pub resolution: Option<Resolution>,
    /// Number of classes.
    pub classes: Option<u32>,
    /// The training recipe.
    pub recipe: String,
    /// Number of networks judged: those with a test accuracy and every score.
    pub networks: usize,
    /// Number of networks left out because none of their runs has a test accuracy.
    pub left_out: usize,
    /// Number of networks left out because some proxy has not scored them.
    pub unscored: usize,
    /// Number of training runs that diverged, of all networks of the table.
    pub diverged: usize,
    /// The seeds of the training runs.
    pub seeds: Vec<u64>,
    /// Number of training runs whose accuracies were averaged.
    pub runs: usize,
    /// What ranks are divided by in mBR.
    pub rank_scale: RankScale,
    /// Number of bootstrap resamples behind each interval.
    pub resamples: usize,
    /// The versions of nbzero that collected the table.
    pub software: String,
}

impl About {
    pub(crate) fn new(pool: &Pool<'_>, bootstrap: Bootstrap) -> Result<Self> {
        let metadata = pool.table().metadata();
        Ok(Self {
            space: metadata.space.clone(),
            dataset: metadata.dataset.to_string(),
            images: metadata.images.clone(),
            resolution: metadata.resolution,
            classes: metadata.classes,
            recipe: metadata.recipe.clone(),
            networks: pool.len(),
            left_out: pool.table().len() - pool.len() - pool.unscored,
            unscored: pool.unscored,
            diverged: pool.table().diverged_runs(),
            seeds: metadata.seeds.clone(),
            runs: pool.runs()?,
            rank_scale: RankScale::default(),
            resamples: bootstrap.resamples,
            software: metadata.software.clone(),
        })
    }

    /// `r1-mini, cifar100`: what tells this table from the others of a report.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.space, self.dataset)
    }

    /// A sentence for the notes.
    pub(crate) fn measured(&self) -> String {
        let Self {
            space,
            dataset,
            images,
            resolution,
            recipe,
            ..
        } = self;
        let images = if images.is_empty() {
            String::new()
        } else {
            format!(" ({images})")
        };
        let at = resolution.map_or(String::new(), |size| format!(" at {size}"));
        let left_out = match self.left_out {
            0 => String::new(),
            n => format!(" ({} without one left out)", counted(n, "network")),
        };
        let are_not_in_it = |count: usize, one: &str, why: &str, fate: &str| match count {
            0 => String::new(),
            1 => format!("; 1 {one} {why} is {fate}"),
            n => format!("; {} {why} are {fate}", counted(n, one)),
        };
        let why = "that some proxy has not scored";
        let unscored = are_not_in_it(self.unscored, "network", why, "left out");
        let diverged = are_not_in_it(self.diverged, "run", "that diverged", "not counted");
        format!(
            "Measured: {} of {space} on {dataset}{images}{at}, recipe \
             {recipe}, {} ({}); accuracy is the test accuracy in percent, the mean over the seeds \
             that a network has{left_out}{unscored}{diverged}.",
            counted(self.networks, "network"),
            counted(self.seeds.len(), "seed"),
            counted(self.runs, "training run"),
        )
    }

    /// What ranks are divided by, in words.
    pub(crate) fn rank_divisor(&self) -> &'static str {
        match self.rank_scale {
            RankScale::Candidates => "the number of candidates",
            RankScale::Pool => "the size of the pool",
        }
    }
}
