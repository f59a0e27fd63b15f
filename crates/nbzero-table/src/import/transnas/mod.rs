//! TransNAS-Bench-101, macro level: a row a network and task.
//!
//! - **Accuracies**: `val_final`, the task's metric on the validation images after the last epoch.
//!   The file has none on test images. It becomes the test accuracy, because it is the result that
//!   proxies are judged by, and nothing was chosen by it: neither the epoch nor the network. There
//!   is no NAS validation accuracy, and the metadata says what the test accuracy is
//! - **Costs**: published for 662 or 725 networks of each task; here they are computed for all,
//!   see `network.rs`, and compared with those that are published
//! - **Source**: Duan et al. 2021; the scores are those of NAS-Bench-Suite-Zero, by automl/NASLib

mod network;
mod published;
mod task;

use std::path::Path;

use super::draft::{Costs, Draft, Network, Run};
use super::scores::ScoreColumns;
use super::sheet::{Column, Line, Sheet};
use super::{ImportError, ImportResult, PublishedTable};
use crate::error::list;
use crate::{Dataset, Metadata, Table, read_text};
use network::Code;
use task::Task;

pub(super) use task::TASKS;

const NAME: &str = PublishedTable::TransnasMacro.name();

/// Reads the rows of one of [`TASKS`].
pub(super) fn import(path: &Path, name: &str) -> ImportResult<Table> {
    let (task, dataset) = expressible(name)?;
    let text = read_text(path)?;
    let sheet = Sheet::read(path, NAME, &text)?;
    let columns = Columns {
        task,
        code: sheet.column("code")?,
        metric: sheet.column("val_final")?,
        best: sheet.find("val_best"),
        flops: sheet.column("flops")?,
        params: sheet.column("params")?,
        scores: ScoreColumns::find(&sheet, published::columns(task))?,
    };
    let of = sheet.column("task")?;
    let mut draft = Draft::new(path);
    for line in sheet.lines() {
        let named = line.text(&of);
        if named == task.name {
            draft.add(line.place(), columns.network(line)?)?;
        } else if TASKS.iter().all(|task| task.name != named) {
            let tasks = TASKS.iter().map(|task| task.name);
            return Err(line.bad(&of, format!("one of {}", list(tasks))));
        }
    }
    draft.finish(metadata(task, dataset, &columns.scores))
}

/// A task whose metric a table can hold.
fn expressible(name: &str) -> ImportResult<(&'static Task, Dataset)> {
    let known = TASKS.iter().filter(|task| task.dataset.is_some());
    let found = TASKS.iter().find(|task| task.name == name);
    match found.map(|task| (task, task.dataset)) {
        Some((task, Some(dataset))) => Ok((task, dataset)),
        Some((task, None)) => Err(ImportError::NotAccuracies {
            table: NAME,
            dataset: task.name,
            metric: task.metric,
            known: list(known.map(|task| task.name)),
        }),
        None => Err(ImportError::UnknownDataset {
            table: NAME,
            name: name.into(),
            known: list(known.map(|task| task.name)),
        }),
    }
}

/// The columns of a task's rows.
struct Columns {
    task: &'static Task,
    code: Column,
    metric: Column,
    /// The best epoch's metric, if the file has it.
    best: Option<Column>,
    flops: Column,
    params: Column,
    scores: ScoreColumns,
}

impl Columns {
    fn network(&self, line: Line<'_>) -> ImportResult<Network> {
        let text = line.text(&self.code);
        let code = Code::parse(text);
        let code = code.ok_or_else(|| {
            line.bad(
                &self.code,
                "4 to 6 digits from 1 to 4, at most four of them 3 or 4",
            )
        })?;
        let costs = code.costs(self.task);
        self.agree(line, costs)?;
        line.at_least(self.best.as_ref(), &self.metric)?;
        let scale = self.task.scale;
        let metric = line.number_to(&self.metric, 100.0 / scale)? * scale;
        Ok(Network {
            arch: format!("{NAME}:{text}"),
            costs: costs.into(),
            stages: code.stages(),
            scores: self.scores.of(line)?,
            runs: vec![Run {
                test: metric.min(100.0),
                nas_validation: None,
            }],
        })
    }

    /// Published costs, where there are any, are the computed ones.
    fn agree(&self, line: Line<'_>, costs: Costs) -> ImportResult<()> {
        for (column, computed) in [(&self.flops, costs.flops), (&self.params, costs.params)] {
            if !line.text(column).is_empty() {
                line.agree(column, computed)?;
            }
        }
        Ok(())
    }
}

fn metadata(task: &Task, dataset: Dataset, scores: &ScoreColumns) -> Metadata {
    Metadata {
        space: NAME.into(),
        space_definition: None,
        dataset,
        classes: Some(task.classes),
        resolution: Some((task.resolution() as usize).into()),
        recipe: "transnas-bench-101".into(),
        recipe_details: task.recipe.into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from TransNAS-Bench-101 (Duan et al. 2021) by automl/NASLib, \
            Apache-2.0; FLOPs and parameters in the convention of NAS-Bench-Suite-Zero: batch \
            norm counts 2 for each output and ReLU 1, transposed convolutions count nothing"
            .into(),
        scores: scores.definitions(),
        images: format!(
            "Taskonomy; the test accuracy is {} on the validation images after the last epoch; \
             none on test images is published with it",
            task.metric
        ),
    }
}
