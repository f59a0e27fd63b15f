//! Apache Parquet, with the low-level writer: no arrow.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::Result as Written;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::{Sheet, Values};
use crate::file::write_whole;
use crate::{Error, Result, Table};

impl Table {
    /// The table as Parquet, with the columns of [`to_csv`](Self::to_csv).
    ///
    /// `arch` is a string, costs, seeds and epochs are unsigned 64-bit integers, everything else is a
    /// double. A missing accuracy and an undefined score are null. The file's metadata tells what
    /// the table is about, under keys that begin with `nbzero.`.
    ///
    /// ```
    /// # fn show(table: &nbzero_table::Table) -> nbzero_table::Result<()> {
    /// assert!(table.to_parquet()?.starts_with(b"PAR1"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// None that is known; the writer's are passed on.
    pub fn to_parquet(&self) -> Result<Vec<u8>> {
        let sheet = Sheet::new(self);
        write(&sheet, self).map_err(|error| Error::Export {
            format: "Parquet",
            reason: error.to_string(),
        })
    }

    /// Writes [`to_parquet`](Self::to_parquet) to a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn write_parquet(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), &self.to_parquet()?)
    }
}

fn write(sheet: &Sheet<'_>, table: &Table) -> Written<Vec<u8>> {
    let fields = sheet
        .columns
        .iter()
        .map(|(name, values)| Ok(Arc::new(values.field(name)?)))
        .collect::<Written<_>>()?;
    let schema = Type::group_type_builder("nbzero").with_fields(fields);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(about(table)))
        .build();
    let mut bytes = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema.build()?), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (_, values) in &sheet.columns {
        if let Some(column) = group.next_column()? {
            values.write(column)?;
        }
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

/// What the table is about, for the file's metadata.
fn about(table: &Table) -> Vec<KeyValue> {
    let metadata = &table.metadata;
    let mut pairs = vec![
        ("nbzero.space".to_owned(), metadata.space.clone()),
        ("nbzero.dataset".to_owned(), metadata.dataset.to_string()),
        ("nbzero.images".to_owned(), metadata.images.clone()),
        ("nbzero.recipe".to_owned(), metadata.recipe_details.clone()),
    ];
    if let Some(definition) = &metadata.space_definition {
        let name = "nbzero.space_definition".to_owned();
        pairs.push((name, definition.clone()));
    }
    if let Some(predicted) = table.predicted() {
        pairs.push(("nbzero.predicted".to_owned(), predicted.details.clone()));
    }
    for definition in &metadata.scores {
        let name = format!("nbzero.score.{}", definition.name);
        pairs.push((name, definition.to_string()));
    }
    pairs
        .into_iter()
        .map(|(key, value)| KeyValue::new(key, value))
        .collect()
}

impl Values<'_> {
    /// The column's place in the schema.
    fn field(&self, name: &str) -> Written<Type> {
        let (physical, logical, repetition) = match self {
            Self::Text(_) => (
                Physical::BYTE_ARRAY,
                Some(LogicalType::String),
                Repetition::REQUIRED,
            ),
            Self::Whole(_) => (
                Physical::INT64,
                Some(LogicalType::integer(64, false)),
                Repetition::OPTIONAL,
            ),
            Self::Number(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        };
        Type::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
    }

    fn write(&self, mut column: SerializedColumnWriter<'_>) -> Written<()> {
        match self {
            Self::Text(values) => {
                let values: Vec<ByteArray> = values.iter().map(|&text| text.into()).collect();
                let writer = column.typed::<ByteArrayType>();
                writer.write_batch(&values, None, None)?;
            }
            Self::Whole(values) => {
                // The format keeps unsigned integers in the bits of signed ones.
                let signed = values.iter().map(|value| value.map(u64::cast_signed));
                write_optional(column.typed::<Int64Type>(), signed)?;
            }
            Self::Number(values) => {
                write_optional(column.typed::<DoubleType>(), values.iter().copied())?;
            }
        }
        column.close()
    }
}

/// Values that may be null: what is there, and a level a row that says whether it is.
fn write_optional<D: DataType>(
    writer: &mut ColumnWriterImpl<'_, D>,
    values: impl Iterator<Item = Option<D::T>> + Clone,
) -> Written<()> {
    let levels: Vec<i16> = values
        .clone()
        .map(|value| i16::from(value.is_some()))
        .collect();
    let present: Vec<D::T> = values.flatten().collect();
    writer.write_batch(&present, Some(&levels), None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use crate::sample::table;

    #[test]
    fn what_is_written_is_read_back() -> parquet::errors::Result<()> {
        let bytes = table().to_parquet().expect("exportable");
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes))?;
        let about = reader.metadata().file_metadata().key_value_metadata();
        assert!(
            about
                .expect("there")
                .iter()
                .any(|pair| pair.key == "nbzero.score.snip")
        );
        let rows = reader
            .get_row_iter(None)?
            .collect::<parquet::errors::Result<Vec<_>>>()?;
        assert_eq!(rows.len(), 4);
        let last: Vec<&Field> = rows[3].get_column_iter().map(|(_, field)| field).collect();
        assert_eq!(
            last,
            [
                &Field::Str("r1:8:16x1s2".into()),
                &Field::ULong(11_000),
                &Field::ULong(110),
                &Field::ULong(8),
                &Field::ULong(1),
                &Field::Double(62.5),
                &Field::Double(31.25),
                &Field::Null,
                &Field::Null,
                &Field::Double(11.0 / 3.0),
            ]
        );
        Ok(())
    }
}
