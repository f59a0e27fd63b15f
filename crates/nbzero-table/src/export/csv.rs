//! Comma-separated values (RFC 4180).

use std::path::Path;

use super::{Sheet, Values};
use crate::file::write_whole;
use crate::{Error, Result, Table};

impl Table {
    /// The table as CSV: a header, then one row a network and seed.
    ///
    /// Columns: `arch`, `flops`, `params`, `depth`, `seed`, `test_accuracy`,
    /// `nas_validation_accuracy`, `diverged_in_epoch`, in a table of predictions
    /// `predicted_accuracy` and `predicted_deviation`, then the scores by name. What is missing or
    /// undefined is empty. Numbers have all their digits: read back, they are the same to the last
    /// bit. A network without a training run has one row without a seed.
    ///
    /// ```
    /// # fn show(table: &nbzero_table::Table) -> nbzero_table::Result<()> {
    /// let csv = table.to_csv()?;
    /// assert!(csv.starts_with(b"arch,flops,params,depth,seed,test_accuracy,"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// None that is known; the writer's are passed on.
    pub fn to_csv(&self) -> Result<Vec<u8>> {
        let sheet = Sheet::new(self);
        let failed = |error: &dyn std::fmt::Display| Error::Export {
            format: "CSV",
            reason: error.to_string(),
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = sheet.columns.iter().map(|(name, _)| name);
        writer
            .write_record(header)
            .map_err(|error| failed(&error))?;
        for row in 0..sheet.rows {
            let cells = sheet.columns.iter().map(|(_, values)| values.cell(row));
            writer.write_record(cells).map_err(|error| failed(&error))?;
        }
        writer.into_inner().map_err(|error| failed(&error))
    }

    /// Writes [`to_csv`](Self::to_csv) to a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), &self.to_csv()?)
    }
}

impl Values<'_> {
    /// A cell as text; the debug form of a number has an exponent where it would be long.
    fn cell(&self, row: usize) -> String {
        match self {
            Self::Text(values) => values[row].to_owned(),
            Self::Whole(values) => values[row].map(|v| v.to_string()).unwrap_or_default(),
            Self::Number(values) => values[row].map(|v| format!("{v:?}")).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{predictions, table};

    #[test]
    fn predictions_are_called_predicted() {
        let csv = String::from_utf8(predictions().to_csv().expect("exportable")).expect("text");
        assert_eq!(
            csv,
            "arch,flops,params,depth,seed,test_accuracy,nas_validation_accuracy,diverged_in_epoch,predicted_accuracy,predicted_deviation\n\
             \"r1:16:8x1s2,16x1s2\",18000,180,8,,,,,101.5,1.75\n\
             r1:8:16x1s2,11000,110,8,,,,,62.25,0.5\n"
        );
    }

    #[test]
    fn one_row_a_record() {
        let csv = String::from_utf8(table().to_csv().expect("exportable")).expect("text");
        assert_eq!(
            csv,
            "arch,flops,params,depth,seed,test_accuracy,nas_validation_accuracy,diverged_in_epoch,grasp,snip\n\
             \"r1:16:8x1s2,16x1s2\",18000,180,8,0,70.0,35.0,,,6.0\n\
             \"r1:16:8x1s2,16x1s2\",18000,180,8,1,,,3,,6.0\n\
             r1:8:16x1s2,11000,110,8,0,61.5,30.75,,,3.6666666666666665\n\
             r1:8:16x1s2,11000,110,8,1,62.5,31.25,,,3.6666666666666665\n"
        );
    }
}
