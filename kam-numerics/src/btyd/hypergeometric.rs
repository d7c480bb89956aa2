//! The Gaussian hypergeometric function, and the mean over a beta distribution that the BG models need of it.

/// ₂F₁(a, b; c; z) for z < 1 and c > 0, by its series after the linear transformation that makes it converge fastest.
///
/// For z < 0 Pfaff's transformation leads to 0 < z′ < 1, for z near 1 Euler's takes the singularity out where c < a + b. The error is
/// that of rounding in the sum; arguments beyond 0.99 converge slowly where c − a − b is small.
#[must_use]
pub fn hyp2f1(a: f64, b: f64, c: f64, z: f64) -> f64 {
    if z < 0.0 {
        return (-a * (-z).ln_1p()).exp() * hyp2f1(a, c - b, c, z / (z - 1.0));
    }
    let excess = c - a - b;
    if excess < 0.0 && z > 0.0 {
        return (excess * (-z).ln_1p()).exp() * series(c - a, c - b, c, z);
    }
    series(a, b, c, z)
}

fn series(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
    while k < 1e6 {
        term *= (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        sum += term;
        k += 1.0;
        if term.abs() <= 1e-17 * sum.abs() * (1.0 - z) {
            break;
        }
    }
    sum
}

/// The mean of (1 − (1 + p h)^−power) / p over p ~ Beta(a, b): how often a customer buys in a time h (in units of α + T) who is alive,
/// has a gamma-distributed rate of shape `power`, and drops out after each purchase with a probability p that is beta-distributed.
///
/// The textbook form is (a+b−1)/(a−1) · [1 − (1+h)^−power ₂F₁(power, b; a+b−1; h/(1+h))], with a pole at a = 1 and at a + b = 1 that is
/// not one of the mean. Here Euler's transformation is taken and a − 1 divided out of the series term by term, so a = 1 is a point like
/// any other. The series tells how many digits it lost; where that is too many (b of thousands, a + b near 1, very long horizons) the
/// mean is taken by the moments of p, where p is small enough for that, or else integrated, a sum of positive terms.
#[must_use]
pub fn beta_mean(power: f64, a: f64, b: f64, h: f64) -> f64 {
    if h <= 0.0 {
        return 0.0;
    }
    by_series(power, a, b, h).or_else(|| by_moments(power, a, b, h)).unwrap_or_else(|| by_integral(power, a, b, h))
}

/// The series; `None` where it loses more than four digits or does not converge soon.
fn by_series(power: f64, a: f64, b: f64, h: f64) -> Option<f64> {
    let (excess, c) = (a - 1.0, a + b - 1.0);
    if c < 0.25 || h > 1e3 {
        return None;
    }
    let (log, z) = (h.ln_1p(), h / (1.0 + h));
    let head = if excess.abs() < 1e-12 { log } else { -(-excess * log).exp_m1() / excess };
    let (mut term, mut sum, mut size) = (1.0, 0.0, 0.0);
    let top = c - power;
    for k in 0..400 {
        let k = f64::from(k);
        // (c−power)ₖ (a)ₖ₋₁ zᵏ / ((c)ₖ k!), the first factor of (a−1)ₖ divided out.
        term *= (top + k) / ((c + k) * (k + 1.0)) * z * if k == 0.0 { 1.0 } else { excess + k };
        sum += term;
        size += f64::abs(term);
        if f64::abs(term) < 1e-17 * (size + head) * (1.0 - z) {
            let scale = (-excess * log).exp();
            let mean = head - scale * sum;
            return (mean > 1e-4 * (head.abs() + scale * size)).then_some(c * mean);
        }
    }
    None
}

/// Taylor's series in p, term by term with the moments of p: Σ (−1)ʲ (power)ⱼ₊₁ hʲ⁺¹ / (j+1)! · E(pʲ). `None` unless its terms fall fast.
///
/// The integrand is completely monotone in p, so what is left out has the sign of the first term that is left out and is smaller. Where a
/// fit finds next to no dropout, as of data in which nobody drops out, a few terms say what the integral needs hundreds of nodes for.
fn by_moments(power: f64, a: f64, b: f64, h: f64) -> Option<f64> {
    let first = power * h;
    let (mut term, mut sum) = (first, first);
    for j in 1..60 {
        let j = f64::from(j);
        let next = -term * h * (power + j) / (j + 1.0) * (a + j - 1.0) / (a + b + j - 1.0);
        // No digit is lost to cancellation, and the series is left where its terms begin to grow.
        if next.abs() > 0.1 * term.abs() {
            return None;
        }
        term = next;
        sum += term;
        if term.abs() < 1e-17 * first {
            return Some(sum);
        }
    }
    None
}

/// The integral over p = 1/(1 + e^−y), y = π sinh τ, by the trapezoidal rule: the weight falls off doubly exponentially on both sides
/// for every a and b, and both the integral and the sum of the weights are taken from the same nodes.
fn by_integral(power: f64, a: f64, b: f64, h: f64) -> f64 {
    use std::f64::consts::PI;
    let peak = (a / b).ln();
    let center = (peak / PI).asinh();
    let width = (1.0 / a + 1.0 / b).sqrt() / (PI * center.cosh());
    let step = (width / 3.0).min(1.0 / 20.0);
    let log_weight = |tau: f64| {
        let y = PI * tau.sinh();
        // ln p and ln (1 − p).
        let (log_p, log_q) = if y < 0.0 { (y - y.exp().ln_1p(), -y.exp().ln_1p()) } else { (-(-y).exp().ln_1p(), -y - (-y).exp().ln_1p()) };
        (a * log_p + b * log_q + tau.cosh().ln(), log_p)
    };
    let (top, _) = log_weight(center);
    let (mut weights, mut sum) = (0.0, 0.0);
    for direction in [-1.0, 1.0] {
        let mut at = if direction < 0.0 { 0.0 } else { 1.0 };
        loop {
            let (log, log_p) = log_weight(center + direction * step * at);
            let weight = (log - top).exp();
            // Under e^−700 p is 0 to the integrand, whose limit there is power · h.
            let p = log_p.exp();
            let value = if p * h < 1e-290 { power * h } else { -(-power * (p * h).ln_1p()).exp_m1() / p };
            weights += weight;
            sum += weight * value;
            at += 1.0;
            if log - top < -45.0 || at > 20_000.0 {
                break;
            }
        }
    }
    sum / weights
}

#[cfg(test)]
mod tests {
    use super::*;

    // Values of mpmath at 40 digits.
    #[test]
    fn the_function_itself() {
        for (a, b, c, z, expected) in [
            (0.5, 1.5, 2.5, 0.7, 1.364_863_180_559_169_8),
            (10.243, 3.4, 12.2, 0.9, 294.485_154_107_583_5),
            (1.0, 1.0, 2.0, 0.5, 1.386_294_361_119_890_6),
            (0.3, 2.0, 1.5, -4.0, 0.560_234_761_648_859_3),
            (26.24, 28.4, 28.2, 0.6, 32_946_027_942.517_21),
            (300.25, 310.5, 313.0, 0.4, 1.183_970_981_883_634_7e66),
        ] {
            let value = hyp2f1(a, b, c, z);
            assert!((value / expected - 1.0).abs() < 1e-12, "{a} {b} {c} {z}: {value} {expected}");
        }
    }

    // Values of mpmath at 60 digits from the textbook form, at 10⁻²⁰ beside its poles.
    const MEANS: [(f64, f64, f64, f64, f64); 13] = [
        (0.243, 0.793, 2.426, 11.8, 1.447_572_255_495_452_6),
        (10.243, 0.793, 12.426, 1.2, 9.127_790_325_034_134),
        (3.0, 1.0, 4.0, 2.0, 3.610_421_965_673_16),
        (0.5, 0.3, 0.7, 5.0, 1.597_817_885_462_744_6),
        (0.5, 0.2, 0.5, 3.0, 1.109_396_779_856_255_6),
        (160.25, 0.0034, 420.0, 0.7, 112.127_834_315_871_72),
        (10_000.25, 0.8, 10_002.4, 1.3, 9_063.701_223_241_59),
        (2.0, 5000.0, 8000.0, 4.0, 2.196_665_990_120_843),
        (1.2, 3.5, 0.01, 2.0, 0.734_215_082_441_110_4),
        (0.243, 0.793, 2.426, 1e5, 43.676_407_686_232_41),
        (5.0, 0.0034, 2000.0, 0.9, 4.499_979_366_746_569),
        (7.25, 1e-6, 1e5, 2.0, 14.499_999_998_803_824),
        (40.5, 2.5, 41.0, 900.0, 28.332_204_704_983_65),
    ];

    #[test]
    fn the_mean_over_a_beta_distribution() {
        for (power, a, b, h, expected) in MEANS {
            let value = beta_mean(power, a, b, h);
            assert!((value / expected - 1.0).abs() < 1e-11, "{power} {a} {b} {h}: {value} {expected}");
            let integral = by_integral(power, a, b, h);
            assert!((integral / expected - 1.0).abs() < 1e-10, "integral, {power} {a} {b} {h}: {integral} {expected}");
        }
    }

    #[test]
    fn series_and_integral_agree_where_both_can_answer() {
        let mut both = 0;
        for power in [0.1, 1.0, 7.3, 250.0] {
            for a in [0.01, 0.5, 1.0, 1.0 + 1e-9, 3.0, 40.0] {
                for b in [0.3, 1.0, 6.0, 300.0] {
                    for h in [1e-6, 0.1, 1.0, 20.0] {
                        let Some(series) = by_series(power, a, b, h) else { continue };
                        let integral = by_integral(power, a, b, h);
                        assert!((series / integral - 1.0).abs() < 1e-9, "{power} {a} {b} {h}: {series} {integral}");
                        both += 1;
                    }
                }
            }
        }
        assert!(both > 200, "{both}");
    }

    #[test]
    fn moments_and_integral_agree_where_both_can_answer() {
        let mut both = 0;
        for power in [0.1, 1.0, 7.3, 250.0] {
            for a in [1e-6, 0.01, 1.0, 40.0] {
                for b in [6.0, 300.0, 1e4, 1e6] {
                    for h in [1e-6, 0.1, 1.0, 20.0] {
                        let Some(moments) = by_moments(power, a, b, h) else { continue };
                        let integral = by_integral(power, a, b, h);
                        assert!((moments / integral - 1.0).abs() < 1e-10, "{power} {a} {b} {h}: {moments} {integral}");
                        both += 1;
                    }
                }
            }
        }
        assert!(both > 60, "{both}");
        assert_eq!(by_moments(10.0, 2.0, 5.0, 3.0), None);
    }

    #[test]
    fn the_mean_grows_with_time_and_never_passes_the_rate() {
        for (power, a, b) in [(0.25, 0.8, 2.4), (160.0, 1e-8, 1e8), (1e4, 50.0, 1e4), (0.5, 1e4, 1e-3)] {
            let mut before = 0.0;
            for step in -6..7 {
                let h = 10f64.powi(step);
                let mean = beta_mean(power, a, b, h);
                assert!(mean > before * (1.0 - 1e-11) && mean <= power * h * (1.0 + 1e-12), "{power} {a} {b} {h}: {mean}");
                before = mean;
            }
        }
        assert_eq!(beta_mean(1.0, 1.0, 1.0, 0.0).to_bits(), 0);
    }
}
