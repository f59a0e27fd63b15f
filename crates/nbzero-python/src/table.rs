//! `nbzero.open`: benchmark tables.

use std::path::PathBuf;

use nbzero::cli::call;
use nbzero::table::{Split, Table};
use pyo3::prelude::*;
use pythonize::pythonize;

use crate::columns::{Column, Columns};
use crate::failure::{exception, wrong};

/// A benchmark table that is open.
#[pyclass(frozen, module = "nbzero._nbzero")]
#[derive(Debug)]
pub(crate) struct Benchmark {
    table: Table,
    name: String,
}

#[pymethods]
impl Benchmark {
    /// Reads and checks a table.
    #[new]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let name = path.display().to_string();
        let table = py.detach(|| Table::open(&path)).map_err(wrong)?;
        Ok(Self { table, name })
    }

    /// What `nbzero query --format json` writes, as dictionaries.
    fn query<'py>(
        &self,
        py: Python<'py>,
        options: Vec<String>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let found = call::query(&options, &self.table, &self.name);
        let found = found.map_err(|failure| exception(&failure))?;
        found.iter().map(|one| Ok(pythonize(py, one)?)).collect()
    }

    /// The columns of `nbzero export`: a row for each network and seed.
    fn runs(&self) -> Columns {
        let columns = self.table.columns().into_iter();
        Columns::new(
            columns
                .map(|(name, values)| (name, values.into()))
                .collect(),
        )
    }

    /// A row for each network, accuracies as means over its seeds.
    fn networks(&self) -> Columns {
        let table = &self.table;
        let whole = |values: &[Option<u64>]| Column::Whole(values.to_vec());
        let archs = table.architectures().iter().cloned().map(Some);
        let depth = table.depth().iter().map(|depth| depth.map(Into::into));
        let seeds = table.rows().map(|row| {
            let seeds = row.accuracies(Split::Test).count();
            u64::try_from(seeds).ok()
        });
        let mut columns = vec![
            ("arch".to_owned(), Column::Text(archs.collect())),
            ("flops".to_owned(), whole(table.flops())),
            ("params".to_owned(), whole(table.params())),
            ("depth".to_owned(), Column::Whole(depth.collect())),
        ];
        if table.predicted().is_some() {
            let means = table.rows().map(|row| Some(row.prediction()?.mean));
            columns.push((
                "predicted_accuracy".to_owned(),
                Column::Number(means.collect()),
            ));
        } else {
            columns.push(("seeds".to_owned(), Column::Whole(seeds.collect())));
            for (name, split) in [
                ("test_accuracy", Split::Test),
                ("nas_validation_accuracy", Split::NasValidation),
            ] {
                let means = Column::Number(table.mean_accuracy(split));
                columns.push((name.to_owned(), means));
            }
        }
        for name in table.proxies() {
            // Costs and accuracies have these names already.
            if columns.iter().any(|(known, _)| known == name) {
                continue;
            }
            let scores = table.scores(name).unwrap_or_default().iter();
            let values = scores.map(nbzero::table::Score::value);
            columns.push((name.to_owned(), Column::Number(values.collect())));
        }
        Columns::new(columns)
    }

    /// Proxies whose lower scores are the better ones.
    #[getter]
    fn lower(&self) -> Vec<&str> {
        let lower = |name: &&str| {
            let direction = self.table.direction(name);
            direction.is_ok_and(|direction| direction == nbzero::table::Direction::Lower)
        };
        self.table.proxies().filter(lower).collect()
    }

    /// Its proxies.
    #[getter]
    fn proxies(&self) -> Vec<&str> {
        self.table.proxies().collect()
    }
}
