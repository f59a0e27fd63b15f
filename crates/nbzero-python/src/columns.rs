//! Columns that data frames take by Arrow's C interface.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, Float64Array, RecordBatch, RecordBatchIterator, StringArray, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use nbzero::table::Values;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

/// A column's values, one a row; none where missing or undefined.
#[derive(Debug, Clone, FromPyObject)]
pub(crate) enum Column {
    /// Whole numbers.
    Whole(Vec<Option<u64>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Strings.
    Text(Vec<Option<String>>),
}

/// Named columns of one length.
#[pyclass(frozen, module = "nbzero._nbzero")]
#[derive(Debug)]
pub(crate) struct Columns {
    names: Vec<String>,
    columns: Vec<Column>,
}

impl Columns {
    pub(crate) fn new(columns: Vec<(String, Column)>) -> Self {
        let (names, columns) = columns.into_iter().unzip();
        Self { names, columns }
    }

    fn batch(&self) -> Result<RecordBatch, ArrowError> {
        let fields = self.names.iter().zip(&self.columns);
        let fields = fields.map(|(name, column)| Field::new(name, column.kind(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        RecordBatch::try_new(schema, self.columns.iter().map(Column::array).collect())
    }
}

#[pymethods]
impl Columns {
    #[new]
    fn of(columns: Vec<(String, Column)>) -> PyResult<Self> {
        let columns = Self::new(columns);
        let first = columns.columns.first().map(Column::len);
        if columns
            .columns
            .iter()
            .any(|column| Some(column.len()) != first)
        {
            return Err(PyValueError::new_err("columns of a table have one length"));
        }
        Ok(columns)
    }

    /// Their names.
    #[getter]
    fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    fn __len__(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// The values of a column, `None` where missing.
    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let place = self.names.iter().position(|known| known == name);
        let place = place.ok_or_else(|| {
            PyKeyError::new_err(format!(
                "there is no column `{name}`: there are {}",
                self.names.join(", ")
            ))
        })?;
        match &self.columns[place] {
            Column::Whole(values) => PyList::new(py, values),
            Column::Number(values) => PyList::new(py, values),
            Column::Text(values) => PyList::new(py, values),
        }
    }

    /// Arrow's C stream of one batch; any other schema than theirs is not made.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol allows to leave a wish unheard.
        drop(requested_schema);
        let batch = self.batch();
        let batch = batch.map_err(|error| PyValueError::new_err(error.to_string()))?;
        let schema = batch.schema();
        let reader = RecordBatchIterator::new([Ok(batch)], schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    fn kind(&self) -> DataType {
        match self {
            Self::Whole(_) => DataType::UInt64,
            Self::Number(_) => DataType::Float64,
            Self::Text(_) => DataType::Utf8,
        }
    }

    fn array(&self) -> ArrayRef {
        match self {
            Self::Whole(values) => Arc::new(UInt64Array::from(values.clone())),
            Self::Number(values) => Arc::new(Float64Array::from(values.clone())),
            Self::Text(values) => Arc::new(StringArray::from(values.clone())),
        }
    }
}

impl From<Values<'_>> for Column {
    fn from(values: Values<'_>) -> Self {
        match values {
            Values::Text(values) => {
                let owned = values.into_iter().map(|text| Some(text.to_owned()));
                Self::Text(owned.collect())
            }
            Values::Whole(values) => Self::Whole(values),
            Values::Number(values) => Self::Number(values),
        }
    }
}
