//! What a report was measured on.

use nbzero_metrics::{Bootstrap, RankScale};
use nbzero_table::Resolution;
use serde::Serialize;

use crate::Result;
use crate::networks::Networks;
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
    /// By what the accuracies were predicted, and from which networks; none where they were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicted: Option<PredictedAbout>,
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

/// Where predicted accuracies come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PredictedAbout {
    /// By what, and from which networks.
    pub details: String,
    /// Number of joint draws, of which each resample takes one.
    pub draws: usize,
}

impl About {
    pub(crate) fn new(pool: &Pool<'_>, bootstrap: Bootstrap) -> Result<Self> {
        Ok(Self {
            left_out: pool.table().len() - pool.len() - pool.unscored,
            unscored: pool.unscored,
            predicted: pool.table().predicted().map(|predicted| PredictedAbout {
                details: predicted.details.clone(),
                draws: pool.accuracies.draws().len(),
            }),
            runs: pool.runs()?,
            ..Self::of_scores(pool, bootstrap)
        })
    }

    /// Of networks that are looked at without their accuracies.
    pub(crate) fn of_scores(networks: &Networks<'_>, bootstrap: Bootstrap) -> Self {
        let metadata = networks.table().metadata();
        Self {
            space: metadata.space.clone(),
            dataset: metadata.dataset.to_string(),
            images: metadata.images.clone(),
            resolution: metadata.resolution,
            classes: metadata.classes,
            recipe: metadata.recipe.clone(),
            networks: networks.len(),
            left_out: 0,
            unscored: networks.table().len() - networks.len(),
            diverged: networks.table().diverged_runs(),
            predicted: None,
            seeds: metadata.seeds.clone(),
            runs: 0,
            rank_scale: RankScale::default(),
            resamples: bootstrap.resamples,
            software: metadata.software.clone(),
        }
    }

    /// `r1-mini, cifar100`: what tells this table from the others of a report, and predicted accuracies from
    /// measured ones.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.space, self.accuracies())
    }

    /// The same as the beginning of a column's name: `r1-mini_cifar100`.
    pub(crate) fn key(&self) -> String {
        self.name().replace(", ", "_")
    }

    /// On what the accuracies are: `cifar100`, and `cifar100, predicted` where they are not measured.
    pub(crate) fn accuracies(&self) -> String {
        let Self { dataset, .. } = self;
        match self.predicted {
            None => dataset.clone(),
            Some(_) => format!("{dataset}, predicted"),
        }
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
        if self.runs == 0 && self.predicted.is_none() {
            return format!(
                "Scores alone, of networks as they are initialised: {} of {space} on {dataset}{images}{at}{unscored}. \
                 No accuracy is looked at.",
                counted(self.networks, "network"),
            );
        }
        if let Some(PredictedAbout { details, draws }) = &self.predicted {
            return format!(
                "Predicted, not measured: {} of {space} on {dataset}{images}{at}, recipe {recipe}; accuracy is the \
                 test accuracy in percent that is expected ({details}){unscored}. Each resample takes other \
                 networks and the next of {}, so that intervals hold what is not known of the networks and which \
                 of them there are; the interval of the oracle, which goes by what is expected, says how far that \
                 may be from the best.",
                counted(self.networks, "network"),
                counted(*draws, "joint draw"),
            );
        }
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
