//! The likelihood that BG/NBD and MBG/NBD share: purchases at a gamma-distributed rate, dropout with a beta-distributed probability.
//!
//! With n chances to drop out survived (x for BG/NBD, x + 1 for MBG/NBD) a customer's likelihood is
//!
//! Γ(r+x)/Γ(r) · B(a, b+n)/B(a, b) · αʳ · [ (α+T)^−(r+x) + a/(b+n−1) · (α+t_x)^−(r+x) ],
//!
//! the first term for a customer who is alive, the second for one who dropped out at the last transaction (BG/NBD with x = 0 has only
//! the first). x is whole, so the quotients of gamma functions are finite products, exact for parameters of any size, and the same for
//! all customers with one x.

use super::customers::{Customers, Row};
use super::newton::Derivatives;
use super::special::ln_1p;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chances {
    /// A customer may drop out after every repeat transaction (BG/NBD).
    AfterRepeats,
    /// Also at once, after the first transaction (MBG/NBD).
    AlsoAtOnce,
}

impl Chances {
    /// How often a customer alive with x repeat transactions could have dropped out.
    pub fn survived(self, x: f64) -> f64 {
        match self {
            Chances::AfterRepeats => x,
            Chances::AlsoAtOnce => x + 1.0,
        }
    }

    /// The log-odds of having dropped out at the last transaction against being alive at T.
    pub fn log_odds_dead(self, [r, alpha, a, b]: [f64; 4], x: f64, t_x: f64, age: f64) -> f64 {
        let n = self.survived(x);
        if n == 0.0 {
            return f64::NEG_INFINITY;
        }
        (a / (b + n - 1.0)).ln() + (r + x) * ((age - t_x) / (alpha + t_x)).ln_1p()
    }
}

/// What a level of x adds for each of its customers, and what its rows need of it.
struct Level {
    x: f64,
    count: f64,
    /// ln of the quotients of gamma functions and its derivatives by the logarithms of r, a, b.
    value: f64,
    by: [f64; 3],
    second_r: f64,
    second_aa: f64,
    second_ab: f64,
    second_bb: f64,
    /// ln(a / (b+n−1)); minus infinity where nobody can have dropped out.
    log_dead: f64,
    /// The derivative of `log_dead` by ln b, negative, and its second.
    dead_b: f64,
    dead_bb: f64,
}

/// The log-likelihood and its derivatives by the logarithms of r, α, a, b.
pub(super) fn log_likelihood(chances: Chances, customers: &Customers, point: &[f64; 4]) -> Derivatives<4> {
    let params = point.map(f64::exp);
    let levels = levels(chances, &customers.levels, params);
    let mut sum =
        customers.sum(|rows| sum_rows(rows, &levels, params, point[1]), Derivatives::ZERO, |sum: &mut Derivatives<4>, part| sum.add(&part));
    for level in &levels {
        let n = level.count;
        sum.value += n * level.value;
        sum.gradient[0] += n * level.by[0];
        sum.gradient[2] += n * level.by[1];
        sum.gradient[3] += n * level.by[2];
        sum.hessian[0][0] += n * level.second_r;
        sum.hessian[2][2] += n * level.second_aa;
        sum.hessian[2][3] += n * level.second_ab;
        sum.hessian[3][3] += n * level.second_bb;
    }
    for i in 0..4 {
        for j in 0..i {
            sum.hessian[i][j] = sum.hessian[j][i];
        }
    }
    sum
}

fn levels(chances: Chances, levels: &[(f64, f64)], [r, _, a, b]: [f64; 4]) -> Vec<Level> {
    // Running sums over i: of 1/(r+i), of the parts of ln B, up to where the level stands.
    let (mut x, mut n) = (0.0, 0.0);
    let (mut rise, mut rise_1, mut rise_2) = (0.0, 0.0, 0.0);
    let (mut beta, mut sum_1, mut sum_2, mut apart_1, mut apart_2) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut out = Vec::with_capacity(levels.len());
    for &(level, count) in levels {
        while x < level {
            let part = 1.0 / (r + x);
            rise += (r + x).ln();
            rise_1 += part;
            rise_2 += part * part;
            x += 1.0;
        }
        while n < chances.survived(level) {
            let (low, high) = (1.0 / (b + n), 1.0 / (a + b + n));
            beta -= (a * low).ln_1p();
            sum_1 += high;
            sum_2 += high * high;
            // 1/(b+i) − 1/(a+b+i) and the same of the squares, without a difference.
            apart_1 += a * low * high;
            apart_2 += a * low * high * (low + high);
            n += 1.0;
        }
        let (log_dead, dead_b, dead_bb) = if n > 0.0 {
            let rest = b + n - 1.0;
            ((a / rest).ln(), -b / rest, -b * (n - 1.0) / (rest * rest))
        } else {
            (f64::NEG_INFINITY, 0.0, 0.0)
        };
        out.push(Level {
            x: level,
            count,
            value: rise + beta,
            by: [r * rise_1, -a * sum_1, b * apart_1],
            second_r: r * rise_1 - r * r * rise_2,
            second_aa: a * a * sum_2 - a * sum_1,
            second_ab: a * b * sum_2,
            second_bb: b * apart_1 - b * b * apart_2,
            log_dead,
            dead_b,
            dead_bb,
        });
    }
    out
}

/// The bracket of the likelihood over some rows: its logarithm, and the upper triangle of its derivatives.
fn sum_rows(rows: &[Row], levels: &[Level], [r, alpha, ..]: [f64; 4], log_alpha: f64) -> Derivatives<4> {
    let mut sum = Derivatives::ZERO;
    let Derivatives { value, gradient: g, hessian: h } = &mut sum;
    let per_alpha = 1.0 / alpha;
    for row in rows {
        let level = &levels[row.level as usize];
        let (x, power) = (level.x, r + level.x);
        let n = f64::from(row.count);
        // The alive term e0 = −(r+x) ln(1 + T/α) − x ln α, where r ln α has gone into it.
        let long = ln_1p(row.age * per_alpha);
        let part = row.age / (alpha + row.age);
        let e0 = [-r * long, power * part - x];
        let mut lse = -power * long - x * log_alpha;
        let mut curve = [-r * long, r * part, -power * part * (1.0 - part)];
        if level.log_dead > f64::NEG_INFINITY {
            let short = ln_1p(row.t_x * per_alpha);
            let past = row.t_x / (alpha + row.t_x);
            let odds = level.log_dead + power * (long - short);
            let small = (-odds.abs()).exp();
            lse += odds.max(0.0) + (1.0 + small).ln();
            let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
            let (alive, dead) = if odds > 0.0 { (far, near) } else { (near, far) };
            let both = n * alive * dead;
            // The alive term less the dead one, by the four parameters.
            let apart = [r * (short - long), power * (part - past), -1.0, -level.dead_b];
            for i in 0..4 {
                for j in i..4 {
                    h[i][j] += both * apart[i] * apart[j];
                }
            }
            g[0] -= n * dead * apart[0];
            g[1] -= n * dead * apart[1];
            g[2] += n * dead;
            g[3] += n * dead * level.dead_b;
            h[3][3] += n * dead * level.dead_bb;
            curve[0] = alive * curve[0] - dead * r * short;
            curve[1] = r * (alive * part + dead * past);
            curve[2] = -power * (alive * part * (1.0 - part) + dead * past * (1.0 - past));
        }
        *value += n * lse;
        g[0] += n * e0[0];
        g[1] += n * e0[1];
        h[0][0] += n * curve[0];
        h[0][1] += n * curve[1];
        h[1][1] += n * curve[2];
    }
    sum
}
