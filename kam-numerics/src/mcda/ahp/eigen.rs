//! The largest eigenvalue of a positive matrix and its eigenvector.

/// λmax and its eigenvector, which adds up to 1, of a positive n × n matrix, row by row. A good guess of the vector shortens the way.
///
/// Power iteration: the ratios of one step bound λmax from both sides (Collatz and Wielandt), so it knows when it has arrived.
pub(super) fn principal(matrix: &[f64], n: usize, guess: Option<&[f64]>) -> (f64, Vec<f64>) {
    // Row sums scaled by the columns' geometric size come close to the eigenvector of reciprocal comparisons.
    let mut vector: Vec<f64> = guess.map_or_else(|| matrix.chunks(n).map(geometric_mean).collect(), <[f64]>::to_vec);
    scale(&mut vector);
    let mut lambda = 0.0;
    // How near the bounds have come, and for how many steps they have come no nearer: rounding holds them apart.
    let (mut nearest, mut idle) = (f64::INFINITY, 0);
    for _ in 0..100_000 {
        let mut next: Vec<f64> = matrix.chunks(n).map(|row| row.iter().zip(&vector).map(|(a, x)| a * x).sum()).collect();
        let ratios = next.iter().zip(&vector).map(|(y, x)| y / x);
        let (least, most) = ratios.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), ratio| (a.min(ratio), b.max(ratio)));
        lambda = f64::midpoint(least, most);
        scale(&mut next);
        vector = next;
        let apart = most - least;
        idle = if apart < nearest { 0 } else { idle + 1 };
        nearest = nearest.min(apart);
        if apart <= 4.0 * f64::EPSILON * most || idle > 8 {
            break;
        }
    }
    (lambda, vector)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of elements are far below 2⁵³")]
fn geometric_mean(row: &[f64]) -> f64 {
    (row.iter().map(|x| x.ln()).sum::<f64>() / row.len() as f64).exp()
}

fn scale(vector: &mut [f64]) {
    let total: f64 = vector.iter().sum();
    vector.iter_mut().for_each(|x| *x /= total);
}
