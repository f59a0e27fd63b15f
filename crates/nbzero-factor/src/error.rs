//! The one error type of the crate.

/// What can be wrong with the networks, the target or the parameters.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A network has more stages than there are features for, or none.
    #[error("the network at row {row} has {stages} stages; the analysis knows networks of 1 to 4")]
    Stages {
        /// Row of the network, from 0.
        row: usize,
        /// Number of its stages.
        stages: usize,
    },
    /// A stage attribute other than the depth is zero.
    #[error("the network at row {row} has {feature} = 0; widths and strides are at least 1")]
    Zero {
        /// Row of the network, from 0.
        row: usize,
        /// The attribute, as in `S1out`.
        feature: String,
    },
    /// The target has another number of rows than the attributes.
    #[error(
        "there are {networks} networks but {targets} targets; the columns must have one row a network"
    )]
    Length {
        /// Number of networks.
        networks: usize,
        /// Number of values of the target.
        targets: usize,
    },
    /// Too few networks have a defined target.
    #[error(
        "{rows} networks have a defined target, and cross-validation in {folds} folds needs {needed}; \
         collect more networks or use fewer folds"
    )]
    TooFew {
        /// Networks with a defined target.
        rows: usize,
        /// Number of folds.
        folds: usize,
        /// Least number of networks.
        needed: usize,
    },
    /// All defined targets are equal, so there is nothing to explain.
    #[error("the target is {value} for every network; there is nothing to explain")]
    Constant {
        /// The one value.
        value: f64,
    },
    /// A parameter is outside its range.
    #[error("{name} is {value}, outside its range {range}")]
    Parameter {
        /// Name of the parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range, in words.
        range: &'static str,
    },
    /// `XGBoost` refused to train or predict.
    #[error("XGBoost: {message}")]
    Booster {
        /// What it said.
        message: String,
    },
    /// The text that `XGBoost` writes of its trees has a line of unknown form.
    #[error("line {line} of XGBoost's trees is not understood: `{text}`; its version is not 1.6")]
    Dump {
        /// Number of the line, from 1.
        line: usize,
        /// The line.
        text: String,
    },
}
