//! Special functions of the likelihoods, and differences of them that keep their digits for arguments of any size.
//!
//! The logarithm of the gamma function is libm's. Digamma and trigamma are written here, because the likelihoods need *differences*
//! such as ln Γ(z + d) − ln Γ(z) at z of 10⁸ and more, where the difference of two exact values has no correct digit left.

/// Beyond this the plain functions lose no more than two digits, and they are three times as fast.
const PLAIN: f64 = 0.03;

/// ln(1 + y) for y ≥ 0.
#[inline]
pub(super) fn ln_1p(y: f64) -> f64 {
    if y > PLAIN { (1.0 + y).ln() } else { y.ln_1p() }
}

/// eʸ − 1 for y ≥ 0.
#[inline]
pub(super) fn exp_m1(y: f64) -> f64 {
    if y > PLAIN { y.exp() - 1.0 } else { y.exp_m1() }
}

/// ln Γ(x) for x > 0.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln B(a, b) for a, b > 0.
#[must_use]
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_gamma_rise(large, small)
}

/// Below this the recurrence lifts the argument before the asymptotic series is used.
const ASYMPTOTIC: f64 = 10.0;

/// ln Γ(z + d) − ln Γ(z) for z > 0, d ≥ 0.
#[must_use]
pub fn ln_gamma_rise(z: f64, d: f64) -> f64 {
    if z < ASYMPTOTIC {
        return ln_gamma(z + d) - ln_gamma(z);
    }
    (z - 0.5) * (d / z).ln_1p() + d * (z + d).ln() - d + stirling(z + d) - stirling(z)
}

/// ψ(x), the derivative of ln Γ, for x > 0.
#[must_use]
pub fn digamma(x: f64) -> f64 {
    let (x, lifted) = lift(x, |x| 1.0 / x);
    x.ln() - digamma_tail(x) - lifted
}

/// ψ(z + d) − ψ(z) for z > 0, d ≥ 0.
#[must_use]
pub fn digamma_rise(z: f64, d: f64) -> f64 {
    if z < ASYMPTOTIC {
        return digamma(z + d) - digamma(z);
    }
    (d / z).ln_1p() - (digamma_tail(z + d) - digamma_tail(z))
}

/// ψ′(x), the second derivative of ln Γ, for x > 0.
#[must_use]
pub fn trigamma(x: f64) -> f64 {
    let (x, lifted) = lift(x, |x| 1.0 / (x * x));
    let w = 1.0 / (x * x);
    let series =
        1.0 / 6.0 - w * (1.0 / 30.0 - w * (1.0 / 42.0 - w * (1.0 / 30.0 - w * (5.0 / 66.0 - w * (691.0 / 2730.0 - w * (7.0 / 6.0))))));
    lifted + (1.0 + 0.5 / x + w * series) / x
}

/// Lifts an argument to where the asymptotic series holds; gives the sum of `step` over the values passed.
fn lift(mut x: f64, step: fn(f64) -> f64) -> (f64, f64) {
    let mut sum = 0.0;
    while x < ASYMPTOTIC {
        sum += step(x);
        x += 1.0;
    }
    (x, sum)
}

/// ln x − ψ(x) for large x.
fn digamma_tail(x: f64) -> f64 {
    let w = 1.0 / (x * x);
    let series =
        1.0 / 12.0 - w * (1.0 / 120.0 - w * (1.0 / 252.0 - w * (1.0 / 240.0 - w * (1.0 / 132.0 - w * (691.0 / 32_760.0 - w / 12.0)))));
    0.5 / x + w * series
}

/// ln Γ(x) − (x − ½) ln x + x − ½ ln 2π for large x.
fn stirling(x: f64) -> f64 {
    let w = 1.0 / (x * x);
    (1.0 / 12.0 - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - w * (1.0 / 1188.0 - w * (691.0 / 360_360.0 - w / 156.0))))))
        / x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, relative: f64) {
        assert!((value - expected).abs() <= relative * expected.abs().max(1e-3), "{value:e} is not {expected:e}");
    }

    // Values of mpmath at 40 digits.
    #[test]
    fn values_to_the_last_digits() {
        near(ln_gamma(0.25), 1.288_022_524_698_077_5, 1e-15);
        near(ln_gamma(1e-8), 18.420_680_738_180_21, 1e-15);
        near(ln_gamma(10_000.5), 82_104.322_654_128_37, 1e-15);
        near(digamma(0.01), -100.560_885_457_868_67, 1e-15);
        near(digamma(1.461_632_144_968_362_3), 0.0, 1e-12);
        near(digamma(10_000.0), 9.210_290_371_142_849, 1e-15);
        near(trigamma(0.01), 10_001.621_213_528_313, 1e-15);
        near(trigamma(2.5), 0.490_357_756_100_234_86, 1e-14);
        near(trigamma(1e6), 1.000_000_500_000_166_7e-6, 1e-15);
        near(ln_beta(0.003, 1e9), 5.745_248_937_216_634, 1e-15);
    }

    #[test]
    fn the_derivatives_fit_each_other() {
        for x in [0.05, 0.7, 3.0, 9.99, 10.0, 55.0, 4000.0] {
            let h = 1e-4 * x;
            near((ln_gamma(x + h) - ln_gamma(x - h)) / (2.0 * h), digamma(x), 1e-6);
            near((digamma(x + h) - digamma(x - h)) / (2.0 * h), trigamma(x), 1e-6);
        }
    }

    #[test]
    fn differences_keep_their_digits() {
        // Γ(z + 3) / Γ(z) = z (z + 1) (z + 2).
        for z in [0.3f64, 9.5, 12.0, 1e4, 1e8, 1e12] {
            near(ln_gamma_rise(z, 3.0), z.ln() + (z + 1.0).ln() + (z + 2.0).ln(), 4e-15);
            near(digamma_rise(z, 3.0) * z, z * (1.0 / z + 1.0 / (z + 1.0) + 1.0 / (z + 2.0)), 1e-14);
        }
        assert!(ln_gamma_rise(5.0, 0.0).abs() < 1e-300 && ln_gamma_rise(50.0, 0.0).abs() < 1e-300);
    }
}
