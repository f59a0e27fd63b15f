//! Whether depth or width drives scores and accuracy.

use nbzero_metrics::{Direction, Scores};
use nbzero_table::Cost;

use super::bench::Bench;
use super::claim::{Number, Reading};
use super::rule::{Rule, Ruling};
use super::series::{Series, rank_correlation, share_below_zero};
use crate::figures::LEAST_R2;
use crate::{Estimate, Factors};

type Found = Result<Reading, String>;

/// Spearman's correlations of depth and of summed output width with one quantity.
struct Shape {
    depth: Series,
    width: Series,
}

impl Shape {
    /// How much closer the quantity follows the width than the depth, whatever the signs.
    fn towards_width(&self) -> Series {
        Series::combine(&[&self.width, &self.depth], |v| {
            Some(v[0].abs() - v[1].abs())
        })
    }

    fn numbers(&self, name: &str, on: &str) -> [Number; 2] {
        [("depth", &self.depth), ("summed output width", &self.width)].map(|(what, series)| {
            Number::new(format!("Spearman of {what} and {name}"), on, series).listed()
        })
    }
}

/// Of an entrant or, as `oracle`, of the accuracy.
fn shape(bench: &Bench, name: &str) -> Result<Shape, String> {
    let Some(widths) = &bench.widths else {
        return Err(format!("the stages of the networks of {}", bench.name()));
    };
    if widths
        .iter()
        .all(|width| width.total_cmp(&widths[0]).is_eq())
    {
        return Err(format!("networks of several widths on {}", bench.name()));
    }
    let oracle = (name == "oracle").then_some(&bench.columns.accuracies);
    let scores = match oracle {
        Some(accuracies) => Scores::new(accuracies.values(), Direction::Higher),
        None => bench.columns.entrants[bench.place(name)?].scores.clone(),
    };
    // Undefined scores rank last.
    let column = |row| scores.oriented(row).unwrap_or(f64::MIN);
    let column: Vec<f64> = (0..scores.len()).map(column).collect();
    let depths = bench.columns.cost(Cost::Depth).values();
    let correlation = |attribute: &[f64]| {
        let mut resamples = Vec::with_capacity(bench.bootstrap.resamples);
        bench.bootstrap.each_resample(column.len(), |resample| {
            let select = |values: &[f64]| -> Vec<f64> {
                resample.rows.iter().map(|&row| values[row]).collect()
            };
            let column = match oracle {
                Some(accuracies) => accuracies.resampled(resample).values().to_vec(),
                None => select(&column),
            };
            resamples.push(rank_correlation(&select(attribute), &column));
        });
        Series {
            value: rank_correlation(attribute, &column).unwrap_or(f64::NAN),
            resamples,
        }
    };
    Ok(Shape {
        depth: correlation(depths),
        width: correlation(widths),
    })
}

/// Share of the widths less that of the depths in a model of the quantity.
fn share(factors: &Factors) -> f64 {
    let (depth, width) = factors.depth_and_width();
    width - depth
}

/// What a model says of whether the quantity is driven by width.
fn by_width(factors: &Factors) -> Ruling {
    match share(factors) {
        _ if factors.r2.value < LEAST_R2 => Ruling::CannotBeSaid,
        share if share > 0.0 => Ruling::Holds,
        _ => Ruling::DoesNotHold,
    }
}

fn importances<'a>(bench: &'a Bench, name: &str) -> Result<&'a Factors, String> {
    let all = bench.factors.iter().flatten();
    let mut named = all.filter(|factors| factors.name == name);
    let missing = || format!("a factor analysis of {name} on {} (figure 7)", bench.name());
    named.next().ok_or_else(missing)
}

fn factor_numbers(factors: &Factors, on: &str) -> [Number; 2] {
    let number = |what: String, estimate: Estimate| Number {
        what,
        on: on.to_owned(),
        estimate,
        paper: None,
        rule: None,
        listed: true,
    };
    let name = &factors.name;
    let share = Estimate {
        value: share(factors),
        interval: None,
    };
    [
        number(
            format!("XGBoost share of widths less that of depths, {name}"),
            share,
        ),
        number(format!("R2 of the model of {name}"), factors.r2),
    ]
}

/// Whether width drives one quantity: the model and the correlations must both say so.
fn width_drives(bench: &Bench, name: &str) -> Found {
    let on = bench.name();
    let shape = shape(bench, name)?;
    let what = format!("|Spearman| of summed output width less that of depth, {name}");
    let number = Number::new(what, &on, &shape.towards_width()).must(Rule::Above(0.0));
    let mut numbers = vec![number];
    numbers.extend(shape.numbers(name, &on));
    let model = importances(bench, name);
    if let Ok(factors) = model {
        numbers.extend(factor_numbers(factors, &on));
    }
    let mut reading = Reading::new(on, numbers);
    match model.map(by_width) {
        Ok(model) if model == reading.verdict => {}
        Ok(_) => reading.verdict = Ruling::CannotBeSaid,
        Err(missing) => lacking(&mut reading, &missing),
    }
    Ok(reading)
}

fn lacking(reading: &mut Reading, missing: &str) {
    reading.verdict = Ruling::CannotBeSaid;
    reading.remarks.push(format!("Missing: {missing}."));
}

/// Width and the accuracy.
pub(super) fn width_drives_accuracy(bench: &Bench) -> Found {
    width_drives(bench, "oracle")
}

/// Width and fisher, the exception.
pub(super) fn width_drives_fisher(bench: &Bench) -> Found {
    width_drives(bench, "fisher")
}

/// Depth and the scores, fisher excepted.
pub(super) fn depth_drives_scores(bench: &Bench) -> Found {
    let on = bench.name();
    let (mut towards, mut listed, mut models) = (Vec::new(), Vec::new(), Vec::new());
    let mut missing = None;
    for name in bench.proxies().filter(|name| *name != "fisher") {
        let shape = shape(bench, name)?;
        // A constant score follows nothing.
        if shape.depth.value.is_finite() && shape.width.value.is_finite() {
            towards.push(shape.towards_width());
        }
        listed.extend(shape.numbers(name, &on));
        match importances(bench, name) {
            Ok(factors) => {
                listed.extend(factor_numbers(factors, &on));
                models.push(by_width(factors));
            }
            Err(reason) => missing = missing.or(Some(reason)),
        }
    }
    if towards.is_empty() {
        return Err(format!("scores of a proxy on {on}"));
    }
    let what = "share of the scores that follow depth closer than summed output width (|Spearman|)";
    let share = Number::new(what, &on, &share_below_zero(&towards)).must(Rule::NotBelow(1.0));
    let mut reading = Reading::new(on, std::iter::once(share).chain(listed).collect());
    let count = |wanted| models.iter().filter(|ruling| **ruling == wanted).count();
    let (width, depth) = (count(Ruling::Holds), count(Ruling::DoesNotHold));
    if models.is_empty() {
        lacking(&mut reading, &missing.unwrap_or_default());
        return Ok(reading);
    }
    reading.remarks.push(format!(
        "Models with an R2 of at least {LEAST_R2}: depth has the larger share for {depth} scores, width \
         for {width}; {} scores without such a model.",
        towards.len().saturating_sub(width + depth)
    ));
    let models = match (depth, width) {
        (0, 0) => Ruling::CannotBeSaid,
        (_, 0) => Ruling::Holds,
        _ => Ruling::DoesNotHold,
    };
    if models != reading.verdict {
        reading.verdict = Ruling::CannotBeSaid;
    }
    Ok(reading)
}

/// Whether snip prefers wide networks and grasp narrow ones (Figure 8).
pub(super) fn biases(bench: &Bench) -> Found {
    let on = bench.name();
    let number = |name: &str, rule| {
        let what = format!("Spearman of summed output width and {name}");
        Ok::<_, String>(Number::new(what, &on, &shape(bench, name)?.width).must(rule))
    };
    let numbers = vec![
        number("snip", Rule::Above(0.0))?,
        number("grasp", Rule::Below(0.0))?,
    ];
    Ok(Reading::new(on, numbers))
}
