//! `nbzero import csv FILE`: anybody's benchmark, whose networks may have any names.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use nbzero_graph::Resolution;
use nbzero_space::Architecture;
use nbzero_table::import::{OwnColumns, own_table};

use super::own::{ColumnArguments, OwnArguments, read};
use super::wrote;
use crate::cli::command::{check_out, resolution, size};
use crate::cli::failure::Failure;
use crate::cli::remark::say;
use crate::cli::stored::narrow;

#[derive(Debug, clap::Args)]
pub(super) struct Csv {
    /// The CSV, plain or compressed with gzip.
    file: PathBuf,
    #[command(flatten)]
    columns: ColumnArguments,
    /// The column of FLOPs (multiply-accumulates), whole numbers.
    #[arg(long, value_name = "COLUMN")]
    flops_column: Option<String>,
    /// The column of parameters.
    #[arg(long, value_name = "COLUMN")]
    params_column: Option<String>,
    /// The column of layers: convolutions and linear ones.
    #[arg(long, value_name = "COLUMN")]
    depth_column: Option<String>,
    /// Number of classes, with which costs of architecture strings are counted.
    #[arg(long, value_parser = size)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images, such as 32 or 48x64, with which costs of architecture strings are counted.
    #[arg(long, value_parser = resolution)]
    resolution: Option<Resolution>,
    #[command(flatten)]
    own: OwnArguments,
}

impl Csv {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut about = self.own.about(&self.file)?;
        about.classes = self.classes.map(|classes| narrow(classes.get()));
        about.resolution = self.resolution;
        let out = self.own.out(&about);
        check_out(&out, [&self.file])?;
        let columns = OwnColumns {
            flops: self.flops_column.clone(),
            params: self.params_column.clone(),
            depth: self.depth_column.clone(),
            ..self.columns.columns()
        };
        let networks = read(&self.file, &columns, &about)?;
        let countable = networks
            .iter()
            .filter(|one| one.arch.parse::<Architecture>().is_ok());
        let countable = countable.count();
        if countable > 0 && about.classes.zip(about.resolution).is_none() {
            say(format_args!(
                "note: {countable} of {} networks are architecture strings, whose costs are counted with \
                 --classes and --resolution",
                networks.len()
            ));
        }
        let table = own_table(&self.file, &about, networks).map_err(Failure::input)?;
        wrote(&out, &table)
    }
}
