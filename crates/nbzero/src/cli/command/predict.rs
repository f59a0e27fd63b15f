//! `nbzero predict`: accuracies that a Gaussian process expects of networks nobody trained.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::ValueEnum;
use nbzero_graph::Resolution;
use nbzero_metrics::Interval;
use nbzero_space::{Architecture, Space};
use nbzero_surrogate::{Check, Network, Surrogate, Trained, cross_validate, hold_out};
use nbzero_table::{Metadata, PredictedNetwork, Prediction, StageAttributes, Table, difference};

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::scored::Scored;
use crate::cli::space::SpaceArgument;

#[derive(Debug, clap::Args)]
pub(crate) struct Predict {
    /// The table (.nbz) with the accuracies to learn from.
    table: PathBuf,
    /// The search space to predict networks of, which must be that of the table: its name, or FILE.toml.
    #[arg(long, required_unless_present = "check", requires = "out")]
    space: Option<SpaceArgument>,
    /// How many networks to predict [default: the space's whole population].
    #[arg(long, requires = "space", value_parser = super::count)]
    count: Option<NonZeroUsize>,
    /// Predict the networks of a file of scores, as `nbzero score --format csv` prints it, and keep the scores.
    #[arg(long, value_name = "CSV", requires = "space", conflicts_with = "count")]
    scores: Option<PathBuf>,
    /// How many joint draws of all accuracies to keep: with them the table can be judged like a measured one,
    /// and intervals hold what is not known of the networks.
    #[arg(long, default_value_t = 100, requires = "space", value_parser = clap::value_parser!(u16).range(..=1000))]
    draws: u16,
    /// The table of predictions to write (.nbz).
    #[arg(long, requires = "space")]
    out: Option<PathBuf>,
    /// Predict nothing new, but check on the table's own networks how well that goes: each tenth from
    /// the other nine.
    #[arg(long, conflicts_with_all = ["space", "count", "scores", "draws", "out"])]
    check: bool,
    /// Check by learning from so many random networks, and predicting all others.
    #[arg(long, value_name = "N", requires = "check")]
    train: Option<usize>,
    /// Another seed predicts another sample of the space, or checks on other networks.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How to print the check.
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "check")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

impl Predict {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        if let Some(out) = &self.out {
            super::check_out(out, self.scores.iter().chain([&self.table]))?;
        }
        let table = Table::open(&self.table).map_err(Failure::input)?;
        match (&self.space, &self.out) {
            (Some(space), Some(out)) => self.predict(&table, &space.read()?, out),
            _ => self.check(&table),
        }
    }

    fn predict(&self, table: &Table, space: &Space, out: &PathBuf) -> Result<(), Failure> {
        let metadata = table.metadata();
        if metadata.space != space.name() {
            return Err(Failure::Input(anyhow!(
                "{} has networks of {}, and what is learned from them says nothing about {space}: give \
                 --space {1}",
                self.table.display(),
                metadata.space,
            )));
        }
        let own = space.definition();
        let defined = difference(metadata.space_definition.as_deref(), own.as_deref());
        if let Some((theirs, ours)) = defined {
            return Err(Failure::Input(anyhow!(
                "{} has networks of another {space}, which has `{theirs}` where --space has `{ours}`: give \
                 the space of the table",
                self.table.display(),
            )));
        }
        let own = self.scores.as_ref();
        let own = own.map(|path| Scored::read(path, space)).transpose()?;
        let sample = if let Some(own) = &own {
            own.networks.clone()
        } else {
            let count = self.count.map(NonZeroUsize::get);
            let count = count.unwrap_or_else(|| space.population_size());
            space.sample(count, self.seed).map_err(Failure::input)?
        };
        let trained = self.trained(table)?;
        let surrogate = Surrogate::learn(&trained).map_err(|error| self.refused(error))?;
        let (Some(classes), Some(resolution)) = (metadata.classes, metadata.resolution) else {
            return Err(Failure::Input(anyhow!(
                "{} does not say of how many classes and pixels its images are, so that nobody can count \
                 what other networks cost",
                self.table.display(),
            )));
        };
        let classes = classes as usize;
        let networks = sample.iter();
        let networks = networks.map(|architecture| Network::of(architecture, classes, resolution));
        let networks: Vec<Network> = networks.collect::<Result<_, _>>().map_err(Failure::input)?;
        let found = surrogate.predict(&networks).map_err(Failure::input)?;
        let draws = surrogate.draw(&networks, self.draws.into(), self.seed);
        let draws = draws.map_err(Failure::input)?;
        let rows = sample.iter().zip(found).enumerate();
        let rows = rows.map(|(place, (architecture, found))| {
            let draws = draws.iter().map(|draw| draw[place]).collect();
            row(architecture, found, draws, classes, resolution)
        });
        let details = details(&surrogate, metadata);
        let predictions = Table::from_predictions(about(metadata), rows.collect(), details);
        let mut predictions = predictions.map_err(Failure::input)?;
        if let Some(own) = own {
            let rescored = predictions.rescored(own.definitions, &own.scores);
            predictions = rescored.map_err(Failure::input)?;
        }
        predictions.write(out).map_err(Failure::run)?;
        writeln!(
            io::stdout().lock(),
            "wrote {}: predicted accuracies of {} architectures of {space}, learned from {}; `nbzero \
             predict {} --check` says how good they are",
            out.display(),
            predictions.len(),
            surrogate.networks(),
            self.table.display(),
        )?;
        Ok(())
    }

    fn check(&self, table: &Table) -> Result<(), Failure> {
        let trained = self.trained(table)?;
        let check = match self.train {
            None => cross_validate(&trained, self.seed),
            Some(train) => hold_out(&trained, train, self.seed),
        };
        let check = check.map_err(|error| self.refused(error))?;
        let mut out = io::stdout().lock();
        match self.format {
            Format::Json => {
                let json = serde_json::to_string(&check).map_err(Failure::run)?;
                writeln!(out, "{json}")?;
            }
            Format::Text => writeln!(out, "{}", self.sentence(&check))?,
        }
        Ok(())
    }

    fn trained(&self, table: &Table) -> Result<Vec<Trained>, Failure> {
        if table.predicted().is_some() {
            return Err(Failure::Input(anyhow!(
                "the accuracies of {} are predicted, not measured: learn from the table that they were \
                 learned from",
                self.table.display()
            )));
        }
        Trained::of_table(table).map_err(|error| self.refused(error))
    }

    /// What cannot be learned from is the table.
    fn refused(&self, error: nbzero_surrogate::Error) -> Failure {
        let error = anyhow::Error::new(error);
        Failure::Input(error.context(self.table.display().to_string()))
    }

    fn sentence(&self, check: &Check) -> String {
        let how = match self.train {
            None => format!(
                "{} networks, each tenth predicted from the other nine ({} or more)",
                check.test, check.train
            ),
            Some(train) => format!("{} networks, predicted from {train} others", check.test),
        };
        let percent: Show = |share| format!("{:.1}%", 100.0 * share);
        let plain: Show = |value| format!("{value:.3}");
        let of = |name: &str, value: Option<f64>, interval: Option<Interval>, show: Show| {
            let value = value.map_or_else(|| "undefined".to_owned(), show);
            let interval =
                interval.map(|found| format!("{} to {}", show(found.low), show(found.high)));
            vec![name.to_owned(), value, interval.unwrap_or_default()]
        };
        let intervals = &check.intervals;
        let rows = [
            of("Spearman", check.spearman, intervals.spearman, plain),
            of("Kendall tau-b", check.kendall, intervals.kendall, plain),
            of("RMSE, in percent", Some(check.rmse), intervals.rmse, plain),
            of(
                "within the 95% interval",
                Some(check.coverage95),
                intervals.coverage95,
                percent,
            ),
        ];
        let header = ["", "value", "95%"].map(str::to_owned).to_vec();
        format!("{how}\n{}", output::table(header, rows))
    }
}

/// A number for people.
type Show = fn(f64) -> String;

fn row(
    architecture: &Architecture,
    found: nbzero_surrogate::Prediction,
    draws: Vec<f64>,
    classes: usize,
    resolution: Resolution,
) -> PredictedNetwork {
    let costs = architecture.costs(classes, resolution);
    PredictedNetwork {
        arch: architecture.to_string(),
        flops: costs.flops,
        params: costs.params,
        depth: costs.depth,
        stages: StageAttributes::all_of(architecture),
        prediction: Prediction {
            mean: found.mean,
            deviation: found.deviation,
        },
        draws,
    }
}

/// What the predicted accuracies would be measured on.
fn about(metadata: &Metadata) -> Metadata {
    Metadata {
        seeds: Vec::new(),
        scores: Vec::new(),
        device: "none: predicted".into(),
        software: env!("CARGO_PKG_VERSION").into(),
        ..metadata.clone()
    }
}

fn details(surrogate: &Surrogate, metadata: &Metadata) -> String {
    let noise = match surrogate.run_deviation() {
        None => String::new(),
        Some(run) => format!(", that of a run {run:.2}"),
    };
    format!(
        "Gaussian process on structure and costs, learned from the measured test accuracies of {} \
         networks of {} on {}, recipe {}; standard deviation of what is a network's own {:.2}{noise}",
        surrogate.networks(),
        metadata.space,
        metadata.dataset,
        metadata.recipe,
        surrogate.own_deviation(),
    )
}
