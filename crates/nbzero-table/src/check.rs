//! The rules that every table keeps, checked when one is made and when one is opened.

use crate::diverged::Diverged;
use crate::error::list;
use crate::predicted::Predicted;
use crate::space_definition;
use crate::{Split, Table};

/// Names the first rule that the table breaks.
pub(crate) fn check(table: &Table) -> Result<(), String> {
    space(table)?;
    rows(table)?;
    lengths(table)?;
    columns(table)?;
    accuracies(table)?;
    diverged(table)?;
    predicted(table)
}

/// A space that has a definition is the one that it defines.
fn space(table: &Table) -> Result<(), String> {
    let about = &table.metadata;
    let defect = about.space_definition.as_deref();
    match defect.and_then(|definition| space_definition::defect(&about.space, definition)) {
        None => Ok(()),
        Some(defect) => Err(defect),
    }
}

/// At least one row; architectures strictly ascending, hence unique.
fn rows(table: &Table) -> Result<(), String> {
    match table.architectures.first() {
        None => return Err("it has no architectures".into()),
        Some(first) if first.is_empty() => return Err("an architecture string is empty".into()),
        Some(_) => {}
    }
    match table
        .architectures
        .windows(2)
        .find(|pair| pair[0] >= pair[1])
    {
        None => Ok(()),
        Some(pair) if pair[0] == pair[1] => Err(format!("{} has two rows", pair[0])),
        Some(pair) => Err(format!("{} stands before {}", pair[0], pair[1])),
    }
}

/// All columns are as long as the list of architectures.
fn lengths(table: &Table) -> Result<(), String> {
    let costs = [
        ("flops".to_string(), table.flops.len()),
        ("params".to_string(), table.params.len()),
        ("depth".to_string(), table.depth.len()),
        ("stages".to_string(), table.stages.len()),
    ];
    let scores = table
        .scores
        .iter()
        .map(|(name, column)| (name.clone(), column.len()));
    let accuracies = table
        .accuracies
        .iter()
        .map(|((split, seed), column)| (format!("{split} accuracy of seed {seed}"), column.len()));
    let rows = table.len();
    match costs
        .into_iter()
        .chain(scores)
        .chain(accuracies)
        .find(|(_, len)| *len != rows)
    {
        None => Ok(()),
        Some((name, len)) => Err(format!(
            "the column {name} has {len} values for {rows} architectures"
        )),
    }
}

/// The columns are those that the metadata announces, of measured accuracies, of predicted ones, or of scores alone.
fn columns(table: &Table) -> Result<(), String> {
    let definitions = &table.metadata.scores;
    if let Some(pair) = definitions
        .windows(2)
        .find(|pair| pair[0].name >= pair[1].name)
    {
        return Err(format!(
            "the definitions of {} and {} are not in ascending order",
            pair[0].name, pair[1].name
        ));
    }
    let defined = definitions
        .iter()
        .map(|definition| definition.name.as_str());
    if !defined.clone().eq(table.scores.keys().map(String::as_str)) {
        let (defined, present) = (list(defined), list(table.scores.keys()));
        return Err(format!(
            "it defines scores of {defined} and has scores of {present}"
        ));
    }
    let seeds = &table.metadata.seeds;
    match (seeds.is_empty(), &table.predicted) {
        (true, None) if definitions.is_empty() => {
            return Err("it has neither accuracies nor scores".into());
        }
        (false, Some(_)) => {
            return Err("it has predicted accuracies beside measured ones".into());
        }
        _ => {}
    }
    if !seeds.is_sorted_by(|a, b| a < b) {
        return Err(format!(
            "its seeds are not in ascending order: {}",
            list(seeds)
        ));
    }
    let expected = Split::ALL
        .iter()
        .flat_map(|&split| seeds.iter().map(move |&s| (split, s)));
    if !expected.eq(table.accuracies.keys().copied()) {
        return Err(format!(
            "its accuracy columns are not those of its seeds {}",
            list(seeds)
        ));
    }
    Ok(())
}

/// Accuracies are finite and from 0 to 100.
fn accuracies(table: &Table) -> Result<(), String> {
    for ((split, seed), column) in &table.accuracies {
        for (arch, value) in table.architectures.iter().zip(column) {
            if let Some(value) = value
                && !(0.0..=100.0).contains(value)
            {
                return Err(format!(
                    "the {split} accuracy of {arch} with seed {seed} is {value}"
                ));
            }
        }
    }
    Ok(())
}

/// Diverged runs are in order, of rows and seeds of the table, and have no accuracy.
fn diverged(table: &Table) -> Result<(), String> {
    let place = |run: &Diverged| (run.row, run.seed);
    let mut pairs = table.diverged.windows(2);
    if pairs.any(|pair| place(&pair[0]) >= place(&pair[1])) {
        return Err("its diverged runs are not in ascending order".into());
    }
    for Diverged { row, seed, .. } in &table.diverged {
        let Some(arch) = table.architectures.get(*row as usize) else {
            return Err(format!("a run of row {row} diverged, and there is none"));
        };
        for split in Split::ALL {
            match table.accuracies.get(&(split, *seed)) {
                None => return Err(format!("a run of {arch} with an unlisted seed diverged")),
                Some(column) if column[*row as usize].is_some() => {
                    return Err(format!(
                        "{arch} with seed {seed} diverged and has an accuracy"
                    ));
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

/// Predictions are finite and say where they come from.
fn predicted(table: &Table) -> Result<(), String> {
    let Some(Predicted {
        details,
        means,
        deviations,
        draws,
    }) = &table.predicted
    else {
        return Ok(());
    };
    if details.is_empty() {
        return Err("it does not say by what its accuracies were predicted".into());
    }
    let rows = table.len();
    if means.len() != rows || deviations.len() != rows {
        return Err(format!(
            "it has {} predictions and {} deviations for {rows} architectures",
            means.len(),
            deviations.len()
        ));
    }
    if let Some(draw) = draws.iter().find(|draw| draw.len() != rows) {
        return Err(format!(
            "a draw has {} accuracies for {rows} architectures",
            draw.len()
        ));
    }
    for ((arch, mean), deviation) in table.architectures.iter().zip(means).zip(deviations) {
        if !mean.is_finite() || !deviation.is_finite() || *deviation < 0.0 {
            return Err(format!(
                "{arch} is predicted as {mean} with a standard deviation {deviation}"
            ));
        }
    }
    Ok(())
}
