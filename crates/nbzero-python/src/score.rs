//! `nbzero.score` and `nbzero.score_many`.

use nbzero::cli::call::{self, Given, Number, Values};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::call::run;
use crate::columns::{Column, Columns};
use crate::failure::exception;
use crate::network::Network;

/// Images in memory, with their classes.
#[pyclass(frozen, module = "nbzero._nbzero")]
#[derive(Debug)]
pub(crate) struct Images(call::Images);

#[pymethods]
impl Images {
    /// Float32 images of a shape `[batch, channels, height, width]` in the bytes of this machine, a class
    /// for each, and float32 perturbations of their shape.
    #[new]
    fn new(
        pixels: &[u8],
        shape: [usize; 4],
        targets: Option<Vec<i64>>,
        perturbation: Option<&[u8]>,
    ) -> PyResult<Self> {
        let perturbation = perturbation.map(floats);
        let images = call::Images::new(floats(pixels), shape, targets, perturbation);
        images.map(Self).map_err(|failure| exception(&failure))
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| f32::from_ne_bytes(*word)).collect()
}

/// Scores one network: a dictionary.
#[pyfunction]
pub(crate) fn score<'py>(
    py: Python<'py>,
    network: &Network,
    options: Vec<String>,
    images: Option<&Images>,
) -> PyResult<Bound<'py, PyDict>> {
    let values = scored(py, vec![network.0.clone()], options, images, None)?;
    let found = PyDict::new(py);
    for one in values {
        let scores = PyDict::new(py);
        for (name, number) in one.scores {
            match number {
                None => scores.set_item(name, py.None())?,
                Some(Number::Whole(whole)) => scores.set_item(name, whole)?,
                Some(Number::Float(float)) => scores.set_item(name, float)?,
            }
        }
        found.set_item("network", one.network)?;
        found.set_item("scores", scores)?;
        let undefined = PyDict::new(py);
        for (name, why) in one.undefined {
            undefined.set_item(name, why)?;
        }
        found.set_item("undefined", undefined)?;
        let intervals = PyDict::new(py);
        for (name, [low, high]) in one.intervals {
            intervals.set_item(name, (low, high))?;
        }
        found.set_item("intervals", intervals)?;
        let seconds = PyDict::new(py);
        for (name, time) in one.seconds {
            seconds.set_item(name, time)?;
        }
        found.set_item("seconds", seconds)?;
    }
    Ok(found)
}

/// Scores many networks: columns `arch`, `flops`, `params`, `depth`, the proxies and hybrids, and
/// `undefined`, the reasons in one cell.
#[pyfunction]
pub(crate) fn score_columns(
    py: Python<'_>,
    networks: Vec<PyRef<'_, Network>>,
    options: Vec<String>,
    images: Option<&Images>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Columns> {
    let networks = networks.iter().map(|network| network.0.clone()).collect();
    let values = scored(py, networks, options, images, progress.as_ref())?;
    let text = |of: fn(&Values) -> Option<String>| Column::Text(values.iter().map(of).collect());
    let whole = |of: fn(&Values) -> u128| {
        // More FLOPs than 64 bits hold are in no table.
        Column::Whole(values.iter().map(|one| of(one).try_into().ok()).collect())
    };
    let mut columns = vec![
        ("arch".to_owned(), text(|one| Some(one.network.clone()))),
        ("flops".to_owned(), whole(|one| one.flops)),
        ("params".to_owned(), whole(|one| one.params)),
        ("depth".to_owned(), whole(|one| one.depth.into())),
    ];
    let names = values.first().map_or(&[][..], |one| &one.scores);
    for (place, (name, _)) in names.iter().enumerate() {
        // Costs have columns of their own.
        if columns.iter().any(|(known, _)| known == name) {
            continue;
        }
        let numbers = values.iter().map(|one| match one.scores.get(place)?.1? {
            Number::Float(value) => Some(value),
            Number::Whole(_) => None,
        });
        columns.push((name.clone(), Column::Number(numbers.collect())));
    }
    columns.push(("undefined".to_owned(), text(reasons)));
    Ok(Columns::new(columns))
}

/// `ntk: singular; zen: not finite`; none where all is defined.
fn reasons(values: &Values) -> Option<String> {
    let each = values.undefined.iter();
    let each: Vec<String> = each.map(|(name, why)| format!("{name}: {why}")).collect();
    (!each.is_empty()).then(|| each.join("; "))
}

fn scored(
    py: Python<'_>,
    networks: Vec<Given>,
    options: Vec<String>,
    images: Option<&Images>,
    progress: Option<&Py<PyAny>>,
) -> PyResult<Vec<Values>> {
    let images = images.map(|images| images.0.clone());
    run(py, progress, move |watch| {
        call::score(&options, &networks, images, watch)
    })
}
