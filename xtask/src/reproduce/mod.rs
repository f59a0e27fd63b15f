//! `cargo xtask reproduce`: the paper's tables and figures from the project's data.

mod factors;
mod tables;
mod target;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Args, ValueEnum};
use nbzero_report::{Format, PAGE, Report, write_part, write_whole};

use crate::failure::Failure;
use crate::output::{print, say};
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

impl Arguments {
    /// Whether figures become files.
    pub(crate) fn draws_png(&self) -> bool {
        self.out.is_some()
    }
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    let tables = Tables::new(root, &arguments.tables);
    let format = Format::from(arguments.format);
    let all = arguments.target == Target::All;
    let mut report = Report::default();
    if arguments.target.is_of_one_table() {
        for idle in tables.idle()? {
            let name = arguments.target.name();
            say(&format!(
                "{name} is of one table: {} is not looked at",
                idle.display()
            ));
        }
    }
    let untrained = all && tables.main()?.is_of_scores_alone();
    for target in arguments.target.parts() {
        let exhibit = match target.measure(&tables, root) {
            Ok(exhibit) => exhibit,
            // Of everything, what these tables cannot show is left out, not fatal.
            Err(Failure::Input(reason)) if all && (untrained || !report.is_empty()) => {
                say(report.leave_out(&target.name(), &format!("{reason:#}")));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        match &arguments.out {
            Some(folder) => {
                let written = write_part(exhibit.as_ref(), &target.name(), format, folder);
                for line in written? {
                    print(&format!("{line}\n"))?;
                }
            }
            None => print(&exhibit.render(format)?)?,
        }
        report.add(exhibit.as_ref())?;
    }
    if let (true, Some(folder)) = (all, &arguments.out) {
        let read = tables.read_so_far();
        let page = report.page(&read.iter().map(Rc::as_ref).collect::<Vec<_>>());
        let path = folder.join(PAGE);
        write_whole(&path, page.as_bytes())?;
        print(&format!("wrote {}\n", path.display()))?;
    }
    Ok(())
}
