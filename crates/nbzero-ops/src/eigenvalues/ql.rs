//! The eigenvalues of a symmetric tridiagonal matrix.

/// Rotates until nothing beside the diagonal is more than a rounding of the largest entry; the diagonal is the
/// eigenvalues then. The last entry of `beside` is not one of the matrix and is overwritten.
///
/// An entry takes two or three turns, so that there is no limit to how many.
pub(super) fn diagonalise(diagonal: &mut [f64], beside: &mut [f64]) {
    let entries = diagonal.iter().chain(beside.iter());
    let largest = entries.fold(0.0_f64, |most, x| most.max(x.abs()));
    let rounding = f64::EPSILON * largest;
    for first in 0..diagonal.len() {
        loop {
            let rest = &beside[first..diagonal.len() - 1];
            let block = rest.iter().take_while(|x| x.abs() > rounding).count();
            if block == 0 {
                break;
            }
            turn(
                &mut diagonal[first..=first + block],
                &mut beside[first..=first + block],
            );
        }
    }
}

/// One turn of QL with Wilkinson's shift on a block that nothing parts: a rotation for each pair of neighbours, from
/// the last one up.
fn turn(diagonal: &mut [f64], beside: &mut [f64]) {
    let last = diagonal.len() - 1;
    let slope = (diagonal[1] - diagonal[0]) / (2.0 * beside[0]);
    let shift = beside[0] / (slope + slope.hypot(1.0).copysign(slope));
    let mut bulge = diagonal[last] - diagonal[0] + shift;
    let (mut sine, mut cosine, mut taken) = (1.0, 1.0, 0.0);
    for i in (0..last).rev() {
        let (off, across) = (sine * beside[i], cosine * beside[i]);
        let radius = (off * off + bulge * bulge).sqrt();
        beside[i + 1] = radius;
        if radius <= 0.0 {
            // The block falls apart here.
            diagonal[i + 1] -= taken;
            beside[last] = 0.0;
            return;
        }
        (sine, cosine) = (off / radius, bulge / radius);
        bulge = diagonal[i + 1] - taken;
        let change = (diagonal[i] - bulge) * sine + 2.0 * cosine * across;
        taken = sine * change;
        diagonal[i + 1] = bulge + taken;
        bulge = cosine * change - across;
    }
    diagonal[0] -= taken;
    beside[0] = bulge;
    beside[last] = 0.0;
}
