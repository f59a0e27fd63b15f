//! A network's scores as one JSON object on a line.

use std::collections::BTreeMap;

use nbzero_proxy::PlannedSweep;
use serde::Serialize;

use super::hybrid::Hybrid;
use super::print::Scored;

#[derive(Serialize)]
struct Line<'a> {
    arch: String,
    flops: u128,
    params: u128,
    depth: u32,
    scores: BTreeMap<&'a str, Option<Number>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    undefined: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    intervals: BTreeMap<&'a str, [f64; 2]>,
    seconds: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Vec<Planned<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_seconds: Option<BTreeMap<&'a str, ProxySeconds>>,
}

#[derive(Serialize)]
struct ProxySeconds {
    own: f64,
    beyond_others: f64,
}

/// A cost has all its digits, which a float64 may not hold.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Cost(u128),
    Score(f64),
}

#[derive(Serialize)]
struct Planned<'a> {
    sweep: &'a str,
    proxies: &'a [&'static str],
    seconds: Option<f64>,
    peak_bytes: Option<u128>,
}

/// The object; with the sweeps of a plan, where one is given.
pub(super) fn line(
    scored: &Scored,
    hybrids: &[Hybrid],
    plan: Option<&[PlannedSweep]>,
) -> serde_json::Result<String> {
    let named = scored.scores.scores.iter();
    let scores = named.clone().map(|named| {
        let name = named.definition.name;
        let number = named.score.as_ref().ok().map(|&value| {
            let whole = scored.whole(name).map(Number::Cost);
            whole.unwrap_or(Number::Score(value))
        });
        (name, number)
    });
    let ranks = hybrids.iter().zip(&scored.hybrids);
    let ranks = ranks.map(|(hybrid, rank)| (hybrid.name.as_str(), rank.map(Number::Score)));
    let intervals = named.filter_map(|named| {
        let interval = named.interval?;
        Some((named.definition.name, [interval.low, interval.high]))
    });
    let sweeps = scored.scores.sweeps.iter();
    let seconds = sweeps.map(|cost| (cost.sweep.name(), cost.duration.as_secs_f64()));
    serde_json::to_string(&Line {
        arch: scored.network.to_string(),
        flops: scored.flops,
        params: scored.params,
        depth: scored.depth,
        scores: scores.chain(ranks).collect(),
        undefined: scored.undefined(hybrids).into_iter().collect(),
        intervals: intervals.collect(),
        seconds: seconds.collect(),
        proxy_seconds: plan.map(|_| proxy_seconds(scored)),
        plan: plan.map(|plan| {
            plan.iter()
                .map(|planned| explained(planned, scored))
                .collect()
        }),
    })
}

fn proxy_seconds(scored: &Scored) -> BTreeMap<&str, ProxySeconds> {
    let costs = scored.scores.proxies.iter();
    let seconds = costs.map(|cost| {
        let seconds = ProxySeconds {
            own: cost.own.as_secs_f64(),
            beyond_others: cost.beyond_others.as_secs_f64(),
        };
        (cost.name, seconds)
    });
    seconds.collect()
}

fn explained<'a>(planned: &'a PlannedSweep, scored: &Scored) -> Planned<'a> {
    let cost = scored.cost(planned.sweep);
    Planned {
        sweep: planned.sweep.name(),
        proxies: &planned.proxies,
        seconds: cost.map(|cost| cost.duration.as_secs_f64()),
        peak_bytes: cost.map(|cost| cost.peak_bytes),
    }
}
