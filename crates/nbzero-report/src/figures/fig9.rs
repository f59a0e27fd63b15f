//! Figure 9 of the paper: the best combination of each number of proxies, and how it transfers.

use nbzero_metrics::{Bootstrap, Interval, RankScale, Subset};
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::entrant::{COMBINED, label, proxies_in_order, union};
use crate::exhibit::{Exhibit, document};
use crate::indices::{BUDGETS, DRAWS, EXPECTED};
use crate::plot::{Axis, COLUMN, Look, Panel, Stroke, Text, legend, look};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Error, Estimate, Picture, Result};

/// The best combination of each number of proxies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig9 {
    /// The table on which the combinations were chosen, then those that they were transferred to.
    pub about: Vec<About>,
    /// One for each number of proxies, from 1.
    pub best: Vec<Combination>,
    /// Proxies of any of the tables that had no vote, with the reason, in words.
    pub left_out: Vec<String>,
}

/// One combination of proxies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Combination {
    /// The proxies that vote.
    pub proxies: Vec<String>,
    /// Number of combinations of as many proxies with the same mBR on the first table.
    pub tied: usize,
    /// mBR on each table, in the order of [`Fig9::about`]. The first is flattered: the combination
    /// was chosen by it.
    pub mbr: Vec<Estimate>,
    /// mBR less that of the best single proxy (the first combination), on each table.
    pub less_single: Vec<Option<Interval>>,
    /// Expected mBR of searches that see 10 candidates, on each table; nothing was chosen by it.
    pub mbr10: Vec<Estimate>,
    /// The same less that of the best single proxy.
    pub mbr10_less_single: Vec<Option<Interval>>,
}

/// Searches all combinations of the proxies that tell the networks of each table apart (beside synflow not its
/// logarithm; the first 12, those of the paper before others) on `chosen_on`, and judges the best of each number
/// on `transferred_to` too.
///
/// # Errors
///
/// If a table has no test accuracy, or the tables have no such proxy in common.
pub fn fig9(chosen_on: &Table, transferred_to: &[&Table], bootstrap: Bootstrap) -> Result<Fig9> {
    let tables: Vec<&Table> = std::iter::once(chosen_on)
        .chain(transferred_to.iter().copied())
        .collect();
    let pools: Vec<Pool<'_>> = tables
        .iter()
        .copied()
        .map(Pool::new)
        .collect::<Result<_>>()?;
    let mut names = proxies_in_order(chosen_on);
    names.retain(|name| is_common(&pools, name) && tell_apart(&pools, name));
    if names.contains(&"synflow") {
        names.retain(|name| *name != "log_synflow");
    }
    names.truncate(COMBINED);
    if names.is_empty() {
        return Err(Error::NoCommonProxy);
    }
    let voting = |pool: &Pool<'_>| voters(pool, &names);
    let voters: Vec<nbzero_metrics::Pool> = pools.iter().map(voting).collect::<Result<_>>()?;
    let best = voters
        .first()
        .map_or(Ok(Vec::new()), nbzero_metrics::Pool::best_of_each_size)?;
    let subsets: Vec<Subset> = best.iter().map(|best| best.hybrid.subset).collect();
    let judged: Vec<Vec<Judged>> = voters
        .iter()
        .map(|pool| judge(pool, &subsets, bootstrap))
        .collect::<Result<_>>()?;
    let combination = |(place, best): (usize, &nbzero_metrics::BestHybrid)| Combination {
        proxies: best
            .hybrid
            .subset
            .members()
            .map(|member| names[member].to_owned())
            .collect(),
        tied: best.tied,
        mbr: judged.iter().map(|table| table[place].mbr.0).collect(),
        less_single: judged.iter().map(|table| table[place].mbr.1).collect(),
        mbr10: judged.iter().map(|table| table[place].mbr10.0).collect(),
        mbr10_less_single: judged.iter().map(|table| table[place].mbr10.1).collect(),
    };
    Ok(Fig9 {
        left_out: left_out(&pools, &names),
        about: pools
            .iter()
            .map(|pool| About::new(pool, bootstrap))
            .collect::<Result<_>>()?,
        best: best.iter().enumerate().map(combination).collect(),
    })
}

fn is_common(pools: &[Pool<'_>], name: &str) -> bool {
    pools.iter().all(|pool| pool.table().scores(name).is_ok())
}

fn tell_apart(pools: &[Pool<'_>], name: &str) -> bool {
    let mut scores = pools.iter().map(|pool| pool.proxy(name));
    scores.all(|scores| scores.is_ok_and(|scores| scores.tell_apart()))
}

/// The proxies that are not among those that vote.
fn left_out(pools: &[Pool<'_>], voting: &[&str]) -> Vec<String> {
    let all = union(pools.iter().flat_map(|pool| proxies_in_order(pool.table())));
    let others = all.into_iter().filter(|name| !voting.contains(name));
    let reason = |name: &str| match name {
        "log_synflow" if voting.contains(&"synflow") => format!("{name} (ranks as synflow does)"),
        _ if !is_common(pools, name) => format!("{name} (not in all of the tables)"),
        _ if !tell_apart(pools, name) => {
            let tables = if pools.len() > 1 { " of a table" } else { "" };
            format!("{name} (scores all networks{tables} alike)")
        }
        _ => {
            format!("{name} (combinations of more than {COMBINED} proxies are too many to search)")
        }
    };
    others.map(reason).collect()
}

fn voters(pool: &Pool<'_>, names: &[&str]) -> Result<nbzero_metrics::Pool> {
    let scores = names
        .iter()
        .map(|name| pool.proxy(name))
        .collect::<Result<Vec<_>>>()?;
    Ok(nbzero_metrics::Pool::new(
        &scores.iter().collect::<Vec<_>>(),
        &pool.accuracies,
        &pool.costs(Cost::Flops)?,
        BUDGETS,
        RankScale::default(),
    )?)
}

/// An index of a combination, and its difference from the first one's.
type WithGain = (Estimate, Option<Interval>);

/// Both indices of a combination on one table.
struct Judged {
    mbr: WithGain,
    mbr10: WithGain,
}

fn judge(
    pool: &nbzero_metrics::Pool,
    subsets: &[Subset],
    bootstrap: Bootstrap,
) -> Result<Vec<Judged>> {
    let mbr = gains(
        &pool.mean_best_ranks(subsets)?,
        &pool.resampled(subsets, &bootstrap)?,
    );
    let mbr10 = gains(
        &pool.expected_mean_best_ranks(subsets, &[DRAWS])?,
        &pool.resampled_expected(subsets, &[DRAWS], &bootstrap)?,
    );
    let pairs = mbr.into_iter().zip(mbr10);
    Ok(pairs.map(|(mbr, mbr10)| Judged { mbr, mbr10 }).collect())
}

fn gains(values: &[f64], resampled: &[Vec<f64>]) -> Vec<WithGain> {
    let column = |(place, &value): (usize, &f64)| {
        let own = resampled.iter().map(|index| Some(index[place]));
        let less = resampled.iter().map(|index| Some(index[place] - index[0]));
        let estimate = Estimate {
            value,
            interval: Interval::of(own),
        };
        (estimate, (place > 0).then(|| Interval::of(less)).flatten())
    };
    values.iter().enumerate().map(column).collect()
}

/// How the tables are told apart: the chosen one first.
const LOOKS: [&str; 5] = ["synflow", "naswot", "jacob_cov", "snip", "flops"];

impl Fig9 {
    fn draw(&self) -> Result<Picture> {
        let (left, top, width, height) = (11.0, 3.0, COLUMN - 14.0, 42.0);
        let estimates = self.best.iter().flat_map(|best| &best.mbr);
        let ends = estimates.map(|mbr| mbr.interval.map_or(mbr.value, |i| i.high.max(mbr.value)));
        let count = self.best.len();
        let every = count.div_ceil(10);
        let ticks = (1..=count).filter(|n| (n - 1) % every == 0);
        let panel = Panel {
            corner: (left, top),
            size: (width, height),
            x: Axis::exact(0.4, count as f64 + 0.6, "number of combined proxies")
                .ticks(ticks.map(|n| (n as f64, n.to_string()))),
            y: Axis::from_zero(ends, "mBR, lower is better"),
        };
        let lines = self.about.len() as f64;
        Picture::draw(COLUMN, top + height + 9.5 + 4.0 * lines, |canvas| {
            panel.frame(canvas, true, true)?;
            panel.x_name(canvas)?;
            let middle = top + height / 2.0;
            canvas.text(&panel.y.name, (2.5, middle), Text::label().upwards())?;
            for (table, about) in self.about.iter().enumerate() {
                let Look { colour, marker } = look(LOOKS[table % LOOKS.len()]);
                let stroke = Stroke::new(colour, 0.3);
                let shift = (table as f64 - (lines - 1.0) / 2.0) * 0.16;
                let at = |place: usize, value: f64| panel.at(place as f64 + 1.0 + shift, value);
                let points = || self.best.iter().map(|best| best.mbr[table]).enumerate();
                for (place, mbr) in points() {
                    if let Some(i) = mbr.interval {
                        let ends = [at(place, i.low), at(place, i.high)];
                        canvas.line(&ends, Stroke::new(colour, 0.2))?;
                    }
                }
                let places: Vec<_> = points().map(|(i, mbr)| at(i, mbr.value)).collect();
                canvas.line(&places, stroke)?;
                for place in places {
                    canvas.marker(marker, place, 0.9, colour)?;
                }
                let what = if table == 0 { "chosen on" } else { "judged on" };
                let name = format!("{what} {} ({} networks)", about.name(), about.networks);
                let below = (0.5, top + height + 9.5 + 4.0 * table as f64);
                legend(canvas, below, &[(stroke, Some((marker, colour)), &name)])?;
            }
            Ok(())
        })
    }
}

impl Exhibit for Fig9 {
    fn name(&self) -> &'static str {
        "fig9"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("count", "Proxies"),
            Column::plain("proxies", "Best combination"),
            Column::plain("tied", "Tied"),
        ];
        for about in &self.about {
            let (key, space, dataset) = (about.key(), &about.space, about.accuracies());
            columns.extend([
                Column::estimate(format!("{key}_mbr"), format!("{space}\nmBR 95%")),
                Column::range(format!("{key}_less_single"), "less\nsingle"),
                Column::measured(format!("{key}_mbr10"), format!("{dataset}\nmBR10 95%")),
                Column::range(format!("{key}_mbr10_less_single"), "less\nsingle"),
            ]);
        }
        let row = |best: &Combination| {
            let labels: Vec<&str> = best.proxies.iter().map(|name| label(name)).collect();
            let mut fields = vec![
                Field::Count(best.proxies.len()),
                Field::text(labels.join("+")),
                Field::Count(best.tied),
            ];
            let mbr = best.mbr.iter().zip(&best.less_single);
            let mbr10 = best.mbr10.iter().zip(&best.mbr10_less_single);
            for ((mbr, less), (mbr10, less10)) in mbr.zip(mbr10) {
                fields.extend([
                    Field::estimate(*mbr, 3),
                    Field::Range(*less, 2),
                    Field::Measured(Some(*mbr10), 3),
                    Field::Range(*less10, 2),
                ]);
            }
            fields
        };
        let mut notes = vec![
            "What to see: whether the line falls with more proxies, and whether it also falls on the \
             tables that had no part in choosing them."
                .to_owned(),
        ];
        notes.extend(self.about.iter().map(About::measured));
        notes.push(format!(
            "mBR under five FLOPs budgets of the best rank vote of each number of proxies, and its \
             difference from the best single proxy, with 95% bootstrap intervals; a difference \
             whose interval holds 0 cannot be told from none with this many networks. The \
             combinations were chosen by their mBR on the first table, which flatters them there: \
             only the other tables judge them. {EXPECTED}."
        ));
        if !self.left_out.is_empty() {
            notes.push(format!("Without a vote: {}.", self.left_out.join(", ")));
        }
        notes.push(
            "The paper says: on R1 the best is jacob_cov, zen, snip and synflow with an mBR of 0.08, \
             more proxies are not better, and on MB the four are better than a single one."
                .to_owned(),
        );
        Sheet {
            title: "Figure 9: the best combination of each number of proxies".to_owned(),
            columns,
            rows: self.best.iter().map(row).collect(),
            notes,
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        self.draw().map(Some)
    }
}
