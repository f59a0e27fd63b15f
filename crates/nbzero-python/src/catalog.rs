//! What there is: proxies, spaces, samples of them, and what is known of a network without a tensor.

use nbzero::cli::call;
use nbzero::proxy::{Direction, Needs, Suite};
use nbzero::space::Space;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;

use crate::failure::{exception, wrong};
use crate::network::Network;

/// The book's page of proxies, which is made from their files: the source of each.
const PAGE: &str = include_str!("../../../docs/src/proxies.md");

/// Every proxy, as dictionaries.
#[pyfunction]
pub(crate) fn proxies(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let suite = Suite::all();
    let each = suite.definitions().map(|definition| {
        let row = PyDict::new(py);
        row.set_item("name", definition.name)?;
        let direction = match definition.direction {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
        };
        row.set_item("direction", direction)?;
        row.set_item("sweep", definition.sweep.name())?;
        let needs = match definition.needs {
            Needs::Nothing => "nothing",
            Needs::Images => "images",
            Needs::Labels => "labels",
        };
        row.set_item("needs", needs)?;
        row.set_item("year", definition.year)?;
        row.set_item("source", item(definition.name, "Source"))?;
        row.set_item("formula", item(definition.name, "Formula"))?;
        Ok(row)
    });
    each.collect()
}

/// What the page says of a proxy under a heading, on one line.
fn item(proxy: &str, heading: &str) -> Option<String> {
    let (_, section) = PAGE.split_once(&format!("\n## {proxy}\n"))?;
    let section = section.split("\n## ").next()?;
    let (_, text) = section.split_once(&format!("- **{heading}**: "))?;
    let text = text.split("\n- **").next()?.split("\n\n").next()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Every search space, as dictionaries.
#[pyfunction]
pub(crate) fn spaces(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let each = Space::ALL.into_iter().map(|space| {
        let row = PyDict::new(py);
        row.set_item("name", space.name())?;
        row.set_item("family", space.family())?;
        row.set_item("population", space.population_size())?;
        row.set_item("largest_sample", space.largest_sample())?;
        row.set_item("classes", space.classes())?;
        row.set_item("resolution", space.resolution())?;
        Ok(row)
    });
    each.collect()
}

/// Architecture strings of a space.
#[pyfunction]
pub(crate) fn sample(
    py: Python<'_>,
    space: &str,
    count: Option<usize>,
    seed: u64,
) -> PyResult<Vec<String>> {
    let space = call::space(space).map_err(|failure| exception(&failure))?;
    let count = count.unwrap_or(space.population_size());
    let drawn = py.detach(|| space.sample(count, seed)).map_err(wrong)?;
    Ok(drawn.iter().map(ToString::to_string).collect())
}

/// What `nbzero info` says of a network, as a dictionary.
#[pyfunction]
pub(crate) fn info<'py>(
    py: Python<'py>,
    network: &Network,
    options: Vec<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let found = call::info(&options, &network.0).map_err(|failure| exception(&failure))?;
    Ok(pythonize(py, &found)?)
}
