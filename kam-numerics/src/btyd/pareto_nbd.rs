//! Pareto/NBD (Schmittlein, Morrison and Colombo 1987): purchases at a gamma-distributed rate, an exponential lifetime with a
//! gamma-distributed rate of dropping out. Parameters r, α, s, β.

use super::customers::{Customers, Row};
use super::newton::Derivatives;
use super::pareto_integral::terms;

/// What a level of x adds for each of its customers: ln Γ(r+x)/Γ(r) and its derivatives by ln r.
struct Level {
    x: f64,
    count: f64,
    value: f64,
    by_r: f64,
    second_r: f64,
}

/// The log-likelihood and its derivatives by the logarithms of r, α, s, β.
pub(super) fn log_likelihood(customers: &Customers, point: &[f64; 4]) -> Derivatives<4> {
    let params = point.map(f64::exp);
    let levels = levels(&customers.levels, params[0]);
    let mut sum = customers.sum(|rows| sum_rows(rows, &levels, params), Derivatives::ZERO, |sum: &mut Derivatives<4>, part| sum.add(&part));
    for level in &levels {
        sum.value += level.count * (level.value - level.x * point[1]);
        sum.gradient[0] += level.count * level.by_r;
        sum.gradient[1] -= level.count * level.x;
        sum.hessian[0][0] += level.count * level.second_r;
    }
    for i in 0..4 {
        for j in 0..i {
            sum.hessian[i][j] = sum.hessian[j][i];
        }
    }
    sum
}

fn levels(levels: &[(f64, f64)], r: f64) -> Vec<Level> {
    let (mut x, mut rise, mut rise_1, mut rise_2) = (0.0, 0.0, 0.0, 0.0);
    let mut out = Vec::with_capacity(levels.len());
    for &(level, count) in levels {
        while x < level {
            let part = 1.0 / (r + x);
            rise += (r + x).ln();
            rise_1 += part;
            rise_2 += part * part;
            x += 1.0;
        }
        out.push(Level { x, count, value: rise, by_r: r * rise_1, second_r: r * rise_1 - r * r * rise_2 });
    }
    out
}

fn sum_rows(rows: &[Row], levels: &[Level], params: [f64; 4]) -> Derivatives<4> {
    let [r, _, s, _] = params;
    let mut sum = Derivatives::ZERO;
    for row in rows {
        let level = &levels[row.level as usize];
        let power = r + level.x;
        // Weights, weights × first derivatives, weights × (products of first derivatives + second derivatives) of all terms.
        let (mut total, mut first, mut second) = (0.0, [0.0; 4], [[0.0; 4]; 4]);
        let shift = terms(params, level.x, row.t_x, row.age, |alive, term| {
            let w = term.weight;
            // An alive term has (β+T)^−s, one of the integral s (β+u)^−(s+1) / β.
            let (own, exponent) = if alive { (0.0, s) } else { (1.0, s + 1.0) };
            let by = [-r * term.log_alpha, power * term.part_alpha, own - s * term.log_beta, exponent * term.part_beta - own];
            total += w;
            for i in 0..4 {
                first[i] += w * by[i];
                for j in i..4 {
                    second[i][j] += w * by[i] * by[j];
                }
            }
            second[0][0] -= w * r * term.log_alpha;
            second[0][1] += w * r * term.part_alpha;
            second[1][1] -= w * power * term.part_alpha * (1.0 - term.part_alpha);
            second[2][2] -= w * s * term.log_beta;
            second[2][3] += w * s * term.part_beta;
            second[3][3] -= w * exponent * term.part_beta * (1.0 - term.part_beta);
        });
        let n = f64::from(row.count);
        sum.value += n * (shift + total.ln());
        let mean = first.map(|part| part / total);
        for i in 0..4 {
            sum.gradient[i] += n * mean[i];
            for j in i..4 {
                sum.hessian[i][j] += n * (second[i][j] / total - mean[i] * mean[j]);
            }
        }
    }
    sum
}

/// The probability that a customer is still alive at T.
pub(super) fn p_alive(params: [f64; 4], x: f64, t_x: f64, age: f64) -> f64 {
    let (mut alive, mut total) = (0.0, 0.0);
    terms(params, x, t_x, age, |is_alive, term| {
        total += term.weight;
        if is_alive {
            alive = term.weight;
        }
    });
    alive / total
}

/// Transactions in a time t of a customer who is alive with x of them until `age`; a new customer has x = 0 and age 0.
pub(super) fn expected_if_alive([r, alpha, s, beta]: [f64; 4], t: f64, x: f64, age: f64) -> f64 {
    let rate = (r + x) / (alpha + age);
    // (1 − (1 + t/(β+T))^−(s−1)) / (s − 1), which is a logarithm at s = 1.
    let log = (t / (beta + age)).ln_1p();
    let time = if (s - 1.0).abs() < 1e-12 { log } else { -(-(s - 1.0) * log).exp_m1() / (s - 1.0) };
    rate * (beta + age) * time
}
