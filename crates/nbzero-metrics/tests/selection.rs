//! mBR, BR@K, P@topK and the bootstrap on hand-made cases.

#![allow(clippy::unwrap_used, reason = "tests")]

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, Error, MeanBestRank, RankScale, Scores, best_rank_at,
    kendall, mean_best_rank, precision_at_top,
};

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-12,
        "{found} is not {expected}"
    );
}

fn scores(values: &[f64]) -> Scores {
    Scores::new(values, Direction::Higher)
}

fn accuracies(values: &[f64]) -> Accuracies {
    Accuracies::new(values).unwrap()
}

// Costs 10 to 60: budgets 20, 30, 40, 50, 60 with 2, 3, 4, 5, 6 candidates.
const COSTS: [f64; 6] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0];
const ACCURACIES: [f64; 6] = [50.0, 60.0, 55.0, 70.0, 65.0, 60.0];

fn mbr(values: &[f64], scale: RankScale) -> MeanBestRank {
    let costs = Costs::new(&COSTS).unwrap();
    mean_best_rank(&scores(values), &accuracies(&ACCURACIES), &costs, 5, scale).unwrap()
}

#[test]
fn mbr_by_hand() {
    // Picks rows 1, 2, 2, 4, 4 with ranks 0, 1, 2, 1, 1.
    let values = [1.0, 2.0, 3.0, 2.0, 5.0, 4.0];
    let found = mbr(&values, RankScale::Candidates);
    close(
        found.value,
        (1.0 / 3.0 + 2.0 / 4.0 + 1.0 / 5.0 + 1.0 / 6.0) / 5.0,
    );
    let column = |f: fn(&nbzero_metrics::BudgetPick) -> f64| {
        found.budgets.iter().map(f).collect::<Vec<f64>>()
    };
    assert_eq!(column(|b| b.budget), [20.0, 30.0, 40.0, 50.0, 60.0]);
    assert_eq!(column(|b| b.candidates as f64), [2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(column(|b| b.rank), [0.0, 1.0, 2.0, 1.0, 1.0]);
    assert_eq!(column(|b| b.accuracy), [60.0, 55.0, 55.0, 65.0, 65.0]);
    // Equation 1: sum of ranks / (M N).
    close(mbr(&values, RankScale::Pool).value, 5.0 / (5.0 * 6.0));
}

#[test]
fn mbr_averages_over_tied_scores() {
    let found = mbr(&[1.0; 6], RankScale::Candidates);
    // Ranks of the accuracies 50 60 55 70 65 60 among the first 2, ..., 6; the 60s share theirs.
    let totals = [1.0, 3.0, 6.0, 10.0, 2.0 + 2.0 + 5.0 + 4.0 + 1.0];
    for (i, (budget, total)) in found.budgets.iter().zip(totals).enumerate() {
        let n = (i + 2) as f64;
        assert_eq!(budget.tied, i + 2);
        close(budget.rank, total / n);
        close(budget.rank_ratio, total / n / n);
    }
    close(found.budgets[4].accuracy, 60.0);
}

#[test]
fn mbr_picks_an_undefined_score_only_where_there_is_no_other() {
    let nan = f64::NAN;
    let found = mbr(&[nan, nan, -9.0, nan, nan, nan], RankScale::Candidates);
    // Budget 20: two undefined, tied at the bottom. From budget 30 on: row 2.
    let tied: Vec<usize> = found.budgets.iter().map(|b| b.tied).collect();
    assert_eq!(tied, [2, 1, 1, 1, 1]);
    close(found.budgets[0].accuracy, 55.0);
    close(found.budgets[4].rank, 4.0);
    close(found.coverage, 1.0 / 6.0);
}

#[test]
fn mbr_of_one_network_or_equal_costs() {
    let one = Costs::new(&[0.1]).unwrap();
    let found = mean_best_rank(
        &scores(&[1.0]),
        &accuracies(&[1.0]),
        &one,
        3,
        RankScale::Candidates,
    )
    .unwrap();
    close(found.value, 0.0);
    let same = Costs::new(&[0.3; 6]).unwrap();
    let found = mean_best_rank(
        &scores(&COSTS),
        &accuracies(&ACCURACIES),
        &same,
        5,
        RankScale::Candidates,
    )
    .unwrap();
    assert!(found.budgets.iter().all(|b| b.candidates == 6));
}

#[test]
fn mbr_refuses_what_has_no_budget() {
    let (none, costs) = (Costs::new(&[]).unwrap(), Costs::new(&COSTS).unwrap());
    let scale = RankScale::Candidates;
    let found = mean_best_rank(&scores(&[]), &accuracies(&[]), &none, 5, scale);
    assert_eq!(found, Err(Error::Empty));
    let (s, a) = (scores(&COSTS), accuracies(&ACCURACIES));
    assert_eq!(
        mean_best_rank(&s, &a, &costs, 0, scale),
        Err(Error::NoBudgets)
    );
    let found = mean_best_rank(&s, &a, &none, 5, scale).unwrap_err();
    assert_eq!(
        found.to_string(),
        "there are 6 scores but 0 costs; the columns must have one row a network"
    );
}

#[test]
fn best_rank_by_hand() {
    let a = accuracies(&ACCURACIES);
    // True ranks are 5, 2, 4, 0, 1, 2.
    let s = scores(&[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    let expected = [5.0, 2.0, 2.0, 0.0, 0.0, 0.0];
    for (k, rank) in (1..=6).zip(expected) {
        let found = best_rank_at(&s, &a, f64::from(k) / 6.0).unwrap();
        close(found.value, rank / 6.0);
        assert_eq!(i32::try_from(found.top).unwrap(), k);
    }
}

#[test]
fn best_rank_and_precision_average_over_ties_at_the_edge() {
    let a = accuracies(&ACCURACIES);
    // Row 0 (rank 5) is on top; two of the tied rows 1, 2, 3 (ranks 2, 4, 0) join it: the best of
    // the three pairs are 2, 0, 0. Fewer than three networks surpass all but the rank 4.
    let s = scores(&[9.0, 8.0, 8.0, 8.0, 1.0, 1.0]);
    close(best_rank_at(&s, &a, 0.5).unwrap().value, (2.0 / 3.0) / 6.0);
    let hits = 2.0 * (2.0 / 3.0);
    close(precision_at_top(&s, &a, 0.5).unwrap().value, hits / 3.0);
}

#[test]
fn precision_counts_whom_fewer_than_k_surpass() {
    let a = accuracies(&ACCURACIES);
    close(
        precision_at_top(&scores(&ACCURACIES), &a, 0.5)
            .unwrap()
            .value,
        1.0,
    );
    // On top: ranks 5, 2, 4; the 2 is tied with another 2 and still among the best three.
    let s = scores(&[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    close(precision_at_top(&s, &a, 0.5).unwrap().value, 1.0 / 3.0);
}

#[test]
fn top_indices_refuse_impossible_proportions() {
    let a = accuracies(&ACCURACIES);
    for proportion in [0.0, -0.1, 1.1, f64::NAN] {
        for index in [best_rank_at, precision_at_top] {
            let found = index(&scores(&COSTS), &a, proportion);
            assert!(matches!(found, Err(Error::Proportion { .. })));
        }
    }
    let found = best_rank_at(&scores(&[]), &accuracies(&[]), 0.5);
    assert_eq!(found, Err(Error::Empty));
}

#[test]
fn bootstrap_repeats_itself_and_counts_defined_resamples() {
    let (s, a) = (scores(&COSTS[..3]), accuracies(&[1.0, 3.0, 2.0]));
    let interval = |seed| {
        let settings = Bootstrap {
            resamples: 400,
            seed,
        };
        settings.interval(3, |resample| {
            kendall(&s.select(resample.rows), &a.resampled(resample))
                .unwrap()
                .value
        })
    };
    let found = interval(0).unwrap();
    assert_eq!(Some(found), interval(0));
    // A resample is of one row only, hence undefined, with chance 1/9.
    assert!((320..390).contains(&found.defined), "{found:?}");
    assert!(found.low >= -1.0 && found.high <= 1.0);
    assert_eq!(Bootstrap::default().interval(3, |_| None), None);
    assert_eq!(Bootstrap::default().interval(0, |_| Some(1.0)), None);
}

#[test]
fn bootstrap_of_a_mean_agrees_with_theory() {
    // The mean of 100 draws of 0..100 has standard error 28.87 / 10.
    let found = Bootstrap {
        resamples: 4000,
        seed: 1,
    }
    .interval(100, |resample| {
        Some(resample.rows.iter().sum::<usize>() as f64 / 100.0)
    })
    .unwrap();
    assert!((found.low - (49.5 - 1.96 * 2.887)).abs() < 0.3, "{found:?}");
    assert!(
        (found.high - (49.5 + 1.96 * 2.887)).abs() < 0.3,
        "{found:?}"
    );
}
