//! What must hold for every pool; values are drawn from few, so that ties are everywhere.

#![allow(clippy::unwrap_used, reason = "tests")]

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, RankScale, RankedPair, Scores, best_rank_at, kendall,
    mean_best_rank, pearson, precision_at_top, spearman,
};
use proptest::prelude::*;

/// A network: score (sometimes undefined), accuracy, cost.
type Row = (Option<i8>, i8, u8);

fn pools() -> impl Strategy<Value = Vec<Row>> {
    let score = proptest::option::weighted(0.9, -6..6_i8);
    proptest::collection::vec((score, 0..8_i8, 0..20_u8), 1..40)
}

struct Pool {
    scores: Vec<f64>,
    accuracies: Accuracies,
    costs: Costs,
}

impl Pool {
    fn new(rows: &[Row]) -> Self {
        let column = |f: fn(&Row) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
        Self {
            scores: column(|row| row.0.map_or(f64::NAN, f64::from)),
            accuracies: Accuracies::new(&column(|row| f64::from(row.1))).unwrap(),
            costs: Costs::new(&column(|row| f64::from(row.2))).unwrap(),
        }
    }

    fn higher(&self) -> Scores {
        Scores::new(&self.scores, Direction::Higher)
    }

    fn mbr(&self, scores: &Scores, scale: RankScale) -> f64 {
        mean_best_rank(scores, &self.accuracies, &self.costs, 5, scale)
            .unwrap()
            .value
    }

    /// Every index that depends on the order of the scores only.
    fn rank_indices(&self, scores: &Scores) -> Vec<Option<f64>> {
        let a = &self.accuracies;
        let mut found = vec![
            kendall(scores, a).unwrap().value,
            spearman(scores, a).unwrap().value,
            Some(self.mbr(scores, RankScale::Candidates)),
            Some(self.mbr(scores, RankScale::Pool)),
        ];
        for top in [0.05, 0.3, 1.0] {
            found.push(Some(best_rank_at(scores, a, top).unwrap().value));
            found.push(Some(precision_at_top(scores, a, top).unwrap().value));
        }
        found
    }
}

fn same(a: &[Option<f64>], b: &[Option<f64>]) -> bool {
    a.iter().zip(b).all(|pair| match pair {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (None, None) => true,
        _ => false,
    })
}

/// Tau-b by its definition, over all pairs.
fn naive_tau(x: &[f64], y: &[f64]) -> Option<f64> {
    let (mut excess, mut untied_x, mut untied_y) = (0.0, 0.0, 0.0);
    for i in 0..x.len() {
        for j in 0..i {
            let sign = |v: &[f64]| f64::from(i8::from(v[i] > v[j]) - i8::from(v[i] < v[j]));
            excess += sign(x) * sign(y);
            untied_x += sign(x).abs();
            untied_y += sign(y).abs();
        }
    }
    (untied_x * untied_y > 0.0).then(|| excess / (untied_x * untied_y).sqrt())
}

proptest! {
    #[test]
    fn kendall_equals_its_definition(rows in pools()) {
        let pool = Pool::new(&rows);
        let last: Vec<f64> = pool.scores.iter().map(|s| if s.is_nan() { -1e9 } else { *s }).collect();
        let found = kendall(&pool.higher(), &pool.accuracies).unwrap().value;
        prop_assert!(same(&[found], &[naive_tau(&last, pool.accuracies.values())]));
    }

    #[test]
    fn rank_indices_see_only_the_order(rows in pools()) {
        let pool = Pool::new(&rows);
        let curved: Vec<f64> = pool.scores.iter().map(|s| s.exp() - 1e3).collect();
        let curved = pool.rank_indices(&Scores::new(&curved, Direction::Higher));
        prop_assert!(same(&pool.rank_indices(&pool.higher()), &curved));
    }

    #[test]
    fn negated_scores_of_the_other_direction_are_the_same(rows in pools()) {
        let pool = Pool::new(&rows);
        let negated: Vec<f64> = pool.scores.iter().map(|s| -s).collect();
        prop_assert_eq!(pool.higher(), Scores::new(&negated, Direction::Lower));
    }

    #[test]
    fn negation_turns_the_sign_where_all_is_defined(mut rows in pools()) {
        for row in &mut rows {
            row.0 = row.0.or(Some(0));
        }
        let pool = Pool::new(&rows);
        let lower = Scores::new(&pool.scores, Direction::Lower);
        for index in [pearson, spearman, kendall] {
            let found = index(&pool.higher(), &pool.accuracies).unwrap().value;
            let turned = index(&lower, &pool.accuracies).unwrap().value.map(|v| -v);
            prop_assert!(same(&[found], &[turned]));
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        (rows, shuffled) in pools().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()))
    ) {
        let (pool, shuffled) = (Pool::new(&rows), Pool::new(&shuffled));
        let linear = |pool: &Pool| pearson(&pool.higher(), &pool.accuracies).unwrap().value;
        prop_assert!(same(&pool.rank_indices(&pool.higher()), &shuffled.rank_indices(&shuffled.higher())));
        prop_assert!(same(&[linear(&pool)], &[linear(&shuffled)]));
    }

    #[test]
    fn the_oracle_is_perfect(rows in pools()) {
        let pool = Pool::new(&rows);
        let oracle = Scores::new(pool.accuracies.values(), Direction::Higher);
        let found = pool.rank_indices(&oracle);
        let one = found[0].map(|_| 1.0);
        let perfect = [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0].map(Some);
        prop_assert!(same(&found, &[&[one, one], &perfect[..]].concat()), "{found:?}");
    }

    #[test]
    fn indices_stay_in_range(rows in pools()) {
        let pool = Pool::new(&rows);
        let scores = pool.higher();
        for index in [pearson, spearman, kendall] {
            let found = index(&scores, &pool.accuracies).unwrap();
            prop_assert!(found.value.is_none_or(|v| (-1.0..=1.0).contains(&v)));
            prop_assert!(found.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
        }
        for value in pool.rank_indices(&scores).into_iter().skip(2) {
            prop_assert!((0.0..=1.0).contains(&value.unwrap()));
        }
        let by_pool = pool.mbr(&scores, RankScale::Pool);
        prop_assert!(by_pool <= pool.mbr(&scores, RankScale::Candidates) + 1e-12);
    }

    #[test]
    fn correlations_of_counted_networks_are_those_of_the_drawn_rows(rows in pools(), seed: u64) {
        let pool = Pool::new(&rows);
        let scores = pool.higher();
        let pair = RankedPair::new(&scores, &pool.accuracies).unwrap();
        let bootstrap = Bootstrap { resamples: 3, seed };
        let counts = bootstrap.counts(rows.len());
        let mut resample = counts.iter();
        let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a.is_none() && b.is_none(),
        };
        bootstrap.each_resample(rows.len(), |drawn| {
            let drawn = drawn.rows;
            let counts = resample.next().unwrap();
            let (scores, accuracies) = (scores.select(drawn), pool.accuracies.select(drawn));
            assert!(close(pair.kendall(counts), kendall(&scores, &accuracies).unwrap().value));
            assert!(close(pair.spearman(counts), spearman(&scores, &accuracies).unwrap().value));

            let mut order: Vec<f64> = accuracies.values().to_vec();
            order.sort_by(|a, b| b.total_cmp(a));
            let edge = order[(drawn.len() * 3).div_ceil(10) - 1];
            let top: Vec<usize> = (0..drawn.len()).filter(|&i| accuracies.values()[i] >= edge).collect();
            let expected = kendall(&scores.select(&top), &accuracies.select(&top)).unwrap().value;
            assert!(close(pair.kendall_of_top(counts, 0.3).unwrap(), expected));
        });
    }
}
