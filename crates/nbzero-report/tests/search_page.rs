//! The page of a search whose scores are made up.

#![allow(clippy::unwrap_used, reason = "tests")]

use nbzero_metrics::{Direction, RankRule};
use nbzero_report::search_page;
use nbzero_search::{
    Budgets, Costs, Error, Measure, Member, Objective, Outcome, Plan, Resource, Strategy, search,
};
use nbzero_space::{Architecture, Space};
use nbzero_table::Score;

/// FLOPs and the length of the name as scores; one network in ten has none.
struct MadeUp;

impl Measure for MadeUp {
    type Error = Error;

    fn costs(&mut self, network: &Architecture) -> Costs {
        let costs = network.costs(10, 32);
        Costs {
            flops: costs.flops,
            params: costs.params,
            depth: costs.depth,
            memory: 4096,
        }
    }

    fn latency(&mut self, _: &Architecture) -> Result<Option<f64>, Error> {
        Ok(None)
    }

    fn score(
        &mut self,
        networks: &[Architecture],
        take: &mut dyn FnMut(Vec<Score>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        networks.iter().try_for_each(|network| {
            let flops = network.costs(10, 32).flops;
            if flops % 10 == 0 {
                let none = || Score::undefined("not finite");
                return take(vec![none(), none()]);
            }
            let length = network.to_string().len() as f64;
            take(vec![Score::new(flops as f64), Score::new(length)])
        })
    }
}

fn plan(budgets: Budgets) -> Plan {
    let member = |name: &str| Member {
        name: name.to_owned(),
        direction: Direction::Higher,
    };
    Plan {
        space: Space::R1Mini,
        strategy: Strategy::Evolution,
        budgets,
        objective: Objective::new(RankRule::Vote, vec![member("size"), member("<length>")]),
        candidates: 120,
        relaxed: 12,
        seed: 0,
    }
}

fn page(plan: &Plan) -> (Outcome, String) {
    let found = search(plan, &mut MadeUp, None, |_| ()).unwrap();
    let page = search_page(plan, &found, 3).unwrap();
    (found, page)
}

#[test]
fn the_page_has_the_answer_first_and_every_candidate_by_its_name() {
    let budgets = Budgets::default()
        .with(Resource::Flops, 3e6)
        .with(Resource::Params, 2e5);
    let plan = plan(budgets);
    let (found, page) = page(&plan);
    let best = found.candidates[found.best(1)[0]].arch.to_string();
    let header = page.split("</header>").next().unwrap();
    assert!(header.contains(&format!("The best network found is {best}: mean rank")));
    assert!(header.contains("with at most 3.00M FLOPs and 200k parameters"));
    let places = [
        "The best",
        "How the search went",
        "Where the candidates lie",
        "What 10% more would give",
    ];
    let places = places.map(|title| page.find(&format!("<h2>{title}</h2>")).unwrap());
    assert!(places.is_sorted(), "{places:?}");

    // Once in the course, and once for each of the two budgets, where it lies beside one.
    let defined = |range: std::ops::Range<usize>| {
        let judged = found.judged[range].iter();
        judged.filter(|value| value.is_some()).count()
    };
    let (within, all) = (found.within(), found.candidates.len());
    assert!(within == 120 && all > within, "{within} of {all}");
    let points = defined(0..within) + 2 * defined(0..all);
    assert_eq!(page.matches("<circle ").count(), points);
    assert!(defined(0..all) < all, "none is undefined");
    let missing = all - defined(0..all);
    assert!(page.contains(&format!("{missing} candidates have no score")));
    for (candidate, value) in found.candidates.iter().zip(&found.judged) {
        let named = page.contains(&format!("{}: mean rank", candidate.arch));
        assert_eq!(named, value.is_some(), "{}", candidate.arch);
    }
    // Nothing is taken for markup, and nothing is loaded.
    assert!(page.contains("&lt;length&gt;") && !page.contains("<length>"));
    assert!(!page.contains("NaN") && !page.contains("src=") && !page.contains("url("));
}

#[test]
fn a_search_without_budgets_shows_flops_and_nothing_of_budgets() {
    let (_, page) = page(&plan(Budgets::default()));
    assert!(page.contains("without budgets"));
    assert!(page.contains("these are its candidates by FLOPs"));
    assert!(page.contains("The search had no budgets.</p>"));
    assert!(!page.contains("only with 10% more of a budget"));
}
