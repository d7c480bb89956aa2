//! Finite Markov chains: the estimate from counted transitions, and how long it takes to get somewhere.

/// The maximum likelihood estimate: each row of counts divided by its sum. A row that was never left or stayed in is `None`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
pub fn transition_probabilities(counts: &[Vec<u64>]) -> Vec<Option<Vec<f64>>> {
    let row = |row: &Vec<u64>| {
        let total: u64 = row.iter().sum();
        (total > 0).then(|| row.iter().map(|count| *count as f64 / total as f64).collect())
    };
    counts.iter().map(row).collect()
}

/// The expected number of steps from every state until the chain first enters a target: the row sums of the fundamental matrix
/// (I − Q)⁻¹ of the chain that stops there (Kemeny and Snell 1960, ch. 3). 0 for a target itself, `None` where the chain may never arrive,
/// or where its way leads through a state whose row is not known.
#[must_use]
pub fn expected_steps(probabilities: &[Option<Vec<f64>>], targets: &[bool]) -> Vec<Option<f64>> {
    let states = probabilities.len();
    let goes = |from: usize, to: usize| probabilities[from].as_ref().is_some_and(|row| row[to] > 0.0);
    // Who can reach a target at all, and who cannot stray to where none can be reached.
    let mut can = targets.to_vec();
    for _ in 0..states {
        for from in 0..states {
            can[from] |= (0..states).any(|to| goes(from, to) && can[to]);
        }
    }
    let mut surely = can;
    for _ in 0..states {
        for from in 0..states {
            surely[from] &= targets[from] || (0..states).all(|to| !goes(from, to) || surely[to]);
        }
    }
    let passing: Vec<usize> = (0..states).filter(|state| surely[*state] && !targets[*state]).collect();
    let mut rows: Vec<Vec<f64>> = passing
        .iter()
        .map(|&from| {
            let step = |to: usize| probabilities[from].as_ref().map_or(0.0, |row| row[to]);
            let one = |to: usize| f64::from(u8::from(to == from));
            passing.iter().map(|&to| one(to) - step(to)).chain([1.0]).collect()
        })
        .collect();
    let solved = solve(&mut rows);
    let mut steps: Vec<Option<f64>> = targets.iter().map(|target| target.then_some(0.0)).collect();
    for (at, state) in passing.into_iter().enumerate() {
        steps[state] = solved.as_ref().map(|solved| solved[at]);
    }
    steps
}

/// Solves the linear system whose last column is its right side, by elimination with row exchanges; `None` where it has no single solution.
fn solve(rows: &mut [Vec<f64>]) -> Option<Vec<f64>> {
    let size = rows.len();
    for column in 0..size {
        let best = (column..size).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        if rows[best][column].abs() < 1e-12 {
            return None;
        }
        rows.swap(column, best);
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = &above[column];
        for row in below {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(pivot).skip(column).for_each(|(value, of_pivot)| *value -= factor * of_pivot);
        }
    }
    let mut solution = vec![0.0; size];
    for at in (0..size).rev() {
        let known: f64 = (at + 1..size).map(|other| rows[at][other] * solution[other]).sum();
        solution[at] = (rows[at][size] - known) / rows[at][at];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weather of Oz (Kemeny and Snell 1960; Grinstead and Snell 1997, example 11.30): rain, nice, snow.
    #[test]
    fn the_weather_of_oz() {
        let oz: Vec<Option<Vec<f64>>> =
            [[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]].into_iter().map(|row| Some(row.to_vec())).collect();
        let first_passage = [[0.0, 4.0, 10.0 / 3.0], [8.0 / 3.0, 0.0, 8.0 / 3.0], [10.0 / 3.0, 4.0, 0.0]];
        for target in [0, 1, 2] {
            let steps = expected_steps(&oz, &[0, 1, 2].map(|state| state == target));
            for (steps, row) in steps.iter().zip(first_passage) {
                assert!((steps.unwrap() - row[target]).abs() < 1e-12, "{steps:?} to {target}");
            }
        }
    }

    /// Grinstead and Snell 1997, example 11.13, the drunkard's walk: 3, 4, 3 steps from the corners 1, 2, 3 until home or bar.
    #[test]
    fn the_walk_of_the_drunkard() {
        let corner = |at: usize| {
            let mut row = vec![0.0; 5];
            if at == 0 || at == 4 {
                row[at] = 1.0;
            } else {
                (row[at - 1], row[at + 1]) = (0.5, 0.5);
            }
            Some(row)
        };
        let walk: Vec<_> = (0..5).map(corner).collect();
        let steps = expected_steps(&walk, &[true, false, false, false, true]);
        let expected = [0.0, 3.0, 4.0, 3.0, 0.0];
        assert!(steps.iter().zip(expected).all(|(steps, expected)| (steps.unwrap() - expected).abs() < 1e-12), "{steps:?}");
        assert_eq!(expected_steps(&walk, &[true, false, false, false, false])[1], None, "it may end at the bar");
    }

    #[test]
    fn what_was_never_seen_is_not_known() {
        let rows = transition_probabilities(&[vec![3, 1], vec![0, 0]]);
        assert_eq!(rows, [Some(vec![0.75, 0.25]), None]);
        assert_eq!(expected_steps(&rows, &[false, true]), [Some(4.0), Some(0.0)]);
        assert_eq!(expected_steps(&rows, &[true, false]), [Some(0.0), None]);
        assert_eq!(expected_steps(&[], &[]), []);
    }
}
