//! `nbzero.judge`: columns of scores by accuracies.

use nbzero::cli::Failure;
use nbzero::metrics::{Accuracies, Bootstrap, Costs, Direction, Scores};
use nbzero::report::{Estimate, JudgedColumn, Judging, PicksOfColumn, judge_columns};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::call::run;
use crate::columns::{Column, Columns};
use crate::failure::wrong;

/// How columns are judged.
#[derive(Debug, FromPyObject)]
pub(crate) struct Settings {
    budgets: usize,
    draws: usize,
    resamples: usize,
    seed: u64,
}

/// Judges columns of scores, NaN where undefined; each has its name and whether lower is better.
#[pyfunction]
pub(crate) fn judge(
    py: Python<'_>,
    scores: Vec<(String, Vec<f64>, bool)>,
    accuracy: Vec<f64>,
    costs: Option<Vec<f64>>,
    settings: Settings,
) -> PyResult<Columns> {
    for (name, values, _) in &scores {
        if values.len() != accuracy.len() {
            return Err(PyValueError::new_err(format!(
                "`{name}` has {} scores, but there are {} accuracies",
                values.len(),
                accuracy.len()
            )));
        }
    }
    let columns: Vec<(String, Scores)> = scores
        .into_iter()
        .map(|(name, values, lower)| {
            let direction = if lower {
                Direction::Lower
            } else {
                Direction::Higher
            };
            (name, Scores::new(&values, direction))
        })
        .collect();
    let accuracies = Accuracies::new(&accuracy).map_err(wrong)?;
    let costs = costs
        .map(|costs| Costs::new(&costs))
        .transpose()
        .map_err(wrong)?;
    let judging = Judging {
        budgets: settings.budgets,
        draws: settings.draws,
        bootstrap: Bootstrap {
            resamples: settings.resamples,
            seed: settings.seed,
        },
        ..Judging::default()
    };
    let judged = run(py, None, move |_| {
        let judged = judge_columns(&columns, &accuracies, costs.as_ref(), &judging);
        judged.map_err(|error| Failure::Input(error.into()))
    })?;
    Ok(table(&judged, &judging))
}

/// An index of a column; none where it is undefined.
type Index = Box<dyn Fn(&JudgedColumn) -> Option<Estimate>>;

/// One row a column of scores; an index has its value and the ends of its 95% interval.
fn table(judged: &[JudgedColumn], judging: &Judging) -> Columns {
    let number =
        |of: &dyn Fn(&JudgedColumn) -> Option<f64>| Column::Number(judged.iter().map(of).collect());
    let names = judged.iter().map(|column| Some(column.name.clone()));
    let networks = judged
        .iter()
        .map(|column| u64::try_from(column.networks).ok());
    let mut columns = vec![
        ("proxy".to_owned(), Column::Text(names.collect())),
        ("networks".to_owned(), Column::Whole(networks.collect())),
        (
            "coverage".to_owned(),
            number(&|column| Some(column.coverage)),
        ),
    ];
    let expected = format!("mbr{}", judging.draws);
    let picks = |of: fn(&PicksOfColumn) -> Estimate| {
        move |column: &JudgedColumn| column.under_budgets.as_ref().map(of)
    };
    let indices: [(&str, Index); 5] = [
        ("lc", Box::new(|column| column.lc)),
        ("kd", Box::new(|column| column.kd)),
        ("sr", Box::new(|column| column.sr)),
        ("mbr", Box::new(picks(|picks| picks.mbr))),
        (&expected, Box::new(picks(|picks| picks.expected))),
    ];
    for (name, index) in indices {
        let interval = |column: &JudgedColumn| index(column)?.interval;
        columns.push((
            name.to_owned(),
            number(&|column| Some(index(column)?.value)),
        ));
        columns.push((
            format!("{name}_low"),
            number(&|column| Some(interval(column)?.low)),
        ));
        columns.push((
            format!("{name}_high"),
            number(&|column| Some(interval(column)?.high)),
        ));
    }
    for place in 0..judging.budgets {
        let percent = 100.0 * (place + 1) as f64 / judging.budgets as f64;
        let accuracy = number(&|column| {
            let picks = &column.under_budgets.as_ref()?.picks;
            Some(picks.get(place)?.accuracy)
        });
        columns.push((format!("accuracy_{percent:.0}"), accuracy));
    }
    Columns::new(columns)
}
