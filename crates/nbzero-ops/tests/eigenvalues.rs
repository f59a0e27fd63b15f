//! Eigenvalues of symmetric matrices, against Jacobi's rotations in plain loops and against known ones.

use nbzero_ops::{Isa, symmetric_eigenvalues, symmetric_eigenvalues_with};
use proptest::prelude::*;

/// Rotates one entry beside the diagonal away after the other until none is left; the eigenvalues, ascending.
fn jacobi(matrix: &[f64], size: usize) -> Vec<f64> {
    let mut a = matrix.to_vec();
    let norm = a.iter().map(|x| x * x).sum::<f64>().sqrt();
    for _ in 0..60 {
        for p in 0..size {
            for q in p + 1..size {
                let off = a[p * size + q];
                if off.abs() <= 1e-18 * norm {
                    continue;
                }
                let angle = 0.5 * (2.0 * off).atan2(a[q * size + q] - a[p * size + p]);
                let (sine, cosine) = angle.sin_cos();
                for k in 0..size {
                    let (x, y) = (a[k * size + p], a[k * size + q]);
                    a[k * size + p] = cosine * x - sine * y;
                    a[k * size + q] = sine * x + cosine * y;
                }
                for k in 0..size {
                    let (x, y) = (a[p * size + k], a[q * size + k]);
                    a[p * size + k] = cosine * x - sine * y;
                    a[q * size + k] = sine * x + cosine * y;
                }
            }
        }
    }
    let mut values: Vec<f64> = (0..size).map(|i| a[i * size + i]).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Inner products of `size` rows of so many numbers between -1 and 1.
fn gram(size: usize, numbers: usize, seed: u64) -> Vec<f64> {
    let number = |i: usize| {
        let mixed = (i as u64 + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(seed);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    let rows: Vec<f64> = (0..size * numbers).map(number).collect();
    let row = |i: usize| &rows[i * numbers..][..numbers];
    let product = |i: usize, j: usize| row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum();
    (0..size * size)
        .map(|at| product(at / size, at % size))
        .collect()
}

fn assert_near(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= 1e-13 * largest, "{what}: {a}, not {b}");
    }
}

#[test]
fn every_size_and_instruction_set_agrees_with_rotations_in_plain_loops() {
    for size in (0_usize..20).chain([31, 32, 33, 50]) {
        // Of full rank, of half of it, and of rank one.
        for numbers in [size + 3, size.div_ceil(2), 1] {
            let matrix = gram(size, numbers, 5);
            let expected = jacobi(&matrix, size);
            for isa in Isa::available() {
                let found = symmetric_eigenvalues_with(isa, &matrix, size).unwrap();
                let what = format!("{size} rows of {numbers}, {isa:?}");
                assert_near(&what, &found, &expected);
            }
        }
    }
}

#[test]
fn a_large_matrix_of_low_rank_ends() {
    let size = 300;
    let found = symmetric_eigenvalues(&gram(size, 40, 7), size).unwrap();
    let largest = found[size - 1];
    let zeros = found.iter().filter(|x| x.abs() < 1e-13 * largest).count();
    assert_eq!(zeros, size - 40);
}

#[test]
fn the_second_difference_has_the_eigenvalues_of_its_closed_form() {
    let size = 200;
    let mut matrix = vec![0.0; size * size];
    for i in 0..size {
        matrix[i * size + i] = 2.0;
        if i > 0 {
            matrix[i * size + i - 1] = -1.0;
            matrix[(i - 1) * size + i] = -1.0;
        }
    }
    let of = |k: usize| 2.0 - 2.0 * (std::f64::consts::PI * k as f64 / (size + 1) as f64).cos();
    let expected: Vec<f64> = (1..=size).map(of).collect();
    assert_near(
        "second difference",
        &symmetric_eigenvalues(&matrix, size).unwrap(),
        &expected,
    );
}

#[test]
fn what_is_not_finite_has_none_and_zeros_have_zeros() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(symmetric_eigenvalues(&[1.0, bad, bad, 1.0], 2), None);
    }
    assert_eq!(symmetric_eigenvalues(&[0.0; 9], 3), Some(vec![0.0; 3]));
    assert_eq!(symmetric_eigenvalues(&[], 0), Some(Vec::new()));
}

#[test]
#[should_panic(expected = "the matrix is not square")]
fn a_matrix_of_another_size_is_refused() {
    let _ = symmetric_eigenvalues(&[1.0; 6], 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Of any size of numbers: sums of the eigenvalues and of their squares are the matrix's own, and a number on
    /// the diagonal moves them all.
    #[test]
    fn trace_norm_and_shift_are_kept(
        size in 1_usize..40,
        rank in 1_usize..60,
        seed in any::<u64>(),
        exponent in -280_i32..280,
    ) {
        let scale = 10.0_f64.powi(exponent);
        let matrix: Vec<f64> = gram(size, rank, seed).iter().map(|x| x * scale).collect();
        let found = symmetric_eigenvalues(&matrix, size).unwrap();
        prop_assert!(found.is_sorted());
        let unit: Vec<f64> = found.iter().map(|x| x / scale).collect();
        let trace: f64 = (0..size).map(|i| matrix[i * size + i] / scale).sum();
        let square: f64 = matrix.iter().map(|x| (x / scale).powi(2)).sum();
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
        prop_assert!(close(unit.iter().sum(), trace));
        prop_assert!(close(unit.iter().map(|x| x * x).sum(), square));
        let mut moved = matrix;
        for i in 0..size {
            moved[i * size + i] += 3.0 * scale;
        }
        for (a, b) in symmetric_eigenvalues(&moved, size).unwrap().iter().zip(&unit) {
            prop_assert!(close(a / scale, b + 3.0));
        }
    }
}
