//! Probabilities and quantiles of the distributions that intervals are read from.

/// I_x(a, b), the regularised incomplete beta function, by the continued fraction of DLMF 8.17.22; NaN outside 0 ≤ x ≤ 1, a, b > 0.
#[must_use]
pub fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&x)) {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return x;
    }
    // The fraction converges fast on this side of the mean; the other side is its mirror image.
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - lower_tail(b, a, 1.0 - x) } else { lower_tail(a, b, x) }
}

fn lower_tail(a: f64, b: f64, x: f64) -> f64 {
    let log_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    libm::exp(log_front) / a * continued_fraction(a, b, x)
}

/// Evaluated by the modified Lentz algorithm (Thompson and Barnett 1986).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const STEPS: u32 = 100_000;
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..=STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / kept(1.0 + coefficient * d);
            c = kept(1.0 + coefficient / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}

/// The probability that an F variable with these degrees of freedom is at most `x`.
#[must_use]
pub fn f_probability(x: f64, df1: f64, df2: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x.is_infinite() {
        return 1.0;
    }
    incomplete_beta(df1 / 2.0, df2 / 2.0, df1 * x / (df1 * x + df2))
}

/// The value that an F variable with these degrees of freedom stays below with probability `p`; NaN outside 0 < p < 1, degrees > 0.
#[must_use]
pub fn f_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && df1 > 0.0 && df2 > 0.0) {
        return f64::NAN;
    }
    // In the upper half the small probability is looked for from its own side, where it has all its digits.
    if p > 0.5 {
        let share = bisect(|share| incomplete_beta(df2 / 2.0, df1 / 2.0, share), 1.0 - p, 0.0, 1.0);
        return df2 * (1.0 - share) / (df1 * share);
    }
    let share = bisect(|share| incomplete_beta(df1 / 2.0, df2 / 2.0, share), p, 0.0, 1.0);
    df2 * share / (df1 * (1.0 - share))
}

/// The value that a standard normal variable stays below with probability `p`; NaN outside 0 < p < 1.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    let lower = |p: f64| bisect(|z| libm::erfc(-z / std::f64::consts::SQRT_2) / 2.0, p, -40.0, 0.0);
    if p > 0.5 { -lower(1.0 - p) } else { lower(p) }
}

/// Where a rising function passes `target`, to neighbouring doubles.
fn bisect(function: impl Fn(f64) -> f64, target: f64, mut low: f64, mut high: f64) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if function(middle) < target { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{actual} is not {expected}");
    }

    #[test]
    fn incomplete_beta_of_simple_parameters() {
        // I_x(1, b) = 1 − (1 − x)^b; I_x(a, 1) = x^a; I_½(a, a) = ½; I_x(½, ½) = 2/π · asin √x.
        close(incomplete_beta(1.0, 5.0, 0.2), 1.0 - 0.8f64.powi(5));
        close(incomplete_beta(7.0, 1.0, 0.9), 0.9f64.powi(7));
        close(incomplete_beta(12.5, 12.5, 0.5), 0.5);
        close(incomplete_beta(0.5, 0.5, 0.3), 2.0 / std::f64::consts::PI * 0.3f64.sqrt().asin());
        assert_eq!((incomplete_beta(2.0, 3.0, 0.0), incomplete_beta(2.0, 3.0, 1.0)), (0.0, 1.0));
        assert!(incomplete_beta(0.0, 1.0, 0.5).is_nan() && incomplete_beta(1.0, 1.0, 1.5).is_nan());
    }

    #[test]
    fn quantiles_of_closed_forms() {
        // F(2, n) = n/2 · (p' ^ (−2/n) − 1) with p' the upper tail; F(1, 1) = tan²(πp/2).
        close(f_quantile(0.95, 2.0, 10.0), 5.0 * (0.05f64.powf(-0.2) - 1.0));
        close(f_quantile(0.025, 2.0, 10.0), 5.0 * (0.975f64.powf(-0.2) - 1.0));
        close(f_quantile(0.5, 1.0, 1.0), 1.0);
        close(f_quantile(0.975, 1.0, 1.0) / 647.789_011_477_845_3, 1.0);
        close(f_probability(f_quantile(0.3, 7.0, 40.0), 7.0, 40.0), 0.3);
        close(normal_quantile(0.975), 1.959_963_984_540_054);
        close(normal_quantile(0.025), -1.959_963_984_540_054);
        close(normal_quantile(0.5), 0.0);
    }

    #[test]
    fn what_has_no_quantile_has_none() {
        for p in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(f_quantile(p, 2.0, 3.0).is_nan() && normal_quantile(p).is_nan());
        }
        assert!(f_quantile(0.5, 0.0, 3.0).is_nan());
        assert_eq!((f_probability(-1.0, 2.0, 3.0), f_probability(f64::INFINITY, 2.0, 3.0)), (0.0, 1.0));
    }
}
