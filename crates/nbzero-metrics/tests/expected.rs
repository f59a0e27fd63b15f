//! Expected mBR against its definition, against simulation, and against mBR.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(
    clippy::float_cmp,
    reason = "with all candidates it is mBR to the last bit"
)]

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, Error, Pool, RankScale, Scores, Subset,
    expected_mean_best_rank, mean_best_rank, rank_vote,
};
use proptest::prelude::*;

/// A network: score (sometimes undefined), accuracy, cost. Values are drawn from few, so that ties
/// are everywhere.
type Row = (Option<i8>, i8, u8);

fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    let score = proptest::option::weighted(0.8, -3..4_i8);
    proptest::collection::vec((score, 0..5_i8, 0..20_u8), 1..most)
}

fn scales() -> impl Strategy<Value = RankScale> {
    prop_oneof![Just(RankScale::Candidates), Just(RankScale::Pool)]
}

fn columns(rows: &[Row]) -> (Scores, Accuracies, Costs) {
    let column = |f: fn(&Row) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
    (
        Scores::new(
            &column(|row| row.0.map_or(f64::NAN, f64::from)),
            Direction::Higher,
        ),
        Accuracies::new(&column(|row| f64::from(row.1))).unwrap(),
        Costs::new(&column(|row| f64::from(row.2))).unwrap(),
    )
}

/// Rank of the pick among the drawn rows (the mean over those of the best score).
fn rank(drawn: &[Row]) -> f64 {
    let best = drawn.iter().map(|row| row.0).max().unwrap();
    let tied: Vec<&Row> = drawn.iter().filter(|row| row.0 == best).collect();
    let above = |pick: &&Row| drawn.iter().filter(|row| row.1 > pick.1).count();
    tied.iter().map(above).sum::<usize>() as f64 / tied.len() as f64
}

/// The definition: the mean over all draws, for each of `count` budgets.
fn by_definition(rows: &[Row], count: usize, draws: usize, scale: RankScale) -> f64 {
    let cost = |row: &Row| f64::from(row.2);
    let costs: Vec<f64> = rows.iter().map(cost).collect();
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = costs.iter().copied().fold(0.0, f64::max);
    let mut total = 0.0;
    for i in 1..=count {
        let budget = least + i as f64 / count as f64 * (most - least);
        let candidates = rows.iter().filter(|row| cost(row) <= budget + 1e-9);
        let candidates: Vec<Row> = candidates.copied().collect();
        let draws = draws.min(candidates.len());
        let (mut sum, mut ways) = (0.0, 0.0);
        for bits in 0_u32..1 << candidates.len() {
            if bits.count_ones() as usize == draws {
                let drawn = candidates.iter().enumerate();
                let drawn = drawn.filter(|(place, _)| bits >> place & 1 == 1);
                sum += rank(&drawn.map(|(_, row)| *row).collect::<Vec<_>>());
                ways += 1.0;
            }
        }
        total += sum / ways / draws as f64
            * match scale {
                RankScale::Candidates => 1.0,
                RankScale::Pool => candidates.len() as f64 / rows.len() as f64,
            };
    }
    total / count as f64
}

proptest! {
    #[test]
    fn it_is_the_mean_over_all_draws(
        rows in rows(10),
        count in 1..12_usize,
        draws in 1..12_usize,
        scale in scales(),
    ) {
        let (scores, accuracies, costs) = columns(&rows);
        let found = expected_mean_best_rank(&scores, &accuracies, &costs, count, draws, scale);
        let expected = by_definition(&rows, count, draws, scale);
        prop_assert!((found.unwrap().value - expected).abs() < 1e-12);
    }

    #[test]
    fn with_all_candidates_it_is_mbr(
        rows in rows(60),
        count in 1..20_usize,
        more in 0..100_usize,
        scale in scales(),
    ) {
        let (scores, accuracies, costs) = columns(&rows);
        let draws = rows.len() + more;
        let found = expected_mean_best_rank(&scores, &accuracies, &costs, count, draws, scale);
        let (found, mbr) = (found.unwrap(), mean_best_rank(&scores, &accuracies, &costs, count, scale));
        let mbr = mbr.unwrap();
        prop_assert_eq!(found.value, mbr.value);
        for (pick, own) in found.budgets.iter().zip(&mbr.budgets) {
            prop_assert_eq!(pick.rank_ratio, own.rank_ratio);
            prop_assert_eq!((pick.budget, pick.candidates), (own.budget, own.candidates));
            prop_assert_eq!(pick.seen, own.candidates);
        }
    }

    #[test]
    fn a_pool_has_it_for_every_vote_and_resample(
        first in rows(30),
        seed in 0..1000_u64,
        count in 1..20_usize,
        scale in scales(),
    ) {
        let (one, accuracies, costs) = columns(&first);
        let turned: Vec<f64> = (0..one.len()).map(|row| f64::from(first[row].2 % 7)).collect();
        let other = Scores::new(&turned, Direction::Lower);
        let pool = Pool::new(&[&one, &other], &accuracies, &costs, count, scale).unwrap();
        let subsets = [&[0][..], &[1], &[0, 1]].map(|members| Subset::new(members).unwrap());
        let draws = [1, 3, 100];
        let alone = |rows: &[usize]| {
            let (one, other) = (one.select(rows), other.select(rows));
            let vote = rank_vote(&[&one, &other]).unwrap();
            let mut found = Vec::new();
            for scores in [&one, &other, &vote] {
                for draws in draws {
                    let (accuracies, costs) = (accuracies.select(rows), costs.select(rows));
                    let expected =
                        expected_mean_best_rank(scores, &accuracies, &costs, count, draws, scale);
                    found.push(expected.unwrap().value);
                }
            }
            found
        };
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        let all: Vec<usize> = (0..first.len()).collect();
        prop_assert!(close(&pool.expected_mean_best_ranks(&subsets, &draws).unwrap(), &alone(&all)));
        let bootstrap = Bootstrap { resamples: 3, seed };
        let resampled = pool.resampled_expected(&subsets, &draws, &bootstrap).unwrap();
        let mut resampled = resampled.iter();
        let mut same = true;
        bootstrap.each_resample(first.len(), |resample| {
            same &= close(resampled.next().unwrap(), &alone(resample.rows));
        });
        prop_assert!(same);
    }
}

/// Uniform numbers from 0 to 1; not a good generator, but even enough.
fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Networks whose scores go half with the accuracy.
fn large(networks: usize) -> (Scores, Accuracies, Costs) {
    let mut random = uniform(7);
    let accuracies: Vec<f64> = (0..networks).map(|_| random()).collect();
    let scores: Vec<f64> = accuracies.iter().map(|a| a + random()).collect();
    let costs: Vec<f64> = accuracies.iter().map(|a| a + 3.0 * random()).collect();
    (
        Scores::new(&scores, Direction::Higher),
        Accuracies::new(&accuracies).unwrap(),
        Costs::new(&costs).unwrap(),
    )
}

#[test]
fn twenty_thousand_random_searches_agree() {
    let (scores, accuracies, costs) = large(300);
    let found = expected_mean_best_rank(&scores, &accuracies, &costs, 5, 10, RankScale::Candidates)
        .unwrap();
    // The first ten of all rows, shuffled by the order of random numbers.
    let mut random = uniform(11);
    let mut total = 0.0;
    let searches = 20_000;
    for pick in &found.budgets {
        let rows = (0..300).filter(|row| costs.values()[*row] <= pick.budget);
        let mut rows: Vec<(f64, usize)> = rows.map(|row| (0.0, row)).collect();
        for _ in 0..searches {
            for (place, _) in &mut rows {
                *place = random();
            }
            rows.select_nth_unstable_by(9, |a, b| a.0.total_cmp(&b.0));
            let drawn = rows[..10].iter().map(|(_, row)| *row);
            let key = |row: &usize| scores.oriented(*row).unwrap();
            let best = drawn.clone().max_by(|a, b| key(a).total_cmp(&key(b)));
            let accuracy = accuracies.values()[best.unwrap()];
            let above = drawn.filter(|row| accuracies.values()[*row] > accuracy);
            total += above.count() as f64 / 10.0;
        }
    }
    let simulated = total / f64::from(5 * searches);
    // The standard error of 100,000 ratios is below 0.001.
    assert!(
        (found.value - simulated).abs() < 0.004,
        "{} {simulated}",
        found.value
    );
}

#[test]
fn chance_is_half_of_the_others_seen() {
    let (scores, accuracies, costs) = large(20_000);
    let noise: Vec<f64> = accuracies
        .values()
        .iter()
        .map(|a| (a * 1e6).fract())
        .collect();
    let noise = Scores::new(&noise, Direction::Higher);
    for (draws, chance) in [(1, 0.0), (2, 0.25), (10, 0.45), (100, 0.495)] {
        let value = |scores| {
            let scale = RankScale::Candidates;
            expected_mean_best_rank(scores, &accuracies, &costs, 5, draws, scale)
                .unwrap()
                .value
        };
        assert!(
            (value(&noise) - chance).abs() < 0.01,
            "{draws}: {}",
            value(&noise)
        );
        assert!(value(&scores) <= chance);
        let oracle = Scores::new(accuracies.values(), Direction::Higher);
        assert_eq!(value(&oracle), 0.0);
        // All tied is chance as well.
        let tied = Scores::new(&vec![1.0; 20_000], Direction::Higher);
        assert!(
            (value(&tied) - chance).abs() < 1e-9,
            "{draws}: {}",
            value(&tied)
        );
    }
}

#[test]
fn a_search_that_sees_nothing_is_refused() {
    let (scores, accuracies, costs) = large(4);
    let scale = RankScale::Candidates;
    let found = expected_mean_best_rank(&scores, &accuracies, &costs, 5, 0, scale);
    assert_eq!(found, Err(Error::NoDraws));
    let pool = Pool::new(&[&scores], &accuracies, &costs, 5, scale).unwrap();
    let alone = [Subset::new(&[0]).unwrap()];
    assert_eq!(
        pool.expected_mean_best_ranks(&alone, &[3, 0]),
        Err(Error::NoDraws)
    );
    let found = expected_mean_best_rank(&scores, &accuracies, &costs, 0, 1, scale);
    assert_eq!(found, Err(Error::NoBudgets));
}
