//! A symmetric matrix of the same eigenvalues that has entries on and beside its diagonal only.

use crate::simd::{Job, Simd};
use std::mem;

/// Reduces a symmetric matrix, of which the lower half is read, column by column, and overwritten.
#[derive(Debug)]
pub(super) struct Tridiagonal<'a> {
    pub(super) matrix: &'a mut [f64],
    /// Receives the diagonal; as long as the matrix is wide.
    pub(super) diagonal: &'a mut [f64],
    /// Receives what stands beside it, and a last entry that stays.
    pub(super) beside: &'a mut [f64],
}

impl Job<f64> for Tridiagonal<'_> {
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = f64>>(self) {
        let size = self.diagonal.len();
        assert!(self.matrix.len() == size * size && self.beside.len() == size);
        // What the reflection before this one takes away: `v w' + w v'`.
        let (mut v, mut w) = (vec![0.0; size], vec![0.0; size]);
        let (mut reflection, mut product) = (vec![0.0; size], vec![0.0; size]);
        for k in 0..size {
            let column = &mut self.matrix[k * size..][k..size];
            for ((x, v_i), w_i) in column.iter_mut().zip(&v[k..]).zip(&w[k..]) {
                *x -= v_i * w[k] + w_i * v[k];
            }
            self.diagonal[k] = column[0];
            let next = k + 1;
            if next == size {
                break;
            }
            let (tau, entry) = reflect(&column[1..], &mut reflection[next..]);
            self.beside[k] = entry;
            product[next..].fill(0.0);
            let pass = Pass {
                size,
                v: &v,
                w: &w,
                x: &reflection,
            };
            // SAFETY: the machine has `S`, as the caller promises.
            unsafe { pass.run::<S>(next, self.matrix, &mut product) };
            let along = product[next..].iter().zip(&reflection[next..]);
            let half = 0.5 * tau * along.map(|(a, b)| a * b).sum::<f64>();
            mem::swap(&mut v, &mut reflection);
            for ((w, product), v) in w.iter_mut().zip(&product).zip(&v).skip(next) {
                *w = tau * (product - half * v);
            }
        }
    }
}

/// The reflection `1 - tau v v'` that leaves of a column its first entry alone, which it returns with `tau`.
#[inline(always)]
fn reflect(column: &[f64], v: &mut [f64]) -> (f64, f64) {
    let first = column[0];
    let rest = column[1..].iter().map(|x| x * x).sum::<f64>();
    if rest <= 0.0 {
        v.fill(0.0);
        return (0.0, first);
    }
    let entry = -(first * first + rest).sqrt().copysign(first);
    v[0] = 1.0;
    let scale = 1.0 / (first - entry);
    for (v, x) in v[1..].iter_mut().zip(&column[1..]) {
        *v = x * scale;
    }
    ((entry - first) / entry, entry)
}

/// One pass over what is left of the matrix: takes `v w' + w v'` away, and multiplies the result by `x`.
struct Pass<'a> {
    size: usize,
    v: &'a [f64],
    w: &'a [f64],
    x: &'a [f64],
}

impl Pass<'_> {
    /// From row and column `first` on; adds to the product.
    ///
    /// # Safety
    /// The machine has `S`.
    #[inline(always)]
    unsafe fn run<S: Simd<Elem = f64>>(
        &self,
        first: usize,
        matrix: &mut [f64],
        product: &mut [f64],
    ) {
        let Self { size, v, w, x } = *self;
        let mut j = first;
        while j + 1 < size {
            let (left, right) = matrix[j * size..(j + 2) * size].split_at_mut(size);
            let (left, right) = (&mut left[j..], &mut right[j + 1..]);
            left[0] -= 2.0 * v[j] * w[j];
            left[1] -= v[j + 1] * w[j] + w[j + 1] * v[j];
            right[0] -= 2.0 * v[j + 1] * w[j + 1];
            product[j] += left[0] * x[j] + left[1] * x[j + 1];
            product[j + 1] += left[1] * x[j] + right[0] * x[j + 1];
            let below = j + 2;
            // SAFETY: the machine has `S`, as the caller promises.
            let sums = unsafe {
                let columns = [&mut left[2..], &mut right[1..]];
                self.pair::<S>(j, columns, &mut product[below..])
            };
            product[j] += sums[0];
            product[j + 1] += sums[1];
            j = below;
        }
        if j < size {
            let last = &mut matrix[j * size + j];
            *last -= 2.0 * v[j] * w[j];
            product[j] += *last * x[j];
        }
    }

    /// Two columns from the row below them on: both change, add to the product of their rows, and give what those
    /// rows add to the product of their own.
    ///
    /// # Safety
    /// The machine has `S`.
    #[inline(always)]
    unsafe fn pair<S: Simd<Elem = f64>>(
        &self,
        j: usize,
        columns: [&mut [f64]; 2],
        product: &mut [f64],
    ) -> [f64; 2] {
        let rows = product.len();
        let [v, w, x] = [self.v, self.w, self.x].map(|all| &all[j + 2..]);
        assert!([v, w, x].iter().all(|part| part.len() == rows));
        assert!(columns.iter().all(|part| part.len() == rows));
        let of = |all: &[f64]| [all[j], all[j + 1]];
        let (v_j, w_j, x_j) = (of(self.v), of(self.w), of(self.x));
        let vectors = rows / S::LANES * S::LANES;
        // SAFETY: a vector from any multiple of the lanes below `vectors` on ends within the rows, which all
        // slices have.
        let mut sums = unsafe {
            let minus_v = v_j.map(|v| S::splat(-v));
            let minus_w = w_j.map(|w| S::splat(-w));
            let x_both = x_j.map(|x| S::splat(x));
            let mut sums = [S::splat(0.0); 2];
            let to = [columns[0].as_mut_ptr(), columns[1].as_mut_ptr()];
            for i in (0..vectors).step_by(S::LANES) {
                let v_i = S::load(v.as_ptr().add(i));
                let w_i = S::load(w.as_ptr().add(i));
                let x_i = S::load(x.as_ptr().add(i));
                let mut sum = S::load(product.as_ptr().add(i));
                for c in 0..2 {
                    let mut entry = S::load(to[c].add(i));
                    entry = S::mul_add(v_i, minus_w[c], entry);
                    entry = S::mul_add(w_i, minus_v[c], entry);
                    S::store(to[c].add(i), entry);
                    sum = S::mul_add(entry, x_both[c], sum);
                    sums[c] = S::mul_add(entry, x_i, sums[c]);
                }
                S::store(product.as_mut_ptr().add(i), sum);
            }
            sums.map(|sum| S::sum(sum))
        };
        for (c, column) in columns.into_iter().enumerate() {
            for i in vectors..rows {
                column[i] -= v[i] * w_j[c] + w[i] * v_j[c];
                product[i] += column[i] * x_j[c];
                sums[c] += column[i] * x[i];
            }
        }
        sums
    }
}
