//! The optimiser: Newton's method with Levenberg's damping inside a box.
//!
//! The models have three or four parameters and give their exact Hessian for little more than their value, so Newton's method needs
//! ten looks at the data where a quasi-Newton method needs fifty. A general optimisation crate would have to be fed with the same
//! Hessian, and has no step that is damped, bounded, and still hands back its best point and that point's Hessian when it gives up.

use super::fit::FitOptions;

/// A function, its gradient and its Hessian at one point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Derivatives<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Derivatives<N> {
    pub const ZERO: Self = Derivatives { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] };

    /// Of a point that nobody looked at.
    pub const UNKNOWN: Self = Derivatives { value: f64::NAN, gradient: [f64::NAN; N], hessian: [[f64::NAN; N]; N] };

    pub fn add(&mut self, other: &Self) {
        self.value += other.value;
        for i in 0..N {
            self.gradient[i] += other.gradient[i];
            for j in 0..N {
                self.hessian[i][j] += other.hessian[i][j];
            }
        }
    }

    pub fn scaled(mut self, factor: f64) -> Self {
        self.value *= factor;
        self.gradient.iter_mut().chain(self.hessian.iter_mut().flatten()).for_each(|part| *part *= factor);
        self
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().chain(self.hessian.iter().flatten()).all(|part| part.is_finite())
    }
}

/// Where the search ended.
#[derive(Clone, Debug)]
pub(super) struct Maximum<const N: usize> {
    pub point: [f64; N],
    pub at: Derivatives<N>,
    /// Which parameters may still move: not held at a bound.
    pub free: [bool; N],
    pub converged: bool,
    pub iterations: usize,
    /// The largest component of the gradient among the free parameters.
    pub gradient_norm: f64,
}

/// The gain that a full Newton step would still bring, at which the search ends.
const TOLERANCE: f64 = 1e-12;
/// The gain below which that step is not even taken: with a million rows the point would move by a billionth of a standard error.
const SETTLED: f64 = 1e-24;
/// The longest way of one parameter in one step; the parameters are logarithms.
const LONGEST_STEP: f64 = 2.0;

/// Climbs from `start` to a maximum inside `low ≤ point ≤ high`. `None` where the function is not finite at the start, or where the
/// caller wants no more looks.
pub(super) fn maximise<const N: usize>(
    start: [f64; N],
    low: [f64; N],
    high: [f64; N],
    options: &FitOptions<'_>,
    mut function: impl FnMut(&[f64; N]) -> Derivatives<N>,
) -> Option<Maximum<N>> {
    let mut point: [f64; N] = std::array::from_fn(|i| start[i].clamp(low[i], high[i]));
    if !(options.go_on)() {
        return None;
    }
    let mut at = function(&point);
    if !at.is_finite() {
        return None;
    }
    let mut damping = 0.0f64;
    let mut converged = false;
    let mut iterations = 0;
    while iterations < options.max_iterations && (options.go_on)() {
        let free = free_of(&point, &at, &low, &high);
        if !free.contains(&true) {
            converged = true;
            break;
        }
        // The first step whose damped Hessian is definite and that brings the function up.
        let Some((step, gain)) = damped_step(&at, &free, &mut damping) else { break };
        if gain < SETTLED && damping == 0.0 {
            converged = true;
            break;
        }
        let noise = 1e-15 * at.value.abs().max(1.0);
        let last = gain < TOLERANCE && damping == 0.0;
        let trial: [f64; N] = std::array::from_fn(|i| (point[i] + step[i]).clamp(low[i], high[i]));
        let there = function(&trial);
        iterations += 1;
        if there.is_finite() && there.value > at.value - if last { 4.0 * noise } else { 0.0 } {
            let ratio = (there.value - at.value) / gain.max(f64::MIN_POSITIVE);
            (point, at) = (trial, there);
            damping = match damping {
                _ if ratio < 0.25 => (damping * 2.0).max(1e-3),
                damping if damping < 1e-4 => 0.0,
                damping => damping * 0.2,
            };
            if last {
                converged = true;
                break;
            }
        } else if last || gain < noise {
            // Nothing to win that rounding would not hide: the point before is the best one.
            converged = true;
            break;
        } else {
            damping = (damping * 5.0).max(1e-3);
            if damping > 1e12 {
                break;
            }
        }
    }
    let free = free_of(&point, &at, &low, &high);
    let gradient_norm = (0..N).filter(|&i| free[i]).map(|i| at.gradient[i].abs()).fold(0.0, f64::max);
    Some(Maximum { point, at, free, converged, iterations, gradient_norm })
}

fn free_of<const N: usize>(point: &[f64; N], at: &Derivatives<N>, low: &[f64; N], high: &[f64; N]) -> [bool; N] {
    std::array::from_fn(|i| !(point[i] <= low[i] && at.gradient[i] <= 0.0 || point[i] >= high[i] && at.gradient[i] >= 0.0))
}

/// The step and the gain it promises; the damping is raised until the negative Hessian is definite.
fn damped_step<const N: usize>(at: &Derivatives<N>, free: &[bool; N], damping: &mut f64) -> Option<([f64; N], f64)> {
    let size = (0..N).map(|i| at.hessian[i][i].abs()).fold(0.0, f64::max).max(1e-300);
    loop {
        let mut matrix = [[0.0; N]; N];
        for i in 0..N {
            for j in 0..N {
                matrix[i][j] = if free[i] && free[j] { -at.hessian[i][j] } else { 0.0 };
            }
            matrix[i][i] = if free[i] { matrix[i][i] + *damping * at.hessian[i][i].abs().max(1e-3 * size) } else { 1.0 };
        }
        if let Some(root) = cholesky(&matrix) {
            let gradient: [f64; N] = std::array::from_fn(|i| if free[i] { at.gradient[i] } else { 0.0 });
            let mut step = solve(&root, &gradient);
            let longest = step.iter().fold(0.0f64, |longest, part| longest.max(part.abs()));
            if longest > LONGEST_STEP {
                step.iter_mut().for_each(|part| *part *= LONGEST_STEP / longest);
            }
            let curved: f64 = (0..N).map(|i| step[i] * (0..N).map(|j| matrix[i][j] * step[j]).sum::<f64>()).sum();
            let gain = (0..N).map(|i| gradient[i] * step[i]).sum::<f64>() - 0.5 * curved;
            return Some((step, gain));
        }
        *damping = (*damping * 5.0).max(1e-3);
        if *damping > 1e12 {
            return None;
        }
    }
}

/// The lower triangular root of a symmetric matrix; `None` where it is not positive definite to working accuracy.
pub(super) fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut root = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            let rest = matrix[i][j] - sum;
            if i == j {
                if !(rest > 1e-14 * matrix[i][i] && rest > 0.0) {
                    return None;
                }
                root[i][i] = rest.sqrt();
            } else {
                root[i][j] = rest / root[j][j];
            }
        }
    }
    Some(root)
}

/// Solves `L Lᵀ x = right`.
fn solve<const N: usize>(root: &[[f64; N]; N], right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for i in 0..N {
        x[i] = (x[i] - (0..i).map(|k| root[i][k] * x[k]).sum::<f64>()) / root[i][i];
    }
    for i in (0..N).rev() {
        x[i] = (x[i] - (i + 1..N).map(|k| root[k][i] * x[k]).sum::<f64>()) / root[i][i];
    }
    x
}

/// The inverse of a symmetric positive definite matrix.
pub(super) fn inverse<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let root = cholesky(matrix)?;
    // Symmetric, so a solution of a unit vector is a row as well.
    let inverse = std::array::from_fn(|j| solve(&root, &std::array::from_fn(|i| f64::from(u8::from(i == j)))));
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn steps(most: usize) -> FitOptions<'static> {
        FitOptions { max_iterations: most, ..FitOptions::default() }
    }

    /// Rosenbrock's valley, upside down.
    fn valley(p: &[f64; 2]) -> Derivatives<2> {
        let (x, y) = (p[0], p[1]);
        Derivatives {
            value: -(1.0 - x).powi(2) - 100.0 * (y - x * x).powi(2),
            gradient: [2.0 * (1.0 - x) + 400.0 * x * (y - x * x), -200.0 * (y - x * x)],
            hessian: [[-2.0 + 400.0 * y - 1200.0 * x * x, 400.0 * x], [400.0 * x, -200.0]],
        }
    }

    #[test]
    fn it_finds_the_way_through_a_bent_valley() {
        for start in [[-1.2, 1.0], [3.0, -4.0], [0.0, 0.0], [-5.0, 5.0]] {
            let found = maximise(start, [-9.0; 2], [9.0; 2], &steps(200), valley).unwrap();
            assert!(found.converged && found.iterations < 60, "{start:?} {found:?}");
            assert!((found.point[0] - 1.0).abs() < 1e-9 && (found.point[1] - 1.0).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn a_maximum_at_the_bound_holds_the_parameter() {
        let found = maximise([0.0, 0.0], [-9.0; 2], [0.5, 9.0], &steps(200), valley).unwrap();
        assert!(found.converged, "{found:?}");
        assert_eq!((found.point[0], found.free), (0.5, [false, true]));
        assert!((found.point[1] - 0.25).abs() < 1e-9);
    }

    #[test]
    fn it_gives_its_best_point_when_it_is_stopped() {
        let found = maximise([-1.2, 1.0], [-9.0; 2], [9.0; 2], &steps(3), valley).unwrap();
        assert!(!found.converged && found.at.value > valley(&[-1.2, 1.0]).value);
        assert!(maximise([f64::NAN, 0.0], [-9.0; 2], [9.0; 2], &steps(3), valley).is_none());
    }

    #[test]
    fn it_asks_before_every_look_whether_to_go_on() {
        let (asked, looks) = (Cell::new(0), Cell::new(0));
        let go_on = || asked.replace(asked.get() + 1) < 5;
        let counted = |p: &[f64; 2]| {
            looks.set(looks.get() + 1);
            valley(p)
        };
        let options = FitOptions { go_on: &go_on, ..FitOptions::default() };
        let found = maximise([-1.2, 1.0], [-9.0; 2], [9.0; 2], &options, counted).unwrap();
        assert!(!found.converged);
        assert_eq!((looks.get(), found.iterations), (5, 4));
        assert!(maximise([-1.2, 1.0], [-9.0; 2], [9.0; 2], &options, counted).is_none());
        assert_eq!(looks.get(), 5);
    }

    #[test]
    fn the_inverse_is_one() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let inverse = inverse(&matrix).unwrap();
        for (i, row) in matrix.iter().enumerate() {
            for j in 0..3 {
                let product: f64 = row.iter().zip(&inverse).map(|(left, right)| left * right[j]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
        assert!(super::inverse(&[[1.0, 1.0], [1.0, 1.0]]).is_none());
    }
}
