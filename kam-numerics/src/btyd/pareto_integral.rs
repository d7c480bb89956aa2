//! The integral in the Pareto/NBD likelihood.
//!
//! A customer with x repeat transactions up to t_x is alive at T, or dropped out at some u between t_x and T:
//!
//! (α+T)^−(r+x) (β+T)^−s + s ∫ (α+u)^−(r+x) (β+u)^−(s+1) du.
//!
//! The textbook form writes the integral as the difference of two Gaussian hypergeometric functions, which overflows for large x and
//! has no correct digit left where t_x is near T. Here the integral itself is computed: with n the smaller of α and β, m the larger and
//! u = (n+t_x) eᵛ − n, the integrand is an exponential times (m − n + (n+t_x) eᵛ)^−q, whose singularities lie π or more off the real
//! axis whatever the parameters. Gauss–Legendre rules on panels of bounded length and bounded decay are exact to rounding there, every
//! term is positive, and derivatives by the parameters are the same sums with other factors: nothing is subtracted.

use super::quadrature;
use super::special::{exp_m1, ln_1p};

/// One positive term of the likelihood of a customer, up to the factor α^−x and a common shift of the logarithm.
#[derive(Clone, Copy)]
pub(super) struct Term {
    /// Its size, at most about 1.
    pub weight: f64,
    /// ln(1 + u/α), with T for u in the alive term.
    pub log_alpha: f64,
    /// ln(1 + u/β).
    pub log_beta: f64,
    /// u/(α+u).
    pub part_alpha: f64,
    /// u/(β+u).
    pub part_beta: f64,
}

/// A panel is no longer than this in v.
const LONGEST: f64 = 3.0;
/// The integrand falls by no more than e to this power over a panel.
const STEEPEST: f64 = 24.0;
/// What lies further down is lost in rounding.
const NEGLIGIBLE: f64 = 42.0;

/// Gives the alive term, then those of the integral to `visit`; returns the shift: the logarithm of a weight of 1.
pub(super) fn terms([r, alpha, s, beta]: [f64; 4], x: f64, t_x: f64, age: f64, mut visit: impl FnMut(bool, Term)) -> f64 {
    let alpha_is_smaller = alpha <= beta;
    // Exponents of the smaller and the larger parameter in the integrand.
    let (n, m, exponent_n, exponent_m) = if alpha_is_smaller { (alpha, beta, r + x, s + 1.0) } else { (beta, alpha, s + 1.0, r + x) };
    let (alive_alpha, alive_beta) = ((age / alpha).ln_1p(), (age / beta).ln_1p());
    let alive = -(r + x) * alive_alpha - s * alive_beta;
    let start = n + t_x;
    let v_start = (t_x / n).ln_1p();
    let v_end = ((age - t_x) / start).ln_1p();
    // The logarithm of the integrand by v, with s/β · (n + u) for s du/β.
    let factor = (s / beta * start).ln();
    let log_integrand = |v: f64, log_n: f64, log_m: f64| factor + v - exponent_n * log_n - exponent_m * log_m;
    let decay = |v: f64| {
        let grown = start * v.exp();
        exponent_n - 1.0 + exponent_m * grown / (m - n + grown)
    };
    let log_m = |v: f64| ((t_x + start * v.exp_m1()) / m).ln_1p();
    let first = log_integrand(0.0, v_start, log_m(0.0));
    let shift = if v_end > 0.0 { alive.max(first) } else { alive };
    visit(
        true,
        Term {
            weight: (alive - shift).exp(),
            log_alpha: alive_alpha,
            log_beta: alive_beta,
            part_alpha: age / (alpha + age),
            part_beta: age / (beta + age),
        },
    );
    let (mut v, mut height) = (0.0, first);
    while v < v_end && height - shift > -NEGLIGIBLE {
        let mut length = (v_end - v).min(LONGEST).min(STEEPEST / decay(v).max(1e-9));
        // The decay grows along the panel.
        length = length.min(STEEPEST / decay(v + length).max(1e-9));
        let end = if v_end - v <= length { v_end } else { v + length };
        let next = log_integrand(end, v_start + end, log_m(end));
        let rule = if decay(end) * (end - v) <= 3.5 && end - v <= 1.0 { quadrature::short() } else { quadrature::long() };
        for &(node, weight) in rule {
            let at = v + (end - v) * node;
            let u = t_x + start * exp_m1(at);
            let (log_n, log_m) = (v_start + at, ln_1p(u / m));
            let height = log_integrand(at, log_n, log_m);
            let (log_alpha, log_beta) = if alpha_is_smaller { (log_n, log_m) } else { (log_m, log_n) };
            let weight = weight * (end - v) * (height - shift).exp();
            visit(false, Term { weight, log_alpha, log_beta, part_alpha: u / (alpha + u), part_beta: u / (beta + u) });
        }
        (v, height) = (end, next);
        if v >= v_end {
            break;
        }
    }
    shift
}
