//! What can be wrong with a decision's input.

use std::fmt;

/// Why a decision cannot be worked out. Criteria and alternatives count from 0.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum McdaError {
    /// No criterion at all.
    NoCriteria,
    /// As many weights as criteria are needed.
    Weights {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// As many directions as criteria are needed.
    Directions {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A weight that is negative or not finite.
    Weight {
        /// Its criterion.
        criterion: usize,
        /// The weight.
        value: f64,
    },
    /// Weights that add up to 0.
    NoWeight,
    /// A criterion with another number of alternatives than the first.
    Alternatives {
        /// The criterion.
        criterion: usize,
        /// How many values it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// A value that is missing.
    Missing {
        /// The criterion.
        criterion: usize,
        /// The alternative.
        alternative: usize,
    },
    /// A value that is infinite.
    Infinite {
        /// The criterion.
        criterion: usize,
        /// The alternative.
        alternative: usize,
        /// The value.
        value: f64,
    },
    /// A value below 0 where only shares of a whole make sense.
    Negative {
        /// The criterion.
        criterion: usize,
        /// The alternative.
        alternative: usize,
        /// The value.
        value: f64,
    },
    /// A parameter that cannot be.
    Parameter {
        /// Its name.
        name: &'static str,
        /// The criterion it belongs to, where it belongs to one.
        criterion: Option<usize>,
        /// What it is.
        value: f64,
        /// What it may be.
        expected: &'static str,
    },
    /// Parameters, one a criterion, in another number than there are criteria.
    Parameters {
        /// Their name.
        name: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A criterion that an order names twice.
    Twice {
        /// The criterion.
        criterion: usize,
    },
    /// A pairwise comparison matrix that is not square.
    NotSquare {
        /// The row that has another length than there are rows.
        row: usize,
        /// How many values it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// A pairwise comparison that is not a positive number, or not 1 on the diagonal.
    Comparison {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The value.
        value: f64,
    },
    /// Two comparisons of one pair that contradict each other.
    NotReciprocal {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The value in the row.
        value: f64,
        /// The value the other way round.
        reverse: f64,
    },
    /// Comparisons that say nothing of how an element stands to the first one.
    Disconnected {
        /// The element.
        element: usize,
    },
    /// The caller asked to stop.
    Stopped,
    /// Constraints that no weights, or hardly any, meet.
    NoWeightsMeet {
        /// What the constraints are.
        constraints: String,
    },
}

impl fmt::Display for McdaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            McdaError::NoCriteria => f.write_str("there is no criterion"),
            McdaError::Weights { found, expected } => write!(f, "there are {found} weights for {expected} criteria"),
            McdaError::Directions { found, expected } => write!(f, "there are {found} directions for {expected} criteria"),
            McdaError::Weight { criterion, value } => {
                write!(f, "the weight of criterion {criterion} is {value}, not a number of 0 or more")
            }
            McdaError::NoWeight => f.write_str("the weights add up to 0"),
            McdaError::Alternatives { criterion, found, expected } => {
                write!(f, "criterion {criterion} has {found} values for {expected} alternatives")
            }
            McdaError::Missing { criterion, alternative } => {
                write!(f, "criterion {criterion} has no value for alternative {alternative}")
            }
            McdaError::Infinite { criterion, alternative, value } => {
                write!(f, "criterion {criterion} has the value {value} for alternative {alternative}, which is not finite")
            }
            McdaError::Twice { criterion } => write!(f, "order names criterion {criterion} twice"),
            McdaError::Negative { criterion, alternative, value } => {
                write!(f, "criterion {criterion} has the value {value} for alternative {alternative}, and shares need values of 0 or more")
            }
            McdaError::Parameter { name, criterion: Some(criterion), value, expected } => {
                write!(f, "{name} of criterion {criterion} is {value}, not {expected}")
            }
            McdaError::Parameter { name, criterion: None, value, expected } => write!(f, "{name} is {value}, not {expected}"),
            McdaError::Parameters { name, found, expected } => write!(f, "{name} has {found} values for {expected} criteria"),
            McdaError::NotSquare { row, found, expected } => {
                write!(f, "row {row} of the comparisons has {found} values, and {expected} are needed")
            }
            McdaError::Comparison { row, column, value } if row == column => {
                write!(f, "the comparison of element {row} with itself is {value}, not 1")
            }
            McdaError::Comparison { row, column, value } => {
                write!(f, "the comparison of element {row} with element {column} is {value}, not a positive number")
            }
            McdaError::NotReciprocal { row, column, value, reverse } => {
                write!(f, "element {row} is {value} times element {column}, but the other way round {reverse} is not its reciprocal")
            }
            McdaError::Disconnected { element } => {
                write!(f, "no chain of comparisons leads from element 0 to element {element}")
            }
            McdaError::Stopped => f.write_str("stopped by the caller"),
            McdaError::NoWeightsMeet { constraints } => write!(f, "(nearly) no weights meet the constraints: {constraints}"),
        }
    }
}

impl McdaError {
    /// The error of a value that is no finite number.
    pub(super) fn unusable(criterion: usize, alternative: usize, value: f64) -> Self {
        if value.is_nan() { McdaError::Missing { criterion, alternative } } else { McdaError::Infinite { criterion, alternative, value } }
    }
}

impl std::error::Error for McdaError {}
