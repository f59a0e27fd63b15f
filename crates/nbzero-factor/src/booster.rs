//! Training and asking one model.

use std::collections::HashMap;

use xgboost_rs::{Booster, DMatrix, XGBError};

use crate::dump::splits;
use crate::importance::importances;
use crate::{Error, Importance, Parameters};

/// A trained model.
pub(crate) struct Model(Booster);

impl Model {
    /// Trains on `features`, row by row with NaN for missing, to predict `target`.
    pub(crate) fn train(
        features: &[f32],
        target: &[f32],
        parameters: &Parameters,
    ) -> Result<Self, Error> {
        let mut data = DMatrix::from_dense(features, target.len()).map_err(refused)?;
        data.set_labels(target).map_err(refused)?;
        let mut booster =
            Booster::new_with_json_config(&[&data], settings(parameters)).map_err(refused)?;
        // `Booster::train` always makes 16 trees.
        for round in 0..parameters.rounds {
            booster.update(&data, i32::from(round)).map_err(refused)?;
        }
        Ok(Self(booster))
    }

    /// The prediction for each of `rows` networks.
    pub(crate) fn predict(&self, features: &[f32], rows: usize) -> Result<Vec<f32>, Error> {
        let data = DMatrix::from_dense(features, rows).map_err(refused)?;
        self.0.predict(&data).map_err(refused)
    }

    /// The importance of each feature.
    pub(crate) fn importances(&self) -> Result<Vec<Importance>, Error> {
        let dump = self.0.dump_model(true, None).map_err(refused)?;
        Ok(importances(&splits(&dump)?))
    }
}

/// Everything that the trees depend on; `XGBoost` refuses a name that it does not know.
fn settings(parameters: &Parameters) -> HashMap<String, String> {
    let settings = [
        ("booster", "gbtree".to_owned()),
        ("objective", "reg:squarederror".to_owned()),
        ("base_score", "0".to_owned()),
        ("tree_method", "exact".to_owned()),
        ("eta", parameters.eta.to_string()),
        ("max_depth", parameters.max_depth.to_string()),
        ("nthread", "1".to_owned()),
        ("seed", "0".to_owned()),
        ("verbosity", "0".to_owned()),
        ("validate_parameters", "1".to_owned()),
    ];
    settings
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The first line of what went wrong; the others are a trace through the library.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn refused(error: XGBError) -> Error {
    let text = error.to_string();
    let first = text.lines().find(|line| !line.trim().is_empty());
    Error::Booster {
        message: first.unwrap_or("failed without a message").to_owned(),
    }
}
