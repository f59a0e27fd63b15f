//! Scores in a Parquet file, as pandas, Polars and Spark write it.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use parquet::basic::Compression;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::file::{ARCH, Cell, Cells, Row};

pub(super) fn read(path: &Path) -> Result<Cells> {
    let cannot = || format!("cannot read the scores {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    let reader = SerializedFileReader::new(file).with_context(cannot)?;
    if let Some(compression) = unread_compression(reader.metadata()) {
        return Err(anyhow!(
            "{} is compressed with {compression}, which is not read: write it with \
             compression=\"snappy\" or \"zstd\"",
            path.display()
        ));
    }
    let schema = reader.metadata().file_metadata().schema().get_fields();
    let names: Vec<String> = schema.iter().map(|field| field.name().to_owned()).collect();
    let arch = names.iter().position(|name| name == ARCH).ok_or_else(|| {
        anyhow!(
            "{} has no column `{ARCH}` of architecture strings, but {}",
            path.display(),
            names.join(", ")
        )
    })?;
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.get_row_iter(None).with_context(cannot)?) {
        let record = record.with_context(cannot)?;
        let mut cells: Vec<Cell> = record.into_columns().into_iter().map(cell).collect();
        let place = format!("row {number}");
        let arch = match (arch < cells.len()).then(|| cells.remove(arch)) {
            Some(Cell::Other(arch)) => arch,
            found => {
                let found = match found {
                    Some(Cell::Number(number)) => number.to_string(),
                    _ => "nothing".to_owned(),
                };
                return Err(anyhow!(
                    "{}, {place}: the column `{ARCH}` holds {found} and no architecture string",
                    path.display()
                ));
            }
        };
        rows.push(Row { place, arch, cells });
    }
    let mut names = names;
    names.remove(arch);
    Ok(Cells { names, rows })
}

/// The first compression of a column that this program was built without.
fn unread_compression(metadata: &ParquetMetaData) -> Option<&'static str> {
    let groups = metadata.row_groups().iter();
    let columns = groups.flat_map(RowGroupMetaData::columns);
    let mut unread = columns.filter_map(|column| match column.compression() {
        Compression::GZIP(_) => Some("gzip"),
        Compression::BROTLI(_) => Some("brotli"),
        Compression::LZ4 | Compression::LZ4_RAW => Some("LZ4"),
        Compression::LZO => Some("LZO"),
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_) => None,
    });
    unread.next()
}

fn cell((_, field): (String, Field)) -> Cell {
    match field {
        Field::Null => Cell::Nothing,
        Field::Double(value) => Cell::Number(value),
        Field::Float(value) => Cell::Number(value.into()),
        Field::Float16(value) => Cell::Number(value.into()),
        Field::Byte(value) => Cell::Number(value.into()),
        Field::Short(value) => Cell::Number(value.into()),
        Field::Int(value) => Cell::Number(value.into()),
        Field::UByte(value) => Cell::Number(value.into()),
        Field::UShort(value) => Cell::Number(value.into()),
        Field::UInt(value) => Cell::Number(value.into()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a score is compared with others, and its last digits hardly matter"
        )]
        Field::Long(value) => Cell::Number(value as f64),
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        Field::ULong(value) => Cell::Number(value as f64),
        Field::Str(text) if text.is_empty() => Cell::Nothing,
        Field::Str(text) => Cell::Other(text),
        // Some programs do not say that their bytes are text.
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok("") => Cell::Nothing,
            Ok(text) => Cell::Other(text.to_owned()),
            Err(_) => Cell::Other("bytes".to_owned()),
        },
        other => Cell::Other(other.to_string()),
    }
}
