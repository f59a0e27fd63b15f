//! Whether the order of the proxies is the same on several tables, and who leads it.

use super::baselines::SIMILAR;
use super::bench::{Bench, COSTS};
use super::claim::{Number, Reading};
use super::roles::Roles;
use super::rule::Rule;
use super::series::{Series, order_agreement};
use super::splits::over;
use crate::entrant::label;
use crate::paper;

type Found = Result<Reading, String>;

/// Two orders agree if their Spearman correlation is above this.
pub(super) const AGREES: f64 = 0.5;

/// Fewest proxies whose order says anything.
const LEAST: usize = 4;

/// Spearman's correlation between the mBRs of the proxies that both tables have.
fn agreement(one: &Bench, other: &Bench) -> Result<Number, String> {
    let both = |name: &&str| other.place(name).is_ok();
    let names: Vec<&str> = one.proxies().filter(both).collect();
    let on = format!("{} and {}", one.name(), other.name());
    if names.len() < LEAST {
        return Err(format!(
            "{LEAST} proxies that both {on} have ({} there)",
            names.len()
        ));
    }
    let mbr = |bench: &'_ Bench| -> Result<Vec<Series>, String> {
        names.iter().map(|name| bench.mbr(name).cloned()).collect()
    };
    let (first, second) = (mbr(one)?, mbr(other)?);
    let agreement = order_agreement(
        &first.iter().collect::<Vec<_>>(),
        &second.iter().collect::<Vec<_>>(),
    );
    let index = one.index.name();
    let what = format!("Spearman of the {index}s of {} proxies, {on}", names.len());
    let paper = one.index.papers(paper_agreement(one, other));
    Ok(Number::new(what, &on, &agreement).paper(paper))
}

/// The same of the paper's Tables 2 and 3.
fn paper_agreement(one: &Bench, other: &Bench) -> Option<f64> {
    let column = |bench: &Bench| {
        let named = paper::TABLE1.iter().skip(COSTS + 1).map(|row| row.name);
        let pick = |name: &str| {
            let about = &bench.about;
            if one.about.space == other.about.space {
                let dataset = nbzero_table::Dataset::try_from(about.dataset.clone()).ok()?;
                paper::table2_pick(dataset, name)
            } else if about.dataset == "cifar100" {
                paper::table3_pick(&about.space, name)
            } else {
                None
            }
        };
        named
            .map(|name| Some(pick(name)?.mbr))
            .collect::<Option<Vec<f64>>>()
    };
    super::series::rank_correlation(&column(one)?, &column(other)?)
}

/// Cells beside chains.
pub(super) fn cells_and_chains(roles: &Roles) -> Found {
    let [cells, chains] = roles.kinds()?;
    let number = agreement(cells, chains)?.must(Rule::Below(AGREES));
    Ok(Reading::new(number.on.clone(), vec![number]))
}

fn stable(tables: &[&Bench]) -> Found {
    let mut numbers = Vec::new();
    for (place, one) in tables.iter().enumerate() {
        for other in &tables[place + 1..] {
            numbers.push(agreement(one, other)?.must(Rule::Above(AGREES)));
        }
    }
    Ok(Reading::new(names(tables), numbers))
}

fn names(tables: &[&Bench]) -> String {
    tables
        .iter()
        .map(|b| b.name())
        .collect::<Vec<_>>()
        .join("; ")
}

/// The same space on several datasets.
pub(super) fn datasets_agree(roles: &Roles) -> Found {
    stable(&roles.datasets()?)
}

/// Several spaces on one dataset.
pub(super) fn spaces_agree(roles: &Roles) -> Found {
    stable(&roles.spaces()?)
}

/// mBR of the best of `leaders` less that of the best other proxy.
fn lead(bench: &Bench, leaders: &[&str], rule: Rule) -> Result<Number, String> {
    let leading = leaders.iter().map(|name| bench.place(name));
    let leading = leading.collect::<Result<Vec<_>, _>>()?;
    let all = COSTS..bench.columns.entrants.len();
    let others: Vec<usize> = all.filter(|place| !leading.contains(place)).collect();
    if others.is_empty() {
        return Err(format!("scores of other proxies on {}", bench.name()));
    }
    let lead = over(bench.splits()?, |split| {
        let [own, other] = [&leading, &others].map(|among| split.drawn.best_mbr(among));
        Some(split.rest.mbr[own?] - split.rest.mbr[other?])
    });
    let who = match leaders {
        [one] => (*one).to_owned(),
        several => format!("the better of {}", several.join(" and ")),
    };
    let what = format!(
        "{} of {who} less that of the best other proxy, chosen and judged on different networks, {}",
        bench.index.name(),
        bench.name()
    );
    Ok(Number::new(what, &bench.name(), &lead).must(rule))
}

fn all_lead(tables: &[&Bench], leaders: &[&str]) -> Found {
    let numbers = tables
        .iter()
        .map(|bench| lead(bench, leaders, Rule::Below(0.0)));
    Ok(Reading::new(
        names(tables),
        numbers.collect::<Result<_, _>>()?,
    ))
}

/// synflow on cells and chains.
pub(super) fn synflow_leads(roles: &Roles) -> Found {
    all_lead(&roles.kinds()?, &["synflow"])
}

/// synflow and zen on all datasets.
pub(super) fn leaders_of_datasets(roles: &Roles) -> Found {
    all_lead(&roles.datasets()?, &["synflow", "zen"])
}

/// synflow and zen on all spaces; on MB the paper has another proxy a little ahead.
pub(super) fn leaders_of_spaces(roles: &Roles) -> Found {
    let tables = roles.spaces()?;
    let number = |bench: &&Bench| {
        let rule = match bench.about.space.as_str() {
            "mb" | "mb-mini" => Rule::Within(SIMILAR),
            _ => Rule::Below(0.0),
        };
        lead(bench, &["synflow", "zen"], rule)
    };
    let numbers = tables.iter().map(number).collect::<Result<_, _>>()?;
    Ok(Reading::new(names(&tables), numbers))
}

/// FLOPs and params ahead of synflow on cells, behind it on chains.
pub(super) fn costs_turn(roles: &Roles) -> Found {
    let [cells, chains] = roles.kinds()?;
    let mut numbers = Vec::new();
    for (bench, rule) in [(cells, Rule::Below(0.0)), (chains, Rule::Above(0.0))] {
        for cost in ["flops", "params"] {
            let difference = bench.mbr(cost)?.less(bench.mbr("synflow")?);
            let on = bench.name();
            let index = bench.index.name();
            let what = format!("{index} of {} less that of synflow, {on}", label(cost));
            numbers.push(Number::new(what, &on, &difference).must(rule));
        }
    }
    Ok(Reading::new(names(&[cells, chains]), numbers))
}

/// How much more the mBR of FLOPs and params varies over tables than that of synflow and zen.
fn unsteady(tables: &[&Bench]) -> Found {
    let spread = |name: &str| -> Result<Series, String> {
        let all = tables.iter().map(|bench| bench.mbr(name));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        Ok(Series::combine(&all, |values| {
            let (low, high) = values.iter().fold((1.0_f64, 0.0_f64), |(low, high), v| {
                (low.min(*v), high.max(*v))
            });
            Some(high - low)
        }))
    };
    let [flops, params, synflow, zen] = ["flops", "params", "synflow", "zen"].map(spread);
    let more = Series::combine(&[&flops?, &params?, &synflow?, &zen?], |v| {
        Some(f64::midpoint(v[0], v[1]) - f64::midpoint(v[2], v[3]))
    });
    let on = names(tables);
    let index = tables.first().map_or("mBR", |bench| bench.index.name());
    let what = format!(
        "spread of {index} over the tables (largest less smallest), mean of FLOPs and params less mean \
         of synflow and zen"
    );
    let number = Number::new(what, &on, &more).must(Rule::Above(0.0));
    Ok(Reading::new(on, vec![number]))
}

/// Over datasets.
pub(super) fn costs_vary_over_datasets(roles: &Roles) -> Found {
    unsteady(&roles.datasets()?)
}

/// Over spaces.
pub(super) fn costs_vary_over_spaces(roles: &Roles) -> Found {
    unsteady(&roles.spaces()?)
}
