//! Proxies beside FLOPs and params, and the indices that say so.

use nbzero_table::Cost;

use super::bench::{Bench, COSTS};
use super::claim::{Number, Reading};
use super::rule::{Rule, Ruling};
use super::series::{Series, order_agreement};
use super::splits::over;
use crate::entrant::label;
use crate::paper::{self, PaperTable1Row, TABLE1};

type Found = Result<Reading, String>;

fn places(bench: &Bench) -> (Vec<usize>, Vec<usize>) {
    let all = 0..bench.columns.entrants.len();
    (vec![0, 1], all.skip(COSTS).collect())
}

/// An index by which entrants are compared.
struct Compared {
    name: fn(&Bench) -> &'static str,
    of: for<'a> fn(&'a Bench, &str) -> Result<&'a Series, String>,
    paper: fn(&PaperTable1Row) -> f64,
    /// What the index of one less that of another is where the one is better.
    better: Rule,
    words: &'static str,
}

const TAU: Compared = Compared {
    name: |_| "tau",
    of: Bench::tau,
    paper: |row| row.kd,
    better: Rule::Above(0.0),
    words: "above",
};

const MBR: Compared = Compared {
    name: |bench| bench.index.name(),
    of: Bench::mbr,
    paper: |row| row.mbr,
    better: Rule::Below(0.0),
    words: "below",
};

impl Compared {
    /// Of each proxy less that of a cost, and a sentence that sorts the proxies by it.
    fn beside(&self, bench: &Bench, cost: &str) -> Result<(Vec<Number>, String), String> {
        let (name, of) = ((self.name)(bench), self.of);
        let paper = |entrant: &str| {
            let paper = paper::table1_row(entrant).map(self.paper);
            bench.index.papers(paper)
        };
        let on = bench.name();
        let (mut numbers, mut differences) = (Vec::new(), Vec::new());
        for proxy in bench.proxies() {
            let difference = of(bench, proxy)?.less(of(bench, cost)?);
            let paper = paper(proxy).zip(paper(cost)).map(|(a, b)| a - b);
            let what = format!("{name} of {proxy} less that of {}", label(cost));
            numbers.push(Number::new(what, &on, &difference).paper(paper).listed());
            differences.push((proxy, difference));
        }
        let what = format!("{name} {} that of {}", self.words, label(cost));
        Ok((numbers, sorted(&what, self.better, &differences)))
    }
}

/// The best of the proxies by Kendall's tau, beside the best of FLOPs and params.
pub(super) fn by_correlation(bench: &Bench) -> Found {
    let (costs, proxies) = places(bench);
    let on = bench.name();
    let gain = over(bench.splits()?, |split| {
        let [cost, proxy] = [&costs, &proxies].map(|among| split.drawn.best_tau(among));
        Some(split.rest.tau[proxy?]? - split.rest.tau[cost?]?)
    });
    let what = "tau of the best proxy less that of the better of FLOPs and params, chosen and judged on \
                different networks";
    let number = Number::new(what, &on, &gain).paper(Some(0.641 - 0.704));
    let mut numbers = vec![number.must(Rule::Below(0.0))];
    let (each, remark) = TAU.beside(bench, "flops")?;
    numbers.extend(each);
    let mut reading = Reading::new(on, numbers);
    reading.remarks.push(remark);
    Ok(reading)
}

/// The best of the proxies by mBR, beside the best of FLOPs and params.
pub(super) fn by_mbr(bench: &Bench) -> Found {
    let (costs, proxies) = places(bench);
    let on = bench.name();
    let less = over(bench.splits()?, |split| {
        let [cost, proxy] = [&costs, &proxies].map(|among| split.drawn.best_mbr(among));
        Some(split.rest.mbr[proxy?] - split.rest.mbr[cost?])
    });
    let what = format!(
        "{} of the best proxy less that of the better of FLOPs and params, chosen and judged on \
         different networks",
        bench.index.name()
    );
    let paper = bench.index.papers(Some(0.102 - 0.157));
    let number = Number::new(what, &on, &less).paper(paper);
    let mut numbers = vec![number.must(Rule::NotBelow(0.0))];
    let mut remarks = Vec::new();
    for cost in ["flops", "params"] {
        let (each, remark) = MBR.beside(bench, cost)?;
        numbers.extend(each);
        remarks.push(remark);
    }
    let mut reading = Reading::new(on, numbers);
    reading.remarks = remarks;
    Ok(reading)
}

/// A sentence that sorts proxies by what a rule says of each.
pub(super) fn sorted(what: &str, rule: Rule, differences: &[(&str, Series)]) -> String {
    let of = |wanted: Ruling| {
        let named = differences.iter();
        let named = named.filter(|(_, d)| rule.ruling(d.estimate().interval) == wanted);
        let names: Vec<&str> = named.map(|(name, _)| *name).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    format!(
        "{what}: {}; not: {}; undecided: {}.",
        of(Ruling::Holds),
        of(Ruling::DoesNotHold),
        of(Ruling::CannotBeSaid)
    )
}

/// synflow and zen, each beside each of `costs` under budgets of one cost.
fn leaders(bench: &Bench, budgets: Cost, costs: &[(&str, Rule)]) -> Found {
    let on = bench.name();
    let mut numbers = Vec::new();
    for name in ["synflow", "zen"] {
        for (cost, rule) in costs {
            let own = bench.mbr_under(budgets, name)?;
            let difference = own.less(bench.mbr_under(budgets, cost)?);
            let paper = |name: &str| match budgets {
                Cost::Flops => bench.index.papers(Some(paper::table1_row(name)?.mbr)),
                _ => None,
            };
            let index = bench.index.name();
            let what = format!("{index} of {name} less that of {}", label(cost));
            let paper = paper(name).zip(paper(cost)).map(|(a, b)| a - b);
            numbers.push(Number::new(what, &on, &difference).paper(paper).must(*rule));
        }
    }
    Ok(Reading::new(on, numbers))
}

/// Budgets of FLOPs (Figure 4).
pub(super) fn flops_budgets(bench: &Bench) -> Found {
    let below = Rule::Below(0.0);
    leaders(
        bench,
        Cost::Flops,
        &[("flops", below), ("params", below), ("depth", below)],
    )
}

/// How far apart mBRs may be that are called similar.
pub(super) const SIMILAR: f64 = 0.05;

/// Budgets of parameters (Figure 5).
pub(super) fn params_budgets(bench: &Bench) -> Found {
    let within = Rule::Within(SIMILAR);
    leaders(
        bench,
        Cost::Params,
        &[("flops", within), ("params", within), ("depth", within)],
    )
}

/// Budgets of depth (Figure 6).
pub(super) fn depth_budgets(bench: &Bench) -> Found {
    let (above, below) = (Rule::Above(0.0), Rule::Below(0.0));
    leaders(
        bench,
        Cost::Depth,
        &[("flops", above), ("params", below), ("depth", below)],
    )
}

/// Whether the best by tau is worse under budgets than the best by mBR.
pub(super) fn indices_disagree(bench: &Bench) -> Found {
    let on = bench.name();
    let all: Vec<usize> = (0..bench.columns.entrants.len()).collect();
    let loss = over(bench.splits()?, |split| {
        let [by_tau, by_mbr] = [split.drawn.best_tau(&all), split.drawn.best_mbr(&all)];
        Some(split.rest.mbr[by_tau?] - split.rest.mbr[by_mbr?])
    });
    // A cost that is the same for all networks has no tau.
    let telling = bench.columns.entrants.iter();
    let telling = telling.filter(|entrant| entrant.scores.tell_apart());
    let names: Vec<&str> = telling.map(|entrant| entrant.name.as_str()).collect();
    let each = |of: &dyn Fn(&str) -> Result<Series, String>| {
        names
            .iter()
            .map(|name| of(name))
            .collect::<Result<Vec<_>, _>>()
    };
    let tau = each(&|name| bench.tau(name).cloned())?;
    let mbr = each(&|name| {
        let mbr = bench.mbr(name)?;
        Ok(Series::combine(&[mbr], |v| Some(-v[0])))
    })?;
    let agreement = order_agreement(
        &tau.iter().collect::<Vec<_>>(),
        &mbr.iter().collect::<Vec<_>>(),
    );
    let rows = &TABLE1[1..];
    let column = |of: fn(&PaperTable1Row) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    let paper = super::series::rank_correlation(&column(|r| r.kd), &column(|r| -r.mbr));
    let best = |series: &[Series]| {
        let all = series.iter().zip(&names);
        let best = all.max_by(|a, b| a.0.value.total_cmp(&b.0.value));
        best.map_or("none", |(_, name)| label(name))
    };
    let index = bench.index.name();
    let mut reading = Reading::new(
        on.clone(),
        vec![
            Number::new(
                format!(
                    "{index} of the best by tau less that of the best by {index}, chosen and judged \
                     on different networks"
                ),
                &on,
                &loss,
            )
            .paper(bench.index.papers(Some(0.157 - 0.102)))
            .must(Rule::Above(0.0)),
            Number::new(
                format!("Spearman of the orders by tau and by {index}"),
                &on,
                &agreement,
            )
            .paper(bench.index.papers(paper)),
        ],
    );
    reading.remarks.push(format!(
        "Best by tau: {}; best by {index}: {}.",
        best(&tau),
        best(&mbr)
    ));
    Ok(reading)
}

/// How far the best proxy stays behind the oracle.
pub(super) fn gap_to_oracle(bench: &Bench) -> Found {
    let (_, proxies) = places(bench);
    let gap = over(bench.splits()?, |split| {
        Some(split.rest.mbr[split.drawn.best_mbr(&proxies)?])
    });
    let what = format!(
        "{} of the best proxy (the oracle has 0), chosen and judged on different networks",
        bench.index.name()
    );
    let number = Number::new(what, &bench.name(), &gap);
    let paper = bench.index.papers(Some(0.102));
    let numbers = vec![number.paper(paper).must(Rule::Above(SIMILAR))];
    Ok(Reading::new(bench.name(), numbers))
}
