//! Answers for people, and as JSON.

use std::io::Write;

use nbzero_table::{Cost, Noise, Prediction, Row, Runs, Score, Split, Summary, Table};
use serde_json::{Map, Value, json};

use crate::cli::failure::Failure;
use crate::cli::output;

/// What accuracies on a split are called.
fn accuracy_on(split: Split) -> &'static str {
    match split {
        Split::Test => "test accuracy",
        Split::NasValidation => "NAS validation accuracy",
    }
}

/// Everything about one network.
pub(super) fn network(out: &mut impl Write, row: Row<'_>) -> Result<(), Failure> {
    writeln!(out, "{} (row {})", row.arch(), row.index())?;
    writeln!(
        out,
        "{} FLOPs, {} parameters, {} layers",
        known(row.flops(), "unknown"),
        known(row.params(), "unknown"),
        known(row.depth(), "unknown")
    )?;
    if let Some(Prediction { mean, deviation }) = row.prediction() {
        writeln!(
            out,
            "predicted test accuracy: {mean:.2}%, standard deviation {deviation:.2} (not measured)"
        )?;
    } else {
        measured(out, row)?;
    }
    let scores = row.scores().map(|(name, score)| {
        let text = match (score.value(), score.reason()) {
            (Some(value), _) => output::number(value),
            (None, reason) => format!("undefined: {}", reason.unwrap_or_default()),
        };
        vec![name.to_owned(), text]
    });
    if scores.len() > 0 {
        let header = ["proxy", "score"].map(str::to_owned);
        writeln!(out, "{}", output::table(header.to_vec(), scores))?;
    }
    Ok(())
}

/// What was measured of a network: nothing where all that is known are scores.
fn measured(out: &mut impl Write, row: Row<'_>) -> Result<(), Failure> {
    for split in Split::ALL {
        let name = accuracy_on(split);
        match row.runs(split) {
            None => writeln!(out, "{name}: none")?,
            Some(runs) => {
                let each = row.accuracies(split);
                let each: Vec<_> = each
                    .map(|(seed, a)| format!("seed {seed}: {a:.2}"))
                    .collect();
                writeln!(out, "{name}: {} ({})", with_noise(&runs), each.join(", "))?;
            }
        }
    }
    for (seed, epoch) in row.diverged() {
        writeln!(out, "seed {seed} diverged in epoch {epoch}")?;
    }
    Ok(())
}

/// A cost, or another word where nobody knows it.
fn known(cost: Option<impl ToString>, otherwise: &str) -> String {
    cost.map_or(otherwise.to_owned(), |cost| cost.to_string())
}

/// `62.00% +- 0.71 over 2 seeds`.
fn with_noise(runs: &Runs) -> String {
    match runs.deviation {
        None => format!("{:.2}%, one seed", runs.mean),
        Some(deviation) => format!(
            "{:.2}%, standard deviation {deviation:.2} over {} seeds",
            runs.mean, runs.count
        ),
    }
}

/// The best networks, a line each.
pub(super) fn list(out: &mut impl Write, rows: &[Row<'_>], split: Split) -> Result<(), Failure> {
    let lines = rows.iter().map(|row| {
        let runs = row.runs(split);
        let cell = |text: Option<String>| text.unwrap_or_default();
        vec![
            row.arch().to_owned(),
            row.index().to_string(),
            known(row.flops(), ""),
            known(row.params(), ""),
            known(row.depth(), ""),
            cell(runs.map(|runs| format!("{:.2}%", runs.mean))),
            cell(runs.and_then(|runs| Some(format!("{:.2}", runs.deviation?)))),
            cell(runs.map(|runs| runs.count.to_string())),
        ]
    });
    let header = [
        "arch",
        "row",
        "FLOPs",
        "params",
        "depth",
        accuracy_on(split),
        "deviation",
        "seeds",
    ];
    let header = header.map(str::to_owned).to_vec();
    writeln!(out, "{}", output::table(header, lines))?;
    Ok(())
}

/// The networks of the best predictions, a line each.
pub(super) fn predictions(out: &mut impl Write, rows: &[Row<'_>]) -> Result<(), Failure> {
    let lines = rows.iter().map(|row| {
        let cell =
            |value: fn(Prediction) -> String| row.prediction().map(value).unwrap_or_default();
        vec![
            row.arch().to_owned(),
            row.index().to_string(),
            known(row.flops(), ""),
            known(row.params(), ""),
            known(row.depth(), ""),
            cell(|found| format!("{:.2}%", found.mean)),
            cell(|found| format!("{:.2}", found.deviation)),
        ]
    });
    let header = [
        "arch",
        "row",
        "FLOPs",
        "params",
        "depth",
        "predicted test accuracy",
        "deviation",
    ];
    writeln!(
        out,
        "{}",
        output::table(header.map(str::to_owned).to_vec(), lines)
    )?;
    Ok(())
}

/// Everything about one network, on one line.
pub(super) fn json(row: Row<'_>) -> Value {
    let accuracies = Split::ALL.map(|split| {
        let seeds = row.accuracies(split);
        let seeds: Map<String, Value> = seeds.map(|(s, a)| (s.to_string(), a.into())).collect();
        let runs = row.runs(split);
        let found = json!({
            "mean": runs.map(|runs| runs.mean),
            "deviation": runs.and_then(|runs| runs.deviation),
            "count": runs.map_or(0, |runs| runs.count),
            "seeds": seeds,
        });
        (split.name().to_owned(), found)
    });
    let value = |(name, score): (&str, &Score)| (name.to_owned(), score.value().into());
    let scores: Map<String, Value> = row.scores().map(value).collect();
    let reason = |(name, score): (&str, &Score)| Some((name.to_owned(), score.reason()?.into()));
    let undefined: Map<String, Value> = row.scores().filter_map(reason).collect();
    let mut object = json!({
        "arch": row.arch(),
        "row": row.index(),
        "flops": row.flops(),
        "params": row.params(),
        "depth": row.depth(),
        "stages": row.stages(),
        "accuracies": Map::from_iter(accuracies),
        "scores": scores,
    });
    if let Some(prediction) = row.prediction() {
        object["predicted"] = json!({"mean": prediction.mean, "deviation": prediction.deviation});
    }
    if !undefined.is_empty() {
        object["undefined"] = undefined.into();
    }
    let diverged = row.diverged();
    let diverged: Map<String, Value> = diverged.map(|(s, e)| (s.to_string(), e.into())).collect();
    if !diverged.is_empty() {
        object["diverged"] = diverged.into();
    }
    object
}

/// The table at a glance.
pub(super) fn summary(out: &mut impl Write, table: &Table) -> Result<(), Failure> {
    let (about, summary) = (table.metadata(), table.summary());
    writeln!(out, "{} architectures of {}", table.len(), about.space)?;
    if !about.images.is_empty() {
        writeln!(out, "images: {}", about.images)?;
    }
    writeln!(out, "recipe: {}", about.recipe_details)?;
    writeln!(
        out,
        "made with nbzero {} on {}\n",
        about.software, about.device
    )?;
    let costs = summary.costs.iter().map(|(cost, range)| {
        let name = match cost {
            Cost::Flops => "FLOPs",
            Cost::Params => "parameters",
            Cost::Depth => "layers",
        };
        vec![
            name.to_owned(),
            range.least.to_string(),
            range.median.to_string(),
            range.most.to_string(),
        ]
    });
    let accuracies = summary.accuracies.iter().filter_map(|(&split, found)| {
        let range = found.means?;
        let percent = |value: f64| format!("{value:.2}%");
        Some(vec![
            accuracy_on(split).to_owned(),
            percent(range.least),
            percent(range.median),
            percent(range.most),
        ])
    });
    let predicted = summary.predicted.as_ref();
    let predictions = [
        (
            "predicted test accuracy",
            predicted.and_then(|found| found.means),
        ),
        (
            "its standard deviation",
            predicted.and_then(|found| found.deviations),
        ),
    ];
    let predictions = predictions.into_iter().filter_map(|(name, range)| {
        let range = range?;
        let each = [range.least, range.median, range.most];
        let percent = each.map(|value| format!("{value:.2}%"));
        Some([vec![name.to_owned()], percent.to_vec()].concat())
    });
    let header = ["", "lowest", "median", "highest"].map(str::to_owned);
    let ranges = costs.chain(accuracies).chain(predictions);
    writeln!(out, "{}\n", output::table(header.to_vec(), ranges))?;
    if let Some(predicted) = predicted {
        writeln!(
            out,
            "accuracies are predicted, not measured: {}",
            predicted.details
        )?;
    } else if table.is_of_scores_alone() {
        writeln!(out, "no accuracies: scores alone")?;
    } else {
        runs(out, table, &summary)?;
    }
    let scores = about.scores.iter().map(|definition| {
        let share = summary.coverage.get(&definition.name).copied();
        vec![
            definition.name.clone(),
            definition.direction.to_string(),
            format!("{:.1}%", 100.0 * share.unwrap_or_default()),
        ]
    });
    if scores.len() > 0 {
        let header = ["proxy", "better", "defined"].map(str::to_owned);
        writeln!(out, "\n{}", output::table(header.to_vec(), scores))?;
    }
    Ok(())
}

/// The training runs of a table, and how much they differ from seed to seed.
fn runs(out: &mut impl Write, table: &Table, summary: &Summary) -> Result<(), Failure> {
    for (&split, found) in &summary.accuracies {
        let runs = found.runs.iter();
        let runs: Vec<_> = runs
            .map(|(seed, n)| format!("{n} with seed {seed}"))
            .collect();
        writeln!(
            out,
            "runs with a {}: {}",
            accuracy_on(split),
            runs.join(", ")
        )?;
        if let Some(Noise {
            networks,
            deviation,
        }) = found.noise
        {
            writeln!(
                out,
                "  noise from seed to seed: standard deviation {deviation:.2}%, measured on \
                 {networks} of {} architectures",
                table.len(),
            )?;
        }
    }
    if summary.diverged > 0 {
        writeln!(out, "runs that diverged: {}", summary.diverged)?;
    }
    Ok(())
}

/// The table at a glance, with its metadata, on one line.
pub(super) fn summary_json(table: &Table) -> Value {
    let mut metadata = json!(table.metadata());
    if let Some(definition) = &table.metadata().space_definition {
        metadata["space_definition"] = definition.as_str().into();
    }
    json!({"metadata": metadata, "summary": table.summary()})
}
