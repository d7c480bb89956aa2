//! What the consistency index of random comparisons is on average.

/// Whose estimates of the random index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RandomIndex {
    /// T. L. Saaty, *Theory and Applications of the Analytic Network Process*, RWS 2005, page 31: for up to 15 elements.
    #[default]
    Saaty,
    /// H. A. Donegan and F. J. Dodd, "A note on Saaty's random indexes", *Mathematical and Computer Modelling* 15 (1991), 135–137: for up to
    /// 100 elements; between the sizes they give, along the straight line.
    DoneganDodd,
}

const SAATY: [(usize, f64); 13] = [
    (3, 0.52),
    (4, 0.89),
    (5, 1.11),
    (6, 1.25),
    (7, 1.35),
    (8, 1.40),
    (9, 1.45),
    (10, 1.49),
    (11, 1.52),
    (12, 1.54),
    (13, 1.56),
    (14, 1.58),
    (15, 1.59),
];

const DONEGAN_DODD: [(usize, f64); 27] = [
    (3, 0.4914),
    (4, 0.8286),
    (5, 1.0591),
    (6, 1.1797),
    (7, 1.2519),
    (8, 1.3171),
    (9, 1.3733),
    (10, 1.4055),
    (11, 1.4213),
    (12, 1.4497),
    (13, 1.4643),
    (14, 1.4822),
    (15, 1.4969),
    (16, 1.5078),
    (17, 1.5153),
    (18, 1.5262),
    (19, 1.5313),
    (20, 1.5371),
    (25, 1.5619),
    (30, 1.5772),
    (40, 1.5976),
    (50, 1.6102),
    (60, 1.6178),
    (70, 1.6237),
    (80, 1.6277),
    (90, 1.6213),
    (100, 1.6339),
];

impl RandomIndex {
    /// The estimate for so many elements; `None` for fewer than three, which are always consistent, and past the table's end.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    pub fn of(self, elements: usize) -> Option<f64> {
        let table: &[(usize, f64)] = match self {
            RandomIndex::Saaty => &SAATY,
            RandomIndex::DoneganDodd => &DONEGAN_DODD,
        };
        let next = table.iter().position(|(size, _)| *size >= elements)?;
        let (size, index) = table[next];
        if size == elements {
            return Some(index);
        }
        let (smaller, below) = *table.get(next.checked_sub(1)?)?;
        Some(below + (index - below) * (elements - smaller) as f64 / (size - smaller) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_what_lies_between() {
        assert_eq!([1, 2, 3, 15, 16].map(|n| RandomIndex::Saaty.of(n)), [None, None, Some(0.52), Some(1.59), None]);
        assert_eq!([2, 3, 100, 101].map(|n| RandomIndex::DoneganDodd.of(n)), [None, Some(0.4914), Some(1.6339), None]);
        assert!((RandomIndex::DoneganDodd.of(45).unwrap() - 1.6039).abs() < 1e-12);
    }
}
