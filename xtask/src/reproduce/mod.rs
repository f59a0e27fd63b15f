//! `cargo xtask reproduce`: the paper's tables and figures from the project's data.

mod factors;
mod files;
mod tables;
mod target;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use nbzero_report::{Error, Exhibit, Format, Section, html_report};

use crate::failure::Failure;
use files::write_whole;
use tables::Tables;
use target::Target;

/// Arguments of `reproduce`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to reproduce.
    target: Target,
    /// The benchmark tables to measure on, several where a target compares tables [default: those
    /// in data/ of the workspace that the target is about].
    #[arg(long = "table", value_name = "PATH")]
    tables: Vec<PathBuf>,
    /// How to write the numbers.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: FormatArgument,
    /// Write files named after each target into this folder instead of printing: the numbers, and
    /// figures as SVG and PNG; for `all` also one page with everything, index.html.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
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
    let tables = Tables::new(root, &arguments.tables);
    let format = Format::from(arguments.format);
    let mut sections = Vec::new();
    let mut left_out = Vec::new();
    for target in arguments.target.parts() {
        let exhibit = match target.measure(&tables, root) {
            Ok(exhibit) => exhibit,
            // Of everything, what these tables cannot show is left out, not fatal.
            Err(Failure::Input(reason))
                if arguments.target == Target::All && !sections.is_empty() =>
            {
                let sentence = format!("left out {}: {reason:#}", target.name());
                print(&format!("{sentence}\n"))?;
                left_out.push(sentence);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let text = exhibit.render(format).map_err(of_report)?;
        match &arguments.out {
            Some(folder) => {
                let file = format!("{}.{}", target.name(), format.extension());
                write_whole(&folder.join(file), text.as_bytes())?;
                write_picture(exhibit.as_ref(), &target.name(), folder)?;
            }
            None => print(&text)?,
        }
        sections.push(Section::new(exhibit.as_ref()).map_err(of_report)?);
    }
    if let (Target::All, Some(folder)) = (arguments.target, &arguments.out) {
        let introduction = [vec![tables.describe()], left_out].concat();
        let page = html_report("NAS-Bench-Zero, measured", &introduction, &sections);
        write_whole(&folder.join("index.html"), page.as_bytes())?;
    }
    Ok(())
}

fn write_picture(exhibit: &dyn Exhibit, name: &str, folder: &Path) -> Result<(), Failure> {
    if let Some(picture) = exhibit.picture().map_err(of_report)? {
        write_whole(
            &folder.join(format!("{name}.svg")),
            picture.svg().as_bytes(),
        )?;
        let png = picture.png().map_err(of_report)?;
        write_whole(&folder.join(format!("{name}.png")), &png)?;
    }
    Ok(())
}

/// Tables that cannot be judged are bad input; anything else is a failed run.
fn of_report(error: Error) -> Failure {
    match error {
        Error::NoAccuracy { .. }
        | Error::Predicted { .. }
        | Error::Table(_)
        | Error::NoTables { .. }
        | Error::NoStages { .. }
        | Error::NoCommonProxy
        | Error::NoCommonNetwork { .. }
        | Error::OtherNetworks { .. } => Failure::Input(error.into()),
        other => Failure::Run(anyhow!(other)),
    }
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
