//! Customers drawn from a model, with a seed: for tests of recovery, benchmarks and planning.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use rayon::prelude::*;

use super::gamma_gamma::GammaGamma;
use super::model::{Kind, Model};

/// Customers drawn from a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simulated {
    /// Repeat transactions.
    pub x: Vec<f64>,
    /// The time of the last one.
    pub t_x: Vec<f64>,
    /// The time seen.
    pub age: Vec<f64>,
    /// Is the customer still alive at the end of it?
    pub alive: Vec<bool>,
}

/// Customers of one seed are drawn in blocks of this size, each with a stream of its own, so threads do not change what is drawn.
const BLOCK: usize = 8192;

/// Draws customers who are seen for a time between `age.0` and `age.1`, evenly spread. One seed gives the same customers everywhere.
#[must_use]
pub fn simulate(model: &Model, customers: usize, age: (f64, f64), seed: u64) -> Simulated {
    let blocks: Vec<Simulated> = (0..customers.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let mut dice = Dice::new(seed, block as u64);
            let mut out = Simulated::default();
            for _ in block * BLOCK..customers.min((block + 1) * BLOCK) {
                let seen = age.0 + (age.1 - age.0) * dice.uniform();
                let (x, t_x, alive) = history(model, seen, &mut dice);
                out.x.push(x);
                out.t_x.push(t_x);
                out.age.push(seen);
                out.alive.push(alive);
            }
            out
        })
        .collect();
    let mut all = Simulated::default();
    for block in blocks {
        all.x.extend(block.x);
        all.t_x.extend(block.t_x);
        all.age.extend(block.age);
        all.alive.extend(block.alive);
    }
    all
}

fn history(model: &Model, seen: f64, dice: &mut Dice) -> (f64, f64, bool) {
    let [r, alpha, third, fourth] = model.params();
    let rate = dice.log_gamma(r).exp() / alpha;
    let (mut x, mut t_x) = (0.0, 0.0);
    if model.kind() == Kind::ParetoNbd {
        let lifetime = -dice.uniform().ln() / (dice.log_gamma(third).exp() / fourth);
        let end = lifetime.min(seen);
        loop {
            let next = t_x - dice.uniform().ln() / rate;
            if next.is_nan() || next > end {
                return (x, t_x, lifetime > seen);
            }
            (x, t_x) = (x + 1.0, next);
        }
    }
    let odds = dice.log_gamma(fourth) - dice.log_gamma(third);
    let dropout = 1.0 / (1.0 + odds.exp());
    if model.kind() == Kind::MbgNbd && dice.uniform() < dropout {
        return (0.0, 0.0, false);
    }
    loop {
        let next = t_x - dice.uniform().ln() / rate;
        if next.is_nan() || next > seen {
            return (x, t_x, true);
        }
        (x, t_x) = (x + 1.0, next);
        if dice.uniform() < dropout {
            return (x, t_x, false);
        }
    }
}

/// Draws the mean spend of each customer's x transactions; 0 for a customer without one.
#[must_use]
pub fn simulate_spend(model: &GammaGamma, x: &[f64], seed: u64) -> Vec<f64> {
    let [p, q, gamma] = model.params();
    let mut dice = Dice::new(seed, u64::MAX);
    x.iter()
        .map(|&x| {
            if x == 0.0 {
                return 0.0;
            }
            let log_rate = dice.log_gamma(q) - gamma.ln();
            (dice.log_gamma(p * x) - log_rate).exp() / x
        })
        .collect()
}

struct Dice(Pcg64);

impl Dice {
    fn new(seed: u64, stream: u64) -> Self {
        let mut seeds = Pcg64::seed_from_u64(seed);
        let first = seeds.next_u64();
        Dice(Pcg64::seed_from_u64(first ^ stream.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// A number strictly between 0 and 1.
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s < 1.0 && s > 0.0 {
                return u * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }

    /// The logarithm of a gamma-distributed number (Marsaglia and Tsang 2000), which is a number for any shape.
    fn log_gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.log_gamma(shape + 1.0) + self.uniform().ln() / shape;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let z = self.normal();
            let v = (1.0 + c * z).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d.ln() + v.ln();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_customers() {
        let model = Model::new(Kind::BgNbd, [0.25, 4.4, 0.8, 2.4]).unwrap();
        let drawn = simulate(&model, 20_000, (20.0, 40.0), 7);
        assert_eq!(drawn, simulate(&model, 20_000, (20.0, 40.0), 7));
        assert_ne!(drawn.x, simulate(&model, 20_000, (20.0, 40.0), 8).x);
        assert_eq!(drawn.x[..10], simulate(&model, 10, (20.0, 40.0), 7).x);
    }

    #[test]
    fn what_is_drawn_has_the_means_of_the_model() {
        for (kind, params) in
            [(Kind::BgNbd, [0.8, 4.4, 0.8, 2.4]), (Kind::MbgNbd, [0.8, 4.4, 0.8, 2.4]), (Kind::ParetoNbd, [0.8, 4.4, 0.9, 12.0])]
        {
            let model = Model::new(kind, params).unwrap();
            let drawn = simulate(&model, 200_000, (30.0, 30.0), 3);
            let n = drawn.x.len() as f64;
            let mean = drawn.x.iter().sum::<f64>() / n;
            let expected = model.expected_purchases_new(30.0);
            assert!((mean / expected - 1.0).abs() < 0.02, "{kind}: {mean} {expected}");
            let alive = drawn.alive.iter().filter(|alive| **alive).count() as f64 / n;
            let expected = model.p_alive_of(&drawn.x, &drawn.t_x, &drawn.age).unwrap().iter().sum::<f64>() / n;
            assert!((alive - expected).abs() < 0.005, "{kind}: {alive} {expected}");
        }
    }
}
