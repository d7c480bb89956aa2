//! Cubic splines through points.

/// The interpolating cubic spline of Forsythe, Malcolm and Moler (1977): twice continuously differentiable, and at each end its third
/// derivative is that of the cubic through the four outermost points. With three points it is the parabola through them, with two a line.
#[derive(Clone, Debug)]
pub struct Spline {
    x: Vec<f64>,
    y: Vec<f64>,
    /// A sixth of the second derivative at each point.
    bend: Vec<f64>,
}

impl Spline {
    /// The spline through points whose `x` ascend strictly; `None` for fewer than two points or vectors of different lengths.
    #[must_use]
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Option<Self> {
        if x.len() < 2 || x.len() != y.len() || x.windows(2).any(|pair| pair[0].partial_cmp(&pair[1]) != Some(std::cmp::Ordering::Less)) {
            return None;
        }
        let bend = if x.len() == 2 { vec![0.0; 2] } else { bend(&x, &y) };
        Some(Spline { x, y, bend })
    }

    /// The height at `at`; beyond the ends the outermost cubics go on.
    #[must_use]
    pub fn value(&self, at: f64) -> f64 {
        let (start, step, slope, width) = self.piece(at);
        let (low, high) = (self.bend[start], self.bend[start + 1]);
        self.y[start] + step * (slope + step * (3.0 * low + step * (high - low) / width))
    }

    /// The slope at `at`.
    #[must_use]
    pub fn slope(&self, at: f64) -> f64 {
        let (start, step, slope, width) = self.piece(at);
        let (low, high) = (self.bend[start], self.bend[start + 1]);
        slope + step * (6.0 * low + 3.0 * step * (high - low) / width)
    }

    /// The piece that holds `at`: its place, the way into it, the slope at its start, its width.
    fn piece(&self, at: f64) -> (usize, f64, f64, f64) {
        let start = self.x.partition_point(|&x| x <= at).saturating_sub(1).min(self.x.len() - 2);
        let width = self.x[start + 1] - self.x[start];
        let rise = (self.y[start + 1] - self.y[start]) / width;
        (start, at - self.x[start], rise - width * (self.bend[start + 1] + 2.0 * self.bend[start]), width)
    }
}

/// Solves the tridiagonal equations of the second derivatives by elimination from top to bottom and back.
fn bend(x: &[f64], y: &[f64]) -> Vec<f64> {
    let n = x.len();
    let width: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let rise: Vec<f64> = (0..n - 1).map(|at| (y[at + 1] - y[at]) / width[at]).collect();
    // Divided differences of third order at both ends; none for three points, whose spline is a parabola.
    let third = |at: usize| {
        let second = |at: usize| (rise[at + 1] - rise[at]) / (x[at + 2] - x[at]);
        if n > 3 { (second(at + 1) - second(at)) / (x[at + 3] - x[at]) } else { 0.0 }
    };
    let mut diagonal = vec![0.0; n];
    let mut right = vec![0.0; n];
    diagonal[0] = -width[0];
    right[0] = width[0].powi(2) * third(0);
    for at in 1..n - 1 {
        diagonal[at] = 2.0 * (width[at - 1] + width[at]);
        right[at] = rise[at] - rise[at - 1];
    }
    diagonal[n - 1] = -width[n - 2];
    right[n - 1] = -width[n - 2].powi(2) * third(n.saturating_sub(4));
    for at in 1..n {
        let factor = width[at - 1] / diagonal[at - 1];
        diagonal[at] -= factor * width[at - 1];
        right[at] -= factor * right[at - 1];
    }
    right[n - 1] /= diagonal[n - 1];
    for at in (0..n - 1).rev() {
        right[at] = (right[at] - width[at] * right[at + 1]) / diagonal[at];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cubic_is_its_own_spline() {
        let cubic = |x: f64| 2.0 - x + 3.0 * x.powi(2) - 0.5 * x.powi(3);
        let slope = |x: f64| -1.0 + 6.0 * x - 1.5 * x.powi(2);
        let x = vec![0.0, 0.5, 1.25, 2.0, 3.5];
        let spline = Spline::new(x.clone(), x.iter().map(|&x| cubic(x)).collect()).unwrap();
        for step in 0..=40 {
            let at = f64::from(step) * 0.1 - 0.2;
            assert!((spline.value(at) - cubic(at)).abs() < 1e-10, "{at}");
            assert!((spline.slope(at) - slope(at)).abs() < 1e-9, "{at}");
        }
    }

    // The gain of the values 6, 5 … 1 summed over 101 places, as the tests of the package abc_analysis have it.
    #[test]
    fn a_published_curve() {
        let held = [0.0, 6.0, 11.0, 15.0, 18.0, 20.0, 21.0];
        let effort = (0..7).map(|place| f64::from(place) / 6.0).collect();
        let curve = Spline::new(effort, held.map(|held| held / 21.0).to_vec()).unwrap();
        let sum: f64 = (0..=100).map(|step| curve.value(f64::from(step) / 100.0)).sum();
        assert!((sum - 64.784_286).abs() < 5e-7, "{sum}");
    }

    #[test]
    fn few_points() {
        let line = Spline::new(vec![0.0, 2.0], vec![1.0, 5.0]).unwrap();
        assert_eq!((line.value(1.0), line.slope(1.5)), (3.0, 2.0));
        let parabola = Spline::new(vec![0.0, 1.0, 3.0], vec![0.0, 1.0, 9.0]).unwrap();
        assert!((parabola.value(2.0) - 4.0).abs() < 1e-12);
        assert!((parabola.slope(2.0) - 4.0).abs() < 1e-12);
        assert!(Spline::new(vec![0.0], vec![0.0]).is_none());
        assert!(Spline::new(vec![0.0, 0.0], vec![0.0, 1.0]).is_none());
    }
}
