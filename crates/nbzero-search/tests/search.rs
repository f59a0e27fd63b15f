//! Searches on scores that follow from the network: undisturbed, stopped, and without hope.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use nbzero_metrics::{Direction, RankRule};
use nbzero_search::{
    Budgets, Candidate, Costs, Error, Journal, Measure, Member, Objective, Outcome, Plan, Resource,
    Strategy, search,
};
use nbzero_space::{Architecture, Space};
use nbzero_table::Score;

type Outcomes = Result<(), Box<dyn std::error::Error>>;

/// Depth, and parameters with the wrong sign, until it breaks down.
#[derive(Default)]
struct Bench {
    scored: usize,
    timed: usize,
    breaks_after: Option<usize>,
    /// Scores of so many networks are made before the first is handed on.
    jobs: usize,
}

#[derive(Debug)]
enum Failure {
    Search(Error),
    Broken,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Search(error)
    }
}

impl Measure for Bench {
    type Error = Failure;

    fn costs(&mut self, network: &Architecture) -> Costs {
        let costs = network.costs(10, 32);
        Costs {
            flops: costs.flops,
            params: costs.params,
            depth: costs.depth,
            memory: 4 * costs.params,
        }
    }

    fn latency(&mut self, network: &Architecture) -> Result<Option<f64>, Failure> {
        self.timed += 1;
        // No two measurements are the same.
        let depth = f64::from(network.costs(10, 32).depth);
        Ok(Some(depth + 0.001 * self.timed as f64))
    }

    fn score(
        &mut self,
        networks: &[Architecture],
        take: &mut dyn FnMut(Vec<Score>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for some in networks.chunks(self.jobs.max(1)) {
            let scores: Vec<Vec<Score>> = some.iter().map(scores).collect();
            for scores in scores {
                if self.breaks_after == Some(self.scored) {
                    return Err(Failure::Broken);
                }
                self.scored += 1;
                take(scores)?;
            }
        }
        Ok(())
    }
}

fn scores(network: &Architecture) -> Vec<Score> {
    let costs = network.costs(10, 32);
    let deep = match costs.depth {
        // As a proxy has no value for some.
        7 => Score::undefined("singular"),
        depth => Score::new(depth.into()),
    };
    vec![deep, Score::new(costs.params as f64)]
}

fn plan(space: Space, strategy: Strategy, budgets: Budgets) -> Plan {
    let member = |name: &str, direction| Member {
        name: name.into(),
        direction,
    };
    Plan {
        space,
        strategy,
        budgets,
        objective: Objective::new(
            RankRule::Vote,
            vec![
                member("deep", Direction::Higher),
                member("lean", Direction::Lower),
            ],
        ),
        candidates: 120,
        relaxed: 15,
        seed: 4,
    }
}

fn flops(limit: f64) -> Budgets {
    Budgets::default().with(Resource::Flops, limit)
}

fn run(plan: &Plan, bench: &mut Bench, journal: Option<&Path>) -> Result<Outcome, Failure> {
    let journal = journal.map(|path| Journal::open(path, plan, "as in this test"));
    search(plan, bench, journal.transpose()?, |_| ())
}

fn best(outcome: &Outcome) -> &Candidate {
    &outcome.candidates[outcome.best(1)[0]]
}

#[test]
fn candidates_are_distinct_and_keep_to_the_budgets() {
    for strategy in [Strategy::Random, Strategy::Evolution] {
        for space in [
            Space::NasBenchMacro,
            Space::Nb201,
            Space::R1Mini,
            Space::NatsSss,
        ] {
            let limit = if space == Space::R1Mini { 8e6 } else { 60e6 };
            let budgets = flops(limit).with(Resource::Params, 2e6);
            let plan = plan(space.clone(), strategy, budgets);
            let outcome = run(&plan, &mut Bench::default(), None).expect("a search");
            assert_eq!(outcome.within(), 120, "{space}");
            let distinct: HashSet<_> = outcome.candidates.iter().map(|c| &c.arch).collect();
            assert_eq!(distinct.len(), outcome.candidates.len(), "{space}");
            for candidate in &outcome.candidates[..120] {
                assert!(candidate.costs.flops as f64 <= limit);
                assert!(candidate.costs.params <= 2_000_000);
                assert!(space.contains(&candidate.arch));
            }
            for relaxed in &outcome.relaxed {
                for candidate in &outcome.candidates[relaxed.candidates.clone()] {
                    let cost = candidate.cost(relaxed.resource).expect("a cost");
                    assert!(
                        cost <= relaxed.limit && cost > relaxed.limit / 1.1,
                        "{cost}"
                    );
                }
            }
        }
    }
}

#[test]
fn evolution_finds_more_than_chance() {
    let of = |strategy| {
        let all = (0..5).map(|seed| {
            let plan = Plan {
                seed,
                objective: Objective::new(
                    RankRule::Vote,
                    vec![Member {
                        name: "deep".into(),
                        direction: Direction::Higher,
                    }],
                ),
                relaxed: 0,
                ..plan(Space::R1, strategy, flops(200e6))
            };
            let outcome = run(&plan, &mut Bench::default(), None).expect("a search");
            best(&outcome).scores[0].value().expect("a score")
        });
        all.sum::<f64>()
    };
    assert!(of(Strategy::Evolution) > of(Strategy::Random));
}

#[test]
fn a_search_stopped_anywhere_ends_as_if_undisturbed() -> Outcomes {
    let folder = tempfile::tempdir()?;
    for strategy in [Strategy::Random, Strategy::Evolution] {
        let plan = plan(Space::NasBenchMacro, strategy, flops(60e6));
        let whole = folder.path().join(format!("{strategy}.jsonl"));
        let undisturbed = run(&plan, &mut Bench::default(), Some(&whole)).expect("a search");
        let stopped = folder.path().join(format!("{strategy}-stopped.jsonl"));
        for (turn, breaks_after) in [0, 1, 9, 30, 41, 7].into_iter().enumerate() {
            let mut bench = Bench {
                breaks_after: Some(breaks_after),
                jobs: 1 + turn,
                ..Bench::default()
            };
            let end = run(&plan, &mut bench, Some(&stopped));
            assert!(matches!(end, Err(Failure::Broken)));
            // As a process that is killed while it writes leaves it.
            let mut bytes = fs::read(&stopped)?;
            bytes.extend(b"{\"scored\":{\"arch\":\"nas-b");
            fs::write(&stopped, bytes)?;
        }
        let mut bench = Bench::default();
        let resumed = run(&plan, &mut bench, Some(&stopped)).expect("a search");
        assert_eq!(resumed, undisturbed);
        assert_eq!(fs::read(&stopped)?, fs::read(&whole)?);
        assert_eq!(bench.scored + 88, undisturbed.candidates.len());
    }
    Ok(())
}

#[test]
fn latencies_are_measured_once_and_kept() -> Outcomes {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal.jsonl");
    let budgets = flops(80e6).with(Resource::Latency, 20.0);
    let plan = plan(Space::NasBenchMacro, Strategy::Evolution, budgets);
    let mut bench = Bench::default();
    let first = run(&plan, &mut bench, Some(&journal)).expect("a search");
    let within = &first.candidates[..first.within()];
    assert!(within.iter().all(|c| c.latency.expect("measured") <= 20.0));
    // The same again has nothing to measure.
    let mut idle = Bench::default();
    assert_eq!(
        run(&plan, &mut idle, Some(&journal)).expect("a search"),
        first
    );
    assert_eq!((idle.scored, idle.timed), (0, 0));
    assert!(bench.timed > 120);
    Ok(())
}

#[test]
fn impossible_budgets_are_said_at_once() {
    let refusal = |budgets| {
        let plan = plan(Space::NasBenchMacro, Strategy::Evolution, budgets);
        let mut bench = Bench::default();
        match run(&plan, &mut bench, None) {
            Err(Failure::Search(error)) => (error.to_string(), bench.scored),
            other => panic!("{other:?}"),
        }
    };
    let (sentence, scored) = refusal(flops(1e6));
    assert!(
        sentence.contains("at most 1000000 FLOPs: the least found is 7713280"),
        "{sentence}"
    );
    assert_eq!(scored, 0);
    let least = Budgets::default().with(Resource::Latency, 0.5);
    assert!(
        refusal(least)
            .0
            .contains("at most 0.5 ms: the least found is")
    );
}

#[test]
fn a_small_space_ends_when_all_is_scored() {
    let plan = Plan {
        relaxed: 0,
        candidates: 500,
        ..plan(Space::NasBenchMacro, Strategy::Evolution, flops(12e6))
    };
    let outcome = run(&plan, &mut Bench::default(), None).expect("a search");
    let all = (0..6561).map(|i| nbzero_space::MacroNetwork::nth(i).to_string());
    let all: HashSet<Architecture> = all
        .map(|text| text.parse::<Architecture>().expect("a network").plain())
        .filter(|network| network.costs(10, 32).flops <= 12_000_000)
        .collect();
    assert!(!all.is_empty() && all.len() < 500);
    assert!(
        outcome.within() * 10 >= all.len() * 9,
        "{} of {}",
        outcome.within(),
        all.len()
    );
}

#[test]
fn the_front_gets_better_as_it_gets_dearer() {
    let plan = plan(Space::R1, Strategy::Random, flops(300e6));
    let outcome = run(&plan, &mut Bench::default(), None).expect("a search");
    let front = outcome.front(Resource::Flops);
    assert!(front.windows(2).all(|pair| {
        let [a, b] = [pair[0], pair[1]];
        let costs = [a, b].map(|i| outcome.candidates[i].costs.flops);
        outcome.judged[a] < outcome.judged[b] && costs[0] < costs[1]
    }));
    assert_eq!(front.last(), outcome.best(1).first());
}

/// What becomes of a line, by its number.
type Damage = fn(usize, &str) -> String;

#[test]
fn journals_that_do_not_fit_are_refused() -> Outcomes {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("journal.jsonl");
    let ours = plan(Space::NasBenchMacro, Strategy::Evolution, flops(60e6));
    run(&ours, &mut Bench::default(), Some(&path)).expect("a search");
    let refusal = |plan: &Plan| match run(plan, &mut Bench::default(), Some(&path)) {
        Err(Failure::Search(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let sentence = refusal(&Plan {
        seed: 5,
        ..ours.clone()
    });
    assert!(
        sentence.contains("the journal of another search (seed: `4` there, `5` here)"),
        "{sentence}"
    );
    let other = Plan {
        budgets: flops(50e6),
        ..ours.clone()
    };
    assert!(refusal(&other).contains("budgets: `flops 60000000` there, `flops 50000000` here"));
    let text = fs::read_to_string(&path)?;
    let damages: [(Damage, &str); 4] = [
        (
            |i, line| {
                if i == 3 {
                    line.replace("arch", "arhc")
                } else {
                    line.into()
                }
            },
            "line 4",
        ),
        (
            |i, line| if i == 0 { String::new() } else { line.into() },
            "line 1",
        ),
        (
            |i, line| {
                if i == 5 {
                    line.replace("nas-bench-macro:", "r9:")
                } else {
                    line.into()
                }
            },
            "line 6",
        ),
        (
            |i, line| {
                if i == 2 {
                    line.replace(r#""params":"#, r#""params":1"#)
                } else {
                    line.into()
                }
            },
            "costs of",
        ),
    ];
    for (damage, part) in damages {
        let lines = text
            .lines()
            .enumerate()
            .map(|(i, line)| damage(i, line) + "\n");
        fs::write(&path, lines.collect::<String>())?;
        let before = fs::read(&path)?;
        let sentence = refusal(&ours);
        assert!(sentence.contains(part), "{sentence}");
        assert_eq!(fs::read(&path)?, before);
    }
    Ok(())
}
