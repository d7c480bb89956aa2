//! Fills in missing comparisons so that the largest eigenvalue is least.
//!
//! S. Bozóki, J. Fülöp and L. Rónyai, "On optimal completion of incomplete pairwise comparison matrices", *Mathematical and Computer
//! Modelling* 52 (2010), 318–333: in the logarithms of the missing values λmax is convex, and its least value is unique where the graph
//! of the comparisons is connected.

use std::collections::VecDeque;

use super::super::error::McdaError;
use super::eigen::principal;

/// How many steps the search remembers.
const MEMORY: usize = 12;
/// A slope this small is flat.
const FLAT: f64 = 1e-13;

/// Fills in the missing pairs.
///
/// It starts from the completion by logarithmic least squares, which is the answer already where the comparisons are consistent, and descends
/// by the limited-memory BFGS rule; the slope comes from the left and right eigenvectors.
pub(super) fn complete(matrix: &mut [f64], n: usize, missing: &[(usize, usize)]) -> Result<(), McdaError> {
    let known = known_pairs(n, missing);
    connected(n, &known)?;
    let potentials = least_squares(matrix, n, &known);
    let mut point: Vec<f64> = missing.iter().map(|(i, j)| potentials[*i] - potentials[*j]).collect();
    let mut search = Search { matrix, n, missing, right: None, left: None };
    let (mut value, mut slope) = search.at(&point);
    let mut steps: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for _ in 0..2000 {
        if largest(&slope) <= FLAT * value {
            break;
        }
        let mut direction = descent(&slope, &steps);
        let mut falls = dot(&direction, &slope);
        if falls >= 0.0 {
            steps.clear();
            direction = slope.iter().map(|x| -x).collect();
            falls = -dot(&slope, &slope);
        }
        // No value moves by more than a factor of e⁴ at once.
        let mut length = (4.0 / largest(&direction)).min(1.0);
        let mut found = None;
        for _ in 0..60 {
            let next: Vec<f64> = point.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
            let (next_value, next_slope) = search.at(&next);
            // Near the end the value no longer tells, but the slope does.
            let is_lower = next_value <= value + 1e-4 * length * falls;
            let is_flatter = next_value <= value + 1e-14 * value && largest(&next_slope) < largest(&slope);
            if is_lower || is_flatter {
                found = Some((next, next_value, next_slope));
                break;
            }
            length /= 2.0;
        }
        let Some((next, next_value, next_slope)) = found else { break };
        let moved: Vec<f64> = next.iter().zip(&point).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        if dot(&moved, &turned) > 0.0 {
            steps.push_back((moved, turned));
            if steps.len() > MEMORY {
                steps.pop_front();
            }
        }
        (point, value, slope) = (next, next_value, next_slope);
    }
    search.at(&point);
    Ok(())
}

struct Search<'a> {
    matrix: &'a mut [f64],
    n: usize,
    missing: &'a [(usize, usize)],
    right: Option<Vec<f64>>,
    left: Option<Vec<f64>>,
}

impl Search<'_> {
    /// Puts these logarithms in, and gives λmax and its slope there.
    fn at(&mut self, point: &[f64]) -> (f64, Vec<f64>) {
        let n = self.n;
        for ((i, j), x) in self.missing.iter().zip(point) {
            self.matrix[i * n + j] = x.exp();
            self.matrix[j * n + i] = (-x).exp();
        }
        let (lambda, right) = principal(self.matrix, n, self.right.as_deref());
        let transposed: Vec<f64> = (0..n * n).map(|at| self.matrix[(at % n) * n + at / n]).collect();
        let (_, left) = principal(&transposed, n, self.left.as_deref());
        let scale = dot(&left, &right);
        let slope = self
            .missing
            .iter()
            .map(|(i, j)| (left[*i] * self.matrix[i * n + j] * right[*j] - left[*j] * self.matrix[j * n + i] * right[*i]) / scale);
        let slope = slope.collect();
        (self.right, self.left) = (Some(right), Some(left));
        (lambda, slope)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// The two-loop rule: −(approximate inverse Hessian) · slope.
fn descent(slope: &[f64], steps: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut direction: Vec<f64> = slope.iter().map(|x| -x).collect();
    let mut shares = vec![];
    for (moved, turned) in steps.iter().rev() {
        let share = dot(moved, &direction) / dot(moved, turned);
        direction.iter_mut().zip(turned).for_each(|(d, t)| *d -= share * t);
        shares.push(share);
    }
    if let Some((moved, turned)) = steps.back() {
        let factor = dot(moved, turned) / dot(turned, turned);
        direction.iter_mut().for_each(|d| *d *= factor);
    }
    for ((moved, turned), share) in steps.iter().zip(shares.into_iter().rev()) {
        let back = dot(turned, &direction) / dot(moved, turned);
        direction.iter_mut().zip(moved).for_each(|(d, m)| *d += (share - back) * m);
    }
    direction
}

fn known_pairs(n: usize, missing: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // Both lists run in the same order.
    let mut rest = missing.iter().peekable();
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs.filter(|pair| rest.next_if(|next| *next == pair).is_none()).collect()
}

fn connected(n: usize, known: &[(usize, usize)]) -> Result<(), McdaError> {
    let mut reached = vec![false; n];
    reached[0] = true;
    loop {
        let mut more = false;
        for (i, j) in known {
            if reached[*i] != reached[*j] {
                (reached[*i], reached[*j]) = (true, true);
                more = true;
            }
        }
        if !more {
            break;
        }
    }
    reached.iter().position(|reached| !reached).map_or(Ok(()), |element| Err(McdaError::Disconnected { element }))
}

/// The logarithms of the weights that fit the known comparisons best: the Laplacian of their graph, solved with the first set to 0.
fn least_squares(matrix: &[f64], n: usize, known: &[(usize, usize)]) -> Vec<f64> {
    let size = n - 1;
    let mut laplacian = vec![0.0; size * size];
    let mut right = vec![0.0; size];
    for (i, j) in known {
        let ratio = matrix[i * n + j].ln();
        for (one, other, ratio) in [(*i, *j, ratio), (*j, *i, -ratio)] {
            if one > 0 {
                laplacian[(one - 1) * size + one - 1] += 1.0;
                right[one - 1] += ratio;
                if other > 0 {
                    laplacian[(one - 1) * size + other - 1] -= 1.0;
                }
            }
        }
    }
    // Elimination without pivots: the matrix is positive definite, because the graph is connected.
    for pivot in 0..size {
        for row in pivot + 1..size {
            let factor = laplacian[row * size + pivot] / laplacian[pivot * size + pivot];
            if factor != 0.0 {
                for column in pivot..size {
                    laplacian[row * size + column] -= factor * laplacian[pivot * size + column];
                }
                right[row] -= factor * right[pivot];
            }
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| laplacian[row * size + column] * right[column]).sum();
        right[row] = (right[row] - known) / laplacian[row * size + row];
    }
    std::iter::once(0.0).chain(right).collect()
}
