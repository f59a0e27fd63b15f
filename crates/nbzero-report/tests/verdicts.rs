//! Each statement on networks made so that it is true, made so that it is false, and on so few that
//! nobody can tell.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use Ruling::{CannotBeSaid, DoesNotHold, Holds};
use common::bootstrap;
use nbzero_report::{Estimate, FactorAnalysis, Factors, Ruling, claims};
use nbzero_table::{
    Dataset, Direction, Metadata, Outcome, Record, Score, ScoreDefinition, StageAttributes, Table,
};

/// Networks of a made-up table: a value for each network, of each quantity.
#[derive(Clone)]
struct World {
    space: &'static str,
    dataset: Dataset,
    accuracy: Vec<f64>,
    costs: [Vec<f64>; 3],
    width: Vec<f64>,
    proxies: Vec<(&'static str, Vec<f64>)>,
}

/// Numbers from 0 to 1 without any relation to those of another key.
fn noise(networks: usize, key: u64) -> Vec<f64> {
    let mix = |i: usize| {
        let mut x = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (key << 17);
        for multiplier in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
            x = (x ^ (x >> 29)).wrapping_mul(multiplier);
        }
        (x >> 40) as f64 / (1_u64 << 24) as f64
    };
    (0..networks).map(mix).collect()
}

/// Places in ascending order, from 0.
fn ranks(values: &[f64]) -> Vec<u32> {
    let below = |value: &f64| values.iter().filter(|other| *other < value).count();
    let rank = |value| u32::try_from(below(value)).unwrap();
    values.iter().map(rank).collect()
}

fn sum(parts: &[(f64, &[f64])]) -> Vec<f64> {
    let at = |row: usize| parts.iter().map(|(factor, of)| factor * of[row]).sum();
    (0..parts[0].1.len()).map(at).collect()
}

impl World {
    /// R1 on CIFAR-100, of costs and a width that have nothing to do with the accuracy.
    fn new(networks: usize) -> Self {
        Self {
            space: "r1-mini",
            dataset: Dataset::Cifar100,
            accuracy: noise(networks, 1),
            costs: [2, 3, 4].map(|key| noise(networks, key)),
            width: noise(networks, 5),
            proxies: Vec::new(),
        }
    }

    fn on(self, space: &'static str, dataset: Dataset) -> Self {
        Self {
            space,
            dataset,
            ..self
        }
    }

    fn noise(&self, key: u64) -> Vec<f64> {
        noise(self.accuracy.len(), key)
    }

    /// The accuracy, times that factor, and noise for the rest: from 1, the oracle, through 0 to -1.
    fn quality(&self, share: f64, key: u64) -> Vec<f64> {
        let rest = 1.0 - share.abs();
        sum(&[(share, &self.accuracy), (rest, &self.noise(key))])
    }

    fn proxy(mut self, name: &'static str, values: Vec<f64>) -> Self {
        self.proxies.push((name, values));
        self
    }

    /// Proxies of these qualities.
    fn proxies(mut self, qualities: &[(&'static str, f64)]) -> Self {
        for (key, &(name, share)) in (100..).zip(qualities) {
            let values = self.quality(share, key);
            self = self.proxy(name, values);
        }
        self
    }

    /// FLOPs, params and depth of these qualities.
    fn costs(mut self, shares: [f64; 3]) -> Self {
        let [flops, params, depth] = shares;
        self.costs = [(flops, 6), (params, 7), (depth, 8)].map(|(q, key)| self.quality(q, key));
        self
    }

    /// Pairs of proxies that each put other poor networks on top. In a vote the best ones win, which
    /// both know.
    fn complementary(mut self, pairs: &[[&'static str; 2]]) -> Self {
        for (key, [one, other]) in (200..).zip(pairs) {
            let coins = self.noise(key);
            let fooled = |low: f64| {
                let networks = self.accuracy.iter().zip(&coins);
                let value = networks.map(|(&a, coin)| match coin - low {
                    _ if a > 0.7 => a,
                    0.0..0.33 => 2.0 - a,
                    _ => a - 1.0,
                });
                value.collect::<Vec<f64>>()
            };
            let (first, second) = (fooled(0.33), fooled(0.66));
            self = self.proxy(one, first).proxy(other, second);
        }
        self
    }

    fn table(&self) -> Table {
        let [flops, params, depth] = [0, 1, 2].map(|cost| ranks(&self.costs[cost]));
        let widths = ranks(&self.width);
        let definition = |name: &str| ScoreDefinition {
            name: name.into(),
            version: 1,
            direction: Direction::Higher,
            settings: "made up".into(),
        };
        let mut names: Vec<&str> = self.proxies.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let record = |row: usize| Record {
            arch: format!("r1:8:8x1s2,16x1s2,{}x1s2", 16 + 8 * row),
            space: self.space.into(),
            dataset: self.dataset,
            flops: 100_000 + 10_000 * u64::from(flops[row]),
            params: 1000 + 100 * u64::from(params[row]),
            depth: 10 + depth[row],
            stages: vec![StageAttributes {
                input: 8,
                output: 8 + widths[row],
                stride: 2,
                depth: 1,
            }],
            outcome: Outcome::Trained {
                test_accuracy: 10.0 + 80.0 * self.accuracy[row],
                nas_validation_accuracy: None,
                train_loss: 1.0,
            },
            scores: self
                .proxies
                .iter()
                .map(|(name, values)| ((*name).to_owned(), Score::new(values[row])))
                .collect::<BTreeMap<_, _>>(),
            definitions: names.iter().map(|name| definition(name)).collect(),
            ..common::record(0, 0)
        };
        let records: Vec<Record> = (0..self.accuracy.len()).map(record).collect();
        let metadata = Metadata::from_records(&records).unwrap();
        Table::from_records(metadata, &records).unwrap()
    }
}

/// Makes the world that a main one is compared with.
type Turn = fn(World) -> World;

/// The ruling on the statement of that subject.
fn ruling(subject: &str, worlds: &[World], factors: Option<&FactorAnalysis>) -> Ruling {
    let tables: Vec<Table> = worlds.iter().map(World::table).collect();
    let tables: Vec<&Table> = tables.iter().collect();
    let found = claims(&tables, factors, bootstrap()).unwrap();
    let claim = found.claims.into_iter().find(|c| c.subject == subject);
    let claim = claim.unwrap_or_else(|| panic!("no statement {subject:?}"));
    if let (Some(missing), CannotBeSaid) = (&claim.missing, claim.verdict) {
        panic!("{subject}: {missing} is missing");
    }
    claim.verdict
}

fn check(subject: &str, cases: [(Ruling, &[World]); 3]) {
    for (wanted, worlds) in cases {
        assert_eq!(ruling(subject, worlds, None), wanted, "{subject}");
    }
}

/// Enough networks for a verdict, and too few for one.
const MANY: usize = 80;
const FEW: usize = 8;

/// Proxies from the oracle down to its opposite, and in the other order.
const GRADED: [(&str, f64); 6] = [
    ("fisher", 1.0),
    ("snip", 0.8),
    ("synflow", 0.55),
    ("zen", -0.3),
    ("plain", -0.6),
    ("grasp", -1.0),
];
const REVERSED: [(&str, f64); 6] = [
    ("fisher", -1.0),
    ("snip", -0.6),
    ("synflow", -0.3),
    ("zen", 0.55),
    ("plain", 0.8),
    ("grasp", 1.0),
];
/// Proxies without any relation to the accuracy.
const USELESS: [(&str, f64); 6] = [
    ("fisher", 0.0),
    ("snip", 0.0),
    ("synflow", 0.0),
    ("zen", 0.0),
    ("plain", 0.0),
    ("grasp", 0.0),
];

fn graded(networks: usize) -> World {
    World::new(networks).proxies(&GRADED)
}

fn reversed(networks: usize) -> World {
    World::new(networks).proxies(&REVERSED)
}

fn useless(networks: usize) -> World {
    World::new(networks).proxies(&USELESS)
}

/// synflow and zen of this quality, and others of that.
fn leading(networks: usize, leaders: f64, others: f64) -> World {
    World::new(networks).proxies(&[
        ("synflow", leaders),
        ("zen", leaders),
        ("snip", others),
        ("plain", others),
    ])
}

fn cells(world: World) -> World {
    world.on("nb201-mini", Dataset::Cifar100)
}

fn r2(world: World) -> World {
    world.on("r2-mini", Dataset::Cifar100)
}

fn cifar10(world: World) -> World {
    world.on("r1-mini", Dataset::Cifar10)
}

#[test]
fn cells_do_not_transfer() {
    check(
        "Cells do not transfer to chains",
        [
            (Holds, &[graded(MANY), cells(reversed(MANY))]),
            (DoesNotHold, &[graded(MANY), cells(graded(MANY))]),
            (CannotBeSaid, &[useless(FEW), cells(useless(FEW))]),
        ],
    );
}

#[test]
fn indices_disagree() {
    let world = |networks| {
        let world = World::new(networks);
        let order = ranks(&world.accuracy);
        let place = |rank: &u32| f64::from(*rank) / networks as f64;
        // The order of all but the best fifth, which comes behind the rest of the better half.
        let tau = order
            .iter()
            .map(place)
            .map(|a| if a > 0.8 { 0.5 } else { a });
        let tau = tau.collect();
        // The order of the best third alone.
        let luck = world.noise(9);
        let top = order.iter().map(place).zip(&luck);
        let top = top.map(|(a, luck)| if a > 0.67 { a } else { luck * 0.6 });
        let top = top.collect();
        world.proxy("snip", tau).proxy("synflow", top)
    };
    check(
        "Higher tau, worse under budgets",
        [
            (Holds, &[world(3 * MANY)]),
            (DoesNotHold, &[graded(MANY)]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
}

#[test]
fn no_proxy_beats_the_costs() {
    for subject in [
        "No proxy beats the costs by mBR",
        "No proxy beats the costs by tau",
    ] {
        check(
            subject,
            [
                (Holds, &[useless(MANY).costs([1.0, 1.0, 0.0])]),
                (DoesNotHold, &[graded(MANY).costs([-1.0, -1.0, 0.0])]),
                (CannotBeSaid, &[useless(FEW)]),
            ],
        );
    }
}

#[test]
fn costs_help_proxies() {
    check(
        "Costs help nearly every proxy",
        [
            (Holds, &[useless(MANY).costs([1.0, 1.0, 0.0])]),
            (
                DoesNotHold,
                &[leading(MANY, 1.0, 0.9).costs([-1.0, -1.0, 0.0])],
            ),
            (CannotBeSaid, &[useless(MANY).costs([1.0, 0.6, 0.0])]),
        ],
    );
}

#[test]
fn top_proxies_and_costs_compensate() {
    // Proxies and costs that each put other poor networks on top.
    let pairs = World::new(MANY).complementary(&[["synflow", "plain"]]);
    let (first, second) = (pairs.proxies[0].1.clone(), pairs.proxies[1].1.clone());
    let mut together = World::new(MANY)
        .proxy("synflow", first.clone())
        .proxy("zen", first);
    together.costs = [second.clone(), second, together.noise(8)];
    check(
        "Top proxies and costs compensate",
        [
            (Holds, &[together]),
            (DoesNotHold, &[leading(MANY, 1.0, 0.0)]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
}

#[test]
fn synflow_leads() {
    check(
        "synflow leads on cells and chains",
        [
            (
                Holds,
                &[
                    World::new(MANY).proxies(&[("synflow", 1.0), ("plain", -1.0)]),
                    cells(World::new(MANY).proxies(&[("synflow", 1.0), ("plain", -1.0)])),
                ],
            ),
            (DoesNotHold, &[graded(MANY), cells(graded(MANY))]),
            (CannotBeSaid, &[useless(FEW), cells(useless(FEW))]),
        ],
    );
}

#[test]
fn costs_lead_on_cells_only() {
    let synflow_leads = || leading(MANY, 1.0, 0.0).costs([-1.0, -1.0, 0.0]);
    let costs_lead = || useless(MANY).costs([1.0, 1.0, 0.0]);
    check(
        "Costs beat synflow on cells only",
        [
            (Holds, &[synflow_leads(), cells(costs_lead())]),
            (DoesNotHold, &[costs_lead(), cells(synflow_leads())]),
            (CannotBeSaid, &[useless(FEW), cells(useless(FEW))]),
        ],
    );
}

#[test]
fn proxies_stay_behind() {
    check(
        "Proxies stay behind the oracle",
        [
            (Holds, &[useless(MANY)]),
            (DoesNotHold, &[graded(MANY)]),
            (CannotBeSaid, &[leading(FEW, 0.8, 0.0)]),
        ],
    );
}

#[test]
fn leaders_under_budgets() {
    let ahead = || leading(MANY, 1.0, 0.0).costs([-1.0, -1.0, -1.0]);
    let behind = || leading(MANY, -1.0, 0.0).costs([1.0, 1.0, 1.0]);
    check(
        "FLOPs budgets: synflow, zen lead",
        [
            (Holds, &[ahead()]),
            (DoesNotHold, &[behind()]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
    let alike = leading(MANY, 1.0, 0.0).costs([1.0, 1.0, 1.0]);
    check(
        "Params budgets: all are similar",
        [
            (Holds, &[alike]),
            (DoesNotHold, &[ahead()]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
    let between = leading(MANY, 0.0, 0.0).costs([1.0, -1.0, -1.0]);
    check(
        "Depth budgets: FLOPs lead",
        [
            (Holds, &[between]),
            (DoesNotHold, &[ahead()]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
}

#[test]
fn orders_agree_across_tables() {
    let subjects: [(&str, Turn); 2] = [
        ("Orders agree across datasets", cifar10),
        ("Orders agree across spaces", r2),
    ];
    for (subject, other) in subjects {
        check(
            subject,
            [
                (Holds, &[graded(MANY), other(graded(MANY))]),
                (DoesNotHold, &[graded(MANY), other(reversed(MANY))]),
                (CannotBeSaid, &[useless(FEW), other(useless(FEW))]),
            ],
        );
    }
}

#[test]
fn leaders_on_all_tables() {
    let subjects: [(&str, Turn); 2] = [
        ("synflow, zen lead on all datasets", cifar10),
        ("synflow, zen lead on all spaces", r2),
    ];
    for (subject, other) in subjects {
        let lead = || leading(MANY, 1.0, 0.0);
        check(
            subject,
            [
                (Holds, &[lead(), other(lead())]),
                (DoesNotHold, &[lead(), other(leading(MANY, 0.0, 1.0))]),
                (CannotBeSaid, &[useless(FEW), other(useless(FEW))]),
            ],
        );
    }
}

#[test]
fn costs_are_unsteady() {
    let subjects: [(&str, Turn); 2] = [
        ("Costs are unsteady over datasets", cifar10),
        ("Costs are unsteady over spaces", r2),
    ];
    for (subject, other) in subjects {
        let of = |costs: f64, leaders| leading(MANY, leaders, 0.0).costs([costs, costs, 0.0]);
        check(
            subject,
            [
                (Holds, &[of(1.0, 1.0), other(of(-1.0, 1.0))]),
                (DoesNotHold, &[of(1.0, 1.0), other(of(1.0, -1.0))]),
                (CannotBeSaid, &[useless(FEW), other(useless(FEW))]),
            ],
        );
    }
}

/// Importances of stage 1's width and depth, by a model that explains nine tenths.
fn factors(of: &[(&str, f64)]) -> FactorAnalysis {
    let of = of.iter().map(|&(name, width)| {
        let mut shares = [0.0; 17];
        (shares[2], shares[4]) = (width, 1.0 - width);
        let r2 = Estimate {
            value: 0.9,
            interval: None,
        };
        Factors::new(name, MANY, r2, &shares, shares.to_vec()).unwrap()
    });
    FactorAnalysis {
        factors: of.collect(),
        left_out: Vec::new(),
    }
}

/// Scores that follow depth or width, and an accuracy that follows width or depth.
fn shaped(networks: usize, fisher_is_wide: bool, accuracy_is_wide: bool) -> World {
    let mut world = World::new(networks);
    let (wide, deep) = (world.width.clone(), world.costs[2].clone());
    let of = |is_wide: bool| if is_wide { wide.clone() } else { deep.clone() };
    world.accuracy = of(accuracy_is_wide);
    let others = of(!fisher_is_wide);
    world
        .proxy("fisher", of(fisher_is_wide))
        .proxy("zen", others.clone())
        .proxy("synflow", others)
}

#[test]
fn depth_or_width_drives() {
    let shares = |fisher, others, accuracy| {
        factors(&[
            ("fisher", fisher),
            ("zen", others),
            ("synflow", others),
            ("oracle", accuracy),
        ])
    };
    let paper = || (shaped(MANY, true, true), shares(0.9, 0.1, 0.9));
    let opposite = || (shaped(MANY, false, false), shares(0.1, 0.9, 0.1));
    for subject in [
        "Depth drives the scores",
        "Width drives fisher",
        "Width drives the accuracy",
    ] {
        let (paper, opposite) = (paper(), opposite());
        for (wanted, world, shares) in [
            (Holds, &paper.0, &paper.1),
            (DoesNotHold, &opposite.0, &opposite.1),
            // The models and the correlations contradict each other.
            (CannotBeSaid, &paper.0, &opposite.1),
        ] {
            let found = ruling(subject, std::slice::from_ref(world), Some(shares));
            assert_eq!(found, wanted, "{subject}");
        }
    }
}

#[test]
fn scores_go_wide_or_narrow() {
    let world = |networks: usize, snip: f64, grasp: f64| {
        let world = World::new(networks);
        let towards = |factor: f64, key| {
            sum(&[
                (factor, &world.width),
                (1.0 - factor.abs(), &world.noise(key)),
            ])
        };
        let (snip, grasp) = (towards(snip, 10), towards(grasp, 11));
        world.proxy("snip", snip).proxy("grasp", grasp)
    };
    check(
        "snip goes wide, grasp narrow",
        [
            (Holds, &[world(MANY, 0.9, -0.9)]),
            (DoesNotHold, &[world(MANY, -0.9, 0.9)]),
            (CannotBeSaid, &[world(FEW, 0.0, 0.0)]),
        ],
    );
}

#[test]
fn several_are_better() {
    let together = |networks| World::new(networks).complementary(&[["snip", "zen"]]);
    let one = || leading(MANY, 0.0, 0.0).proxy("fisher", World::new(MANY).accuracy);
    check(
        "Several proxies beat one",
        [
            (Holds, &[together(MANY)]),
            (DoesNotHold, &[one()]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
    let spoiled = together(MANY).proxies(&[("plain", -1.0), ("grasp", -1.0), ("ntk", -1.0)]);
    check(
        "More proxies are not better",
        [
            (Holds, &[spoiled]),
            // Of two proxies all together are the best combination.
            (DoesNotHold, &[together(MANY)]),
            (CannotBeSaid, &[useless(FEW)]),
        ],
    );
}

#[test]
fn the_four_are_better_together() {
    let pairs = [["jacob_cov", "zen"], ["snip", "synflow"]];
    let four = [
        ("jacob_cov", 0.0),
        ("zen", 1.0),
        ("snip", 0.0),
        ("synflow", 0.0),
    ];
    let useless = four.map(|(name, _)| (name, 0.0));
    check(
        "The paper's four beat each one",
        [
            (Holds, &[World::new(MANY).complementary(&pairs)]),
            (DoesNotHold, &[World::new(MANY).proxies(&four)]),
            (CannotBeSaid, &[World::new(FEW).proxies(&useless)]),
        ],
    );
}

#[test]
fn a_combination_transfers() {
    let together = || World::new(MANY).complementary(&[["snip", "zen"]]);
    let alike = World::new(MANY).proxies(&[("snip", 1.0), ("zen", 1.0)]);
    let few = World::new(FEW).proxies(&[("snip", 0.0), ("zen", 0.0)]);
    check(
        "A combination transfers",
        [
            (Holds, &[together(), r2(together())]),
            (DoesNotHold, &[together(), r2(alike)]),
            (CannotBeSaid, &[few.clone(), r2(few)]),
        ],
    );
}

#[test]
fn weak_proxies_help() {
    // A twentieth of the networks are small, poor, and the first choice of the weak proxies. Elsewhere
    // these know what FLOPs do not.
    let informed = |networks: usize, knowledge: f64| {
        let mut world = World::new(networks);
        let mut weak = sum(&[(knowledge, &world.accuracy), (-1.0, &world.costs[0])]);
        for (row, chance) in world.noise(12).into_iter().enumerate() {
            if chance < 0.05 {
                world.costs[0][row] *= 0.01;
                world.accuracy[row] *= 0.01;
                weak[row] = 3.0;
            }
        }
        world.proxy("grasp", weak.clone()).proxy("plain", weak)
    };
    let opposite = [("grasp", -1.0), ("plain", -1.0)];
    let useless = World::new(MANY).costs([1.0, 0.0, 0.0]);
    check(
        "Weak proxies help FLOPs",
        [
            (Holds, &[informed(2 * MANY, 2.0)]),
            (DoesNotHold, &[useless.proxies(&opposite)]),
            (CannotBeSaid, &[informed(2 * MANY, 0.02)]),
        ],
    );
}
