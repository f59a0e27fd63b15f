//! Spaces from files: whatever a file states, the networks obey it, and it is written back as it was read.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;
use std::fmt::Write;

use nbzero_space::{Architecture, Family, Space, TooFew, Variation};
use proptest::prelude::*;

/// A space of chains, and what the test knows of its rules.
#[derive(Debug, Clone)]
struct Rules {
    family: Family,
    stems: Vec<usize>,
    widths: Vec<usize>,
    depths: Vec<usize>,
    expansions: Vec<usize>,
    strides: Vec<Vec<usize>>,
    most_depth: Option<u32>,
    most_flops: Option<u64>,
}

fn ascending(range: std::ops::Range<usize>, most: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(range, 1..=most).prop_map(|set| set.into_iter().collect())
}

fn rules() -> impl Strategy<Value = Rules> {
    let strides = prop::collection::vec(1_usize..=2, 1..=5);
    (
        prop::sample::select(Family::ALL.to_vec()),
        ascending(1..40, 3),
        ascending(1..40, 5),
        ascending(1..6, 3),
        ascending(1..9, 3),
        prop::collection::hash_set(strides, 1..=4),
        prop::option::of(20_u32..60),
        prop::option::of(1_000_000_u64..9_000_000),
    )
        .prop_map(
            |(family, stems, widths, depths, expansions, strides, most_depth, most_flops)| Rules {
                family,
                stems,
                widths: widths.iter().map(|w| w * family.width_divisor()).collect(),
                depths,
                expansions: match family {
                    Family::Mb => expansions,
                    _ => Vec::new(),
                },
                strides: strides.into_iter().collect(),
                most_depth,
                most_flops,
            },
        )
}

impl Rules {
    fn text(&self) -> String {
        let Self {
            family,
            stems,
            widths,
            depths,
            expansions,
            strides,
            ..
        } = self;
        let mut text = format!(
            "name = 'mine'\nfamily = '{family}'\nclasses = 10\nresolution = 16\nstems = {stems:?}\n\
             widths = {widths:?}\ndepths = {depths:?}\nstrides = {strides:?}\n"
        );
        if !expansions.is_empty() {
            writeln!(text, "expansions = {expansions:?}").unwrap();
        }
        text += "[at_most]\n";
        if let Some(depth) = self.most_depth {
            writeln!(text, "depth = {depth}").unwrap();
        }
        if let Some(flops) = self.most_flops {
            writeln!(text, "flops = {flops}").unwrap();
        }
        text
    }

    fn require(&self, network: &Architecture) {
        let Architecture::Chain(chain) = network else {
            panic!("{network} is no chain");
        };
        let stages = chain.stages();
        assert_eq!(chain.family(), self.family);
        assert!(self.stems.contains(&chain.stem()), "{network}");
        assert!(
            stages.iter().all(|s| self.widths.contains(&s.width)),
            "{network}"
        );
        assert!(
            stages.iter().all(|s| self.depths.contains(&s.depth)),
            "{network}"
        );
        assert!(stages.is_sorted_by_key(|stage| stage.width), "{network}");
        let strides: Vec<usize> = stages.iter().map(|stage| stage.stride).collect();
        assert!(self.strides.contains(&strides), "{network}");
        if self.family == Family::Mb {
            let own = |e: Option<usize>| self.expansions.contains(&e.unwrap_or(6));
            assert!(stages.iter().all(|s| own(s.expansion)), "{network}");
        }
        let costs = network.costs(10, 16);
        assert!(
            self.most_depth.is_none_or(|most| costs.depth <= most),
            "{network}"
        );
        assert!(
            self.most_flops.is_none_or(|most| costs.flops <= most),
            "{network}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn networks_obey_the_file(rules in rules(), seed in 0_u64..100) {
        let Ok(space) = Space::parse(&rules.text()) else {
            // Nothing else can be wrong with it.
            let error = Space::parse(&rules.text()).unwrap_err().to_string();
            prop_assert!(error.contains("the caps admit nothing"), "{}", error);
            return Ok(());
        };
        // Under caps, how many there are shows when they are drawn.
        let few = |error: TooFew| space.sample(error.most(), seed);
        let sample = space.sample(30, seed).or_else(few).unwrap();
        let count = sample.len();
        prop_assert_eq!(sample.iter().collect::<HashSet<_>>().len(), count);
        prop_assert_eq!(&sample, &space.sample(count, seed).unwrap());
        let mut variation = Variation::new(space.clone(), seed);
        let mut all = sample;
        for _ in 0..20 {
            let one = variation.draw();
            let child = variation.mutate(&one);
            all.extend(child.as_ref().and_then(|child| variation.cross(child, &one)));
            all.extend(child);
            all.push(one);
        }
        for network in &all {
            rules.require(network);
            prop_assert!(space.contains(network), "{} is not of {:?}", network, space);
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(rules in rules()) {
        if let Ok(space) = Space::parse(&rules.text()) {
            let printed = space.file().unwrap();
            let again = Space::parse(&printed).unwrap();
            prop_assert_eq!(again.file().unwrap(), printed);
            prop_assert_eq!(again.definition(), space.definition());
            prop_assert_eq!(again, space);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_in_one_line(text in "[a-z=\\[\\]0-9\n\" ,_#]{0,80}") {
        if let Err(error) = Space::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'), "{}", error);
        }
    }
}

/// All of its networks are found, and no more can be asked for.
#[test]
fn a_small_space_is_known_whole() {
    let text = "name = 'few'\nfamily = 'r1'\nclasses = 10\nresolution = 8\nstems = [4]\n\
                widths = [4, 8]\ndepths = [1]\nstrides = [[1, 1, 2], [2, 2, 2]]\n";
    let space = Space::parse(text).unwrap();
    assert_eq!(space.population_size(), 8);
    let all: HashSet<Architecture> = space.population().unwrap().into_iter().collect();
    assert_eq!(all.len(), 8);
    let error = space.sample(9, 0).unwrap_err().to_string();
    assert_eq!(error, "a sample of few has at most 8 architectures, not 9");
    let capped = Space::parse(&format!("{text}[at_most]\nparams = 2500\n")).unwrap();
    let some: HashSet<Architecture> = capped.population().unwrap().into_iter().collect();
    let within = all
        .iter()
        .filter(|network| network.costs(10, 8).params <= 2_500);
    assert_eq!(some, within.cloned().collect());
    assert!(!some.is_empty() && some.len() < 8);
}

/// Hardly any chain of this space keeps to the caps: samples and variations find them nevertheless.
#[test]
fn tight_caps_are_kept_to() {
    let r1 = Space::R1.file().unwrap();
    let text = r1
        .replace("\"r1\"\nfamily", "\"tight\"\nfamily")
        .replace("700_000_000", "3_000_000");
    let space = Space::parse(&text).unwrap();
    let sample = space.sample(200, 1).unwrap();
    assert_eq!(sample.iter().collect::<HashSet<_>>().len(), 200);
    let mut variation = Variation::new(space.clone(), 1);
    let drawn: Vec<Architecture> = (0..20).map(|_| variation.draw()).collect();
    for network in sample.iter().chain(&drawn) {
        assert!(space.contains(network), "{network}");
    }
    assert!(drawn.iter().collect::<HashSet<_>>().len() > 10);
}

#[test]
fn built_in_files_are_read_as_themselves() {
    for space in Space::ALL {
        let Some(file) = space.file() else {
            assert!(!["r1", "r2", "mb"].contains(&space.family()));
            continue;
        };
        assert_eq!(Space::parse(&file).unwrap(), space);
        assert_eq!(space.definition(), None);
    }
}
