//! Proxies combined with each other and with costs.

use nbzero_metrics::Subset;

use super::baselines::sorted;
use super::bench::{Bench, COSTS, Index};
use super::claim::{Number, Reading};
use super::roles::Roles;
use super::rule::{Rule, Ruling};
use super::series::{Series, share_below_zero};
use super::splits::over;
use crate::entrant::{COMBINED, label};

type Found = Result<Reading, String>;

fn subset(members: &[usize]) -> Result<Subset, String> {
    Subset::new(members).map_err(|error| error.to_string())
}

/// mBR of the rank votes of each proxy with one cost, in the order of the proxies.
fn with_cost(bench: &Bench, cost: &str) -> Result<Vec<Series>, String> {
    let cost = bench.place(cost)?;
    let proxies = COSTS..bench.columns.entrants.len();
    let votes = proxies.map(|proxy| subset(&[proxy, cost]));
    bench.votes(&votes.collect::<Result<Vec<_>, _>>()?)
}

/// The proxies that the paper finds best.
const TOP: [&str; 2] = ["synflow", "zen"];

/// What proxies are paired with.
const COSTS_OF_PAIRS: [&str; 2] = ["flops", "params"];

/// Whether the best proxies and the costs are better together than each alone.
pub(super) fn top_proxies_and_costs(bench: &Bench) -> Found {
    let on = bench.name();
    let pairs = TOP
        .iter()
        .flat_map(|name| COSTS_OF_PAIRS.map(|cost| (*name, cost)));
    let pairs: Vec<(&str, &str)> = pairs.collect();
    let vote = |(name, cost): &(&str, &str)| subset(&[bench.place(name)?, bench.place(cost)?]);
    let votes = pairs.iter().map(vote).collect::<Result<Vec<_>, _>>()?;
    let mut numbers = Vec::new();
    for ((name, cost), vote) in pairs.iter().zip(bench.votes(&votes)?) {
        let alone = [bench.mbr(name)?, bench.mbr(cost)?];
        let better = Series::combine(&alone, |mbr| Some(mbr[0].min(mbr[1])));
        let what = format!(
            "{} of {name}+{cost} less the lower of {name} and {}",
            bench.index.name(),
            label(cost)
        );
        numbers.push(Number::new(what, &on, &vote.less(&better)).must(Rule::Below(0.0)));
    }
    Ok(Reading::new(on, numbers))
}

/// "Nearly every" is at least this share.
const NEARLY_EVERY: f64 = 0.8;

/// Whether adding FLOPs or params improves nearly every proxy (Figure 10).
pub(super) fn costs_help(bench: &Bench) -> Found {
    let on = bench.name();
    bench.splits()?;
    let (mut every, mut shares, mut listed, mut remarks) = (vec![], vec![], vec![], vec![]);
    for cost in COSTS_OF_PAIRS {
        let mut gains = Vec::new();
        for (name, vote) in bench.proxies().zip(with_cost(bench, cost)?) {
            let gain = vote.less(bench.mbr(name)?);
            let what = format!(
                "{} of {name}+{cost} less that of {name}",
                bench.index.name()
            );
            listed.push(Number::new(what, &on, &gain).listed());
            gains.push((name, gain));
        }
        let all: Vec<Series> = gains.iter().map(|(_, gain)| gain.clone()).collect();
        let what = format!(
            "share of {} proxies that {} improves",
            all.len(),
            label(cost)
        );
        shares.push(Number::new(what, &on, &share_below_zero(&all)));
        remarks.push(sorted(
            &format!("Better with {}", label(cost)),
            Rule::Below(0.0),
            &gains,
        ));
        every.extend(all);
    }
    let both = share_below_zero(&every);
    let what = format!(
        "share of the pairs of a proxy with FLOPs or params that have a lower {} than the proxy",
        bench.index.name()
    );
    let mut numbers = vec![Number::new(what, &on, &both).must(Rule::NotBelow(NEARLY_EVERY))];
    numbers.extend(shares);
    numbers.extend(listed);
    let mut reading = Reading::new(on, numbers);
    reading.remarks = remarks;
    Ok(reading)
}

/// Whether proxies that are worse than FLOPs beat FLOPs once combined with it.
pub(super) fn weak_proxies_help_flops(bench: &Bench) -> Found {
    let on = bench.name();
    bench.splits()?;
    let flops = bench.mbr("flops")?;
    let (mut gains, mut weak) = (Vec::new(), Vec::new());
    for (name, vote) in bench.proxies().zip(with_cost(bench, "flops")?) {
        let behind = bench.mbr(name)?.less(flops).estimate().interval;
        if Rule::Above(0.0).ruling(behind) == Ruling::Holds {
            gains.push(vote.less(flops));
            weak.push(name);
        }
    }
    if weak.is_empty() {
        return Err(format!("a proxy that is surely worse than FLOPs on {on}"));
    }
    let what = format!(
        "share of the proxies worse than FLOPs that beat it together with it ({})",
        weak.join(", ")
    );
    let number = Number::new(what, &on, &share_below_zero(&gains)).must(Rule::Above(0.5));
    let listed = weak.iter().zip(&gains).map(|(name, gain)| {
        let what = format!("{} of {name}+flops less that of FLOPs", bench.index.name());
        Number::new(what, &on, gain).listed()
    });
    let numbers = std::iter::once(number).chain(listed).collect();
    Ok(Reading::new(on, numbers))
}

/// Whether a combination of several proxies beats the best single one.
pub(super) fn several_beat_one(bench: &Bench) -> Found {
    let on = bench.name();
    let gain = over(bench.splits()?, |split| {
        Some(split.combination? - split.single?)
    });
    let what = format!(
        "{} of the best combination less that of the best single proxy, chosen and judged on \
         different networks",
        bench.index.name()
    );
    let number = Number::new(what, &on, &gain).must(Rule::Below(0.0));
    let paper = bench.index.papers(Some(0.08 - 0.102));
    let mut reading = Reading::new(on, vec![number.paper(paper)]);
    reading.remarks.extend(best_of_each_size(bench));
    Ok(reading)
}

/// Whether all proxies together are worse than the best combination of some.
pub(super) fn more_is_not_better(bench: &Bench) -> Found {
    let on = bench.name();
    let loss = over(bench.splits()?, |split| {
        Some(split.everyone? - split.combination?)
    });
    let size = over(bench.splits()?, |split| {
        (split.size > 0).then_some(split.size as f64)
    });
    let what = format!(
        "{} of all proxies together less that of the best combination, chosen and judged on \
         different networks",
        bench.index.name()
    );
    let numbers = vec![
        Number::new(what, &on, &loss).must(Rule::Above(0.0)),
        Number::new("number of proxies in the chosen combination", &on, &size).paper(Some(4.0)),
    ];
    let mut reading = Reading::new(on, numbers);
    reading.remarks.extend(best_of_each_size(bench));
    Ok(reading)
}

/// The best mBR of each number of proxies, and where the smallest lies.
fn best_of_each_size(bench: &Bench) -> Option<String> {
    if bench.index != Index::Mbr {
        return None;
    }
    let best = bench
        .columns
        .combined()
        .ok()
        .and_then(|pool| pool.best_of_each_size().ok())?;
    let smallest = best
        .iter()
        .min_by(|a, b| a.hybrid.mean_best_rank.total_cmp(&b.hybrid.mean_best_rank))?;
    let each = best
        .iter()
        .map(|best| format!("{:.3}", best.hybrid.mean_best_rank));
    let names: Vec<&str> = bench.proxies().collect();
    let members = smallest.hybrid.subset.members().map(|member| names[member]);
    let left_out = match names.len() - best.len() {
        0 => String::new(),
        _ => format!(
            " Not combined, because more are too many to search: {}.",
            names[best.len()..].join(", ")
        ),
    };
    Some(format!(
        "Chosen and judged on the same networks, which flatters: best mBR of 1 to {} proxies {}; \
         smallest with {} ({}).{left_out}",
        best.len(),
        each.collect::<Vec<_>>().join(", "),
        smallest.hybrid.subset.len(),
        members.collect::<Vec<_>>().join("+")
    ))
}

/// The paper's best combination.
const FOUR: [&str; 4] = ["jacob_cov", "zen", "snip", "synflow"];

/// The paper's four proxies beside the best single one.
pub(super) fn papers_four(bench: &Bench) -> Found {
    let on = bench.name();
    let four = FOUR.map(|name| bench.place(name));
    let four: Vec<usize> = four.into_iter().collect::<Result<_, _>>()?;
    let vote = bench.votes(&[subset(&four)?])?;
    let mut numbers = Vec::new();
    for (vote, name) in vote.iter().flat_map(|vote| FOUR.map(|name| (vote, name))) {
        let what = format!("{} of the four less that of {name}", bench.index.name());
        let gain = vote.less(bench.mbr(name)?);
        numbers.push(Number::new(what, &on, &gain).must(Rule::Below(0.0)));
    }
    Ok(Reading::new(on, numbers))
}

/// The best combination of the first space on the others.
pub(super) fn combinations_transfer(roles: &Roles) -> Found {
    let tables = roles.spaces()?;
    let (main, others) = tables.split_first().ok_or("a table of chains")?;
    main.splits()?;
    let shared = |name: &&str| others.iter().all(|bench| bench.place(name).is_ok());
    let names: Vec<&str> = main.proxies().filter(shared).take(COMBINED).collect();
    let places = |bench: &Bench| {
        names
            .iter()
            .map(|n| bench.place(n))
            .collect::<Result<Vec<_>, _>>()
    };
    if names.len() < 2 {
        return Err(format!(
            "proxies that all of the spaces beside {} have",
            main.name()
        ));
    }
    let columns = main.columns.only(&places(main)?);
    let best = columns
        .voters(0, 0)
        .and_then(|pool| Ok(pool.best_of_each_size()?))
        .map_err(|error| error.to_string())?;
    let single = best.first().map(|best| best.hybrid.subset);
    let several = best.iter().skip(1).map(|best| best.hybrid);
    let several = several.min_by(|a, b| a.mean_best_rank.total_cmp(&b.mean_best_rank));
    let (single, several) = single
        .zip(several)
        .ok_or("several proxies on the main table")?;
    let members: Vec<&str> = several
        .subset
        .members()
        .map(|member| names[member])
        .collect();
    let mut numbers = Vec::new();
    for bench in others {
        let own = places(bench)?;
        let translate = |chosen: Subset| {
            subset(
                &chosen
                    .members()
                    .map(|member| own[member])
                    .collect::<Vec<_>>(),
            )
        };
        let votes = bench.votes(&[translate(several.subset)?, translate(single)?])?;
        let on = bench.name();
        let what = format!(
            "{} of {} less that of the best single proxy, both chosen on {}, judged on {on}",
            bench.index.name(),
            members.join("+"),
            main.name()
        );
        numbers.push(Number::new(what, &on, &votes[0].less(&votes[1])).must(Rule::Below(0.0)));
    }
    let on: Vec<String> = others.iter().map(|bench| bench.name()).collect();
    Ok(Reading::new(on.join("; "), numbers))
}
