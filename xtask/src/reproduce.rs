//! `cargo xtask reproduce`: the paper's tables from the project's data.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use nbzero_report::{Error, Format, table1};
use nbzero_table::Table;

use crate::failure::Failure;

/// The table that the reports are made from, relative to the workspace's root.
const DEFAULT_TABLE: &str = "data/r1-mini-cifar100.nbz";

/// Arguments of `reproduce`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to reproduce.
    target: Target,
    /// The benchmark table to measure on [default: data/r1-mini-cifar100.nbz of the workspace].
    #[arg(long, value_name = "PATH")]
    table: Option<PathBuf>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: FormatArgument,
    /// Write a file named after each target into this folder instead of printing.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What can be reproduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Proxies under correlation indices and mBR.
    Table1,
    /// Everything.
    All,
}

impl Target {
    /// The single reports that the target stands for.
    fn reports(self) -> &'static [Report] {
        match self {
            Self::Table1 | Self::All => &[Report::Table1],
        }
    }
}

/// One report, one file.
#[derive(Debug, Clone, Copy)]
enum Report {
    Table1,
}

impl Report {
    fn name(self) -> &'static str {
        match self {
            Self::Table1 => "table1",
        }
    }

    fn render(self, table: &Table, format: Format) -> nbzero_report::Result<String> {
        match self {
            Self::Table1 => table1(table)?.render(format),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    Text,
    Markdown,
    Csv,
    Json,
}

impl From<FormatArgument> for Format {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Text => Self::Text,
            FormatArgument::Markdown => Self::Markdown,
            FormatArgument::Csv => Self::Csv,
            FormatArgument::Json => Self::Json,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    let default = || root.join(DEFAULT_TABLE);
    let path = arguments.table.clone().unwrap_or_else(default);
    let table = open(&path)?;
    let format = Format::from(arguments.format);
    for report in arguments.target.reports() {
        let text = report
            .render(&table, format)
            .map_err(|error| of_report(error, &path))?;
        match &arguments.out {
            Some(folder) => {
                let file = folder.join(format!("{}.{}", report.name(), format.extension()));
                write_whole(&file, &text)?;
                print(&format!("wrote {}\n", file.display()))?;
            }
            None => print(&text)?,
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<Table, Failure> {
    let missing = || {
        anyhow!(
            "there is no table at {}: make one with `nbzero collect` and `nbzero merge`, or give \
             another one with --table",
            path.display()
        )
    };
    if !path.exists() {
        return Err(Failure::Input(missing()));
    }
    Table::open(path).map_err(|error| Failure::Input(error.into()))
}

/// A table that cannot be judged is bad input; anything else is a failed run.
fn of_report(error: Error, path: &Path) -> Failure {
    match error {
        Error::NoAccuracy { .. } | Error::Table(_) => {
            Failure::Input(anyhow!(error).context(path.display().to_string()))
        }
        other => Failure::Run(other.into()),
    }
}

/// Writes a file so that it is there whole or not at all.
fn write_whole(path: &Path, text: &str) -> Result<(), anyhow::Error> {
    let cannot = || format!("cannot write {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(cannot)?;
    let mut file = new_file(folder).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)?;
    file.as_file().sync_all().with_context(cannot)?;
    file.persist(path)
        .map_err(|e| e.error)
        .with_context(cannot)?;
    Ok(())
}

/// A temporary file with the permissions of an ordinary one.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".reproduce-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Prints; a reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), anyhow::Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
