//! Gauss–Legendre rules on the unit interval.

use std::sync::OnceLock;

/// Nodes and weights of a rule on [0, 1].
pub(super) type Rule = Vec<(f64, f64)>;

/// The rule of eight nodes: exact to rounding for e^(−cξ) with c up to 4.
pub(super) fn short() -> &'static Rule {
    static RULE: OnceLock<Rule> = OnceLock::new();
    RULE.get_or_init(|| rule(8))
}

/// The rule of twenty nodes: exact to rounding for e^(−cξ) with c up to 36.
pub(super) fn long() -> &'static Rule {
    static RULE: OnceLock<Rule> = OnceLock::new();
    RULE.get_or_init(|| rule(20))
}

/// The roots of the Legendre polynomial by Newton's method from Tricomi's approximation.
fn rule(nodes: u32) -> Rule {
    let n = f64::from(nodes);
    (0..nodes)
        .map(|at| {
            let mut x = (std::f64::consts::PI * (f64::from(at) + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..50 {
                let (mut before, mut value) = (1.0, x);
                for k in 2..=nodes {
                    let k = f64::from(k);
                    (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
                }
                slope = n * (x * value - before) / (x * x - 1.0);
                let step = value / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            (0.5 - 0.5 * x, 1.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_integrate_what_they_promise() {
        for (rule, rates) in [(short(), [0.0f64, 1.0, 4.0]), (long(), [0.5, 10.0, 36.0])] {
            for rate in rates {
                let sum: f64 = rule.iter().map(|(x, weight)| weight * (-rate * x).exp()).sum();
                let exact = if rate == 0.0 { 1.0 } else { -(-rate).exp_m1() / rate };
                assert!((sum / exact - 1.0).abs() < 2e-13, "{rate}: {sum} {exact}");
            }
        }
    }
}
