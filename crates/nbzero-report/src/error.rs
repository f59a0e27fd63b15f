//! The one error type of the crate.

use std::path::PathBuf;

use nbzero_table::import::ImportError;

/// The result of this crate's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a report cannot be made of a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No network of the table has a test accuracy.
    #[error(
        "none of the table's {networks} networks has a test accuracy, so no proxy can be judged: \
         collect training runs first"
    )]
    NoAccuracy {
        /// Number of networks in the table.
        networks: usize,
    },
    /// The accuracies of the table are predictions.
    #[error(
        "the accuracies of the table's {networks} networks are predicted, not measured, and without joint draws \
         nobody can say how far what is not known of them moves an index: predict them with --draws, or give the \
         table that they were learned from"
    )]
    Predicted {
        /// Number of networks in the table.
        networks: usize,
    },
    /// Accuracies are predicted where measured ones are compared.
    #[error(
        "the accuracies of the table's {networks} networks are predicted, and only measured ones are compared \
         here: give the table that they were learned from"
    )]
    PredictedHere {
        /// Number of networks judged.
        networks: usize,
    },
    /// A part needs costs that nobody knows.
    #[error(
        "the table does not say the {cost} of {unknown} of the {networks} networks that can be judged: give \
         one that does"
    )]
    UnknownCosts {
        /// Which costs.
        cost: &'static str,
        /// Networks without.
        unknown: usize,
        /// Networks with an accuracy.
        networks: usize,
    },
    /// The table answered with an error.
    #[error(transparent)]
    Table(#[from] nbzero_table::Error),
    /// A file of cells does not hold what it should.
    #[error(transparent)]
    Import(#[from] Box<ImportError>),
    /// A text is no name of a proxy and no combination of such.
    #[error("`{formula}` is no hybrid: one looks like zen+flops or, quoted, 'log(zen+flops)'")]
    NoFormula {
        /// The text.
        formula: String,
    },
    /// A combination lacks a name.
    #[error("`{formula}` lacks a name: write proxies as zen,flops and hybrids as zen+flops")]
    NoMember {
        /// The combination.
        formula: String,
    },
    /// A combination names a proxy twice.
    #[error("`{formula}` has {member} twice: name each member once")]
    MemberTwice {
        /// The combination.
        formula: String,
        /// The member.
        member: String,
    },
    /// Score files have fewer proxies or networks in common than can be compared.
    #[error("{report} needs {needs}")]
    TooFewScores {
        /// The figure.
        report: &'static str,
        /// What is missing.
        needs: &'static str,
    },
    /// An index could not be computed.
    #[error("an index cannot be computed: {0}")]
    Metrics(#[from] nbzero_metrics::Error),
    /// No table was given.
    #[error("{report} needs at least one table: name one with --table")]
    NoTables {
        /// The table or figure.
        report: &'static str,
    },
    /// Scores of one's own have the name of another row.
    #[error("the table has a row `{name}` without these scores: give the column another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Scores of one's own are not those of the table's networks.
    #[error("`{name}` has {scores} scores, and the table has {networks} networks")]
    OwnLength {
        /// The column.
        name: String,
        /// Number of scores.
        scores: usize,
        /// Number of networks.
        networks: usize,
    },
    /// One network, or several of one accuracy.
    #[error(
        "{networks} network(s) of a single accuracy can be judged, and no proxy ranks those well or badly: \
         give a table, and scores, of networks of different accuracies"
    )]
    NothingToRank {
        /// Networks with an accuracy and every score.
        networks: usize,
    },
    /// Columns of scores of one's own have no network in common.
    #[error(
        "none of the table's networks with an accuracy has a score of every column: judge the columns one \
         by one"
    )]
    NotScoredTogether,
    /// The networks of a table have no stages.
    #[error(
        "{report} needs networks made of stages, and those of {space} have none: use a table of chains"
    )]
    NoStages {
        /// The table or figure.
        report: &'static str,
        /// The table's search space.
        space: String,
    },
    /// A part compares tables, and there is one.
    #[error("{report} compares tables, and of {main} there is none on another {what}")]
    NothingToCompare {
        /// The table or figure.
        report: &'static str,
        /// What the tables should differ in.
        what: &'static str,
        /// The table that there is.
        main: String,
    },
    /// There is no factor analysis.
    #[error("{reason}")]
    NoFactors {
        /// Why.
        reason: String,
    },
    /// A factor analysis has found nothing.
    #[error("fig7 has nothing to show, and leaves everything out: {reasons}")]
    NothingToExplain {
        /// Each quantity with its reason.
        reasons: String,
    },
    /// The tables share no proxy.
    #[error(
        "the tables have no proxy in common, so there is nothing to combine: score the same proxies on all of them"
    )]
    NoCommonProxy,
    /// A recipe has trained none of the reference's networks.
    #[error(
        "`{recipe}` has trained none of the networks that the reference has: train the first ones of \
         the same sample with both"
    )]
    NoCommonNetwork {
        /// The recipe.
        recipe: String,
    },
    /// Recipes were tried on different networks or images.
    #[error(
        "recipes are compared on the same networks: the reference is of {reference}, another table of {other}"
    )]
    OtherNetworks {
        /// Space and dataset of the reference.
        reference: String,
        /// Those of the table that differs.
        other: String,
    },
    /// A figure could not be drawn.
    #[error("a figure cannot be drawn: {0}")]
    Drawing(String),
    /// This build writes no PNG.
    #[error("this build draws no PNG files: build nbzero-report with its feature `png`")]
    NoPng,
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The JSON could not be written.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// Whether the tables, or scores of one's own, are at fault, and not the run.
    pub fn is_of_the_input(&self) -> bool {
        matches!(
            self,
            Self::NoAccuracy { .. }
                | Self::Predicted { .. }
                | Self::PredictedHere { .. }
                | Self::UnknownCosts { .. }
                | Self::Table(_)
                | Self::Import(_)
                | Self::MemberTwice { .. }
                | Self::TooFewScores { .. }
                | Self::NoTables { .. }
                | Self::NoStages { .. }
                | Self::NothingToCompare { .. }
                | Self::NoFactors { .. }
                | Self::NothingToExplain { .. }
                | Self::NoCommonProxy
                | Self::NotScoredTogether
                | Self::NothingToRank { .. }
                | Self::NoCommonNetwork { .. }
                | Self::OtherNetworks { .. }
                | Self::NameTaken { .. }
                | Self::OwnLength { .. }
        )
    }

    pub(crate) fn drawing(error: impl std::fmt::Display) -> Self {
        Self::Drawing(error.to_string())
    }
}

impl From<ImportError> for Error {
    fn from(error: ImportError) -> Self {
        Box::new(error).into()
    }
}
