//! Rank voting, and all subsets of a pool against `mean_best_rank` of their votes.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::float_cmp, reason = "the fast way must agree to the last bit")]

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, Error, Interval, Pool, RankScale, Resample, Scores,
    Subset, mean_best_rank, rank_vote,
};
use proptest::prelude::*;

fn scores(values: &[f64]) -> Scores {
    Scores::new(values, Direction::Higher)
}

/// A network: four scores (sometimes undefined), accuracy, cost. Values are drawn from few, so that
/// ties are everywhere.
type Row = ([Option<i8>; 4], i8, u8);

fn pools() -> impl Strategy<Value = (Vec<Row>, usize, RankScale)> {
    let score = proptest::option::weighted(0.8, -6..6_i8);
    let row = (proptest::array::uniform4(score), 0..8_i8, 0..20_u8);
    let scale = prop_oneof![Just(RankScale::Candidates), Just(RankScale::Pool)];
    (proptest::collection::vec(row, 1..40), 1..7_usize, scale)
}

struct Columns {
    members: Vec<Scores>,
    accuracies: Accuracies,
    costs: Costs,
}

impl Columns {
    fn new(rows: &[Row]) -> Self {
        let member = |m: usize| {
            let value = |row: &Row| row.0[m].map_or(f64::NAN, f64::from);
            let values: Vec<f64> = rows.iter().map(value).collect();
            // One in two is better where it is lower.
            Scores::new(&values, [Direction::Higher, Direction::Lower][m % 2])
        };
        let column = |f: fn(&Row) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
        Self {
            members: (0..4).map(member).collect(),
            accuracies: Accuracies::new(&column(|row| f64::from(row.1))).unwrap(),
            costs: Costs::new(&column(|row| f64::from(row.2))).unwrap(),
        }
    }

    fn members(&self) -> Vec<&Scores> {
        self.members.iter().collect()
    }

    fn pool(&self, count: usize, scale: RankScale) -> Pool {
        Pool::new(&self.members(), &self.accuracies, &self.costs, count, scale).unwrap()
    }

    /// The same networks with predicted accuracies: in one draw all other way round, in another mixed up.
    fn predicted(self) -> Self {
        let expected = self.accuracies.values();
        let draws = [|a: f64| -a, |a: f64| (a * 3.0) % 8.0];
        let draws = draws.map(|draw| expected.iter().map(|&a| draw(a)).collect());
        Self {
            accuracies: Accuracies::predicted(expected, &draws).unwrap(),
            ..self
        }
    }

    fn resampled(&self, resample: Resample<'_>) -> Self {
        Self {
            members: self
                .members
                .iter()
                .map(|m| m.select(resample.rows))
                .collect(),
            accuracies: self.accuracies.resampled(resample),
            costs: self.costs.select(resample.rows),
        }
    }

    /// The slow way.
    fn mbr(&self, subset: Subset, count: usize, scale: RankScale) -> f64 {
        let members: Vec<&Scores> = subset.members().map(|m| &self.members[m]).collect();
        let vote = rank_vote(&members).unwrap();
        mean_best_rank(&vote, &self.accuracies, &self.costs, count, scale)
            .unwrap()
            .value
    }
}

proptest! {
    #[test]
    fn all_subsets_equal_the_mbr_of_their_votes((rows, count, scale) in pools()) {
        let columns = Columns::new(&rows);
        let pool = columns.pool(count, scale);
        let all = pool.all_subsets().unwrap();
        prop_assert_eq!(all.len(), 15);
        for (bits, hybrid) in (1..).zip(&all) {
            prop_assert_eq!(hybrid.subset.bits(), bits);
            prop_assert_eq!(hybrid.mean_best_rank, columns.mbr(hybrid.subset, count, scale));
        }
        let subsets: Vec<Subset> = all.iter().map(|hybrid| hybrid.subset).collect();
        let listed = pool.mean_best_ranks(&subsets).unwrap();
        prop_assert!(all.iter().zip(listed).all(|(hybrid, mbr)| hybrid.mean_best_rank == mbr));
    }

    #[test]
    fn the_best_of_a_size_is_the_best((rows, count, scale) in pools()) {
        let pool = Columns::new(&rows).pool(count, scale);
        let (all, best) = (pool.all_subsets().unwrap(), pool.best_of_each_size().unwrap());
        prop_assert_eq!(best.len(), 4);
        for (size, best) in (1..).zip(best) {
            prop_assert_eq!(best.hybrid.subset.len(), size);
            let of_size = all.iter().filter(|hybrid| hybrid.subset.len() == size);
            let mbrs: Vec<f64> = of_size.map(|hybrid| hybrid.mean_best_rank).collect();
            let least = mbrs.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!((best.hybrid.mean_best_rank - least).abs() <= 1e-12);
            let near = mbrs.iter().filter(|&mbr| mbr - least <= 1e-12).count();
            prop_assert_eq!(best.tied, near);
        }
    }

    #[test]
    fn resamples_equal_those_of_the_bootstrap(
        (rows, count, scale) in pools(),
        predicted: bool,
        seed in 0..9_u64,
    ) {
        let columns = Columns::new(&rows);
        let columns = if predicted { columns.predicted() } else { columns };
        let subsets = [&[0][..], &[1], &[0, 1, 3]].map(|members| Subset::new(members).unwrap());
        let bootstrap = Bootstrap { resamples: 5, seed };
        let found = columns.pool(count, scale).resampled(&subsets, &bootstrap).unwrap();
        for (i, &subset) in subsets.iter().enumerate() {
            let mut expected = Vec::new();
            let interval = bootstrap.interval(rows.len(), |resample| {
                expected.push(columns.resampled(resample).mbr(subset, count, scale));
                expected.last().copied()
            });
            let found: Vec<f64> = found.iter().map(|mbrs| mbrs[i]).collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(Interval::of(found.into_iter().map(Some)), interval);
        }
    }

    #[test]
    fn a_vote_of_one_keeps_the_order((rows, count, scale) in pools()) {
        let columns = Columns::new(&rows);
        let alone = &columns.members[0];
        let vote = rank_vote(&[alone]).unwrap();
        prop_assert_eq!(vote.defined(), alone.defined());
        let mbr = |s| mean_best_rank(s, &columns.accuracies, &columns.costs, count, scale).unwrap();
        prop_assert_eq!(mbr(&vote), mbr(alone));
    }
}

#[test]
fn a_vote_by_hand() {
    let nan = f64::NAN;
    let first = scores(&[10.0, nan, 30.0, 30.0, nan]);
    let second = Scores::new(&[1.0, 2.0, 3.0, 4.0, nan], Direction::Lower);
    let vote = rank_vote(&[&first, &second]).unwrap();
    // Ranks 3, 1.5, 4.5, 4.5, 1.5 and 5, 4, 3, 2, 1.
    let found: Vec<Option<f64>> = (0..5).map(|row| vote.oriented(row)).collect();
    let expected = [Some(4.0), Some(2.75), Some(3.75), Some(3.25), None];
    assert_eq!(found, expected);
}

#[test]
fn hybrids_refuse_what_cannot_vote() {
    assert_eq!(rank_vote(&[]), Err(Error::NoMembers));
    let (two, three) = (scores(&[1.0, 2.0]), scores(&[1.0, 2.0, 3.0]));
    assert_eq!(
        rank_vote(&[&two, &three]).unwrap_err().to_string(),
        "there are 2 scores but 3 scores of another proxy; the columns must have one row a network"
    );
    let (accuracies, costs) = (
        Accuracies::new(&[1.0, 2.0]).unwrap(),
        Costs::new(&[1.0, 2.0]).unwrap(),
    );
    let pool = |members: &[&Scores], count| {
        Pool::new(members, &accuracies, &costs, count, RankScale::Candidates)
    };
    assert_eq!(pool(&[&two], 0).unwrap_err(), Error::NoBudgets);
    assert_eq!(
        pool(&[&two; 65], 5).unwrap_err().to_string(),
        "65 proxies are too many to combine; give at most 64"
    );
    let many = pool(&[&two; 21], 5).unwrap();
    assert_eq!(
        many.best_of_each_size().unwrap_err().to_string(),
        "21 proxies are too many to combine; give at most 20"
    );
    let empty = (Accuracies::new(&[]).unwrap(), Costs::new(&[]).unwrap());
    let none = Pool::new(&[&scores(&[])], &empty.0, &empty.1, 5, RankScale::Pool);
    assert_eq!(none.unwrap_err(), Error::Empty);

    assert_eq!(Subset::new(&[]), Err(Error::NoMembers));
    assert!(Subset::new(&[64]).is_err());
    let foreign = Subset::new(&[0, 1]).unwrap();
    assert_eq!(foreign.to_string(), "0+1");
    let error = pool(&[&two], 5).unwrap().mean_best_ranks(&[foreign]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "there is no proxy at position 1; positions are below 1"
    );
}
