//! The analysis of one target.

use nbzero_metrics::{Bootstrap, Interval};
use serde::Serialize;

use crate::booster::Model;
use crate::folds::folds;
use crate::importance::shares;
use crate::permutation::{SHUFFLES, permuted};
use crate::target::Target;
use crate::{Attributes, Error, Feature, FeatureImportance, Importance, Kind, Parameters};

/// Which stage attributes a target depends on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// The importance of each feature, in the order of [`Feature::all`].
    pub features: Vec<FeatureImportance>,
    /// Permutation importance of each feature: how much of `r2` is lost where its values are shuffled
    /// among the networks of a fold, each of which the model of that fold has not seen. It may be a
    /// little below 0 where there is nothing to lose. A check of the importances, which the trees say
    /// of themselves.
    pub permutation: Vec<f64>,
    /// Cross-validated coefficient of determination, at most 1: the share of the variance of the
    /// target's ranks that the trees explain for networks that they have not seen. Near 0 or below,
    /// the importances say nothing about the target.
    pub r2: f64,
    /// Its 95% interval over resamples of the networks, each with the prediction of the model that
    /// has not seen it. The models stay as they are, so what other networks would have taught them
    /// is not in it.
    pub r2_interval: Option<Interval>,
    /// The same within each fold; none for a fold whose targets all are at the mean.
    pub fold_r2: Vec<Option<f64>>,
    /// Number of networks with a defined target; the others are left out.
    pub rows: usize,
    /// Fraction of networks with a defined target, from 0 to 1.
    pub coverage: f64,
    /// With what it was made.
    pub parameters: Parameters,
}

impl Analysis {
    /// The importances of one kind as shares of their sum: 17 numbers of sum 1, in the order of
    /// [`Feature::all`].
    pub fn shares(&self, kind: Kind) -> Vec<f64> {
        shares(self.features.iter().map(|f| f.importance.of(kind)))
    }

    /// The least and the greatest of these shares over the models of the folds: how much they
    /// depend on which networks were collected.
    pub fn share_ranges(&self, kind: Kind) -> Vec<(f64, f64)> {
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); self.features.len()];
        for fold in 0..self.fold_r2.len() {
            let found = shares(self.features.iter().map(|f| f.folds[fold].of(kind)));
            for (range, share) in ranges.iter_mut().zip(found) {
                *range = (range.0.min(share), range.1.max(share));
            }
        }
        ranges
    }
}

/// Finds out which stage attributes drive a target: a proxy's scores, or accuracies.
///
/// Gradient-boosted trees learn to predict the target's *ranks* from the 17 features, once on all
/// networks, for the importances, and once for each fold of a cross-validation on the others, for
/// R2. Ranks, because that is all that a search looks at, and because scores can span twenty orders
/// of magnitude: trees do not see a monotone transformation of a feature, but squared error sees one
/// of the target. Higher or lower being better makes no difference. A target that is not finite is
/// undefined, and its network is left out.
///
/// Where one feature is a copy of another (the `in` of a stage and the `out` of the one before), the
/// trees cannot tell them apart, and the one that comes first has all the importance.
///
/// Source: NAS-Bench-Zero, section 4.5.1; Chen and Guestrin 2016. The same parameters in Python's
/// xgboost give the same importances.
///
/// # Errors
///
/// If the lengths differ, a parameter is outside its range, the target is constant, or fewer than
/// two networks a fold have a defined one.
pub fn analyse(
    attributes: &Attributes,
    target: &[f64],
    parameters: &Parameters,
) -> Result<Analysis, Error> {
    parameters.check()?;
    if target.len() != attributes.len() {
        return Err(Error::Length {
            networks: attributes.len(),
            targets: target.len(),
        });
    }
    let networks = target.len();
    let defined = target.iter().filter(|value| value.is_finite()).count();
    let needed = 2 * parameters.folds;
    if defined < needed {
        return Err(Error::TooFew {
            rows: defined,
            folds: parameters.folds,
            needed,
        });
    }
    let target = Target::new(target)?;
    let model = Model::train(&attributes.select(&target.rows), &target.ranks, parameters)?;
    let fold_models = cross_validate(attributes, &target, parameters)?;

    let features = Feature::all().zip(model.importances()?).enumerate();
    let features = features.map(|(i, (feature, importance))| FeatureImportance {
        feature,
        importance,
        folds: fold_models.iter().map(|f| f.importances[i]).collect(),
    });
    let errors: Vec<Errors> = fold_models.iter().flat_map(|f| f.errors.clone()).collect();
    let r2_interval = Bootstrap::default().interval(errors.len(), |resample| {
        Errors::r2(resample.rows.iter().map(|&row| &errors[row]))
    });
    let total: f64 = errors.iter().map(|errors| errors.total).sum();
    let lost = |feature: usize| fold_models.iter().map(|f| f.lost[feature]).sum::<f64>() / total;
    Ok(Analysis {
        features: features.collect(),
        permutation: (0..Feature::COUNT).map(lost).collect(),
        r2: Errors::r2(&errors).expect("the target is not constant"),
        r2_interval,
        fold_r2: fold_models.iter().map(|f| Errors::r2(&f.errors)).collect(),
        rows: defined,
        coverage: defined as f64 / networks as f64,
        parameters: *parameters,
    })
}

/// A model that has not seen a fold, and how it does on it.
struct Fold {
    importances: Vec<Importance>,
    /// For each feature how much the squared residuals grow in sum where it is shuffled.
    lost: Vec<f64>,
    /// Of each network of the fold.
    errors: Vec<Errors>,
}

fn cross_validate(
    attributes: &Attributes,
    target: &Target,
    parameters: &Parameters,
) -> Result<Vec<Fold>, Error> {
    let fold_of = folds(target.rows.len(), parameters.folds, parameters.seed);
    let part = |inside: &dyn Fn(usize) -> bool| {
        let members = (0..fold_of.len()).filter(|&i| inside(fold_of[i]));
        let (rows, ranks): (Vec<usize>, Vec<f32>) =
            members.map(|i| (target.rows[i], target.ranks[i])).unzip();
        (attributes.select(&rows), ranks)
    };
    let validate = |fold| {
        let (features, ranks) = part(&|other| other != fold);
        let model = Model::train(&features, &ranks, parameters)?;
        let (features, ranks) = part(&|other| other == fold);
        let errors = |features: &[f32]| -> Result<Vec<Errors>, Error> {
            let predictions = model.predict(features, ranks.len())?;
            Ok(ranks.iter().zip(predictions).map(Errors::of).collect())
        };
        let own = errors(&features)?;
        let residuals = |errors: &[Errors]| errors.iter().map(|e| e.residual).sum::<f64>();
        let lost = |feature| {
            let mut lost = 0.0;
            for shuffled in permuted(&features, feature, parameters.seed) {
                lost += residuals(&errors(&shuffled)?) - residuals(&own);
            }
            Ok(lost / SHUFFLES as f64)
        };
        Ok(Fold {
            importances: model.importances()?,
            lost: (0..Feature::COUNT)
                .map(lost)
                .collect::<Result<_, Error>>()?,
            errors: own,
        })
    };
    (0..parameters.folds).map(validate).collect()
}

/// Squares of one network.
#[derive(Debug, Clone, Copy)]
struct Errors {
    /// Of target minus prediction.
    residual: f64,
    /// Of the target, whose mean over all networks is 0.
    total: f64,
}

impl Errors {
    fn of((target, prediction): (&f32, f32)) -> Self {
        let square = |value: f32| f64::from(value).powi(2);
        Self {
            residual: square(target - prediction),
            total: square(*target),
        }
    }

    /// R2 over some networks; none where all their targets are at the mean.
    fn r2<'a>(networks: impl IntoIterator<Item = &'a Self>) -> Option<f64> {
        let (residual, total) = networks
            .into_iter()
            .fold((0.0, 0.0), |sum, n| (sum.0 + n.residual, sum.1 + n.total));
        (total > 0.0).then(|| 1.0 - residual / total)
    }
}
