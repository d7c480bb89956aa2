//! What the tests of several methods need.

use proptest::prelude::*;

use super::Direction;

pub const BENEFIT: [Direction; 8] = [Direction::Benefit; 8];

pub fn close(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() <= tolerance, "{a:?} is not {b:?}");
    }
}

pub fn columns_of(rows: &[f64], criteria: usize) -> Vec<Vec<f64>> {
    (0..criteria).map(|criterion| rows.iter().skip(criterion).step_by(criteria).copied().collect()).collect()
}

pub fn directions(signs: &[bool]) -> Vec<Direction> {
    signs.iter().map(|benefit| if *benefit { Direction::Benefit } else { Direction::Cost }).collect()
}

/// Rows of two to twenty alternatives by one to six criteria, with positive weights and directions.
pub fn matrices() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<bool>)> {
    (1usize..=6, 2usize..=20).prop_flat_map(|(criteria, alternatives)| {
        (
            prop::collection::vec(prop_oneof![(-5i32..=5).prop_map(f64::from), -100f64..100.0], criteria * alternatives),
            prop::collection::vec(0.01f64..1.0, criteria),
            prop::collection::vec(any::<bool>(), criteria),
        )
    })
}

/// The rows with one more, which is as good as the first in every criterion and better in the last; the places of the better and the worse.
pub fn two_dominated(mut rows: Vec<f64>, directions: &[Direction]) -> (Vec<f64>, usize, usize) {
    let criteria = directions.len();
    let mut better = rows[..criteria].to_vec();
    better[criteria - 1] += directions[criteria - 1].sign() * 1.5;
    rows.extend(better);
    let last = rows.len() / criteria - 1;
    (rows, last, 0)
}
