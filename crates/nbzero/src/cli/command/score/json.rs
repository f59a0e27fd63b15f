//! A network's scores as one JSON object on a line.

use std::collections::BTreeMap;

use nbzero_proxy::PlannedSweep;
use serde::Serialize;

use super::hybrid::Hybrid;
use super::print::Scored;
use super::values::Number;

#[derive(Serialize)]
struct Line<'a> {
    arch: String,
    flops: u128,
    params: u128,
    depth: u32,
    scores: BTreeMap<String, Option<Number>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    undefined: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    intervals: BTreeMap<String, [f64; 2]>,
    seconds: BTreeMap<String, f64>,
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
    let values = scored.values(hybrids);
    serde_json::to_string(&Line {
        arch: values.network,
        flops: values.flops,
        params: values.params,
        depth: values.depth,
        scores: values.scores.into_iter().collect(),
        undefined: values.undefined.into_iter().collect(),
        intervals: values.intervals.into_iter().collect(),
        seconds: values.seconds.into_iter().collect(),
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
