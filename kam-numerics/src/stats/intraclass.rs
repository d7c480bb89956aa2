//! The intraclass correlation: which share of the variance lies between groups.

use super::distributions::{f_probability, f_quantile};

/// ICC(1) of a one-way random-effects analysis of variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntraclassCorrelation {
    /// The estimate; below 0 where groups differ less than chance lets them.
    pub icc: f64,
    /// The lower limit of its confidence interval.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
    /// Mean square between groups ÷ mean square within; infinite where nothing varies within.
    pub f: f64,
    /// The probability of an F as large where groups do not differ.
    pub p_value: f64,
    /// Degrees of freedom between groups.
    pub df_between: usize,
    /// Degrees of freedom within groups.
    pub df_within: usize,
    /// n₀, the size of a group that stands for groups of different sizes.
    pub group_size: f64,
}

/// ICC(1) = (MSB − MSW) ÷ (MSB + (n₀ − 1) MSW) with n₀ = (N − Σnᵢ² ÷ N) ÷ (k − 1), and its interval from the F distribution
/// (Shrout and Fleiss 1979; n₀ as in Donner 1986). The interval is exact where all groups have one size, and an approximation where not.
///
/// `groups` holds each value's group. `None` with fewer than two groups, where no group has two values, and where nothing varies.
#[must_use]
pub fn intraclass_correlation(values: &[f64], groups: &[usize], confidence: f64) -> Option<IntraclassCorrelation> {
    let all = values.len();
    if groups.len() != all || all == 0 || !(confidence > 0.0 && confidence < 1.0) || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut sizes = vec![0usize; groups.iter().max()? + 1];
    let mut means = vec![0.0; sizes.len()];
    for (value, group) in values.iter().zip(groups) {
        sizes[*group] += 1;
        means[*group] += value;
    }
    means.iter_mut().zip(&sizes).for_each(|(mean, size)| *mean /= float((*size).max(1)));
    let count = sizes.iter().filter(|size| **size > 0).count();
    if count < 2 || all <= count {
        return None;
    }
    let grand = values.iter().sum::<f64>() / float(all);
    let between: f64 = means.iter().zip(&sizes).map(|(mean, size)| float(*size) * (mean - grand).powi(2)).sum();
    let within: f64 = values.iter().zip(groups).map(|(value, group)| (value - means[*group]).powi(2)).sum();
    let (df_between, df_within) = (count - 1, all - count);
    let (between, within) = (between / float(df_between), within / float(df_within));
    let squares: f64 = sizes.iter().map(|size| float(*size).powi(2)).sum();
    let group_size = (float(all) - squares / float(all)) / float(df_between);
    if between == 0.0 && within == 0.0 {
        return None;
    }
    let f = between / within;
    let (df1, df2) = (float(df_between), float(df_within));
    let of = |f: f64| if f.is_infinite() { 1.0 } else { (f - 1.0) / (f + group_size - 1.0) };
    let tail = f64::midpoint(1.0, confidence);
    Some(IntraclassCorrelation {
        icc: of(f),
        low: of(f / f_quantile(tail, df1, df2)),
        high: of(f * f_quantile(tail, df2, df1)),
        f,
        p_value: if f.is_infinite() { 0.0 } else { f_probability(1.0 / f, df2, df1) },
        df_between,
        df_within,
        group_size,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shrout and Fleiss 1979, table 2: four judges on six targets. Table 4 gives ICC(1,1) = .17.
    const TARGETS: [[f64; 4]; 6] = [
        [9.0, 2.0, 5.0, 8.0],
        [6.0, 1.0, 3.0, 2.0],
        [8.0, 4.0, 6.0, 8.0],
        [7.0, 1.0, 2.0, 6.0],
        [10.0, 5.0, 6.0, 9.0],
        [6.0, 2.0, 4.0, 7.0],
    ];

    #[test]
    fn the_example_of_shrout_and_fleiss() {
        let values: Vec<f64> = TARGETS.concat();
        let groups: Vec<usize> = (0..24).map(|at| at / 4).collect();
        let result = intraclass_correlation(&values, &groups, 0.95).unwrap();
        assert_eq!((result.df_between, result.df_within, result.group_size), (5, 18, 4.0));
        assert!((result.icc - 0.17).abs() < 0.005, "{result:?}");
        assert!((result.f - 1.79).abs() < 0.005, "{result:?}");
        assert!((result.low - -0.13).abs() < 0.005 && (result.high - 0.72).abs() < 0.005, "{result:?}");
    }

    #[test]
    fn ends_of_the_scale() {
        let same = intraclass_correlation(&[1.0, 1.0, 5.0, 5.0], &[0, 0, 2, 2], 0.95).unwrap();
        assert_eq!((same.icc, same.low, same.high, same.p_value), (1.0, 1.0, 1.0, 0.0));
        let none = intraclass_correlation(&[1.0, 3.0, 1.0, 3.0], &[0, 0, 1, 1], 0.95).unwrap();
        assert_eq!((none.icc, none.f, none.p_value), (-1.0, 0.0, 1.0));
    }

    #[test]
    fn too_little_to_tell() {
        for (values, groups) in [
            (&[][..], &[][..]),
            (&[1.0, 2.0], &[0, 0]),
            (&[1.0, 2.0], &[0, 1]),
            (&[2.0, 2.0, 2.0], &[0, 0, 1]),
            (&[2.0, f64::NAN, 2.0], &[0, 0, 1]),
        ] {
            assert_eq!(intraclass_correlation(values, groups, 0.95), None);
        }
        assert_eq!(intraclass_correlation(&[1.0, 2.0, 3.0], &[0, 0, 1], 1.0), None);
    }
}
