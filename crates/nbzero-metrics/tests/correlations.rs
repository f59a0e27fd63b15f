//! LC, KD and SR against scipy 1.17.1 and against hand-made cases.

#![allow(clippy::unwrap_used, reason = "tests")]

use nbzero_metrics::{
    Accuracies, Correlation, Costs, Direction, Error, Scores, kendall, partial_spearman, pearson,
    spearman,
};

fn close(found: Option<f64>, expected: f64) {
    let found = found.unwrap();
    assert!(
        (found - expected).abs() < 1e-12,
        "{found} is not {expected}"
    );
}

fn columns(x: &[f64], y: &[f64]) -> (Scores, Accuracies) {
    (
        Scores::new(x, Direction::Higher),
        Accuracies::new(y).unwrap(),
    )
}

fn check(found: Correlation, value: f64, p_value: f64) {
    close(found.value, value);
    // The normal distribution function of statrs is good to some 1e-11.
    let found = found.p_value.unwrap();
    assert!((found - p_value).abs() < 1e-9, "{found} is not {p_value}");
}

// Ten rows with ties in both columns and in pairs.
const X: [f64; 10] = [2.5, 2.5, 2.5, 1.0, 7.0, 7.0, 3.0, -4.0, 0.0, 9.5];
const Y: [f64; 10] = [71.0, 72.0, 71.0, 68.5, 74.0, 73.0, 71.0, 60.0, 72.0, 72.0];

#[test]
fn examples_of_scipys_documentation() {
    // stats.kendalltau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0], method="asymptotic")
    let (x, y) = columns(&[12.0, 2.0, 1.0, 12.0, 2.0], &[1.0, 4.0, 7.0, 1.0, 0.0]);
    check(
        kendall(&x, &y).unwrap(),
        -0.471_404_520_791_031_6,
        0.282_745_459_932_774_67,
    );
    // stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])
    let (x, y) = columns(&[1.0, 2.0, 3.0, 4.0, 5.0], &[5.0, 6.0, 7.0, 8.0, 7.0]);
    check(
        spearman(&x, &y).unwrap(),
        0.820_782_681_668_123_3,
        0.088_587_005_313_543_84,
    );
    // stats.pearsonr([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2])
    let (x, y) = columns(
        &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        &[10.0, 9.0, 2.5, 6.0, 4.0, 3.0, 2.0],
    );
    check(
        pearson(&x, &y).unwrap(),
        -0.828_503_883_588_428,
        0.021_280_260_007_523_286,
    );
}

#[test]
fn many_ties() {
    // stats.pearsonr(X, Y); stats.spearmanr(X, Y); stats.kendalltau(X, Y, method="asymptotic")
    let (x, y) = columns(&X, &Y);
    check(
        pearson(&x, &y).unwrap(),
        0.761_804_948_202_314_1,
        0.010_443_849_416_528_648,
    );
    check(
        spearman(&x, &y).unwrap(),
        0.668_799_666_290_716_2,
        0.034_471_274_790_075_08,
    );
    check(
        kendall(&x, &y).unwrap(),
        0.550_171_955_608_390_8,
        0.038_959_146_776_064_37,
    );
}

#[test]
fn undefined_scores_rank_last_and_leave_pearson() {
    let mut x = X;
    x[4] = f64::NAN;
    x[7] = f64::INFINITY;
    let (x, y) = columns(&x, &Y);
    // The functions above with X[4] = X[7] = -100
    let (sr, kd) = (spearman(&x, &y).unwrap(), kendall(&x, &y).unwrap());
    check(sr, 0.201_901_786_050_027_5, 0.575_907_745_759_216_9);
    check(kd, 0.200_062_529_312_142_13, 0.452_790_949_888_669_97);
    assert_eq!((sr.rows, kd.rows), (10, 10));
    // stats.pearsonr without rows 4 and 7
    let lc = pearson(&x, &y).unwrap();
    check(lc, 0.499_265_482_682_663_3, 0.207_806_694_802_955_24);
    assert_eq!(lc.rows, 8);
    for coverage in [sr.coverage, kd.coverage, lc.coverage] {
        close(Some(coverage), 0.8);
    }
}

#[test]
fn a_lower_direction_turns_the_sign() {
    let lower = Scores::new(&X, Direction::Lower);
    let (higher, y) = columns(&X, &Y);
    for index in [pearson, spearman, kendall] {
        let opposite = -index(&higher, &y).unwrap().value.unwrap();
        close(index(&lower, &y).unwrap().value, opposite);
    }
}

#[test]
fn constant_or_undefined_columns_have_no_index() {
    let y = Accuracies::new(&[1.0, 2.0, 3.0]).unwrap();
    for x in [[2.0; 3], [f64::NAN; 3], [0.0, -0.0, 0.0]] {
        let x = Scores::new(&x, Direction::Higher);
        for index in [pearson, spearman, kendall] {
            let found = index(&x, &y).unwrap();
            assert_eq!((found.value, found.p_value), (None, None));
        }
    }
    let (x, y) = columns(&[1.0, 2.0], &[3.0, 3.0]);
    for index in [pearson, spearman, kendall] {
        assert_eq!(index(&x, &y).unwrap().value, None);
    }
}

#[test]
fn two_rows_have_a_value_but_no_p_value_and_fewer_have_neither() {
    let (x, y) = columns(&[1.0, 2.0], &[3.0, 4.0]);
    for index in [pearson, spearman, kendall] {
        let found = index(&x, &y).unwrap();
        close(found.value, 1.0);
        assert_eq!(found.p_value, None);
        assert_eq!(index(&x.select(&[0]), &y.select(&[0])).unwrap().value, None);
        assert_eq!(index(&x.select(&[]), &y.select(&[])).unwrap().value, None);
    }
}

#[test]
fn errors_say_what_and_where() {
    let error = Accuracies::new(&[1.0, 2.0, f64::INFINITY]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "accuracy at row 2 is inf; every accuracy must be a finite number"
    );
    let (x, y) = columns(&[1.0, 2.0], &[3.0]);
    for index in [pearson, spearman, kendall] {
        let error = index(&x, &y).unwrap_err();
        assert!(matches!(
            error,
            Error::Length {
                scores: 2,
                found: 1,
                ..
            }
        ));
        assert_eq!(
            error.to_string(),
            "there are 2 scores but 1 accuracies; the columns must have one row a network"
        );
    }
}

#[test]
fn given_nothing_or_a_constant_it_is_the_whole_correlation() {
    let (x, y) = columns(&X, &Y);
    let whole = spearman(&x, &y).unwrap();
    let constant = Costs::new(&[5.0; 10]).unwrap();
    for given in [vec![], vec![&constant]] {
        let partial = partial_spearman(&x, &y, &given).unwrap();
        close(partial.value, whole.value.unwrap());
        close(partial.p_value, whole.p_value.unwrap());
    }
}

#[test]
fn partial_correlations_follow_the_recursion() {
    let z = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0, 5.5, 3.5];
    let w = [2.0, 7.0, 1.0, 8.0, 2.5, 8.5, 1.5, 8.2, 4.0, 5.0];
    let r = |a: &[f64], b: &[f64]| {
        let (a, b) = columns(a, b);
        spearman(&a, &b).unwrap().value.unwrap()
    };
    let given =
        |ab: f64, ac: f64, bc: f64| (ab - ac * bc) / ((1.0 - ac * ac) * (1.0 - bc * bc)).sqrt();
    let xy_z = given(r(&X, &Y), r(&X, &z), r(&Y, &z));
    let xw_z = given(r(&X, &w), r(&X, &z), r(&w, &z));
    let yw_z = given(r(&Y, &w), r(&Y, &z), r(&w, &z));
    let (x, y) = columns(&X, &Y);
    let (z, w) = (Costs::new(&z).unwrap(), Costs::new(&w).unwrap());
    close(partial_spearman(&x, &y, &[&z]).unwrap().value, xy_z);
    let both = given(xy_z, xw_z, yw_z);
    close(partial_spearman(&x, &y, &[&z, &w]).unwrap().value, both);
    close(partial_spearman(&x, &y, &[&w, &z]).unwrap().value, both);
    // A column that the others determine changes nothing.
    close(partial_spearman(&x, &y, &[&z, &w, &z]).unwrap().value, both);
}

#[test]
fn what_the_given_columns_determine_has_no_partial_correlation() {
    let (x, y) = columns(&X, &Y);
    let same = Costs::new(&X.map(|v| v * 3.0)).unwrap();
    assert_eq!(partial_spearman(&x, &y, &[&same]).unwrap().value, None);
    let short = Costs::new(&[1.0]).unwrap();
    assert!(partial_spearman(&x, &y, &[&short]).is_err());
}
